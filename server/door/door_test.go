package door

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// lane is a listener whose connections come from a channel, or from a fault.
type lane struct {
	conns chan net.Conn
	fault func() error // asked before each connection; nil: none
	shut  chan struct{}
	once  sync.Once
	mu    sync.Mutex
	ends  []net.Conn // the other sides, which read and say nothing
}

func newLane() *lane { return &lane{conns: make(chan net.Conn), shut: make(chan struct{})} }

func (l *lane) Accept() (net.Conn, error) {
	if l.fault != nil {
		if err := l.fault(); err != nil {
			return nil, err
		}
	}
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.shut:
		return nil, net.ErrClosed
	}
}

func (l *lane) Close() error {
	l.once.Do(func() { close(l.shut) })
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.ends {
		c.Close()
	}
	return nil
}

func (l *lane) Addr() net.Addr { return &net.TCPAddr{} }

// arrive lets connections come in until the test ends.
func (l *lane) arrive(n int) {
	for range n {
		here, there := net.Pipe()
		l.mu.Lock()
		l.ends = append(l.ends, there)
		l.mu.Unlock()
		go io.Copy(io.Discard, there)
		select {
		case l.conns <- here:
		case <-l.shut:
			there.Close()
			return
		}
	}
}

func options(change ...func(*Options)) Options {
	o := Options{Now: time.Now, CPU: func() time.Duration { return 0 }, Cores: 1, Log: slog.New(slog.DiscardHandler), Text: "später\n"}
	for _, c := range change {
		c(&o)
	}
	return o
}

func TestNewcomersWaitUntilOthersAreServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLane()
		d := New(l, options())
		defer d.Close()
		go l.arrive(10 * newcomers)
		began := time.Now()
		var in []net.Conn
		take := func() time.Duration {
			c, err := d.Accept()
			if err != nil {
				t.Fatal(err)
			}
			in = append(in, c)
			return time.Since(began)
		}
		for range newcomers {
			if took := take(); took != 0 {
				t.Fatalf("number %d waited %v", len(in), took)
			}
		}
		go func() {
			time.Sleep(time.Microsecond)
			d.Idle(in[40]) // the first answer of one is out
		}()
		if took := take(); took != time.Microsecond {
			t.Errorf("one was served after 1µs, the next came in after %v", took)
		}
		// The others say nothing: they hold the door for a moment and no longer.
		if took := take(); took != settles {
			t.Errorf("silent ones held the door for %v", took)
		}
		for range newcomers - 2 {
			if took := take(); took != settles {
				t.Fatalf("number %d came in after %v", len(in), took)
			}
		}
	})
}

func TestAStampedeComesInAtItsPace(t *testing.T) {
	for _, c := range []struct {
		name    string
		every   time.Duration // between two connections
		each    time.Duration // of a core, for each
		cores   int
		n       int
		least   time.Duration
		longest time.Duration
	}{
		{"dear ones on one core", 10 * time.Microsecond, 600 * time.Microsecond, 1, 1_600, 900 * time.Millisecond, 1_700 * time.Millisecond},
		{"the same on four cores", 10 * time.Microsecond, 600 * time.Microsecond, 4, 1_600, 200 * time.Millisecond, 450 * time.Millisecond},
		{"an ordinary morning", 50 * time.Millisecond, 600 * time.Microsecond, 1, 400, 0, 0},
		{"an ordinary morning while the forecast computes", 50 * time.Millisecond, 50 * time.Millisecond, 1, 400, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLane()
			var used time.Duration
			d := New(l, options(func(o *Options) { o.CPU, o.Cores = func() time.Duration { return used }, c.cores }))
			defer d.Close()
			go func() {
				for range c.n {
					<-time.After(c.every)
					l.arrive(1)
				}
			}()
			for range c.n {
				conn, err := d.Accept()
				if err != nil {
					t.Fatal(err)
				}
				used += c.each
				d.Idle(conn)
				d.Gone(conn)
			}
			if paused := d.Counts().Paused; paused < c.least || paused > c.longest {
				t.Errorf("%s: waited %v, want %v to %v", c.name, paused, c.least, c.longest)
			}
		})
	}
}

func TestAFaultOfAnAcceptPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, e := range []error{syscall.ECONNABORTED, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EPROTO, syscall.EPERM} {
			var lines strings.Builder
			l := newLane()
			left := 20
			l.fault = func() error {
				if left--; left >= 0 {
					return &net.OpError{Op: "accept", Err: e}
				}
				return nil
			}
			d := New(l, options(func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&lines, nil)) }))
			go l.arrive(1)
			began := time.Now()
			if _, err := d.Accept(); err != nil {
				t.Fatalf("%v ends the door: %v", e, err)
			}
			if took := time.Since(began); took < 100*time.Millisecond || took > 2*time.Second {
				t.Errorf("%v, 20 times, was waited for %v", e, took)
			}
			if n := strings.Count(lines.String(), "\n"); n != 1 {
				t.Errorf("%v: %d lines in the log:\n%s", e, n, lines.String())
			}
			d.Close()
		}
		l := newLane()
		l.fault = func() error { return &net.OpError{Op: "accept", Err: syscall.EBADF} }
		if _, err := New(l, options()).Accept(); !errors.Is(err, syscall.EBADF) {
			t.Errorf("a listener that is no more: %v", err)
		}
	})
}

func TestAClosedDoorLetsGoOfWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := newLane()
		full.fault = func() error { return syscall.ENOMEM }
		for name, l := range map[string]*lane{"for a connection": newLane(), "for memory": full} {
			d := New(l, options())
			ended := make(chan error, 1)
			go func() {
				_, err := d.Accept()
				ended <- err
			}()
			synctest.Wait()
			d.Close()
			if err := <-ended; !errors.Is(err, net.ErrClosed) || !strings.Contains(err.Error(), "use of closed network connection") {
				t.Errorf("who waited %s got %v", name, err)
			}
			if err := d.Close(); err != nil {
				t.Errorf("closed twice: %v", err)
			}
		}
	})
}

// house is a door on a real socket, with a real server behind it.
type house struct {
	*Door
	t      *testing.T
	served chan struct{}
	hold   chan struct{} // requests for /hold wait for it
}

func open(t *testing.T, change ...func(*Options)) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Door: New(l, options(change...)), t: t, served: make(chan struct{}), hold: make(chan struct{})}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hold" {
			<-h.hold
		}
		fmt.Fprintln(w, "here")
	}), ConnState: func(c net.Conn, s http.ConnState) { tell(h.Door, c, s) }}
	go func() {
		defer close(h.served)
		server.Serve(h.Door)
	}()
	t.Cleanup(func() {
		server.Close()
		<-h.served
	})
	return h
}

func tell(d *Door, c net.Conn, s http.ConnState) {
	switch s {
	case http.StateActive:
		d.Busy(c)
	case http.StateIdle:
		d.Idle(c)
	case http.StateHijacked, http.StateClosed:
		d.Gone(c)
	}
}

// guest is a connection from outside.
type guest struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func call(t *testing.T, addr string) *guest {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return &guest{t, c, bufio.NewReader(c)}
}

func (h *house) call() *guest {
	h.t.Helper()
	return call(h.t, h.Addr().String())
}

// asks sends a request; an error is for who cannot send any more.
func (g *guest) asks(path string) error {
	_, err := io.WriteString(g, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
	return err
}

// gets is the status of the next answer, or 0 if the connection has ended.
func (g *guest) gets() (status, retry int, body string) {
	resp, err := http.ReadResponse(g.r, nil)
	if err != nil {
		return 0, 0, ""
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	retry, _ = strconv.Atoi(resp.Header.Get("Retry-After"))
	return resp.StatusCode, retry, string(text)
}

func (g *guest) wants(path string, status int) {
	g.t.Helper()
	g.asks(path)
	if got, _, _ := g.gets(); got != status {
		g.t.Fatalf("status %d, want %d", got, status)
	}
}

// until waits for what other goroutines do.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestWhoIsTurnedAwayIsToldWhenToComeBack(t *testing.T) {
	h := open(t, func(o *Options) { o.Connections = 2 })
	defer close(h.hold)
	a, b := h.call(), h.call()
	a.asks("/hold")
	b.asks("/hold")
	until(t, "two are in", func() bool { return h.Counts().Open == 2 })
	times := map[int]bool{}
	for range 20 {
		g := h.call()
		g.asks("/")
		status, retry, body := g.gets()
		if status != 503 || retry < 20 || retry > 40 || body != "später\n" {
			t.Fatalf("status %d, Retry-After %d, %q", status, retry, body)
		}
		if _, err := g.r.ReadByte(); !errors.Is(err, io.EOF) {
			t.Fatalf("after the answer: %v", err)
		}
		times[retry] = true
	}
	if len(times) < 3 {
		t.Errorf("they come back at the same times: %v", times)
	}
	if c := h.Counts(); c.Refused[NoRoom] != 20 || c.Accepted != 2 {
		t.Errorf("%+v", c)
	}
}

func TestWhoLookedOnceMakesRoomBeforeWhoComesAgain(t *testing.T) {
	h := open(t, func(o *Options) { o.Connections = 3 })
	defer close(h.hold)
	busy := h.call()
	busy.asks("/hold")
	until(t, "one is in", func() bool { return h.Counts().Open == 1 })
	first, second := h.call(), h.call()
	first.wants("/", 200)
	first.wants("/", 200)
	second.wants("/", 200)
	until(t, "one looked once and one came again", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.once.Len() == 1 && h.regular.Len() == 1
	})
	third := h.call()
	third.wants("/", 200)
	if _, err := second.r.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("who looked once: %v", err)
	}
	first.wants("/", 200)
	third.wants("/", 200)
	if c := h.Counts(); c.Refused[NoRoom] != 0 {
		t.Errorf("%+v", c)
	}
}

