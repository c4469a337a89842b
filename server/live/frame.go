package live

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"
)

// Frame is one message of a topic: a view, or a heart that says "still so".
// It does not change, and may be shared.
type Frame struct {
	Seq   uint64    // of the state it was made from; grows with the journal
	Order uint64    // when that state was read, as a running number of this program
	At    time.Time // the server's time it was made for
	View  []byte    // JSON of the view, a part of Wire unless that is a patch; nil in a heart
	Wire  []byte    // the whole message as it goes over the socket

	once *once
}

type once struct {
	sync.Once
	value any
}

// NewFrame wraps a view into its envelope. It copies the view, so that the
// frame keeps these bytes once.
func NewFrame(seq, order uint64, at time.Time, build string, view []byte) Frame {
	f := Frame{Seq: seq, Order: order, At: at, Wire: envelope(seq, at, build, view), once: new(once)}
	if view != nil {
		end := len(f.Wire) - len(`}`)
		f.View = f.Wire[end-len(view) : end : end]
	}
	return f
}

// newHeart makes a message without a view: nothing changed, and the connection
// lives, which a page cannot see by the protocol's own pings.
func newHeart(seq, order uint64, at time.Time, build string) Frame {
	return NewFrame(seq, order, at, build, nil)
}

// Heart reports whether the frame has no view.
func (f Frame) Heart() bool { return f.View == nil }

// Once returns what make returned when it was called for this frame the first
// time, by whichever seat: the form that goes to all of them is built once.
func (f Frame) Once(make func(wire []byte) any) any {
	f.once.Do(func() { f.once.value = make(f.Wire) })
	return f.once.value
}

// newer orders frames of one topic: by the state they show, and among equal
// states by when it was read.
func (f Frame) newer(than Frame) bool {
	return f.Seq > than.Seq || f.Seq == than.Seq && f.Order > than.Order
}

// envelope is set by hand: it is made for every frame, around bytes that are
// JSON already.
func envelope(seq uint64, at time.Time, build string, view []byte) []byte {
	b := appendHead(make([]byte, 0, len(view)+len(build)+96), seq, at, build)
	if view == nil {
		return append(b, heartTail...)
	}
	b = append(b, `,"view":`...)
	b = append(b, view...)
	return append(b, '}')
}

const heartTail = `,"heart":true}`

func appendHead(b []byte, seq uint64, at time.Time, build string) []byte {
	b = append(b, `{"v":1,"seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, `,"at":"`...)
	b = at.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","build":`...)
	if plain(build) {
		b = append(b, '"')
		b = append(b, build...)
		return append(b, '"')
	}
	quoted, _ := json.Marshal(build)
	return append(b, quoted...)
}

// plain says whether a text stands in JSON as it is.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
