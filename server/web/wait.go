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

// officeView is an office as everybody sees it.
func (s *Server) officeView(o *office.Office) display.Office {
	return display.ShowOffice(o.Rules(), o.State(), s.waits(o), s.free(o), s.deps.Now())
}

// free is how many appointments citizens can still have today.
func (s *Server) free(o *office.Office) *queue.Free {
	if s.deps.Cast != nil {
		return s.deps.Cast.Free(o.ID())
	}
	return o.Rules().FreeOf(o.State(), s.deps.Now())
}

// promised is the wait that a walk-in is shown with the number.
func (s *Server) promised(o *office.Office, items []queue.Item) *queue.Promise {
	return display.Promised(o.Rules(), o.State(), s.waits(o), items)
}

// promisedTo is the wait that a booked person is shown at check-in.
func (s *Server) promisedTo(o *office.Office, appointment string) *queue.Promise {
	return display.PromisedTo(o.State(), s.waits(o), appointment, s.deps.Now())
}
