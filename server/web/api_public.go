package web

import (
	"context"
	"net/http"
	"time"

	"aufruf/display"
	"aufruf/server/office"
	"aufruf/server/outlook"
	"aufruf/server/queue"
)

// openFor is how long others may keep what is public.
const openFor = "public, max-age=10"

// WaitTime is the wait of somebody who would come at an instant.
type WaitTime struct {
	At    time.Time `json:"at"`
	State string    `json:"state" enum:"range,unknown" doc:"unknown: nobody would be there to call, or not surely"`
	Low   int       `json:"low" doc:"minutes"`
	High  int       `json:"high" doc:"minutes"`
}

// ServiceState is what anybody may know of a service now.
type ServiceState struct {
	ID       string           `json:"id"`
	Category string           `json:"category"`
	Names    display.Names    `json:"names"`
	Waiting  display.Count    `json:"waiting" doc:"who waits for the service's category"`
	Refusal  string           `json:"refusal" doc:"why no number would be given now, a code; empty: one would be"`
	Wait     *display.NewWait `json:"wait" doc:"of who takes a number now; null: nothing is known"`
	Best     []display.Window `json:"best" doc:"good times to come, at most one a day"`
	Times    []WaitTime       `json:"times" doc:"what would be waited by who comes later today or on the next open days"`
}

type serviceIn struct {
	InOffice
	Service string `path:"service" maxLength:"64" doc:"id of the service"`
}

type serviceOut struct{ Body ServiceState }

// PublicState is an office for the whole world: open data.
type PublicState struct {
	Office     string           `json:"office"`
	Name       display.Names    `json:"name"`
	At         time.Time        `json:"at" doc:"when this was so"`
	Hours      display.Hours    `json:"hours"`
	Waiting    display.Count    `json:"waiting" doc:"people who wait"`
	DesksOpen  int              `json:"desks_open"`
	FreeToday  *int             `json:"free_today" doc:"how many people more get an appointment today, whatever for; null: nobody books here"`
	Categories []PublicCategory `json:"categories"`
	Best       []display.Window `json:"best" doc:"good times to come whatever for, at most one a day"`
}

// PublicCategory is a category with its services.
type PublicCategory struct {
	ID      string           `json:"id"`
	Letter  string           `json:"letter" doc:"begins its numbers"`
	Names   display.Names    `json:"names"`
	Waiting display.Count    `json:"waiting"`
	Refusal string           `json:"refusal" doc:"why no number would be given now for its first service; empty: one would be"`
	Wait    *display.NewWait `json:"wait" doc:"of who takes a number now for its first service; null: nothing is known"`
	// FreeToday counts for the first service that citizens book.
	FreeToday *int            `json:"free_today" doc:"how many people more get an appointment today for its first service that citizens book; null: they book none"`
	Services  []PublicService `json:"services"`
}

// PublicService is a service with its wait.
type PublicService struct {
	ID    string           `json:"id"`
	Names display.Names    `json:"names"`
	Wait  *display.NewWait `json:"wait" doc:"null: nothing is known"`
}

type publicOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         PublicState
}

// TicketState is what the holder of a link may know, for programs.
type TicketState struct {
	Number   string            `json:"number" example:"A017"`
	State    queue.TicketState `json:"state" enum:"waiting,called,serving,parked,no_show,sent,done,left,unserved"`
	Wait     *display.Wait     `json:"wait" doc:"when the call is likely; null: does not wait, or nothing is known"`
	Promised *display.NewWait  `json:"promised" doc:"the minutes that were shown with the number; null: none were"`
}

type heldIn struct {
	Secret string `path:"secret" maxLength:"100" doc:"the end of the ticket's link"`
}

type heldOut struct{ Body TicketState }

func (s *Server) publicRoutes() {
	endpoint(s, operation{method: http.MethodGet, path: "/public/{office}.json", id: "public-office", summary: "How long one waits, for other sites: open data, no credentials, any origin", tag: "Public", errors: []int{404}}, s.publicState)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/services/{service}", id: "show-service", summary: "How long one would wait for a service, now and later", tag: "Offices", errors: []int{404}}, s.showService)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/tickets/{secret}", id: "show-ticket", summary: "A ticket, with one's own link", tag: "Tickets", errors: []int{404}}, s.showTicket)
}

