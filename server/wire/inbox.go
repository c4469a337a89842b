package wire

import (
	"encoding/binary"
	"unicode/utf8"
)

// Bounds of what a follower may send. It has nothing to say but pongs and a
// close, so they are small.
const (
	maxMessage = 4 << 10 // bytes of a message in all its frames
	maxControl = 125     // bytes of a ping, pong or close, RFC 6455 5.5
	maxHeader  = 14      // two bytes, eight of length, four of mask

	// burst frames may come at once, and perSecond more each second. Our pings
	// ask for one pong in half a minute; a browser sends nothing else.
	burst     = 100
	perSecond = 2
)

// Opcodes, RFC 6455 5.2.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// Close codes that the parser gives.
const (
	codeProtocol = 1002
	codeText     = 1007
	codePolicy   = 1008
	codeTooBig   = 1009
)

// inbox is what is known of a follower's unfinished frame or message; nil
// while there is none, so that who is silent or sends whole frames costs
// nothing. A message is never kept: it only matters how long it is and whether
// it is UTF-8.
type inbox struct {
	head   [maxHeader]byte // of the frame, as far as it has come
	has    uint8           // how much of head has come
	turn   uint8           // which byte of the mask is next
	open   bool            // a message has begun and its last frame has not ended
	text   textCheck       // of the message
	binary bool            // the message is not text
	left   uint16          // bytes of the frame's payload that are still to come
	size   uint16          // bytes of the message in all headers so far
	// control is the payload of a ping or close that came in pieces.
	control []byte
}

// allowance bounds how many frames a follower sends. The zero value is a full
// one. It is eight bytes, because every follower has one.
type allowance struct {
	second uint32 // when it was last looked at, on the caller's clock
	spent  uint8  // frames of the burst
}

// renew gives back what the time since the last look has earned. second
// counts whole seconds from any start and never falls.
func (a *allowance) renew(second uint32) {
	if earned := uint64(second-a.second) * perSecond; earned < uint64(a.spent) {
		a.spent -= uint8(earned)
	} else {
		a.spent = 0
	}
	a.second = second
}

// spend takes one frame of the burst and says whether there was one.
func (a *allowance) spend() bool {
	if a.spent >= burst {
		return false
	}
	a.spent++
	return true
}

// feed takes the next bytes from the follower, in any pieces. It gives what is
// to be kept until more come, nil where nothing has begun, and how the socket
// is to be closed; while end.Code is 0 it goes on. After an end the socket's
// bytes are of no interest any more.
//
// b is unmasked in place and not kept. ping is called for each ping, with its
// payload inside b or the inbox: it is to be sent or copied before ping
// returns. The caller renews the allowance before.
func (in *inbox) feed(b []byte, a *allowance, ping func(payload []byte)) (rest *inbox, end Closing) {
	var now inbox // on the stack: most frames come whole
	if in != nil {
		now = *in
	}
	for {
		var whole bool
		b, whole, end = now.header(b, a)
		if end.Code != 0 {
			return nil, end
		}
		if !whole {
			break
		}
		b, whole, end = now.payload(b, ping)
		if end.Code != 0 {
			return nil, end
		}
		if !whole {
			break
		}
		if !now.open {
			in = nil // what had begun has ended
		}
	}
	if now.has == 0 && !now.open {
		return nil, Closing{}
	}
	if in == nil {
		in = new(inbox)
	}
	*in = now
	return in, Closing{}
}

// wants is how long the frame's header is, as far as can be told.
func (in *inbox) wants() uint8 {
	if in.has < 2 {
		return 2
	}
	return 2 + in.extended() + 4
}

// extended is how many bytes of length follow the first two.
func (in *inbox) extended() uint8 {
	switch in.head[1] & 0x7f {
	case 126:
		return 2
	case 127:
		return 8
	}
	return 0
}

func (in *inbox) op() byte  { return in.head[0] & 0x0f }
func (in *inbox) fin() bool { return in.head[0]&0x80 != 0 }

// header takes bytes of the frame's header. What is against the rules is found
// at the first byte that shows it: nobody is waited for who is refused anyway.
func (in *inbox) header(b []byte, a *allowance) (rest []byte, whole bool, end Closing) {
	for in.has < in.wants() {
		if len(b) == 0 {
			return b, false, Closing{}
		}
		in.head[in.has] = b[0]
		in.has++
		b = b[1:]
		if in.has == 2 {
			if end := in.start(a); end.Code != 0 {
				return b, false, end
			}
		}
		if in.has >= 2 && in.has == 2+in.extended() {
			if end := in.length(); end.Code != 0 {
				return b, false, end
			}
		}
	}
	return b, true, Closing{}
}

// start looks at the first two bytes of a frame.
func (in *inbox) start(a *allowance) Closing {
	op, control := in.op(), in.op() >= opClose
	switch {
	case in.head[0]&0x70 != 0:
		return Closing{Code: codeProtocol, Reason: "reserved bit"}
	case op > opBinary && op < opClose || op > opPong:
		return Closing{Code: codeProtocol, Reason: "unknown opcode"}
	case in.head[1]&0x80 == 0:
		return Closing{Code: codeProtocol, Reason: "not masked"}
	case control && !in.fin():
		return Closing{Code: codeProtocol, Reason: "control frame in fragments"}
	case control && in.head[1]&0x7f > maxControl:
		return Closing{Code: codeProtocol, Reason: "control frame too long"}
	case op == opContinuation && !in.open:
		return Closing{Code: codeProtocol, Reason: "continues no message"}
	case (op == opText || op == opBinary) && in.open:
		return Closing{Code: codeProtocol, Reason: "message inside a message"}
	case op != opClose && !a.spend():
		return Closing{Code: codePolicy, Reason: "too many frames"}
	}
	if op == opText || op == opBinary {
		in.open, in.binary = true, op == opBinary
	}
	return Closing{}
}

