package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"aufruf/server/access"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// foundMost is how many people one search gives out.
const foundMost = 20

type findPeopleIn struct {
	InOffice
	Keyed
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"200" doc:"a surname or its first three letters and more, a telephone number, or a code"`
	}
}

type findPeopleOut struct {
	Body struct {
		People []PersonFound `json:"people" doc:"at most 20, those who come first first"`
	}
}

// ContactOut is how a person is called and reached, for staff who asked for it.
type ContactOut struct {
	Surname   string   `json:"surname"`
	FirstName string   `json:"first_name"`
	Street    string   `json:"street"`
	Number    string   `json:"number" doc:"of the house"`
	Postcode  string   `json:"postcode"`
	Town      string   `json:"town"`
	Phone     string   `json:"phone" doc:"E.164"`
	Mobile    bool     `json:"mobile" doc:"an SMS reaches it"`
	Email     string   `json:"email"`
	Language  string   `json:"language"`
	Needs     []string `json:"needs"`
	Remind    bool     `json:"remind"`
}

// What was found of a person.
const (
	foundBooked  = "booked"
	foundArrived = "arrived"
	foundWalkIn  = "walk_in"
	foundWish    = "wish"
)

// PersonFound is an appointment, a number or a wish, and whose it is.
type PersonFound struct {
	ID       string             `json:"id" doc:"of the appointment, ticket or wish"`
	State    string             `json:"state" enum:"booked,arrived,walk_in,wish"`
	At       *time.Time         `json:"at" doc:"when the appointment is; null: there is none"`
	Services []Item             `json:"services"`
	Code     string             `json:"code" doc:"of the appointment; empty: none, or one of another system"`
	Link     string             `json:"link" doc:"the person's own page; empty: none"`
	Ticket   *AppointmentTicket `json:"ticket" doc:"null: the person has not come yet"`
	Known    bool               `json:"known" doc:"a contact is kept; else what follows is empty"`
	ContactOut
}

type contactOut struct{ Body ContactOut }

// peopleRoutes find people and give out contacts. Each contact that is given
// out is a line of the audit.
func (s *Server) peopleRoutes() {
	const base = "/api/v1/offices/{office}"
	endpoint(s, operation{method: http.MethodPost, path: base + "/people/find", id: "find-people", summary: "Who has a name, a number or a code", tag: "People", errors: []int{422}}, s.findPeople)
	endpoint(s, operation{method: http.MethodGet, path: base + "/appointments/{code}/contact", id: "read-contact-of-appointment", summary: "How the person of an appointment is reached", tag: "People"}, s.contactOfAppointment)
	endpoint(s, operation{method: http.MethodGet, path: base + "/tickets/{id}/contact", id: "read-contact-of-ticket", summary: "How the person of a ticket is reached", tag: "People"}, s.contactOfTicket)
}

// findPeople is a POST since a name must not stand in an address, which others
// on the way may log.
func (s *Server) findPeople(ctx context.Context, a *ask, in *findPeopleIn) (*findPeopleOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if err := s.limits.find.take(a.who.ID, s.deps.Clock()); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(in.Body.Text)
	out := &findPeopleOut{}
	out.Body.People = []PersonFound{}
	if id, ok := s.deps.Town.AppointmentByCode(o.ID(), text); ok {
		contact, err := s.deps.Contacts.Get(ctx, a.who.ID, people.Whose{Office: o.ID(), ID: id})
		if err != nil && !errors.Is(err, people.ErrNone) {
			return nil, err
		}
		if p, ok := s.personFound(o, id, contact, err == nil); ok {
			out.Body.People = append(out.Body.People, p)
		}
	}
	found, err := s.deps.Contacts.Find(ctx, a.who.ID, o.ID(), text)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if p, ok := s.personFound(o, f.ID, f.Contact, true); ok && !slices.ContainsFunc(out.Body.People, func(o PersonFound) bool { return o.ID == p.ID }) {
			out.Body.People = append(out.Body.People, p)
		}
	}
	slices.SortStableFunc(out.Body.People, func(x, y PersonFound) int {
		when := func(p PersonFound) int64 {
			if p.At == nil {
				return 0
			}
			return p.At.Unix()
		}
		return cmp.Compare(when(x), when(y))
	})
	out.Body.People = out.Body.People[:min(len(out.Body.People), foundMost)]
	return out, nil
}

// personFound is what an id stands for now; false if for nothing any more.
func (s *Server) personFound(o *office.Office, id string, c people.Contact, known bool) (PersonFound, bool) {
	st := o.State()
	p := PersonFound{ID: id, Known: known, ContactOut: contactShown(c)}
	switch (people.Whose{Office: o.ID(), ID: id}).Kind() {
	case people.OfAppointment:
		ap := st.Appointment(id)
		if ap == nil {
			return p, false
		}
		p.State, p.At, p.Services, p.Link = foundBooked, instant(ap.At), itemsOut(ap.Services), s.appointmentLink(id)
		if ap.CodeMAC == "" {
			p.Code = s.deps.Town.AppointmentCode(id)
		}
		if t := st.Ticket(ap.Ticket); t != nil {
			p.State, p.Ticket = foundArrived, &AppointmentTicket{ID: t.ID, Number: t.Number.String()}
		}
	case people.OfTicket:
		t := st.Ticket(id)
		if t == nil {
			return p, false
		}
		p.State, p.Services, p.Link = foundWalkIn, itemsOut(t.Services), s.ticketLink(id)
		p.Ticket = &AppointmentTicket{ID: t.ID, Number: t.Number.String()}
	default:
		w := st.Wish(id)
		if w == nil {
			return p, false
		}
		p.State, p.Services = foundWish, itemsOut(w.Services)
	}
	return p, true
}

func contactShown(c people.Contact) ContactOut {
	return ContactOut{Surname: c.Surname, FirstName: c.FirstName, Street: c.Street, Number: c.Number, Postcode: c.Postcode, Town: c.Town,
		Phone: c.Phone, Mobile: c.Mobile, Email: c.Email, Language: c.Language, Needs: append([]string{}, c.Needs...), Remind: c.Remind}
}

func (s *Server) contactOfAppointment(ctx context.Context, a *ask, in *ByCode) (*contactOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	ap, err := s.appointment(a, o, in.Code)
	if err != nil {
		return nil, err
	}
	if err := mayReach(a, o, ap.Ticket); err != nil {
		return nil, err
	}
	return s.giveContact(ctx, a, people.Whose{Office: o.ID(), ID: ap.ID})
}

func (s *Server) contactOfTicket(ctx context.Context, a *ask, in *NoteAt) (*contactOut, error) {
	o, t, err := s.ticketAt(in)
	if err != nil {
		return nil, err
	}
	if err := mayReach(a, o, t.ID); err != nil {
		return nil, err
	}
	return s.giveContact(ctx, a, s.whoseTicket(in.Office, t))
}

// mayReach refuses a contact to a clerk at whose desk the person is not: who
// serves one person has no business with all others. Reception and supervisors
// may look at each.
func mayReach(a *ask, o *office.Office, ticket string) error {
	if a.can(o.ID(), access.Reception, access.Supervisor) {
		return nil
	}
	st := o.State()
	for i := range o.Rules().Desks {
		if d := st.Desk(o.Rules().Desks[i].ID); d.By == a.who.ID && d.Ticket == ticket && ticket != "" {
			return nil
		}
	}
	return &problem{Status: http.StatusForbidden, Code: codeForbidden}
}

// giveContact gives out a contact, with its line in the audit. Ids can be counted
// up, so it goes at the pace of searches.
func (s *Server) giveContact(ctx context.Context, a *ask, w people.Whose) (*contactOut, error) {
	if err := s.limits.find.take(a.who.ID, s.deps.Clock()); err != nil {
		return nil, err
	}
	c, err := s.deps.Contacts.Get(ctx, a.who.ID, w)
	if errors.Is(err, people.ErrNone) {
		return nil, &problem{Status: http.StatusNotFound, Code: codeNoContact}
	}
	if err != nil {
		return nil, err
	}
	return &contactOut{Body: contactShown(c)}, nil
}

// ticketAt finds a ticket of the path.
func (s *Server) ticketAt(in *NoteAt) (*office.Office, *queue.Ticket, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, nil, err
	}
	t := o.State().Ticket(segment(in.ID))
	if t == nil {
		return nil, nil, &queue.Refusal{Code: queue.RefusedUnknownTicket}
	}
	return o, t, nil
}

// whoseTicket is under what the contact of a ticket's person is kept: under the
// appointment's id if there was one, in the office that gave it.
func (s *Server) whoseTicket(at string, t *queue.Ticket) people.Whose {
	id := cmp.Or(t.Appointment, t.ID)
	if origin, _, _ := strings.Cut(id, "-"); t.ReceivedFrom != "" {
		if o, ok := s.deps.Town.Office(origin); ok {
			at = o.ID()
		}
	}
	return people.Whose{Office: at, ID: id}
}
