package display

import (
	"reflect"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Whatever happens, and whenever it is asked, what was kept is what would be
// counted anew.
func TestWhatIsKeptOfFreeAppointmentsIsWhatIsCounted(t *testing.T) {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	r := (&queue.Rules{Office: "hall", Hours: &calendar.Schedule{Zone: time.UTC, Exceptions: []calendar.Exception{{From: day, Spans: []calendar.Span{{From: 8 * 60, To: 12 * 60}}}}},
		Categories: []queue.Category{{ID: "papers", Letter: "A"}}, Services: []queue.Service{{ID: "passport", Category: "papers", Planned: 10 * time.Minute}},
		Desks: []queue.DeskRule{{ID: "1"}, {ID: "2"}}, MaxQuantity: 5, MaxServices: 3,
		Booking: queue.Booking{Online: true, Grid: 10 * time.Minute, Lead: 30 * time.Minute, Hold: 10 * time.Minute, Terms: queue.Terms{Days: 14}}}).Compile()
	s, now := queue.New("hall"), day.At(8*60, time.UTC)
	var kept Vacancy
	seen := map[int]bool{}
	look := func(what string) {
		t.Helper()
		got, want := kept.Of(r, s, now), r.FreeOf(s, now)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s at %v: kept %+v, counted %+v", what, now, got, want)
		}
		if n := got.All(); n != nil {
			seen[*n] = true
		}
	}
	do := func(c queue.Command) *queue.Answer {
		t.Helper()
		events, err := queue.Decide(r, s, c, "somebody", now)
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
		next := s.Clone()
		next.Apply(queue.Meta{Seq: s.Seq + 1, At: now}, queue.Body{Kind: c.Kind(), Events: events})
		s = next
		look(c.Kind())
		return queue.AnswerTo(r, s, c, events, now)
	}
	items := []queue.Item{{Service: "passport", Quantity: 1}}
	hold := func(in time.Duration) string {
		return do(queue.HoldSlot{At: day.At(8*60, time.UTC).Add(in), Services: items, Channel: queue.ChannelOnline}).Appointment
	}
	do(queue.Tick{})
	a, b := hold(time.Hour), hold(time.Hour)
	do(queue.BookHold{Hold: a})
	for range 25 { // a hold lapses on the way, and times become too near
		now = now.Add(37 * time.Second)
		look("the clock")
	}
	do(queue.Tick{})
	do(queue.CancelAppointment{Appointment: a, Hide: 2 * time.Minute})
	now = now.Add(3 * time.Minute)
	look("what was hidden")
	do(queue.SetBooking{Terms: &queue.Terms{Days: 14, Quota: map[string]int{"papers": 3}}})
	do(queue.SetPlanned{Service: "passport", Minutes: 20, From: day.AddDays(1)})
	do(queue.IssueTicket{Services: items})
	do(queue.CloseOffice{})
	if s.Hold(b) != nil || len(seen) < 5 {
		t.Fatalf("that was no test: %v", seen)
	}
}

func TestWhereNobodyBooksNothingIsSaidOfFreeAppointments(t *testing.T) {
	r, s, now := morning(t)
	o, b := ShowOffice(r, s, nil, new(Vacancy).Of(r, s, now), now), ShowBoard(r, &Screen{}, s, nil, nil, now)
	if o.FreeToday != nil || o.Categories[0].FreeToday != nil || b.FreeToday != nil {
		t.Fatalf("%v %v", o, b)
	}
}
