package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"aufruf/server/access"
	"aufruf/server/door"
	"aufruf/server/live"
	"aufruf/server/wire"
)

// socketRoutes lets screens, phones and staff follow. Sockets end with the
// access they stand on, and all of them before the server does.
func (s *Server) socketRoutes(fiber.Router) {
	if s.deps.Cast == nil {
		return
	}
	open := newSockets(s.deps.Limits.Sockets)
	s.deps.Access.OnEnd(open.endCredential)
	s.onDrain = append(s.onDrain, func(ctx context.Context) {
		if err := open.drain(ctx, s.deps.Wire); err != nil {
			s.log.Warn("sockets were cut off", "error", err)
		}
	})
	s.on("GET", "/live", func(c *fiber.Ctx) error { return s.follow(c, open) })
}

// follow checks everything that can be refused in words, and then makes the
// request a socket.
func (s *Server) follow(c *fiber.Ctx, open *sockets) error {
	if !websocket.IsWebSocketUpgrade(c) {
		return &problem{Status: http.StatusUpgradeRequired, Code: codeBadRequest}
	}
	if !s.mayConnect(c) {
		return &problem{Status: http.StatusForbidden, Code: codeForeign}
	}
	f, err := s.follower(c)
	if err != nil {
		return err
	}
	f.pace, f.clock = open.limits.pace, s.deps.Clock
	if !open.roomFor(f) {
		return &problem{Status: http.StatusServiceUnavailable, Code: codeBusy, RetryAfter: door.RetryAfter()}
	}
	if err := websocket.New(func(conn *websocket.Conn) { s.run(conn, f, open) }, s.upgrade(f))(c); err != nil {
		return err
	}
	// The answer leaves together with the first frame, and what does not need the
	// socket's own goroutine is done here: that one's stack is young and would
	// grow, which costs more than the rest of the goroutine.
	f.greeting = switching(c.Response().Header.Peek("Sec-WebSocket-Accept"))
	c.Context().HijackSetNoResponse(true)
	s.seat(c.Context().Conn(), f, open)
	return nil
}

// switching answers the handshake, RFC 6455 4.2.2.
func switching(accept []byte) []byte {
	const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
	return append(append(append(make([]byte, 0, 160), head...), accept...), "\r\n\r\n"...)
}

// upgrade asks for buffers that are as small as they can be: nothing is read
// through the library, and frames are written whole.
func (s *Server) upgrade(f *follower) websocket.Config {
	return websocket.Config{RecoverHandler: s.recoverSocket(f), ReadBufferSize: 1, WriteBufferSize: 128, WriteBufferPool: &writeBuffers}
}

var writeBuffers sync.Pool

// mayConnect is the proof that no foreign page makes a visitor's browser open
// this socket with the visitor's cookies: an Origin of ours, and only one.
// Programs send none; they have a token that no browser sends by itself.
func (s *Server) mayConnect(c *fiber.Ctx) bool {
	switch origins := c.Request().Header.PeekAll(fiber.HeaderOrigin); len(origins) {
	case 0:
		return askOf(c).who.Kind == access.Token
	case 1:
		origin := string(origins[0])
		return strings.EqualFold(origin, s.origin(c)) || s.listed(origin)
	default:
		return false
	}
}

// follower finds what is to be followed and whether the caller may. What is
// not there and what the caller must not know of get the same answer.
func (s *Server) follower(c *fiber.Ctx) (*follower, error) {
	topic, ok := live.ParseTopic(c.Query("topic"))
	if !ok {
		return nil, notFound()
	}
	f := &follower{topic: topic, patches: c.Query("patch") == "1", public: true, address: access.ClientKey(s.client(c))}
	if topic.Kind == live.Ticket {
		_, id, ok := s.deps.Town.Ticket(topic.Name)
		if !ok {
			return nil, notFound()
		}
		f.topic.Name = id
	}
	if !s.deps.Cast.Has(f.topic) {
		return nil, notFound()
	}
	if roles, staff := followers[topic.Kind]; staff {
		at := place{Office: topic.Office, Screen: topic.Name}
		who, err := s.chosen(c, roles, at)
		if err != nil {
			return nil, err
		}
		f.public, f.kind, f.credential = false, who.Kind, who.Credential
		f.still = s.stillGood(c, who, roles, at)
	}
	return f, nil
}

// followers says who may follow what; kinds that are not in here are for
// anybody who can name them.
var followers = map[live.Kind][]access.Role{
	live.Board:      {access.Board, access.Clerk, access.Reception, access.Supervisor, access.Admin},
	live.Desk:       staff.roles,
	live.Supervisor: leading.roles,
}

