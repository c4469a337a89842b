package queue

import (
	"slices"
	"time"
)

// decideAtDesk decides what is pressed at a desk. A desk belongs to whoever
// opened it until it is closed.
func decideAtDesk(r *Rules, s *State, desk string, c Command, by string, now time.Time) ([]Event, error) {
	if r.Desk(desk) == nil {
		return nil, refuse(RefusedUnknownDesk)
	}
	d := s.Desk(desk)
	if d.Phase != PhaseClosed && d.By != by {
		if c, ok := c.(CloseDesk); !ok || !c.Any {
			return nil, refuse(RefusedDeskTaken)
		}
	}
	switch c.(type) {
	case OpenDesk:
		return []Event{DeskOpened{Desk: desk}}, nil
	case CloseDesk:
		if t := s.Ticket(d.Ticket); d.By != by && t != nil && t.State == Called {
			// Whoever called is not there to say what became of it.
			return []Event{TicketRequeued{Ticket: t.ID}, DeskClosed{Desk: desk}}, nil
		}
		return leaveDesk(s, d, DeskClosed{Desk: desk})
	}
	if d.Phase == PhaseClosed {
		if _, ok := c.(UndoLast); !ok || d.Undo == nil || d.Undo.Desk.By != by {
			return nil, refuse(RefusedDeskClosed)
		}
	}
	switch c := c.(type) {
	case PauseDesk:
		if !c.Until.IsZero() && !c.Until.After(now) {
			return nil, refuse(RefusedUntil)
		}
		return leaveDesk(s, d, DeskPaused{Desk: desk, Until: c.Until})
	case ResumeDesk:
		if d.Phase != PhasePaused {
			return nil, refuse(RefusedDeskNotPaused)
		}
		return []Event{DeskResumed{Desk: desk}}, nil
	case CallNext:
		return callNext(r, s, d, now)
	case Take:
		return take(r, s, d, c, now)
	case Unpark:
		return unpark(s, c)
	case UndoLast:
		return undo(r, s, d, now)
	case Park:
		return park(r, s, d, c)
	}
	return decideOnTicket(r, s, d, c)
}

// decideOnTicket decides about the ticket that the desk holds.
func decideOnTicket(r *Rules, s *State, d *Desk, c Command) ([]Event, error) {
	t := s.Ticket(d.Ticket)
	if t == nil {
		return nil, refuse(RefusedNobodyHere)
	}
	if t.State != Called {
		switch c.(type) {
		case Recall, Start, MarkNoShow, Requeue:
			return nil, refuseState(t)
		}
	}
	switch c := c.(type) {
	case Recall:
		return []Event{TicketRecalled{Ticket: t.ID, Desk: d.ID}}, nil
	case Start:
		return []Event{TicketStarted{Ticket: t.ID}}, nil
	case MarkNoShow:
		return []Event{TicketNotShown{Ticket: t.ID}}, nil
	case Requeue:
		return []Event{TicketRequeued{Ticket: t.ID}}, nil
	case Finish:
		return finish(t), nil
	case Transfer:
		return transfer(r, t, d, c)
	}
	return nil, refuse(RefusedUnknownDesk)
}

// finish ends what a desk does for a ticket. Where nobody pressed start, the
// call counts as the beginning; where services remain that this desk cannot
// do, the person waits on for those with the same number and place.
func finish(t *Ticket) []Event {
	var later []Item
	for _, it := range t.Remaining {
		if !slices.Contains(t.Leg, it) {
			later = append(later, it)
		}
	}
	if len(later) > 0 {
		return []Event{TicketTransferred{Ticket: t.ID, Services: later, Next: true}}
	}
	f := TicketFinished{Ticket: t.ID}
	if t.StartedAt.IsZero() {
		f.StartedAt = t.CalledAt
	}
	return []Event{f}
}

// endRunning ends what runs at a desk before something else begins there.
func endRunning(s *State, d *Desk) []Event {
	if t := s.Ticket(d.Ticket); t != nil {
		return finish(t)
	}
	return nil
}

