package yardstick

import (
	"fmt"

	"aufruf/server/exchange"
)

type question struct{ id, i int }

// Run gives a stream to a system and returns every question with its answer
// and truth, in the order of the truth.
func (d *Days) Run(s System) ([]Case, error) {
	said := map[question]exchange.Quantiles{}
	asked := map[int]bool{}
	for i := range d.Lines {
		l := &d.Lines[i]
		a := s.Take(l)
		if l.Ev != exchange.EvPredict {
			continue
		}
		if a == nil || a.ID != l.ID || len(a.A) != len(l.For) {
			return nil, fmt.Errorf("%s: predict %d has no answer that fits", d.Name, l.ID)
		}
		if asked[l.ID] {
			return nil, fmt.Errorf("%s: predict %d is asked twice", d.Name, l.ID)
		}
		asked[l.ID] = true
		for j, q := range a.A {
			said[question{l.ID, j}] = q
		}
	}
	cases := make([]Case, 0, len(d.Truth))
	for _, t := range d.Truth {
		q, ok := said[question{t.ID, t.I}]
		if !ok {
			return nil, fmt.Errorf("%s: the truth knows predict %d, question %d; the stream does not", d.Name, t.ID, t.I)
		}
		cases = append(cases, Case{t, q})
	}
	return cases, nil
}
