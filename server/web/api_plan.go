package web

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/office"
	"aufruf/server/overbook"
	"aufruf/server/queue"
)

type planIn struct {
	InOffice
	Day  string `query:"day" maxLength:"10" doc:"first day, 2026-03-29; today if missing"`
	Days int    `query:"days" minimum:"1" maximum:"14" default:"1" doc:"how many days"`
}

type planOut struct {
	Body struct {
		Today string `json:"today" format:"date" doc:"the office's day"`
		Last  string `json:"last" format:"date" doc:"last day of the booking window"`
		// Overbooking says how the office stands with selling more.
		Overbooking string    `json:"overbooking" enum:"off,on,unlearned,no_target,unknown" doc:"whether visits are sold beyond what desks can take: off by the rules, on, unlearned while too little is known of who does not come, no_target without a wait to be kept, unknown before it was looked at"`
		Target      int       `json:"target_minutes" doc:"the wait that is to be kept; 0: none"`
		Days        []PlanDay `json:"days"`
	}
}

// PlanDay is what is planned and sold of a day, in minutes of desk time.
type PlanDay struct {
	Day      string         `json:"day" format:"date"`
	Open     bool           `json:"open" doc:"whether the office has hours on that day"`
	Blackout bool           `json:"blackout" doc:"no citizen books on that day"`
	Beyond   bool           `json:"beyond" doc:"the day lies after the booking window"`
	Visits   int            `json:"visits" doc:"booked"`
	Capacity int            `json:"capacity_minutes" doc:"of the desks"`
	Booked   int            `json:"booked_minutes"`
	WalkIns  *float64       `json:"walk_ins" doc:"people without an appointment who are expected; null: nothing was learned yet"`
	Overbook []PlanOverbook `json:"overbook" doc:"why visits are sold beyond the desks or are not, for hours in which somebody will probably be missing"`
	Hours    []PlanHour     `json:"hours" doc:"local hours in which a desk is planned or something is booked"`
}

// PlanOverbook is the decision for an hour.
type PlanOverbook struct {
	Hour    int     `json:"hour"`
	Booked  int     `json:"booked" doc:"visits that begin in it"`
	Missing float64 `json:"missing" doc:"of them, how many will probably not come"`
	Extra   int     `json:"extra" doc:"visits that are sold beyond the desks"`
	Why     string  `json:"why" enum:"sold,waits" doc:"sold: as many as will be missing; waits: with one more, somebody would wait beyond the target"`
	Wait    int     `json:"wait_minutes" doc:"what four of five wait less than, the longest from that hour on: with these visits, or with the one more"`
}

// PlanHour is one local hour of a day.
type PlanHour struct {
	Hour          int       `json:"hour" doc:"local, 0 to 23"`
	From          time.Time `json:"from"`
	To            time.Time `json:"to"`
	Capacity      int       `json:"capacity_minutes" doc:"minutes that desks are planned to be there"`
	Kept          int       `json:"kept_minutes" doc:"of these, for people without an appointment"`
	Visits        int       `json:"visits" doc:"booked visits that begin in the hour"`
	Booked        int       `json:"booked_minutes"`
	Held          int       `json:"held_minutes" doc:"kept for somebody who is typing, or offered to the waiting list"`
	WalkIns       *float64  `json:"walk_ins" doc:"people without an appointment who are expected; null: nothing was learned yet"`
	WalkInMinutes *float64  `json:"walk_in_minutes" doc:"and the desk time that they are likely to need"`
	Extra         int       `json:"extra" doc:"visits that are sold beyond what desks can take"`
}

func (s *Server) planRoutes() {
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/plan", id: "show-plan",
		summary: "What is planned, kept and booked of a day, hour by hour", tag: "Booking", errors: []int{404, 422}}, s.showPlan)
}

func (s *Server) showPlan(_ context.Context, _ *ask, in *planIn) (*planOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	day, err := dayAsked(in.Day, o)
	if err != nil {
		return nil, err
	}
	out := &planOut{}
	b := &out.Body
	last := windowOf(o)
	b.Today, b.Last, b.Days = o.State().Day.String(), last.String(), []PlanDay{}
	w := s.newcomersOf(o)
	b.Overbooking, b.Target = "unknown", int(o.Rules().Target/time.Minute)
	var more *overbook.Plan
	if s.deps.Overbook != nil {
		more = s.deps.Overbook.Latest(o.ID())
	}
	if more != nil {
		b.Overbooking = more.State
	}
	for range max(in.Days, 1) {
		d := s.planDay(o, day, last, w)
		if more != nil {
			for _, h := range more.On(day) {
				d.Overbook = append(d.Overbook, PlanOverbook{h.Hour, h.Booked, tenth(h.Missing), h.N, h.Why, h.Wait})
			}
		}
		b.Days = append(b.Days, d)
		day = day.AddDays(1)
	}
	return out, nil
}

