package simday

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// visitor is one person of a day with all that chance has in store for them.
// Instants are seconds since midnight, spans seconds.
type visitor struct {
	id       string
	service  int
	booked   bool
	appt     int
	bookedAt int
	arrive   int // issue or check-in; never when they do not come
	boost    int
	leave    int  // when they give up waiting; never for most
	saysSo   bool // and cancel

	z       float64 // of the length
	walk    int
	wrap    int
	absence int // of the clerk after this visit
	react   int
	forget  bool // finish is not pressed
}

// never is an instant that does not come.
const never = math.MaxInt32

// slotStep is how far appointments lie apart.
const slotStep = 10 * minute

// crowd invents the visitors of one day.
func crowd(o Office, t *Truth, seed uint64, day int) []*visitor {
	d := roll(seed, forCrowd, uint64(day))
	var all []*visitor
	add := func(v visitor) { all = append(all, &v) }
	for range o.Door {
		add(visitor{arrive: o.Open + int(30*d.exp())})
	}
	for h, mean := range t.WalkIns {
		if mean == 0 {
			continue
		}
		from, until := max(h*hour/2, o.Open), min((h+1)*hour/2, o.Intake)
		gap := float64(until-from) / mean
		for at := float64(from) + gap*d.exp(); at < float64(until); at += gap * d.exp() {
			add(visitor{arrive: int(at)})
		}
	}
	for _, appt := range appointments(o, t, d) {
		add(visitor{booked: true, appt: appt, bookedAt: o.Open - hour, arrive: never})
	}
	names := roll(seed, forNames, uint64(day)).perm(len(all))
	for i, v := range all {
		v.id = fmt.Sprintf("%dK%04d", day, names[i])
		v.draw(o, t, roll(seed, forVisitor, uint64(day), uint64(i)))
	}
	slices.SortStableFunc(all, func(a, b *visitor) int {
		return cmp.Or(cmp.Compare(a.bookedAt, b.bookedAt), cmp.Compare(a.appt, b.appt))
	})
	return all
}

// appointments are the appointments of a day: evenly over the slots, up to the
// chance in which slot the next one falls.
func appointments(o Office, t *Truth, d *dice) []int {
	want := t.visits(o) * o.Booked / (1 - t.NoShow)
	slots := float64((o.Intake - o.Open) / slotStep)
	var all []int
	left := d.uniform()
	for at := o.Open; at+slotStep <= o.Intake; at += slotStep {
		for left += want / slots; left >= 1; left-- {
			all = append(all, at)
		}
	}
	return all
}

// draw fills in a visitor. Every figure is drawn, needed or not, so that each
// is the same whatever the others are.
func (v *visitor) draw(o Office, t *Truth, d *dice) {
	v.service = t.pick(d.uniform())
	v.z = d.normal()
	v.walk = int(max(3, math.Round(t.Walk.At(d.normal()))))
	v.wrap = int(max(1, math.Round(t.Wrap.At(d.normal()))))
	v.react = int(max(3, math.Round(t.React.At(d.normal()))))
	away := d.chance(t.AbsenceShare)
	if span := int(t.Absence.At(d.normal())); away {
		v.absence = span
	}
	v.forget = d.chance(t.Forget)
	patience, saysSo := t.Patience*d.exp(), d.chance(t.SaysSo)
	comes := !d.chance(t.NoShow)
	offset := t.Offset.At(d.uniform(), d.normal(), d.exp())
	late, lead := d.chance(t.BookedLate), t.Lead.At(d.exp())
	boost := d.chance(t.BoostShare)
	v.leave = never
	if !v.booked {
		if t.Patience > 0 {
			v.leave, v.saysSo = v.arrive+int(patience), saysSo
		}
		if boost {
			v.boost = t.BoostS
		}
		return
	}
	if at := v.appt - int(lead); late && at > o.Open {
		v.bookedAt = at
	}
	// Whoever would come when the doors are shut counts as not coming.
	if at := v.appt + int(offset); comes && at < o.Close-5*minute {
		v.arrive = max(at, v.bookedAt+1)
	}
}

// pick is the service at a level of popularity.
func (t *Truth) pick(u float64) int {
	for i, s := range t.Services {
		if u -= s.Share; u < 0 {
			return i
		}
	}
	return 0
}

// length is a visitor's time at a desk, in seconds.
func (t *Truth) length(v *visitor, desk, day, at int) int {
	s := t.Services[v.service]
	x := math.Exp(s.Mu+s.Sigma*v.z) * 60 * t.Desks[desk].Factor
	for _, w := range t.Slow {
		if w.Day == day && w.From <= at && at < w.Until {
			x *= w.Factor
		}
	}
	return int(max(10, math.Round(x)))
}
