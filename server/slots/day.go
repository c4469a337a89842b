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
	var n int64
	from, to := i.From.Unix(), i.To.Unix()
	for k := range d.Taken {
		v := &d.Taken[k]
		at := v.At.Unix()
		n += max(0, min(at+60*int64(Minutes(v.Parts)), to)-max(at, from)) / 60
	}
	return int(n)
}

func overlap(a, b calendar.Interval) int {
	return int(max(0, min(a.To.Unix(), b.To.Unix())-max(a.From.Unix(), b.From.Unix())) / 60)
}

// Free are the times at which a visit of these parts can begin, in order. They
// lie on a grid of step from the beginning of each span. A visit never goes
// past the end of the span it began in.
func (d *Day) Free(parts []Part, step time.Duration) []time.Time {
	return d.AppendFree(nil, parts, step)
}

// AppendFree adds the times that Free finds to a list.
func (d *Day) AppendFree(free []time.Time, parts []Part, step time.Duration) []time.Time {
	if step < time.Minute || step%time.Minute != 0 {
		return free
	}
	f := d.finder(parts)
	if f == nil {
		return free
	}
	grid := int(step / time.Minute)
	for _, span := range d.Spans {
		from, to := f.floor(span.From), f.floor(span.To)
		for at := from; at+f.length <= to; at += grid {
			if f.fits(at) {
				free = append(free, span.From.Add(time.Duration(at-from)*time.Minute))
			}
		}
	}
	return free
}

// Fits tells whether a visit of these parts can begin at a time, on the grid or
// not.
func (d *Day) Fits(parts []Part, at time.Time) bool {
	f := d.finder(parts)
	if f == nil || at.Nanosecond() != 0 || (at.Unix()-f.base)%60 != 0 {
		return false
	}
	m := f.floor(at)
	for _, span := range d.Spans {
		if m >= f.floor(span.From) && m+f.length <= f.floor(span.To) {
			return f.fits(m)
		}
	}
	return false
}

// finder answers for one kind of visit, from sums over the minutes of the day.
// Minutes are counted from the first opening.
type finder struct {
	parts  []Part
	length int
	base   int64     // minute 0, in seconds
	full   [][]int32 // of each part: how many minutes before minute i have no desk for it
	parted []budget
}

// budget is a Budget in minutes, with what of it is not sold.
type budget struct {
	from, to int
	left     int
}

// finder returns nil where no visit can be: closed all day, or no length.
func (d *Day) finder(parts []Part) *finder {
	length := Minutes(parts)
	if len(d.Spans) == 0 || length <= 0 {
		return nil
	}
	f := &finder{parts: parts, length: length, base: d.Spans[0].From.Unix()}
	n := f.floor(d.Spans[len(d.Spans)-1].To)
	segments := d.segments(f, n)
	sums := make([]int32, (n+1)*len(parts))
	for i, p := range parts {
		if j := slices.IndexFunc(parts[:i], func(o Part) bool { return o.Desks == p.Desks }); j >= 0 {
			f.full = append(f.full, f.full[j])
			continue
		}
		sum := sums[i*(n+1) : (i+1)*(n+1)]
		var full int32
		for k := range segments {
			s := &segments[k]
			if s.takes(p.Desks) {
				for m := s.from; m < s.to; m++ {
					sum[m+1] = full
				}
				continue
			}
			for m := s.from; m < s.to; m++ {
				full++
				sum[m+1] = full
			}
		}
		f.full = append(f.full, sum)
	}
	for i := range d.Budgets {
		b := &d.Budgets[i]
		f.parted = append(f.parted, budget{f.floor(b.From), f.floor(b.To), b.Minutes - d.Sold(b.Interval)})
	}
	return f
}

// floor is the minute that an instant lies in, ceil the first that does not
// begin before it.
func (f *finder) floor(t time.Time) int { return f.minute(t.Unix()) }

func (f *finder) ceil(t time.Time) int {
	seconds := t.Unix() + 59
	if t.Nanosecond() > 0 {
		seconds++
	}
	return f.minute(seconds)
}

func (f *finder) minute(seconds int64) int {
	d := seconds - f.base
	if d < 0 {
		d -= 59
	}
	return int(d / 60)
}