// dayAsked reads a local day of a question; none is the office's own.
func dayAsked(text string, o *office.Office) (calendar.Date, error) {
	if text == "" {
		return o.State().Day, nil
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		return day, invalid(&fault{Code: codeDay, Location: "query.day"})
	}
	return day, nil
}

// newcomers is how many people without an appointment are expected on a day;
// nil where nobody knows yet.
type newcomers func(day calendar.Date) (byHalfHour [48]float64, minutes float64)

// newcomersOf is what an office has learned of them. What is seen of today
// moves today alone.
func (s *Server) newcomersOf(o *office.Office) newcomers {
	st, m := o.Snapshot()
	if !m.Seasoned() {
		return nil
	}
	rested, r := m.Rested(), o.Rules()
	return func(day calendar.Date) ([48]float64, float64) {
		of, at, model := forecast.DateOf(r, day), day.Start(r.Hours.Zone), rested
		if day == st.Day {
			of, at, model = forecast.DayOf(r, st), s.deps.Now(), m
		}
		w := model.World(r, &of, at)
		mean := 0.0
		for _, service := range w.Mix {
			l := w.Lengths[service]
			mean += math.Exp(l.Mu+l.Sigma*l.Sigma/2) / float64(len(w.Mix))
		}
		return w.Arrivals, mean
	}
}

func (s *Server) planDay(o *office.Office, day, last calendar.Date, w newcomers) PlanDay {
	r, st, now := o.Rules(), o.State(), s.deps.Now()
	terms := r.TermsOf(st)
	d := r.PlanOf(st, day, now)
	out := PlanDay{Day: day.String(), Open: len(d.Spans) > 0, Blackout: slices.Contains(terms.Blackouts, day), Beyond: day.After(last), Hours: []PlanHour{}, Overbook: []PlanOverbook{}}
	var expected [48]float64
	var each float64
	if w != nil {
		expected, each = w(day)
	}
	booked, held := visitsOn(r, st, day, now)
	total := 0.0
	for h := range 24 {
		i := hourOf(r, day, h)
		p := PlanHour{Hour: h, From: i.From, To: i.To, Capacity: d.Capacity(i), Booked: minutesIn(booked, i), Held: minutesIn(held, i)}
		if p.Capacity == 0 && p.Booked == 0 && p.Held == 0 {
			continue
		}
		p.Kept = p.Capacity - p.Capacity*(100-terms.Share[h])/100
		for _, v := range booked {
			if i.Contains(v.From) {
				p.Visits++
			}
		}
		for _, e := range st.Extra {
			if e.Day == day && e.Hour == h && terms.Overbook {
				p.Extra = e.N
			}
		}
		if w != nil {
			n := tenth(expected[2*h] + expected[2*h+1])
			minutes := tenth(n * each)
			p.WalkIns, p.WalkInMinutes = &n, &minutes
			total += n
		}
		out.Visits, out.Capacity, out.Booked = out.Visits+p.Visits, out.Capacity+p.Capacity, out.Booked+p.Booked
		out.Hours = append(out.Hours, p)
	}
	if w != nil && out.Open {
		total = tenth(total)
		out.WalkIns = &total
	}
	return out
}

// visitsOn are the stretches that are booked and held on a day.
func visitsOn(r *queue.Rules, st *queue.State, day calendar.Date, now time.Time) (booked, held []calendar.Interval) {
	stretch := func(at time.Time, items []queue.Item, minutes int) (calendar.Interval, bool) {
		if calendar.DateOf(at, r.Hours.Zone) != day {
			return calendar.Interval{}, false
		}
		if minutes == 0 {
			minutes = r.VisitMinutes(st, items, day)
		}
		return calendar.Interval{From: at, To: at.Add(time.Duration(minutes) * time.Minute)}, true
	}
	for _, a := range st.Between(day.Start(r.Hours.Zone), day.AddDays(1).Start(r.Hours.Zone)) {
		if i, ok := stretch(a.At, a.Services, a.Minutes); ok {
			booked = append(booked, i)
		}
	}
	for _, h := range st.Holds {
		if i, ok := stretch(h.For, h.Services, h.Minutes); ok && h.Until.After(now) {
			held = append(held, i)
		}
	}
	return booked, held
}

// minutesIn is how much of the stretches lies within an hour. They may lie on
// one another, since several desks work at once.
func minutesIn(list []calendar.Interval, hour calendar.Interval) int {
	n := 0
	for _, v := range list {
		for _, both := range calendar.Common([]calendar.Interval{v}, []calendar.Interval{hour}) {
			n += int(both.To.Sub(both.From) / time.Minute)
		}
	}
	return n
}

// tenth rounds to what is worth saying.
func tenth(x float64) float64 { return math.Round(x*10) / 10 }
