package forecast

import "aufruf/server/queue"

// Ledger is how the figures that were shown compare with what came.
type Ledger struct {
	open []string
}

func (l *Ledger) called(t *queue.Ticket, at int64) {}
