package wire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"aufruf/server/live"
)

// system is what a Loop asks of the kernel.
type system struct {
	epoll  int
	bell   int  // an eventfd that wakes the goroutine
	deaf   bool // it is closed; guarded by the Loop's lock
	events [256]unix.EpollEvent
	buffer [16 << 10]byte // what is read, of any socket
}

// Open starts a loop. It returns ErrNotHere on systems without epoll.
func Open(opt Options) (*Loop, error) {
	l := &Loop{opt: opt, pace: opt.Pace.Filled(), start: opt.Now(), ended: make(chan struct{})}
	l.tick = 1
	l.start = l.start.Add(-l.pace.Tick)
	var err error
	if l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make an epoll set: %w", err)
	}
	if l.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		unix.Close(l.epoll)
		return nil, fmt.Errorf("make an eventfd: %w", err)
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: -1}
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, l.bell, &ev); err != nil {
		unix.Close(l.epoll)
		unix.Close(l.bell)
		return nil, fmt.Errorf("watch an eventfd: %w", err)
	}
	if opt.Ring {
		if l.ring, err = newRing(portion); err != nil {
			opt.Log.Debug("no io_uring; messages are written one call each", "error", err)
		}
	}
	go l.run()
	return l, nil
}

// Ringing says whether messages are written through io_uring.
func (l *Loop) Ringing() bool { return l.ring != nil }

// Take takes a socket over from whoever read its handshake: the loop works on a
// duplicate of the descriptor. greeting, the answer to the handshake, leaves in
// one segment with the seat's newest frame; it may be nil where it has left
// already. From then on the seat is the loop's, and the caller has to call Hear.
// gone is called once, when the socket has ended, on the loop's goroutine, and
// must not wait for it. On an error nothing has changed and nothing was sent:
// ErrNotHere where it is not plain TCP, ErrClosed after Close, or the kernel's,
// such as when there is no descriptor left.
func (l *Loop) Take(c net.Conn, greeting []byte, seat *live.Seat, gone func()) (*Taken, error) {
	tcp := plain(c)
	if tcp == nil {
		return nil, ErrNotHere
	}
	l.mu.Lock()
	closing := l.closing
	l.mu.Unlock()
	if closing {
		return nil, ErrClosed
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd, err := duplicate(raw)
	if err != nil {
		return nil, fmt.Errorf("duplicate a descriptor: %w", err)
	}
	l.tune(fd)
	return &Taken{loop: l, tcp: tcp, fd: fd, seat: seat, topic: l.topicOf(seat), gone: gone, rest: l.greet(fd, greeting, seat)}, nil
}

// Hear gives the socket to the loop, which reads it from now on, and closes the
// connection that was given to Take. What was read with the handshake and not
// used by it is taken from c, which is that connection as its server gives it
// away. It is called once.
//
// A server gives it away on a goroutine that is as young as its stack is small,
// 2 kB, of which little more than one is to be had. So nothing here nests deeply
// or has large frames: a stack that grows is a tenth of a connect.
func (t *Taken) Hear(c net.Conn) Handle {
	t.tcp.Close() // from now on c gives what is in memory already and nothing else
	for t.came(c.Read(t.piece[:])) {
	}
	return t.loop.hand(t)
}

// came keeps what was read and says whether there may be more.
func (t *Taken) came(n int, err error) bool {
	t.early = append(t.early, t.piece[:n]...)
	return n > 0 && err == nil
}

// hand gives a socket to the goroutine.
func (l *Loop) hand(t *Taken) Handle {
	l.mu.Lock()
	if l.closing { // taken, and over with all others
		l.mu.Unlock()
		t.over()
		return Handle{}
	}
	h := l.reserveLocked()
	l.posted = append(l.posted, order{handle: h, come: t})
	l.mu.Unlock()
	// In a storm a wake for each socket would cost a third of the socket.
	if !l.soon.Load() || t.early != nil || t.rest != nil || t.seat.Behind() {
		l.rouse()
	}
	return h
}

// over ends a socket that the loop does not take any more.
func (t *Taken) over() {
	unix.Close(t.fd)
	t.seat.Leave()
	if t.gone != nil {
		t.gone()
	}
}

// duplicate gives a second descriptor of a connection. For a moment each socket
// has two: where a crowd leaves none, those that are being closed are waited
// for.
func duplicate(raw syscall.RawConn) (fd int, err error) {
	for range 50 {
		if ctl := raw.Control(func(from uintptr) {
			fd, err = unix.FcntlInt(from, unix.F_DUPFD_CLOEXEC, 0)
		}); ctl != nil {
			return -1, ctl
		}
		if !errors.Is(err, syscall.EMFILE) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return fd, err
}

// greet writes what a socket gets first and returns what of it was not taken.
// It runs in the caller's goroutine, so that it is not slower than the answer
// to the handshake alone.
func (l *Loop) greet(fd int, greeting []byte, seat *live.Seat) (rest []byte) {
	room := rooms.Get().(*[]byte)
	b := append((*room)[:0], greeting...)
	defer func() {
		*room = b
		rooms.Put(room)
	}()
	if f, ok, _ := seat.Newest(); ok { // at its end the topic says so to the goroutine
		b = textFrame(b, f.Wire)
		l.stats.frames.Add(1)
		l.stats.bytes.Add(uint64(len(b) - len(greeting)))
	}
	if len(b) == 0 {
		return nil
	}
	// Where the kernel takes nothing or the socket has ended, the goroutine
	// finds out by itself.
	n := max(sendTo(fd, b), 0)
	if n == len(b) {
		return nil
	}
	return append([]byte(nil), b[n:]...)
}

// rooms are for what sockets get first.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// plain is the TCP connection under what a server hands over, nil where there
// is something between that changes the bytes.
func plain(c net.Conn) *net.TCPConn {
	for {
		switch under := c.(type) {
		case *net.TCPConn:
			return under
		case *tls.Conn:
			return nil
		case interface{ UnsafeConn() net.Conn }: // fasthttp's after an upgrade
			c = under.UnsafeConn()
		case interface{ NetConn() net.Conn }:
			c = under.NetConn()
		default:
			return nil
		}
	}
}

// tune makes a socket fit for following. What is not acknowledged for long ends
// the socket, and nothing new is queued in the kernel behind what has not left
// yet: so who is slow gets the newest. Keep-alives of the kernel killed healthy
// sockets when there were very many, and hearts do the same work; whoever listens
// turns them off, for all connections at once (door.Listen).
func (l *Loop) tune(fd int) {
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(l.pace.Lost/time.Millisecond))
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, 1)
}

