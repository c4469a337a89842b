package web

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// What the holder of an appointment's link can change: another time, no
// appointment at all, a word that one comes, or comes later.

// ownChange gives a command from a form of the appointment's page and goes back
// to it.
func (s *Server) ownChange(c *fiber.Ctx, command func(id string) queue.Command) error {
	_, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	if _, _, _, err := s.changeOwn(c.UserContext(), askOf(c), secret, key, func(_ *office.Office, id string) queue.Command { return command(id) }); err != nil {
		return s.showAppointment(c, err)
	}
	return c.Redirect(appointmentLink+secret, http.StatusSeeOther)
}

func (s *Server) appointmentCancel(c *fiber.Ctx) error {
	return s.ownChange(c, func(id string) queue.Command { return queue.CancelAppointment{Appointment: id, Hide: office.Hide()} })
}

func (s *Server) appointmentConfirm(c *fiber.Ctx) error {
	fields, _, err := s.form(c)
	if err != nil {
		return err
	}
	if o, id, err := s.ownAppointment(c.Params("secret")); err == nil {
		if err := s.confirms(o, id, fields.Get("code")); err != nil {
			return s.showAppointment(c, err)
		}
	}
	return s.ownChange(c, func(id string) queue.Command { return queue.ConfirmAppointment{Appointment: id} })
}

func (s *Server) appointmentDelay(c *fiber.Ctx) error {
	o, _, err := s.ownAppointment(c.Params("secret"))
	if err != nil {
		return err
	}
	minutes := int(o.Rules().Booking.Delay / time.Minute)
	return s.ownChange(c, func(id string) queue.Command { return queue.DelayAppointment{Appointment: id, Minutes: minutes} })
}

// appointmentTimes offers other times.
func (s *Server) appointmentTimes(c *fiber.Ctx) error {
	return s.showMove(c, queryOf(c), time.Time{}, nil)
}

func (s *Server) showMove(c *fiber.Ctx, get func(string) string, near time.Time, refused error) error {
	secret := c.Params("secret")
	o, id, err := s.ownAppointment(secret)
	if err != nil {
		return err
	}
	p := s.newPage(c, o)
	own, _, _ := display.ShowAppointment(o.Rules(), o.State(), s.waits(o), id, s.deps.Now())
	path := appointmentLink + secret
	if own.Number != nil {
		return c.Redirect(path, http.StatusSeeOther)
	}
	view := display.BookTimes{Chosen: s.chosenServices(o, visit{items: own.Services}, ""), Action: path + "/move", Back: path, Moving: &own}
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, problemOf(refused))
		p.Refused, status = said.Detail, said.Status
	}
	view.First = s.firstTimes([]*office.Office{o}, own.Services, near)
	view.Nearest = !near.IsZero()
	s.fillCalendar(&view, o, queue.Ask{Services: own.Services, Channel: queue.ChannelOnline, Move: id}, get("day"), func(day string) string {
		return path + "/move?day=" + day + "#day"
	})
	p.View, p.Path = view, path+"/move"
	return s.write(c, status, "book_times", p)
}

// appointmentMove gives the appointment another time.
func (s *Server) appointmentMove(c *fiber.Ctx) error {
	fields, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	_, text := splitSlot(fields.Get("at"))
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return s.showMove(c, fields.Get, time.Time{}, &queue.Refusal{Code: queue.RefusedSlotPast})
	}
	if _, err := s.moveByLink(c.UserContext(), askOf(c), secret, key+" "+text, at); err != nil {
		return s.showMove(c, fields.Get, at, err)
	}
	return c.Redirect(appointmentLink+secret+"?moved=1", http.StatusSeeOther)
}

// appointmentCalendar is the appointment as a file for calendars.
func (s *Server) appointmentCalendar(c *fiber.Ctx) error {
	o, id, err := s.ownAppointment(c.Params("secret"))
	if err != nil {
		return err
	}
	if s.deps.Notify == nil {
		return notFound()
	}
	text, ok := s.deps.Notify.Calendar(o.ID(), id, askOf(c).lang)
	if !ok {
		return notFound()
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="aufruf.ics"`)
	return c.SendString(text)
}

// OwnData is everything that is kept of a person about an appointment, for the
// person.
type OwnData struct {
	Appointment struct {
		ID       string    `json:"id"`
		At       time.Time `json:"at"`
		Office   string    `json:"office"`
		Services []Item    `json:"services"`
		BookedAt time.Time `json:"booked_at"`
		Channel  string    `json:"channel"`
	} `json:"appointment"`
	Contact people.Contact `json:"contact"`
}

// appointmentData is what is kept of the person, as a file: Article 15 of the
// GDPR without a letter.
func (s *Server) appointmentData(c *fiber.Ctx) error {
	o, id, err := s.ownAppointment(c.Params("secret"))
	if err != nil {
		return err
	}
	contact, err := s.contactOf(c.UserContext(), o, id)
	if err != nil {
		return err
	}
	a := o.State().Appointment(id)
	var d OwnData
	d.Appointment.ID, d.Appointment.At, d.Appointment.Office = a.ID, a.At, o.ID()
	d.Appointment.Services, d.Appointment.BookedAt, d.Appointment.Channel = itemsOut(a.Services), a.BookedAt, a.Channel
	d.Contact = contact
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="aufruf-data.json"`)
	return c.JSON(d)
}
