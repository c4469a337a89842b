package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"aufruf/server/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var hall = live.Topic{Kind: live.Office, Office: "hall"}

// yard is a Loop with a hub, and sockets that end in it.
type yard struct {
	t    testing.TB
	hub  *live.Hub
	loop *Loop
	l    net.Listener
	seq  uint64
}

// onBothWays runs a test with each of the two ways of writing.
func onBothWays(t *testing.T, pace Pace, test func(t *testing.T, y *yard)) {
	for name, ring := range map[string]bool{"send": false, "ring": true} {
		t.Run(name, func(t *testing.T) { test(t, newYard(t, pace, ring)) })
	}
}

func newYard(t testing.TB, pace Pace, ring bool) *yard {
	t.Helper()
	y := &yard{t: t, hub: live.NewHub()}
	var err error
	if y.loop, err = Open(Options{Build: "b", Now: time.Now, Log: slog.New(slog.DiscardHandler), Ring: ring, Pace: pace}); err != nil {
		t.Fatal(err)
	}
	if y.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		y.l.Close()
		y.loop.Close()
	})
	return y
}

// peer is the other side of a socket.
type peer struct {
	t    testing.TB
	conn *net.TCPConn
	r    *bufio.Reader
	h    Handle
	gone chan struct{}
}

func (y *yard) pair() (here, there net.Conn) {
	y.t.Helper()
	there, err := net.Dial("tcp", y.l.Addr().String())
	if err != nil {
		y.t.Fatal(err)
	}
	here, err = y.l.Accept()
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() { there.Close() })
	there.SetDeadline(time.Now().Add(20 * time.Second))
	return here, there
}

// take has a socket taken over in one go.
func (y *yard) take(c net.Conn, greeting []byte, seat *live.Seat, gone func()) (Handle, error) {
	taken, err := y.loop.Take(c, greeting, seat, gone)
	if err != nil {
		return Handle{}, err
	}
	return taken.Hear(c), nil
}

// follow has a new socket taken over.
func (y *yard) follow(topic live.Topic) *peer {
	y.t.Helper()
	here, there := y.pair()
	p := &peer{t: y.t, conn: there.(*net.TCPConn), r: bufio.NewReader(there), gone: make(chan struct{})}
	var err error
	if p.h, err = y.take(here, []byte("hello"), y.hub.Join(topic), func() { close(p.gone) }); err != nil {
		y.t.Fatal(err)
	}
	here.Close()
	if b := make([]byte, 5); p.read(b) != nil || string(b) != "hello" {
		y.t.Fatalf("instead of the greeting came %q", b)
	}
	return p
}

func (p *peer) read(b []byte) error {
	_, err := io.ReadFull(p.r, b)
	return err
}

// next reads a frame.
func (p *peer) next() (op byte, payload string) {
	p.t.Helper()
	var head [2]byte
	if err := p.read(head[:]); err != nil {
		p.t.Fatalf("instead of a frame: %v", err)
	}
	n := int(head[1])
	switch n {
	case 126:
		var ext [2]byte
		p.read(ext[:])
		n = int(binary.BigEndian.Uint16(ext[:]))
	case 127:
		var ext [8]byte
		p.read(ext[:])
		n = int(binary.BigEndian.Uint64(ext[:]))
	}
	b := make([]byte, n)
	if err := p.read(b); err != nil || head[0]&0xf0 != 0x80 {
		p.t.Fatalf("a frame % x that ends with %v", head, err)
	}
	return head[0] & 15, string(b)
}

// until reads texts up to one that holds a word.
func (p *peer) until(word string) {
	p.t.Helper()
	for {
		if op, text := p.next(); op == opText && strings.Contains(text, word) {
			return
		}
	}
}

// closed reads up to the close frame and gives its code and reason.
func (p *peer) closed() (int, string) {
	p.t.Helper()
	for {
		if op, b := p.next(); op == opClose {
			return int(binary.BigEndian.Uint16([]byte(b))), b[2:]
		}
	}
}