func (f *finder) fits(m int) bool {
	at := m
	if at < 0 {
		return false
	}
	for i := range f.parts {
		end := at + f.parts[i].Minutes
		if end >= len(f.full[i]) || f.full[i][end] != f.full[i][at] {
			return false
		}
		at = end
	}
	for i := range f.parted {
		b := &f.parted[i]
		if n := min(at, b.to) - max(m, b.from); n > 0 && n > b.left {
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

// stretch is something that changes where it begins and ends.
type stretch struct {
	from, to int
	desks    uint64 // of a visit's part, or the one bit of a desk, or a number of extra visits
}

// segments cuts minutes 0 to n where a desk comes or goes or a visit begins or
// ends. A visit that begins or ends inside a minute takes all of it; a desk that
// comes or goes inside one is not there for it.
func (d *Day) segments(f *finder, n int) []segment {
	most := len(d.Present) + 2*len(d.Taken) + len(d.Budgets)
	room := make([]stretch, 0, most)
	cuts := append(make([]int, 0, 2*most+2), 0, n)
	add := func(from, to int, desks uint64) {
		if from, to = max(0, from), min(n, to); from < to {
			room = append(room, stretch{from, to, desks})
			cuts = append(cuts, from, to)
		}
	}
	for i := range d.Present {
		p := &d.Present[i]
		add(f.ceil(p.From), f.floor(p.To), 1<<p.Desk)
	}
	present := len(room)
	for i := range d.Budgets {
		if b := &d.Budgets[i]; b.Extra > 0 {
			add(f.ceil(b.From), f.floor(b.To), uint64(b.Extra))
		}
	}
	extra := len(room)
	for i := range d.Taken {
		v := &d.Taken[i]
		at := v.At
		for j := range v.Parts {
			end := at.Add(time.Duration(v.Parts[j].Minutes) * time.Minute)
			add(f.floor(at), f.ceil(end), v.Parts[j].Desks)
			at = end
		}
	}
	taken := room[extra:]
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	slices.SortFunc(taken, func(a, b stretch) int { return a.from - b.from })
	list := make([]segment, 0, len(cuts)-1)
	var running []stretch
	var desks []uint64 // of all segments, one after the other
	for i := 0; i+1 < len(cuts); i++ {
		s := segment{from: cuts[i], to: cuts[i+1]}
		for _, p := range room[:present] {
			if p.from <= s.from && p.to >= s.to {
				s.present |= p.desks
			}
		}
		for _, e := range room[present:extra] {
			if e.from <= s.from && e.to >= s.to {
				s.extra += int(e.desks)
			}
		}
		running = slices.DeleteFunc(running, func(t stretch) bool { return t.to <= s.from })
		for len(taken) > 0 && taken[0].from <= s.from {
			running = append(running, taken[0])
			taken = taken[1:]
		}
		begin := len(desks)
		for _, t := range running {
			desks = append(desks, t.desks)
		}
		s.taken = desks[begin:len(desks):len(desks)]
		list = append(list, s)
	}
	return list
}

// takes tells whether one more visit for these desks finds one: all who had a
// desk still have one, if need be another. Visits that found none before, since
// a desk was taken out of the plan, stand in nobody's way.
func (s *segment) takes(desks uint64) bool {
	able := bits.OnesCount64(desks & s.present)
	if able > len(s.taken) || able == 0 {
		return able > 0 // more desks than people: one of them is free
	}
	m := matching{present: s.present, visits: s.taken}
	unmatched := 0
	for i := range s.taken {
		if !m.place(i) {
			unmatched++
		}
	}
	m.last = desks
	return m.place(len(s.taken)) || unmatched < s.extra
}

// matching gives each visit a desk of its own (Kuhn's algorithm).
type matching struct {
	present uint64
	visits  []uint64
	last    uint64 // the desks of one more visit
	held    uint64 // desks with a visit
	by      [64]int
}

// place finds a desk for a visit and moves others where that helps.
func (m *matching) place(visit int) bool {
	var seen uint64
	return m.seat(visit, &seen)
}

func (m *matching) seat(visit int, seen *uint64) bool {
	desks := m.last
	if visit < len(m.visits) {
		desks = m.visits[visit]
	}
	for left := desks & m.present &^ *seen; left != 0; left &= left - 1 {
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
