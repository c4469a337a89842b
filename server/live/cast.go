package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"aufruf/display"
	"aufruf/server/queue"
)

// ErrUnknownTopic is the answer to who wants to follow what is not there.
var ErrUnknownTopic = errors.New("unknown topic")

// Source is an office as the Cast reads it. State may be called from anywhere,
// at any time, and never gives an older state than before.
type Source interface {
	ID() string
	Rules() *queue.Rules
	State() *queue.State
}

// Options are what a Cast needs besides its offices.
type Options struct {
	Screens []display.Screen
	// Waits is the newest look ahead of an office; nil, or a nil Waits: none.
	Waits func(office string) display.Waits
	Build string           // of the pages; stands in each envelope
	Now   func() time.Time // the clock
	Log   *slog.Logger
}

// Cast makes frames from the offices' states and gives them to a Hub: one
// goroutine per office, which always shows the newest state and skips those
// that came and went while it was at work.
type Cast struct {
	hub     *Hub
	opt     Options
	screens map[Topic]*display.Screen
	names   map[string]display.Names
	offices []*caster
	byID    map[string]*caster
	cancel  context.CancelFunc
	ended   sync.WaitGroup

	mu    sync.Mutex
	order uint64
}

// caster is one office in the cast.
type caster struct {
	cast   *Cast
	office Source
	index  int
	poke   chan struct{}
	line   atomic.Pointer[preparedLine]
	free   display.Vacancy

	// Of its goroutine alone:
	shown      uint64        // Seq of the state shown last
	looked     display.Waits // the look ahead shown last
	phonesAt   time.Time     // when all phones were shown last
	phonesRest time.Duration
	owed       bool      // phones have not been shown this state
	change     time.Time // when the clock changes the order of the line; zero: never
}

// NewCast starts showing the offices on the hub. Close ends it.
func NewCast(hub *Hub, offices []Source, opt Options) *Cast {
	c := &Cast{hub: hub, opt: opt, screens: map[Topic]*display.Screen{}, names: map[string]display.Names{}, byID: map[string]*caster{}}
	for i := range opt.Screens {
		s := &opt.Screens[i]
		c.screens[Topic{Kind: Board, Office: s.Office, Name: s.ID}] = s
	}
	for i, o := range offices {
		k := &caster{cast: c, office: o, index: i, poke: make(chan struct{}, 1)}
		c.offices = append(c.offices, k)
		c.byID[o.ID()] = k
		c.names[o.ID()] = o.Rules().Names
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	for _, k := range c.offices {
		c.ended.Go(func() { k.run(ctx) })
	}
	return c
}

// Close ends the cast's goroutines and waits for them. Seats keep what they
// have.
func (c *Cast) Close() {
	c.cancel()
	c.ended.Wait()
}

// Poke says that an office has a new state. It does not block.
func (c *Cast) Poke(office string) {
	if k := c.byID[office]; k != nil {
		select {
		case k.poke <- struct{}{}:
		default:
		}
	}
}

// Follow takes a seat whose first frame is there already: first the seat is
// taken, so that every later state is rendered for it, then the state of now
// is rendered, unless others follow and have it. It returns ErrUnknownTopic for
// what is not there.
func (c *Cast) Follow(t Topic) (*Seat, error) {
	if !c.Has(t) {
		return nil, ErrUnknownTopic
	}
	seat := c.hub.Join(t)
	m := c.moment()
	if seat.shows(m.seqOf(c, t)) {
		return seat, nil
	}
	f, err := c.show(m, t)
	if err != nil {
		seat.Leave()
		return nil, err
	}
	c.hub.Publish(t, f)
	return seat, nil
}

// Has says whether a topic is there. It is much cheaper than Show.
func (c *Cast) Has(t Topic) bool {
	switch t.Kind {
	case Board:
		return c.screens[t] != nil && c.byID[t.Office] != nil
	case Ticket:
		return c.moment().holder(t.Name) >= 0
	case Desk, Office, Supervisor:
		return c.byID[t.Office] != nil
	}
	return false
}

// Show renders a topic as it is now, for a page's first frame. It returns
// ErrUnknownTopic for what is not there.
func (c *Cast) Show(t Topic) (Frame, error) { return c.show(c.moment(), t) }

// moment is what all offices were at, read at once. Moments are numbered, and
// a later one is at no office earlier: so frames of a ticket that moves from
// one office to the other have an order too.
type moment struct {
	order  uint64
	at     time.Time
	states []*queue.State
	seq    uint64 // sum of the offices' Seq, which grows with any of them
}

func (c *Cast) moment() *moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order++
	m := &moment{order: c.order, at: c.opt.Now().UTC(), states: make([]*queue.State, len(c.offices))}
	for i, k := range c.offices {
		m.states[i] = k.office.State()
		m.seq += m.states[i].Seq
	}
	return m
}