// wake rings with the Loop locked: once the goroutine has closed its bell, the
// number is somebody else's.
func (l *Loop) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deaf {
		return
	}
	one := uint64(1)
	syscall.RawSyscall(syscall.SYS_WRITE, uintptr(l.bell), uintptr(unsafe.Pointer(&one)), 8)
}

// run is the loop's goroutine.
func (l *Loop) run() {
	defer close(l.ended)
	defer l.tidied.Wait()
	for {
		l.at = l.opt.Now().Sub(l.start)
		l.turn()
		l.tidy()
		if !l.obey() {
			l.dropAll()
			unix.Close(l.epoll)
			l.mu.Lock()
			l.deaf = true
			unix.Close(l.bell)
			l.mu.Unlock()
			l.ring.close()
			return
		}
		l.sort()
		more := l.fan()
		l.poll(more)
		if more {
			runtime.Gosched() // a portion is long for who shares this core
		}
	}
}

// obey does what others asked for; false: the loop is to end.
func (l *Loop) obey() bool {
	l.mu.Lock()
	orders, closing := l.posted, l.closing
	l.posted = l.done[:0]
	l.mu.Unlock()
	before := l.came
	for _, o := range orders {
		switch {
		case o.do != nil:
			o.do()
		case o.come != nil:
			l.came++
			l.welcome(o.handle, o.come)
		default:
			if c := l.named(o.handle); c != nil {
				l.end(c, o.close)
			}
		}
	}
	if l.came > before {
		l.greets = l.at + welcomeEvery
	}
	clear(orders)
	if l.done = orders; cap(orders) > 1024 {
		l.done = nil
	}
	return !closing
}

// welcomeEvery is how long a socket may wait until the loop reads it, if others
// came just before. It has its first frame by then.
const welcomeEvery = 10 * time.Millisecond

// A handshake leaves some ten thousand bytes of garbage, and a storm of them a
// heap that stays as large as all of them for minutes. When it has been quiet
// for tidyAfter, and crowd came before, the memory is given back.
const (
	crowd     = 1000
	tidyAfter = 5 * time.Second
)

