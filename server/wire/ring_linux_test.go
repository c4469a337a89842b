package wire

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"aufruf/server/live"
)

// Two messages for one socket in one call of the kernel: were the first taken in
// part, the second would stand in its middle.
func TestASocketHasOneWriteInTheRing(t *testing.T) {
	r, err := newRing(portion)
	if err != nil {
		t.Logf("without io_uring nothing is put together: %v", err)
		return
	}
	defer r.close()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	l := &Loop{ring: r, pace: Pace{}.Filled()}
	l.mu.Lock()
	h := l.reserveLocked()
	l.mu.Unlock()
	hub := live.NewHub()
	seat := hub.Join(hall)
	defer seat.Leave()
	top := &topic{loop: l}
	c := l.conn(h.slot)
	c.fd, c.state, c.seat = int32(pair[0]), used, *seat
	l.join(c, top)
	y := &yard{t: t, hub: hub}
	for _, view := range []string{`{"a":1}`, `{"a":2}`} { // a topic twice in one portion
		y.publish(hall, view)
		l.pass(top, portion)
		if len(r.waiting) != 1 {
			t.Errorf("%d writes are put together for one socket", len(r.waiting))
		}
	}
	l.flush()
	if n := l.stats.frames.Load(); n != 2 {
		t.Errorf("%d messages were written, not 2", n)
	}
}

// A container's rules may let a ring be made and forbid its use.
func TestARingThatMayNotBeUsedIsAnErrorAtTheStart(t *testing.T) {
	r, err := newRing(portion)
	if err != nil {
		t.Logf("no io_uring at all: %v", err)
		return
	}
	defer r.close()
	own := r.fd
	defer func() { r.fd = own }()
	if r.fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(r.fd)
	if err := r.try(); err == nil || errors.Is(err, errNoRing) {
		t.Errorf("the kernel refuses each call, and what is said is: %v", err)
	}
}
