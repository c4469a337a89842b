package wire

import (
	"sync/atomic"
	"time"

	"aufruf/server/live"
)

// topic is what its followers here have in common.
type topic struct {
	loop    *Loop
	class   class
	pending atomic.Bool // is in the Loop's news
	put     uint32      // the Loop's flushed at its last message; the goroutine's

	// Of the goroutine alone:
	members []uint32 // slots, dense and in no order
	next    int      // whose turn it is in the pass that is under way
	began   time.Duration
}

// Heard is called by the hub, with the topic locked.
func (t *topic) Heard() {
	if t.pending.CompareAndSwap(false, true) {
		l := t.loop
		l.mu.Lock()
		l.news = append(l.news, t)
		l.mu.Unlock()
		l.rouse()
	}
}

// topicOf gives the topic of a seat, from anywhere.
func (l *Loop) topicOf(seat *live.Seat) *topic {
	class := classOf(seat.Topic().Kind)
	return seat.Listen(func() live.Listener {
		return &topic{loop: l, class: class, began: -l.pace.Pause}
	}).(*topic)
}

// join makes a socket one of its topic's followers.
func (l *Loop) join(c *conn, t *topic) {
	c.topic, c.index = t, uint32(len(t.members))
	t.members = append(t.members, c.slot)
}

// part takes it out again. Who has been written to in this pass stays before
// next and who has not stays behind it.
func (l *Loop) part(c *conn) {
	t := c.topic
	if t == nil {
		return
	}
	c.topic = nil
	hole := int(c.index)
	if hole < t.next {
		t.next--
		l.move(t, t.next, hole)
		hole = t.next
	}
	last := len(t.members) - 1
	l.move(t, last, hole)
	t.members = t.members[:last]
}

func (l *Loop) move(t *topic, from, to int) {
	if from != to {
		t.members[to] = t.members[from]
		l.conn(t.members[to]).index = uint32(to)
	}
}

// queue is a line of topics.
type queue struct {
	topics []*topic
	head   int
}

func (q *queue) push(t *topic) {
	if q.head > 1024 && q.head > len(q.topics)/2 { // else one that is never empty would grow
		n := copy(q.topics, q.topics[q.head:])
		clear(q.topics[n:])
		q.topics, q.head = q.topics[:n], 0
	}
	q.topics = append(q.topics, t)
}

func (q *queue) empty() bool { return q.head == len(q.topics) }

func (q *queue) first() *topic { return q.topics[q.head] }

func (q *queue) pop() {
	q.topics[q.head] = nil
	if q.head++; q.empty() {
		q.topics, q.head = q.topics[:0], 0
		if cap(q.topics) > 1024 { // after a round of all phones
			q.topics = nil
		}
	}
}

// sort puts the topics that have news where they are written from. Phones get
// at most one frame in a pause, so a topic of theirs may have to wait; what
// comes meanwhile is then in the same frame.
func (l *Loop) sort() {
	l.mu.Lock()
	news := l.news
	l.news = l.spare[:0]
	l.mu.Unlock()
	for i, t := range news {
		if t.class == phones && l.at < t.began+l.pace.Pause {
			l.later.push(t)
		} else {
			l.due[t.class].push(t)
		}
		news[i] = nil
	}
	if l.spare = news; cap(news) > 1024 {
		l.spare = nil
	}
	for !l.later.empty() && l.at >= l.later.first().began+l.pace.Pause {
		l.due[phones].push(l.later.first())
		l.later.pop()
	}
}

// portion is how many messages are written before the Loop looks at what else
// has come: a third of a millisecond's work, so that nobody waits longer.
const portion = 64

// fan writes a portion and reports whether there is more to write.
func (l *Loop) fan() bool {
	left := portion
	for class := range l.due {
		for q := &l.due[class]; !q.empty() && left > 0; {
			if left = l.pass(q.first(), left); left > 0 {
				q.pop()
			}
		}
	}
	l.flush()
	return left == 0
}

// pass goes on writing to a topic's followers, at most left messages, and
// returns how many of them remain; 0 says that the topic has more.
func (l *Loop) pass(t *topic, left int) int {
	if t.next == 0 {
		if l.ring != nil && t.put == l.flushed {
			// A topic may come twice in a portion. Were the first message taken in
			// part, a second beside it in the ring would stand in its middle.
			l.flush()
		}
		// Whatever comes from now on asks for another pass.
		t.pending.Store(false)
		t.began = l.at
	}
	for t.next < len(t.members) {
		if left == 0 {
			return 0
		}
		c := l.conn(t.members[t.next])
		t.next++
		if c.state&full != 0 {
			continue
		}
		f, ok, err := c.seat.Newest()
		switch {
		case err != nil:
			l.flush()
			l.end(c, Over)
			left--
		case ok:
			l.queueWrite(c, f.Wire)
			t.put = l.flushed
			left--
		}
	}
	t.next = 0
	return max(left, 1)
}

// packed are messages ready to be written, each in one piece with its header. A
// topic's followers take the same one or two, one after the other.
type packed struct {
	room []byte // all of them; they do not move
	done [2]struct{ text, frame []byte }
	last int
}

// packedRoom holds the messages of a portion; a longer one has room of its own.
const packedRoom = 128 << 10

// pack gives the message for a text. It is good until the next flush, which
// it brings about itself where there is no room.
func (l *Loop) pack(text []byte) []byte {
	p := &l.packed
	for i := range p.done {
		if d := &p.done[i]; len(d.text) == len(text) && len(text) > 0 && &d.text[0] == &text[0] {
			p.last = i
			return d.frame
		}
	}
	if need := maxHeader + len(text); cap(p.room)-len(p.room) < need {
		l.flush()
		if cap(p.room) < need {
			p.room = make([]byte, 0, max(packedRoom, need))
		}
	}
	from := len(p.room)
	p.room = textFrame(p.room, text)
	p.last = 1 - p.last
	p.done[p.last].text, p.done[p.last].frame = text, p.room[from:len(p.room):len(p.room)]
	return p.done[p.last].frame
}

func (p *packed) clear() {
	p.room = p.room[:0]
	p.done[0].text, p.done[1].text = nil, nil
}

// flush has what was put together written.
func (l *Loop) flush() {
	if l.ring != nil {
		if err := l.ring.submit(l.wroteTo); err != nil {
			panic(err) // cannot happen: the ring is ours and was tried
		}
	}
	l.packed.clear()
	l.flushed++
}

// queueWrite writes a message with the others of its portion.
func (l *Loop) queueWrite(c *conn, text []byte) {
	b := l.pack(text)
	if l.ring == nil {
		l.write(c, b)
		return
	}
	if l.ring.full() {
		l.flush()
		b = l.pack(text)
	}
	l.ring.add(c.slot, c.fd, b)
}

func (l *Loop) wroteTo(slot uint32, b []byte, n int) { l.wrote(l.conn(slot), b, n) }

// textFrame appends a text message in one frame, RFC 6455 5.2.
func textFrame(b, text []byte) []byte {
	switch n := len(text); {
	case n < 126:
		b = append(b, 0x80|opText, byte(n))
	case n < 1<<16:
		b = append(b, 0x80|opText, 126, byte(n>>8), byte(n))
	default:
		b = append(b, 0x80|opText, 127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, text...)
}
