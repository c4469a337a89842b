package main

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// event is what the kernel said of one socket.
func (l *loader) event(fd int32, what uint32) {
	p := &l.phones[fd]
	if p.stage == stageNone {
		return // ended earlier in this batch
	}
	if p.stage == stageConnecting {
		if what&unix.EPOLLOUT == 0 || l.task == nil || l.task.Do != "open" {
			return
		}
		if code, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
			l.end(fd, "connect: "+unix.Errno(code).Error())
			return
		}
		send(fd, l.task.request(p.path))
		p.stage = stageAsked
	}
	if what&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) == 0 {
		return
	}
	for {
		n, errno := l.recv(fd, l.buf)
		switch {
		case errno == unix.EAGAIN:
			return
		case errno != 0:
			l.end(fd, errno.Error())
			return
		case n == 0:
			l.end(fd, "ended without a word")
			return
		}
		b := l.buf[:n]
		if p.rest != nil {
			b = append(p.rest, b...)
			p.rest = nil
		}
		if !l.bytes(fd, p, b) || p.stage == stageNone {
			return
		}
		if n < len(l.buf) && what&unix.EPOLLRDHUP == 0 {
			return // that was all
		}
	}
}

// bytes takes what came and keeps what is not whole. It says false when the
// connection has ended.
func (l *loader) bytes(fd int32, p *phone, b []byte) bool {
	if p.stage == stageAsked {
		end := bytes.Index(b, []byte("\r\n\r\n"))
		if end < 0 {
			p.rest = bytes.Clone(b)
			return true
		}
		if !bytes.HasPrefix(b, []byte("HTTP/1.1 101 ")) || !bytes.Contains(b[:end], []byte(accepted)) {
			l.end(fd, string(bytes.TrimPrefix(b[:min(12, end)], []byte("HTTP/1.1 "))))
			return false
		}
		p.stage = stageUpgraded
		if hello := l.hello(); hello != "" {
			send(fd, masked(1, []byte(hello)))
		}
		b = b[end+4:]
	}
	for {
		head, payload, whole := wholeFrame(b)
		if !whole {
			break
		}
		if !l.frame(fd, p, head, payload) {
			return false
		}
		b = b[frameLength(payload):]
	}
	if len(b) > 0 {
		p.rest = bytes.Clone(b)
	}
	return true
}

func (l *loader) hello() string {
	if l.task == nil {
		return ""
	}
	return l.task.Hello
}

func (l *loader) frame(fd int32, p *phone, first byte, payload []byte) bool {
	switch first & 0x0f {
	case 1, 2:
		l.frames++
		l.state(p, payload)
	case 8:
		code := 1005
		if len(payload) >= 2 {
			code = int(binary.BigEndian.Uint16(payload))
		}
		l.end(fd, fmt.Sprint("close ", code))
		return false
	case 9:
		send(fd, masked(10, payload))
	}
	return true
}

// state is a message that came to a phone.
func (l *loader) state(p *phone, payload []byte) {
	if p.stage == stageUpgraded {
		p.stage = stageOpen
		l.open[p.group]++
		l.flying--
		l.result.Open++
		l.times = append(l.times, now()-p.began)
	}
	if p.mark == l.epoch || int(p.group) != l.armed {
		return
	}
	if l.minSeq > 0 && (seqOf(payload) < l.minSeq || bytes.HasSuffix(payload, []byte(`"heart":true}`))) {
		return
	}
	p.mark = l.epoch
	l.got++
	l.fresh = true
}

var seqPrefix = []byte(`{"v":1,"seq":`)

// seqOf reads the number of a frame of ours, or 0.
func seqOf(payload []byte) (n uint64) {
	digits, ok := bytes.CutPrefix(payload, seqPrefix)
	if !ok {
		return 0
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// end forgets a connection that the other side ended or refused.
func (l *loader) end(fd int32, why string) {
	p := &l.phones[fd]
	switch p.stage {
	case stageOpen, stageFrozen:
		l.lost[why]++
		if int(p.group) == l.armed && p.mark != l.epoch {
			l.gone++
		}
		l.open[p.group]--
	default:
		l.flying--
		l.result.Refused[why]++
	}
	unix.Close(int(fd))
	*p = phone{}
}

// masked is a frame from a client; the mask is none, which is allowed to whoever
// has nothing to hide from a cache.
func masked(opcode byte, payload []byte) []byte {
	b := []byte{0x80 | opcode, 0x80 | byte(min(len(payload), 125)), 0, 0, 0, 0}
	return append(b, payload[:min(len(payload), 125)]...)
}
