package overbook

import (
	"fmt"
	"math"
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Enough is of how many booked people it must be known whether they came.
const Enough = 30

// How an office stands with selling more.
const (
	Off       = "off"       // the terms say no
	Unlearned = "unlearned" // too little is known of who does not come
	NoTarget  = "no_target" // there is no wait to be kept
	On        = "on"
)

// Why an hour has as many extra visits as it has.
const (
	Sold  = "sold"  // as many as will probably be missing
	Waits = "waits" // fewer or none: else somebody would wait beyond the target
)

// Hour is the decision for one hour of a day. Hours in which nobody in
// particular is likely to be missing are not told.
type Hour struct {
	Day     calendar.Date
	Hour    int     // local
	Booked  int     // visits that begin in it
	Missing float64 // of them, how many will probably not come
	N       int     // visits that are sold beyond the desks
	Why     string
	// Wait is the wait in minutes that four of five stay below, the longest from
	// this hour to the day's end: with N visits more where they are sold, with
	// one more than N where the wait forbids it.
	Wait int
}

// Office is what a decision starts from. It is only read.
type Office struct {
	Rules *queue.Rules
	State *queue.State
	Model *forecast.Model
	Now   time.Time
}

// Standing says whether anything can be sold beyond the desks at all.
func (o *Office) Standing() string {
	all, missed := o.Model.Kept()
	switch {
	case !o.Rules.TermsOf(o.State).Overbook:
		return Off
	case o.Rules.Target <= 0:
		return NoTarget
	case all < Enough || missed < 1 || !o.Model.Seasoned():
		return Unlearned
	}
	return On
}

// Day decides for one day to come.
func (o *Office) Day(p *forecast.Player, day calendar.Date) []Hour {
	if o.Standing() != On {
		return nil
	}
	d := &dayPlan{Office: o, player: p, date: day, day: forecast.DateOf(o.Rules, day)}
	if !d.begin() {
		return nil
	}
	return d.decide()
}

// dayPlan is the work on one day.
type dayPlan struct {
	*Office
	player *forecast.Player
	date   calendar.Date
	day    forecast.Day
	model  *forecast.Model
	start  time.Time // of the office's hours
	last   time.Time // until when a desk is planned
	hours  []Hour
	spans  []calendar.Interval // of hours
}

// begin counts who will be missing; false where nobody is.
func (d *dayPlan) begin() bool {
	if len(d.day.Hours) == 0 || !d.date.After(d.State.Day) {
		return false
	}
	d.start, d.model = d.day.Hours[0].From, d.Model.Rested()
	w := d.model.World(d.Rules, &d.day, d.start)
	plan := d.Rules.PlanOf(d.State, d.date, d.Now)
	for _, p := range plan.Present {
		if p.To.After(d.last) {
			d.last = p.To
		}
	}
	for h := range 24 {
		span := calendar.Interval{From: d.date.At(calendar.TimeOfDay(h*60), d.Rules.Hours.Zone), To: d.date.At(calendar.TimeOfDay(h*60+60), d.Rules.Hours.Zone)}
		if plan.Capacity(span) == 0 {
			continue
		}
		hour := Hour{Day: d.date, Hour: h}
		for _, a := range d.State.Appointments {
			if !span.Contains(a.At) {
				continue
			}
			hour.Booked++
			if !a.Confirmed && a.Late == 0 { // who has said so will come
				hour.Missing += w.Missing(a.BookedAt, a.At)
			}
		}
		// A hair above is still below: sums of shares are not exact.
		if hour.N = min(int(math.Floor(hour.Missing+1e-9)), len(d.Rules.Desks)); hour.N >= 1 {
			d.hours, d.spans = append(d.hours, hour), append(d.spans, span)
		}
	}
	return len(d.hours) > 0
}

// decide plays the day with all that may be missing sold, and takes back from
// the last hour before the first wait that is too long until none is.
func (d *dayPlan) decide() []Hour {
	for range d.most() + 1 {
		look := d.play()
		first := slices.IndexFunc(d.hours, func(h Hour) bool { return h.N > 0 })
		var bad time.Time
		if first >= 0 {
			// What is too long before anything is sold is not its doing.
			bad = look.firstOver(d.Rules.Target, d.spans[first].From)
		}
		if bad.IsZero() {
			for i := range d.hours {
				if h := &d.hours[i]; h.Why == "" {
					h.Why, h.Wait = Sold, look.worst(d.spans[i].From)
				}
			}
			return d.hours
		}
		i := d.before(bad)
		h := &d.hours[i]
		h.N, h.Why, h.Wait = h.N-1, Waits, look.worst(d.spans[i].From)
	}
	return d.hours
}

// most is how often something can be taken back.
func (d *dayPlan) most() (n int) {
	for _, h := range d.hours {
		n += h.N
	}
	return n
}

// before is the last hour with something sold that begins no later than a wait
// that is too long: what is sold after it is not its cause. There is one.
func (d *dayPlan) before(bad time.Time) int {
	for i := len(d.hours) - 1; i > 0; i-- {
		if d.hours[i].N > 0 && !d.spans[i].From.After(bad) {
			return i
		}
	}
	return slices.IndexFunc(d.hours, func(h Hour) bool { return h.N > 0 })
}

// wait is what four of five stay below who come at an instant.
type wait struct {
	at    time.Time
	known bool
	d     time.Duration
}

type waits []wait

// sure is the share of people whose wait is to stay within the target.
const sure = 0.8

// step is how often somebody without an appointment is thought to come.
const step = 30 * time.Minute

// play looks at the day with the extra visits that stand now.
func (d *dayPlan) play() waits {
	empty := queue.New(d.State.Office)
	empty.Day, empty.At = d.date, d.day.Start
	for _, a := range d.State.Appointments {
		if calendar.DateOf(a.At, d.Rules.Hours.Zone) == d.date {
			empty.Appointments = append(empty.Appointments, a)
		}
	}
	empty.Appointments = append(empty.Appointments, d.extras(empty.Appointments)...)
	var later []time.Time
	for _, h := range d.day.Hours {
		for t := h.From.Add(step); t.Before(h.To); t = t.Add(step) {
			later = append(later, t)
		}
	}
	out := d.player.Play(&forecast.Situation{Rules: d.Rules, State: empty, World: d.model.World(d.Rules, &d.day, d.start),
		Watch: d.model.Watch(), Day: d.day, Now: d.start, Expected: true, Later: later})
	var all waits
	for _, a := range empty.Appointments {
		w, ok := out.Expected(a.ID)
		if !ok {
			continue
		}
		// Counted from the time of the appointment: who comes early waits of own
		// will.
		until, called := w.At(sure)
		all = append(all, wait{a.At, called, until - a.At.Sub(d.start)})
	}
	for i := range d.Rules.Services {
		for j, w := range out.Later(d.Rules.Services[i].ID) {
			if !later[j].Before(d.last) {
				continue // nobody comes when no desk is planned any more
			}
			until, called := w.At(sure)
			if q, ok := w.Quantiles(); ok {
				// The larger of what was seen and what is told: the latter has learned
				// from waits that came otherwise.
				until = max(until, time.Duration(q.P80*float64(time.Minute)))
			}
			all = append(all, wait{later[j], called, until})
		}
	}
	slices.SortStableFunc(all, func(a, b wait) int { return a.at.Compare(b.at) })
	return all
}

// extras are the visits that are sold beyond the desks, spread over their hour,
// for what others of that hour come for.
func (d *dayPlan) extras(booked []*queue.Appointment) (list []*queue.Appointment) {
	for i, h := range d.hours {
		span := d.spans[i]
		var like []*queue.Appointment
		for _, a := range booked {
			if span.Contains(a.At) {
				like = append(like, a)
			}
		}
		gap := span.To.Sub(span.From) / time.Duration(h.N+1)
		for n := range h.N {
			a := like[n%len(like)]
			list = append(list, &queue.Appointment{ID: fmt.Sprintf("%s-x%02d-%d", d.State.Office, h.Hour, n), At: span.From.Add(gap * time.Duration(n+1)),
				Services: a.Services, Minutes: a.Minutes, BookedAt: d.Now})
		}
	}
	return list
}

// firstOver is when somebody, from an instant on, first waits longer than the
// target or is not surely called at all; zero: nobody does.
func (w waits) firstOver(target time.Duration, from time.Time) time.Time {
	for _, x := range w {
		if !x.at.Before(from) && (!x.known || x.d > target) {
			return x.at
		}
	}
	return time.Time{}
}

// worst is the longest wait from an instant on, in minutes.
func (w waits) worst(from time.Time) int {
	worst := time.Duration(0)
	for _, x := range w {
		if x.known && !x.at.Before(from) {
			worst = max(worst, x.d)
		}
	}
	return int(math.Ceil(worst.Minutes()))
}
