package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func frame(seq uint64) Frame {
	return NewFrame(seq, seq, monday.Add(time.Duration(seq)*time.Second), "b1", fmt.Appendf(nil, `{"n":%d}`, seq))
}

func take(t testing.TB, s *Seat) Frame {
	t.Helper()
	f, ok, err := s.Newest()
	if !ok || err != nil {
		t.Fatalf("no message to take: %v", err)
	}
	return f
}

func nothing(t testing.TB, s *Seat) {
	t.Helper()
	if f, ok, err := s.Newest(); ok || err != nil {
		t.Fatalf("a message that should not be there: %s, %v", f.Wire, err)
	}
}

var hall = Topic{Kind: Office, Office: "hall"}

func TestSlowSeatGetsTheNewest(t *testing.T) {
	h := NewHub()
	s := h.Join(hall)
	defer s.Leave()
	for seq := range uint64(100) {
		h.Publish(hall, frame(seq+1))
	}
	if f := take(t, s); f.Seq != 100 {
		t.Fatalf("the slow seat got %d, not the newest", f.Seq)
	}
	nothing(t, s)
}

func TestAnOlderFrameIsDropped(t *testing.T) {
	h := NewHub()
	s := h.Join(hall)
	defer s.Leave()
	h.Publish(hall, frame(7))
	if h.Publish(hall, frame(6)) {
		t.Fatal("an older frame was taken")
	}
	if f := take(t, s); f.Seq != 7 {
		t.Fatalf("got %d", f.Seq)
	}
}

func TestAnEqualViewIsNotSentAgainButGivenToNewcomers(t *testing.T) {
	h := NewHub()
	early := h.Join(hall)
	defer early.Leave()
	view := []byte(`{}`)
	h.Publish(hall, NewFrame(1, 1, monday, "b", view))
	take(t, early)
	if h.Publish(hall, NewFrame(2, 2, monday, "b", view)) {
		t.Fatal("an equal view counted as news")
	}
	nothing(t, early)
	late := h.Join(hall)
	defer late.Leave()
	if f := take(t, late); f.Seq != 2 {
		t.Fatalf("the newcomer got %d: a page that knows 2 already would think it old", f.Seq)
	}
}

func TestAHeartGivesWayToAFrame(t *testing.T) {
	h := NewHub()
	s := h.Join(hall)
	defer s.Leave()
	beat := func(second int) bool {
		return h.Beat(hall, monday.Add(time.Duration(second)*time.Second), "b1", 5*time.Second)
	}
	if beat(1) {
		t.Fatal("a heart before the first frame")
	}
	h.Publish(hall, frame(1))
	if beat(2) {
		t.Fatal("a heart a second after a frame")
	}
	if !beat(6) {
		t.Fatal("no heart after five seconds of silence")
	}
	if f := take(t, s); f.Heart() || f.Seq != 1 {
		t.Fatalf("the heart pushed the frame aside: %s", f.Wire)
	}
	nothing(t, s)
	if !beat(11) {
		t.Fatal("no second heart")
	}
	if f := take(t, s); !f.Heart() || f.Seq != 1 {
		t.Fatalf("not a heart of the frame that stands: %s", f.Wire)
	}
}

func TestAClockSetBackDoesNotSilenceTheHearts(t *testing.T) {
	h := NewHub()
	s := h.Join(hall)
	defer s.Leave()
	h.Publish(hall, NewFrame(1, 1, monday, "b", []byte(`{}`)))
	if !h.Beat(hall, monday.Add(-time.Hour), "b", 5*time.Second) {
		t.Fatal("no heart for an hour after the clock was set back")
	}
}

func TestTheEndComesAfterWhatWasNotTaken(t *testing.T) {
	h := NewHub()
	topic := Topic{Kind: Ticket, Name: "hall-20261123-0001"}
	s := h.Join(topic)
	defer s.Leave()
	h.End(topic, 9)
	nothing(t, s) // its first frame is still on its way
	h.Publish(topic, frame(3))
	h.End(topic, 2) // seen before the frame was made
	h.End(topic, 4)
	if f, err := s.Next(context.Background()); err != nil || f.Seq != 3 {
		t.Fatalf("%v, %v", f, err)
	}
	if _, err := s.Next(context.Background()); !errors.Is(err, ErrEnded) {
		t.Fatalf("after the last frame came %v", err)
	}
}

func TestNobodyWatchesAfterTheLastSeatIsLeft(t *testing.T) {
	h := NewHub()
	topic := Topic{Kind: Ticket, Name: "x"}
	a, b := h.Join(topic), h.Join(topic)
	a.Leave()
	if len(h.WatchedTickets()) != 1 || h.Seats()[Ticket] != 1 {
		t.Fatalf("watched %v, seats %v", h.WatchedTickets(), h.Seats())
	}
	b.Leave()
	if len(h.WatchedTickets()) != 0 || len(h.Watched()) != 0 || h.Seats()[Ticket] != 0 {
		t.Fatalf("watched %v, seats %v", h.WatchedTickets(), h.Seats())
	}
	if h.Publish(topic, frame(1)) {
		t.Fatal("published to nobody")
	}
}

func TestNextWaitsAndEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub()
		s := h.Join(hall)
		defer s.Leave()
		go func() {
			time.Sleep(time.Minute)
			h.Publish(hall, frame(1))
		}()
		start := time.Now()
		if f, err := s.Next(t.Context()); err != nil || f.Seq != 1 || time.Since(start) != time.Minute {
			t.Fatalf("%v, %v after %v", f.Seq, err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	})
}

// Whatever is published in whatever order, and whenever a seat looks: it never
// goes back, and in the end it has the newest.
func TestAFollowerNeverGoesBackAndEndsWithTheNewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := NewHub()
		seats := make([]*Seat, rapid.IntRange(1, 4).Draw(t, "seats"))
		last := make([]Frame, len(seats))
		for i := range seats {
			seats[i] = h.Join(hall)
			defer seats[i].Leave()
		}
		var newest Frame
		look := func(i int) {
			f, ok, err := seats[i].Newest()
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return
			}
			if last[i].newer(f) || f.Seq < last[i].Seq {
				t.Fatalf("seat %d went from %s back to %s", i, last[i].Wire, f.Wire)
			}
			last[i] = f
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			seq := rapid.Uint64Range(1, 12).Draw(t, "seq")
			order := rapid.Uint64Range(1, 12).Draw(t, "order")
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				f := NewFrame(seq, order, monday, "b", fmt.Appendf(nil, `%d`, rapid.IntRange(0, 3).Draw(t, "view")))
				if newest.View == nil || f.newer(newest) {
					newest = f
				}
				h.Publish(hall, f)
			case 2:
				h.Beat(hall, monday.Add(time.Hour), "b", time.Duration(order)*time.Minute)
			case 3:
				look(rapid.IntRange(0, len(seats)-1).Draw(t, "who"))
			}
		}
		for i := range seats {
			look(i)
			look(i)
			if newest.View == nil {
				continue
			}
			if got := last[i]; !got.Heart() && string(got.View) != string(newest.View) {
				t.Fatalf("seat %d ends with %s, not %s", i, got.Wire, newest.Wire)
			}
		}
	})
}

func TestManyAtOnceAllEndWithTheLastFrame(t *testing.T) {
	h := NewHub()
	const last = 500
	var wg sync.WaitGroup
	for range 8 {
		s := h.Join(hall)
		wg.Go(func() {
			defer s.Leave()
			var seen uint64
			for seen < last {
				f, err := s.Next(context.Background())
				if err != nil || f.Seq < seen {
					t.Errorf("after %d came %d, %v", seen, f.Seq, err)
					return
				}
				seen = f.Seq
			}
		})
	}
	for from := range 4 {
		wg.Go(func() {
			for seq := uint64(from + 1); seq <= last; seq += 4 {
				h.Publish(hall, frame(seq))
			}
		})
	}
	wg.Wait()
}

func TestEnvelopesAreJSON(t *testing.T) {
	for _, f := range []Frame{frame(12), newHeart(12, 1, monday, `b"1`)} {
		var e struct {
			V     int             `json:"v"`
			Seq   uint64          `json:"seq"`
			At    time.Time       `json:"at"`
			Build string          `json:"build"`
			View  json.RawMessage `json:"view"`
			Heart bool            `json:"heart"`
		}
		if err := json.Unmarshal(f.Wire, &e); err != nil {
			t.Fatal(err)
		}
		if e.V != 1 || e.Seq != 12 || e.Heart != f.Heart() || !e.At.Equal(f.At) || string(e.View) != string(f.View) {
			t.Errorf("%s", f.Wire)
		}
	}
}

func TestTheWireFormIsBuiltOnce(t *testing.T) {
	f, built := frame(1), 0
	for range 3 {
		if got := f.Once(func(wire []byte) any { built++; return string(wire) }); got != string(f.Wire) {
			t.Fatal(got)
		}
	}
	if built != 1 {
		t.Fatalf("built %d times", built)
	}
}

func TestTopicsAreReadAndWritten(t *testing.T) {
	good := map[string]Topic{
		"board:hall:lobby": {Board, "hall", "lobby"},
		"desk:hall":        {Desk, "hall", ""},
		"office:hall":      {Office, "hall", ""},
		"supervisor:hall":  {Supervisor, "hall", ""},
		"ticket:abc":       {Ticket, "", "abc"},
	}
	for s, want := range good {
		if got, ok := ParseTopic(s); !ok || got != want || got.String() != s {
			t.Errorf("%s: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "board", "board:hall", "board:hall:", "board::lobby", "board:a:b:c", "desk:", "desk:a:b", "ticket:", "ticket", "x:y"} {
		if got, ok := ParseTopic(s); ok {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}
