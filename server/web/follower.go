package web

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	library "github.com/fasthttp/websocket"
	"github.com/gofiber/contrib/websocket"

	"aufruf/server/live"
	"aufruf/server/wire"
)

// line is the connection under a socket, for timers: they cut it, which makes
// a read or write that hangs return. It must be let go before the handler
// returns, because the server reuses the connection's shell for the next one.
type line struct {
	mu   sync.Mutex
	conn net.Conn
}

// past is a deadline that is over whatever the clock says.
var past = time.Unix(1, 0)

func (l *line) hold(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = c
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.SetDeadline(past)
	}
}

// serve runs one socket until either side ends it. The goroutine it is called
// in is the only writer of frames; a second one reads. Both have ended when it
// returns, and nothing keeps the conn.
func (f *follower) serve(conn *websocket.Conn, seat *live.Seat, build string) {
	f.line.hold(conn.NetConn())
	defer f.line.hold(nil)
	dead := time.AfterFunc(f.pace.dead, f.line.cut)
	defer dead.Stop()

	var over atomic.Bool // we have said goodbye: nothing prolongs the connection
	heard := make(chan ending, 1)
	go func() { heard <- f.listen(conn, dead, &over) }()

	c, last := f.write(conn.Conn, seat, build, heard)
	over.Store(true)
	if c.Code != 0 {
		f.within(func() error {
			return conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.Code, c.Reason), time.Time{})
		})
	}
	// The other side reads our close frame before it hangs up; ending at once
	// while it still sends would reset the connection and lose the frame.
	wait := time.AfterFunc(f.pace.bye, f.line.cut)
	defer wait.Stop()
	if last == nil {
		e := <-heard
		last = &e
	}
	if !last.quiet {
		io.Copy(io.Discard, conn.NetConn())
	}
}

// greet answers the handshake.
func (f *follower) greet(conn *websocket.Conn) error {
	f.greeted = true
	f.line.hold(conn.NetConn())
	defer f.line.hold(nil)
	return f.within(func() error {
		_, err := conn.NetConn().Write(f.greeting)
		return err
	})
}

// refuse closes a socket that was never served.
func (f *follower) refuse(conn *websocket.Conn, c wire.Closing) {
	f.line.hold(conn.NetConn())
	defer f.line.hold(nil)
	f.within(func() error {
		return conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.Code, c.Reason), time.Time{})
	})
}

// write sends what the seat gets until there is a reason to end. last is how
// the reader ended; nil while it goes on.
func (f *follower) write(conn *library.Conn, seat *live.Seat, build string, heard <-chan ending) (c wire.Closing, last *ending) {
	ping := time.NewTicker(f.pace.ping)
	defer ping.Stop()
	heart := time.NewTimer(f.heartIn())
	defer heart.Stop()
	for {
		select {
		case e := <-heard:
			return e.closing, &e
		case c := <-f.ending:
			return c, nil
		case <-seat.Wake():
			frame, ok, err := seat.Newest()
			if err != nil {
				return wire.Over, nil
			}
			if ok && f.within(func() error { return conn.WritePreparedMessage(prepared(frame)) }) != nil {
				return wire.Slow, nil
			}
			heart.Reset(f.heartIn())
		case <-ping.C:
			if f.within(func() error { return conn.WriteControl(websocket.PingMessage, nil, time.Time{}) }) != nil {
				return wire.Slow, nil
			}
		case <-heart.C:
			frame, ok := seat.Heart(build)
			if ok && f.within(func() error { return conn.WritePreparedMessage(prepared(frame)) }) != nil {
				return wire.Slow, nil
			}
			heart.Reset(f.heartIn())
		}
	}
}

// heartIn is how long nothing is said before the follower hears a heart of its
// own. Boards and staff hear their topic's more often and never this one.
func (f *follower) heartIn() time.Duration {
	p := wire.Pace{}.Filled()
	return p.HeartAfter + rand.N(p.HeartBefore-p.HeartAfter)
}

// within gives a write its time; then the connection is cut.
func (f *follower) within(write func() error) error {
	late := time.AfterFunc(f.pace.frame, f.line.cut)
	defer late.Stop()
	return write()
}

// prepared is a frame as it goes over every socket of its topic, built once.
func prepared(frame live.Frame) *library.PreparedMessage {
	return frame.Once(func(b []byte) any {
		m, err := library.NewPreparedMessage(websocket.TextMessage, b)
		if err != nil {
			panic(err) // cannot happen: it is written to memory
		}
		return m
	}).(*library.PreparedMessage)
}

// ending is how a reader ended.
type ending struct {
	closing wire.Closing // Code 0: nothing is to be said any more
	quiet   bool         // nothing more comes from the other side
}

// listen reads what the follower sends until it has to end. The library's own
// reader is not asked: both paths have one set of rules, and it lets lengths
// pass that are not in their shortest form, answers what is not UTF-8 in a
// close frame as a fault of protocol, and says nothing at all to a length
// beyond 63 bits.
func (f *follower) listen(conn *websocket.Conn, dead *time.Timer, over *atomic.Bool) ending {
	late := time.AfterFunc(time.Hour, func() { f.end(wire.Unfinished) })
	late.Stop()
	defer late.Stop()
	l := wire.Listener{
		Now: f.clock,
		Ping: func(payload []byte) {
			f.within(func() error { return conn.WriteControl(websocket.PongMessage, payload, time.Time{}) })
		},
		Heard: func() {
			if !over.Load() {
				dead.Reset(f.pace.dead)
			}
		},
		Begun: func(begun bool) {
			if begun {
				late.Reset(f.pace.whole)
			} else {
				late.Stop()
			}
		},
	}
	end := l.Listen(conn.NetConn())
	return ending{end, end.Answered || end.Code == 0}
}
