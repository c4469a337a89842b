package outlook

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var eightToFour, _ = calendar.ParseSpan("08:00-16:00")

var morning = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// hall is an office whose records a test writes.
type hall struct {
	mu    sync.Mutex
	rules *queue.Rules
	state *queue.State
	model *forecast.Model
	now   time.Time
}

func newHall(desks int) *hall {
	r := &queue.Rules{Office: "hall", Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute,
		Hours: &calendar.Schedule{Zone: time.UTC, Series: []calendar.Series{{Weekdays: []time.Weekday{1, 2, 3, 4, 5},
			Spans: []calendar.Span{eightToFour}}}},
		Categories: []queue.Category{{ID: "c", Letter: "A"}},
		Services:   []queue.Service{{ID: "id", Category: "c", Planned: 10 * time.Minute}, {ID: "dog", Category: "c", Planned: 10 * time.Minute}}}
	for i := range desks {
		r.Desks = append(r.Desks, queue.DeskRule{ID: fmt.Sprint(i + 1)})
	}
	h := &hall{rules: r.Compile(), state: queue.New("hall"), model: forecast.NewModel(false), now: morning}
	h.record(queue.DayOpened{Day: calendar.DateOf(morning, time.UTC)})
	return h
}

func (h *hall) ID() string          { return "hall" }
func (h *hall) Rules() *queue.Rules { return h.rules }
func (h *hall) Snapshot() (*queue.State, *forecast.Model) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state, h.model
}

func (h *hall) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hall) record(events ...queue.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, m := h.state.Clone(), h.model.Clone()
	day := forecast.DayOf(h.rules, s)
	meta, body := queue.Meta{Seq: s.Seq + 1, At: h.now}, queue.Body{Events: events}
	m.Learn(h.rules, s, &day, meta, body)
	s.Apply(meta, body)
	h.state, h.model = s, m
}

func (h *hall) draw(n int) {
	for range n {
		h.now = h.now.Add(time.Second)
		i := len(h.state.Tickets)
		h.record(queue.TicketIssued{Ticket: fmt.Sprintf("hall-%04d", i), Number: queue.Number{Letter: "A", N: i + 1},
			Services: []queue.Item{{Service: "id", Quantity: 1}}})
	}
}

func watch(t *testing.T, h *hall, opt Options) *Watcher {
	t.Helper()
	opt.Now = h.clock
	w := New([]Source{h}, opt)
	t.Cleanup(w.Close)
	return w
}

func TestAFirstLookIsThereAtOnceAndANewOneAfterAPoke(t *testing.T) {
	h := newHall(2)
	seen := make(chan string, 8)
	w := watch(t, h, Options{Seen: func(office string) { seen <- office }})
	if w.Latest("hall") == nil || w.Latest("elsewhere") != nil {
		t.Fatal("no look at the office, or one at an office that is not there")
	}
	h.record(queue.DeskOpened{Desk: "1"})
	h.draw(5)
	w.Poke("hall")
	select {
	case <-seen:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody looked again")
	}
	l := w.Latest("hall")
	s, ok := l.Ticket("hall-0004")
	if !ok || !s.Likely.After(l.At) || s.From.After(s.Likely) || s.Likely.After(s.To) {
		t.Fatalf("the last one of five is shown %+v", s)
	}
	if n, ok := l.Newcomer("dog"); !ok || n.Quantiles.P50 < s.Quantiles.P50 {
		t.Fatalf("a newcomer waits %+v, the last in line %+v", n.Quantiles, s.Quantiles)
	}
}

// What people read stays while it is true, and moves when it is not.
func TestWhatIsShownMovesInCalmSteps(t *testing.T) {
	h := newHall(2)
	h.record(queue.DeskOpened{Desk: "1"})
	h.record(queue.DeskOpened{Desk: "2"})
	h.draw(8)
	k := &watched{source: h}
	k.look(h.now)
	first := k.latest.Load().shown["hall-0007"]
	for range 3 {
		h.now = h.now.Add(10 * time.Second)
		k.look(h.now)
		if s := k.latest.Load().shown["hall-0007"]; s != first {
			t.Fatalf("within seconds it went from %v to %v", first, s)
		}
	}
	h.record(queue.DeskClosed{Desk: "2"}) // half the desks gone
	k.look(h.now)
	if s := k.latest.Load().shown["hall-0007"]; !s.Likely.After(first.Likely.Add(2 * time.Minute)) {
		t.Fatalf("with one desk less it is still %v", s)
	}
}

func TestWhatWasShownBeforeARestartIsShownAfterIt(t *testing.T) {
	h := newHall(2)
	h.record(queue.DeskOpened{Desk: "1"})
	h.draw(8)
	k := &watched{source: h}
	k.look(h.now)
	h.now = h.now.Add(50 * time.Second)
	k.look(h.now)
	before := k.latest.Load().shown
	again := watch(t, h, Options{Kept: map[string]map[string]forecast.Shown{"hall": before}})
	if after := again.Latest("hall").shown; !reflect.DeepEqual(before, after) {
		t.Fatalf("before %v, after %v", before, after)
	}
}

func TestWhatIfOneMoreDeskOpened(t *testing.T) {
	h := newHall(2)
	h.record(queue.DeskOpened{Desk: "1"})
	h.draw(10)
	w := watch(t, h, Options{})
	now, then := w.WhatIf("hall", []queue.Event{queue.DeskOpened{Desk: "2"}})
	a, _ := now.Outlook.Newcomer("id")
	b, _ := then.Outlook.Newcomer("id")
	qa, _ := a.Quantiles()
	qb, _ := b.Quantiles()
	if qb.P50 > qa.P50*0.7 {
		t.Errorf("a second desk changes %.1f to %.1f minutes", qa.P50, qb.P50)
	}
	if h.state.Desk("2").Phase == queue.PhaseOpen {
		t.Error("asking opened the desk")
	}
}

func TestTimesToComeReachTheNextOpenDaysOnceADayWasSeen(t *testing.T) {
	h := newHall(1)
	h.record(queue.DeskOpened{Desk: "1"})
	h.draw(1)
	if ts := watch(t, h, Options{}).Times("hall"); len(ts.Days) != 1 {
		t.Fatalf("on the first day ever %d days are told", len(ts.Days))
	}
	h.record(queue.DayClosed{Day: h.state.Day})
	h.now = h.now.Add(24 * time.Hour)
	h.record(queue.DayOpened{Day: h.state.Day.AddDays(1), Book: queue.Book{Learned: h.model.Encode()}})
	h.record(queue.DeskOpened{Desk: "1"})
	h.draw(12)
	w := watch(t, h, Options{})
	ts := w.Times("hall")
	if len(ts.Days) < 2 || ts.Days[0].Date != h.state.Day {
		t.Fatalf("days %+v", ts.Days)
	}
	today := ts.Days[0].Services["id"]
	if len(today) < 10 || !today[0].At.After(h.now) || today[0].Middle <= today[len(today)-1].Middle {
		t.Fatalf("today: %+v", today)
	}
	for _, d := range ts.Days {
		if wd := d.Date.Weekday(); wd == time.Saturday || wd == time.Sunday {
			t.Errorf("%s is closed", d.Date)
		}
	}
	if w.Times("hall") != ts {
		t.Error("it was worked out twice within a minute")
	}
}
