package yardstick

import (
	"aufruf/server/exchange"
)

// history spreads a wait seen around the median it stands for: what people of
// the same kind waited says little about the next one.
var history = exchange.Quantiles{P10: .35, P50: .92, P80: 1.6, P90: 2.2}

// LES says what the last person waited who was called, booked people and
// walk-ins apart, less what this one has waited already.
type LES struct {
	floor floor
	last  map[bool]float64 // minutes, by booked
}

// NewLES makes the rule of the last person's wait.
func NewLES() *LES { return &LES{} }

// Take implements System.
func (z *LES) Take(l *exchange.Line) *exchange.Answer {
	f := &z.floor
	switch l.Ev {
	case exchange.EvHello, exchange.EvDay:
		z.last = map[bool]float64{}
	case exchange.EvCalled:
		if t := f.tickets[l.Ticket]; t != nil {
			z.last[t.booked] = float64(l.At-t.since) / 60
		}
	}
	f.take(l)
	return f.answer(l, func(t *ticket) exchange.Quantiles {
		return spread(z.last[t.booked] - float64(f.now-t.since)/60)
	})
}

// HOL says what the first person in line has waited so far, booked people and
// walk-ins apart, less what this one has waited already.
type HOL struct {
	floor floor
}

// NewHOL makes the rule of the first person's wait.
func NewHOL() *HOL { return &HOL{} }

// Take implements System.
func (z *HOL) Take(l *exchange.Line) *exchange.Answer {
	f := &z.floor
	f.take(l)
	return f.answer(l, func(t *ticket) exchange.Quantiles {
		first := t.since
		for _, o := range f.order {
			if o.phase == waiting && o.booked == t.booked {
				first = min(first, o.since)
			}
		}
		return spread(float64(t.since-first) / 60)
	})
}

// spread gives the levels around a wait.
func spread(wait float64) exchange.Quantiles {
	w := max(0, wait)
	return exchange.Quantiles{P10: history.P10 * w, P50: history.P50 * w, P80: history.P80*w + 1, P90: history.P90*w + 2}
}
