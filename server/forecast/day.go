package forecast

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Day is what is known of an office's day beforehand. Zero instants are not
// known.
type Day struct {
	Start   time.Time // local midnight
	Weekday time.Weekday
	Close   time.Time // who waits then is still served
	Intake  time.Time // no walk-in takes a number after it
	// Hours are the office's own; desks without a roster keep to them.
	Hours Plan
	// Plans are the desks' rosters by position in Rules.Desks. A desk without
	// one is expected as often as it was there on the days before.
	Plans []Plan
}

// Plan is when a desk is meant to be there; the gaps are breaks.
type Plan []Span

// Span is from one instant to another.
type Span struct{ From, To time.Time }

func (d *Day) plan(i int) Plan {
	if i >= 0 && i < len(d.Plans) {
		return d.Plans[i]
	}
	return nil
}

// DayOf is the day that a state is in, by the office's hours, an extraordinary
// opening and the desks' rosters.
func DayOf(r *queue.Rules, s *queue.State) Day {
	return dayOn(r, s.Day, s.Opening, s.Shut)
}

// DateOf is a day to come, by hours and rosters alone.
func DateOf(r *queue.Rules, date calendar.Date) Day { return dayOn(r, date, nil, false) }

func dayOn(r *queue.Rules, date calendar.Date, extra *queue.Opening, shut bool) Day {
	if date.IsZero() {
		return Day{}
	}
	start := date.Start(r.Hours.Zone)
	d := Day{Start: start, Weekday: date.Weekday(), Hours: spansOf(r.Hours.OpenSpans(date))}
	if extra != nil {
		d.Hours = nil
		if !extra.Until.IsZero() {
			d.Hours = Plan{{extra.From, extra.Until}}
			if h := spansOf(r.Hours.OpenSpans(date)); len(h) > 0 && h[len(h)-1].To.After(extra.Until) {
				d.Hours = Plan{{extra.From, h[len(h)-1].To}}
			}
		}
	}
	if n := len(d.Hours); n > 0 && !shut {
		d.Close = d.Hours[n-1].To
		d.Intake = d.Close
	}
	for i := range r.Desks {
		var p Plan
		if roster := r.Desks[i].Roster; roster != nil {
			p = spansOf(roster.OpenSpans(date))
		}
		d.Plans = append(d.Plans, p)
	}
	return d
}

func spansOf(list []calendar.Interval) Plan {
	var p Plan
	for _, i := range list {
		p = append(p, Span{i.From, i.To})
	}
	return p
}
