package queue

import (
	"fmt"
	"slices"
)

// Check verifies the invariants that must hold in every state, for tests and
// fuzzing: no ticket at two desks, no desk with a ticket that is not called or
// served there, no number twice, and the list of open tickets exact.
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
	return nil
}