// length looks at the payload's length, which has just come.
func (in *inbox) length() Closing {
	n := uint64(in.head[1] & 0x7f)
	least := uint64(0)
	switch n {
	case 126:
		n, least = uint64(binary.BigEndian.Uint16(in.head[2:])), 126
	case 127:
		n, least = binary.BigEndian.Uint64(in.head[2:]), 1<<16
	}
	switch {
	case n < least:
		return Closing{Code: codeProtocol, Reason: "length not in its shortest form"}
	case n>>63 != 0:
		return Closing{Code: codeProtocol, Reason: "length out of range"}
	case in.op() >= opClose:
	case n > maxMessage-uint64(in.size):
		return Closing{Code: codeTooBig, Reason: "message too long"}
	default:
		in.size += uint16(n)
	}
	in.left = uint16(n)
	return Closing{}
}

// payload takes bytes of the frame's payload; with its last it ends the frame.
func (in *inbox) payload(b []byte, ping func([]byte)) (rest []byte, whole bool, end Closing) {
	n := min(int(in.left), len(b))
	piece, rest := b[:n], b[n:]
	in.unmask(piece)
	in.left -= uint16(n)
	switch control := in.op() >= opClose; {
	case !control && !in.binary:
		in.text.feed(piece)
	case control && in.op() != opPong && (in.left > 0 || in.control != nil):
		if in.control == nil {
			in.control = make([]byte, 0, n+int(in.left))
		}
		in.control = append(in.control, piece...)
		piece = in.control
	}
	if in.left > 0 {
		return rest, false, Closing{}
	}
	switch in.op() {
	case opPing:
		ping(piece)
	case opPong:
	case opClose:
		return rest, false, closed(piece)
	default:
		if in.fin() {
			return rest, false, in.message()
		}
	}
	in.has, in.turn, in.control = 0, 0, nil
	return rest, true, Closing{}
}

func (in *inbox) unmask(piece []byte) {
	if len(piece) == 0 {
		return
	}
	mask := in.head[in.has-4 : in.has]
	for i := range piece {
		piece[i] ^= mask[(int(in.turn)+i)&3]
	}
	in.turn = uint8(int(in.turn)+len(piece)) & 3
}

// message is the answer to a whole one.
func (in *inbox) message() Closing {
	if !in.binary && !in.text.whole() {
		return Closing{Code: codeText, Reason: "not UTF-8"}
	}
	return Closing{Code: codePolicy, Reason: "followers send nothing"}
}

// closed is the answer to a close frame with this payload, RFC 6455 5.5.1:
// the same code, or none where none came.
func closed(payload []byte) Closing {
	if len(payload) == 0 {
		return Closing{Code: NoCode, Answered: true}
	}
	if len(payload) == 1 {
		return Closing{Code: codeProtocol, Reason: "half a close code", Answered: true}
	}
	code := int(binary.BigEndian.Uint16(payload))
	switch {
	case !mayClose(code):
		return Closing{Code: codeProtocol, Reason: "no such close code", Answered: true}
	case !utf8.Valid(payload[2:]):
		return Closing{Code: codeText, Reason: "not UTF-8", Answered: true}
	}
	return Closing{Code: code, Answered: true}
}

// mayClose says whether a close frame may carry the code, RFC 6455 7.4 and the
// registry it founded. 1004, 1005, 1006 and 1015 are never sent.
func mayClose(code int) bool {
	switch code {
	case 1004, 1005, 1006:
		return false
	}
	return code >= 1000 && code <= 1014 || code >= 3000 && code <= 4999
}

// textCheck says of a text that comes in pieces whether it is UTF-8. It keeps
// the beginning of one character at most.
type textCheck struct {
	part [utf8.UTFMax - 1]byte // a character that has begun
	has  uint8
	bad  bool
}

func (t *textCheck) feed(b []byte) {
	for t.has > 0 && len(b) > 0 && !t.bad {
		var r [utf8.UTFMax]byte
		n := copy(r[:], t.part[:t.has])
		r[n] = b[0]
		b = b[1:]
		switch char := r[:n+1]; {
		case !utf8.FullRune(char):
			t.has = uint8(copy(t.part[:], char))
		default:
			t.bad = !utf8.Valid(char)
			t.has = 0
		}
	}
	if t.bad {
		return
	}
	// A character that the end of b cuts begins in its last three bytes.
	for i := max(0, len(b)-len(t.part)); i < len(b); i++ {
		if utf8.RuneStart(b[i]) && !utf8.FullRune(b[i:]) {
			t.has = uint8(copy(t.part[:], b[i:]))
			b = b[:i]
			break
		}
	}
	t.bad = !utf8.Valid(b)
}

// whole says whether what came so far is UTF-8 and ends with a whole character.
func (t *textCheck) whole() bool { return !t.bad && t.has == 0 }
