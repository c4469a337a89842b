package wire

import (
	"slices"

	"aufruf/server/live"
)

// slabSize is how many sockets are allocated at once: they stay where they
// are, and a process with few has few.
const slabSize = 128

type slab [slabSize]conn

// conn is one socket. It is the goroutine's, except for gen, which changes
// with the Loop locked. Its fields stand so that nothing is lost between them.
type conn struct {
	seat  live.Seat
	topic *topic
	inbox *inbox
	rest  *rest // what of a message was not taken
	gone  func()
	fd    int32
	gen   uint32 // of the slot; changes when the socket is gone
	slot  uint32
	index uint32 // among the topic's members
	check uint32 // tick at which the wheel looks at it; 0: not at all
	said  uint32 // tick of the last message; of a full one, at which it took no more
	heard uint32 // tick at which an unfinished message began
	allowance
	state state
	class class
}

// state is what is special about a socket.
type state uint8

const (
	used   state = 1 << iota
	full         // took no more; waits until it has drained
	ending       // a close frame was sent or waits to be
)

// rest is what could not be written yet.
type rest struct {
	bytes []byte // the end of a message that has begun
	bye   []byte // the close frame that follows
}

func (l *Loop) conn(slot uint32) *conn { return &(*l.slots.Load())[slot/slabSize][slot%slabSize] }

// named gives the socket of a handle, nil if it has gone.
func (l *Loop) named(h Handle) *conn {
	c := l.conn(h.slot)
	if c.gen != h.gen || c.state == 0 {
		return nil
	}
	return c
}

// reserve takes a slot for a new socket.
func (l *Loop) reserveLocked() Handle {
	if len(l.free) == 0 {
		var all []*slab // a new list, since the goroutine reads the old one
		if old := l.slots.Load(); old != nil {
			all = *old
		}
		s, first := new(slab), uint32(len(all)*slabSize)
		for i := range s {
			s[i].slot = first + uint32(i)
			l.free = append(l.free, first+uint32(slabSize-1-i))
		}
		all = append(slices.Clip(all), s)
		l.slots.Store(&all)
	}
	slot := l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	return Handle{slot, l.conn(slot).gen}
}

// every calls do for all sockets.
func (l *Loop) every(do func(*conn)) {
	slabs := l.slots.Load()
	if slabs == nil {
		return
	}
	for _, s := range *slabs {
		for i := range s {
			if c := &s[i]; c.state != 0 {
				do(c)
			}
		}
	}
}

func (l *Loop) dropAll() {
	l.every(l.drop)
}

// welcome takes a socket that has come over: into the kernel's set, and to its
// topic. It has its first frame already, and gets what came since.
func (l *Loop) welcome(h Handle, in *Taken) {
	c := l.conn(h.slot)
	c.fd, c.state, c.class = int32(in.fd), used, in.topic.class
	c.allowance = allowance{}
	c.seat, c.gone = *in.seat, in.gone
	c.said = l.tick
	l.count[c.class].Add(1)
	l.join(c, in.topic)
	if !l.watch(c) {
		l.drop(c)
		return
	}
	if in.rest != nil {
		c.rest = &rest{bytes: in.rest}
		l.fill(c)
	}
	if l.drain != nil {
		l.end(c, l.drain(c.seat.Topic().Kind))
		return
	}
	if c.class == phones {
		l.checkIn(c, l.heartIn())
	}
	l.give(c)
	if c.state != 0 && len(in.early) > 0 {
		l.hear(c, in.early)
	}
}

// drop ends a socket at once.
func (l *Loop) drop(c *conn) {
	if c.state == 0 {
		return
	}
	l.part(c)
	l.shut(c)
	c.seat.Leave()
	gone := c.gone
	l.count[c.class].Add(-1)
	*c = conn{slot: c.slot, gen: c.gen}
	l.mu.Lock()
	c.gen++
	l.free = append(l.free, c.slot)
	l.mu.Unlock()
	if gone != nil {
		gone()
	}
}

// give writes what the socket's topic has and it has not taken.
func (l *Loop) give(c *conn) {
	if c.state&(full|ending) != 0 {
		return
	}
	f, ok, err := c.seat.Newest()
	switch {
	case err != nil:
		l.end(c, Over)
	case ok:
		l.write(c, l.pack(f.Wire))
	}
}

// write writes one message now.
func (l *Loop) write(c *conn, b []byte) { l.wrote(c, b, l.send(c, b)) }

