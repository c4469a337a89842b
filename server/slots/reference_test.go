package slots

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aufruf/server/calendar"
)

// The reference is what the words of the package say, minute by minute and by
// trying every way of giving visits to desks. It shares nothing with Day but
// the types, and is far too slow for use.

// reference answers for one day; most minutes of a day ask the same question.
type reference struct {
	day   *Day
	known map[string]int
}

func (r *reference) free(parts []Part, step time.Duration) []time.Time {
	var free []time.Time
	for _, span := range r.day.Spans {
		for at := span.From; at.Before(span.To); at = at.Add(step) {
			if r.fits(parts, at) {
				free = append(free, at)
			}
		}
	}
	return free
}

func (r *reference) fits(parts []Part, at time.Time) bool {
	total := 0
	for _, p := range parts {
		total += p.Minutes
	}
	end := at.Add(time.Duration(total) * time.Minute)
	open := false
	for _, span := range r.day.Spans {
		open = open || !at.Before(span.From) && !end.After(span.To)
	}
	if total == 0 || !open || at.Second() != 0 || at.Nanosecond() != 0 {
		return false
	}
	for _, b := range r.day.Budgets {
		sold := 0
		for _, v := range r.day.Taken {
			sold += shared(v.At, v.Parts, b.Interval)
		}
		if mine := shared(at, parts, b.Interval); mine > 0 && sold+mine > b.Minutes {
			return false
		}
	}
	for _, p := range parts {
		for range p.Minutes {
			if !r.takes(at, p.Desks) {
				return false
			}
			at = at.Add(time.Minute)
		}
	}
	return true
}

// shared is how many whole minutes of a visit lie in an interval.
func shared(at time.Time, parts []Part, in calendar.Interval) int {
	from, seconds := at.Unix(), int64(0)
	for _, p := range parts {
		seconds += int64(p.Minutes) * 60
	}
	return int(max(0, min(from+seconds, in.To.Unix())-max(from, in.From.Unix())) / 60)
}

// takes tells whether the minute that begins at an instant takes one more.
func (r *reference) takes(minute time.Time, desks uint64) bool {
	next := minute.Add(time.Minute)
	touches := func(from, to time.Time) bool { return from.Before(next) && minute.Before(to) }
	fills := func(i calendar.Interval) bool { return !i.From.After(minute) && !i.To.Before(next) }
	var there []int
	for _, p := range r.day.Present {
		if fills(p.Interval) {
			there = append(there, p.Desk)
		}
	}
	var running []uint64
	for _, v := range r.day.Taken {
		at := v.At
		for _, p := range v.Parts {
			end := at.Add(time.Duration(p.Minutes) * time.Minute)
			if touches(at, end) {
				running = append(running, p.Desks)
			}
			at = end
		}
	}
	extra := 0
	for _, b := range r.day.Budgets {
		if fills(b.Interval) {
			extra += max(b.Extra, 0)
		}
	}
	seated := r.most(there, running)
	if r.most(there, append(running, desks)) > seated {
		return true
	}
	able := slices.ContainsFunc(there, func(d int) bool { return desks&(1<<d) != 0 })
	return able && len(running)-seated < extra
}

// most is how many of the visits can be at a desk of their own at once.
func (r *reference) most(there []int, visits []uint64) int {
	key := fmt.Sprint(there, visits)
	if n, ok := r.known[key]; ok {
		return n
	}
	n := tryAll(there, visits)
	r.known[key] = n
	return n
}

func tryAll(there []int, visits []uint64) int {
	if len(visits) == 0 {
		return 0
	}
	best := tryAll(there, visits[1:]) // the first one stands
	for i, desk := range there {
		if visits[0]&(1<<desk) != 0 {
			rest := slices.Delete(slices.Clone(there), i, i+1)
			best = max(best, 1+tryAll(rest, visits[1:]))
		}
	}
	return best
}

var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return l
}()

// Ordinary days, those of 23 and of 25 hours, and one that few years have.
var days = []calendar.Date{
	{Year: 2026, Month: time.November, Day: 24}, {Year: 2026, Month: time.July, Day: 1},
	{Year: 2026, Month: time.March, Day: 29}, {Year: 2026, Month: time.October, Day: 25},
	{Year: 2028, Month: time.February, Day: 29},
}

