package web

import (
	"cmp"
	"context"
	"sync"
	"time"

	"aufruf/server/access"
	"aufruf/server/live"
)

// Close codes of our own. 4000–4099: come back; 4100–4199: it would not help.
// docs/live.md tells followers what to do.
const (
	closeBusy    = 4000 // no room just now
	closeSlow    = 4001 // did not take a frame in time
	closeRevoked = 4100 // the device's or token's access was ended, or its rights changed
	closeSigned  = 4101 // signed out, or the session ended
	closeOver    = 4102 // the topic is over: the ticket's day has ended
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
	dead  time.Duration // 60 s without a pong
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
		ping: cmp.Or(l.pace.ping, 25*time.Second), dead: cmp.Or(l.pace.dead, time.Minute), frame: cmp.Or(l.pace.frame, 5*time.Second),
		bye: cmp.Or(l.pace.bye, time.Second), again: cmp.Or(l.pace.again, time.Minute),
	}
	return l
}

// sockets are the open followers of this process.
type sockets struct {
	limits SocketLimits

	mu       sync.Mutex
	open     map[*follower]struct{}
	public   map[string]int // of those without an account or device, by address
	draining bool
	ended    sync.WaitGroup
}

func newSockets(limits SocketLimits) *sockets {
	return &sockets{limits: limits.filled(), open: map[*follower]struct{}{}, public: map[string]int{}}
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
		return len(s.open) < s.limits.Total
	}
	return len(s.open) < s.limits.Total-s.limits.Reserve && s.public[f.address] < s.limits.PerAddress
}

// restart is how followers are closed when the program stops.
var restart = closing{code: 1012, reason: "restart; come back at a random moment of the next 4 s"}

// add counts a follower in, if it has room, and else says how it is closed.
// Every follower that was added is removed once.
func (s *sockets) add(f *follower) (closing, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining { // its handshake was answered just before
		return restart, false
	}
	if !s.roomLocked(f) {
		return closing{closeBusy, "no room just now"}, false
	}
	s.open[f] = struct{}{}
	if f.public {
		s.public[f.address]++
	}
	s.ended.Add(1)
	return closing{}, true
}

func (s *sockets) remove(f *follower) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, f)
	if f.public {
		if s.public[f.address]--; s.public[f.address] == 0 {
			delete(s.public, f.address)
		}
	}
	s.ended.Done()
}

// endCredential closes the sockets of a session, device or token that has
// ended. It does not block; access calls it.
func (s *sockets) endCredential(credential string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.open {
		if f.credential == credential {
			f.end(f.endCode())
		}
	}
}

// drain lets nobody in any more, tells every follower to come back later, and
// waits until all have gone. Who has not when ctx ends is cut off; the error
// says so.
func (s *sockets) drain(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	for f := range s.open {
		f.end(restart)
	}
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		s.ended.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	for f := range s.open {
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
	patches    bool // takes frames as patches where it can
	kind       access.Kind
	credential string // id of its session, device or token; "" for none
	public     bool   // without an account or device
	address    string // key of its address
	// still asks again whether it may follow; nil: nothing can change.
	still func(ctx context.Context) bool

	pace   pace
	line   line
	ending chan closing // holds the first reason to end
}

// closing is how a socket is closed.
type closing struct {
	code   int
	reason string
}

// end asks the follower to close. The first reason counts; it does not block.
func (f *follower) end(c closing) {
	select {
	case f.ending <- c:
	default:
	}
}

// endCode is for a follower whose access has ended.
func (f *follower) endCode() closing {
	if f.kind == access.Session {
		return closing{closeSigned, "signed out"}
	}
	return closing{closeRevoked, "access ended"}
}

// readLimit bounds what a follower may send: it has nothing to say.
const readLimit = 4 << 10
