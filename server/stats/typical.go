package stats

import (
	"cmp"
	"context"
	"slices"
	"time"

	"aufruf/server/calendar"
)

// TypicalHour is how long people waited who came without an appointment in one
// hour of one day of the week.
type TypicalHour struct {
	Weekday time.Weekday
	Hour    int // local, of the arrival
	Visits  int // that were called
	Median  time.Duration
	P80     time.Duration
}

// lastDay is later than any day that is asked for.
var lastDay = calendar.Date{Year: 9999, Month: time.December, Day: 31}

// Typical is how long people waited since a day, by weekday (Monday first) and
// hour; hours in which nobody was called are left out. Who had an appointment
// is not in it: their wait says nothing to a newcomer.
func (s *Stats) Typical(ctx context.Context, office string, since calendar.Date) ([]TypicalHour, error) {
	rows, err := s.store.StatsRows(ctx, office, since, lastDay)
	if err != nil {
		return nil, err
	}
	return typical(rows.Visits), nil
}

func typical(visits []Visit) []TypicalHour {
	type slot struct {
		weekday time.Weekday
		hour    int
	}
	waits := map[slot][]time.Duration{}
	for _, v := range visits {
		if !v.Booked && v.Wait != None {
			k := slot{v.Day.Weekday(), v.Hour}
			waits[k] = append(waits[k], v.Wait)
		}
	}
	hours := []TypicalHour{}
	for k, w := range waits {
		slices.Sort(w)
		hours = append(hours, TypicalHour{Weekday: k.weekday, Hour: k.hour, Visits: len(w), Median: quantile(w, 0.5), P80: quantile(w, 0.8)})
	}
	slices.SortFunc(hours, func(a, b TypicalHour) int {
		monday := func(d time.Weekday) int { return (int(d) + 6) % 7 }
		return cmp.Or(cmp.Compare(monday(a.Weekday), monday(b.Weekday)), cmp.Compare(a.Hour, b.Hour))
	})
	return hours
}

// quantile is of sorted values, at least one, to the second.
func quantile(sorted []time.Duration, u float64) time.Duration {
	x := u * float64(len(sorted)-1)
	i := int(x)
	v := sorted[i]
	if i+1 < len(sorted) {
		v += time.Duration(float64(sorted[i+1]-v) * (x - float64(i)))
	}
	return v.Round(time.Second)
}
