package stats

import (
	"cmp"
	"context"
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Ledger is how the waits that were told compare with what came.
type Ledger struct {
	All      Score
	Days     []DayScore     // in order; days without a promise are left out
	Hours    []HourScore    // local, of the arrival
	Services []ServiceScore // by number of promises, the most first
	Left     int            // who left before the call: nobody knows what would have come
	Parked   int            // who was set aside before the call: another wait than was told
}

// Score is of promises that can be compared: of those who were called, and of
// those who were never called, which counts as later than anything said.
type Score struct {
	N      int
	Called int
	Inside float64 // share called within the range that was read
	After  float64 // share called later than the p80 said: 0.2 if that is right
	Beyond float64 // share called later than the range that was read
	Said   float64 // mean of the middles, in minutes, of those who were called
	Came   float64 // mean of what came, in minutes, of the same
}

// DayScore, HourScore and ServiceScore are a score of a part.
type (
	DayScore struct {
		Day calendar.Date
		Score
	}
	HourScore struct {
		Hour int
		Score
	}
	ServiceScore struct {
		Service string
		Score
	}
)

// Ledger compares the promises made on the days from first to last.
func (s *Stats) Ledger(ctx context.Context, office string, first, last calendar.Date) (Ledger, error) {
	rows, err := s.store.StatsRows(ctx, office, first, last)
	if err != nil {
		return Ledger{}, err
	}
	return ledger(rows.Promises), nil
}

func ledger(promises []Promise) Ledger {
	l := Ledger{Days: []DayScore{}, Hours: []HourScore{}, Services: []ServiceScore{}}
	var all tally
	days, hours, services := map[calendar.Date]*tally{}, map[int]*tally{}, map[string]*tally{}
	for i := range promises {
		p := &promises[i]
		switch p.Outcome {
		case Left:
			l.Left++
			continue
		case Parked:
			l.Parked++
			continue
		}
		all.add(p)
		part(days, p.Day).add(p)
		part(hours, p.Hour).add(p)
		part(services, p.Service).add(p)
	}
	l.All = all.score()
	for k, t := range days {
		l.Days = append(l.Days, DayScore{k, t.score()})
	}
	for k, t := range hours {
		l.Hours = append(l.Hours, HourScore{k, t.score()})
	}
	for k, t := range services {
		l.Services = append(l.Services, ServiceScore{k, t.score()})
	}
	slices.SortFunc(l.Days, func(a, b DayScore) int { return a.Day.Compare(b.Day) })
	slices.SortFunc(l.Hours, func(a, b HourScore) int { return cmp.Compare(a.Hour, b.Hour) })
	slices.SortFunc(l.Services, func(a, b ServiceScore) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Service, b.Service))
	})
	return l
}

// tally counts towards a score.
type tally struct {
	n, called, inside, after, beyond int
	said, came                       float64
}

func part[K comparable](m map[K]*tally, k K) *tally {
	if m[k] == nil {
		m[k] = &tally{}
	}
	return m[k]
}

func (t *tally) add(p *Promise) {
	t.n++
	if p.Outcome != Called {
		t.after++
		t.beyond++
		return
	}
	came := p.Came.Minutes()
	t.called++
	t.said += p.P50
	t.came += came
	if came > p.P80 {
		t.after++
	}
	switch {
	case p.Came > time.Duration(p.High)*time.Minute:
		t.beyond++
	case p.Came >= time.Duration(p.Low)*time.Minute:
		t.inside++
	}
}

func (t *tally) score() Score {
	s := Score{N: t.n, Called: t.called}
	if t.n > 0 {
		n := float64(t.n)
		s.Inside, s.After, s.Beyond = float64(t.inside)/n, float64(t.after)/n, float64(t.beyond)/n
	}
	if t.called > 0 {
		s.Said, s.Came = t.said/float64(t.called), t.came/float64(t.called)
	}
	return s
}
