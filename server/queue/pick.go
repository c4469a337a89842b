package queue

import (
	"cmp"
	"slices"
	"time"
)

// The rule of the line, in one place: whoever is due goes first, the most
// overdue before all others; then walk-ins and late booked people in order of
// arrival less their minutes of priority; then, rather than leaving a desk
// idle, booked people a little before their time. Ties go to the earlier
// arrival, then to the smaller number.

// class is the coarse part of a rank; smaller goes first.
type class int8

const (
	classDue   class = iota // since the rank's time
	classLine               // in line since the rank's time
	classEarly              // booked for the rank's time, callable before it
	classAhead              // booked for the rank's time, not callable yet
)

// rank is a ticket's place as a comparable value at one instant.
type rank struct {
	class class
	at    int64 // nanoseconds: due, in line since, or appointment, by class
	since int64 // arrival
}

// Key is all of a ticket that its place depends on, in nanoseconds, so that a
// forecast places people by the very rule that calls them.
type Key struct {
	Booked bool  // came in time for an appointment
	At     int64 // the appointment, or in line since: arrival less priority
	Since  int64 // arrival
	Number Number
}

// Key returns what the ticket's place depends on.
func (t *Ticket) Key() Key {
	booked, at, since := t.standing()
	return Key{booked, at, since, t.Number}
}

// standing is a ticket's Key without its number.
func (t *Ticket) standing() (booked bool, at, since int64) {
	since = t.Since.UnixNano()
	if t.BookedInTime() {
		return true, t.AppointmentAt.UnixNano(), since
	}
	return false, since - int64(t.Priority)*int64(time.Minute), since
}

// inLineSince is when a ticket's turn counts from: arrival less priority.
func (t *Ticket) inLineSince() time.Time {
	return t.Since.Add(-time.Duration(t.Priority) * time.Minute)
}

// DueAt is when the ticket becomes due: a booked person who came in time at
// the appointment, everybody else when the ceiling of their wait is reached.
// It is zero where there is no ceiling.
func (r *Rules) DueAt(t *Ticket) time.Time {
	switch {
	case t.BookedInTime():
		return t.AppointmentAt
	case r.Ceiling > 0:
		return t.inLineSince().Add(r.Ceiling)
	default:
		return time.Time{}
	}
}

// rank places a key at an instant. It is asked for every waiting ticket at
// every press, so it reckons in nanoseconds: a third of the time.
func (r *Rules) rank(booked bool, at, since, now int64) rank {
	if booked {
		switch {
		case at <= now:
			return rank{classDue, at, since}
		case at-now <= int64(r.Early):
			return rank{classEarly, at, since}
		}
		return rank{classAhead, at, since}
	}
	if due := at + int64(r.Ceiling); r.Ceiling > 0 && due <= now {
		return rank{classDue, due, since}
	}
	return rank{classLine, at, since}
}

func compareRank(a, b rank, na, nb *Number) int {
	if a.class != b.class {
		return int(a.class) - int(b.class)
	}
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	if a.since != b.since {
		return cmp.Compare(a.since, b.since)
	}
	return cmp.Or(cmp.Compare(na.Letter, nb.Letter), cmp.Compare(na.N, nb.N))
}

// Before reports whether, of two who wait, a goes before b at an instant.
// Among those who are booked in time, and among all others, the answer is the
// same at every instant: two people of one kind never swap.
func (r *Rules) Before(a, b *Key, now int64) bool {
	return compareRank(r.rank(a.Booked, a.At, a.Since, now), r.rank(b.Booked, b.At, b.Since, now), &a.Number, &b.Number) < 0
}

// CallableAt is the first instant at which somebody who waits may be called:
// the arrival, or for who is booked in time not before Early ahead.
func (r *Rules) CallableAt(k *Key) int64 {
	if k.Booked {
		return max(k.Since, k.At-int64(r.Early))
	}
	return k.Since
}

// reason says in words' terms why a rank is what it is.
func (r *Rules) reason(t *Ticket, c class, now time.Time) Reason {
	switch {
	case c == classDue && t.BookedInTime():
		return Reason{Code: ReasonBookedOnTime, AppointmentAt: t.AppointmentAt}
	case c == classDue:
		return Reason{Code: ReasonCeiling, WaitedMinutes: max(0, int(now.Sub(t.Since)/time.Minute)),
			CeilingMinutes: int(r.Ceiling / time.Minute), PriorityMin: t.Priority}
	case c == classEarly:
		return Reason{Code: ReasonBookedEarly, AppointmentAt: t.AppointmentAt}
	case c == classAhead:
		return Reason{Code: ReasonBookedAhead, AppointmentAt: t.AppointmentAt}
	case t.Booked:
		return Reason{Code: ReasonBookedLate, AppointmentAt: t.AppointmentAt, Since: t.Since}
	case t.Priority > 0:
		return Reason{Code: ReasonPriority, Since: t.Since, PriorityMin: t.Priority}
	default:
		return Reason{Code: ReasonOrder, Since: t.Since}
	}
}

