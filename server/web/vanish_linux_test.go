package web

import (
	"context"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aufruf/server/live"
)

// vanish makes a socket's side of the network a dead one: nothing that comes is
// seen, so nothing is acknowledged and nothing said, as when a phone's battery
// is taken out.
func vanish(t *testing.T, conn net.Conn) {
	t.Helper()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
	if ctl := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop})
	}); ctl != nil || err != nil {
		t.Fatal(ctl, err)
	}
}

// On the one path pings are not answered, on the other hearts are not
// acknowledged by the other side's kernel.
func TestWhoVanishesWithoutAWordIsCutOff(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) {
			d.Limits.Sockets.pace = pace{ping: 20 * time.Millisecond, dead: 400 * time.Millisecond, bye: 50 * time.Millisecond}
		})
		lively := h.follow("office:hall", "")
		lively.next()
		go func() { // reading answers pings
			for {
				if _, _, err := lively.conn.Read(context.Background()); err != nil {
					return
				}
			}
		}()
		for range 5 {
			gone := h.rawSocket("office:hall")
			toFirstFrame(t, gone)
			vanish(t, gone)
		}
		for end := time.Now().Add(15 * time.Second); h.deps.Hub.Seats()[live.Office] > 1; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d followers are held", h.deps.Hub.Seats()[live.Office])
			}
		}
		if n := h.deps.Hub.Seats()[live.Office]; n != 1 {
			t.Errorf("%d are left, the lively one was cut off too", n)
		}
	})
}
