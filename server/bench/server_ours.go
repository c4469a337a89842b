package main

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

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
	return onFiberHandler(func(c *fiber.Ctx) error {
		var greeting []byte
		upgraded := websocket.New(func(conn *websocket.Conn) {
			seat := w.hub.Join(w.topic)
			_, err := w.loop.Take(conn.NetConn(), greeting, seat, nil)
			check(err)
		}, websocket.Config{ReadBufferSize: 1, WriteBufferSize: 128, WriteBufferPool: &writeBuffers})
		if err := upgraded(c); err != nil {
			return err
		}
		// The answer leaves with the first frame, as in server/web/socket.go.
		greeting = fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			c.Response().Header.Peek("Sec-WebSocket-Accept"))
		c.Context().HijackSetNoResponse(true)
		return nil
	})
}

var writeBuffers sync.Pool

func (w *wiredPath) open() int { return w.loop.Followers() }