func (y *yard) publish(topic live.Topic, view string) {
	y.seq++
	y.hub.Publish(topic, live.NewFrame(y.seq, y.seq, time.Unix(int64(y.seq), 0), "b", []byte(view)))
}

func (y *yard) open() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		y.t.Fatal(err)
	}
	return len(entries)
}

// waitFor calls a condition until it holds.
func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestFollowersOfATopicGetWhatIsPublished(t *testing.T) {
	onBothWays(t, Pace{}, func(t *testing.T, y *yard) {
		first := y.follow(hall)
		y.publish(hall, `{"n":1}`)
		first.until(`{"n":1}`)
		var all []*peer
		for range 200 { // more than a portion
			p := y.follow(hall)
			p.until(`{"n":1}`)
			all = append(all, p)
		}
		for n := 2; n < 6; n++ {
			y.publish(hall, fmt.Sprintf(`{"n":%d}`, n))
			for _, p := range all {
				p.until(fmt.Sprintf(`{"n":%d}`, n))
			}
		}
		if n := y.loop.Stats().Followers; n != 201 {
			t.Errorf("%d followers", n)
		}
	})
}

func TestMessagesOfAnyLengthArriveWhole(t *testing.T) {
	onBothWays(t, Pace{Pause: time.Millisecond}, func(t *testing.T, y *yard) {
		p := y.follow(hall)
		for _, n := range []int{0, 60, 126, 4000, 65_000, 66_000, 300_000} {
			view := fmt.Sprintf(`"%d%s"`, n, strings.Repeat("x", n))
			y.publish(hall, view)
			p.until(view)
		}
	})
}

// What is published while a topic is being written to reaches everybody, and
// nobody sees an older state after a newer one.
func TestEverybodyEndsWithTheNewest(t *testing.T) {
	onBothWays(t, Pace{Pause: time.Millisecond}, func(t *testing.T, y *yard) {
		var all []*peer
		for range 150 {
			all = append(all, y.follow(hall))
		}
		const last = 300
		go func() {
			for n := 1; n <= last; n++ {
				y.publish(hall, fmt.Sprintf(`{"n":%d}`, n))
			}
		}()
		for _, p := range all {
			for seen := 0; seen < last; {
				_, text := p.next()
				var n int
				if _, err := fmt.Sscanf(text[strings.Index(text, `{"n":`):], `{"n":%d}`, &n); err != nil || n <= seen {
					t.Fatalf("after %d came %s", seen, text)
				}
				seen = n
			}
		}
	})
}

func TestDesksAreWrittenToBeforeScreensAndThoseBeforePhones(t *testing.T) {
	l := &Loop{pace: Pace{}.Filled(), at: time.Hour}
	for _, k := range []live.Kind{live.Ticket, live.Office, live.Board, live.Supervisor, live.Desk} {
		l.news = append(l.news, &topic{loop: l, class: classOf(k)})
	}
	l.sort()
	if len(l.due[desks].topics) != 2 || len(l.due[screens].topics) != 1 || len(l.due[phones].topics) != 2 {
		t.Errorf("desks %d, screens %d, phones %d", len(l.due[desks].topics), len(l.due[screens].topics), len(l.due[phones].topics))
	}
}

func TestAPhoneGetsAtMostOneFrameInAPause(t *testing.T) {
	const pause = 80 * time.Millisecond
	onBothWays(t, Pace{Pause: pause}, func(t *testing.T, y *yard) {
		p, desk := y.follow(hall), y.follow(live.Topic{Kind: live.Desk, Office: "hall"})
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				y.publish(hall, fmt.Sprintf(`{"n":%d}`, n))
				y.publish(live.Topic{Kind: live.Desk, Office: "hall"}, fmt.Sprintf(`{"n":%d}`, n))
				time.Sleep(time.Millisecond)
			}
		}()
		defer func() { close(stop); <-done }()
		p.next()
		began := time.Now()
		for range 5 {
			p.next()
		}
		// The first of them may have been on its way already.
		if took := time.Since(began); took < 3*pause {
			t.Errorf("five frames in %v", took)
		}
		for range 5 {
			desk.next()
		}
	})
}

