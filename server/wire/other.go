//go:build !linux

package wire

import (
	"net"

	"aufruf/server/live"
)

// Here nothing is taken over: Open says so, and the rest is never reached.

type (
	system struct{}
	ring   struct{}
)

// Open returns ErrNotHere.
func Open(Options) (*Loop, error) { return nil, ErrNotHere }

// Take returns ErrNotHere.
func (l *Loop) Take(net.Conn, []byte, *live.Seat, func()) (*Taken, error) {
	return nil, ErrNotHere
}

// Hear is never reached.
func (t *Taken) Hear(net.Conn) Handle { return Handle{} }

// Ringing is false.
func (l *Loop) Ringing() bool { return false }

func again(int) bool { return false }

func (l *Loop) wake()                  {}
func (l *Loop) send(*conn, []byte) int { return -1 }
func (l *Loop) watch(*conn) bool       { return false }
func (l *Loop) rewatch(*conn, bool)    {}
func (l *Loop) hush(*conn)             {}
func (l *Loop) shut(*conn)             {}

func (r *ring) full() bool                             { return false }
func (r *ring) add(uint32, int32, []byte)              {}
func (r *ring) submit(func(uint32, []byte, int)) error { return nil }
