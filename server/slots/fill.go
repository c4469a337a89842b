package slots

import (
	"math/bits"
	"time"

	"aufruf/server/calendar"
)

// Filling is a day that is sold visit by visit, each at the earliest time that
// is free. What was sold once is never free again, so that whoever asks for the
// same kind of visit again goes on where it ended: a day costs one walk over
// its times, however many visits find one.
type Filling struct {
	day     *Day
	step    time.Duration
	from    time.Time
	base    time.Time // minute 0
	minutes []segment // each minute by itself; from and to are not used
	cut     []bool    // in this minute something is not as in the one before
	left    []int     // of each budget: desk minutes that are not sold
}

// Kind is one kind of visit on its way through a filling.
type Kind struct {
	parts  []Part
	length time.Duration
	span   int       // of the day's spans
	at     time.Time // the next time to be tried; zero: the span's first
}

// NewKind begins a kind of visit of these parts at the day's beginning.
func NewKind(parts []Part) *Kind {
	return &Kind{parts: parts, length: time.Duration(Minutes(parts)) * time.Minute}
}

// Fill begins to sell a day on a grid of step, from a time on. The day is read
// only.
func (d *Day) Fill(step time.Duration, from time.Time) *Filling {
	f := &Filling{day: d, step: step, from: from}
	if len(d.Spans) == 0 || step < time.Minute {
		return f
	}
	f.base = d.Spans[0].From
	n := int(d.Spans[len(d.Spans)-1].To.Sub(f.base) / time.Minute)
	f.minutes, f.cut = make([]segment, n), make([]bool, n+1)
	segments, room := d.segments(&finder{base: f.base.Unix()}, n), 0
	for _, s := range segments {
		room += s.room() * (s.to - s.from)
	}
	taken := make([]uint64, 0, room)
	for _, s := range segments {
		f.cut[s.from] = true
		for m := s.from; m < s.to; m++ {
			at := len(taken)
			taken = append(taken, s.taken...)
			f.minutes[m] = segment{present: s.present, extra: s.extra, taken: taken[at : len(taken) : at+s.room()]}
			taken = taken[:at+s.room()]
		}
	}
	for _, b := range d.Budgets {
		f.left = append(f.left, b.Minutes-d.Sold(b.Interval))
	}
	return f
}

// room is how many visits a minute can come to hold.
func (s *segment) room() int { return len(s.taken) + bits.OnesCount64(s.present) + max(s.extra, 0) }

// Take sells the earliest time at which the visit can begin, and returns it;
// false when there is none any more.
func (f *Filling) Take(k *Kind) (time.Time, bool) {
	if len(f.minutes) == 0 || k.length <= 0 {
		return time.Time{}, false
	}
	for ; k.span < len(f.day.Spans); k.span, k.at = k.span+1, (time.Time{}) {
		span := f.day.Spans[k.span]
		if k.at.IsZero() {
			k.at = span.From
			if late := f.from.Sub(k.at); late > 0 {
				k.at = k.at.Add((late + f.step - 1) / f.step * f.step)
			}
		}
		for ; !k.at.Add(k.length).After(span.To); k.at = k.at.Add(f.step) {
			if f.fits(k) {
				f.sell(k)
				return k.at, true
			}
		}
	}
	return time.Time{}, false
}

func (f *Filling) fits(k *Kind) bool {
	from := k.at.Sub(f.base)
	if from%time.Minute != 0 {
		return false
	}
	visit := calendar.Interval{From: k.at, To: k.at.Add(k.length)}
	for i, b := range f.day.Budgets {
		if n := overlap(visit, b.Interval); n > 0 && n > f.left[i] {
			return false
		}
	}
	begin := int(from / time.Minute)
	for _, p := range k.parts {
		for m := begin; m < begin+p.Minutes; m++ {
			if (m == begin || f.cut[m]) && !f.minutes[m].takes(p.Desks) {
				return false
			}
		}
		begin += p.Minutes
	}
	return true
}

func (f *Filling) sell(k *Kind) {
	begin := int(k.at.Sub(f.base) / time.Minute)
	for _, p := range k.parts {
		f.cut[begin] = true
		for m := begin; m < begin+p.Minutes; m++ {
			f.minutes[m].taken = append(f.minutes[m].taken, p.Desks)
		}
		begin += p.Minutes
		f.cut[begin] = true
	}
	visit := calendar.Interval{From: k.at, To: k.at.Add(k.length)}
	for i, b := range f.day.Budgets {
		f.left[i] -= overlap(visit, b.Interval)
	}
}