func (s *Server) publicState(_ context.Context, _ *ask, in *InOffice) (*publicOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, st, w := o.Rules(), o.State(), s.waits(o)
	v := s.officeView(o)
	out := &publicOut{CacheControl: openFor, Body: PublicState{Office: o.ID(), Name: r.Names, At: s.deps.Now().UTC(), Hours: v.Hours,
		Waiting: v.Waiting, DesksOpen: v.DesksOpen, FreeToday: v.FreeToday, Categories: []PublicCategory{}, Best: s.best(o, "", nil)}}
	for _, c := range v.Categories {
		pc := PublicCategory{ID: c.ID, Letter: c.Letter, Names: c.Names, Waiting: c.Waiting, Refusal: c.Refusal, Wait: c.Wait, FreeToday: c.FreeToday, Services: []PublicService{}}
		for i := range r.Services {
			if sv := &r.Services[i]; sv.Category == c.ID {
				pc.Services = append(pc.Services, PublicService{ID: sv.ID, Names: sv.Names, Wait: display.NewcomerWait(r, st, w, sv.ID)})
			}
		}
		out.Body.Categories = append(out.Body.Categories, pc)
	}
	return out, nil
}

func (s *Server) showService(_ context.Context, _ *ask, in *serviceIn) (*serviceOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	v, ok := s.serviceState(o, in.Service)
	if !ok {
		return nil, notFound()
	}
	return &serviceOut{Body: v}, nil
}

// serviceState is a service as it is now; false when there is none of the id.
func (s *Server) serviceState(o *office.Office, id string) (v ServiceState, ok bool) {
	r, st, now := o.Rules(), o.State(), s.deps.Now()
	sv := r.Service(id)
	if sv == nil {
		return v, false
	}
	v = ServiceState{ID: sv.ID, Category: sv.Category, Names: sv.Names, Wait: display.NewcomerWait(r, st, s.waits(o), sv.ID), Times: []WaitTime{}}
	for _, c := range display.ShowOffice(r, st, nil, nil, now).Categories {
		if c.ID == sv.Category {
			v.Waiting = c.Waiting
		}
	}
	if refused, is := queue.Intake(r, st, []queue.Item{{Service: sv.ID, Quantity: 1}}, now).(*queue.Refusal); is {
		v.Refusal = refused.Code
	}
	v.Best = s.best(o, sv.ID, v.Wait)
	for _, day := range s.later(o, sv.ID) {
		for _, l := range day {
			t := WaitTime{At: l.At.UTC(), State: "unknown"}
			if l.Known {
				t.State, t.Low, t.High = display.WaitRange, l.Low, l.High
			}
			v.Times = append(v.Times, t)
		}
	}
	return v, true
}

// best are good times to come for a service, or for any of them.
func (s *Server) best(o *office.Office, service string, ifNow *display.NewWait) []display.Window {
	return display.Best(s.later(o, service), s.deps.Now(), ifNow)
}

// later is how long somebody would wait who came later, day by day; for no
// service in particular, the longest wait of the categories' first ones.
func (s *Server) later(o *office.Office, service string) (days [][]display.Later) {
	if s.deps.Ahead == nil {
		return nil
	}
	times := s.deps.Ahead.Times(o.ID())
	if times == nil {
		return nil
	}
	wanted := []string{service}
	if service == "" {
		wanted = firstServices(o.Rules())
	}
	for _, d := range times.Days {
		var each [][]display.Later
		for _, id := range wanted {
			each = append(each, laterOf(d.Services[id]))
		}
		days = append(days, display.Together(each))
	}
	return days
}

func laterOf(list []outlook.Later) []display.Later {
	out := make([]display.Later, len(list))
	for i, l := range list {
		out[i] = display.Later{At: l.At, Known: l.Known, Low: l.Low, High: l.High, Middle: l.Middle}
	}
	return out
}

// firstServices is one service of each category, the one that stands for it.
func firstServices(r *queue.Rules) (ids []string) {
	seen := map[string]bool{}
	for i := range r.Services {
		if sv := &r.Services[i]; !seen[sv.Category] {
			seen[sv.Category] = true
			ids = append(ids, sv.ID)
		}
	}
	return ids
}

func (s *Server) showTicket(_ context.Context, _ *ask, in *heldIn) (*heldOut, error) {
	o, id, ok := s.deps.Town.Ticket(in.Secret)
	if !ok {
		return nil, notFound()
	}
	st, now := o.State(), s.deps.Now()
	phone, ok := display.ShowPhone(o.Rules(), st, s.waits(o), id, nil, now)
	if !ok {
		return nil, notFound()
	}
	return &heldOut{Body: TicketState{Number: phone.Number.Text, State: phone.State, Wait: phone.Wait, Promised: display.PromiseOf(st.Ticket(id))}}, nil
}
