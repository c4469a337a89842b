package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aufruf/display"
	"aufruf/display/frames"
	"aufruf/server/calendar"
	"aufruf/server/calendar/morning"
	"aufruf/server/queue"
)

// house is an office without a journal: decided and applied at once.
type house struct {
	rules *queue.Rules
	cast  *Cast
	state atomic.Pointer[queue.State]
}

func (h *house) ID() string          { return h.rules.Office }
func (h *house) Rules() *queue.Rules { return h.rules }
func (h *house) State() *queue.State { return h.state.Load() }

func newHouse(id, letter string, others ...string) *house {
	now := time.Now().UTC()
	r := &queue.Rules{
		Office: id, Names: map[string]string{"de": id}, Hours: &calendar.Schedule{Zone: morning.Zone(now)},
		Categories: []queue.Category{{ID: "all", Letter: letter, Names: map[string]string{"de": "Alles"}}},
		Services: []queue.Service{{ID: id + "-pass", Category: "all", Planned: 10 * time.Minute},
			{ID: id + "-car", Category: "all", Planned: 10 * time.Minute}},
		Desks: []queue.DeskRule{{ID: "1", Names: map[string]string{"de": "Platz 1"}, Skills: []string{id + "-pass"}},
			{ID: "2", Names: map[string]string{"de": "Platz 2"}}},
		Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 3,
		UndoWithin: 10 * time.Second, MaxPriority: 60, MaxQuantity: 9, MaxServices: 3,
		Receives: id + "-pass", Others: map[string][]string{},
	}
	for _, o := range others {
		r.Others[o] = []string{o + "-pass"}
	}
	h := &house{rules: r.Compile()}
	h.state.Store(queue.New(id))
	h.do(queue.Tick{}, now)
	h.do(queue.OpenOffice{}, now)
	return h
}

// do decides and applies a command, and returns the answer.
func (h *house) do(c queue.Command, now time.Time) *queue.Answer {
	s := h.State()
	events, err := queue.Decide(h.rules, s, c, "somebody", now)
	if err != nil {
		panic(fmt.Sprintf("%T: %v", c, err))
	}
	next := s.Clone()
	next.Apply(queue.Meta{Seq: s.Seq + 1, At: now, By: "somebody"}, queue.Body{Kind: c.Kind(), Events: events})
	h.state.Store(next)
	if h.cast != nil {
		h.cast.Poke(h.ID())
	}
	return queue.AnswerTo(h.rules, next, c, events, now)
}

func (h *house) press(c queue.Command) *queue.Answer { return h.do(c, time.Now().UTC()) }

func (h *house) draw(services ...string) string {
	var items []queue.Item
	for _, s := range services {
		items = append(items, queue.Item{Service: h.ID() + "-" + s, Quantity: 1})
	}
	return h.press(queue.IssueTicket{Services: items}).Ticket
}

func newCast(t *testing.T, houses ...*house) (*Cast, *Hub) {
	t.Helper()
	var sources []Source
	var screens []display.Screen
	for _, h := range houses {
		sources = append(sources, h)
		screens = append(screens, display.Screen{ID: "lobby", Office: h.ID(), Languages: []string{"de"}})
	}
	hub := NewHub()
	c := NewCast(hub, sources, Options{Screens: screens, Build: "b1", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	for _, h := range houses {
		h.cast = c
	}
	return c, hub
}

func follow(t *testing.T, c *Cast, topic Topic) *Seat {
	t.Helper()
	s, err := c.Follow(topic)
	if err != nil {
		t.Fatalf("follow %v: %v", topic, err)
	}
	return s
}

func view[V any](t *testing.T, f Frame) (v V) {
	t.Helper()
	kind := map[reflect.Type]Kind{reflect.TypeFor[display.Board](): Board, reflect.TypeFor[display.Phone](): Ticket}[reflect.TypeFor[V]()]
	if err := frames.Validate(string(kind), f.Wire); err != nil {
		t.Fatalf("%s: %v", f.Wire, err)
	}
	if err := json.Unmarshal(f.View, &v); err != nil {
		t.Fatalf("%s: %v", f.Wire, err)
	}
	return v
}

func phone(id string) Topic { return Topic{Kind: Ticket, Name: id} }

var board = Topic{Kind: Board, Office: "hall", Name: "lobby"}

func TestACallComesToBoardAndPhoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		defer c.Close()
		mine := h.draw("pass")
		h.press(queue.OpenDesk{Desk: "2"})
		b, p := follow(t, c, board), follow(t, c, phone(mine))
		defer b.Leave()
		defer p.Leave()
		if v := view[display.Phone](t, take(t, p)); v.Place != 1 || v.Number.Text != "A001" {
			t.Fatalf("first frame %+v", v)
		}
		take(t, b)
		start := time.Now()
		h.press(queue.CallNext{Desk: "2"})
		f, err := b.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v := view[display.Board](t, f); len(v.Calls) != 1 || v.Calls[0].Number.Text != "A001" || f.Seq != h.State().Seq {
			t.Fatalf("board %s", f.Wire)
		}
		f, err = p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v := view[display.Phone](t, f); v.State != queue.Called || v.Desk.Desk != "2" {
			t.Fatalf("phone %s", f.Wire)
		}
		if since := time.Since(start); since != 0 {
			t.Fatalf("it took %v of timers", since)
		}
	})
}

