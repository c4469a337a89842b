package simday

import "slices"

// rank is a place in line by the policy of the exchange format: class, time,
// arrival, order of the lines. Smaller goes first.
type rank [4]int

// rank places somebody now; ok is false when no desk may call them yet.
func (f *floor) rank(p *place) (k rank, ok bool) {
	if p.booked && p.since <= p.appt+f.t.Policy.LateGraceS {
		switch {
		case p.appt <= f.now:
			return rank{0, p.appt, p.since, p.order}, true
		case p.appt-f.now <= f.t.Policy.EarlyCallS:
			return rank{2, p.appt, p.since, p.order}, true
		}
		return rank{3, p.appt, p.since, p.order}, false
	}
	return rank{1, p.since - p.boost, p.since, p.order}, true
}

func (k rank) before(o rank) bool { return slices.Compare(k[:], o[:]) < 0 }

// pick is who is next at a desk, or nil.
func (f *floor) pick(d *desk) *place {
	var best *place
	var top rank
	for _, p := range f.line {
		if k, ok := f.rank(p); ok && d.serves(p.group) && (best == nil || k.before(top)) {
			best, top = p, k
		}
	}
	return best
}

func (d *desk) serves(group int) bool { return slices.Contains(d.groups, group) }

// longestIdle is the desk that has stood idle longest of those that serve a
// group, or nil.
func (f *floor) longestIdle(group int) *desk {
	var best *desk
	for _, d := range f.desks {
		if d.phase == idle && d.serves(group) && (best == nil || d.since < best.since) {
			best = d
		}
	}
	return best
}
