package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"aufruf/server/access"
	"aufruf/server/office"
	"aufruf/server/queue"
)

type bookIn struct {
	InOffice
	Keyed
	Body struct {
		At       time.Time `json:"at" doc:"RFC 3339, with its offset"`
		Services []Item    `json:"services" minItems:"1" maxItems:"50"`
	}
}

type bookOut struct {
	Body struct {
		Code string `json:"code" doc:"what the person types at the kiosk"`
		Link string `json:"link" doc:"the appointment's page; ends in a secret of 128 bits"`
	}
}

type ByCode struct {
	InOffice
	Code string `path:"code" maxLength:"100" doc:"the code, or what the appointment's link ends in; staff may give its id"`
}

type checkInIn struct {
	ByCode
	Keyed
	Body *struct {
		Language string `json:"language,omitempty" maxLength:"8" doc:"what the person speaks, one of the house's languages"`
	} `required:"false"`
}

type checkInOut struct {
	Body struct {
		ID      string        `json:"id"`
		Number  string        `json:"number"`
		Link    string        `json:"link"`
		Arrival queue.Arrival `json:"arrival" enum:"early,on_time,late"`
		At      *time.Time    `json:"at" doc:"when the person was expected; null: by a record from before it was kept"`
	}
}

type appointmentOut struct {
	Body AppointmentState
}

// AppointmentState is a booked time, and the ticket it became.
type AppointmentState struct {
	ID       string             `json:"id"`
	At       time.Time          `json:"at"`
	Services []Item             `json:"services"`
	Ticket   *AppointmentTicket `json:"ticket" doc:"null until the person has checked in"`
}

// AppointmentTicket is the ticket of an appointment.
type AppointmentTicket struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

func (s *Server) appointmentRoutes() {
	const base = "/api/v1/offices/{office}/appointments"
	endpoint(s, operation{method: http.MethodPost, path: base, id: "add-appointment", summary: "Enter a booked time", tag: "Appointments", status: http.StatusCreated, errors: []int{422}}, s.addAppointment)
	endpoint(s, operation{method: http.MethodPost, path: base + "/import", id: "import-appointments", summary: "Enter a day's booked times from a table", tag: "Appointments", errors: []int{422}}, s.importAppointments)
	endpoint(s, operation{method: http.MethodGet, path: base + "/{code}", id: "find-appointment", summary: "An appointment by its code", tag: "Appointments"}, s.findAppointment)
	endpoint(s, operation{method: http.MethodPost, path: base + "/{code}/check-in", id: "check-in", summary: "A booked person has come", tag: "Appointments", errors: []int{422}}, s.checkIn)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/offices/{office}/check-in", id: "check-in-by-phone", summary: "A booked person has come, and knows their telephone number", tag: "Appointments", errors: []int{422}}, s.checkInByPhone)
}

func (s *Server) addAppointment(ctx context.Context, a *ask, in *bookIn) (*bookOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, err := s.do(ctx, a, o, in.Key, queue.AddAppointment{At: in.Body.At.UTC(), Services: itemsIn(in.Body.Services)})
	if err != nil {
		return nil, err
	}
	out := &bookOut{}
	out.Body.Code, out.Body.Link = s.deps.Town.AppointmentCode(r.Answer.Appointment), s.appointmentLink(r.Answer.Appointment)
	return out, nil
}

// appointment finds by code, for staff by id as well. Who tries codes is made
// slow: a kiosk stands where everybody can type.
func (s *Server) appointment(a *ask, o *office.Office, typed string) (*queue.Appointment, error) {
	typed = segment(typed)
	if a.can(o.ID(), access.Clerk, access.Reception, access.Supervisor) {
		if ap := o.State().Appointment(typed); ap != nil {
			return ap, nil
		}
	}
	// A scanner reads the link of a confirmation, which ends in the secret.
	if of, id, ok := s.deps.Town.AppointmentBySecret(typed); ok && of == o {
		if ap := o.State().Appointment(id); ap != nil {
			return ap, nil
		}
	}
	now := s.deps.Clock()
	if wait := s.limits.codes.Wait(a.who.ID, now); wait > 0 {
		return nil, tooMany(codeCodeTries, int(wait/time.Second)+1)
	}
	if id, ok := s.deps.Town.AppointmentByCode(o.ID(), typed); ok {
		if ap := o.State().Appointment(id); ap != nil {
			s.limits.codes.Forgive(a.who.ID)
			return ap, nil
		}
	}
	s.limits.codes.Fail(a.who.ID, now)
	return nil, &queue.Refusal{Code: queue.RefusedUnknownAppointment}
}

func (s *Server) findAppointment(_ context.Context, a *ask, in *ByCode) (*appointmentOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	ap, err := s.appointment(a, o, in.Code)
	if err != nil {
		return nil, err
	}
	out := &appointmentOut{Body: AppointmentState{ID: ap.ID, At: ap.At.UTC(), Services: itemsOut(ap.Services)}}
	if t := o.State().Ticket(ap.Ticket); t != nil {
		out.Body.Ticket = &AppointmentTicket{ID: t.ID, Number: t.Number.String()}
	}
	return out, nil
}

func (s *Server) checkIn(ctx context.Context, a *ask, in *checkInIn) (*checkInOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	var lang string
	if in.Body != nil {
		lang = in.Body.Language
	}
	if err := s.goodLanguage(lang); err != nil {
		return nil, err
	}
	// A code that is unknown goes to the office too: the day that took the
	// appointment may have left an answer that is asked for again.
	c := queue.CheckIn{Language: lang}
	ap, err := s.appointment(a, o, in.Code)
	switch {
	case err == nil:
		c.Appointment, c.Promise = ap.ID, s.promisedTo(o, ap.ID)
	case !errors.Is(err, &queue.Refusal{Code: queue.RefusedUnknownAppointment}):
		return nil, err
	}
	r, err := s.do(ctx, a, o, in.Key, c)
	if err != nil {
		return nil, err
	}
	return s.checkedIn(r), nil
}
