package overbook

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// source is a hall that takes commands, and remembers their keys.
type source struct {
	*hall
	keys  []string
	fails error
	seen  chan struct{}
}

func (s *source) ID() string          { return "hall" }
func (s *source) Rules() *queue.Rules { return s.rules }
func (s *source) Snapshot() (*queue.State, *forecast.Model) {
	return s.state, s.model
}

func (s *source) Give(_ context.Context, key string, c queue.Command) (*queue.Answer, error) {
	if s.fails != nil {
		return nil, s.fails
	}
	if slices.Contains(s.keys, key) {
		return nil, errors.New("a key was used twice")
	}
	s.keys = append(s.keys, key)
	events, err := queue.Decide(s.rules, s.state, c, "overbook", s.now)
	if err != nil {
		return nil, err
	}
	s.state = s.state.Clone()
	s.record(events...)
	if s.seen != nil {
		close(s.seen)
		s.seen = nil
	}
	return nil, nil
}

func newSource(t *testing.T) (*source, *Worker) {
	t.Helper()
	s := &source{hall: newHall(3)}
	s.weeks(10, 5, 9*time.Minute)
	s.book(s.next(), 10, 14)
	return s, NewWorker([]Source{s}, func() time.Time { return s.now }, slog.New(slog.DiscardHandler))
}

func look(t *testing.T, w *Worker) *Plan {
	t.Helper()
	if err := w.Look(t.Context(), "hall"); err != nil {
		t.Fatal(err)
	}
	return w.Latest("hall")
}

func TestTheOfficeIsGivenWhatChangedAndNothingElse(t *testing.T) {
	s, w := newSource(t)
	if w.Latest("hall") != nil {
		t.Error("decided before it looked")
	}
	p := look(t, w)
	want := queue.Extra{Day: s.next(), Hour: 10, N: p.Hours[0].N}
	if p.State != On || len(p.On(s.next())) != 1 || !slices.Equal(s.state.Extra, []queue.Extra{want}) || want.N < 1 {
		t.Fatalf("%+v, %+v", p, s.state.Extra)
	}
	seq := s.state.Seq
	look(t, w)
	if s.state.Seq != seq || len(s.keys) != 1 {
		t.Error("the same was given twice")
	}
	// More can be sold there than before, and only there.
	free := func() (n int) {
		for _, at := range s.rules.FreeSlots(s.state, queue.Ask{Services: card, Channel: queue.ChannelOnline}, s.next(), s.next(), s.now) {
			if at.Hour() == 10 {
				n++
			}
		}
		return n
	}
	s.book(s.next(), 10, 18) // full to the last desk, and beyond
	if n := free(); n != 0 {
		t.Errorf("%d free", n)
	}
	// Cancelled, nobody is missing any more.
	s.state = s.state.Clone()
	s.state.Appointments = nil
	if p = look(t, w); len(p.Hours) != 0 || len(s.state.Extra) != 0 {
		t.Errorf("%+v, %+v", p, s.state.Extra)
	}
	s.book(s.next(), 10, 14)
	if look(t, w); len(s.state.Extra) != 1 {
		t.Error("the same asked for again is a command of its own")
	}
}

func TestSwitchedOffNothingStays(t *testing.T) {
	s, w := newSource(t)
	look(t, w)
	s.state = s.state.Clone()
	s.record(queue.BookingSet{Terms: &queue.Terms{Days: 14}})
	if p := look(t, w); p.State != Off || len(s.state.Extra) != 0 || len(p.Hours) != 0 {
		t.Errorf("%+v, %+v", p, s.state.Extra)
	}
}

func TestAfterAFaultTheSameIsTriedAgain(t *testing.T) {
	s, w := newSource(t)
	s.fails = errors.New("busy")
	if w.Look(t.Context(), "hall") == nil || len(s.state.Extra) != 0 || w.Latest("hall") != nil {
		t.Error("a fault went by unseen")
	}
	s.fails = nil
	if look(t, w); len(s.state.Extra) != 1 {
		t.Error("it was not tried again")
	}
}

func TestWhatIsSoldTodayStaysUntilTheDayEnds(t *testing.T) {
	s, w := newSource(t)
	look(t, w)
	day := s.next()
	extra := s.state.Extra
	s.state = s.state.Clone()
	s.record(queue.DayClosed{Day: s.state.Day})
	s.now = day.Start(time.UTC)
	s.record(queue.DayOpened{Day: day, Book: queue.Book{Appointments: s.state.Appointments, Extra: extra}})
	s.book(s.next(), 9, 14)
	look(t, w)
	if len(s.state.Extra) != 2 || s.state.Extra[0] != extra[0] || s.state.Extra[1].Day != s.next() {
		t.Errorf("%+v", s.state.Extra)
	}
}

func TestTheWorkerLooksWhenTermsChangeAndEnds(t *testing.T) {
	s, w := newSource(t)
	s.seen = make(chan struct{})
	seen := s.seen
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Run(ctx); close(ended) }()
	<-seen
	w.Heard([]queue.Event{queue.DeskOpened{Desk: "1"}, queue.BookingSet{}, queue.DayOpened{}})
	cancel()
	<-ended
	if len(s.keys) == 0 {
		t.Error("nothing was given")
	}
}

func BenchmarkDay(b *testing.B) {
	h := newHall(6)
	h.weeks(10, 5, 9*time.Minute)
	for hour := 8; hour < 14; hour++ {
		h.book(h.next(), hour, 20)
	}
	o, player := h.office(), new(forecast.Player)
	for b.Loop() {
		if len(o.Day(player, h.next())) == 0 {
			b.Fatal("nobody is missing")
		}
	}
}
