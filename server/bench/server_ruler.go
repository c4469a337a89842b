package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ruler is what the kernel costs and nothing else: accept4, one read, one send
// with the answer and the first state, one descriptor more in an epoll set; and
// for a message one send for each descriptor, from a frame made once. There is
// no parser and no care for anybody who is slow.
type ruler struct {
	listener, poll int
	first          []byte

	mu  sync.Mutex // held by publish while the loop waits, and the other way round
	fds []int32
	at  []int32 // by descriptor: where it stands in fds, counted from 1
}

func newRuler() server { return &ruler{at: make([]int32, 1<<15)} }

func (r *ruler) listen(first []byte) (string, error) {
	var err error
	if r.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return "", err
	}
	if err := unix.Bind(r.listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", err
	}
	// As Go's sockets have it; those that are accepted inherit it.
	if err := unix.SetsockoptInt(r.listener, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return "", err
	}
	if err := unix.Listen(r.listener, 4096); err != nil {
		return "", err
	}
	if r.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return "", err
	}
	if err := unix.EpollCtl(r.poll, unix.EPOLL_CTL_ADD, r.listener, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(r.listener)}); err != nil {
		return "", err
	}
	r.first = textFrame(first)
	name, err := unix.Getsockname(r.listener)
	if err != nil {
		return "", err
	}
	go r.loop()
	return fmt.Sprintf("127.0.0.1:%d", name.(*unix.SockaddrInet4).Port), nil
}

func (r *ruler) loop() {
	events := make([]unix.EpollEvent, 512)
	buf := make([]byte, 4096)
	for {
		n, err := unix.EpollWait(r.poll, events, -1)
		if err == unix.EINTR {
			continue
		}
		check(err)
		r.mu.Lock()
		for _, e := range events[:n] {
			if int(e.Fd) == r.listener {
				r.accept()
				continue
			}
			r.read(e.Fd, buf)
		}
		r.mu.Unlock()
	}
}

func (r *ruler) accept() {
	for range 256 {
		fd, _, errno := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(r.listener), 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		if errno != 0 {
			return
		}
		e := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
		syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(r.poll), unix.EPOLL_CTL_ADD, fd, uintptr(unsafe.Pointer(&e)), 0, 0)
	}
}

func (r *ruler) read(fd int32, buf []byte) {
	n, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	switch {
	case errno == unix.EAGAIN:
	case errno != 0 || n == 0:
		r.drop(fd)
	case r.at[fd] == 0:
		r.upgrade(fd, buf[:n])
	}
}

// keyHeader is the end of the header's name: clients differ in how they write
// its beginning.
var keyHeader = []byte("ocket-Key: ")

func (r *ruler) upgrade(fd int32, head []byte) {
	i := bytes.Index(head, keyHeader)
	if i < 0 || len(head) < i+len(keyHeader)+24 {
		unix.Close(int(fd))
		return
	}
	key := head[i+len(keyHeader):][:24]
	out := make([]byte, 0, 512)
	out = append(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	sum := sha1.Sum(append(append(out[len(out):], key...), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
	out = base64.StdEncoding.AppendEncode(out, sum[:])
	out = append(out, "\r\n\r\n"...)
	out = append(out, r.first...)
	send(fd, out)
	r.fds = append(r.fds, fd)
	r.at[fd] = int32(len(r.fds))
}

func (r *ruler) drop(fd int32) {
	unix.Close(int(fd))
	i := r.at[fd]
	if i == 0 {
		return
	}
	last := r.fds[len(r.fds)-1]
	r.fds[i-1] = last
	r.at[last] = i
	r.at[fd] = 0
	r.fds = r.fds[:len(r.fds)-1]
}

func (r *ruler) publish(message []byte) {
	frame := textFrame(message)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, fd := range r.fds {
		send(fd, frame)
	}
}

func (r *ruler) open() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.fds)
}

func send(fd int32, b []byte) {
	syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
}

// textFrame is a message as it goes over the socket from a server.
func textFrame(message []byte) []byte {
	var b []byte
	switch n := len(message); {
	case n < 126:
		b = append(b, 0x81, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x81, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x81, 127), uint64(n))
	}
	return append(b, message...)
}
