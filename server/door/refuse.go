package door

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"time"
)

// Reason is why a connection was not let in.
type Reason string

// The reasons.
const (
	NoDescriptor Reason = "descriptors" // none is left
	NoRoom       Reason = "connections" // as many are open as may be
	NoRoomFor    Reason = "address"     // the same from its address
)

// Reasons are all of them.
var Reasons = []Reason{NoDescriptor, NoRoom, NoRoomFor}

// RetryAfter is in how many seconds somebody who was turned away may come back.
// Each gets another answer, so that they do not come back at once.
func RetryAfter() int { return 20 + rand.IntN(21) }

// answer is the whole answer to who is turned away.
func answer(text string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"+
		"Content-Length: %d\r\nRetry-After: %d\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s", len(text), RetryAfter(), text)
}

const (
	// lingerFor is how long a refused connection stays half open: closing while
	// the other side still sends resets it, and the answer is lost on the way.
	lingerFor  = time.Second
	lingerMost = 64 // at once; the others are closed at once
	drainMost  = 16 << 10
)

// refuse answers that there is no room. It does not block: the answer is smaller
// than the buffer of a new socket.
func (d *Door) refuse(c net.Conn, why Reason, linger bool) {
	d.mu.Lock()
	d.counts.Refused[why]++
	linger = linger && len(d.lingering) < lingerMost
	d.mu.Unlock()
	drain(c) // what was read cannot reset the connection any more
	c.Write(answer(d.opt.Text))
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !linger || d.over {
		c.Close()
		return
	}
	d.lingering[c] = time.AfterFunc(lingerFor, func() {
		c.Close()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.lingering, c)
	})
}

// drain reads what has come in and waits for nothing.
func drain(c net.Conn) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	raw.Read(func(fd uintptr) bool {
		var b [4 << 10]byte
		for got := 0; got < drainMost; {
			n, err := syscall.Read(int(fd), b[:])
			if n <= 0 || err != nil {
				break
			}
			got += n
		}
		return true
	})
}

// openSpare takes a descriptor that is given up when none is left, to tell
// somebody so. Nil: none is left.
func openSpare() *os.File {
	f, err := os.Open(os.DevNull)
	if err != nil {
		return nil
	}
	return f
}

// exhausted says that there are no descriptors, in the program or the machine.
func exhausted(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// passing says that a listener is not at its end, only this accept: nothing is
// left just now, or the connection or the network failed while it came in.
func passing(err error) bool {
	if exhausted(err) {
		return true
	}
	for _, e := range []syscall.Errno{syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EPROTO,
		syscall.EPERM, syscall.EINTR, syscall.EAGAIN, syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH,
		syscall.ENOPROTOOPT, syscall.EOPNOTSUPP, syscall.ETIMEDOUT} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