// drawDay makes a day: hours with breaks, desks with rosters of their own,
// parts of the day of which not all is sold, and more or less booked.
func drawDay(t *rapid.T) *Day {
	date := rapid.SampledFrom(days).Draw(t, "date")
	first := 8 * 60
	if date.Month == time.March || date.Month == time.October || rapid.IntRange(0, 3).Draw(t, "night") == 0 {
		first = 0 // over the change of the clocks
	}
	span := func(what string) calendar.Span {
		from := first + 5*rapid.IntRange(0, 50).Draw(t, what+" from")
		return calendar.Span{From: calendar.TimeOfDay(from), To: calendar.TimeOfDay(from + 5*rapid.IntRange(1, 40).Draw(t, what+" length"))}
	}
	schedule := func(what string, most int) *calendar.Schedule {
		e := calendar.Exception{From: date}
		for range rapid.IntRange(1, most).Draw(t, what+" spans") {
			e.Spans = append(e.Spans, span(what))
		}
		for range rapid.IntRange(0, 2).Draw(t, what+" breaks") {
			e.Breaks = append(e.Breaks, span(what+" break"))
		}
		return &calendar.Schedule{Zone: berlin, Exceptions: []calendar.Exception{e}}
	}
	d := &Day{Spans: schedule("hours", 3).OpenSpans(date)}
	desks := rapid.IntRange(0, 4).Draw(t, "desks")
	for i := range desks {
		there := d.Spans
		if rapid.Bool().Draw(t, "roster") {
			there = calendar.Common(there, schedule("roster", 2).OpenSpans(date))
		}
		for _, s := range there {
			d.Present = append(d.Present, Present{i, s})
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "budgets") {
		s := span("budget")
		in := calendar.Interval{From: date.At(s.From, berlin), To: date.At(s.To, berlin)}
		d.Budgets = append(d.Budgets, Budget{Interval: in, Minutes: rapid.IntRange(0, 240).Draw(t, "minutes"),
			Extra: max(0, rapid.IntRange(-3, 2).Draw(t, "extra"))})
	}
	for range rapid.IntRange(0, 8).Draw(t, "taken") {
		at := date.At(calendar.TimeOfDay(first), berlin).Add(time.Duration(rapid.IntRange(-30, 300).Draw(t, "at")) * time.Minute)
		if rapid.IntRange(0, 4).Draw(t, "odd") == 0 {
			at = at.Add(time.Duration(rapid.IntRange(1, 59).Draw(t, "seconds")) * time.Second)
		}
		d.Taken = append(d.Taken, Visit{at, drawParts(t)})
	}
	return d
}

// drawParts makes what somebody wants: sometimes at one desk alone, sometimes
// at one that is not there, sometimes at one after the other.
func drawParts(t *rapid.T) []Part {
	var parts []Part
	for range 1 + rapid.IntRange(0, 3).Draw(t, "parts")/3 {
		desks := rapid.SampledFrom([]uint64{0b1111, 0b1111, 0b0011, 0b0110, 0b1000, 0b0001, 0b10000, 0}).Draw(t, "able")
		parts = append(parts, Part{desks, rapid.SampledFrom([]int{1, 5, 10, 15, 30, 45, 7}).Draw(t, "length")})
	}
	return parts
}

// daysAtOnce is how many days one run of a property looks at.
const daysAtOnce = 25

func TestFreeTimesAreThoseOfTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range daysAtOnce {
			d, parts := drawDay(t), drawParts(t)
			step := time.Duration(rapid.SampledFrom([]int{1, 5, 10, 15, 20, 7}).Draw(t, "step")) * time.Minute
			r := &reference{d, map[string]int{}}
			if got, want := d.Free(parts, step), r.free(parts, step); !slices.Equal(got, want) {
				t.Fatalf("%+v\n%+v\n have %v\n want %v", d, parts, got, want)
			}
			at := days[0].At(0, berlin)
			if len(d.Spans) > 0 {
				at = d.Spans[0].From
			}
			for range 10 {
				at := at.Add(time.Duration(rapid.IntRange(-10, 400).Draw(t, "fits at"))*time.Minute + time.Duration(rapid.IntRange(0, 5).Draw(t, "seconds")/5)*time.Second)
				if got, want := d.Fits(parts, at), r.fits(parts, at); got != want {
					t.Fatalf("%+v\n%+v at %v fits: %v", d, parts, at, got)
				}
			}
		}
	})
}

