package queue

import (
	"testing"
	"time"
)

// busy is an office with two open desks and one walk-in called to desk 1.
func busy(t *testing.T) (w *world, called string) {
	t.Helper()
	w = newWorld(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	for _, c := range []Command{OpenOffice{}, IssueTicket{Services: []Item{{"card", 1}}}, OpenDesk{Desk: "1"}, OpenDesk{Desk: "booked"}, CallNext{Desk: "1"}} {
		w.must(t, c, "clerk")
	}
	return w, w.state.Desk("1").Ticket
}

func (w *world) must(t *testing.T, c Command, by string) {
	t.Helper()
	if _, err := w.do(c, by); err != nil {
		t.Fatalf("%T: %v", c, err)
	}
}

// Whoever a clerk sends to a desk is served there, whatever the desk is kept
// for; otherwise no desk at all would call the person.
func TestWalkInSentToADeskKeptForBookedPeopleIsCalledThere(t *testing.T) {
	w, id := busy(t)
	w.must(t, Transfer{Desk: "1", ToDesk: "booked"}, "clerk")
	if got, _ := Pick(w.rules, w.state, "1", w.now); got != nil {
		t.Errorf("desk 1 would call %s, who was sent away from it", got.Number)
	}
	if got, _ := Pick(w.rules, w.state, "booked", w.now); got == nil || got.ID != id {
		t.Fatalf("the desk that the person was sent to would call %v", got)
	}
}
