package web

import (
	"context"
	"net/http"
	"time"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/queue"
)

// Item is one service of a visit and how many units of it.
type Item struct {
	ID       string `json:"id" maxLength:"64" doc:"id of the service"`
	Quantity int    `json:"quantity" minimum:"1" doc:"two children are two units"`
}

func itemsOut(items []queue.Item) []Item {
	out := make([]Item, len(items))
	for i, it := range items {
		out[i] = Item{ID: it.Service, Quantity: it.Quantity}
	}
	return out
}

func itemsIn(items []Item) []queue.Item {
	in := make([]queue.Item, len(items))
	for i, it := range items {
		in[i] = queue.Item{Service: it.ID, Quantity: it.Quantity}
	}
	return in
}

// instant is a time for JSON: null when zero.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Named is something with an id and names by language.
type Named struct {
	ID    string        `json:"id"`
	Names display.Names `json:"names" doc:"by language; de is always there"`
}

// OfficeState is what anybody may know of an office.
type OfficeState struct {
	ID       string          `json:"id"`
	Name     display.Names   `json:"name"`
	Services []OfficeService `json:"services"`
	Desks    []OfficeDesk    `json:"desks"`
	Counts   OfficeCounts    `json:"counts"`
	Topic    string          `json:"topic" doc:"to be followed at /live?topic="`
	Hours    display.Hours   `json:"hours"`
	Notice   string          `json:"notice" doc:"public text of the house; may be empty"`
}

// OfficeService is a service on offer.
type OfficeService struct {
	ID       string           `json:"id"`
	Category string           `json:"category"`
	Names    display.Names    `json:"names"`
	Wait     *display.NewWait `json:"wait" doc:"of who takes a number now; null: nothing is known"`
}

// OfficeDesk is a desk as the public knows it.
type OfficeDesk struct {
	ID    string          `json:"id"`
	Names display.Names   `json:"names"`
	State queue.DeskPhase `json:"state" enum:"open,paused,closed"`
}

// OfficeCounts are figures of now.
type OfficeCounts struct {
	Waiting    display.Count            `json:"waiting"`
	DesksOpen  int                      `json:"desks_open"`
	Categories []display.OfficeCategory `json:"categories"`
}

type officesOut struct {
	Body struct {
		Offices []OfficeBrief `json:"offices"`
	}
}

// OfficeBrief is an office in the list.
type OfficeBrief struct {
	ID    string        `json:"id"`
	Name  display.Names `json:"name"`
	Open  bool          `json:"open"`
	Topic string        `json:"topic"`
}

func (s *Server) officeRoutes() {
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices", id: "list-offices", summary: "The town's offices", tag: "Offices"},
		func(_ context.Context, _ *ask, _ *struct{}) (*officesOut, error) {
			out := &officesOut{}
			out.Body.Offices = []OfficeBrief{}
			for _, o := range s.deps.Town.Offices() {
				st := queue.StatusAt(o.Rules(), o.State(), s.deps.Now())
				out.Body.Offices = append(out.Body.Offices, OfficeBrief{ID: o.ID(), Name: o.Rules().Names, Open: st.Open, Topic: "office:" + o.ID()})
			}
			return out, nil
		})
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}", id: "show-office", summary: "An office as the public sees it", tag: "Offices", errors: []int{404}}, s.showOffice)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/catalogue", id: "show-catalogue", summary: "What an office offers", tag: "Offices", errors: []int{404}},
		func(_ context.Context, _ *ask, in *InOffice) (*catalogueOut, error) {
			o, err := s.office(in.Office)
			if err != nil {
				return nil, err
			}
			return &catalogueOut{Body: s.catalogue(o)}, nil
		})
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/queue", id: "show-queue", summary: "Every ticket of today", tag: "Queue"}, s.showQueue)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/me", id: "show-me", summary: "Who the caller is", tag: "Access"}, s.showMe)
}

type officeOut struct{ Body OfficeState }

