package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"aufruf/server/notify"
	"aufruf/server/people"
	"aufruf/server/queue"
)

type needsOut struct {
	Body struct {
		Needs   []string `json:"needs" doc:"wheelchair, sign_language, quiet_room, fetch_me"`
		Yes     []string `json:"yes" doc:"ids of the conditions that hold, as the person said when booking"`
		No      []string `json:"no" doc:"and of those that do not"`
		Contact bool     `json:"contact" doc:"it is known how the person is reached"`
	}
}

type papersIn struct {
	NoteAt
	Keyed
	Body struct {
		Missing []string `json:"missing" maxItems:"100" doc:"ids of the papers that were not brought; none takes back what was said before"`
	}
}

type followUpIn struct {
	NoteAt
	Keyed
	Body struct {
		At       time.Time  `json:"at" doc:"RFC 3339, with its offset"`
		Services []Item     `json:"services" minItems:"1" maxItems:"50"`
		Contact  *ContactIn `json:"contact,omitempty" doc:"missing: as it is kept of the ticket's person"`
	}
}

type bookedOut struct {
	Body struct {
		Code string `json:"code" doc:"what the person types at the kiosk; empty until it is confirmed: then it stands in the message alone"`
		Link string `json:"link" doc:"the appointment's page; ends in a secret of 128 bits"`
		ID   string `json:"id" doc:"grants nothing"`
		SMS  bool   `json:"sms" doc:"the confirmation goes to the number by SMS"`
		// ConfirmBy is told to citizens alone: staff's bookings stand.
		ConfirmBy *time.Time `json:"confirm_by" doc:"it lapses unless the person confirms it by then; null: it stands"`
	}
}

// visitRoutes are what a desk does for who sits there besides calling: what
// they need, which papers were missing, and when they come again.
func (s *Server) visitRoutes() {
	const base = "/api/v1/offices/{office}/tickets/{id}"
	endpoint(s, operation{method: http.MethodGet, path: base + "/needs", id: "read-needs", summary: "What the visitor needs; nothing of who they are", tag: "Tickets"}, s.readNeeds)
	endpoint(s, operation{method: http.MethodPost, path: base + "/papers", id: "mark-papers", summary: "Say which papers were not brought", tag: "Tickets", errors: []int{422}}, s.markPapers)
	endpoint(s, operation{method: http.MethodPost, path: base + "/follow-up", id: "book-follow-up", summary: "Book another visit for the same person", tag: "Booking", status: http.StatusCreated, errors: []int{422}}, s.bookFollowUp)
}

func (s *Server) readNeeds(ctx context.Context, _ *ask, in *NoteAt) (*needsOut, error) {
	_, t, err := s.ticketAt(in)
	if err != nil {
		return nil, err
	}
	c, err := s.deps.Contacts.Recipient(ctx, s.whoseTicket(in.Office, t))
	if err != nil && !errors.Is(err, people.ErrNone) {
		return nil, err
	}
	out := &needsOut{}
	out.Body.Needs, out.Body.Yes, out.Body.No = append([]string{}, c.Needs...), append([]string{}, c.Yes...), append([]string{}, c.No...)
	out.Body.Contact = c.Surname != ""
	return out, nil
}

func (s *Server) markPapers(ctx context.Context, a *ask, in *papersIn) (*stored, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, err := s.do(ctx, a, o, in.Key, queue.MarkPapers{Ticket: segment(in.ID), Papers: in.Body.Missing})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

// bookFollowUp keeps a time and makes an appointment of it in one press. Given
// again with its key it goes on where it was cut off.
func (s *Server) bookFollowUp(ctx context.Context, a *ask, in *followUpIn) (*bookedOut, error) {
	o, t, err := s.ticketAt(&in.NoteAt)
	if err != nil {
		return nil, err
	}
	hold := queue.HoldSlot{At: in.Body.At.UTC(), Services: itemsIn(in.Body.Services), Channel: queue.ChannelDesk}
	var contact people.Contact
	if in.Body.Contact == nil {
		contact, err = s.deps.Contacts.Recipient(ctx, s.whoseTicket(in.Office, t))
		if err == nil && contact.Surname == "" || errors.Is(err, people.ErrNone) {
			err = invalid(&fault{Code: "contact_missing_surname", Location: "body.contact.surname"})
		}
	} else {
		contact, err = s.cleanContact(a, o, &queue.Hold{Services: hold.Services, Channel: hold.Channel}, in.Body.Contact.contact(s.deps.Now()))
	}
	if err != nil {
		return nil, err
	}
	kept, err := s.hold(ctx, a, o, in.Key+" hold", hold, false)
	if err != nil {
		return nil, err
	}
	r, err := s.book(ctx, a, o, a.who.ID, a.who.ID, in.Key, kept.Answer.Appointment, contact)
	if err != nil {
		return nil, err
	}
	return s.booked(r.Answer.Appointment, contact), nil
}

// booked is what whoever booked is told.
func (s *Server) booked(id string, contact people.Contact) *bookedOut {
	out := &bookedOut{}
	out.Body.Code, out.Body.Link, out.Body.ID = s.deps.Town.AppointmentCode(id), s.appointmentLink(id), id
	out.Body.SMS = s.sendsSMS(contact)
	return out
}

// sendsSMS says whether messages go to a person by SMS.
func (s *Server) sendsSMS(c people.Contact) bool {
	return s.deps.Notify != nil && s.deps.Notify.Sends(c, notify.SMS)
}
