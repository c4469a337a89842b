package web

import (
	"context"
	"net/http"
	"time"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/whatif"
)

// MeasuredLength is what was measured of a service, with a proposal.
type MeasuredLength struct {
	Service string        `json:"service"`
	Names   display.Names `json:"names"`
	Cases   int           `json:"cases" doc:"measured; old ones count for less"`
	P10     float64       `json:"p10" doc:"minutes of one unit; one case in ten is shorter"`
	Median  float64       `json:"median" doc:"minutes"`
	P90     float64       `json:"p90" doc:"minutes; one case in ten is longer"`
	Planned whatif.Slot   `json:"planned" doc:"with the length that counts today"`
	Propose whatif.Slot   `json:"proposed" doc:"with the proposed length: enough for 65 of 100 cases, in whole minutes"`
}

// SetLength is a planned length that was set in the browser.
type SetLength struct {
	Service string        `json:"service"`
	Names   display.Names `json:"names"`
	Minutes int           `json:"minutes"`
	From    string        `json:"from" format:"date"`
	At      time.Time     `json:"at" doc:"when it was set"`
	Counts  bool          `json:"counts" doc:"whether it is the one that counts today"`
}

type lengthsOut struct {
	Body struct {
		Services []MeasuredLength `json:"services" doc:"of which enough was measured"`
		Enough   int              `json:"enough" doc:"how many cases that are"`
		Few      int              `json:"few" doc:"services of which it was less"`
		Set      []SetLength      `json:"set"`
		Today    string           `json:"today" format:"date" doc:"the office's day"`
	}
}

// InService is a service's place in paths.
type InService struct {
	InOffice
	Service string `path:"service" maxLength:"64" doc:"id of the service"`
}

type plannedIn struct {
	InService
	Keyed
	Body struct {
		Minutes int    `json:"minutes" minimum:"0" maximum:"480" doc:"of one unit; 0 takes back what was set for that day"`
		From    string `json:"from" format:"date" doc:"first day on which it counts"`
	}
}

func (s *Server) lengthRoutes() {
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/lengths", id: "show-lengths",
		summary: "How long services take, and the planned lengths that follow from it", tag: "Forecast", errors: []int{404}},
		func(_ context.Context, _ *ask, in *InOffice) (*lengthsOut, error) {
			o, err := s.office(in.Office)
			if err != nil {
				return nil, err
			}
			return s.lengths(o), nil
		})
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/offices/{office}/services/{service}/planned", id: "set-planned",
		summary: "Give a service another planned length from a day on", tag: "House", errors: []int{404, 422}}, s.setPlanned)
}

func (s *Server) lengths(o *office.Office) *lengthsOut {
	k, r := s.known(o), o.Rules()
	out := &lengthsOut{}
	b := &out.Body
	b.Services, b.Set, b.Enough, b.Today = []MeasuredLength{}, []SetLength{}, whatif.Enough, k.State.Day.String()
	measured, few := k.Lengths()
	b.Few = few
	for _, l := range measured {
		b.Services = append(b.Services, MeasuredLength{Service: l.Service, Names: serviceNames(r, l.Service), Cases: int(l.Cases),
			P10: l.P10, Median: l.Median, P90: l.P90, Planned: l.Now, Propose: l.Then})
	}
	counts := map[string]int{} // the last of a service that is not in the future
	for i, p := range k.State.Planned {
		b.Set = append(b.Set, SetLength{Service: p.Service, Names: serviceNames(r, p.Service), Minutes: p.Minutes, From: p.From.String(), At: p.At.UTC()})
		if !p.From.After(k.State.Day) {
			counts[p.Service] = i
		}
	}
	for _, i := range counts {
		b.Set[i].Counts = true
	}
	return out
}

func serviceNames(r *queue.Rules, service string) display.Names {
	if sv := r.Service(service); sv != nil {
		return sv.Names
	}
	return display.Names{"de": service}
}

func (s *Server) setPlanned(ctx context.Context, a *ask, in *plannedIn) (*stored, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	from, err := calendar.ParseDate(in.Body.From)
	if err != nil {
		return nil, invalid(&fault{Code: codeTime, Location: "body.from"})
	}
	r, err := s.do(ctx, a, o, in.Key, queue.SetPlanned{Service: in.Service, Minutes: in.Body.Minutes, From: from})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}
