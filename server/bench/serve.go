package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"

	"aufruf/server/door"
)

// server is one way of keeping followers and writing to all of them.
type server interface {
	// listen begins to take followers. Each gets the first state as soon as it
	// is in.
	listen(first []byte) (address string, err error)
	// publish gives a message to every follower.
	publish(message []byte)
	// open counts the followers.
	open() int
}

// kind is a server with the word by which it is asked for.
type kind struct {
	name  string
	label string
	path  string // of the address to connect to
	hello string // what a client says first, where the protocol wants it
	make  func() server
}

// kinds are all, the ruler first.
var kinds = []kind{
	{name: "ruler", label: "ruler: raw accept4, send(2)", path: "/live", make: newRuler},
	{name: "ours", label: "Aufruf, socket taken over, io_uring where it is", path: "/live", make: newOurs},
	{name: "send", label: "the same, one send(2) for each", path: "/live", make: newOursSend},
	{name: "plain", label: "Aufruf, plain path: goroutine and channel each", path: "/live", make: newPlain},
	{name: "fiber", label: "Fiber + contrib/websocket, one loop, prepared message", path: "/live", make: newFiber},
	{name: "gorilla", label: "gorilla/websocket v1.5.3, prepared message", path: "/live", make: newGorilla},
	{name: "coder", label: "coder/websocket v1.8.15", path: "/live", make: newCoder},
	{name: "gobwas", label: "gobwas/ws v1.4.0 with epoll, compiled frame", path: "/live", make: newGobwas},
	{name: "gws", label: "lxzan/gws v1.9.1, broadcaster", path: "/live", make: newGws},
	{name: "centrifuge", label: "centrifuge v0.38.0", path: "/live", hello: `{"id":1,"connect":{}}`, make: newCentrifuge},
}

func kindOf(name string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// order is a command to a server.
type order struct {
	Do   string `json:"do"` // publish, stats
	Seq  int    `json:"seq"`
	Size int    `json:"size"`
}

// published says when a message was handed in and when that returned.
type published struct {
	At   int64 `json:"at"`
	Done int64 `json:"done"`
}

// serve is the subprocess with a server in it.
func serve(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("serve what")
	}
	if args[0] == "town" {
		return serveTown(args[1:])
	}
	k, known := kindOf(args[0])
	if !known {
		return fmt.Errorf("no server %q", args[0])
	}
	s := k.make()
	address, err := s.listen(message(0, 200))
	if err != nil {
		return err
	}
	if err := say(map[string]string{"listening": address}); err != nil {
		return err
	}
	return answers(func(o order) (any, error) {
		switch o.Do {
		case "publish":
			m := message(o.Seq, o.Size)
			p := published{At: now()}
			s.publish(m)
			p.Done = now()
			return p, nil
		case "stats":
			st := stats{CPU: processorTime(), RSS: rssOf("/proc/self"), FDs: descriptorsOf("/proc/self"), Open: s.open()}
			return st, nil
		}
		return nil, fmt.Errorf("a server does not know %q", o.Do)
	})
}

// message is a frame of an exact size as the real program sends them.
func message(seq, size int) []byte {
	b := append([]byte(`{"v":1,"seq":`), strconv.Itoa(seq)...)
	b = append(b, `,"view":{"text":"`...)
	for len(b) < size-3 {
		b = append(b, 'x')
	}
	return append(b, `"}}`...)
}

// loopback listens as the product does.
func loopback() (net.Listener, string, error) {
	l, err := door.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	return l, l.Addr().String(), nil
}

// check ends a server that cannot go on.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench server:", err)
		os.Exit(1)
	}
}