func TestASocketThatTakesNothingGetsTheNewestWhenItDoes(t *testing.T) {
	onBothWays(t, Pace{Pause: time.Millisecond}, func(t *testing.T, y *yard) {
		slow, quick := y.follow(hall), y.follow(hall)
		slow.conn.SetReadBuffer(2048)
		n := 0
		for y.loop.Stats().Full == 0 {
			n++
			y.publish(hall, fmt.Sprintf(`"%d%s"`, n, strings.Repeat("x", 60_000)))
			quick.until(fmt.Sprintf(`"%dx`, n))
		}
		for range 20 { // passed over
			n++
			y.publish(hall, fmt.Sprintf(`"%d%s"`, n, strings.Repeat("x", 1000)))
			quick.until(fmt.Sprintf(`"%dx`, n))
		}
		slow.conn.SetReadBuffer(1 << 20)
		took := 0
		for {
			took++
			if _, text := slow.next(); strings.Contains(text, fmt.Sprintf(`"%dx`, n)) {
				break
			}
		}
		if took > n-15 {
			t.Errorf("it got %d of %d frames", took, n)
		}
		n++
		y.publish(hall, fmt.Sprintf(`"%dx"`, n))
		slow.until(fmt.Sprintf(`"%dx`, n))
	})
}

func TestWhoTakesNothingForLongIsEnded(t *testing.T) {
	onBothWays(t, Pace{Tick: 10 * time.Millisecond, Full: 100 * time.Millisecond, Pause: time.Millisecond, Bye: 10 * time.Millisecond}, func(t *testing.T, y *yard) {
		slow := y.follow(hall)
		slow.conn.SetReadBuffer(2048)
		for n := 0; y.loop.Stats().Full == 0; n++ {
			y.publish(hall, fmt.Sprintf(`"%d%s"`, n, strings.Repeat("x", 60_000)))
			time.Sleep(time.Millisecond)
		}
		waitFor(t, "the end of who takes nothing", func() bool { return y.loop.Followers() == 0 })
		<-slow.gone
		if y.loop.Stats().Dropped != 1 {
			t.Errorf("%d dropped", y.loop.Stats().Dropped)
		}
	})
}

func TestAPhoneHearsAHeartWithinItsTime(t *testing.T) {
	onBothWays(t, Pace{Tick: 5 * time.Millisecond, HeartAfter: 50 * time.Millisecond, HeartBefore: 120 * time.Millisecond}, func(t *testing.T, y *yard) {
		began := time.Now()
		p := y.follow(hall)
		y.publish(hall, `{"n":1}`)
		p.until(`{"n":1}`)
		for range 5 {
			p.until(`"heart":true`)
		}
		// All together: one that is read late makes the next seem early.
		if silent := time.Since(began); silent < 5*30*time.Millisecond {
			t.Errorf("five hearts within %v", silent)
		}
		y.publish(hall, `{"n":2}`)
		p.until(`{"n":2}`)
	})
}

func TestABoardHearsNoHeartsButItsTopics(t *testing.T) {
	board := live.Topic{Kind: live.Board, Office: "hall", Name: "lobby"}
	y := newYard(t, Pace{Tick: time.Millisecond, HeartAfter: 2 * time.Millisecond, HeartBefore: 4 * time.Millisecond}, false)
	p, phone := y.follow(board), y.follow(hall)
	y.publish(board, `{"n":1}`)
	y.publish(hall, `{"n":1}`)
	for range 5 {
		phone.until(`"heart":true`)
	}
	y.publish(board, `{"n":2}`)
	p.until(`{"n":1}`)
	if _, text := p.next(); !strings.Contains(text, `{"n":2}`) {
		t.Errorf("the board heard %s", text)
	}
}

