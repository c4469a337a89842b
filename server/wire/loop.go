package wire

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"aufruf/server/live"
)

// ErrNotHere is what Open and Take return where sockets cannot be taken over:
// on another system, or when the connection is not plain TCP.
var ErrNotHere = errors.New("sockets cannot be taken over here")

// ErrClosed is what Take returns after Close.
var ErrClosed = errors.New("the loop has ended")

// Options of a Loop. Zero values are explained where they are.
type Options struct {
	Build string           // of the pages; stands in hearts
	Now   func() time.Time // the clock, with its monotonic part; needed
	Log   *slog.Logger     // needed
	// Ring writes through io_uring where the kernel has it.
	Ring bool
	Pace Pace
}

// Pace is how fast a Loop notices things. Zero means the value in the comment.
type Pace struct {
	Tick time.Duration // 1 s: how finely times are kept
	// HeartAfter and HeartBefore bound the silence of a phone's socket: between
	// the two, at a moment of its own, it gets a heart. A dead phone does not
	// acknowledge it, which ends the socket.
	HeartAfter  time.Duration // 50 s
	HeartBefore time.Duration // 60 s: two of them are missed before a page says so
	Bye         time.Duration // 1 s for the other side to close
	Begun       time.Duration // 10 s to finish a frame or message that was begun
	// Full is how long a socket may take nothing, and Lost how long it may
	// acknowledge nothing.
	Full time.Duration // 60 s
	Lost time.Duration // 60 s
	// Pause is the shortest time between two frames of a phone's topic.
	Pause time.Duration // 50 ms
}

// Filled puts the values of the comments in place of zeros.
func (p Pace) Filled() Pace {
	p.Tick = cmp.Or(p.Tick, time.Second)
	p.HeartAfter, p.HeartBefore = cmp.Or(p.HeartAfter, 50*time.Second), cmp.Or(p.HeartBefore, time.Minute)
	p.Bye, p.Begun = cmp.Or(p.Bye, time.Second), cmp.Or(p.Begun, 10*time.Second)
	p.Full, p.Lost = cmp.Or(p.Full, time.Minute), cmp.Or(p.Lost, time.Minute)
	p.Pause = cmp.Or(p.Pause, 50*time.Millisecond)
	return p
}

// Loop serves sockets that were taken over. Its methods may be called from
// anywhere.
type Loop struct {
	opt    Options
	pace   Pace
	start  time.Time
	system // what it asks of the kernel

	mu      sync.Mutex
	free    []uint32                // unused slots
	slots   atomic.Pointer[[]*slab] // all sockets; the slabs' contents are the goroutine's
	posted  []order                 // for the goroutine
	news    []*topic                // that have something new
	asleep  atomic.Bool
	soon    atomic.Bool // the goroutine looks for new sockets by itself
	closing bool        // nothing is taken any more
	ended   chan struct{}

	count [classes]atomic.Int64 // open sockets
	stats counters

	// Of the goroutine alone:
	due    [classes]queue // topics with something to write
	later  queue          // phones' topics whose pause is not over
	wheel  wheel
	tick   uint32 // now, in ticks since start
	at     time.Duration
	greets time.Duration // until when new sockets need not wake it
	came   int           // sockets since memory was given back
	tidied sync.WaitGroup
	// text and message are of the heart that is being sent.
	text, message []byte
	drain         func(live.Kind) Closing // nil: not draining
	packed        packed
	flushed       uint32   // how often what was put together was written
	ring          *ring    // nil: one call of the kernel for each message
	spare         []*topic // for the next news
	done          []order  // for what is posted next
}

// class is in which order followers are written to.
type class uint8

const (
	desks class = iota
	screens
	phones
	classes
)

func classOf(k live.Kind) class {
	switch k {
	case live.Desk, live.Supervisor:
		return desks
	case live.Board:
		return screens
	}
	return phones
}

// counters are figures of what was done, for metrics and measurements.
type counters struct {
	frames, bytes, full, dropped atomic.Uint64
}

// Stats are figures since the start.
type Stats struct {
	Followers int    // open sockets
	Frames    uint64 // messages written
	Bytes     uint64 // of them, with their headers
	Full      uint64 // how often a socket took no more
	Dropped   uint64 // sockets ended for it
}

// Stats reads the figures.
func (l *Loop) Stats() Stats {
	return Stats{Followers: l.Followers(), Frames: l.stats.frames.Load(), Bytes: l.stats.bytes.Load(),
		Full: l.stats.full.Load(), Dropped: l.stats.dropped.Load()}
}

// Followers counts the open sockets.
func (l *Loop) Followers() int {
	n := 0
	for i := range l.count {
		n += int(l.count[i].Load())
	}
	return n
}

// Handle names a socket. A handle of one that has ended names nothing.
type Handle struct{ slot, gen uint32 }

// order is what others want of the goroutine.
type order struct {
	do     func()  // or:
	handle Handle  // which socket, and
	come   *Taken  // who it is, or
	close  Closing // how it ends
}

// Taken is a socket that was taken over and has its first frame, on its way to
// the goroutine.
type Taken struct {
	loop  *Loop
	tcp   *net.TCPConn
	fd    int
	seat  *live.Seat
	topic *topic
	early []byte // came with the handshake
	rest  []byte // of what it gets first
	gone  func()
	piece [32]byte // early is read into it
}

// End closes a socket with a code and a reason. It does not wait.
func (l *Loop) End(h Handle, c Closing) { l.post(order{handle: h, close: c}) }

func (l *Loop) post(o order) {
	l.mu.Lock()
	l.posted = append(l.posted, o)
	l.mu.Unlock()
	l.rouse()
}

func (l *Loop) rouse() {
	if l.asleep.CompareAndSwap(true, false) {
		l.wake()
	}
}

// Drain lets nobody in any more, closes every socket as say tells for its kind
// of topic, and returns when all have gone. Those who have not when ctx ends
// are cut off, and the error says so.
func (l *Loop) Drain(ctx context.Context, say func(live.Kind) Closing) error {
	done := make(chan struct{})
	l.post(order{do: func() {
		l.drain = say
		l.every(func(c *conn) { l.end(c, say(c.seat.Topic().Kind)) })
		close(done)
	}})
	select {
	case <-done:
	case <-l.ended:
		return nil
	}
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for l.Followers() > 0 {
		select {
		case <-look.C:
		case <-l.ended:
			return nil
		case <-ctx.Done():
			cut := make(chan struct{})
			l.post(order{do: func() { l.dropAll(); close(cut) }})
			select {
			case <-cut:
			case <-l.ended: // which cut them off itself
			}
			return ctx.Err()
		}
	}
	return nil
}

// Close ends the loop and what sockets it still has. It waits for both.
func (l *Loop) Close() {
	l.mu.Lock()
	first := !l.closing
	l.closing = true
	l.mu.Unlock()
	if first {
		l.rouseAlways()
	}
	<-l.ended
}

func (l *Loop) rouseAlways() {
	l.asleep.Store(false)
	l.wake()
}