// wrote goes on after a message or as much of it as the kernel took; n < 0 is
// an error's number.
func (l *Loop) wrote(c *conn, b []byte, n int) {
	switch {
	case n == len(b):
		l.stats.frames.Add(1)
		l.stats.bytes.Add(uint64(n))
		c.said = l.tick
	case n >= 0:
		c.rest = &rest{bytes: append([]byte(nil), b[n:]...)}
		l.stats.frames.Add(1)
		l.stats.bytes.Add(uint64(len(b)))
		l.fill(c)
	case again(n):
		c.seat.Again()
		l.fill(c)
	default:
		l.drop(c)
	}
}

// fill marks a socket that took no more.
func (l *Loop) fill(c *conn) {
	if c.state&full != 0 {
		return
	}
	l.stats.full.Add(1)
	c.state |= full
	c.said = l.tick
	l.rewatch(c, true)
	l.checkIn(c, l.ticks(l.pace.Full))
}

// drained goes on with a socket that takes something again.
func (l *Loop) drained(c *conn) {
	if r := c.rest; r != nil && len(r.bytes) > 0 {
		n := l.send(c, r.bytes)
		switch {
		case n == len(r.bytes):
			r.bytes = nil
		case n >= 0:
			r.bytes = r.bytes[n:]
			return
		case again(n):
			return
		default:
			l.drop(c)
			return
		}
	}
	bye := c.rest
	c.rest = nil
	c.state &^= full
	c.said = l.tick
	l.rewatch(c, false)
	if c.state&ending != 0 {
		if bye != nil && bye.bye != nil {
			l.farewell(c, bye.bye)
		}
		return
	}
	l.give(c)
	if c.state != 0 && c.state&(full|ending) == 0 && c.class == phones {
		l.checkIn(c, l.heartIn())
	}
}

// end says goodbye to a socket: with a close frame, and then a while for the
// other side to close, since ending at once while it sends would reset the
// connection and lose the frame.
func (l *Loop) end(c *conn, why Closing) {
	if c.state == 0 || c.state&ending != 0 {
		return
	}
	c.state |= ending
	c.heard = 0
	l.part(c)
	bye := goodbye(why)
	if c.state&full != 0 { // it must not be put inside a message
		if c.rest == nil {
			c.rest = new(rest)
		}
		c.rest.bye = bye
	} else {
		l.farewell(c, bye)
	}
	if c.state != 0 {
		c.check = 0
		l.checkIn(c, l.ticks(l.pace.Bye)+1)
		if why.Answered {
			l.hush(c)
		}
	}
}

func (l *Loop) farewell(c *conn, bye []byte) {
	switch n := l.send(c, bye); {
	case n == len(bye):
	case n >= 0 || again(n):
		c.rest = &rest{bytes: bye[max(n, 0):]}
		l.fill(c)
	default:
		l.drop(c)
	}
}

// hear takes bytes from a socket.
func (l *Loop) hear(c *conn, b []byte) {
	if c.state&ending != 0 {
		// All that counts is the other side's close frame.
		var none allowance
		rest, end := c.inbox.feed(b, &none, func([]byte) {})
		if c.inbox = rest; end.Answered {
			l.drop(c)
		}
		return
	}
	c.renew(uint32(l.at.Seconds()))
	rest, end := c.inbox.feed(b, &c.allowance, func(payload []byte) { l.pong(c, payload) })
	if c.state == 0 {
		return
	}
	before := c.inbox
	c.inbox = rest
	switch {
	case end.Code != 0:
		l.end(c, end)
	case rest != nil && rest != before: // another has begun, and has its own time
		c.heard = l.tick
		l.checkIn(c, l.ticks(l.pace.Begun))
	}
}

// pong answers a ping. A socket that takes nothing gets no answer: who does not
// read cannot wait for it.
func (l *Loop) pong(c *conn, payload []byte) {
	if c.state&(full|ending) != 0 || c.state == 0 {
		return
	}
	var b [2 + maxControl]byte
	b[0], b[1] = 0x80|opPong, byte(len(payload))
	n := 2 + copy(b[2:], payload)
	switch sent := l.send(c, b[:n]); {
	case sent == n || again(sent):
	case sent >= 0:
		c.rest = &rest{bytes: append([]byte(nil), b[sent:n]...)}
		l.fill(c)
	default:
		l.drop(c)
	}
}
