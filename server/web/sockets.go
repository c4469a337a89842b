package web

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"aufruf/server/access"
	"aufruf/server/live"
	"aufruf/server/wire"
)

// Close codes of our own. 4000–4099: come back; 4100–4199: it would not help.
// docs/live.md tells followers what to do; two more stand in package wire.
const (
	closeBusy    = 4000 // no room just now
	closeRevoked = 4100 // the device's or token's access was ended, or its rights changed
	closeSigned  = 4101 // signed out, or the session ended
)

// SocketLimits bound the followers of one process. Zero means the value in the
// comment.
type SocketLimits struct {
	Total      int // 19,000: more do not fit what the kernel and this program can do well
	Reserve    int // 500: of these kept for who works here, boards first of all
	PerAddress int // 250: of people without an account or device from one address

	pace pace
}

// pace is how fast a socket notices things. Zero means the value in the
// comment.
type pace struct {
	ping  time.Duration // 25 s
	dead  time.Duration // 60 s without a word
	whole time.Duration // 10 s for a frame or message to come whole
	frame time.Duration // 5 s for a frame to be taken
	bye   time.Duration // 1 s for the other side's close frame
	again time.Duration // 1 min until it is asked again whether it may follow
}

func (l SocketLimits) filled() SocketLimits {
	if l.Total <= 0 || l.Total > 19_000 {
		l.Total = 19_000
	}
	if l.Reserve <= 0 {
		l.Reserve = min(500, l.Total/4)
	}
	if l.PerAddress <= 0 {
		l.PerAddress = 250
	}
	l.pace = pace{
		ping: cmp.Or(l.pace.ping, 25*time.Second), dead: cmp.Or(l.pace.dead, time.Minute),
		whole: cmp.Or(l.pace.whole, 10*time.Second), frame: cmp.Or(l.pace.frame, 5*time.Second),
		bye: cmp.Or(l.pace.bye, time.Second), again: cmp.Or(l.pace.again, time.Minute),
	}
	return l
}

// sockets are the open followers of this process, on both paths.
type sockets struct {
	limits SocketLimits

	mu       sync.Mutex
	open     int
	guests   int               // of these without an account or device
	public   map[string]*tally // of those without an account or device, by address
	told     map[*follower]struct{}
	draining bool
	warned   time.Time
	ended    sync.WaitGroup
}

// complain says whether a fault that may concern everybody is to be logged: once
// a minute.
func (s *sockets) complain(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.warned) < time.Minute {
		return false
	}
	s.warned = now
	return true
}

// tally counts the public followers of one address. A phone's socket keeps it
// and nothing else of its request.
type tally struct {
	address string
	n       int
}

func newSockets(limits SocketLimits) *sockets {
	return &sockets{limits: limits.filled(), public: map[string]*tally{}, told: map[*follower]struct{}{}}
}

// roomFor says whether one more follower has room: who works here has the
// reserve, everybody else what is left, and not too many from one address.
func (s *sockets) roomFor(f *follower) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roomLocked(f)
}

func (s *sockets) roomLocked(f *follower) bool {
	switch {
	case s.draining:
		return false
	case f.credential != "" || !f.public:
		return s.open < s.limits.Total
	}
	t := s.public[f.address]
	return s.open < s.limits.Total && s.guests < s.limits.Total-s.limits.Reserve && (t == nil || t.n < s.limits.PerAddress)
}

// enter counts a follower in, if it has room, and else says how it is closed.
// leave, which counts it out again, is called once.
func (s *sockets) enter(f *follower) (leave func(), why wire.Closing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining { // its handshake was answered just before
		return nil, s.restartLocked(f.topic.Kind)
	}
	if !s.roomLocked(f) {
		return nil, wire.Closing{Code: closeBusy, Reason: "no room just now"}
	}
	s.open++
	s.ended.Add(1)
	if !f.public {
		return func() { s.leave(f) }, wire.Closing{}
	}
	t := s.public[f.address]
	if t == nil {
		t = &tally{address: f.address}
		s.public[f.address] = t
	}
	t.n++
	s.guests++
	return func() { s.leavePublic(t) }, wire.Closing{}
}

func (s *sockets) leavePublic(t *tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.n--; t.n == 0 {
		delete(s.public, t.address)
	}
	s.guests--
	s.open--
	s.ended.Done()
}

func (s *sockets) leave(f *follower) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.left = true
	delete(s.told, f)
	s.open--
	s.ended.Done()
}

