package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// What a request may take. The head must arrive within readWithin of its first
// byte and the body with it, so that nobody holds a connection by being slow.
const (
	readWithin   = 5 * time.Second
	writeWithin  = 10 * time.Second
	idleFor      = 75 * time.Second
	headerLimit  = 8 << 10
	bodyLimit    = 64 << 10
	importLimit  = 2 << 20
	bodyPrefetch = 8 << 10 // what fasthttp reads before the gate looks
	// A body that is too large is swallowed before the answer: closing on
	// unread bytes would reset the connection, and the answer would be lost.
	swallowMost   = 16 << 20
	swallowWithin = 5 * time.Second
)

// gate is passed by every request: it refuses what is not plainly HTTP, reads
// the body within its limit, sets the headers that protect the pages, and
// notes what came of it.
func (s *Server) gate(c *fiber.Ctx) (err error) {
	a := s.ask(c)
	defer func() {
		if r := recover(); r != nil {
			a.log.Error("panic", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = s.fail(c, &problem{Status: http.StatusInternalServerError, Code: codeInternal})
		}
		s.note(c, a)
	}()
	s.protect(c)
	if err := strictHead(c); err != nil {
		return s.fail(c, err)
	}
	if err := s.readBody(c, a); err != nil {
		return s.fail(c, err)
	}
	if err := c.Next(); err != nil {
		return s.fail(c, err)
	}
	if a.failed != nil {
		return s.fail(c, a.failed)
	}
	return nil
}

// failBare answers what never reached the gate: a broken head, a timeout.
func (s *Server) failBare(c *fiber.Ctx, err error) error {
	a := s.ask(c)
	defer s.note(c, a)
	s.protect(c)
	p := problemOf(err)
	p.Close = true
	return s.fail(c, p)
}

// knownMethods answers methods that Fiber has no name for, in words.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		switch string(ctx.Method()) {
		case "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE":
			next(ctx)
		default:
			s.bare(ctx, &problem{Status: http.StatusMethodNotAllowed, Code: codeMethod})
		}
	}
}

// expect answers "Expect: 100-continue" before the body is sent.
func (s *Server) expect(ctx *fasthttp.RequestCtx) int {
	if ctx.Request.Header.ContentLength() > limitFor(string(ctx.Method()), string(ctx.Path())) {
		s.bare(ctx, &problem{Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge})
	}
	if status := ctx.Response.StatusCode(); status != http.StatusOK {
		return status
	}
	return http.StatusContinue
}

// bare answers a request that Fiber has not seen.
func (s *Server) bare(ctx *fasthttp.RequestCtx, p *problem) {
	c := s.app.AcquireCtx(ctx)
	defer s.app.ReleaseCtx(c)
	if err := s.failBare(c, p); err != nil {
		s.log.Error("answer", "error", err)
	}
}

func badRequest(cause string) error {
	return &problem{Status: http.StatusBadRequest, Code: codeBadRequest, Close: true, cause: errors.New(cause)}
}

// strictHead refuses what two programs on the way could read as two different
// requests. fasthttp itself refuses a second Host, a second or odd
// Content-Length, and control characters in values.
func strictHead(c *fiber.Ctx) error {
	h := &c.Request().Header
	switch proto := string(h.Protocol()); {
	case proto != "HTTP/1.1" && proto != "HTTP/1.0":
		return badRequest("version")
	case !goodHost(string(h.Host())):
		return badRequest("host")
	case len(h.Peek(fiber.HeaderContentEncoding)) > 0:
		return &problem{Status: http.StatusUnsupportedMediaType, Code: codeMediaType, Close: true}
	}
	lengths, encodings := 0, 0
	for line := range bytes.SplitSeq(h.RawHeaders(), []byte("\n")) {
		line, ended := bytes.CutSuffix(line, []byte("\r"))
		if len(line) == 0 {
			continue
		}
		if !ended || line[0] == ' ' || line[0] == '\t' || bytes.ContainsAny(line, "\r\x00") {
			return badRequest("header line")
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch strings.ToLower(string(name)) {
		case "content-length":
			lengths++
		case "transfer-encoding":
			encodings++
		}
	}
	if lengths+encodings > 1 {
		return badRequest("two lengths")
	}
	uri := string(h.RequestURI())
	u, err := url.ParseRequestURI(uri)
	if err != nil {
		return badRequest("address")
	}
	if u.Host != "" && !strings.EqualFold(u.Host, string(h.Host())) {
		return badRequest("two hosts")
	}
	return nil
}

func goodHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for _, r := range host {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r)) {
			return false
		}
	}
	return true
}

func limitFor(method, path string) int {
	if method == http.MethodPost && strings.HasSuffix(path, "/appointments/import") {
		return importLimit
	}
	return bodyLimit
}

// readBody reads the whole body, or refuses it in a way that the answer
// arrives.
func (s *Server) readBody(c *fiber.Ctx, a *ask) error {
	stream := c.Request().BodyStream()
	if stream == nil {
		return nil
	}
	limit := limitFor(c.Method(), c.Path())
	if c.Request().Header.ContentLength() > limit {
		swallow(c.Context().Conn(), stream)
		return &problem{Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge, Close: true}
	}
	body, err := io.ReadAll(io.LimitReader(stream, int64(limit)+1))
	var ne net.Error
	switch {
	case errors.As(err, &ne) && ne.Timeout():
		return &problem{Status: http.StatusRequestTimeout, Code: codeTimeout, Close: true}
	case err != nil:
		return badRequest("body")
	case len(body) > limit:
		swallow(c.Context().Conn(), stream)
		return &problem{Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge, Close: true}
	}
	a.body = body
	c.Request().SetBodyStream(bytes.NewReader(body), len(body)) // huma reads a stream, forms the bytes
	return nil
}

// swallow reads on for a while, so that the peer gets to reading the answer.
func swallow(conn net.Conn, stream io.Reader) {
	conn.SetReadDeadline(time.Time{})
	stop := time.AfterFunc(swallowWithin, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop.Stop()
	io.Copy(io.Discard, io.LimitReader(stream, swallowMost)) // whatever ends it, the answer follows
}

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"

// protect sets what every answer carries. Answers are not kept unless a
// handler says otherwise: links and staff's lists do not belong into caches.
func (s *Server) protect(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if strings.HasPrefix(c.Path(), "/public/") {
		// What is open to all the world may be read and shown by any site; it
		// never depends on who asks.
		c.Set("Cross-Origin-Resource-Policy", "cross-origin")
		if strings.HasSuffix(c.Path(), ".json") {
			c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		}
	}
	c.Vary(fiber.HeaderAcceptLanguage)
	if s.secure(c) {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
}
