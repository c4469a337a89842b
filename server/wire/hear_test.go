package wire

import "testing"

// A follower may send the end of one frame with the beginning of the next for
// as long as it likes; only one that is not ended runs out of time.
func TestASocketsNextFrameGetsItsOwnTime(t *testing.T) {
	l := &Loop{pace: Pace{}.Filled(), tick: 1}
	l.slots.Store(&[]*slab{new(slab)})
	c := l.conn(0)
	c.state = used
	pong := frame(0x8a, "here")
	l.hear(c, pong[:3])
	for range 20 {
		if c.heard != l.tick || c.check == 0 {
			t.Fatalf("at tick %d the frame is from %d and looked at in %d", l.tick, c.heard, c.check)
		}
		l.tick++
		if l.hear(c, pong[3:5]); c.heard != l.tick-1 {
			t.Fatalf("a frame that goes on is from %d at tick %d", c.heard, l.tick)
		}
		l.hear(c, join(pong[5:], pong[:3]))
	}
	if l.hear(c, pong[3:]); c.inbox != nil || c.state != used {
		t.Errorf("whole, it leaves %+v", c.inbox)
	}
}
