package office

import (
	"context"
	"time"
)

// patience bounds one append after the other. As long as none takes too long it
// is the same context each time: one of its own for each append, with a timer and
// a channel, was a twentieth of what an append allocates.
type patience struct {
	ctx   context.Context
	timer *time.Timer
}

// begin gives a context that ends after a while, unless end is called before.
func (p *patience) begin(within time.Duration) context.Context {
	if p.ctx != nil {
		p.timer.Reset(within)
		return p.ctx
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	p.ctx, p.timer = ctx, time.AfterFunc(within, func() { cancel(context.DeadlineExceeded) })
	return ctx
}

// end says that it was in time. One that came late is not used again.
func (p *patience) end() {
	if !p.timer.Stop() {
		p.ctx = nil
	}
}
