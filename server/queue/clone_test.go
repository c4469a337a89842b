package queue

import (
	"fmt"
	"testing"
	"time"
)

// A clone shares the list of calls with the state that people are looking at:
// calls, recalls, requeues and undos on the clone leave the other alone.
func TestCallsOfACloneLeaveTheStateAlone(t *testing.T) {
	s := New("hall")
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	record := func(s *State, kind, desk string, events ...Event) {
		s.Apply(Meta{Seq: s.Seq + 1, At: at, By: "clerk"}, Body{Kind: kind, Desk: desk, Events: events})
	}
	ticket := func(n int) string { return fmt.Sprint("t", n) }
	for n := range callsKept + 3 {
		record(s, "issue_ticket", "", TicketIssued{Ticket: ticket(n), Number: Number{Letter: "A", N: n + 1}})
		record(s, "call_next", "1", TicketCalled{Ticket: ticket(n), Desk: "1"})
	}
	if len(s.Calls) != callsKept || s.Calls[0].Ticket != ticket(callsKept+2) {
		t.Fatalf("%d calls, the newest of %s", len(s.Calls), s.Calls[0].Ticket)
	}
	before := string(s.Encode())
	last := ticket(callsKept + 2)
	for name, change := range map[string]func(c *State){
		"recall":  func(c *State) { record(c, "recall", "1", TicketRecalled{Ticket: last, Desk: "1"}) },
		"requeue": func(c *State) { record(c, "requeue", "1", TicketRequeued{Ticket: last}) },
		"undone requeue": func(c *State) {
			record(c, "requeue", "1", TicketRequeued{Ticket: last})
			record(c, "undo", "1", DeskUndone{Desk: "1", Of: c.Seq})
		},
		"undone call": func(c *State) { record(c, "undo", "1", DeskUndone{Desk: "1", Of: c.Seq}) },
		"call of an old one": func(c *State) {
			record(c, "take", "2", TicketCalled{Ticket: ticket(5), Desk: "2"})
			if c.Calls[0].Ticket != ticket(5) || len(c.Calls) != callsKept {
				t.Errorf("%d calls, the newest of %s", len(c.Calls), c.Calls[0].Ticket)
			}
		},
	} {
		c := s.Clone()
		change(c)
		if string(c.Encode()) == before {
			t.Errorf("%s changed nothing", name)
		}
		if string(s.Encode()) != before {
			t.Fatalf("%s on a clone is seen in the state", name)
		}
	}
}
