// Package whatif answers what a change at a desk would do to the waits, before
// anybody decides it, and looks for the change that would help. It is pure: the
// office as it is known and as it would be are played with the same draws, so
// that what differs comes from the change alone. Nothing of it is a record.
package whatif

import (
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Do is what would be done at a desk.
type Do string

// The changes that can be asked about.
const (
	Open  Do = "open" // or come back from a pause
	Close Do = "close"
	Pause Do = "pause" // for some minutes
)

// Office is an office as it is known at an instant.
type Office struct {
	Rules *queue.Rules
	State *queue.State
	Model *forecast.Model
	Now   time.Time
}

// What can be said of a newcomer's wait.
const (
	Range   = "range"   // Low, Middle, High
	Unsure  = "unsure"  // the same, but not surely called today
	Nobody  = "nobody"  // no desk is staffed that could call
	Unknown = "unknown" // nothing can be told
)

// Newcomer is the wait of somebody who would take a walk-in number, in minutes
// rounded outward; the figures are 0 unless State is range or unsure.
type Newcomer struct {
	State  string  `json:"state" enum:"range,unsure,nobody,unknown"`
	Low    int     `json:"low" doc:"minutes"`
	Middle float64 `json:"middle" doc:"minutes; as many would wait less as more"`
	High   int     `json:"high" doc:"minutes"`
}

// Side is the waits on one side of a change.
type Side struct {
	Newcomers []Newcomer `json:"newcomers" doc:"by category, in the order of the catalogue"`
	Mean      *float64   `json:"mean" doc:"minutes that those who wait now would still wait, on average of their middles; null: nobody waits, or nothing can be told"`
	Over      *float64   `json:"over" doc:"how many of those who wait now would wait longer than the ceiling, as expected; null: no ceiling"`
	Uncertain int        `json:"uncertain" doc:"how many of those who wait now would not surely be called today"`
	Staffed   bool       `json:"staffed" doc:"whether any desk would be open or on a pause"`
}

// Effect is what a change would do.
type Effect struct {
	Same    bool `json:"same" doc:"the desk is already as asked for, so nothing would change"`
	Waiting int  `json:"waiting" doc:"how many wait now"`
	Before  Side `json:"before"`
	After   Side `json:"after"`
}

// Ask says what a change at a desk would do. A change that would be refused at
// the desk itself is refused with the same words.
func (o *Office) Ask(desk string, do Do, until time.Time) (Effect, error) {
	events, err := o.events(desk, do, until)
	if err != nil {
		return Effect{}, err
	}
	then := o.after(events)
	e := Effect{Same: len(events) == 0}
	var player forecast.Player
	before := o.play(&player, nil, nil)
	e.Before = o.side(before)
	e.After = then.side(then.play(&player, nil, nil))
	for t := range o.State.Active {
		if t.State == queue.Waiting {
			e.Waiting++
		}
	}
	return e, nil
}

// events are what the change would record; none if there is nothing to change.
func (o *Office) events(desk string, do Do, until time.Time) ([]queue.Event, error) {
	d := o.State.Desk(desk)
	var c queue.Command
	switch {
	case do == Close && d.Phase == queue.PhaseClosed, do == Open && d.Phase == queue.PhaseOpen:
		return nil, nil
	case do == Close:
		c = queue.CloseDesk{Desk: desk, Any: true}
	case do == Pause:
		c = queue.PauseDesk{Desk: desk, Until: until}
	case d.Phase == queue.PhasePaused:
		c = queue.ResumeDesk{Desk: desk}
	default:
		c = queue.OpenDesk{Desk: desk}
	}
	return queue.Decide(o.Rules, o.State, c, d.By, o.Now)
}

// after is the office as it would be after events.
func (o *Office) after(events []queue.Event) *Office {
	then := &Office{Rules: o.Rules, State: o.State.Clone(), Model: o.Model.Clone(), Now: o.Now}
	day := forecast.DayOf(o.Rules, o.State)
	for _, e := range events {
		meta, body := queue.Meta{Seq: then.State.Seq + 1, At: o.Now, By: "what if"}, queue.Body{Kind: "what_if", Events: []queue.Event{e}}
		then.Model.Learn(o.Rules, then.State, &day, meta, body)
		then.State.Apply(meta, body)
	}
	return then
}

// play looks ahead. plan changes the day's plans; later asks for those who
// would come at these instants.
func (o *Office) play(p *forecast.Player, plan func(*forecast.Day), later []time.Time) *forecast.Outlook {
	day := forecast.DayOf(o.Rules, o.State)
	if plan != nil {
		plan(&day)
	}
	return p.Play(&forecast.Situation{Rules: o.Rules, State: o.State, World: o.Model.World(o.Rules, &day, o.Now), Watch: o.Model.Watch(),
		Day: day, Now: o.Now, Later: later})
}

func (o *Office) side(out *forecast.Outlook) Side {
	s := Side{Newcomers: []Newcomer{}}
	for _, c := range o.Rules.Categories {
		n := Newcomer{State: Unknown}
		for i := range o.Rules.Services {
			if sv := &o.Rules.Services[i]; sv.Category == c.ID {
				n = o.newcomer(out, sv.ID)
				break
			}
		}
		s.Newcomers = append(s.Newcomers, n)
	}
	for _, d := range o.State.Desks {
		s.Staffed = s.Staffed || d.Phase != queue.PhaseClosed
	}
	sum, known, over := 0.0, 0, 0.0
	for t := range o.State.Active {
		if t.State != queue.Waiting {
			continue
		}
		w, _ := out.Ticket(t.ID)
		if !o.staffed(t) {
			w = forecast.Wait{}
		}
		if q, ok := w.Quantiles(); ok {
			sum, known = sum+q.P50, known+1
		} else {
			s.Uncertain++
		}
		over += longer(w, o.Rules.Ceiling-o.Now.Sub(t.Since))
	}
	if known > 0 {
		mean := tenth(sum / float64(known))
		s.Mean = &mean
	}
	if o.Rules.Ceiling > 0 {
		over = tenth(over)
		s.Over = &over
	}
	return s
}

// newcomer is the wait of somebody who would come for a service.
func (o *Office) newcomer(out *forecast.Outlook, service string) Newcomer {
	if !o.staffed(&queue.Ticket{Remaining: []queue.Item{{Service: service, Quantity: 1}}}) {
		return Newcomer{State: Nobody}
	}
	w, _ := out.Newcomer(service)
	q, ok := w.Quantiles()
	if !ok {
		return Newcomer{State: Unknown}
	}
	n := Newcomer{State: Range, Middle: tenth(q.P50)}
	n.Low, n.High = q.Minutes()
	if shown, _ := w.Show(o.Now, forecast.DayOf(o.Rules, o.State).Close); shown.Unsure {
		n.State = Unsure
	}
	return n
}

// staffed reports whether a desk is there that may serve a visit.
func (o *Office) staffed(t *queue.Ticket) bool {
	for id, d := range o.State.Desks {
		if d.Phase != queue.PhaseClosed && o.Rules.May(o.State, id, t) {
			return true
		}
	}
	return false
}

// longer is how likely a wait is longer than d; who is never called waits
// longer.
func longer(w forecast.Wait, d time.Duration) float64 {
	low, high := 0.0, 1.0 // the share that is called by then lies between
	for range 12 {
		u := (low + high) / 2
		if at, ok := w.At(u); ok && at <= d {
			low = u
		} else {
			high = u
		}
	}
	return 1 - low
}

// tenth rounds to what is worth saying.
func tenth(x float64) float64 { return float64(int(x*10+0.5)) / 10 }
