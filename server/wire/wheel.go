package wire

import (
	"math/rand/v2"
	"time"
)

// wheel is when sockets are looked at: a list of them for each tick, taken
// round and round. A socket's own check says which entry counts; others, left
// behind when it was moved or by who had its slot before, are passed over.
type wheel [wheelSize]([]uint32)

// wheelSize ticks are more than the longest time anybody waits for.
const wheelSize = 128

func (l *Loop) ticks(d time.Duration) uint32 {
	return uint32(max((d+l.pace.Tick-1)/l.pace.Tick, 1))
}

// heartIn is when a phone's next heart is due, at a moment of its own.
func (l *Loop) heartIn() uint32 {
	span := l.pace.HeartBefore - l.pace.HeartAfter
	return l.ticks(l.pace.HeartAfter + rand.N(span))
}

// checkIn has a socket looked at in so many ticks, or sooner if it is to be.
func (l *Loop) checkIn(c *conn, ticks uint32) {
	at := l.tick + min(ticks, wheelSize-1)
	if c.check != 0 && c.check <= at {
		return
	}
	c.check = at
	i := at % wheelSize
	l.wheel[i] = append(l.wheel[i], c.slot)
}

// turn takes the wheel to the present.
func (l *Loop) turn() {
	now := uint32(l.at / l.pace.Tick)
	if now <= l.tick {
		return
	}
	if now-l.tick > wheelSize { // the machine slept
		l.tick = now - wheelSize
	}
	for l.tick != now {
		l.tick++
		list := l.wheel[l.tick%wheelSize]
		l.wheel[l.tick%wheelSize] = nil
		for _, slot := range list {
			if c := l.conn(slot); c.check != 0 && c.check <= l.tick {
				c.check = 0
				l.look(c)
			}
		}
	}
}

// look does what is due for a socket and says when it is looked at next.
func (l *Loop) look(c *conn) {
	switch {
	case c.state&ending != 0:
		l.drop(c)
		return
	case c.state&full != 0 && l.tick-c.said >= l.ticks(l.pace.Full):
		l.stats.dropped.Add(1)
		l.end(c, Slow)
		return
	case c.heard != 0 && c.inbox != nil && l.tick-c.heard >= l.ticks(l.pace.Begun):
		l.end(c, Unfinished)
		return
	}
	if c.state&full != 0 {
		l.checkIn(c, c.said+l.ticks(l.pace.Full)-l.tick)
	} else if c.class == phones {
		silent := l.tick - c.said
		if silent >= l.ticks(l.pace.HeartAfter) {
			l.heart(c)
			silent = 0
		}
		if c.state != 0 && c.state&full == 0 {
			l.checkIn(c, l.heartIn()-silent)
		}
	}
	if c.state != 0 && c.heard != 0 && c.inbox != nil {
		l.checkIn(c, c.heard+l.ticks(l.pace.Begun)-l.tick)
	}
}

// heart tells a phone that what it shows still stands. It is made without
// garbage: an idle town must not cost memory.
func (l *Loop) heart(c *conn) {
	text, ok := c.seat.AppendHeart(l.text[:0], l.opt.Build)
	if l.text = text; !ok {
		return
	}
	l.message = textFrame(l.message[:0], text)
	l.write(c, l.message)
}
