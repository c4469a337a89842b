package whatif

import (
	"slices"
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Peak is a stretch of today in which somebody who comes would wait longer than
// the office's target, for one category or for several at once.
type Peak struct {
	Categories []string  // the one that waits longest first
	Services   []string  // of each the one that waits longest
	From       time.Time // first instant at which it is so
	To         time.Time // last
	Worst      float64   // minutes, the highest middle
}

// Peaks finds the stretches in waits by service, in order of time. Of the
// services of a category the worst stands for all; stretches that overlap are
// one, for whoever opens a desk decides once.
func Peaks(r *queue.Rules, waits map[string][]Instant, target time.Duration) []Peak {
	if target <= 0 {
		return nil
	}
	var all []Peak
	for _, c := range r.Categories {
		var worst []Peak
		for i := range r.Services {
			if sv := &r.Services[i]; sv.Category == c.ID {
				if p := peaksOf(sv, waits[sv.ID], target.Minutes()); top(p) > top(worst) {
					worst = p
				}
			}
		}
		all = append(all, worst...)
	}
	slices.SortStableFunc(all, func(a, b Peak) int { return a.From.Compare(b.From) })
	var peaks []Peak
	for _, p := range all {
		if n := len(peaks); n > 0 && !p.From.After(peaks[n-1].To) {
			peaks[n-1].join(p)
			continue
		}
		peaks = append(peaks, p)
	}
	return peaks
}

// join takes in a stretch that overlaps.
func (p *Peak) join(o Peak) {
	if !slices.Contains(p.Services, o.Services[0]) {
		at := len(p.Services)
		if o.Worst > p.Worst {
			at = 0
		}
		p.Categories = slices.Insert(p.Categories, at, o.Categories[0])
		p.Services = slices.Insert(p.Services, at, o.Services[0])
	}
	if o.To.After(p.To) {
		p.To = o.To
	}
	p.Worst = max(p.Worst, o.Worst)
}

// Instant is the middle of the wait of somebody who would come then; Known is
// false where it cannot be told.
type Instant struct {
	At     time.Time
	Known  bool
	Middle float64
}

// Later is how long somebody would wait who came for each service at some
// instants, in their order.
func (o *Office) Later(at []time.Time) map[string][]forecast.Wait {
	var player forecast.Player
	out := o.play(&player, nil, at)
	waits := make(map[string][]forecast.Wait, len(o.Rules.Services))
	for i := range o.Rules.Services {
		waits[o.Rules.Services[i].ID] = out.Later(o.Rules.Services[i].ID)
	}
	return waits
}

func peaksOf(sv *queue.Service, waits []Instant, target float64) []Peak {
	var peaks []Peak
	open := false
	for _, w := range waits {
		switch {
		case !w.Known || w.Middle <= target:
			open = false
		case !open:
			peaks = append(peaks, Peak{Categories: []string{sv.Category}, Services: []string{sv.ID}, From: w.At, To: w.At, Worst: w.Middle})
			open = true
		default:
			p := &peaks[len(peaks)-1]
			p.To, p.Worst = w.At, max(p.Worst, w.Middle)
		}
	}
	return peaks
}

func top(peaks []Peak) (worst float64) {
	for _, p := range peaks {
		worst = max(worst, p.Worst)
	}
	return worst
}

// Relief is a closed desk that, opened for some minutes, keeps a peak's waits
// at the target, or where none can, lowers them most. Worst is the highest
// middle that is left.
type Relief struct {
	Prevents bool
	Desk     string
	From     time.Time // when it should open; not before now
	Minutes  int
	Worst    float64
}

// reliefs are how long a desk is asked for, the shortest first.
var reliefs = []int{15, 20, 25, 30, 45, 60}

// desksTried bounds how many closed desks are tried: beyond a few with
// different skills nothing new is learned.
const desksTried = 3

// Relieve looks for the shortest opening of a closed desk that keeps a peak at
// the target; at are the instants at which it must hold, those of the peak
// among them. Where none does it is one from now on that at least lowers the
// peak by a tenth; ok is false when there is none either.
func (o *Office) Relieve(p Peak, at []time.Time, target time.Duration) (best Relief, ok bool) {
	var player forecast.Player
	at = slices.DeleteFunc(slices.Clone(at), func(t time.Time) bool {
		return !t.After(o.Now) || t.Before(p.From) || t.After(p.To)
	})
	if len(at) == 0 {
		return best, false
	}
	desks := o.closedFor(p.Services[0])
	for _, minutes := range reliefs {
		length := time.Duration(minutes) * time.Minute
		// Just before the peak, so that the line is short when it begins; and
		// where it is long, in its midst.
		for _, from := range []time.Time{p.From.Add(-length), p.From.Add(-length / 2)} {
			if from.Before(o.Now) {
				from = o.Now
			}
			for _, desk := range desks {
				worst, known := o.with(&player, desk, from, length, p.Services, at)
				switch {
				case known && worst <= target.Minutes():
					return Relief{Prevents: true, Desk: desk, From: from, Minutes: minutes, Worst: tenth(worst)}, true
				case known && from.Equal(o.Now) && worst <= p.Worst*0.9 && (!ok || worst < best.Worst*0.9):
					best, ok = Relief{Desk: desk, From: from, Minutes: minutes, Worst: tenth(worst)}, true
				}
			}
			if from.Equal(o.Now) {
				break
			}
		}
	}
	return best, ok
}

// with is the highest middle at some instants if a desk were there for a while.
func (o *Office) with(p *forecast.Player, desk string, from time.Time, length time.Duration, services []string, at []time.Time) (worst float64, known bool) {
	events := []queue.Event{queue.DeskOpened{Desk: desk}}
	if from.After(o.Now) {
		events = append(events, queue.DeskPaused{Desk: desk, Until: from})
	}
	then := o.after(events)
	end := o.State.Day.AddDays(1).Start(o.Rules.Hours.Zone)
	out := then.play(p, func(d *forecast.Day) {
		for i := range o.Rules.Desks {
			if o.Rules.Desks[i].ID == desk && i < len(d.Plans) {
				// A break until after the day sends it away even while people wait.
				d.Plans[i] = forecast.Plan{{From: o.Now, To: from.Add(length)}, {From: end.Add(12 * time.Hour), To: end.Add(13 * time.Hour)}}
			}
		}
	}, at)
	for _, service := range services {
		for _, w := range out.Later(service) {
			q, ok := w.Quantiles()
			if !ok {
				return 0, false
			}
			worst = max(worst, q.P50)
		}
	}
	return worst, true
}

// closedFor are closed desks that could serve a newcomer of a service: of those
// with the same skills the first.
func (o *Office) closedFor(service string) []string {
	var desks []string
	var tried [][]string
	t := &queue.Ticket{Remaining: []queue.Item{{Service: service, Quantity: 1}}}
	for i := range o.Rules.Desks {
		d := &o.Rules.Desks[i]
		if o.State.Desk(d.ID).Phase != queue.PhaseClosed || len(desks) >= desksTried {
			continue
		}
		if slices.ContainsFunc(tried, func(skills []string) bool { return slices.Equal(skills, d.Skills) }) {
			continue
		}
		if o.Rules.May(o.State, d.ID, t) {
			desks, tried = append(desks, d.ID), append(tried, d.Skills)
		}
	}
	return desks
}
