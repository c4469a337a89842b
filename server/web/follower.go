package web

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	wire "github.com/fasthttp/websocket"
	"github.com/gofiber/contrib/websocket"

	"aufruf/server/live"
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
func (f *follower) serve(conn *websocket.Conn, seat *live.Seat) {
	f.line.hold(conn.NetConn())
	defer f.line.hold(nil)
	dead := time.AfterFunc(f.pace.dead, f.line.cut)
	defer dead.Stop()

	var over atomic.Bool // we have said goodbye: nothing prolongs the connection
	conn.SetReadLimit(readLimit)
	conn.SetPongHandler(func(string) error {
		if !over.Load() {
			dead.Reset(f.pace.dead)
		}
		return nil
	})
	heard := make(chan closing, 1)
	go func() { heard <- listen(conn.Conn) }()

	c, gone := f.write(conn.Conn, seat, heard)
	over.Store(true)
	if c.code != 0 {
		f.within(func() error {
			return conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, c.reason), time.Time{})
		})
	}
	// The other side reads our close frame before it hangs up; ending at once
	// while it still sends would reset the connection and lose the frame.
	wait := time.AfterFunc(f.pace.bye, f.line.cut)
	defer wait.Stop()
	if !gone {
		<-heard
	}
	for c.code != 0 {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}

// refuse closes a socket that was never served.
func (f *follower) refuse(conn *websocket.Conn, c closing) {
	f.line.hold(conn.NetConn())
	defer f.line.hold(nil)
	f.within(func() error {
		return conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, c.reason), time.Time{})
	})
}

// write sends what the seat gets until there is a reason to end. gone says
// that the reader has ended.
func (f *follower) write(conn *wire.Conn, seat *live.Seat, heard <-chan closing) (c closing, gone bool) {
	ping := time.NewTicker(f.pace.ping)
	defer ping.Stop()
	again := time.NewTicker(f.pace.again)
	defer again.Stop()
	for {
		select {
		case c := <-heard:
			return c, true
		case c := <-f.ending:
			return c, false
		case <-seat.Wake():
			frame, ok, err := seat.Newest()
			if err != nil {
				return closing{closeOver, "over"}, false
			}
			if ok && f.within(func() error { return conn.WritePreparedMessage(prepared(frame)) }) != nil {
				return closing{closeSlow, "too slow"}, false
			}
		case <-ping.C:
			if f.within(func() error { return conn.WriteControl(websocket.PingMessage, nil, time.Time{}) }) != nil {
				return closing{closeSlow, "too slow"}, false
			}
		case <-again.C:
			if f.still != nil && !f.still(context.Background()) {
				return f.endCode(), false
			}
		}
	}
}

// within gives a write its time; then the connection is cut.
func (f *follower) within(write func() error) error {
	late := time.AfterFunc(f.pace.frame, f.line.cut)
	defer late.Stop()
	return write()
}

// prepared is a frame as it goes over every socket of its topic, built once.
func prepared(frame live.Frame) *wire.PreparedMessage {
	return frame.Once(func(b []byte) any {
		m, err := wire.NewPreparedMessage(websocket.TextMessage, b)
		if err != nil {
			panic(err) // cannot happen: it is written to memory
		}
		return m
	}).(*wire.PreparedMessage)
}

// listen reads until the socket ends and says how to close it, with code 0
// where nothing is to be said any more. Followers send pongs and a close;
// commands go by POST, so any message is against the rules.
func listen(conn *wire.Conn) closing {
	kind, text, err := conn.ReadMessage()
	switch {
	case err == nil && kind == websocket.TextMessage && !utf8.Valid(text):
		return closing{websocket.CloseInvalidFramePayloadData, "not UTF-8"}
	case err == nil:
		return closing{websocket.ClosePolicyViolation, "followers send nothing"}
	case errors.Is(err, websocket.ErrReadLimit):
		return closing{} // the library has closed with 1009
	}
	return closing{} // closed, cut off, or against the protocol, which the library has answered
}
