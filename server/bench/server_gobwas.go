package main

import (
	"net"
	"sync"
	"syscall"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
)

// gobwasServer upgrades without net/http, keeps no goroutine for a follower but
// an epoll set of its own, and writes a compiled frame: the well known way to a
// million sockets in Go.
type gobwasServer struct {
	poll int
	mu   sync.RWMutex
	by   map[int32]net.Conn
}

func newGobwas() server { return &gobwasServer{by: map[int32]net.Conn{}} }

func (g *gobwasServer) listen(first []byte) (string, error) {
	var err error
	if g.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return "", err
	}
	l, address, err := loopback()
	if err != nil {
		return "", err
	}
	frame := ws.MustCompileFrame(ws.NewTextFrame(first))
	go func() {
		for {
			c, err := l.Accept()
			check(err)
			go g.in(c, frame)
		}
	}()
	go g.loop()
	return address, nil
}

func (g *gobwasServer) in(c net.Conn, first []byte) {
	if _, err := ws.Upgrade(c); err != nil {
		c.Close()
		return
	}
	if _, err := c.Write(first); err != nil {
		c.Close()
		return
	}
	fd := descriptorOf(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.by[fd] = c
	check(unix.EpollCtl(g.poll, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLHUP, Fd: fd}))
}

func descriptorOf(c net.Conn) (fd int32) {
	raw, err := c.(syscall.Conn).SyscallConn()
	check(err)
	raw.Control(func(n uintptr) { fd = int32(n) })
	return fd
}

func (g *gobwasServer) loop() {
	events := make([]unix.EpollEvent, 256)
	for {
		n, err := unix.EpollWait(g.poll, events, -1)
		if err == unix.EINTR {
			continue
		}
		check(err)
		for _, e := range events[:n] {
			g.mu.RLock()
			c := g.by[e.Fd]
			g.mu.RUnlock()
			if c == nil {
				continue
			}
			if _, err := ws.ReadFrame(c); err != nil {
				g.mu.Lock()
				delete(g.by, e.Fd)
				g.mu.Unlock()
				unix.EpollCtl(g.poll, unix.EPOLL_CTL_DEL, int(e.Fd), nil)
				c.Close()
			}
		}
	}
}

func (g *gobwasServer) publish(message []byte) {
	frame := ws.MustCompileFrame(ws.NewTextFrame(message))
	g.mu.RLock()
	defer g.mu.RUnlock()
	for _, c := range g.by {
		c.Write(frame)
	}
}

func (g *gobwasServer) open() int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return len(g.by)
}
