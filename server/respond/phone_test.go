package respond

import (
	"encoding/json"
	"slices"
	"testing"

	"aufruf/display"
	"aufruf/server/exchange"
	"aufruf/server/forecast"
	"aufruf/server/live"
	"aufruf/server/queue"
	"aufruf/server/simday"
)

// told is what tickets are told of their waits.
type told map[string]forecast.Shown

func (w told) Ticket(id string) (forecast.Shown, bool)     { s, ok := w[id]; return s, ok }
func (told) Appointment(string) (s forecast.Shown, _ bool) { return }
func (told) Newcomer(string) (s forecast.Shown, _ bool)    { return }

// morning is a day in which everybody follows their ticket on a phone.
type morning struct {
	*System
	t     *testing.T
	hub   *live.Hub
	seats map[string]*live.Seat
	ended map[string]queue.TicketState // of who has seen that it is over
	order uint64
	waits told

	sizes, whole []int // of each frame, as it came, and with the whole view
}

// show gives every phone what it sees now. A new number's first frame, which
// is in its page, is not counted.
func (m *morning) show(at int) {
	m.order++
	line := display.NewLine(m.rules, m.state, m.waits, m.instant(at))
	for i := range m.state.Tickets {
		id := m.state.Tickets[i].ID
		topic := live.Topic{Kind: live.Ticket, Name: id}
		seat := m.seats[id]
		first := seat == nil
		if ended := m.state.Tickets[i].State; !first && ended == m.ended[id] {
			continue
		} else if ended == queue.Done || ended == queue.Left {
			m.ended[id] = ended
		}
		if first {
			seat = m.hub.Join(topic)
			seat.TakePatches()
			m.seats[id] = seat
		}
		phone, ok := line.ShowPhone(id, nil)
		if !ok {
			m.t.Fatalf("nothing to show on %s", id)
		}
		view, err := json.Marshal(phone)
		if err != nil {
			m.t.Fatal(err)
		}
		f := live.NewFrame(m.seq+600_000, m.order, m.instant(at), "0123456789abcdef", view)
		m.hub.Publish(topic, f)
		got, ok, err := seat.Newest()
		if err != nil {
			m.t.Fatal(err)
		}
		if ok && !first {
			m.sizes = append(m.sizes, len(got.Wire))
			m.whole = append(m.whole, len(f.Wire))
		}
	}
}

// ahead looks ahead anew, and keeps what was told where it still holds.
func (m *morning) ahead(at int) {
	look, next := m.look(m.state, at), told{}
	for t := range m.state.Active {
		w, _ := look.Ticket(t.ID)
		s, ok := w.Show(m.instant(at), m.System.ahead.Close)
		if t.State != queue.Waiting || !ok {
			continue
		}
		if old, was := m.waits[t.ID]; was && old.Agrees(s, m.instant(at)) {
			s = old
		}
		next[t.ID] = s
	}
	m.waits = next
}

// An invented morning on which everybody who is there follows on a phone, and
// is told of each record at once and of each new look ahead a second later.
// docs/benchmarks.md has what it says.
func TestWhatAPhoneIsToldOfAChangeIsSmall(t *testing.T) {
	o := simday.Scenarios()[0]
	o.Learn, o.Judged = -1, 1
	m := &morning{System: New(false), t: t, hub: live.NewHub(), seats: map[string]*live.Seat{}, ended: map[string]queue.TicketState{}}
	for _, l := range o.Play(1).Lines {
		before := m.seq
		if l.Ev == exchange.EvPredict {
			continue
		}
		if _, err := m.Take(&l); err != nil {
			t.Fatal(err)
		}
		if l.At > 12*60*60 {
			break
		}
		if m.seq > before {
			m.show(l.At)
			m.ahead(l.At)
			m.show(l.At + 1)
		}
	}
	if len(m.sizes) < 1000 {
		t.Fatalf("only %d frames", len(m.sizes))
	}
	share := func(sizes []int, percent int) int {
		slices.Sort(sizes)
		return sizes[(len(sizes)-1)*percent/100]
	}
	typical := share(m.sizes, 50)
	t.Logf("%d frames: median %d bytes, p90 %d, most %d; of whole views %d, %d, %d", len(m.sizes), typical, share(m.sizes, 90), share(m.sizes, 100),
		share(m.whole, 50), share(m.whole, 90), share(m.whole, 100))
	if typical > 100 {
		t.Errorf("a typical change takes %d bytes, of 100", typical)
	}
}