func TestOthersMovingUpIsMergedAndOwnCallsAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		defer c.Close()
		h.press(queue.OpenDesk{Desk: "2"})
		var seats []*Seat
		for range 10 {
			s := follow(t, c, phone(h.draw("pass")))
			defer s.Leave()
			seats = append(seats, s)
		}
		time.Sleep(time.Second) // the rounds of the drawing are over
		synctest.Wait()
		for _, s := range seats {
			take(t, s)
		}
		frames := 0
		for range 5 { // five calls within the pause
			h.press(queue.CallNext{Desk: "2"})
			synctest.Wait()
			for {
				_, ok, _ := seats[9].Newest()
				if !ok {
					break
				}
				frames++
			}
		}
		if frames > 1 {
			t.Fatalf("the last in line got %d frames while others were called", frames)
		}
		if v := view[display.Phone](t, take(t, seats[4])); v.State != queue.Called {
			t.Fatalf("the one called waits for a later round: %+v", v)
		}
		time.Sleep(phonesPause)
		synctest.Wait()
		if v := view[display.Phone](t, take(t, seats[9])); v.Place != 5 {
			t.Fatalf("in the end the last in line has place %d", v.Place)
		}
	})
}

func TestAPhoneHearsNothingOfWhatDoesNotConcernIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		defer c.Close()
		p := follow(t, c, phone(h.draw("pass")))
		defer p.Leave()
		take(t, p)
		for range 5 {
			h.draw("car")
			time.Sleep(time.Second)
		}
		synctest.Wait()
		nothing(t, p)
	})
}

func TestHeartsCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		defer c.Close()
		for topic, every := range map[Topic]time.Duration{board: 5 * time.Second, {Kind: Desk, Office: "hall"}: 5 * time.Second,
			{Kind: Supervisor, Office: "hall"}: 5 * time.Second} {
			s := follow(t, c, topic)
			synctest.Wait()
			take(t, s)
			for range 3 {
				start := time.Now()
				f, err := s.Next(t.Context())
				if err != nil || !f.Heart() {
					t.Fatalf("%v: %s, %v", topic, f.Wire, err)
				}
				if since := time.Since(start); since > every+roundEvery {
					t.Fatalf("%v: silent for %v", topic, since)
				}
			}
			s.Leave()
		}
	})
}

// Phones are many: whoever serves their sockets sends each its own heart, at a
// time of its own.
func TestAPhonesHeartIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, hub := newCast(t, h)
		defer c.Close()
		early := hub.Join(hall)
		if f, ok := early.Heart("b"); ok {
			t.Errorf("a heart without a frame: %s", f.Wire)
		}
		early.Leave()
		for _, topic := range []Topic{phone(h.draw("pass")), hall} {
			s := follow(t, c, topic)
			shown := take(t, s)
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			nothing(t, s)
			f, ok := s.Heart("b")
			var said struct {
				Seq   uint64
				At    time.Time
				Build string
				Heart bool
			}
			if err := json.Unmarshal(f.Wire, &said); !ok || err != nil || !f.Heart() || !said.Heart || said.Build != "b" || said.Seq != shown.Seq || said.At.Sub(shown.At) < 10*time.Minute-2*roundEvery {
				t.Errorf("%v: %s, %v", topic, f.Wire, err)
			}
			s.Leave()
		}
	})
}

func TestTheClockAloneChangesTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		defer c.Close()
		now := time.Now().UTC()
		appointment := h.press(queue.AddAppointment{At: now.Add(3*time.Minute + 1700*time.Millisecond), Services: []queue.Item{{Service: "hall-pass", Quantity: 1}}}).Appointment
		walkIn := h.draw("pass")
		h.press(queue.CheckIn{Appointment: appointment})
		p := follow(t, c, phone(walkIn))
		defer p.Leave()
		if v := view[display.Phone](t, take(t, p)); v.Place != 1 {
			t.Fatalf("before the appointment's time: place %d", v.Place)
		}
		f := take2(t, p)
		if since := time.Now().UTC().Sub(now); since != 3*time.Minute+1700*time.Millisecond {
			t.Fatalf("the order was shown after %v: %s", since, f.Wire)
		}
		if v := view[display.Phone](t, f); v.Place != 2 || v.Ahead[0].Reason.Code != queue.ReasonBookedOnTime {
			t.Fatalf("%s", f.Wire)
		}
	})
}

