package overbook

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// hall is an invented office whose days a test plays: who booked, who comes, and
// how long it takes.
type hall struct {
	rules *queue.Rules
	state *queue.State
	model *forecast.Model
	day   forecast.Day
	now   time.Time
	seq   uint64
}

var monday = calendar.Date{Year: 2026, Month: 11, Day: 2}

func newHall(desks int) *hall {
	names := map[string]string{"de": "x"}
	r := &queue.Rules{Office: "hall", Names: names, Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, Target: 30 * time.Minute,
		MaxServices: 3, MaxQuantity: 3,
		Hours:      &calendar.Schedule{Zone: time.UTC, Series: []calendar.Series{{Weekdays: []time.Weekday{1, 2, 3, 4, 5}, Spans: []calendar.Span{{From: 8 * 60, To: 14 * 60}}}}},
		Categories: []queue.Category{{ID: "c", Letter: "A", Names: names}},
		Services:   []queue.Service{{ID: "card", Category: "c", Names: names, Planned: 10 * time.Minute}},
		Booking:    queue.Booking{Online: true, Grid: 10 * time.Minute, Hold: 10 * time.Minute, Terms: queue.Terms{Days: 14, Overbook: true}}}
	for i := range desks {
		r.Desks = append(r.Desks, queue.DeskRule{ID: fmt.Sprint(i + 1), Names: names, Roster: r.Hours})
	}
	return &hall{rules: r.Compile(), state: queue.New("hall"), model: forecast.NewModel(false)}
}

func (h *hall) record(events ...queue.Event) {
	h.seq++
	meta, body := queue.Meta{Seq: h.seq, At: h.now, By: "x"}, queue.Body{Events: events}
	h.model.Learn(h.rules, h.state, &h.day, meta, body)
	h.state.Apply(meta, body)
}

var card = []queue.Item{{Service: "card", Quantity: 1}}

// open begins a day on which these times are booked, each a few days before.
func (h *hall) open(day calendar.Date, times ...time.Time) {
	h.now = day.Start(time.UTC)
	b := queue.Book{NextAppointment: h.state.NextAppointment}
	for i, at := range times {
		b.Appointments = append(b.Appointments, &queue.Appointment{ID: fmt.Sprintf("hall-a%s%04d", day.String()[8:], i), At: at, Services: card, Minutes: 10, BookedAt: at.AddDate(0, 0, -3)})
	}
	h.day = forecast.DateOf(h.rules, day)
	h.record(queue.DayOpened{Day: day, Book: b})
}

// live plays a day: a booked person every ten minutes at each desk, of whom one
// in missing does not come (0: all come), and each visit takes so long.
func (h *hall) live(day calendar.Date, missing int, length time.Duration) {
	var times []time.Time
	for at := day.At(8*60, time.UTC); at.Before(day.At(13*60, time.UTC)); at = at.Add(30 * time.Minute) {
		times = append(times, at)
	}
	h.open(day, times...)
	h.now = day.At(8*60, time.UTC)
	for _, d := range h.rules.Desks {
		h.record(queue.DeskOpened{Desk: d.ID})
	}
	for i, a := range slices.Clone(h.state.Appointments) {
		if missing > 0 && i%missing == 0 {
			continue
		}
		desk := h.rules.Desks[i%len(h.rules.Desks)].ID
		ticket := fmt.Sprintf("hall-%s-%04d", day.String()[8:], len(h.state.Tickets))
		h.now = a.At.Add(-4 * time.Minute)
		h.record(queue.AppointmentArrived{Appointment: a.ID, For: a.At, Arrival: queue.ArrivalOnTime, Ticket: ticket, Number: queue.Number{Letter: "A", N: i + 1}, Services: card})
		h.now = a.At
		h.record(queue.TicketCalled{Ticket: ticket, Desk: desk, Leg: card})
		h.now = h.now.Add(20 * time.Second)
		h.record(queue.TicketStarted{Ticket: ticket})
		h.now = h.now.Add(length)
		h.record(queue.TicketFinished{Ticket: ticket})
	}
	h.now = day.At(15*60, time.UTC)
	for i, a := range slices.Clone(h.state.Appointments) {
		if missing > 0 && i%missing == 0 {
			h.record(queue.AppointmentMissed{Appointment: a.ID})
		}
	}
	h.record(queue.DayClosed{Day: day})
}

// weeks plays working days, and opens the next with nothing booked.
func (h *hall) weeks(days, missing int, length time.Duration) calendar.Date {
	day := monday
	for n := 0; n < days; day = day.AddDays(1) {
		if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday {
			h.live(day, missing, length)
			n++
		}
	}
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDays(1)
	}
	h.open(day)
	return day
}

// book puts so many visits of an hour of a day into the state.
func (h *hall) book(day calendar.Date, hour, n int, change ...func(*queue.Appointment)) {
	for i := range n {
		a := &queue.Appointment{ID: fmt.Sprintf("hall-a9%02d%02d", hour, i), At: day.At(calendar.TimeOfDay(hour*60+i*60/n/10*10), time.UTC), Services: card, Minutes: 10, BookedAt: h.now.AddDate(0, 0, -2)}
		for _, f := range change {
			f(a)
		}
		h.state.Appointments = append(h.state.Appointments, a)
	}
}

func (h *hall) office() *Office {
	return &Office{Rules: h.rules, State: h.state, Model: h.model, Now: h.now}
}