// May reports whether a desk may serve a ticket at all: its skills, its limit
// of length and whom it is kept for. A person who was sent to a desk that is
// there is served by that desk alone, and there whatever its limits.
func (r *Rules) May(s *State, desk string, t *Ticket) bool {
	i, ok := r.desks[desk]
	if !ok {
		return false
	}
	d := &r.Desks[i]
	if t.To != "" && t.To != desk && s.Desk(t.To).Phase != PhaseClosed {
		return false
	}
	if t.To == desk {
		return true
	}
	if d.Keep == "booked" && !t.Booked || d.Keep == "walk_in" && t.Booked {
		return false
	}
	if d.Quick > 0 && r.Planned(s, t.Remaining) > d.Quick {
		return false
	}
	return r.ableToday(s, t.Remaining)&(1<<i) != 0
}

// ableToday is Able among the desks that are there: where only closed desks
// could do all of a visit, the first service decides, and the rest follows by
// transfer, rather than that somebody waits for a desk that stays closed.
func (r *Rules) ableToday(s *State, items []Item) uint64 {
	able := r.Able(items)
	if len(items) < 2 {
		return able
	}
	for i := range r.Desks {
		if able&(1<<i) != 0 && s.Desk(r.Desks[i].ID).Phase != PhaseClosed {
			return able
		}
	}
	return able | r.able(items[0].Service)
}

// Pick returns who is next at a desk and why, or nil when nobody who may be
// called there waits.
func Pick(r *Rules, s *State, desk string, now time.Time) (*Ticket, Reason) {
	var best *Ticket
	var top rank
	at := now.UnixNano()
	for _, i := range s.Open {
		t := s.Tickets[i]
		if t.State != Waiting {
			continue
		}
		booked, since, arrival := t.standing()
		k := r.rank(booked, since, arrival, at)
		if k.class == classAhead || best != nil && compareRank(k, top, &t.Number, &best.Number) >= 0 || !r.May(s, desk, t) {
			continue
		}
		best, top = t, k
	}
	if best == nil {
		return nil, Reason{}
	}
	return best, r.reason(best, top.class, now)
}

// Place is one ticket in the shown order.
type Place struct {
	Ticket *Ticket
	Reason Reason // why here
	Due    bool   // due now
}

// Line returns everybody who waits in the order of the rule, as it is shown.
// A desk may call out of this order only by its skills.
func Line(r *Rules, s *State, now time.Time) []Place {
	type ranked struct {
		t *Ticket
		k rank
	}
	var all []ranked
	for t := range s.Active {
		if t.State == Waiting {
			booked, at, since := t.standing()
			all = append(all, ranked{t, r.rank(booked, at, since, now.UnixNano())})
		}
	}
	slices.SortFunc(all, func(a, b ranked) int { return compareRank(a.k, b.k, &a.t.Number, &b.t.Number) })
	line := make([]Place, len(all))
	for i, a := range all {
		line[i] = Place{Ticket: a.t, Reason: r.reason(a.t, a.k.class, now), Due: a.k.class == classDue}
	}
	return line
}

// Ahead returns the part of a line that stands before a ticket and competes
// with it for at least one desk; ok is false when the ticket does not wait.
func Ahead(r *Rules, line []Place, ticket string) (ahead []Place, ok bool) {
	i := slices.IndexFunc(line, func(p Place) bool { return p.Ticket.ID == ticket })
	if i < 0 {
		return nil, false
	}
	desks := r.Able(line[i].Ticket.Remaining)
	for _, p := range line[:i] {
		if r.Able(p.Ticket.Remaining)&desks != 0 {
			ahead = append(ahead, p)
		}
	}
	return ahead, true
}

// NextChange is the first instant after now at which the order of the line
// changes by the clock alone, or zero: somebody becomes due or callable.
func NextChange(r *Rules, s *State, now time.Time) time.Time {
	var first time.Time
	consider := func(at time.Time) {
		if !at.IsZero() && at.After(now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	for t := range s.Active {
		if t.State != Waiting {
			continue
		}
		consider(r.DueAt(t))
		if t.BookedInTime() {
			consider(t.AppointmentAt.Add(-r.Early))
		}
	}
	return first
}
