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

// Calls are put into memory that clones share: each sees its own, whichever
// comes first, and what was seen before stays.
func TestCallsOfTwoClonesDoNotMix(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	call := func(s *State, n int, desk string) {
		id := fmt.Sprint("t", n)
		s.Apply(Meta{Seq: s.Seq + 1, At: at, By: "clerk"}, Body{Kind: "issue_ticket", Events: []Event{TicketIssued{Ticket: id, Number: Number{Letter: "A", N: n}}}})
		s.Apply(Meta{Seq: s.Seq + 1, At: at, By: "clerk"}, Body{Kind: "call_next", Desk: desk, Events: []Event{TicketCalled{Ticket: id, Desk: desk}}})
	}
	s := New("hall")
	for n := range 3 * callsKept {
		seen := s.Calls
		was := fmt.Sprint(seen)
		one, two := s.Clone(), s.Clone()
		call(one, n, "1")
		call(two, n, "2")
		call(two, 1000+n, "3")
		want := min(n+1, callsKept)
		if len(one.Calls) != want || one.Calls[0].Desk != "1" || one.Series["A"] != n {
			t.Fatalf("after %d calls the first clone has %d, the newest to desk %s", n, len(one.Calls), one.Calls[0].Desk)
		}
		if want = min(n+2, callsKept); len(two.Calls) != want || two.Calls[0].Desk != "3" || two.Calls[1].Desk != "2" || two.Series["A"] != 1000+n {
			t.Fatalf("after %d calls the second clone has %d, the newest to desks %s and %s", n, len(two.Calls), two.Calls[0].Desk, two.Calls[1].Desk)
		}
		for i, c := range one.Calls {
			if c.Ticket != fmt.Sprint("t", n-i) || c.Desk != "1" {
				t.Fatalf("after %d calls, call %d is of %s to desk %s", n, i, c.Ticket, c.Desk)
			}
		}
		if fmt.Sprint(seen) != was {
			t.Fatalf("what was shown after %d calls has changed", n)
		}
		s = one
	}
}
