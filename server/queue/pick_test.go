package queue

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// line draws a state with people who wait, booked and not.
func drawLine(t *rapid.T) (*world, time.Time) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	w := newWorld(now)
	n := rapid.IntRange(0, 30).Draw(t, "people")
	for i := range n {
		since := now.Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "waited")) * time.Minute)
		tk := &Ticket{ID: fmt.Sprintf("hall-20261124-%04d", i), Number: Number{"A", i + 1}, State: Waiting, Since: since, IssuedAt: since,
			Services: []Item{{rapid.SampledFrom([]string{"card", "move", "collect", "photo"}).Draw(t, "service"), 1}}}
		tk.Remaining = tk.Services
		if rapid.Bool().Draw(t, "booked") {
			tk.Booked = true
			tk.AppointmentAt = since.Add(time.Duration(rapid.IntRange(-40, 60).Draw(t, "ahead")) * time.Minute)
			tk.Arrival = w.rules.ArrivalAt(tk.AppointmentAt, since)
		} else {
			tk.Priority = rapid.IntRange(0, 30).Draw(t, "priority")
		}
		w.state.add(tk)
	}
	return w, now
}

func TestDueTicketIsNeverPassedByOneLessDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, now := drawLine(t)
		picked, _ := Pick(w.rules, w.state, "1", now)
		for _, other := range w.state.Tickets {
			due := w.rules.DueAt(other)
			if due.IsZero() || due.After(now) || !w.rules.May(w.state, "1", other) {
				continue
			}
			if picked == nil {
				t.Fatalf("%s is due and nobody is called", other.Number)
			}
			mine := w.rules.DueAt(picked)
			if mine.IsZero() || mine.After(due) {
				t.Fatalf("%s, due %v, is passed by %s, due %v", other.Number, due, picked.Number, mine)
			}
		}
	})
}

func TestNobodyIsSaidToWaitOnlyWhenNobodyMayBeCalled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, now := drawLine(t)
		for _, desk := range w.rules.Desks {
			picked, _ := Pick(w.rules, w.state, desk.ID, now)
			if picked != nil {
				continue
			}
			for _, other := range w.state.Tickets {
				callable := !other.BookedInTime() || other.AppointmentAt.Sub(now) <= w.rules.Early
				if callable && w.rules.May(w.state, desk.ID, other) {
					t.Fatalf("desk %s finds nobody though %s may be called", desk.ID, other.Number)
				}
			}
		}
	})
}

func TestMorePriorityNeverMeansALaterCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, now := drawLine(t)
		if len(w.state.Tickets) == 0 {
			return
		}
		i := rapid.IntRange(0, len(w.state.Tickets)-1).Draw(t, "who")
		before := place(w, i, now)
		tk := *w.state.Tickets[i]
		tk.Priority += rapid.IntRange(1, 60).Draw(t, "more")
		w.state.Tickets[i] = &tk
		if after := place(w, i, now); after > before {
			t.Fatalf("%d minutes of priority moved %s from %d to %d", tk.Priority, tk.Number, before, after)
		}
	})
}

func place(w *world, i int, now time.Time) int {
	for n, p := range Line(w.rules, w.state, now) {
		if p.Ticket == w.state.Tickets[i] {
			return n
		}
	}
	return -1
}

// Two people who differ in nothing but when they came keep their order for as
// long as they wait, whatever becomes due meanwhile.
func TestEqualTicketsNeverSwap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, now := drawLine(t)
		order := func(at time.Time) map[string]int {
			m := map[string]int{}
			for i, p := range Line(w.rules, w.state, at) {
				m[p.Ticket.ID] = i
			}
			return m
		}
		a, b := order(now), order(now.Add(time.Duration(rapid.IntRange(1, 180).Draw(t, "later"))*time.Minute))
		for _, x := range w.state.Tickets {
			for _, y := range w.state.Tickets {
				equal := x.Booked == y.Booked && !x.Booked && x.Priority == y.Priority
				if equal && a[x.ID] < a[y.ID] != (b[x.ID] < b[y.ID]) {
					t.Fatalf("%s and %s swapped", x.Number, y.Number)
				}
			}
		}
	})
}

// The shown order and the called order are the same rule: at a desk that may
// serve everybody, next is the head of the line.
func TestNextIsTheHeadOfTheShownLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, now := drawLine(t)
		picked, why := Pick(w.rules, w.state, "1", now)
		for _, p := range Line(w.rules, w.state, now) {
			if !w.rules.May(w.state, "1", p.Ticket) || p.Reason.Code == ReasonBookedAhead {
				continue
			}
			if picked != p.Ticket || why != p.Reason {
				t.Fatalf("shown %s (%s), called %v", p.Ticket.Number, p.Reason.Code, picked)
			}
			return
		}
		if picked != nil {
			t.Fatalf("called %s, who is not shown", picked.Number)
		}
	})
}

func BenchmarkNextOfAThousand(b *testing.B) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	w := newWorld(now)
	for i := range 1000 {
		since := now.Add(-time.Duration(i%80) * time.Minute)
		tk := &Ticket{ID: fmt.Sprintf("hall-20261124-%04d", i), Number: Number{"A", i + 1}, State: Waiting, Since: since,
			Services: []Item{{"card", 1}, {"move", 1}}}
		tk.Remaining = tk.Services
		if i%3 == 0 {
			tk.Booked, tk.AppointmentAt, tk.Arrival = true, now.Add(time.Duration(i%60-30)*time.Minute), ArrivalOnTime
		}
		w.state.add(tk)
	}
	w.state.Desks["1"] = &Desk{ID: "1", Phase: PhaseOpen, By: "c"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decide(w.rules, w.state, CallNext{"1"}, "c", now); err != nil {
			b.Fatal(err)
		}
	}
}
