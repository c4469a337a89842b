package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/words"
)

// appointmentPage is what the holder of an appointment's link sees.
func (s *Server) appointmentPage(c *fiber.Ctx) error { return s.showAppointment(c, nil) }

// showAppointment writes the page, with what was refused.
func (s *Server) showAppointment(c *fiber.Ctx, refused error) error {
	p, err := s.appointmentView(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, problemOf(refused))
		p.Refused, status = said.Detail, said.Status
	}
	return s.write(c, status, "appointment", p)
}

// appointmentView finds the appointment behind the link, and its page.
func (s *Server) appointmentView(c *fiber.Ctx) (display.Page, error) {
	secret := c.Params("secret")
	o, id, ok := s.deps.Town.AppointmentBySecret(secret)
	if !ok {
		return display.Page{}, notFound()
	}
	p := s.newPage(c, o)
	p.Path = "/a/" + secret
	st := o.State()
	v, ticket, ok := display.ShowAppointment(o.Rules(), st, s.waits(o), id, s.deps.Now())
	if !ok {
		return display.Page{}, notFound()
	}
	if ticket != "" {
		v.Link = "/t/" + s.deps.Town.TicketSecret(ticket)
	}
	if a := st.Appointment(id); a != nil && a.CodeMAC == "" && !pending(o, id) {
		v.Code = s.deps.Town.AppointmentCode(id)
	}
	contact, err := s.contactOf(c.UserContext(), o, id)
	if err != nil {
		return display.Page{}, err
	}
	p.View = display.AppointmentPage{Appointment: v, New: c.Query("new") != "", Moved: c.Query("moved") != "", Mobile: contact.Mobile, Kept: contact.Surname != "",
		Reminded: contact.Remind && (contact.Mobile || contact.Email != ""), ConfirmCode: codeAsked(c)}
	p.Papers = papersAnswered(o.Rules(), v.Services, p.Lang, contact.Yes, contact.No)
	return p, nil
}

// appointmentQR is the page's address as a QR code: a phone opens it, and a
// kiosk's scanner takes it for the code.
func (s *Server) appointmentQR(c *fiber.Ctx) error {
	if _, _, ok := s.deps.Town.AppointmentBySecret(c.Params("secret")); !ok {
		return notFound()
	}
	return s.sendQR(c, "/a/"+c.Params("secret"), "appointment.qr")
}

// appointmentSlip is the slip of paper for who was given a time at reception.
func (s *Server) appointmentSlip(c *fiber.Ctx) error {
	p, err := s.appointmentView(c)
	if err != nil {
		return err
	}
	p.Link = s.link(c, p.Path)
	return s.write(c, http.StatusOK, "appointment_slip", p)
}

// appointmentSheet is the letter-sized sheet for who has no mobile phone, in the
// language that the person wants, unless another is asked for.
func (s *Server) appointmentSheet(c *fiber.Ctx) error {
	p, err := s.appointmentView(c)
	if err != nil {
		return err
	}
	v := p.View.(display.AppointmentPage)
	if v.Gone != "" {
		return notFound() // nobody should come with it
	}
	o, id, _ := s.deps.Town.AppointmentBySecret(c.Params("secret"))
	contact, err := s.contactOf(c.UserContext(), o, id)
	if err != nil {
		return err
	}
	if c.Query("lang") == "" && slices.Contains(s.words.Languages(), contact.Language) {
		p.Lang, p.Dir = contact.Language, words.Direction(contact.Language)
		p.Papers = papersAnswered(o.Rules(), v.Services, p.Lang, contact.Yes, contact.No)
	}
	p.Link = s.link(c, p.Path)
	return s.write(c, http.StatusOK, "appointment_sheet", p)
}

// appointmentCheckIn says that the holder has come, and goes on to the phone
// page of the ticket; who was there already goes there too. Sent again after
// its day it is answered as it was.
func (s *Server) appointmentCheckIn(c *fiber.Ctx) error {
	_, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	checkIn := func(o *office.Office, id, lang string) (office.Receipt, error) {
		return s.doFor(c.UserContext(), askOf(c), holder(secret), "holder:"+id, o, key, queue.CheckIn{Appointment: id, Language: lang, Promise: s.promisedTo(o, id)})
	}
	var r office.Receipt
	if o, id, ok := s.deps.Town.AppointmentBySecret(secret); !ok {
		r, err = s.answeredBefore(func(o *office.Office) (office.Receipt, error) { return checkIn(o, "", "") })
		if err != nil {
			return err
		}
	} else if r, err = checkIn(o, id, s.newPage(c, o).Lang); err != nil {
		return s.showAppointment(c, err)
	}
	return c.Redirect("/t/"+s.deps.Town.TicketSecret(r.Answer.Ticket), http.StatusSeeOther)
}

// codeAsked is the code that the link of a message carries.
func codeAsked(c *fiber.Ctx) string {
	code := c.Query("c")
	if len(code) > 20 {
		return ""
	}
	return strings.Clone(code)
}
