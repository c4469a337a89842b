package queue

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/slots"
)

// planner makes the days that slots looks for free times in. One that makes
// several uses its memory again: a day is good until the next.
type planner struct {
	taken   []slots.Visit
	present []slots.Present
	budgets []slots.Budget
}

// day is what a day offers to who asks. Extra visits count for citizens'
// bookings alone: staff sees what the desks can really take.
func (p *planner) day(r *Rules, s *State, a Ask, day calendar.Date, now time.Time) slots.Day {
	d := slots.Day{Spans: r.Hours.OpenSpans(day)}
	p.take(r, s, a, day, now)
	d.Taken = p.taken
	if len(d.Spans) == 0 {
		return d
	}
	p.present = p.present[:0]
	for i := range r.Desks {
		k := &r.Desks[i]
		if k.Keep == "walk_in" {
			continue
		}
		there := d.Spans
		if k.Roster != nil {
			there = calendar.Common(d.Spans, k.Roster.OpenSpans(day))
		}
		for _, span := range there {
			p.present = append(p.present, slots.Present{Desk: i, Interval: span})
		}
	}
	d.Present = p.present
	if !internal(a.Channel) {
		p.part(r, s, &d, day)
		d.Budgets = p.budgets
	}
	return d
}

// take finds the visits of a day that stand in the way.
func (p *planner) take(r *Rules, s *State, a Ask, day calendar.Date, now time.Time) {
	begin, end := day.Start(r.Hours.Zone), day.AddDays(1).Start(r.Hours.Zone)
	p.taken = p.taken[:0]
	add := func(at time.Time, items []Item, minutes int) {
		if at.Before(begin) || !at.Before(end) {
			return
		}
		if minutes == 0 {
			minutes = r.VisitMinutes(s, items, day)
		}
		p.taken = append(p.taken, slots.Visit{At: at, Parts: r.parts(s, items, minutes, day)})
	}
	for _, b := range s.Between(begin, end) {
		if b.ID != a.Move {
			add(b.At, b.Services, b.Minutes)
		}
	}
	for _, h := range s.Holds {
		if h.Until.After(now) {
			add(h.For, h.Services, h.Minutes)
		}
	}
	for i := range s.Freed {
		if f := &s.Freed[i]; a.hides(f) {
			add(f.For, f.Services, f.Minutes)
		}
	}
}

// part makes a budget for each hour of which not all is sold, or more.
func (p *planner) part(r *Rules, s *State, d *slots.Day, day calendar.Date) {
	p.budgets = p.budgets[:0]
	terms := r.TermsOf(s)
	at := func(h int) time.Time { return day.At(calendar.TimeOfDay(h*60), r.Hours.Zone) }
	last := d.Spans[len(d.Spans)-1].To
	h := d.Spans[0].From.In(r.Hours.Zone).Hour()
	for from := at(h); h < 24 && from.Before(last); h++ {
		hour := calendar.Interval{From: from, To: at(h + 1)}
		from = hour.To
		extra := 0
		for i := range s.Extra {
			if e := &s.Extra[i]; terms.Overbook && e.Day == day && e.Hour == h {
				extra = e.N
			}
		}
		share := terms.Share[h]
		if share == 0 && extra == 0 {
			continue
		}
		if capacity := d.Capacity(hour); capacity > 0 {
			p.budgets = append(p.budgets, slots.Budget{Interval: hour, Extra: extra,
				Minutes: capacity*(100-share)/100 + d.Open(hour)*extra})
		}
	}
}
