package main

import (
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/gofiber/contrib/websocket"

	"aufruf/server/wire"
)

// wiredPath is what the product does where it can: the socket is taken over
// after contrib's upgrade, and one loop serves all. Publishing goes through the
// live hub, as the program's does.
type wiredPath struct {
	*plainPath
	loop *wire.Loop
	ring bool
}

func newOurs() server     { return &wiredPath{plainPath: newPlainPath(), ring: true} }
func newOursSend() server { return &wiredPath{plainPath: newPlainPath()} }

// passing is the clock of the loop: it measures spans only.
func passing() time.Time { return time.Unix(0, now()) }

func (w *wiredPath) listen(first []byte) (string, error) {
	var err error
	if w.loop, err = wire.Open(wire.Options{Build: "b", Now: passing, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Ring: w.ring}); err != nil {
		return "", err
	}
	w.hub.Join(w.topic) // somebody watches from the beginning
	w.publish(first)
	return onFiber(greeted(func(c net.Conn, greeting []byte) *wire.Taken {
		taken, err := w.loop.Take(c, greeting, w.hub.Join(w.topic), nil)
		check(err)
		return taken
	}, func(c *websocket.Conn, taken *wire.Taken) { taken.Hear(c.NetConn()) }))
}

func (w *wiredPath) open() int { return w.loop.Followers() }
