package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// task is a command to the load tool. Groups are crowds that are opened, frozen
// and closed together.
type task struct {
	Do      string   `json:"do"` // open, arm, await, close, freeze, thaw, count
	Group   int      `json:"group"`
	N       int      `json:"n,omitempty"`
	Address string   `json:"address,omitempty"`
	Paths   []string `json:"paths,omitempty"` // taken in turn
	Head    string   `json:"head,omitempty"`  // more lines of the request
	Hello   string   `json:"hello,omitempty"` // a message said after the upgrade
	Window  int      `json:"window,omitempty"`
	Receive int      `json:"receive,omitempty"` // bytes of the receive buffer; 0: the kernel's
	MinSeq  uint64   `json:"min_seq,omitempty"` // await only states that are so new, and no hearts
	Within  int64    `json:"within,omitempty"`  // nanoseconds
}

// opened is what came of open: all that were asked for have their first state
// or were refused.
type opened struct {
	Open    int            `json:"open"`
	Refused map[string]int `json:"refused"`
	Took    int64          `json:"took"`
	P50     int64          `json:"p50"` // from connect to the first state
	P99     int64          `json:"p99"`
}

func (o opened) refused() (n int) {
	for _, k := range o.Refused {
		n += k
	}
	return n
}

// awaited is what came of await.
type awaited struct {
	Got  int   `json:"got"`
	Last int64 `json:"last"` // when the last of them had it
}

// counted is how many are open and why others are not any more.
type counted struct {
	Open   int            `json:"open"`
	Frames int64          `json:"frames"`
	Lost   map[string]int `json:"lost"`
}

// Stages of a follower.
const (
	stageNone = iota
	stageConnecting
	stageAsked    // the request is out
	stageUpgraded // 101 came, the first state has not
	stageOpen
	stageFrozen
)

// phone is one follower on a raw socket.
type phone struct {
	stage uint8
	group uint8
	mark  uint32 // the arming whose message it has
	began int64
	path  int32
	rest  []byte // bytes of a frame that has not come whole
}

// loader is the town: one loop over one epoll set. It must cost less than any
// server it measures, so it looks at frames' heads and nothing more.
type loader struct {
	poll, wake int
	phones     []phone // by descriptor
	buf        []byte
	tasks      chan task
	address    unix.SockaddrInet4
	sources    int

	open    [16]int // by group
	lost    map[string]int
	frames  int64
	epoch   uint32
	minSeq  uint64
	got     int
	gone    int // of those awaited, lost since
	last    int64
	fresh   bool // somebody got it in this batch
	armed   int  // group
	task    *task
	until   int64
	started int
	flying  int
	result  opened
	times   []int64
	begun   int64
}

// load is the subprocess that stands for the town.
func load() error {
	l := &loader{phones: make([]phone, 1<<15), buf: make([]byte, 1<<16), tasks: make(chan task, 1), lost: map[string]int{}}
	var err error
	if l.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if l.wake, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		return err
	}
	if err := unix.EpollCtl(l.poll, unix.EPOLL_CTL_ADD, l.wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(l.wake)}); err != nil {
		return err
	}
	go l.read()
	return l.run()
}

// read hands tasks to the loop.
func (l *loader) read() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 8<<20)
	for in.Scan() {
		var t task
		if json.Unmarshal(in.Bytes(), &t) != nil {
			break
		}
		l.tasks <- t
		unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
	os.Exit(0) // whoever started us is gone or done, and the kernel closes all
}

func (l *loader) run() error {
	events := make([]unix.EpollEvent, 128)
	for {
		wait := -1
		if l.task != nil {
			wait = 20
		}
		n, err := unix.EpollWait(l.poll, events, wait)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range events[:n] {
			if int(e.Fd) == l.wake {
				unix.Read(l.wake, l.buf[:8])
				if err := l.begin(<-l.tasks); err != nil {
					return err
				}
				continue
			}
			l.event(e.Fd, e.Events)
		}
		if l.fresh {
			l.last, l.fresh = now(), false
		}
		if l.task != nil {
			if err := l.goOn(); err != nil {
				return err
			}
		}
	}
}