// next is the first open day after the state's.
func (h *hall) next() calendar.Date {
	day := h.state.Day.AddDays(1)
	for len(h.rules.Hours.OpenSpans(day)) == 0 {
		day = day.AddDays(1)
	}
	return day
}

func (h *hall) decide() []Hour { return h.office().Day(new(forecast.Player), h.next()) }

func TestWhereSomeNeverComeAsManyMoreAreSold(t *testing.T) {
	h := newHall(3)
	h.weeks(10, 5, 9*time.Minute)
	h.book(h.next(), 10, 14)
	got := h.decide()
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	g := got[0]
	if g.Hour != 10 || g.Booked != 14 || g.Missing < 2 || g.Missing > 3.5 || g.N != int(g.Missing) || g.Why != Sold || g.Wait > 30 || g.Day != h.next() {
		t.Errorf("%+v", g)
	}
}

func TestWhereEverybodyComesNothingIsSoldBeyondTheDesks(t *testing.T) {
	h := newHall(3)
	h.weeks(20, 0, 9*time.Minute)
	h.book(h.next(), 10, 18)
	if got := h.decide(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestBeforeAnythingIsLearnedNothingIsSoldBeyondTheDesks(t *testing.T) {
	h := newHall(3)
	h.open(monday)
	h.book(h.next(), 10, 18)
	if got := h.office().Standing(); got != Unlearned {
		t.Errorf("%s", got)
	}
	if got := h.decide(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	h = newHall(3)
	h.weeks(2, 5, 9*time.Minute) // twenty people are not enough
	h.book(h.next(), 10, 18)
	if got := h.decide(); h.office().Standing() != Unlearned || len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// The desks are slower than planned: those who come already wait, and one more
// would make it worse than the target.
func TestNothingIsSoldWhereSomebodyWouldWaitTooLong(t *testing.T) {
	h := newHall(3)
	h.weeks(15, 5, 24*time.Minute)
	h.book(h.next(), 10, 17)
	got := h.decide()
	if len(got) != 1 || got[0].Why != Waits || got[0].N != 0 || got[0].Wait <= 30 {
		t.Errorf("%+v", got)
	}
	// An hour that is not full is another matter.
	h.book(h.next(), 8, 6)
	for _, g := range h.decide() {
		if g.N > 0 && g.Wait > 30 {
			t.Errorf("%+v", g)
		}
	}
}

func TestWithoutTermsOrTargetNothingIsSold(t *testing.T) {
	h := newHall(3)
	h.weeks(10, 5, 9*time.Minute)
	h.book(h.next(), 10, 14)
	h.rules.Target = 0
	if h.office().Standing() != NoTarget || len(h.decide()) != 0 {
		t.Error("without a target")
	}
	h.rules.Target = 30 * time.Minute
	h.state.Terms = &queue.Terms{Days: 14}
	if h.office().Standing() != Off || len(h.decide()) != 0 {
		t.Error("switched off in the browser")
	}
}

func TestWhoSaidThatTheyComeAreNotExpectedToBeMissing(t *testing.T) {
	h := newHall(3)
	h.weeks(10, 5, 9*time.Minute)
	h.book(h.next(), 10, 14, func(a *queue.Appointment) { a.Confirmed = true })
	if got := h.decide(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTodayAndClosedDaysAreLeftAlone(t *testing.T) {
	h := newHall(3)
	today := h.weeks(10, 5, 9*time.Minute)
	h.book(today, 10, 14)
	if got := h.office().Day(new(forecast.Player), today); got != nil {
		t.Errorf("today: %+v", got)
	}
	saturday := today
	for saturday.Weekday() != time.Saturday {
		saturday = saturday.AddDays(1)
	}
	h.book(saturday, 10, 14)
	if got := h.office().Day(new(forecast.Player), saturday); got != nil {
		t.Errorf("closed: %+v", got)
	}
}

// Whatever is booked and learned: never more than will be missing, never more
// than desks, never without learned no-shows, never beyond the target.
func TestNeverMoreIsSoldThanWillBeMissing(t *testing.T) {
	kinds := map[int]*hall{}
	for _, missing := range []int{0, 3, 5, 10} {
		kinds[missing] = newHall(3)
		kinds[missing].weeks(8, missing, 10*time.Minute)
	}
	rapid.Check(t, func(t *rapid.T) {
		missing := rapid.SampledFrom([]int{0, 3, 5, 10}).Draw(t, "one in")
		h := *kinds[missing]
		h.state = h.state.Clone()
		for hour := 8; hour < 14; hour++ {
			if n := rapid.IntRange(0, 18).Draw(t, "booked"); n > 0 {
				h.book(h.next(), hour, n, func(a *queue.Appointment) { a.Confirmed = len(a.ID)%7 == 0 })
			}
		}
		for _, g := range h.decide() {
			switch {
			case missing == 0:
				t.Fatalf("everybody comes, and yet %+v", g)
			case g.N < 0 || float64(g.N) > g.Missing+1e-6 || g.N > len(h.rules.Desks) || float64(g.Booked) < g.Missing:
				t.Fatalf("%+v", g)
			case g.N > 0 && g.Why == Sold && g.Wait > 30:
				t.Fatalf("sold beyond the target: %+v", g)
			case g.Why == "":
				t.Fatalf("no reason: %+v", g)
			}
		}
	})
}
