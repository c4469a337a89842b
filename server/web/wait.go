package web

import (
	"aufruf/display"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// waits is the newest look ahead of an office, nil where there is none.
func (s *Server) waits(o *office.Office) display.Waits {
	if s.deps.Ahead == nil {
		return nil
	}
	if l := s.deps.Ahead.Latest(o.ID()); l != nil {
		return l
	}
	return nil
}

// promised is the wait that a walk-in is shown with the number.
func (s *Server) promised(o *office.Office, items []queue.Item) *queue.Promise {
	return display.Promised(o.Rules(), o.State(), s.waits(o), items)
}

// promisedTo is the wait that a booked person is shown at check-in.
func (s *Server) promisedTo(o *office.Office, appointment string) *queue.Promise {
	return display.PromisedTo(o.State(), s.waits(o), appointment, s.deps.Now())
}