func (l *Loop) tidy() {
	if l.came < crowd || l.at < l.greets+tidyAfter {
		return
	}
	l.came = 0
	l.tidied.Go(debug.FreeOSMemory)
}

// poll reads what has come, waiting for it unless there is more to do.
func (l *Loop) poll(more bool) {
	wait := 0
	if !more {
		wait = l.sleep()
	}
	n := l.wait(wait)
	l.asleep.Store(false)
	for i := range n {
		ev := &l.events[i]
		if ev.Fd < 0 {
			var b [8]byte
			unix.Read(l.bell, b[:])
			continue
		}
		if c := l.named(Handle{uint32(ev.Fd), uint32(ev.Pad)}); c != nil {
			l.happened(c, ev.Events)
		}
	}
}

// sleep says for how many milliseconds the goroutine may: until the next tick,
// or until a phone's topic may be written to again.
func (l *Loop) sleep() int {
	until := l.pace.Tick - l.at%l.pace.Tick
	if !l.later.empty() {
		until = min(until, l.later.first().began+l.pace.Pause-l.at)
	}
	if l.greets > l.at {
		until = min(until, l.greets-l.at)
	}
	l.soon.Store(l.greets > l.at)
	l.asleep.Store(true)
	l.mu.Lock()
	busy := len(l.news) > 0 || l.closing || len(l.posted) > 0 && !l.soon.Load()
	l.mu.Unlock()
	if busy {
		return 0
	}
	return int((max(until, 0) + time.Millisecond - 1) / time.Millisecond)
}

// wait asks the kernel what has happened. Only a call that may take long tells
// Go's scheduler about it.
func (l *Loop) wait(ms int) int {
	call := syscall.Syscall6
	if ms == 0 {
		call = syscall.RawSyscall6
	}
	n, _, errno := call(syscall.SYS_EPOLL_PWAIT, uintptr(l.epoll), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), uintptr(ms), 0, 0)
	if errno != 0 {
		return 0 // interrupted
	}
	return int(n)
}

// happened reads from a socket, or goes on writing to it.
func (l *Loop) happened(c *conn, events uint32) {
	gen := c.gen
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP) != 0 {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&l.buffer[0])), uintptr(len(l.buffer)))
		switch {
		case errno == syscall.EAGAIN || errno == syscall.EINTR:
		case errno != 0 || n == 0:
			l.drop(c)
		default:
			l.hear(c, l.buffer[:n])
		}
	} else if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		l.drop(c)
	}
	if c.gen == gen && c.state&full != 0 && events&unix.EPOLLOUT != 0 {
		l.drained(c)
	}
}

// send writes to a socket what it takes at once: the number of bytes, or an
// error's number below zero. The call is short, so Go's scheduler need not know.
func (l *Loop) send(c *conn, b []byte) int { return sendTo(int(c.fd), b) }

func sendTo(fd int, b []byte) int {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
		switch errno {
		case 0:
			return int(n)
		case syscall.EINTR:
		default:
			return -int(errno)
		}
	}
}

// again reports whether a write was refused only for now.
func again(n int) bool {
	return n == -int(syscall.EAGAIN) || n == -int(syscall.ENOBUFS) || n == -int(syscall.ENOMEM)
}

// watch puts a socket into the kernel's set.
func (l *Loop) watch(c *conn) bool {
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP, Fd: int32(c.slot), Pad: int32(c.gen)}
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, int(c.fd), &ev) == nil
}

// rewatch says whether the kernel is to tell when the socket takes more.
func (l *Loop) rewatch(c *conn, writable bool) {
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP, Fd: int32(c.slot), Pad: int32(c.gen)}
	if writable {
		ev.Events |= unix.EPOLLOUT
	}
	unix.EpollCtl(l.epoll, unix.EPOLL_CTL_MOD, int(c.fd), &ev)
}

// hush ends our side, so that the other ends its own.
func (l *Loop) hush(c *conn) { unix.Shutdown(int(c.fd), unix.SHUT_WR) }

// shut closes a socket. What one that took nothing has in the kernel is thrown
// away.
func (l *Loop) shut(c *conn) {
	if c.state&full != 0 {
		unix.SetsockoptLinger(int(c.fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	// The server's own descriptor may still be open for a moment.
	unix.EpollCtl(l.epoll, unix.EPOLL_CTL_DEL, int(c.fd), nil)
	unix.Close(int(c.fd))
}

var errNoRing = errors.New("io_uring is not to be had")
