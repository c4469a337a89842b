package app

import (
	"fmt"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// openUntil is the end of an extraordinary opening: zero for "always", else
// the next time the office's clock shows that hour.
func openUntil(until string, r *queue.Rules, now time.Time) (time.Time, error) {
	if until == "always" {
		return time.Time{}, nil
	}
	tod, err := calendar.ParseTimeOfDay(until)
	if err != nil {
		return time.Time{}, fmt.Errorf("--open-now %q: want HH:MM or always", until)
	}
	day := calendar.DateOf(now, r.Hours.Zone)
	at := day.At(tod, r.Hours.Zone)
	if !at.After(now) {
		at = day.AddDays(1).At(tod, r.Hours.Zone)
	}
	return at, nil
}

// Now is the machine's clock. Only this room reads it.
func Now() time.Time { return time.Now().UTC() }
