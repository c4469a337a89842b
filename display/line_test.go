package display

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// The prepared line says of everybody what looking at each pair would say.
func TestThePreparedLineAgreesWithTheRule(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		r := &queue.Rules{Office: "hall", Names: map[string]string{"de": "hall"}, Hours: &calendar.Schedule{Zone: time.UTC},
			Categories: []queue.Category{{ID: "all", Letter: "A"}}, Early: 15 * time.Minute, Grace: 10 * time.Minute,
			Ceiling: 45 * time.Minute, MaxServices: 3, MaxQuantity: 3, MaxPriority: 60}
		for i := range 4 {
			r.Services = append(r.Services, queue.Service{ID: fmt.Sprint("s", i), Category: "all", Planned: time.Minute})
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "desks") {
			skills := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"s0", "s1", "s2", "s3"}), 0, 3, rapid.ID).Draw(t, "skills")
			r.Desks = append(r.Desks, queue.DeskRule{ID: fmt.Sprint(i), Skills: skills})
		}
		r.Compile()
		s := queue.New("hall")
		apply := func(c queue.Command, at time.Time) {
			events, err := queue.Decide(r, s, c, "x", at)
			if err != nil {
				t.Fatal(err)
			}
			s.Apply(queue.Meta{Seq: s.Seq + 1, At: at}, queue.Body{Kind: c.Kind(), Events: events})
		}
		apply(queue.Tick{}, now)
		apply(queue.OpenOffice{}, now)
		for i := range rapid.IntRange(0, 50).Draw(t, "tickets") {
			services := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"s0", "s1", "s2", "s3"}), 1, 2, rapid.ID).Draw(t, "services")
			var items []queue.Item
			for _, sv := range services {
				items = append(items, queue.Item{Service: sv, Quantity: 1})
			}
			apply(queue.IssueTicket{Services: items, Priority: rapid.IntRange(0, 60).Draw(t, "priority")}, now.Add(time.Duration(i)*time.Minute))
		}
		at := now.Add(time.Duration(rapid.IntRange(50, 90).Draw(t, "minutes")) * time.Minute)
		line, places := NewLine(r, s, nil, at), queue.Line(r, s, at)
		for tk := range s.Active {
			got, ok := line.ShowPhone(tk.ID, nil)
			if !ok {
				t.Fatalf("%s is not there", tk.ID)
			}
			ahead, _ := queue.Ahead(r, places, tk.ID)
			var count Count
			want := []Ahead{}
			for _, a := range ahead {
				count.add(a.Ticket)
				if len(want) < phoneAhead {
					reason := a.Reason
					if reason.Code == queue.ReasonCeiling {
						reason.WaitedMinutes, reason.Since = 0, a.Ticket.Since
					}
					want = append(want, Ahead{Number: number(a.Ticket.Number), Booked: a.Ticket.Booked, Reason: reason,
						Later: a.Ticket.Since.After(tk.Since)})
				}
			}
			if got.Place != len(ahead)+1 || got.AheadCount != count {
				t.Fatalf("%s has place %d and %v ahead, not %d and %v", tk.ID, got.Place, got.AheadCount, len(ahead)+1, count)
			}
			if diff := cmp.Diff(want, got.Ahead); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
