package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/live"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// phonePage is what the holder of a ticket's link sees.
func (s *Server) phonePage(c *fiber.Ctx) error { return s.showPhone(c, nil) }

// showPhone writes the phone page, with what was refused.
func (s *Server) showPhone(c *fiber.Ctx, refused error) error {
	o, p, phone, err := s.phone(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, problemOf(refused))
		p.Refused, status = said.Detail, said.Status
	}
	for i := range phone.Ahead {
		if r := &phone.Ahead[i].Reason; r.Code == queue.ReasonCeiling {
			r.WaitedMinutes = max(0, int(p.At.Sub(r.Since)/time.Minute)) // on the page nothing counts on by itself
		}
	}
	p.View = phone
	p.Papers = papersFor(o.Rules(), phone.Services, p.Lang)
	c.Set(fiber.HeaderContentSecurityPolicy, s.phonePolicy)
	return s.write(c, status, "phone", p)
}

// phoneBoot is what the phone page's script starts with. It is small, because
// the whole page is one answer that fits into a connection's first flight.
type phoneBoot struct {
	Lang  string          `json:"lang"`
	Zone  string          `json:"zone"`
	Topic string          `json:"topic"`
	Words map[string]any  `json:"words"` // those that the script says, and no others
	Frame json.RawMessage `json:"frame"`
}

// preparePhone reads what stands inside the phone page: which words its script
// says, and the hashes of its script and style, which alone may run there.
func (s *Server) preparePhone() error {
	keys, err := s.deps.Assets.Text("inline/phone.keys.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(keys), &s.phoneKeys); err != nil {
		return fmt.Errorf("read keys of the phone page: %w", err)
	}
	s.phonePolicy = contentPolicy
	for what, name := range map[string]string{"script-src": "inline/phone.js", "style-src": "inline/phone.css"} {
		text, err := s.deps.Assets.Text(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(text))
		s.phonePolicy = strings.Replace(s.phonePolicy, what+" 'self'", what+" 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", 1)
	}
	return nil
}

// phone finds the ticket behind the link, and its page.
func (s *Server) phone(c *fiber.Ctx) (*office.Office, display.Page, display.Phone, error) {
	secret := c.Params("secret")
	o, id, ok := s.deps.Town.Ticket(secret)
	if !ok {
		return nil, display.Page{}, display.Phone{}, notFound()
	}
	p := s.newPage(c, o)
	p.Path = "/t/" + secret
	var b boot
	phone, err := show[display.Phone](s, &p, &b, live.Topic{Kind: live.Ticket, Name: id})
	p.Boot = &phoneBoot{Lang: p.Lang, Zone: o.Rules().Hours.Zone.String(), Topic: live.Topic{Kind: live.Ticket, Name: secret}.String(),
		Words: s.words.For(p.Lang, s.phoneKeys...), Frame: b.Frame}
	return o, p, phone, err
}

// phoneLeave takes the holder out of the line; the page has asked before. Sent
// again after its day it is answered as it was.
func (s *Server) phoneLeave(c *fiber.Ctx) error {
	_, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	if o, id, ok := s.deps.Town.Ticket(secret); !ok {
		if _, err := s.leftBefore(c.UserContext(), askOf(c), secret, key); err != nil {
			return err
		}
	} else if _, err := s.leave(c.UserContext(), askOf(c), o, secret, key, id); err != nil {
		return s.showPhone(c, err)
	}
	return c.Redirect("/t/"+secret, http.StatusSeeOther)
}

// phoneQR is the phone page's address as a QR code.
func (s *Server) phoneQR(c *fiber.Ctx) error {
	if _, _, ok := s.deps.Town.Ticket(c.Params("secret")); !ok {
		return notFound()
	}
	return s.sendQR(c, "/t/"+c.Params("secret"), "kiosk.qr")
}

// printPage is the slip of paper.
func (s *Server) printPage(c *fiber.Ctx) error {
	o, p, phone, err := s.phone(c)
	if err != nil {
		return err
	}
	slip := display.Slip{Phone: phone}
	if _, id, ok := s.deps.Town.Ticket(c.Params("secret")); ok {
		slip.Promised = display.PromiseOf(o.State().Ticket(id))
	}
	p.View, p.Boot, p.Link = slip, nil, s.link(c, p.Path)
	p.Papers = papersFor(o.Rules(), phone.Services, p.Lang)
	return s.write(c, http.StatusOK, "print", p)
}