// chosen is the first of those the request may be from who has one of the
// roles at a place. Otherwise it is 401 to nobody, 404 to who has nothing to
// do with the office, and 403 to everybody else.
func (s *Server) chosen(c *fiber.Ctx, roles []access.Role, at place) (access.Principal, error) {
	candidates, err := s.candidates(c)
	if err != nil {
		return access.Principal{}, err
	}
	for _, p := range candidates {
		if may(p, roles, at) {
			return p, nil
		}
	}
	switch {
	case len(candidates) == 0:
		return access.Principal{}, &problem{Status: http.StatusUnauthorized, Code: codeUnsigned}
	case !slices.ContainsFunc(candidates, func(p access.Principal) bool { return p.Can(access.Roles(), at.Office) }):
		return access.Principal{}, notFound()
	}
	return access.Principal{}, &problem{Status: http.StatusForbidden, Code: codeForbidden}
}

// stillGood asks again, later, what chosen found. It keeps the secret of the
// request and nothing else of it.
func (s *Server) stillGood(c *fiber.Ctx, who access.Principal, roles []access.Role, at place) func(context.Context) bool {
	var secret string
	switch who.Kind {
	case access.Token:
		_, secret, _ = strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	case access.Session:
		secret = c.Cookies(sessionCookie)
	case access.Device:
		secret = c.Cookies(deviceCookie)
	default:
		return nil // on this machine; that does not change
	}
	kind := who.Kind
	secret = strings.Clone(strings.TrimSpace(secret))
	return func(ctx context.Context) bool {
		p, err := s.deps.Access.Validate(ctx, kind, secret, s.deps.Now())
		return stillMay(p, err, roles, at)
	}
}

// stillMay is the answer. A disk that fails for a moment ends nobody's access.
func stillMay(p access.Principal, err error, roles []access.Role, at place) bool {
	if err != nil {
		return !errors.Is(err, access.ErrUnknown)
	}
	return may(p, roles, at)
}

// seat gives a follower its place and its seat and takes its socket over, if
// that can be. What it cannot do is told by run, on the socket: the request has
// its answer.
func (s *Server) seat(conn net.Conn, f *follower, open *sockets) {
	f.why = wire.Closing{Code: websocket.CloseInternalServerErr, Reason: "internal error"} // should this panic
	leave, why := open.enter(f)
	if leave == nil {
		f.why = why
		return
	}
	f.leave = leave
	seat, err := s.deps.Cast.Follow(f.topic)
	if err != nil {
		f.why = wire.Over
		return
	}
	if f.patches {
		seat.TakePatches()
	}
	if s.deps.Wire != nil {
		f.taken, err = s.deps.Wire.Take(conn, f.greeting, seat, leave)
		f.greeted = err == nil
		if err != nil && !errors.Is(err, wire.ErrNotHere) && open.complain(s.deps.Clock()) {
			s.log.Warn("sockets are not taken over", "error", err)
		}
	}
	f.place = seat
}

// run is a socket's life on a goroutine of its own, after seat: frames, and out.
// Where the socket was taken over, this goroutine and everything of the request
// ends at once; its stack has not grown by then, see wire.Taken.Hear.
func (s *Server) run(conn *websocket.Conn, f *follower, open *sockets) {
	if f.taken == nil {
		s.serve(conn, f, open)
		return
	}
	h := f.taken.Hear(conn.NetConn())
	f.leave = nil // the loop calls it
	if !f.public {
		open.tell(f, func(c wire.Closing) { s.deps.Wire.End(h, c) })
	}
}

// serve is run on the ordinary path.
func (s *Server) serve(conn *websocket.Conn, f *follower, open *sockets) {
	defer f.out()
	if f.place == nil {
		f.greet(conn)
		f.refuse(conn, f.why)
		return
	}
	defer f.place.Leave()
	f.ending = make(chan wire.Closing, 1)
	open.tell(f, f.end)
	defer open.forget(f)
	if f.greet(conn) != nil {
		return
	}
	f.serve(conn, f.place, s.deps.Build)
}

// recoverSocket says nothing of a panic to the other side, and loses no place.
func (s *Server) recoverSocket(f *follower) func(*websocket.Conn) {
	return func(conn *websocket.Conn) {
		if r := recover(); r != nil {
			s.log.Error("panic in a socket", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			f.out()
			if !f.greeted {
				f.greet(conn)
			}
			f.refuse(conn, wire.Closing{Code: websocket.CloseInternalServerErr, Reason: "internal error"})
		}
	}
}