// leaveDesk pauses or closes a desk. What is being served is finished by it; a
// person who was called and has not come needs a decision first, of whoever called.
func leaveDesk(s *State, d *Desk, then Event) ([]Event, error) {
	if t := s.Ticket(d.Ticket); t != nil && t.State == Called {
		return nil, refuse(RefusedDeskCalling, "Number", t.Number.String())
	}
	return append(endRunning(s, d), then), nil
}

func callNext(r *Rules, s *State, d *Desk, now time.Time) ([]Event, error) {
	if d.Phase == PhasePaused {
		return nil, refuse(RefusedDeskPaused)
	}
	events := endRunning(s, d)
	t, why := Pick(r, s, d.ID, now)
	if t == nil {
		return append(events, NobodyWaited{Desk: d.ID}), nil
	}
	return append(events, call(r, t, d, why)), nil
}

func call(r *Rules, t *Ticket, d *Desk, why Reason) TicketCalled {
	leg := t.Remaining
	if t.To != d.ID {
		leg, _ = r.leg(r.desks[d.ID], t.Remaining)
	}
	return TicketCalled{Ticket: t.ID, Desk: d.ID, Leg: leg, Reason: why}
}

// take calls one particular person. It is out of order by intent, so the
// reason says so and the record keeps who did it.
func take(r *Rules, s *State, d *Desk, c Take, now time.Time) ([]Event, error) {
	if d.Phase == PhasePaused {
		return nil, refuse(RefusedDeskPaused)
	}
	t := s.Ticket(c.Ticket)
	if t == nil {
		return nil, refuse(RefusedUnknownTicket)
	}
	events := endRunning(s, d)
	switch t.State {
	case Waiting:
	case Parked:
		events = append(events, TicketResumed{Ticket: t.ID})
	case NoShow:
		events = append(events, TicketReturned{Ticket: t.ID})
	default:
		return nil, refuseState(t)
	}
	return append(events, call(r, t, d, Reason{Code: ReasonTaken})), nil
}

func park(r *Rules, s *State, d *Desk, c Park) ([]Event, error) {
	if !slices.Contains(r.ParkReasons, c.Reason) {
		return nil, refuse(RefusedUnknownReason)
	}
	t := s.Ticket(d.Ticket)
	if c.Ticket != "" {
		if t = s.Ticket(c.Ticket); t == nil {
			return nil, refuse(RefusedUnknownTicket)
		}
		if t.State != Waiting && d.Ticket != t.ID {
			return nil, refuseState(t)
		}
	}
	if t == nil {
		return nil, refuse(RefusedNobodyHere)
	}
	return []Event{TicketParked{Ticket: t.ID, Reason: c.Reason}}, nil
}

func unpark(s *State, c Unpark) ([]Event, error) {
	t := s.Ticket(c.Ticket)
	if t == nil {
		return nil, refuse(RefusedUnknownTicket)
	}
	switch t.State {
	case Parked:
		return []Event{TicketResumed{Ticket: t.ID}}, nil
	case NoShow:
		return []Event{TicketReturned{Ticket: t.ID}}, nil
	}
	return nil, refuseState(t)
}

// undo takes a desk's last press back, if it was just now and nobody else has
// touched those tickets since.
func undo(r *Rules, s *State, d *Desk, now time.Time) ([]Event, error) {
	u := d.Undo
	if u == nil {
		return nil, refuse(RefusedNothingToUndo)
	}
	if now.Sub(u.At) > r.UndoWithin {
		return nil, refuse(RefusedUndoTooLate, "Seconds", int(r.UndoWithin/time.Second))
	}
	for _, before := range u.Tickets {
		if t := s.Ticket(before.ID); t == nil || t.Seq != u.Seq {
			return nil, refuse(RefusedUndoOvertaken)
		}
	}
	return []Event{DeskUndone{Desk: d.ID, Of: u.Seq}}, nil
}
