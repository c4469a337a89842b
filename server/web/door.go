package web

import (
	"net"
	"net/netip"
	"strings"

	"aufruf/server/access"
	"aufruf/server/door"

	"github.com/valyala/fasthttp"
)

// places are how many fit: what was read of the machine, or what is configured.
func (l Limits) places() door.Places {
	if l.Places.Connections > 0 {
		return l.Places
	}
	sockets := l.Sockets.filled()
	return door.Fit(door.Machine{}, door.Want{Followers: sockets.Total, Reserved: sockets.Reserve, FollowerBytes: door.PlainBytes})
}

// standAt puts a door before a listener. fasthttp takes any fault of an accept
// for the listener's end, and the program would end with it; and it knows no
// bound but one for all connections together, followers among them.
func (s *Server) standAt(l net.Listener) net.Listener {
	var text strings.Builder
	for _, lang := range s.words.Languages() { // what the caller reads is not known yet
		text.WriteString(s.words.Text(lang, "error."+codeBusy, nil) + "\n")
	}
	d := door.New(l, door.Options{Connections: s.places.Connections, PerAddress: s.places.PerAddress, Caller: s.caller,
		Text: text.String(), Now: s.deps.Clock, Log: s.log})
	s.front.Store(d)
	return d
}

// caller is what connections from an address are counted under. A proxy brings
// everybody's, and from this machine comes no flood.
func (s *Server) caller(addr netip.Addr) string {
	if addr.IsLoopback() || s.trusted(addr) {
		return ""
	}
	return access.ClientKey(addr)
}

// connState tells the door what has become of a connection.
func (s *Server) connState(c net.Conn, state fasthttp.ConnState) {
	d := s.front.Load()
	switch {
	case d == nil:
	case state == fasthttp.StateActive:
		d.Busy(c)
	case state == fasthttp.StateIdle:
		d.Idle(c)
	case state == fasthttp.StateHijacked, state == fasthttp.StateClosed:
		d.Gone(c)
	}
}
