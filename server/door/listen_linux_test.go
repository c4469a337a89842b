package door

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

func port(t *testing.T) net.Listener {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestWhoSpeaksComesInBeforeWhoIsSilent(t *testing.T) {
	l := port(t)
	silent, speaks := dial(t, l), dial(t, l)
	if _, err := io.WriteString(speaks, "GET"); err != nil {
		t.Fatal(err)
	}
	l.(*net.TCPListener).SetDeadline(time.Now().Add(30 * time.Second))
	for _, want := range []net.Conn{speaks, silent} { // who says nothing comes in too
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if c.RemoteAddr().String() != want.LocalAddr().String() {
			t.Errorf("%v came in, and not %v", c.RemoteAddr(), want.LocalAddr())
		}
	}
}

// A load balancer looks whether the port is open, and says nothing.
func TestWhoHangsUpWithoutAWordComesInAtOnce(t *testing.T) {
	l := port(t)
	dial(t, l).Close()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(30 * time.Second))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

func TestNoConnectionIsKeptAliveByTheKernel(t *testing.T) {
	l := port(t)
	if _, err := io.WriteString(dial(t, l), "GET"); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var alive int
	raw.Control(func(fd uintptr) {
		alive, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
	})
	if err != nil || alive != 0 {
		t.Errorf("keep-alive is %d, %v", alive, err)
	}
}
