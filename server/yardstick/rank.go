package yardstick

// rank is a ticket's place by the rule of the line at one instant: class, time
// and arrival. Smaller goes first.
type rank [3]int

// rank places a ticket; ok is false when nobody may call it yet.
func (f *floor) rank(t *ticket) (k rank, ok bool) {
	if t.booked && t.since <= t.appt+f.policy.LateGraceS {
		switch {
		case t.appt <= f.now:
			return rank{0, t.appt, t.since}, true
		case t.appt-f.now <= f.policy.EarlyCallS:
			return rank{2, t.appt, t.since}, true
		}
		return rank{3, t.appt, t.since}, false
	}
	return rank{1, t.since - t.boost, t.since}, true
}

func (k rank) before(o rank) bool {
	for i := range k {
		if k[i] != o[i] {
			return k[i] < o[i]
		}
	}
	return false
}

// callable reports whether anybody waits whom a desk may call now.
func (f *floor) callable(d *desk) bool {
	for _, t := range f.order {
		if t.phase != waiting || !d.groups[t.group] {
			continue
		}
		if _, ok := f.rank(t); ok {
			return true
		}
	}
	return false
}

// ahead counts those who stand before a ticket and compete with it for at
// least one desk. A newcomer stands behind equals.
func (f *floor) ahead(t *ticket) int {
	mine, _ := f.rank(t)
	n, passed := 0, false
	for _, o := range f.order {
		if o == t {
			passed = true
			continue
		}
		if o.phase != waiting || !f.compete(o, t) {
			continue
		}
		k, _ := f.rank(o)
		if k.before(mine) || k == mine && !passed {
			n++
		}
	}
	return n
}

// compete reports whether some desk serves both.
func (f *floor) compete(a, b *ticket) bool {
	for _, d := range f.desks {
		if d.groups[a.group] && d.groups[b.group] {
			return true
		}
	}
	return false
}
