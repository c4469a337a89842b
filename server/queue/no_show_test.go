package queue

import (
	"testing"
	"time"
)

// However long somebody called does not come, only a clerk makes a no-show of
// the person; and who turns up hours later is put back.
func TestNobodyIsANoShowByTheClockAlone(t *testing.T) {
	w := newWorld(time.Date(2026, time.November, 24, 8, 0, 0, 0, berlin))
	for _, c := range []Command{OpenOffice{}, IssueTicket{Services: []Item{{"card", 1}}}, OpenDesk{"1"}, CallNext{"1"}} {
		if _, err := w.do(c, "clerk"); err != nil {
			t.Fatal(err)
		}
	}
	id := w.state.Desk("1").Ticket
	for range 6 * 8 {
		w.now = w.now.Add(10 * time.Minute)
		w.tick()
		if tk := w.state.Ticket(id); tk.State != Called {
			t.Fatalf("at %v it is %s", w.now, tk.State)
		}
	}
	for _, c := range []struct {
		do   Command
		want TicketState
	}{{Recall{"1"}, Called}, {MarkNoShow{"1"}, NoShow}, {Unpark{"1", id}, Waiting}} {
		w.now = w.now.Add(time.Hour)
		if _, err := w.do(c.do, "clerk"); err != nil {
			t.Fatalf("%T: %v", c.do, err)
		}
		if tk := w.state.Ticket(id); tk.State != c.want {
			t.Errorf("after %T it is %s", c.do, tk.State)
		}
	}
}