// Whoever takes a time never opens another one, for nobody; and what is given
// back is there again, to the minute.
func TestATakenTimeMakesTimesVanishAloneAndComesBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range daysAtOnce {
			d, parts, other := drawDay(t), drawParts(t), drawParts(t)
			mine, theirs := d.Free(parts, 5*time.Minute), d.Free(other, 5*time.Minute)
			if len(mine) == 0 {
				continue
			}
			full := *d
			full.Taken = append(slices.Clip(d.Taken), Visit{rapid.SampledFrom(mine).Draw(t, "taken"), parts})
			for _, at := range full.Free(parts, 5*time.Minute) {
				if !slices.Contains(mine, at) {
					t.Fatalf("%+v\n%+v: %v appeared", full, parts, at)
				}
			}
			for _, at := range full.Free(other, 5*time.Minute) {
				if !slices.Contains(theirs, at) {
					t.Fatalf("%+v\n%+v: %v appeared for others", full, other, at)
				}
			}
			full.Taken = full.Taken[:len(d.Taken)]
			if !slices.Equal(full.Free(parts, 5*time.Minute), mine) || !slices.Equal(full.Free(other, 5*time.Minute), theirs) {
				t.Fatalf("%+v\n%+v: given back, and not the same", full, parts)
			}
		}
	})
}

// However people book, one free time after the other, at no minute are there
// more of them than find a desk, or than the extra ones allow.
func TestADayThatIsSoldOutIsNotOversold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range daysAtOnce {
			d := drawDay(t)
			d.Taken = nil
			for range 40 {
				parts := drawParts(t)
				free := d.Free(parts, 5*time.Minute)
				if len(free) == 0 {
					break
				}
				d.Taken = append(d.Taken, Visit{rapid.SampledFrom(free).Draw(t, "at"), parts})
			}
			r := &reference{d, map[string]int{}}
			for _, span := range d.Spans {
				for m := span.From; m.Before(span.To); m = m.Add(time.Minute) {
					if over := r.over(m); over > 0 {
						t.Fatalf("%+v: %d too many at %v", d, over, m)
					}
				}
			}
		}
	})
}

// over is how many visits of a minute find neither a desk nor an extra place.
func (r *reference) over(minute time.Time) int {
	var there []int
	for _, p := range r.day.Present {
		if p.Contains(minute) {
			there = append(there, p.Desk)
		}
	}
	var running []uint64
	for _, v := range r.day.Taken {
		at := v.At
		for _, p := range v.Parts {
			end := at.Add(time.Duration(p.Minutes) * time.Minute)
			if (calendar.Interval{From: at, To: end}).Contains(minute) {
				running = append(running, p.Desks)
			}
			at = end
		}
	}
	extra := 0
	for _, b := range r.day.Budgets {
		if b.Contains(minute) {
			extra += b.Extra
		}
	}
	// Not tried over and over: with eight or more at once that would never end.
	return len(running) - min(len(running), r.atMost(there, running)+extra)
}

// atMost counts as most does, by Hall's theorem: those who find no desk are as
// many as the worst set of desks leaves out.
func (r *reference) atMost(there []int, visits []uint64) int {
	least := len(visits)
	for set := range 1 << len(there) {
		var desks uint64
		for i, d := range there {
			if set&(1<<i) != 0 {
				desks |= 1 << d
			}
		}
		outside := 0
		var all uint64
		for _, d := range there {
			all |= 1 << d
		}
		for _, v := range visits {
			if v&all&^desks != 0 {
				outside++ // could be at a desk that is not in the set
			}
		}
		n := outside
		for i := range there {
			if set&(1<<i) != 0 {
				n++
			}
		}
		least = min(least, n)
	}
	return least
}
