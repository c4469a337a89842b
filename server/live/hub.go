package live

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// ErrEnded is what a seat gets when its topic is over: there is nothing to
// follow any more, and coming back would not help.
var ErrEnded = errors.New("topic ended")

// shards is over how many locks the tickets' topics are spread. All others are
// few and share one.
const shards = 32

// Hub holds the watched topics. All methods may be called from anywhere.
type Hub struct {
	seed  maphash.Seed
	few   shard         // boards, desks, offices, supervisors
	many  [shards]shard // tickets
	seats map[Kind]*atomic.Int64
}

type shard struct {
	mu    sync.RWMutex
	rooms map[Topic]*room
}

// room is one watched topic.
type room struct {
	hub   *Hub
	topic Topic
	seats int // guarded by the shard

	mu     sync.Mutex
	n      uint64 // number of the newest message; seats remember theirs
	frame  Frame  // newest frame; without a view: none yet
	frameN uint64
	patch  *patch // what makes the newest frame of the one before; nil: none
	patchN uint64 // number of the one before
	heart  Frame
	heartN uint64
	spoken time.Time // At of the newest message
	ended  bool
	// patched is how many seats take patches.
	patched int
	wake    chan struct{} // closed at the next message; nil while nobody waits
	ear     Listener      // of whoever serves many seats at once; nil: nobody
}

// Listener hears of a topic's new messages and of its end. Heard is called with
// the topic locked: it must not block and not call the hub.
type Listener interface{ Heard() }

// NewHub makes an empty hub.
func NewHub() *Hub {
	h := &Hub{seed: maphash.MakeSeed(), seats: map[Kind]*atomic.Int64{}}
	h.few.rooms = map[Topic]*room{}
	for i := range h.many {
		h.many[i].rooms = map[Topic]*room{}
	}
	for _, k := range Kinds {
		h.seats[k] = new(atomic.Int64)
	}
	return h
}

func (h *Hub) shard(t Topic) *shard {
	if t.Kind != Ticket {
		return &h.few
	}
	return &h.many[maphash.String(h.seed, t.Name)%shards]
}

func (h *Hub) room(t Topic) *room {
	sh := h.shard(t)
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	return sh.rooms[t]
}

// Publish offers a frame to a topic's seats and reports whether they get it.
// It is dropped when nobody watches the topic, and when it is not newer than
// the frame that is there. A view equal to the last one wakes nobody; only who
// comes later gets it in its newer envelope.
func (h *Hub) Publish(t Topic, f Frame) bool {
	r := h.room(t)
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frameN > 0 && !f.newer(r.frame) {
		return false
	}
	same := r.frameN > 0 && bytes.Equal(r.frame.View, f.View)
	if !same {
		r.patch, r.patchN = nil, r.frameN
		if r.frameN > 0 && r.patched > 0 {
			r.patch = f.since(r.frame)
		}
	}
	r.frame = f
	if same {
		return false
	}
	r.n++
	r.frameN = r.n
	r.speakLocked(f.At)
	return true
}

// Beat tells a topic's seats that its frame still stands at an instant, unless
// something was sent within the last span every. A seat that has not taken
// that frame yet gets the frame instead.
func (h *Hub) Beat(t Topic, at time.Time, build string, every time.Duration) bool {
	r := h.room(t)
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frameN == 0 {
		return false
	}
	// A clock set back must not silence the hearts.
	if since := at.Sub(r.spoken); since >= 0 && since < every {
		return false
	}
	r.n++
	r.heart, r.heartN = newHeart(r.frame.Seq, r.frame.Order, at, build), r.n
	r.speakLocked(at)
	return true
}

// End tells a topic's seats that it is over, after what they have not taken.
// Order says when that was seen, as in a Frame: what was shown later stands,
// and so does a topic whose first frame is still on its way.
func (h *Hub) End(t Topic, order uint64) {
	r := h.room(t)
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frameN == 0 || r.frame.Order >= order {
		return
	}
	r.ended = true
	r.speakLocked(r.spoken)
}

func (r *room) speakLocked(at time.Time) {
	r.spoken = at
	if r.wake != nil {
		close(r.wake)
		r.wake = nil
	}
	if r.ear != nil {
		r.ear.Heard()
	}
}

// Watched lists the watched topics that are not tickets'.
func (h *Hub) Watched() []Topic { return h.few.topics(nil) }

// WatchedTickets lists the watched topics of tickets.
func (h *Hub) WatchedTickets() []Topic {
	var all []Topic
	for i := range h.many {
		all = h.many[i].topics(all)
	}
	return all
}

func (sh *shard) topics(all []Topic) []Topic {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	for t := range sh.rooms {
		all = append(all, t)
	}
	return all
}