func TestEndSaysTheCodeAndIsForThatSocketAlone(t *testing.T) {
	onBothWays(t, Pace{Tick: 10 * time.Millisecond, Bye: 50 * time.Millisecond}, func(t *testing.T, y *yard) {
		p, other := y.follow(hall), y.follow(hall)
		y.loop.End(p.h, Closing{Code: 4100, Reason: "access ended"})
		y.loop.End(p.h, Closing{Code: 4000})
		if code, reason := p.closed(); code != 4100 || reason != "access ended" {
			t.Errorf("closed with %d %q", code, reason)
		}
		p.conn.Write(frame(0x88, "\x03\xe8"))
		<-p.gone
		// The slot is taken again; the old handle means nobody.
		next := y.follow(hall)
		y.loop.End(p.h, Closing{Code: 4100})
		y.publish(hall, `{"n":1}`)
		next.until(`{"n":1}`)
		other.until(`{"n":1}`)
	})
}

// An answer to a close frame is not waited for longer than the pace says.
func TestWhoDoesNotCloseIsCutOff(t *testing.T) {
	onBothWays(t, Pace{Tick: 5 * time.Millisecond, Bye: 20 * time.Millisecond}, func(t *testing.T, y *yard) {
		p := y.follow(hall)
		y.loop.End(p.h, Over)
		<-p.gone
		if code, _ := p.closed(); code != 4102 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestATopicThatEndsEndsItsSockets(t *testing.T) {
	onBothWays(t, Pace{}, func(t *testing.T, y *yard) {
		p := y.follow(hall)
		y.publish(hall, `{"n":1}`)
		p.until(`{"n":1}`)
		y.hub.End(hall, 100)
		if code, _ := p.closed(); code != Over.Code {
			t.Errorf("closed with %d", code)
		}
		late := y.follow(hall) // the topic is still ending
		if code, _ := late.closed(); code != Over.Code {
			t.Errorf("who came late is closed with %d", code)
		}
	})
}

func TestBytesThatCameWithTheHandshakeAreRead(t *testing.T) {
	y := newYard(t, Pace{}, false)
	here, there := y.pair()
	seat := y.hub.Join(hall)
	if _, err := y.take(buffered{here, bytes.NewReader(frame(0x89, "early"))}, nil, seat, nil); err != nil {
		t.Fatal(err)
	}
	here.Close()
	p := &peer{t: t, r: bufio.NewReader(there)}
	if op, text := p.next(); op != opPong || text != "early" {
		t.Errorf("answered with %d %q", op, text)
	}
}

// The first frame leaves at once. What comes until the server gives the socket
// away is not lost, and what is published meanwhile neither.
func TestASocketHasItsFirstFrameBeforeItIsHeard(t *testing.T) {
	onBothWays(t, Pace{Pause: time.Millisecond}, func(t *testing.T, y *yard) {
		other := y.follow(hall)
		y.publish(hall, "first")
		other.until("first")
		here, there := y.pair()
		taken, err := y.loop.Take(here, []byte("hello"), y.hub.Join(hall), nil)
		if err != nil {
			t.Fatal(err)
		}
		p := &peer{t: t, r: bufio.NewReader(there)}
		if b := make([]byte, 5); p.read(b) != nil || string(b) != "hello" {
			t.Fatalf("instead of the greeting came %q", b)
		}
		p.until("first")
		if _, err := there.Write(frame(0x89, "soon")); err != nil {
			t.Fatal(err)
		}
		y.publish(hall, "second")
		other.until("second")
		if n := y.loop.Followers(); n != 1 {
			t.Errorf("%d followers before it is heard", n)
		}
		taken.Hear(here)
		here.Close()
		p.until("second")
		if op, text := p.next(); op != opPong || text != "soon" {
			t.Errorf("answered with %d %q", op, text)
		}
	})
}

func TestASocketIsGoneThatIsHeardAfterTheEnd(t *testing.T) {
	y := newYard(t, Pace{}, false)
	here, there := y.pair()
	gone := false
	taken, err := y.loop.Take(here, nil, y.hub.Join(hall), func() { gone = true })
	if err != nil {
		t.Fatal(err)
	}
	y.loop.Close()
	taken.Hear(here)
	here.Close()
	if _, err := there.Read(make([]byte, 1)); err != io.EOF { // else a descriptor is left
		t.Errorf("its other side gets %v", err)
	}
	if !gone || y.hub.Seats()[live.Office] != 0 {
		t.Errorf("gone %v, seats %v", gone, y.hub.Seats())
	}
}

// buffered is a connection of which something was read already, as a server
// hands it over.
type buffered struct {
	net.Conn
	read *bytes.Reader
}

func (b buffered) NetConn() net.Conn { return b.Conn }

func (b buffered) Read(to []byte) (int, error) {
	if b.read.Len() > 0 {
		return b.read.Read(to)
	}
	return b.Conn.Read(to)
}

func TestOnlyPlainTCPIsTakenOver(t *testing.T) {
	y := newYard(t, Pace{}, false)
	here, _ := y.pair()
	defer here.Close()
	pipe, other := net.Pipe()
	defer pipe.Close()
	defer other.Close()
	for name, c := range map[string]net.Conn{"TLS": tls.Server(here, &tls.Config{}), "a pipe": pipe, "a pipe inside": buffered{Conn: pipe}} {
		seat := y.hub.Join(hall)
		if _, err := y.take(c, nil, seat, func() { t.Error("gone, and never taken") }); !errors.Is(err, ErrNotHere) {
			t.Errorf("%s: %v", name, err)
		}
		seat.Leave()
	}
}

func TestDrainTellsEachAndWaits(t *testing.T) {
	onBothWays(t, Pace{Tick: 10 * time.Millisecond, Bye: 50 * time.Millisecond}, func(t *testing.T, y *yard) {
		p, silent := y.follow(hall), y.follow(live.Topic{Kind: live.Desk, Office: "hall"})
		said := make(chan string, 2)
		for _, p := range []*peer{p, silent} {
			go func() {
				_, reason := p.closed()
				said <- reason
			}()
		}
		if err := y.loop.Drain(t.Context(), func(k live.Kind) Closing { return Closing{Code: 1012, Reason: string(k)} }); err != nil {
			t.Fatal(err)
		}
		if a, b := <-said, <-said; a == b {
			t.Errorf("both were told %q", a)
		}
		<-p.gone
		<-silent.gone
		here, there := y.pair()
		if _, err := y.take(here, nil, y.hub.Join(hall), nil); err != nil {
			t.Fatal(err)
		}
		here.Close()
		late := &peer{t: t, r: bufio.NewReader(there)}
		if code, _ := late.closed(); code != 1012 {
			t.Errorf("who came late is closed with %d", code)
		}
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	onBothWays(t, Pace{}, func(t *testing.T, y *yard) {
		before := y.open()
		var gone atomic.Int64
		for round := range 3 {
			var all []net.Conn
			for i := range 300 {
				here, there := y.pair()
				topic := live.Topic{Kind: live.Ticket, Name: fmt.Sprint(i)}
				if _, err := y.take(here, nil, y.hub.Join(topic), func() { gone.Add(1) }); err != nil {
					t.Fatal(err)
				}
				here.Close()
				all = append(all, there)
			}
			for i, c := range all {
				if i%2 == 0 {
					c.(*net.TCPConn).SetLinger(0)
				}
				c.Close()
			}
			waitFor(t, "all to be gone", func() bool { return gone.Load() == int64(300*(round+1)) })
		}
		waitFor(t, "the descriptors", func() bool { return y.open() <= before })
		if y.loop.Followers() != 0 || len(y.hub.WatchedTickets()) != 0 || y.hub.Seats()[live.Ticket] != 0 {
			t.Errorf("%d followers, %v seats are left", y.loop.Followers(), y.hub.Seats())
		}
		if n := len(*y.loop.slots.Load()) * slabSize; n > 3*slabSize {
			t.Errorf("%d slots for 300 sockets at a time", n)
		}
	})
}

func TestAfterCloseNothingIsTaken(t *testing.T) {
	y := newYard(t, Pace{}, true)
	p := y.follow(hall)
	y.loop.Close()
	<-p.gone
	here, _ := y.pair()
	defer here.Close()
	seat := y.hub.Join(hall)
	defer seat.Leave()
	if _, err := y.take(here, nil, seat, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if err := y.loop.Drain(t.Context(), nil); err != nil {
		t.Errorf("draining after the end: %v", err)
	}
}

// Whoever comes while the loop ends is taken and gone, or not taken at all.
func TestNobodyIsForgottenWhoComesWithTheEnd(t *testing.T) {
	for range 20 {
		y := newYard(t, Pace{}, false)
		before := y.open()
		var taken, gone atomic.Int64
		var pairs []net.Conn
		for range 40 {
			here, there := y.pair()
			pairs = append(pairs, here, there)
		}
		var coming sync.WaitGroup
		for i := 0; i < len(pairs); i += 2 {
			coming.Go(func() {
				seat := y.hub.Join(hall)
				if _, err := y.take(pairs[i], nil, seat, func() { gone.Add(1) }); err == nil {
					taken.Add(1)
				} else {
					seat.Leave()
				}
				pairs[i].Close()
			})
		}
		y.loop.Close()
		coming.Wait()
		for _, c := range pairs {
			c.Close()
		}
		if taken.Load() != gone.Load() || y.hub.Seats()[live.Office] != 0 {
			t.Fatalf("%d taken, %d gone, seats %v", taken.Load(), gone.Load(), y.hub.Seats())
		}
		waitFor(t, "the descriptors", func() bool { return y.open() <= before })
	}
}

// Whoever comes and goes while a topic is being written to: each member is
// visited exactly once in a pass, and those that stay are where they say.
func TestAPassVisitsEachMemberOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := new(Loop)
		l.mu.Lock()
		l.reserveLocked()
		l.mu.Unlock()
		top := &topic{loop: l}
		next := 0
		enter := func() {
			if next < slabSize {
				c := l.conn(uint32(next))
				c.state = used
				l.join(c, top)
				next++
			}
		}
		for range rapid.IntRange(0, 30).Draw(t, "at first") {
			enter()
		}
		visited := map[uint32]int{}
		began, left := next, map[uint32]bool{}
		for top.next < len(top.members) {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				if len(top.members) > 0 {
					slot := top.members[rapid.IntRange(0, len(top.members)-1).Draw(t, "who")]
					l.part(l.conn(slot))
					left[slot] = true
				}
			case 1:
				if next < began+20 {
					enter()
				}
			default:
				visited[top.members[top.next]]++
				top.next++
			}
		}
		for i, slot := range top.members {
			if l.conn(slot).index != uint32(i) || visited[slot] != 1 {
				t.Fatalf("%d stands at %d, not %d, and was visited %d times", slot, l.conn(slot).index, i, visited[slot])
			}
		}
		for slot := range uint32(began) {
			if !left[slot] && visited[slot] != 1 {
				t.Fatalf("%d was visited %d times", slot, visited[slot])
			}
		}
	})
}

func TestTheWheelLooksWhenItIsDueAndOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &Loop{pace: Pace{Tick: time.Second}.Filled(), tick: 1, at: time.Second}
		l.slots.Store(&[]*slab{new(slab)})
		l.pace.Full = 40 * time.Second
		c := l.conn(0)
		c.state, c.class = used, desks
		due := uint32(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0: // another has its slot
				*c = conn{state: used, class: desks, gen: c.gen + 1}
				due = 0
			case 1:
				n := uint32(rapid.IntRange(1, wheelSize-1).Draw(t, "ticks"))
				l.checkIn(c, n)
				if due == 0 || l.tick+n < due {
					due = l.tick + n
				}
			}
			l.at += time.Duration(rapid.IntRange(0, 30).Draw(t, "passes")) * time.Second
			l.turn()
			if due != 0 && l.tick >= due {
				due = 0
			}
			if c.check != due {
				t.Fatalf("at %d it is looked at in %d, not %d", l.tick, c.check, due)
			}
		}
	})
}

