package display

import (
	"time"

	"aufruf/server/queue"
)

// Line is the order of those who wait at one state and instant, prepared once
// so that the views of many phones cost little more than one: work that
// depends on which desks can serve somebody is done per set of desks, of which
// an office has few, and not per pair of tickets. It does not change and may
// be used by many goroutines at once.
type Line struct {
	rules *queue.Rules
	state *queue.State
	at    time.Time
	hours Hours
	waits Waits

	places   []queue.Place
	position map[string]int   // ticket → index in places
	able     []uint64         // per place: the desks that may serve it
	ahead    []Count          // per place: those before it that compete for a desk
	first    map[uint64][]int // set of desks → the first phoneAhead places that compete for one of them
}

// NewLine prepares the line of a state. Waits may be nil.
func NewLine(r *queue.Rules, s *queue.State, w Waits, now time.Time) *Line {
	l := &Line{rules: r, state: s, waits: w, at: now, hours: hours(r, s, now), places: queue.Line(r, s, now), first: map[uint64][]int{}}
	l.position = make(map[string]int, len(l.places))
	l.able = make([]uint64, len(l.places))
	l.ahead = make([]Count, len(l.places))
	passed := map[uint64]Count{} // set of desks → those seen so far who need one of exactly these
	for i, p := range l.places {
		l.position[p.Ticket.ID] = i
		desks := r.Able(p.Ticket.Remaining)
		l.able[i] = desks
		for other, n := range passed {
			if other&desks != 0 {
				l.ahead[i].Booked += n.Booked
				l.ahead[i].WalkIn += n.WalkIn
			}
		}
		n := passed[desks]
		n.add(p.Ticket)
		passed[desks] = n
	}
	for desks := range passed {
		for i := range l.places {
			if len(l.first[desks]) == phoneAhead {
				break
			}
			if l.able[i]&desks != 0 {
				l.first[desks] = append(l.first[desks], i)
			}
		}
	}
	return l
}

// At is the instant the line was prepared for.
func (l *Line) At() time.Time { return l.at }

// Waits is what the line knows of waits.
func (l *Line) Waits() Waits { return l.waits }

// State is the state the line was prepared from.
func (l *Line) State() *queue.State { return l.state }

// shownReason is a reason for a view: minutes waited run with the clock, so the
// arrival from which the screen counts them stands in their place.
func shownReason(t *queue.Ticket, r queue.Reason) queue.Reason {
	if r.Code == queue.ReasonCeiling {
		r.WaitedMinutes, r.Since = 0, t.Since
	}
	return r
}
