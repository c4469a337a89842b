package queue

import (
	"cmp"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// Meta is what a record knows about itself.
type Meta struct {
	Seq uint64
	At  time.Time
	By  string
}

// Apply folds one stored record into the state. It is total: a stored fact
// cannot be refused, and one about a ticket that is not there changes nothing.
func (s *State) Apply(m Meta, b Body) {
	s.Seq, s.At = m.Seq, m.At.UTC()
	var u *Undo
	if b.Desk != "" {
		u = s.before(m, b)
	}
	for _, e := range b.Events {
		s.apply(m, e)
	}
	if d := s.Desks[b.Desk]; d != nil && b.Desk != "" {
		d := *d
		d.Undo = u
		s.Desks[d.ID] = &d
	}
}

// before keeps what a press at a desk is about to change; nil where there is
// nothing to take back.
func (s *State) before(m Meta, b Body) *Undo {
	switch b.Kind {
	case OpenDesk{}.Kind(), Recall{}.Kind(), UndoLast{}.Kind():
		return nil
	}
	d := *s.Desk(b.Desk)
	d.Undo = nil
	u := &Undo{Seq: m.Seq, At: m.At.UTC(), Command: b.Kind, Desk: &d}
	for _, e := range b.Events {
		if t := s.Ticket(ticketOf(e)); t != nil && !slices.ContainsFunc(u.Tickets, func(o *Ticket) bool { return o.ID == t.ID }) {
			u.Tickets = append(u.Tickets, t)
		}
		if r, ok := e.(TicketRequeued); ok {
			u.Call = s.callOf(r.Ticket)
		}
	}
	if _, idle := b.Events[len(b.Events)-1].(NobodyWaited); idle && len(b.Events) == 1 {
		return nil
	}
	return u
}

// ticketOf is the ticket that an event at a desk changes, or "".
func ticketOf(e Event) string {
	switch e := e.(type) {
	case TicketCalled:
		return e.Ticket
	case TicketRecalled:
		return e.Ticket
	case TicketStarted:
		return e.Ticket
	case TicketFinished:
		return e.Ticket
	case TicketNotShown:
		return e.Ticket
	case TicketParked:
		return e.Ticket
	case TicketResumed:
		return e.Ticket
	case TicketReturned:
		return e.Ticket
	case TicketRequeued:
		return e.Ticket
	case TicketTransferred:
		return e.Ticket
	case TicketSent:
		return e.Ticket
	}
	return ""
}

func (s *State) apply(m Meta, e Event) {
	at := m.At.UTC()
	switch e := e.(type) {
	case TicketIssued:
		s.draw(e.Number)
		s.Drawn[e.Category]++
		s.add(&Ticket{ID: e.Ticket, Number: e.Number, State: Waiting, Services: e.Services, Remaining: e.Services,
			Priority: e.Priority, Language: e.Language, Promise: e.Promise, Since: at, IssuedAt: at, Seq: m.Seq})
	case AppointmentAdded:
		s.NextAppointment++
		s.insert(&Appointment{ID: e.Appointment, At: e.For.UTC(), Services: e.Services, CodeMAC: e.CodeMAC, BookedAt: at})
	case AppointmentArrived:
		s.draw(e.Number)
		s.arrive(e.Appointment, e.Ticket)
		s.add(&Ticket{ID: e.Ticket, Number: e.Number, State: Waiting, Services: e.Services, Remaining: e.Services,
			Booked: true, Appointment: e.Appointment, AppointmentAt: e.For.UTC(), Arrival: e.Arrival, Language: e.Language, Promise: e.Promise,
			Since: at, IssuedAt: at, CheckedInAt: at, Seq: m.Seq})
	case AppointmentMissed:
		s.dropAppointment(e.Appointment)
	case TicketLeft:
		s.end(m, e.Ticket, Left)
	case TicketUnserved:
		s.end(m, e.Ticket, Unserved)
	case TicketCalled:
		s.call(m, e)
	case TicketRecalled:
		s.change(m, e.Ticket, func(t *Ticket) { t.Calls++ })
		s.ring(m, e.Ticket, true)
	case TicketStarted:
		s.change(m, e.Ticket, func(t *Ticket) { t.State, t.StartedAt = Serving, at })
	case TicketFinished:
		s.change(m, e.Ticket, func(t *Ticket) {
			if !e.StartedAt.IsZero() {
				t.StartedAt = e.StartedAt.UTC()
			}
		})
		s.end(m, e.Ticket, Done)
	case TicketNotShown:
		s.release(m, e.Ticket, NoShow)
	case TicketParked:
		s.release(m, e.Ticket, Parked)
		s.change(m, e.Ticket, func(t *Ticket) { t.ParkReason = e.Reason })
	case TicketResumed, TicketReturned:
		s.release(m, ticketOf(e), Waiting)
	case TicketRequeued:
		s.unring(e.Ticket)
		s.release(m, e.Ticket, Waiting)
	case TicketTransferred:
		s.release(m, e.Ticket, Waiting)
		s.change(m, e.Ticket, func(t *Ticket) { t.Remaining, t.To = e.Services, e.ToDesk })
	case TicketSent:
		s.release(m, e.Ticket, Sent)
		s.change(m, e.Ticket, func(t *Ticket) { t.SentTo, t.SentService, t.SentAt, t.Hop = e.Office, e.Service, at, m.Seq })
	case TicketDispatched:
		s.change(m, e.Ticket, func(t *Ticket) { t.Dispatched = true })
	case TicketReceived:
		s.receive(m, e)
	case TicketHandedOver:
		s.end(m, e.Ticket, Done)
	case DeskOpened:
		s.phase(m, e.Desk, PhaseOpen, m.By, time.Time{})
	case DeskPaused:
		s.phase(m, e.Desk, PhasePaused, s.Desk(e.Desk).By, e.Until)
	case DeskResumed:
		s.phase(m, e.Desk, PhaseOpen, s.Desk(e.Desk).By, time.Time{})
	case DeskClosed:
		s.phase(m, e.Desk, PhaseClosed, "", time.Time{})
	case DeskUndone:
		s.undo(m, e)
	case PapersMissing:
		s.change(m, e.Ticket, func(t *Ticket) { t.Missing = e.Papers })
	case WishAdded, WishEnded:
		s.applyWish(m, e)
	case SlotHeld, HoldReleased, HoldLapsed, AppointmentBooked, AppointmentMoved, AppointmentCancelled, AppointmentConfirmed,
		AppointmentDelayed, SlotShown, BookingSet, ExtraSet:
		s.applyBooking(m, e)
	case NobodyWaited, DayClosed, OfficeOpened, OfficeClosed, IntakeOpened, IntakeClosed, NoticeSet, ServicePlanned, DayOpened:
		s.applyHouse(m, e)
	}
}

func (s *State) applyHouse(m Meta, e Event) {
	switch e := e.(type) {
	case OfficeOpened:
		s.Opening = &Opening{From: m.At.UTC(), Until: e.Until.UTC()}
		if e.Until.IsZero() {
			s.Opening.Until = time.Time{}
		}
		s.Shut, s.IntakeClosed = false, false
	case OfficeClosed:
		s.Shut, s.Opening = true, nil
	case IntakeOpened:
		s.IntakeClosed = false
	case IntakeClosed:
		s.IntakeClosed = true
	case NoticeSet:
		s.Notice = e.Text
	case ServicePlanned:
		s.setPlanned(m, e)
	case DayClosed:
		s.DayOver = true
	case DayOpened:
		s.open(e.Day, e.Book)
	}
}

// draw counts a number, in maps of its own.
func (s *State) draw(n Number) {
	if !s.counts {
		s.Series, s.Drawn, s.counts = maps.Clone(s.Series), maps.Clone(s.Drawn), true
	}
	s.Series[n.Letter] = n.N
}

// add puts a new ticket at the end of the day.
func (s *State) add(t *Ticket) {
	s.Open = append(s.Open, int32(len(s.Tickets)))
	s.Tickets = append(s.Tickets, t)
}

// set replaces the ticket at a position and keeps Open true.
func (s *State) set(i int, t *Ticket) {
	s.Tickets[i] = t
	at, listed := slices.BinarySearch(s.Open, int32(i))
	switch {
	case t.State.Final() && listed:
		s.Open = slices.Delete(s.Open, at, at+1)
	case !t.State.Final() && !listed:
		s.Open = slices.Insert(s.Open, at, int32(i))
	}
}

// change replaces a ticket by a changed copy.
func (s *State) change(m Meta, id string, how func(*Ticket)) {
	i := s.position(id)
	if i < 0 {
		return
	}
	t := *s.Tickets[i]
	how(&t)
	t.Seq = m.Seq
	s.set(i, &t)
}

// freeDesk empties the desk that holds a ticket.
func (s *State) freeDesk(id string) {
	t := s.Ticket(id)
	if t == nil {
		return
	}
	if d := s.Desks[t.Desk]; d != nil && d.Ticket == id {
		d := *d
		d.Ticket = ""
		s.Desks[d.ID] = &d
	}
}

// end closes a ticket for good.
func (s *State) end(m Meta, id string, state TicketState) {
	s.freeDesk(id)
	s.change(m, id, func(t *Ticket) { t.State, t.FinishedAt = state, m.At.UTC() })
}

// release takes a ticket from its desk into a state in which nobody serves it.
// Its place, counted from Since, is kept.
func (s *State) release(m Meta, id string, state TicketState) {
	s.freeDesk(id)
	s.change(m, id, func(t *Ticket) {
		t.State, t.ParkReason = state, ""
		t.CalledAt, t.StartedAt = time.Time{}, time.Time{}
		if state == Waiting {
			t.Leg, t.Reason, t.Calls = nil, Reason{}, 0
		}
	})
}

func (s *State) call(m Meta, e TicketCalled) {
	s.change(m, e.Ticket, func(t *Ticket) {
		t.State, t.Desk, t.To, t.Leg, t.Reason = Called, e.Desk, "", e.Leg, e.Reason
		t.CalledAt, t.StartedAt, t.Calls = m.At.UTC(), time.Time{}, 1
	})
	d := *s.Desk(e.Desk)
	d.Ticket = e.Ticket
	s.Desks[e.Desk] = &d
	s.ring(m, e.Ticket, false)
}

// ring puts a call on top of the list for the boards; an older call of the
// same ticket goes.
func (s *State) ring(m Meta, id string, recall bool) {
	t := s.Ticket(id)
	if t == nil {
		return
	}
	c := Call{ID: m.Seq, At: m.At.UTC(), Ticket: id, Number: t.Number, Desk: t.Desk, Booked: t.Booked, Recall: recall}
	if slices.ContainsFunc(s.Calls, func(old Call) bool { return old.Ticket == id }) {
		s.unring(id)
	}
	s.Calls, s.wall = s.wall.put(c, s.Calls)
}

// wall is a piece of memory in which a call is put above those that are there: a
// list of its own for each call was a fourteenth of what a command allocates.
// Clones share it, each with its own window. A place belongs to whoever takes it
// first; another clone at the same place gets a wall of its own.
type wall struct {
	free  atomic.Int32 // so many places above are not taken
	calls []Call
}

// put gives the list with a call above, and the wall it lies in.
func (w *wall) put(c Call, below []Call) ([]Call, *wall) {
	n := min(len(below)+1, callsKept)
	at := w.above(below)
	if at == 0 {
		at = max(n, 4)
		w = &wall{calls: make([]Call, at+n-1)}
		copy(w.calls[at:], below)
		w.free.Store(int32(at))
	}
	if !w.free.CompareAndSwap(int32(at), int32(at-1)) {
		return w.put(c, slices.Clone(below))
	}
	at--
	w.calls[at] = c
	return w.calls[at : at+n : at+n], w
}

// above is how many free places there are above a list that lies in the wall.
func (w *wall) above(list []Call) int {
	if w == nil || len(list) == 0 {
		return 0
	}
	at := int(w.free.Load())
	if at == len(w.calls) || &list[0] != &w.calls[at] {
		return 0
	}
	return at
}

// callOf is the call of a ticket on the boards, or nil.
func (s *State) callOf(id string) *Call {
	i := slices.IndexFunc(s.Calls, func(c Call) bool { return c.Ticket == id })
	if i < 0 {
		return nil
	}
	c := s.Calls[i]
	return &c
}

func (s *State) unring(id string) {
	s.dropCalls(func(c *Call) bool { return c.Ticket == id })
}

// dropCalls takes calls off the list, of which clones may share the old one.
func (s *State) dropCalls(which func(*Call) bool) {
	var kept []Call
	for i := range s.Calls {
		if !which(&s.Calls[i]) {
			kept = append(kept, s.Calls[i])
		}
	}
	s.Calls = kept
}

func (s *State) phase(m Meta, id string, p DeskPhase, by string, until time.Time) {
	d := *s.Desk(id)
	d.Phase, d.By, d.Since, d.Until = p, by, m.At.UTC(), until.UTC()
	if until.IsZero() {
		d.Until = time.Time{}
	}
	s.Desks[id] = &d
}

func (s *State) arrive(appointment, ticket string) {
	s.changeAppointment(appointment, func(a *Appointment) { a.Ticket, a.ConfirmBy = ticket, time.Time{} })
}

// receive takes a ticket over as waiting, with number and place; one that was
// here before goes on at its old position.
func (s *State) receive(m Meta, e TicketReceived) {
	from := e.Ticket
	t := &Ticket{ID: from.ID, Number: from.Number, State: Waiting, Services: e.Services, Remaining: e.Services,
		Booked: from.Booked, AppointmentAt: from.AppointmentAt, Arrival: from.Arrival, Priority: from.Priority,
		Language: from.Language, Since: from.Since, IssuedAt: from.IssuedAt, CheckedInAt: from.CheckedInAt,
		ReceivedFrom: e.From, Seq: m.Seq}
	if i := s.position(t.ID); i >= 0 {
		s.set(i, t)
		return
	}
	s.add(t)
}

// undo restores tickets and desk to what they were before the desk's last
// press. The tickets count as touched by this record.
func (s *State) undo(m Meta, e DeskUndone) {
	d := s.Desks[e.Desk]
	if d == nil || d.Undo == nil || d.Undo.Seq != e.Of {
		return
	}
	u := d.Undo
	for _, before := range u.Tickets {
		s.change(m, before.ID, func(t *Ticket) { *t = *before })
	}
	s.dropCalls(func(c *Call) bool { return c.ID == u.Seq })
	if u.Call != nil {
		at, _ := slices.BinarySearchFunc(s.Calls, u.Call.ID, func(c Call, id uint64) int { return cmp.Compare(id, c.ID) })
		s.Calls = slices.Insert(s.Calls, at, *u.Call)
	}
	desk := *u.Desk
	s.Desks[e.Desk] = &desk
}