// tell keeps how a follower is asked to end; stop must not block. When it has
// left already, nothing is kept.
func (s *sockets) tell(f *follower, stop func(wire.Closing)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.left {
		return
	}
	f.stop = stop
	s.told[f] = struct{}{}
	if s.draining {
		stop(s.restartLocked(f.topic.Kind))
	}
	if f.still != nil { // at once: its access may have ended since it was asked for
		time.AfterFunc(0, func() { s.askAgain(f) })
	}
}

// forget takes back tell for a follower that is not kept by leave.
func (s *sockets) forget(f *follower) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.left = true
	delete(s.told, f)
}

// askAgain ends a follower that may not follow any more, and else comes back.
func (s *sockets) askAgain(f *follower) {
	s.mu.Lock()
	left := f.left
	s.mu.Unlock()
	switch {
	case left:
	case !f.still(context.Background()):
		f.stop(f.endCode())
	default:
		time.AfterFunc(s.limits.pace.again, func() { s.askAgain(f) })
	}
}

// endCredential closes the sockets of a session, device or token that has
// ended. It does not block; access calls it.
func (s *sockets) endCredential(credential string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.told {
		if f.credential == credential {
			f.stop(f.endCode())
		}
	}
}

// How long followers stay away when the program stops. Each is told a time of
// its own, so that they do not come back all at once: desks and screens first,
// phones over as long as greeting them all takes, about a quarter of a
// millisecond each.
const (
	backSoon    = time.Second
	backLater   = 4 * time.Second
	backLatest  = 30 * time.Second
	backForEach = 400 * time.Microsecond
)

// restart is how a follower of a kind is closed when the program stops.
func (s *sockets) restart(kind live.Kind) wire.Closing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restartLocked(kind)
}

func (s *sockets) restartLocked(kind live.Kind) wire.Closing {
	within := backSoon
	if kind == live.Ticket || kind == live.Office {
		within = min(max(backLater, time.Duration(s.open)*backForEach), backLatest)
	}
	return wire.Closing{Code: 1012, Reason: fmt.Sprintf("restart; come back in %d ms", rand.N(within).Milliseconds())}
}

// drain lets nobody in any more, tells every follower to come back later, and
// waits until all have gone. Who has not when ctx ends is cut off; the error
// says so.
func (s *sockets) drain(ctx context.Context, taken *wire.Loop) error {
	s.mu.Lock()
	s.draining = true
	for f := range s.told {
		f.stop(s.restartLocked(f.topic.Kind))
	}
	s.mu.Unlock()
	var err error
	if taken != nil {
		err = taken.Drain(ctx, s.restart)
	}
	gone := make(chan struct{})
	go func() {
		s.ended.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return err
	case <-ctx.Done():
	}
	s.mu.Lock()
	for f := range s.told {
		f.line.cut()
	}
	s.mu.Unlock()
	<-gone
	return ctx.Err()
}

// follower is one socket: what it follows, who it is, and how it is told to
// end.
type follower struct {
	topic      live.Topic
	patches    bool   // takes frames as patches where it can
	greeting   []byte // answers its handshake
	greeted    bool
	kind       access.Kind
	credential string // id of its session, device or token; "" for none
	public     bool   // without an account or device
	address    string // key of its address
	// still asks again whether it may follow; nil: nothing can change.
	still func(ctx context.Context) bool
	stop  func(wire.Closing) // asks it to end
	left  bool               // guarded by sockets

	// What was found for it before its socket has a goroutine:
	leave func()       // gives its place back; nil: it has none, or the loop does that
	place *live.Seat   // nil: it is refused
	taken *wire.Taken  // nil: it is served on the ordinary path
	why   wire.Closing // it is refused

	// On the ordinary path alone:
	pace   pace
	clock  func() time.Time
	line   line
	ending chan wire.Closing // holds the first reason to end
}

// end asks a follower on the ordinary path to close. The first reason counts;
// it does not block.
func (f *follower) end(c wire.Closing) {
	select {
	case f.ending <- c:
	default:
	}
}

// out gives a follower's place back, if that is still to be done.
func (f *follower) out() {
	if f.leave != nil {
		f.leave()
		f.leave = nil
	}
}

// endCode is for a follower whose access has ended.
func (f *follower) endCode() wire.Closing {
	if f.kind == access.Session {
		return wire.Closing{Code: closeSigned, Reason: "signed out"}
	}
	return wire.Closing{Code: closeRevoked, Reason: "access ended"}
}
