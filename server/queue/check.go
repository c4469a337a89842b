package queue

import (
	"fmt"
	"slices"
)

// Check verifies the invariants that must hold in every state, for tests and
// fuzzing: no ticket at two desks, no desk with a ticket that is not called or
// served there, no number twice, the list of open tickets exact, and what is
// booked in order.
func (s *State) Check() error {
	at := map[string]string{}
	for id, d := range s.Desks {
		if d.Ticket == "" {
			continue
		}
		t := s.Ticket(d.Ticket)
		switch {
		case t == nil:
			return fmt.Errorf("desk %s holds %s, which is not there", id, d.Ticket)
		case t.State != Called && t.State != Serving:
			return fmt.Errorf("desk %s holds %s, which is %s", id, t.ID, t.State)
		case t.Desk != id:
			return fmt.Errorf("desk %s holds %s, which is at desk %s", id, t.ID, t.Desk)
		case at[t.ID] != "":
			return fmt.Errorf("ticket %s is at desks %s and %s", t.ID, at[t.ID], id)
		case d.Phase == PhaseClosed:
			return fmt.Errorf("closed desk %s holds %s", id, t.ID)
		}
		at[t.ID] = id
	}
	numbers := map[Number]string{}
	var open []int32
	for i, t := range s.Tickets {
		if (t.State == Called || t.State == Serving) && at[t.ID] == "" {
			return fmt.Errorf("ticket %s is %s at no desk", t.ID, t.State)
		}
		if !slices.Contains(TicketStates, t.State) {
			return fmt.Errorf("ticket %s has the unknown state %q", t.ID, t.State)
		}
		if other := numbers[t.Number]; other != "" && t.ReceivedFrom == "" && t.State != Sent {
			return fmt.Errorf("tickets %s and %s both have number %s", other, t.ID, t.Number)
		}
		numbers[t.Number] = t.ID
		if !t.State.Final() {
			open = append(open, int32(i))
		}
		if s.position(t.ID) != i {
			return fmt.Errorf("ticket %s stands at %d and is found at %d", t.ID, i, s.position(t.ID))
		}
	}
	if !slices.Equal(open, s.Open) {
		return fmt.Errorf("open tickets are %v, listed %v", open, s.Open)
	}
	return s.checkBooking()
}

// checkBooking verifies that nobody has two times or none: appointments and
// holds have ids that were given once, in order, and an appointment that was
// checked in has a ticket; each wish has one offer at most, and none has let too
// many pass; a freed time is hidden once.
func (s *State) checkBooking() error {
	ids := map[string]bool{}
	next := s.newAppointmentID()
	for i, a := range s.Appointments {
		switch {
		case ids[a.ID]:
			return fmt.Errorf("appointment %s is there twice", a.ID)
		case i > 0 && CompareIDs(s.Appointments[i-1].ID, a.ID) >= 0:
			return fmt.Errorf("appointment %s stands behind %s", a.ID, s.Appointments[i-1].ID)
		case CompareIDs(a.ID, next) >= 0:
			return fmt.Errorf("appointment %s is there and %s is the next", a.ID, next)
		case a.Ticket != "" && (s.Ticket(a.Ticket) == nil || s.Ticket(a.Ticket).Appointment != a.ID):
			return fmt.Errorf("appointment %s has arrived as %s, which is not there", a.ID, a.Ticket)
		case a.Ticket != "" && !a.ConfirmBy.IsZero():
			return fmt.Errorf("appointment %s has arrived and is to be confirmed", a.ID)
		}
		ids[a.ID] = true
	}
	if err := s.checkAgenda(); err != nil {
		return err
	}
	offered := map[string]string{}
	for _, h := range s.Holds {
		switch {
		case ids[h.ID]:
			return fmt.Errorf("%s is held and booked, or held twice", h.ID)
		case h.Minutes < 1 || len(h.Services) == 0:
			return fmt.Errorf("hold %s is for nothing", h.ID)
		case h.Wish != "" && offered[h.Wish] != "":
			return fmt.Errorf("wish %s has the offers %s and %s", h.Wish, offered[h.Wish], h.ID)
		}
		ids[h.ID], offered[h.Wish] = true, h.ID
	}
	for _, g := range s.Gone {
		if ids[g.ID] {
			return fmt.Errorf("appointment %s is gone and there", g.ID)
		}
	}
	for i, w := range s.Wishes {
		if len(w.Passed) >= offersMost {
			return fmt.Errorf("wish %s has let %d offers pass", w.ID, len(w.Passed))
		}
		if i > 0 && CompareIDs(s.Wishes[i-1].ID, w.ID) >= 0 {
			return fmt.Errorf("wish %s stands behind %s", w.ID, s.Wishes[i-1].ID)
		}
	}
	for i, f := range s.Freed {
		if slices.ContainsFunc(s.Freed[:i], func(o Freed) bool { return o.Of == f.Of && o.For.Equal(f.For) }) {
			return fmt.Errorf("the time %v of %s is hidden twice", f.For, f.Of)
		}
	}
	return nil
}

// checkAgenda verifies that all lists of appointments hold the same.
func (s *State) checkAgenda() error {
	want := slices.Clone(s.Appointments)
	slices.SortFunc(want, compareTimes)
	if !slices.Equal(want, s.agenda.byTime) {
		return fmt.Errorf("%d appointments are not the %d that stand by their times", len(want), len(s.agenda.byTime))
	}
	open := 0
	for _, a := range s.Appointments {
		if a.marked() {
			open++
			if !slices.Contains(s.agenda.marked, a) {
				return fmt.Errorf("%s is marked and not listed", a.ID)
			}
		}
	}
	if open != len(s.agenda.marked) {
		return fmt.Errorf("%d appointments are marked, %d listed", open, len(s.agenda.marked))
	}
	return nil
}