// take2 waits for the next frame that is no heart.
func take2(t *testing.T, s *Seat) Frame {
	t.Helper()
	for {
		f, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !f.Heart() {
			return f
		}
	}
}

func TestAPhoneFollowsItsTicketToTheOtherOffice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newHouse("hall", "A", "tax"), newHouse("tax", "T", "hall")
		c, _ := newCast(t, a, b)
		defer c.Close()
		for range 20 {
			a.press(queue.SetNotice{Text: "x"}) // the first office's numbers are far ahead
			a.press(queue.SetNotice{Text: ""})
		}
		id := a.draw("pass")
		a.press(queue.OpenDesk{Desk: "1"})
		p := follow(t, c, phone(id))
		defer p.Leave()
		last := take(t, p)
		next := func(want func(display.Phone) bool) {
			t.Helper()
			for range 5 {
				f := take2(t, p)
				if f.Seq < last.Seq {
					t.Fatalf("from %d back to %d", last.Seq, f.Seq)
				}
				last = f
				if want(view[display.Phone](t, f)) {
					return
				}
			}
			t.Fatalf("still %s", last.Wire)
		}
		a.press(queue.CallNext{Desk: "1"})
		next(func(v display.Phone) bool { return v.State == queue.Called })
		a.press(queue.Transfer{Desk: "1", Office: "tax", Service: "tax-pass"})
		next(func(v display.Phone) bool { return v.State == queue.Sent && (*v.SentTo)["de"] == "tax" })
		time.Sleep(11 * time.Second)
		a.press(queue.Dispatch{Ticket: id})
		b.press(queue.Receive{From: "hall", Ticket: *a.State().Ticket(id)})
		a.press(queue.HandOver{Ticket: id})
		next(func(v display.Phone) bool { return v.Office == "tax" && v.State == queue.Waiting && v.Place == 1 })
		b.press(queue.OpenDesk{Desk: "1"})
		b.press(queue.CallNext{Desk: "1"})
		next(func(v display.Phone) bool { return v.State == queue.Called })
	})
}

func TestAPhoneIsEndedWhenItsDayIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		defer c.Close()
		p := follow(t, c, phone(h.draw("pass")))
		defer p.Leave()
		time.Sleep(25 * time.Hour)
		h.press(queue.Tick{})
		h.press(queue.Tick{})
		for {
			_, err := p.Next(t.Context())
			if errors.Is(err, ErrEnded) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestWhatIsNotThereCannotBeFollowed(t *testing.T) {
	h := newHouse("hall", "A")
	c, hub := newCast(t, h)
	defer c.Close()
	for _, topic := range []Topic{{Board, "hall", "cellar"}, {Board, "tax", "lobby"}, {Desk, "tax", ""}, {Office, "", ""},
		{Ticket, "", "hall-20261123-9999"}, {Ticket, "", ""}, {"garden", "hall", ""}} {
		if _, err := c.Follow(topic); !errors.Is(err, ErrUnknownTopic) {
			t.Errorf("%v: %v", topic, err)
		}
		if _, err := c.Show(topic); !errors.Is(err, ErrUnknownTopic) {
			t.Errorf("%v: %v", topic, err)
		}
	}
	if n := len(hub.Watched()) + len(hub.WatchedTickets()); n != 0 {
		t.Fatalf("%d topics are watched by nobody", n)
	}
}

// While an office is driven as fast as it goes and followers come and go,
// everybody who follows ends with the last state, and nobody goes back.
func TestTheLastStateAlwaysArrives(t *testing.T) {
	h := newHouse("hall", "A")
	c, hub := newCast(t, h)
	defer c.Close()
	var drawn []string
	for range 20 {
		drawn = append(drawn, h.draw("pass"))
	}
	const last = "the last notice"
	var wg sync.WaitGroup
	for i := range 12 {
		topic := board
		switch i % 3 {
		case 1:
			topic = phone(drawn[i])
		case 2:
			topic = Topic{Kind: Desk, Office: "hall"}
		}
		wg.Go(func() {
			for {
				s, err := c.Follow(topic)
				if err != nil {
					t.Errorf("%v: %v", topic, err)
					return
				}
				var seen Frame
				for range 20 {
					f, err := s.Next(context.Background())
					if err != nil {
						t.Error(err)
						break
					}
					if f.Seq < seen.Seq {
						t.Errorf("%v: from %d back to %d", topic, seen.Seq, f.Seq)
					}
					seen = f
					var v struct{ Notice string }
					if json.Unmarshal(f.View, &v) == nil && v.Notice == last {
						s.Leave()
						return
					}
				}
				s.Leave()
			}
		})
	}
	for i := range 300 {
		h.press(queue.SetNotice{Text: fmt.Sprint("notice ", i)})
	}
	h.press(queue.SetNotice{Text: last})
	wg.Wait()
	if n := hub.Seats(); n[Board]+n[Ticket]+n[Desk] != 0 {
		t.Fatalf("seats left over: %v", n)
	}
}
