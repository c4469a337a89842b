package slots

import (
	"math/bits"
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Day is one local day of an office as far as booking goes.
type Day struct {
	Spans   []calendar.Interval // opening hours, sorted, with gaps between them
	Present []Present           // when each desk is planned to be there
	Budgets []Budget            // parts of the day of which not all is sold
	Taken   []Visit             // booked and held
}

// Present is a stretch in which a desk is planned to be there; Desk is its
// position, 0 to 63.
type Present struct {
	Desk int
	calendar.Interval
}

// Budget is a part of the day. Minutes of desk time are sold in it at most;
// Extra visits at once may be more than the desks can take, since some of
// those who booked will not come.
type Budget struct {
	calendar.Interval
	Minutes int
	Extra   int
}

// Visit is a stretch of time at desks: its parts follow one another.
type Visit struct {
	At    time.Time
	Parts []Part
}

// Part is so many minutes at any one of a set of desks, bit i being desk i.
type Part struct {
	Desks   uint64
	Minutes int
}

// Minutes is how long the parts take together.
func Minutes(parts []Part) int {
	var n int
	for _, p := range parts {
		n += p.Minutes
	}
	return n
}

// Capacity is how many minutes of desk time are planned in an interval.
func (d *Day) Capacity(i calendar.Interval) int {
	var n int
	for _, p := range d.Present {
		n += overlap(p.Interval, i)
	}
	return n
}

// Open is how many minutes of an interval lie in the opening hours.
func (d *Day) Open(i calendar.Interval) int {
	var n int
	for _, s := range d.Spans {
		n += overlap(s, i)
	}
	return n
}

// OnGrid tells whether a time lies in the opening hours and on a grid of step
// from the beginning of its span.
func (d *Day) OnGrid(at time.Time, step time.Duration) bool {
	for _, s := range d.Spans {
		if s.Contains(at) {
			return step >= time.Minute && at.Sub(s.From)%step == 0
		}
	}
	return false
}

// Sold is how many minutes of desk time are taken in an interval.
func (d *Day) Sold(i calendar.Interval) int {
	var n int
	for _, v := range d.Taken {
		n += overlap(v.interval(), i)
	}
	return n
}

func (v Visit) interval() calendar.Interval {
	return calendar.Interval{From: v.At, To: v.At.Add(time.Duration(Minutes(v.Parts)) * time.Minute)}
}

func overlap(a, b calendar.Interval) int {
	from, to := a.From, a.To
	if b.From.After(from) {
		from = b.From
	}
	if b.To.Before(to) {
		to = b.To
	}
	return max(0, int(to.Sub(from)/time.Minute))
}

// Free are the times at which a visit of these parts can begin, in order. They
// lie on a grid of step from the beginning of each span. A visit never goes
// past the end of the span it began in.
func (d *Day) Free(parts []Part, step time.Duration) []time.Time {
	f := d.finder(parts)
	if f == nil || step < time.Minute {
		return nil
	}
	var free []time.Time
	for _, span := range d.Spans {
		for at := span.From; !at.Add(f.length).After(span.To); at = at.Add(step) {
			if f.fits(at) {
				free = append(free, at)
			}
		}
	}
	return free
}

// Fits tells whether a visit of these parts can begin at a time, on the grid or
// not.
func (d *Day) Fits(parts []Part, at time.Time) bool {
	f := d.finder(parts)
	if f == nil {
		return false
	}
	end := at.Add(f.length)
	inSpan := func(i calendar.Interval) bool { return !at.Before(i.From) && !end.After(i.To) }
	return slices.ContainsFunc(d.Spans, inSpan) && f.fits(at)
}

// finder answers for one kind of visit, from sums over the minutes of the day.
type finder struct {
	day    *Day
	parts  []Part
	length time.Duration
	base   time.Time // minute 0
	full   [][]int32 // of each part: how many minutes before minute i have no desk for it
	left   []int     // of each budget: desk minutes that are not sold
}

// finder returns nil where no visit can be: closed all day, or no length.
func (d *Day) finder(parts []Part) *finder {
	if len(d.Spans) == 0 || Minutes(parts) <= 0 {
		return nil
	}
	f := &finder{day: d, parts: parts, length: time.Duration(Minutes(parts)) * time.Minute, base: d.Spans[0].From}
	n := int(d.Spans[len(d.Spans)-1].To.Sub(f.base) / time.Minute)
	segments := d.segments(f.base, n)
	for i, p := range parts {
		if j := slices.IndexFunc(parts[:i], func(o Part) bool { return o.Desks == p.Desks }); j >= 0 {
			f.full = append(f.full, f.full[j])
			continue
		}
		sums := make([]int32, n+1)
		for _, s := range segments {
			var full int32
			if !s.takes(p.Desks) {
				full = 1
			}
			for m := s.from; m < s.to; m++ {
				sums[m+1] = sums[m] + full
			}
		}
		f.full = append(f.full, sums)
	}
	for _, b := range d.Budgets {
		f.left = append(f.left, b.Minutes-d.Sold(b.Interval))
	}
	return f
}

func (f *finder) fits(at time.Time) bool {
	from := at.Sub(f.base)
	if from < 0 || from%time.Minute != 0 {
		return false
	}
	m := int(from / time.Minute)
	for i, p := range f.parts {
		end := m + p.Minutes
		if end >= len(f.full[i]) || f.full[i][end] != f.full[i][m] {
			return false
		}
		m = end
	}
	visit := calendar.Interval{From: at, To: at.Add(f.length)}
	for i, b := range f.day.Budgets {
		if n := overlap(visit, b.Interval); n > 0 && n > f.left[i] {
			return false
		}
	}
	return true
}

// segment is a stretch of minutes in which nothing changes.
type segment struct {
	from, to int
	present  uint64
	taken    []uint64 // the desks that each visit running then could be at
	extra    int
}

// segments cuts minutes 0 to n where a desk comes or goes or a visit begins or
// ends. A visit that begins or ends inside a minute takes all of it; a desk that
// comes or goes inside one is not there for it.
func (d *Day) segments(base time.Time, n int) []segment {
	type stretch struct {
		from, to int
		desks    uint64 // of a visit's part, or the one bit of a desk
	}
	cuts := []int{0, n}
	cut := func(from, to time.Time, desks uint64) (stretch, bool) {
		s := stretch{max(0, floor(from.Sub(base))), min(n, -floor(base.Sub(to))), desks}
		if s.from >= s.to {
			return s, false
		}
		cuts = append(cuts, s.from, s.to)
		return s, true
	}
	var present, taken, extra []stretch
	for _, p := range d.Present {
		if s, ok := cut(p.From, p.To, 1<<p.Desk); ok {
			present = append(present, s)
		}
	}
	for _, v := range d.Taken {
		at := v.At
		for _, p := range v.Parts {
			end := at.Add(time.Duration(p.Minutes) * time.Minute)
			if s, ok := cut(at, end, p.Desks); ok {
				taken = append(taken, s)
			}
			at = end
		}
	}
	for _, b := range d.Budgets {
		if b.Extra > 0 {
			if s, ok := cut(b.From, b.To, uint64(b.Extra)); ok {
				extra = append(extra, s)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	byFrom := func(a, b stretch) int { return a.from - b.from }
	slices.SortFunc(taken, byFrom)
	list := make([]segment, 0, len(cuts)-1)
	var running []stretch
	for i := 0; i+1 < len(cuts); i++ {
		s := segment{from: cuts[i], to: cuts[i+1]}
		for _, p := range present {
			if p.from <= s.from && p.to >= s.to {
				s.present |= p.desks
			}
		}
		for _, e := range extra {
			if e.from <= s.from && e.to >= s.to {
				s.extra += int(e.desks)
			}
		}
		running = slices.DeleteFunc(running, func(t stretch) bool { return t.to <= s.from })
		for len(taken) > 0 && taken[0].from <= s.from {
			running = append(running, taken[0])
			taken = taken[1:]
		}
		for _, t := range running {
			s.taken = append(s.taken, t.desks)
		}
		list = append(list, s)
	}
	return list
}

// floor is the whole minutes in a duration, rounded down also below zero.
func floor(d time.Duration) int {
	m := d / time.Minute
	if d < m*time.Minute {
		m--
	}
	return int(m)
}

// takes tells whether one more visit for these desks finds one: all who had a
// desk still have one, if need be another. Visits that found none before, since
// a desk was taken out of the plan, stand in nobody's way.
func (s *segment) takes(desks uint64) bool {
	if s.extra == 0 && bits.OnesCount64(s.present) > len(s.taken) && s.same(desks) {
		return true
	}
	m := matching{present: s.present, visits: s.taken}
	unmatched := 0
	for i := range s.taken {
		if !m.place(i) {
			unmatched++
		}
	}
	m.visits = append(slices.Clip(s.taken), desks)
	return m.place(len(s.taken)) || desks&s.present != 0 && unmatched < s.extra
}

// same tells whether every desk that is there can do all of it, which is so in
// most offices most of the time.
func (s *segment) same(desks uint64) bool {
	for _, t := range s.taken {
		if s.present&^t != 0 {
			return false
		}
	}
	return s.present != 0 && s.present&^desks == 0
}

// matching gives each visit a desk of its own (Kuhn's algorithm).
type matching struct {
	present uint64
	visits  []uint64
	held    uint64 // desks with a visit
	by      [64]int
}

// place finds a desk for a visit and moves others where that helps.
func (m *matching) place(visit int) bool {
	var seen uint64
	return m.seat(visit, &seen)
}

func (m *matching) seat(visit int, seen *uint64) bool {
	for left := m.visits[visit] & m.present &^ *seen; left != 0; left &= left - 1 {
		desk := bits.TrailingZeros64(left)
		if *seen&(1<<desk) != 0 {
			continue
		}
		*seen |= 1 << desk
		if m.held&(1<<desk) == 0 || m.seat(m.by[desk], seen) {
			m.held |= 1 << desk
			m.by[desk] = visit
			return true
		}
	}
	return false
}
