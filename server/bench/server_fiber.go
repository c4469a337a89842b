package main

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	wire "github.com/fasthttp/websocket"
	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"aufruf/server/live"
)

// onFiber serves sockets on one Fiber with the product's limits and contrib's
// upgrade.
func onFiber(follow fiber.Handler) (string, error) {
	l, address, err := loopback()
	if err != nil {
		return "", err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true, CaseSensitive: true, StrictRouting: true,
		ReadTimeout: 5 * time.Second, IdleTimeout: 75 * time.Second, ReadBufferSize: 8 << 10, WriteTimeout: 10 * time.Second,
		BodyLimit: 8 << 10, StreamRequestBody: true, DisablePreParseMultipartForm: true})
	app.Get("/live", follow)
	go func() { check(app.Listener(l)) }()
	return address, nil
}

// greeted upgrades as the product does: with buffers as small as can be, and
// with the answer to the handshake left to the handlers, so that it goes out
// together with the first frame. The first is called in the request, the second,
// with what the first gave, on the socket's own goroutine. See
// server/web/socket.go.
func greeted[A any](request func(c net.Conn, greeting []byte) A, socket func(c *websocket.Conn, a A)) fiber.Handler {
	var buffers sync.Pool
	config := websocket.Config{ReadBufferSize: 1, WriteBufferSize: 128, WriteBufferPool: &buffers}
	return func(c *fiber.Ctx) error {
		var a A
		if err := websocket.New(func(conn *websocket.Conn) { socket(conn, a) }, config)(c); err != nil {
			return err
		}
		greeting := switching(c.Response().Header.Peek("Sec-WebSocket-Accept"))
		c.Context().HijackSetNoResponse(true)
		a = request(c.Context().Conn(), greeting)
		return nil
	}
}

func switching(accept []byte) []byte {
	const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
	return append(append(append(make([]byte, 0, 160), head...), accept...), "\r\n\r\n"...)
}

// fiberLoop is contrib/websocket with one loop that writes a prepared message
// to one socket after the other; a goroutine reads each.
type fiberLoop struct {
	mu    sync.Mutex
	conns map[*wire.Conn]struct{}
}

func newFiber() server { return &fiberLoop{conns: map[*wire.Conn]struct{}{}} }

func (f *fiberLoop) listen(first []byte) (string, error) {
	return onFiber(websocket.New(func(c *websocket.Conn) {
		if c.WriteMessage(websocket.TextMessage, first) != nil {
			return
		}
		f.mu.Lock()
		f.conns[c.Conn] = struct{}{}
		f.mu.Unlock()
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				break
			}
		}
		f.mu.Lock()
		delete(f.conns, c.Conn)
		f.mu.Unlock()
	}))
}

func (f *fiberLoop) publish(message []byte) {
	p, err := wire.NewPreparedMessage(websocket.TextMessage, message)
	check(err)
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		c.WritePreparedMessage(p)
	}
}

func (f *fiberLoop) open() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.conns)
}

// plainPath is what the product does where it cannot take the socket over: a
// seat in the live hub, a goroutine that waits and writes, another that reads,
// and timers for the ping and for asking again. It follows
// server/web/follower.go.
type plainPath struct {
	hub    *live.Hub
	topic  live.Topic
	opened atomic.Int64
	seq    uint64
}

func newPlain() server { return newPlainPath() }

func newPlainPath() *plainPath {
	return &plainPath{hub: live.NewHub(), topic: live.Topic{Kind: live.Office, Office: "hall"}}
}

func (p *plainPath) listen(first []byte) (string, error) {
	p.hub.Join(p.topic) // somebody watches from the beginning
	p.publish(first)
	return onFiber(greeted(func(_ net.Conn, greeting []byte) []byte { return greeting }, func(c *websocket.Conn, greeting []byte) {
		if _, err := c.NetConn().Write(greeting); err != nil {
			return
		}
		seat := p.hub.Join(p.topic)
		defer seat.Leave()
		p.opened.Add(1)
		defer p.opened.Add(-1)
		p.follow(c, seat)
	}))
}

func (p *plainPath) follow(c *websocket.Conn, seat *live.Seat) {
	heard := make(chan struct{})
	under := c.NetConn()
	cut := func() { under.SetDeadline(time.Unix(1, 0)) }
	dead := time.AfterFunc(time.Minute, cut)
	defer dead.Stop()
	c.SetReadLimit(4 << 10)
	c.SetPongHandler(func(string) error { dead.Reset(time.Minute); return nil })
	go func() {
		defer close(heard)
		c.ReadMessage()
	}()
	defer func() { cut(); <-heard }()
	ping := time.NewTicker(25 * time.Second)
	defer ping.Stop()
	again := time.NewTicker(time.Minute)
	defer again.Stop()
	within := func(write func() error) error {
		late := time.AfterFunc(5*time.Second, cut)
		defer late.Stop()
		return write()
	}
	for {
		select {
		case <-heard:
			return
		case <-seat.Wake():
			frame, ok, err := seat.Newest()
			if err != nil || ok && within(func() error { return c.WritePreparedMessage(prepared(frame)) }) != nil {
				return
			}
		case <-ping.C:
			if within(func() error { return c.WriteControl(websocket.PingMessage, nil, time.Time{}) }) != nil {
				return
			}
		case <-again.C:
		}
	}
}

func prepared(frame live.Frame) *wire.PreparedMessage {
	return frame.Once(func(b []byte) any {
		m, err := wire.NewPreparedMessage(websocket.TextMessage, b)
		check(err)
		return m
	}).(*wire.PreparedMessage)
}

// publish makes a view of such a length that the whole frame has the length
// asked for.
func (p *plainPath) publish(m []byte) {
	p.seq++
	frame := func(view []byte) live.Frame { return live.NewFrame(p.seq, p.seq, time.Unix(0, 0), "b", view) }
	envelope := len(frame([]byte{}).Wire)
	p.hub.Publish(p.topic, frame(message(int(p.seq), max(len(m)-envelope, 40))))
}

func (p *plainPath) open() int { return int(p.opened.Load()) }
