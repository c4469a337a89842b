package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aufruf/server/access"
	"aufruf/server/notify"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// ticketLink begins a ticket's link, appointmentLink an appointment's.
const (
	ticketLink      = "/t/"
	appointmentLink = "/a/"
)

type drawIn struct {
	InOffice
	Keyed
	Body struct {
		Services []Item `json:"services" minItems:"1" maxItems:"50" doc:"in the order they are to be done; the first one's category gives the letter"`
		Priority int    `json:"priority,omitempty" minimum:"0" doc:"minutes of earlier arrival; only reception and supervisors give any"`
		Language string `json:"language,omitempty" maxLength:"8" doc:"what the person speaks, one of the house's languages"`
		// Contact is kept until the end of the day.
		Contact *ContactIn `json:"contact,omitempty" doc:"with a telephone number, to which the link can be sent; only reception and supervisors give any"`
	}
}

type drawOut struct {
	Body struct {
		ID     string `json:"id" doc:"grants nothing"`
		Number string `json:"number" example:"A017"`
		Link   string `json:"link" doc:"the person's own page; ends in a secret of 128 bits"`
		SMS    bool   `json:"sms" doc:"the link goes by SMS to the number that was left"`
	}
}

func (s *Server) ticketRoutes() {
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/offices/{office}/tickets", id: "draw-ticket", summary: "Draw a number for a walk-in", tag: "Tickets", status: http.StatusCreated, errors: []int{422}}, s.drawTicket)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/offices/{office}/tickets/{id}/leave", id: "leave-for", summary: "Take somebody out of the line who says so at the counter", tag: "Tickets"}, s.leaveFor)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/tickets/{secret}/leave", id: "leave", summary: "Leave the line, with one's own link", tag: "Tickets", errors: []int{404}}, s.leaveByLink)
}

func (s *Server) drawTicket(ctx context.Context, a *ask, in *drawIn) (*drawOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if (in.Body.Priority > 0 || in.Body.Contact != nil) && !a.can(in.Office, access.Reception, access.Supervisor) {
		return nil, &problem{Status: http.StatusForbidden, Code: codeForbidden}
	}
	if err := s.goodLanguage(in.Body.Language); err != nil {
		return nil, err
	}
	var contact people.Contact
	if in.Body.Contact != nil {
		if contact, err = s.walkInContact(a, *in.Body.Contact); err != nil {
			return nil, err
		}
	}
	if err := s.limits.drawing(a.who, s.deps.Clock()); err != nil {
		return nil, err
	}
	items := itemsIn(in.Body.Services)
	r, err := s.do(ctx, a, o, in.Key, queue.IssueTicket{Services: items, Priority: in.Body.Priority, Language: in.Body.Language, Promise: s.promised(o, items)})
	if err != nil {
		return nil, err
	}
	if in.Body.Contact != nil {
		// The number has no id before it is drawn. Cut off in between, the command
		// given again gets the same number and puts the contact away then.
		end := o.State().Day.AddDays(1).Start(o.Rules().Hours.Zone)
		if err := s.deps.Contacts.Put(ctx, people.Whose{Office: o.ID(), ID: r.Answer.Ticket}, contact, end); err != nil {
			return nil, err
		}
	}
	out := &drawOut{}
	out.Body.ID, out.Body.Number, out.Body.Link = r.Answer.Ticket, r.Answer.Number.String(), s.ticketLink(r.Answer.Ticket)
	out.Body.SMS = in.Body.Contact != nil && slices.Contains(notify.Kinds, ticketMessage) && s.sendsSMS(contact)
	return out, nil
}

// ticketMessage is the kind of message that brings the link of a number, where
// notify knows it.
const ticketMessage notify.Kind = "ticket"

// walkInContact is a contact of somebody without an appointment: a number to
// send the link to, and a name only if one was given.
func (s *Server) walkInContact(a *ask, in ContactIn) (people.Contact, error) {
	if in.Language == "" {
		in.Language = a.lang
	}
	if err := s.goodLanguage(in.Language); err != nil {
		return people.Contact{}, err
	}
	contact, faults := people.Clean(in.contact(s.deps.Now()), people.AddressNone)
	faults = slices.DeleteFunc(faults, func(f people.Fault) bool { return f.Code == people.FaultMissing && f.Field != "phone" })
	if len(faults) > 0 {
		return contact, invalid(faultsOf(faults)...)
	}
	return contact, nil
}

func (s *Server) goodLanguage(lang string) error {
	if lang != "" && !slices.Contains(s.words.Languages(), lang) {
		return invalid(&fault{Code: codeInvalid, Location: "body.language"})
	}
	return nil
}

func (s *Server) ticketLink(ticket string) string {
	return s.deps.PublicURL + ticketLink + s.deps.Town.TicketSecret(ticket)
}

func (s *Server) appointmentLink(id string) string {
	return s.deps.PublicURL + appointmentLink + s.deps.Town.AppointmentSecret(id)
}

type leaveForIn struct {
	InOffice
	Keyed
	ID   string   `path:"id" maxLength:"100" doc:"id of the ticket"`
	Body *nothing `required:"false"`
}

func (s *Server) leaveFor(ctx context.Context, a *ask, in *leaveForIn) (*stored, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, err := s.do(ctx, a, o, in.Key, queue.Leave{Ticket: segment(in.ID)})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

type leaveIn struct {
	Keyed
	Secret string   `path:"secret" maxLength:"100" doc:"the end of the ticket's link"`
	Body   *nothing `required:"false"`
}

func (s *Server) leaveByLink(ctx context.Context, a *ask, in *leaveIn) (*stored, error) {
	o, id, ok := s.deps.Town.Ticket(in.Secret)
	if !ok {
		r, err := s.leftBefore(ctx, a, in.Secret, in.Key)
		if err != nil {
			return nil, err
		}
		return storedAs(r), nil
	}
	r, err := s.leave(ctx, a, o, in.Secret, in.Key, id)
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

// leftBefore is for a link that no ticket has today: yesterday's may have left,
// and the answer is asked for again. The offices know it by link and key.
func (s *Server) leftBefore(ctx context.Context, a *ask, secret, key string) (office.Receipt, error) {
	return s.answeredBefore(func(o *office.Office) (office.Receipt, error) { return s.leave(ctx, a, o, secret, key, "") })
}

// answeredBefore gives a command that is about nobody to each office in turn:
// one that knows its key repeats its answer, the others refuse it.
func (s *Server) answeredBefore(do func(*office.Office) (office.Receipt, error)) (office.Receipt, error) {
	for _, o := range s.deps.Town.Offices() {
		r, err := do(o)
		var refused *queue.Refusal
		if !errors.As(err, &refused) {
			return r, err
		}
	}
	return office.Receipt{}, notFound()
}

// leave takes a ticket out in the name of whoever holds its link. Keys count
// per link, not per ticket: the link is all that is left of a ticket when its
// day is over. What the record keeps of it is a hash.
func (s *Server) leave(ctx context.Context, a *ask, o *office.Office, secret, key, ticket string) (office.Receipt, error) {
	return s.doFor(ctx, a, holder(secret), "holder:"+ticket, o, key, queue.Leave{Ticket: ticket})
}

// holder is whoever has a link, as one under whom keys count.
func holder(secret string) string { return "holder:" + strings.ToLower(secret) }

// segment is a part of a path as it was meant: codes are typed with spaces.
func segment(raw string) string {
	if s, err := url.PathUnescape(raw); err == nil {
		return s
	}
	return raw
}
