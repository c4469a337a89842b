package wire

import (
	"io"
	"time"
)

// Listener reads what one follower sends where a goroutine of its own does
// that, under the same rules as those of a socket that was taken over.
type Listener struct {
	// Now measures how fast frames come.
	Now func() time.Time
	// Ping answers one. The payload is good until it returns.
	Ping func(payload []byte)
	// Heard is called when something came that is not against the rules.
	Heard func()
	// Begun is called with true when a frame or message has begun that is not
	// whole yet, and with false when none is unfinished any more.
	Begun func(bool)
}

// Listen reads until the socket ends, or has to, and says how to close it: Code
// is 0 when the other side has gone without a word. It calls the listener's
// functions in the goroutine of its caller.
func (l *Listener) Listen(r io.Reader) Closing {
	var in *inbox
	var a allowance
	b := make([]byte, 512) // a socket sends six bytes in half a minute
	since := l.Now()
	for {
		n, err := r.Read(b)
		if n > 0 {
			a.renew(uint32(l.Now().Sub(since) / time.Second))
			rest, end := in.feed(b[:n], &a, l.Ping)
			if end.Code != 0 {
				return end
			}
			if l.Heard(); rest != in {
				l.Begun(rest != nil)
			}
			in = rest
		}
		if err != nil {
			return Closing{}
		}
	}
}
