package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"aufruf/display"
	"aufruf/server/office"
	"aufruf/server/outlook"
	"aufruf/server/queue"
	"aufruf/server/whatif"

	"github.com/danielgtaylor/huma/v2"
)

type whatIfIn struct {
	InOffice
	Desk    string `query:"desk" required:"true" minLength:"1" maxLength:"64" doc:"id of the desk"`
	Do      string `query:"do" required:"true" enum:"open,close,pause" doc:"what would be done there now"`
	Minutes int    `query:"minutes" default:"30" minimum:"1" maximum:"240" doc:"of a pause"`
}

type whatIfBody struct {
	Desk    string     `json:"desk"`
	Do      string     `json:"do" enum:"open,close,pause"`
	Until   *time.Time `json:"until" doc:"end of the pause; null for the others"`
	Ceiling int        `json:"ceiling_minutes" doc:"the longest wait of a walk-in before being due; 0: none"`
	whatif.Effect
}

type whatIfOut struct{ Body whatIfBody }

// AheadStep is the wait of somebody who would come then.
type AheadStep struct {
	At     time.Time `json:"at"`
	Known  bool      `json:"known" doc:"false: nobody would be there to call, or not surely"`
	Low    int       `json:"low" doc:"minutes, rounded outward"`
	Middle float64   `json:"middle" doc:"minutes; as many would wait less as more"`
	High   int       `json:"high" doc:"minutes, rounded outward"`
}

// AheadCategory is the rest of today for one category.
type AheadCategory struct {
	ID      string        `json:"id"`
	Letter  string        `json:"letter"`
	Names   display.Names `json:"names"`
	Service string        `json:"service" doc:"the one of its services that would wait longest"`
	Steps   []AheadStep   `json:"steps" doc:"the first is now"`
}

// AheadPeak is a stretch of today in which newcomers would wait longer than the
// target, and what would prevent it.
type AheadPeak struct {
	Categories []string     `json:"categories" doc:"that it is for, the one that waits longest first"`
	From       time.Time    `json:"from"`
	To         time.Time    `json:"to"`
	Worst      float64      `json:"worst" doc:"minutes, the highest middle"`
	Looked     bool         `json:"looked" doc:"whether a remedy was looked for: it is for the first peaks"`
	Relief     *AheadRelief `json:"relief" doc:"null: no closed desk would help much"`
}

// TransformSchema says which objects may be null.
func (AheadPeak) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "relief")
}

// AheadRelief is the shortest opening of a closed desk that keeps the middle at
// the target, or at least lowers it.
type AheadRelief struct {
	Prevents bool      `json:"prevents" doc:"false: it is too late to keep the target, but this lowers the wait"`
	Desk     string    `json:"desk"`
	From     time.Time `json:"from"`
	Minutes  int       `json:"minutes"`
	Worst    float64   `json:"worst" doc:"minutes, the highest middle that is left"`
}

// Ahead is the next hours of an office.
type Ahead struct {
	At         time.Time       `json:"at"`
	Target     int             `json:"target_minutes"`
	Staffed    bool            `json:"staffed" doc:"whether any desk is open or on a pause"`
	AllOpen    bool            `json:"all_open" doc:"whether no desk is closed"`
	Categories []AheadCategory `json:"categories"`
	Peaks      []AheadPeak     `json:"peaks" doc:"in order of time"`
}

type aheadOut struct{ Body Ahead }

func (s *Server) aheadRoutes() {
	s.ahead = map[string]*aheadOf{}
	for _, o := range s.deps.Town.Offices() {
		s.ahead[o.ID()] = &aheadOf{}
	}
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/what-if", id: "ask-what-if",
		summary: "What a change at a desk would do to the waits; a question, of which no record is made", tag: "Forecast", errors: []int{404, 409, 422}}, s.whatIf)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/ahead", id: "show-ahead",
		summary: "The waits of the next hours, and what would keep them short", tag: "Forecast", errors: []int{404}}, s.showAhead)
}

// known is an office as it is known now.
func (s *Server) known(o *office.Office) *whatif.Office {
	st, m := o.Snapshot()
	now := s.deps.Now()
	if now.Before(st.At) {
		now = st.At
	}
	return &whatif.Office{Rules: o.Rules(), State: st, Model: m, Now: now}
}

func (s *Server) whatIf(_ context.Context, _ *ask, in *whatIfIn) (*whatIfOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if o.Rules().Desk(in.Desk) == nil {
		return nil, &queue.Refusal{Code: queue.RefusedUnknownDesk}
	}
	k := s.known(o)
	out := &whatIfOut{}
	var until time.Time
	if whatif.Do(in.Do) == whatif.Pause {
		until = k.Now.Add(time.Duration(in.Minutes) * time.Minute)
	}
	if out.Body.Effect, err = k.Ask(in.Desk, whatif.Do(in.Do), until); err != nil {
		return nil, err
	}
	out.Body.Desk, out.Body.Do, out.Body.Until = in.Desk, in.Do, instant(until)
	out.Body.Ceiling = int(o.Rules().Ceiling / time.Minute)
	return out, nil
}

