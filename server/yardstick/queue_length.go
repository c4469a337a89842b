package yardstick

import (
	"aufruf/server/exchange"
)

// QueueLength takes the people ahead times the mean time a desk needs for one
// over the desks, and lets that many departures spread as exponential ones do.
// The mean is measured as the days go by, from call to call of a busy desk.
type QueueLength struct {
	floor floor
	held  mean // minutes from a call to its finish
	gaps  mean // minutes from a finish to the next call while somebody waited
}

// NewQueueLength makes the rule.
func NewQueueLength() *QueueLength { return &QueueLength{} }

// Take implements System.
func (z *QueueLength) Take(l *exchange.Line) *exchange.Answer {
	f := &z.floor
	if l.Ev == exchange.EvHello {
		*z = QueueLength{}
		f.onFinish = func(t *ticket) { z.held.add(float64(f.now-t.calledAt) / 60) }
	}
	if l.Ev == exchange.EvCalled {
		if d := f.byDesk[l.Desk]; d != nil && d.pressed {
			z.gaps.add(float64(l.At-d.freeAt) / 60)
		}
	}
	f.take(l)
	return f.answer(l, func(t *ticket) exchange.Quantiles {
		each := z.held.or(f.minutes[t.service]) + z.gaps.or(.5)
		return erlang(f.ahead(t)+1, each/float64(max(1, f.present(t.group))))
	})
}
