package web

import (
	"context"
	"net/http"

	"aufruf/display"
	"aufruf/server/queue"
	"aufruf/server/stats"
)

type missingIn struct {
	InOffice
	Days int `query:"days" minimum:"1" maximum:"3650" default:"28" doc:"how many days back, today included"`
}

// MissingPaper is how often a paper was not brought.
type MissingPaper struct {
	ID       string           `json:"id"`
	Names    display.Names    `json:"names"`
	Count    int              `json:"count"`
	Services []MissingService `json:"services" doc:"for which services, the most first"`
}

// MissingService is how often that was for one service.
type MissingService struct {
	ID    string        `json:"id"`
	Names display.Names `json:"names"`
	Count int           `json:"count"`
}

type missingOut struct {
	Body struct {
		From   string         `json:"from" format:"date"`
		To     string         `json:"to" format:"date"`
		Papers []MissingPaper `json:"papers" doc:"the most missed first"`
	}
}

func (s *Server) missingRoutes() {
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/missing-papers", id: "missing-papers",
		summary: "The papers that visitors most often did not bring", tag: "Forecast", errors: []int{404, 422}}, s.showMissing)
}

func (s *Server) showMissing(ctx context.Context, _ *ask, in *missingIn) (*missingOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	to := o.State().Day
	from := to.AddDays(1 - in.Days)
	var missed []stats.MissedPaper
	if s.deps.Stats != nil {
		if err := s.deps.Stats.CatchUp(ctx, o.ID()); err != nil {
			return nil, err
		}
		if missed, err = s.deps.Stats.Missed(ctx, o.ID(), from, to); err != nil {
			return nil, err
		}
	}
	out := &missingOut{}
	out.Body.From, out.Body.To, out.Body.Papers = from.String(), to.String(), []MissingPaper{}
	for _, m := range missed {
		p := MissingPaper{ID: m.Paper, Names: paperNames(o.Rules(), m.Paper), Count: m.Count, Services: []MissingService{}}
		for _, sv := range m.Services {
			p.Services = append(p.Services, MissingService{sv.Service, serviceNames(o.Rules(), sv.Service), sv.Count})
		}
		out.Body.Papers = append(out.Body.Papers, p)
	}
	return out, nil
}

// paperNames are the names of a paper; its id where no service asks for it any
// more.
func paperNames(r *queue.Rules, id string) display.Names {
	for i := range r.Services {
		for _, p := range r.Services[i].Papers {
			if p.ID == id && !p.Hint {
				return p.Names
			}
		}
	}
	return display.Names{"de": id}
}
