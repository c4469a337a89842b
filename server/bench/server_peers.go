package main

import (
	"context"
	"net/http"
	"sync"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"github.com/lxzan/gws"
)

// crowd is a set of sockets; a peer's loop writes to one after the other.
type crowd[C comparable] struct {
	mu sync.Mutex
	in map[C]struct{}
}

func (c *crowd[C]) add(conn C) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in == nil {
		c.in = map[C]struct{}{}
	}
	c.in[conn] = struct{}{}
}

func (c *crowd[C]) remove(conn C) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.in, conn)
}

func (c *crowd[C]) each(write func(C)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.in {
		write(conn)
	}
}

func (c *crowd[C]) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.in)
}

// onHTTP serves with the standard library, as the peers' own examples do.
func onHTTP(h http.Handler) (string, error) {
	l, address, err := loopback()
	if err != nil {
		return "", err
	}
	go func() { check(http.Serve(l, h)) }()
	return address, nil
}

// gorillaServer writes one prepared message to one socket after the other.
type gorillaServer struct{ crowd[*gorilla.Conn] }

func newGorilla() server { return new(gorillaServer) }

func (g *gorillaServer) listen(first []byte) (string, error) {
	up := gorilla.Upgrader{}
	return onHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		if c.WriteMessage(gorilla.TextMessage, first) != nil {
			return
		}
		g.add(c)
		defer g.remove(c)
		for {
			if _, _, err := c.NextReader(); err != nil {
				return
			}
		}
	}))
}

func (g *gorillaServer) publish(message []byte) {
	p, err := gorilla.NewPreparedMessage(gorilla.TextMessage, message)
	check(err)
	g.each(func(c *gorilla.Conn) { c.WritePreparedMessage(p) })
}

// coderServer writes to one socket after the other; the library has no prepared
// message.
type coderServer struct{ crowd[*websocket.Conn] }

func newCoder() server { return new(coderServer) }

func (s *coderServer) listen(first []byte) (string, error) {
	return onHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		if c.Write(context.Background(), websocket.MessageText, first) != nil {
			return
		}
		s.add(c)
		defer s.remove(c)
		for {
			if _, _, err := c.Read(context.Background()); err != nil {
				return
			}
		}
	}))
}

func (s *coderServer) publish(message []byte) {
	s.each(func(c *websocket.Conn) { c.Write(context.Background(), websocket.MessageText, message) })
}

// gwsServer uses the library's own broadcaster.
type gwsServer struct {
	gws.BuiltinEventHandler
	crowd[*gws.Conn]
	first []byte
}

func newGws() server { return new(gwsServer) }

func (s *gwsServer) listen(first []byte) (string, error) {
	s.first = first
	up := gws.NewUpgrader(s, nil)
	return onHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r)
		if err != nil {
			return
		}
		go c.ReadLoop()
	}))
}

// OnOpen lets a follower in.
func (s *gwsServer) OnOpen(c *gws.Conn) {
	c.WriteMessage(gws.OpcodeText, s.first)
	s.add(c)
}

// OnClose lets it go.
func (s *gwsServer) OnClose(c *gws.Conn, _ error) { s.remove(c) }

func (s *gwsServer) publish(message []byte) {
	b := gws.NewBroadcaster(gws.OpcodeText, message)
	defer b.Close()
	s.each(func(c *gws.Conn) { b.Broadcast(c) })
}