// aheadOf is the last answer for an office. It is made anew when the look ahead
// was: at most once a minute.
type aheadOf struct {
	mu   sync.Mutex
	of   *outlook.Times
	last Ahead
}

func (s *Server) showAhead(_ context.Context, _ *ask, in *InOffice) (*aheadOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if s.deps.Ahead == nil {
		return &aheadOut{Body: Ahead{At: s.deps.Now(), Categories: []AheadCategory{}, Peaks: []AheadPeak{}}}, nil
	}
	a := s.ahead[o.ID()]
	a.mu.Lock()
	defer a.mu.Unlock()
	if times := s.deps.Ahead.Times(o.ID()); times != a.of {
		a.of, a.last = times, s.lookAhead(o, times)
	}
	return &aheadOut{Body: a.last}, nil
}

// relieved bounds for how many peaks a remedy is looked for.
const relieved = 3

func (s *Server) lookAhead(o *office.Office, times *outlook.Times) Ahead {
	k, r := s.known(o), o.Rules()
	a := Ahead{At: k.Now, Target: int(r.Target / time.Minute), Categories: []AheadCategory{}, Peaks: []AheadPeak{}}
	a.AllOpen = true
	for i := range r.Desks {
		there := k.State.Desk(r.Desks[i].ID).Phase != queue.PhaseClosed
		a.Staffed, a.AllOpen = a.Staffed || there, a.AllOpen && there
	}
	var today map[string][]outlook.Later
	if len(times.Days) > 0 && times.Days[0].Date == k.State.Day {
		today = times.Days[0].Services
	} else if queue.StatusAt(r, k.State, k.Now).Open {
		today = soon(k)
	}
	waits := map[string][]whatif.Instant{}
	for id, list := range today {
		for _, l := range list {
			waits[id] = append(waits[id], whatif.Instant{At: l.At, Known: l.Known, Middle: l.Middle})
		}
	}
	for _, c := range r.Categories {
		a.Categories = append(a.Categories, s.aheadCategory(o, &c, today))
	}
	for _, p := range whatif.Peaks(r, waits, r.Target) {
		peak := AheadPeak{Categories: p.Categories, From: p.From.UTC(), To: p.To.UTC(), Worst: p.Worst}
		if peak.Looked = len(a.Peaks) < relieved; peak.Looked {
			if best, ok := k.Relieve(p, instants(today[p.Services[0]]), r.Target); ok {
				peak.Relief = &AheadRelief{Prevents: best.Prevents, Desk: best.Desk, From: best.From.UTC(), Minutes: best.Minutes, Worst: best.Worst}
			}
		}
		a.Peaks = append(a.Peaks, peak)
	}
	return a
}

// soon is the next hours of an office that is open without an end in sight,
// which no hours tell.
func soon(k *whatif.Office) map[string][]outlook.Later {
	const step, far = 10 * time.Minute, 3 * time.Hour
	var at []time.Time
	for t := k.Now.Truncate(step).Add(step); !t.After(k.Now.Add(far)); t = t.Add(step) {
		at = append(at, t)
	}
	all := map[string][]outlook.Later{}
	for id, waits := range k.Later(at) {
		for i, w := range waits {
			l := outlook.Later{At: at[i], Served: w.Served()}
			if q, ok := w.Quantiles(); ok {
				l.Known, l.Middle = true, q.P50
				l.Low, l.High = q.Minutes()
			}
			all[id] = append(all[id], l)
		}
	}
	return all
}

func instants(list []outlook.Later) []time.Time {
	at := make([]time.Time, len(list))
	for i, l := range list {
		at[i] = l.At
	}
	return at
}

// aheadCategory is told by the service that would wait longest.
func (s *Server) aheadCategory(o *office.Office, c *queue.Category, today map[string][]outlook.Later) AheadCategory {
	out := AheadCategory{ID: c.ID, Letter: c.Letter, Names: c.Names, Steps: []AheadStep{}}
	worst := -1.0
	for i := range o.Rules().Services {
		sv := &o.Rules().Services[i]
		if sv.Category != c.ID {
			continue
		}
		top := 0.0
		for _, l := range today[sv.ID] {
			top = max(top, l.Middle)
		}
		if top > worst {
			worst, out.Service = top, sv.ID
		}
	}
	if l := s.deps.Ahead.Latest(o.ID()); l != nil && len(today) > 0 {
		step := AheadStep{At: l.At.UTC()}
		if w := display.NewcomerWait(o.Rules(), o.State(), l, out.Service); w != nil && w.State != display.WaitNobody {
			shown, _ := l.Newcomer(out.Service)
			step.Known, step.Low, step.High, step.Middle = true, w.Low, w.High, shown.Quantiles.P50
		}
		out.Steps = append(out.Steps, step)
	}
	for _, l := range today[out.Service] {
		out.Steps = append(out.Steps, AheadStep{At: l.At.UTC(), Known: l.Known, Low: l.Low, Middle: l.Middle, High: l.High})
	}
	return out
}
