package web

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/notify"
)

// outboxRoutes are the page of messages that leave the house nowhere, where
// there are any, and the address to which a gateway reports.
func (s *Server) outboxRoutes() {
	if s.deps.Notify == nil {
		return
	}
	s.on("POST", strings.TrimPrefix(smsHook, "POST "), s.smsReport)
	if s.deps.Notify.Console() != nil && s.pages != nil {
		s.on("GET", "/dev/outbox", s.outboxPage)
		s.on("GET", "/dev/outbox/:id", s.outboxMail)
	}
}

// smsHook is the route of a gateway's reports.
const smsHook = "POST /hooks/sms/:secret"

// shownTo are the kept messages of the offices that the caller leads: they name
// people.
func (s *Server) shownTo(a *ask) []notify.Shown {
	var list []notify.Shown
	for _, m := range s.deps.Notify.Console().Messages() {
		if a.can(m.Office, leading.roles...) {
			list = append(list, m)
		}
	}
	return list
}

// outboxPage shows what would have been sent.
func (s *Server) outboxPage(c *fiber.Ctx) error {
	p := s.newPage(c, nil, staffLanguages...)
	v := display.Outbox{}
	for _, m := range s.shownTo(askOf(c)) {
		o, err := s.office(m.Office)
		if err != nil {
			continue
		}
		p.Zone = o.Rules().Hours.Zone
		v.Messages = append(v.Messages, display.OutboxMessage{N: m.N, At: m.At, Office: o.Rules().Names, Kind: string(m.Kind),
			Channel: string(m.Channel), Lang: m.Lang, To: m.To, Subject: m.Subject, Text: m.Text, ICS: m.ICS, HTML: m.HTML != "",
			Segments: m.Segments, Unicode: m.Channel == notify.SMS && !m.GSM})
	}
	p.View = v
	return s.write(c, http.StatusOK, "outbox", p)
}

// outboxMail shows a mail as mail programs do: with the style it brings, and
// nothing else.
func (s *Server) outboxMail(c *fiber.Ctx) error {
	n, err := strconv.Atoi(c.Params("id"))
	for _, m := range s.shownTo(askOf(c)) {
		if err == nil && m.N == n && m.HTML != "" {
			c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox allow-popups")
			c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
			return c.SendString(m.HTML)
		}
	}
	return notFound()
}

// smsReport takes what a gateway says of a message later. Who does not know the
// secret learns nothing, not even how much of it was right.
func (s *Server) smsReport(c *fiber.Ctx) error {
	want := s.deps.Notify.Hook()
	if want == "" || subtle.ConstantTimeCompare([]byte(strings.ToLower(c.Params("secret"))), []byte(want)) != 1 {
		return notFound()
	}
	a := askOf(c)
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	ok, err := s.deps.Notify.Report(c.UserContext(), strings.TrimSpace(strings.ToLower(kind)), a.body, string(c.Request().URI().QueryString()))
	if err != nil {
		return err
	}
	if !ok {
		return &problem{Status: http.StatusUnprocessableEntity, Code: codeValidation}
	}
	return c.SendStatus(http.StatusNoContent)
}