// A Close that comes to ring when the loop has ended already, or an order that
// does, must not write into a descriptor that somebody else has got since.
func TestNobodyRingsABellThatIsNotTheLoopsAnyMore(t *testing.T) {
	y := newYard(t, Pace{}, false)
	bell := y.loop.bell
	y.loop.Close()
	var other int
	var all []int
	defer func() {
		for _, fd := range all {
			unix.Close(fd)
		}
	}()
	for range 64 {
		fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, fd); fd == bell {
			other = fd
			break
		}
	}
	if other == 0 {
		t.Fatalf("nobody got descriptor %d", bell)
	}
	y.loop.rouseAlways()
	y.loop.asleep.Store(true)
	y.loop.End(Handle{}, Slow)
	var b [8]byte
	if _, err := unix.Read(other, b[:]); err != syscall.EAGAIN {
		t.Errorf("% x was written into a stranger's descriptor (%v)", b, err)
	}
}

func TestDrainReturnsWhenTheLoopEndsMeanwhile(t *testing.T) {
	y := newYard(t, Pace{}, false)
	hold, held := make(chan struct{}), make(chan struct{}, 2)
	for range 2 {
		here, _ := y.pair()
		if _, err := y.take(here, nil, y.hub.Join(hall), func() { held <- struct{}{}; <-hold }); err != nil {
			t.Fatal(err)
		}
		here.Close()
	}
	waitFor(t, "both", func() bool { return y.loop.Followers() == 2 })
	ctx, cancel := context.WithCancel(t.Context())
	said, drained := make(chan struct{}, 2), make(chan error, 1)
	go func() {
		drained <- y.loop.Drain(ctx, func(live.Kind) Closing { said <- struct{}{}; return Closing{Code: 1012} })
	}()
	<-said
	<-said
	go y.loop.Close()
	<-held // the loop obeys nobody any more, and one is still counted
	cancel()
	waitFor(t, "the order to cut", func() bool {
		y.loop.mu.Lock()
		defer y.loop.mu.Unlock()
		return len(y.loop.posted) > 0
	})
	close(hold)
	select {
	case <-drained:
	case <-time.After(5 * time.Second):
		t.Fatal("draining never ends")
	}
}