func (s *Server) showOffice(_ context.Context, _ *ask, in *InOffice) (*officeOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, st := o.Rules(), o.State()
	w, v := s.waits(o), s.officeView(o)
	out := &officeOut{Body: OfficeState{ID: o.ID(), Name: r.Names, Services: []OfficeService{}, Desks: []OfficeDesk{},
		Counts: OfficeCounts{Waiting: v.Waiting, DesksOpen: v.DesksOpen, Categories: v.Categories},
		Topic:  "office:" + o.ID(), Hours: v.Hours, Notice: v.Notice}}
	for _, sv := range r.Services {
		out.Body.Services = append(out.Body.Services, OfficeService{ID: sv.ID, Category: sv.Category, Names: sv.Names, Wait: display.NewcomerWait(r, st, w, sv.ID)})
	}
	for _, d := range r.Desks {
		out.Body.Desks = append(out.Body.Desks, OfficeDesk{ID: d.ID, Names: d.Names, State: st.Desk(d.ID).Phase})
	}
	return out, nil
}

// QueueTicket is one ticket as staff see it.
type QueueTicket struct {
	ID            string            `json:"id" doc:"grants nothing"`
	Number        string            `json:"number" example:"A017"`
	State         queue.TicketState `json:"state" enum:"waiting,called,serving,parked,no_show,sent,done,left,unserved"`
	Desk          *string           `json:"desk" doc:"where called, served or last seen"`
	Services      []Item            `json:"services" doc:"what the person is here for now; of a ticket that is over, the whole visit"`
	IssuedAt      time.Time         `json:"issued_at"`
	CheckedInAt   *time.Time        `json:"checked_in_at"`
	AppointmentAt *time.Time        `json:"appointment_at"`
	DueAt         *time.Time        `json:"due_at" doc:"from when on nobody who is not due goes first"`
	CalledAt      *time.Time        `json:"called_at"`
	StartedAt     *time.Time        `json:"started_at"`
	FinishedAt    *time.Time        `json:"finished_at"`
	Reason        *queue.Reason     `json:"reason" doc:"why called, or why at this place in the line"`
}

type queueOut struct {
	Body struct {
		Seq     uint64        `json:"seq" doc:"newest record in here"`
		Tickets []QueueTicket `json:"tickets" doc:"all of today, in order of arrival"`
	}
}

func (s *Server) showQueue(_ context.Context, _ *ask, in *InOffice) (*queueOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, st := o.Rules(), o.State()
	why := map[string]queue.Reason{}
	for _, p := range queue.Line(r, st, s.deps.Now()) {
		why[p.Ticket.ID] = p.Reason
	}
	out := &queueOut{}
	out.Body.Seq = st.Seq
	out.Body.Tickets = make([]QueueTicket, 0, len(st.Tickets))
	for _, t := range st.Tickets {
		services := t.Remaining
		if t.State.Final() {
			services = t.Services
		}
		q := QueueTicket{ID: t.ID, Number: t.Number.String(), State: t.State, Services: itemsOut(services), IssuedAt: t.IssuedAt.UTC(),
			CheckedInAt: instant(t.CheckedInAt), AppointmentAt: instant(t.AppointmentAt), DueAt: instant(r.DueAt(t)),
			CalledAt: instant(t.CalledAt), StartedAt: instant(t.StartedAt), FinishedAt: instant(t.FinishedAt), Reason: reasonOut(t.Reason)}
		if t.Desk != "" {
			q.Desk = &t.Desk
		}
		if w, ok := why[t.ID]; ok {
			q.Reason = reasonOut(w)
		}
		out.Body.Tickets = append(out.Body.Tickets, q)
	}
	return out, nil
}

func reasonOut(r queue.Reason) *queue.Reason {
	if r.Code == "" {
		return nil
	}
	return &r
}

type meOut struct {
	Body struct {
		ID     string    `json:"id" doc:"opaque"`
		Name   string    `json:"name"`
		Grants []MyGrant `json:"grants"`
	}
}

// MyGrant is one right of the caller; empty parts mean all.
type MyGrant struct {
	Role   access.Role `json:"role" enum:"clerk,reception,supervisor,admin,board,kiosk"`
	Office string      `json:"office"`
	Desk   string      `json:"desk"`
}

func (s *Server) showMe(_ context.Context, a *ask, _ *struct{}) (*meOut, error) {
	out := &meOut{}
	out.Body.ID, out.Body.Name, out.Body.Grants = a.who.ID, a.who.Name, []MyGrant{}
	for _, g := range a.who.Grants {
		out.Body.Grants = append(out.Body.Grants, MyGrant{Role: g.Role, Office: g.Office, Desk: g.Desk})
	}
	return out, nil
}
