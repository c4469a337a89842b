package app

import (
	"context"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/stats"
)

// typical gives the public page what the statistics know.
type typical struct{ stats *stats.Stats }

func (t typical) Typical(ctx context.Context, office string, since calendar.Date) ([]display.TypicalHour, error) {
	hours, err := t.stats.Typical(ctx, office, since)
	list := make([]display.TypicalHour, len(hours))
	for i, h := range hours {
		list[i] = display.TypicalHour(h)
	}
	return list, err
}