// Who cannot take the close frame just now gets it with what it has not taken
// yet: it carries the time to come back at.
func TestAFullSocketGetsItsCloseFrameWhenItDrains(t *testing.T) {
	for name, before := range map[string]state{"known to be full": used | full, "found to be full by it": used} {
		t.Run(name, func(t *testing.T) {
			pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(pair[0])
			defer unix.Close(pair[1])
			l := &Loop{pace: Pace{}.Filled(), tick: 1}
			l.epoll = -1
			l.mu.Lock()
			c := l.conn(l.reserveLocked().slot)
			l.mu.Unlock()
			c.fd, c.state = int32(pair[0]), before
			for l.send(c, []byte("x")) > 0 {
			}
			l.end(c, Closing{Code: 1012, Reason: "back in 5 ms"})
			got := make([]byte, 0, 1<<20)
			read := func() {
				for {
					n, err := unix.Read(pair[1], got[len(got):cap(got)])
					if n <= 0 || err != nil {
						return
					}
					got = got[:len(got)+n]
				}
			}
			read()
			if c.state&full == 0 {
				t.Fatal("nobody looks when it takes something again")
			}
			l.drained(c)
			read()
			if end := string(goodbye(Closing{Code: 1012, Reason: "back in 5 ms"})); strings.TrimLeft(string(got), "x") != end {
				t.Errorf("after the x came % x", strings.TrimLeft(string(got), "x"))
			}
		})
	}
}