// begin starts a task; what is done at once is answered at once.
func (l *loader) begin(t task) error {
	switch t.Do {
	case "open":
		return l.beginOpen(t)
	case "await":
		l.task, l.until = &t, now()+t.Within
		return nil
	case "arm":
		l.epoch++
		l.armed, l.minSeq, l.got, l.gone, l.last = t.Group, t.MinSeq, 0, 0, 0
		return say(struct{}{})
	case "close", "freeze", "thaw":
		for fd := range l.phones {
			p := &l.phones[fd]
			if p.stage == stageNone || int(p.group) != t.Group {
				continue
			}
			switch {
			case t.Do == "close":
				l.vanish(int32(fd))
			case t.Do == "freeze" && p.stage == stageOpen:
				p.stage = stageFrozen
				unix.EpollCtl(l.poll, unix.EPOLL_CTL_DEL, fd, nil)
			case t.Do == "thaw" && p.stage == stageFrozen:
				p.stage = stageOpen
				unix.EpollCtl(l.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff, Fd: int32(fd)})
			}
		}
		return say(l.count(t.Group))
	case "count":
		return say(l.count(t.Group))
	}
	return fmt.Errorf("load does not know %q", t.Do)
}

func (l *loader) count(group int) counted {
	return counted{Open: l.open[group], Frames: l.frames, Lost: l.lost}
}

// goOn looks whether the task is done.
func (l *loader) goOn() error {
	t, over := l.task, now() > l.until
	switch t.Do {
	case "await":
		if over || l.got+l.gone >= t.N {
			l.task = nil
			return say(awaited{l.got, l.last})
		}
	case "open":
		for l.started < t.N && l.flying < t.Window && !over {
			l.connect(t)
		}
		if over || l.flying == 0 && l.started == t.N {
			l.task = nil
			l.giveUp()
			if n := t.N - l.result.Open - l.result.refused(); n > 0 {
				l.result.Refused["no answer in time"] += n
			}
			slices.Sort(l.times)
			if n := len(l.times); n > 0 {
				l.result.P50, l.result.P99 = l.times[n/2], l.times[n*99/100]
			}
			l.result.Took = now() - l.begun
			return say(l.result)
		}
	}
	return nil
}

// giveUp ends those whose answer did not come in time.
func (l *loader) giveUp() {
	if l.flying == 0 {
		return
	}
	for fd := range l.phones {
		if s := l.phones[fd].stage; s > stageNone && s < stageOpen {
			l.vanish(int32(fd))
		}
	}
	l.flying = 0
}

func (l *loader) beginOpen(t task) error {
	var port int
	if _, err := fmt.Sscanf(t.Address, "127.0.0.1:%d", &port); err != nil {
		return fmt.Errorf("address %q: %w", t.Address, err)
	}
	l.address = unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
	l.started, l.flying, l.times = 0, 0, l.times[:0]
	l.result = opened{Refused: map[string]int{}}
	l.task, l.begun = &t, now()
	l.until = l.begun + t.Within
	return nil
}

// perSource is how many come from one address: fewer than the product lets in.
const perSource = 200

func (l *loader) connect(t *task) {
	i := l.started
	l.started++
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		l.result.Refused["socket: "+err.Error()]++
		return
	}
	source := l.sources / perSource
	l.sources++
	unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	if t.Receive > 0 {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, t.Receive)
	}
	err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, byte(1 + source/50000%100), byte(1 + source/250%200), byte(1 + source%250)}})
	if err == nil {
		err = unix.Connect(fd, &l.address)
	}
	if err != nil && err != unix.EINPROGRESS {
		unix.Close(fd)
		l.result.Refused["connect: "+err.Error()]++
		return
	}
	l.phones[fd] = phone{stage: stageConnecting, group: uint8(t.Group), began: now(), path: int32(i % len(t.Paths))}
	l.flying++
	unix.EpollCtl(l.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff, Fd: int32(fd)})
}

// request is the handshake, always with the same key: nobody is to be protected
// from a cache here.
func (t *task) request(path int32) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", t.Paths[path], t.Address, t.Head)
	return []byte(b.String())
}

// accepted is the answer to that key.
const accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

// vanish ends a connection as a phone does that loses its network, only that
// the server hears of it: a reset, so that no port stays taken.
func (l *loader) vanish(fd int32) {
	p := &l.phones[fd]
	if p.stage == stageOpen || p.stage == stageFrozen {
		l.open[p.group]--
	}
	unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	unix.Close(int(fd))
	*p = phone{}
}

func (l *loader) recv(fd int32, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	return int(n), errno
}