// seqOf is the number of a topic's frame at the moment.
func (m *moment) seqOf(c *Cast, t Topic) uint64 {
	if k := c.byID[t.Office]; k != nil && t.Kind != Ticket {
		return m.states[k.index].Seq
	}
	return m.seq
}

// holder is the office that has a ticket in care: while it is handed over, the
// one that sends it, until it has closed its side; -1 when nobody knows it.
func (m *moment) holder(ticket string) int {
	gone := -1
	for i, s := range m.states {
		t := s.Ticket(ticket)
		if t == nil {
			continue
		}
		if !t.HandedOver() {
			return i
		}
		gone = i
	}
	return gone
}

// show renders one topic at a moment.
func (c *Cast) show(m *moment, t Topic) (Frame, error) {
	if t.Kind == Ticket {
		return c.showPhone(m, t)
	}
	k := c.byID[t.Office]
	if k == nil {
		return Frame{}, ErrUnknownTopic
	}
	r, s, w := k.office.Rules(), m.states[k.index], k.waits()
	var view any
	switch t.Kind {
	case Board:
		screen := c.screens[t]
		if screen == nil {
			return Frame{}, ErrUnknownTopic
		}
		view = display.ShowBoard(r, screen, s, w, k.free.Of(r, s, m.at), m.at)
	case Desk:
		view = display.ShowDesks(r, s, w, m.at)
	case Office:
		view = display.ShowOffice(r, s, w, k.free.Of(r, s, m.at), m.at)
	case Supervisor:
		view = display.ShowSupervisor(r, s, w, m.at)
	default:
		return Frame{}, ErrUnknownTopic
	}
	return c.frame(s.Seq, m.order, m.at, view)
}

func (c *Cast) showPhone(m *moment, t Topic) (Frame, error) {
	i := m.holder(t.Name)
	if i < 0 {
		return Frame{}, ErrUnknownTopic
	}
	line := c.offices[i].lineAt(m)
	phone, ok := line.ShowPhone(t.Name, c.names)
	if !ok {
		return Frame{}, ErrUnknownTopic
	}
	return c.frame(m.seq, m.order, line.At(), phone)
}

func (c *Cast) frame(seq, order uint64, at time.Time, view any) (Frame, error) {
	b, err := json.Marshal(view)
	if err != nil {
		return Frame{}, fmt.Errorf("encode view: %w", err)
	}
	return NewFrame(seq, order, at, c.opt.Build, b), nil
}

// Free is how many appointments citizens can still have at an office today; nil
// where they book none, or where there is no such office.
func (c *Cast) Free(office string) *queue.Free {
	k := c.byID[office]
	if k == nil {
		return nil
	}
	return k.free.Of(k.office.Rules(), k.office.State(), c.opt.Now())
}

// waits is the newest look ahead of the office.
func (k *caster) waits() display.Waits {
	if k.cast.opt.Waits == nil {
		return nil
	}
	return k.cast.opt.Waits(k.office.ID())
}

// preparedLine is a line kept for as long as nothing in it can change.
type preparedLine struct {
	*display.Line
	until time.Time
}

// lineFresh bounds how long a line is kept, since an office's hours change by
// the clock too.
const lineFresh = time.Second

// lineAt gives the office's line at a moment, the same one to all phones that
// ask within a second and about the same state.
func (k *caster) lineAt(m *moment) *display.Line {
	r, s, w := k.office.Rules(), m.states[k.index], k.waits()
	if p := k.line.Load(); p != nil && p.State() == s && p.Waits() == w && !m.at.Before(p.At()) && m.at.Before(p.until) {
		return p.Line
	}
	p := &preparedLine{Line: display.NewLine(r, s, w, m.at), until: m.at.Add(lineFresh)}
	if next := queue.NextChange(r, s, m.at); !next.IsZero() && next.Before(p.until) {
		p.until = next
	}
	k.line.Store(p)
	return p.Line
}