// Seats counts the seats taken, by kind.
func (h *Hub) Seats() map[Kind]int {
	n := make(map[Kind]int, len(Kinds))
	for _, k := range Kinds {
		n[k] = int(h.seats[k].Load())
	}
	return n
}

// Seat is one follower's place at a topic: a pointer and a number. It is used
// by one goroutine at a time.
type Seat struct {
	room    *room
	seen    uint64 // number of the newest message taken
	patches bool
}

// TakePatches makes the seat take a frame as a patch where it has taken the
// frame before, and where that is shorter. It may be called once.
func (s *Seat) TakePatches() {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.patches = true
	s.room.patched++
}

// Join takes a seat, which makes the topic watched. Who joins renders the
// topic afterwards and publishes it, so that no change falls between; see
// Cast.Follow.
func (h *Hub) Join(t Topic) *Seat {
	sh := h.shard(t)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.rooms[t]
	if r == nil {
		r = &room{hub: h, topic: t}
		sh.rooms[t] = r
	}
	r.seats++
	h.seats[t.Kind].Add(1)
	return &Seat{room: r}
}

// Topic is what the seat follows.
func (s *Seat) Topic() Topic { return s.room.topic }

// Leave gives the seat back. It must be called once; the seat is then dead.
func (s *Seat) Leave() {
	t := s.room.topic
	hub := s.room.hub
	sh := hub.shard(t)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	hub.seats[t.Kind].Add(-1)
	if s.patches {
		s.room.mu.Lock()
		s.room.patched--
		s.room.mu.Unlock()
	}
	if s.room.seats--; s.room.seats == 0 {
		delete(sh.rooms, t)
	}
}

// Newest takes the newest message this seat has not taken: its frame, whole or
// as a patch, or where that was taken, a heart. ok is false when there is none;
// ErrEnded follows the last one of a topic that is over. It never waits.
func (s *Seat) Newest() (f Frame, ok bool, err error) {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	f, s.seen, ok, err = s.room.takeLocked(s.seen, s.patches)
	return f, ok, err
}

// takeLocked chooses what a follower takes whose newest message was number
// seen, and who does or does not take patches; now is the number it has taken
// afterwards. See Seat.Newest.
func (r *room) takeLocked(seen uint64, patches bool) (f Frame, now uint64, ok bool, err error) {
	switch {
	case r.frameN > seen && patches && r.patch != nil && seen >= r.patchN:
		return r.patch.frame(r.frame), r.n, true, nil
	case r.frameN > seen:
		return r.frame, r.n, true, nil
	case r.heartN > seen:
		return r.heart, r.n, true, nil
	case r.ended:
		return Frame{}, seen, false, ErrEnded
	}
	return Frame{}, seen, false, nil
}

// Again makes Newest give the whole newest frame once more: what it gave did
// not arrive.
func (s *Seat) Again() { s.seen = 0 }

// Behind reports whether Newest has something to give.
func (s *Seat) Behind() bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return s.room.n > s.seen || s.room.ended
}

// shows reports whether the topic's newest frame is of a state not older than
// seq. What the clock alone changes comes to all its seats.
func (s *Seat) shows(seq uint64) bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return s.room.frameN > 0 && s.room.frame.Seq >= seq && !s.room.ended
}

// Heart is a message that says that the topic's frame still stood when it was
// last looked at; ok is false where there is no frame.
func (s *Seat) Heart(build string) (f Frame, ok bool) {
	wire, ok := s.AppendHeart(nil, build)
	if !ok {
		return Frame{}, false
	}
	return Frame{Wire: wire, once: new(once)}, true
}

// AppendHeart is Heart into memory of the caller's: phones are many, and each
// hears its own.
func (s *Seat) AppendHeart(to []byte, build string) (wire []byte, ok bool) {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	r := s.room
	if r.frameN == 0 {
		return to, false
	}
	return append(appendHead(to, r.frame.Seq, r.frame.At, build), heartTail...), true
}

// Listen is for who serves many seats with one goroutine: it gives the topic's
// listener, which make makes where there is none yet. It goes with the topic's
// last seat.
func (s *Seat) Listen(make func() Listener) Listener {
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ear == nil {
		r.ear = make()
	}
	return r.ear
}

// Wake is closed when there may be something for Newest to take: at once if
// there is, else with the next message. All seats of a topic share it.
func (s *Seat) Wake() <-chan struct{} {
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n > s.seen || r.ended {
		return awake
	}
	if r.wake == nil {
		r.wake = make(chan struct{})
	}
	return r.wake
}

var awake = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Next waits for the newest message this seat has not taken and skips those in
// between. Its error is ErrEnded or the context's.
func (s *Seat) Next(ctx context.Context) (Frame, error) {
	for {
		if f, ok, err := s.Newest(); ok || err != nil {
			return f, err
		}
		select {
		case <-s.Wake():
		case <-ctx.Done():
			return Frame{}, ctx.Err()
		}
	}
}