func TestOneAddressDoesNotFillTheHouse(t *testing.T) {
	h := open(t, func(o *Options) {
		o.PerAddress, o.Connections = 10, 40
		o.Caller = netip.Addr.String
	})
	var silent []*guest
	for range 200 {
		silent = append(silent, h.call())
	}
	until(t, "all were looked at", func() bool {
		c := h.Counts()
		return c.Accepted+c.Refused[NoRoomFor] >= 200
	})
	if c := h.Counts(); c.Open > 10 || c.Refused[NoRoomFor] != 190 || c.Refused[NoRoom] != 0 {
		t.Errorf("%+v", c)
	}
	if status, _, _ := silent[150].gets(); status != 503 {
		t.Errorf("one too many got %d", status)
	}
	other, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).Dial("tcp", h.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	(&guest{t, other, bufio.NewReader(other)}).wants("/", 200)
	// Those who left make room for others of their address.
	for _, g := range silent {
		g.Close()
	}
	until(t, "they have left", func() bool { return h.Counts().Open <= 1 })
	h.call().wants("/", 200)
}

func TestWhoHasSaidNothingForLongMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLane()
		d := New(l, options(func(o *Options) { o.Connections = 5 }))
		defer d.Close()
		go l.arrive(7)
		in := make(chan net.Conn, 10)
		go func() {
			for {
				c, err := d.Accept()
				if err != nil {
					return
				}
				in <- c
			}
		}()
		synctest.Wait()
		if c := d.Counts(); c.Open != 5 || c.Refused[NoRoom] != 2 {
			t.Fatalf("at once: %+v", c)
		}
		<-time.After(patience)
		silent := <-in
		ended := make(chan error, 1)
		go func() {
			_, err := silent.Read(make([]byte, 1))
			ended <- err
			d.Gone(silent)
		}()
		l.arrive(1)
		synctest.Wait()
		if err := <-ended; err == nil {
			t.Error("the oldest that said nothing stays")
		}
		if c := d.Counts(); c.Open != 5 || c.Accepted != 6 {
			t.Errorf("after a second: %+v", c)
		}
	})
}

func TestWhoWasAskedToGoAndSpeaksStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLane()
		d := New(l, options(func(o *Options) { o.Connections, o.PerAddress = 1, 1 }))
		defer d.Close()
		go l.arrive(2)
		a, _ := d.Accept()
		d.Idle(a)
		b, _ := d.Accept() // a is asked to go, and its request comes in just then
		d.Busy(a)
		d.Idle(b)
		if c := d.Counts(); c.Open != 2 || d.leaving != 0 {
			t.Errorf("open %d, leaving %d", c.Open, d.leaving)
		}
		d.Gone(a)
		d.Gone(b)
		d.Gone(b)
		if c := d.Counts(); c.Open != 0 || d.fresh != 0 || d.first.Len()+d.once.Len()+d.regular.Len() != 0 || len(d.callers) != 0 {
			t.Errorf("something is left: %+v, fresh %d, lists %d", c, d.fresh, d.first.Len()+d.once.Len()+d.regular.Len())
		}
	})
}

func TestRegularsMakeRoomOnlyWhereTheyHaveHalfOfTheHouse(t *testing.T) {
	for _, c := range []struct{ regulars, refused int }{{5, 1}, {6, 0}} {
		synctest.Test(t, func(t *testing.T) {
			l := newLane()
			d := New(l, options(func(o *Options) { o.Connections = 10 }))
			defer d.Close()
			go l.arrive(11)
			in := make(chan net.Conn, 20)
			go func() {
				for n := 0; ; n++ {
					conn, err := d.Accept()
					if err != nil {
						return
					}
					if n < c.regulars {
						d.Idle(conn)
						d.Busy(conn)
						d.Idle(conn)
					}
					in <- conn
				}
			}()
			synctest.Wait()
			got := d.Counts()
			if got.Refused[NoRoom] != uint64(c.refused) {
				t.Errorf("%d of 10 were regulars: %+v", c.regulars, got)
			}
			if c.refused > 0 {
				return
			}
			oldest := <-in
			if _, err := oldest.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the longest idle of them: %v", err)
			}
		})
	}
}
