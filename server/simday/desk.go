package simday

import (
	"math"
	"slices"

	"aufruf/server/exchange"
)

// openDesks has each desk open at its plan, a little late, or not at all. Each
// group keeps a desk that comes.
func (f *floor) openDesks() {
	for i, k := range f.t.Desks {
		d := &desk{i: i, id: k.ID, groups: f.o.skills(i), plan: f.o.plan(i), factor: k.Factor}
		f.desks = append(f.desks, d)
		r := roll(f.play.seed, forDesk, uint64(f.day), uint64(i))
		for j := range d.settled {
			d.settled[j] = r.normal()
		}
		absent, late := r.chance(f.t.AbsentShare), r.chance(f.t.LateShare)
		span := f.t.LateOpen.At(r.normal())
		at := d.plan[0][0] + int(math.Round(f.t.Settle.At(d.settled[0])))
		if late {
			at += int(span)
		}
		if absent && f.spared(d) {
			d.phase = gone
			continue
		}
		for _, p := range d.plan[:len(d.plan)-1] {
			f.at(p[1], func() { f.startBreak(d) })
		}
		f.at(at, func() { f.openDesk(d) })
		f.at(d.plan[len(d.plan)-1][1], func() { f.mayCloseDesk(d) })
		f.at(f.o.Close, func() { f.mayCloseDesk(d) })
	}
}

// spared reports whether the other desks so far serve all that a desk serves.
func (f *floor) spared(d *desk) bool {
	return !slices.ContainsFunc(d.groups, func(g int) bool {
		return !slices.ContainsFunc(f.desks, func(o *desk) bool { return o != d && o.phase != gone && o.serves(g) })
	})
}

func (f *floor) openDesk(d *desk) {
	f.say(exchange.Line{Ev: exchange.EvDeskOpen, Desk: d.id})
	for d.breaks < len(d.plan)-1 && d.plan[d.breaks+1][0] <= f.now {
		d.breaks++ // came after it
	}
	f.ready(d)
}

// ready is a desk that can take the next: it goes on its break, calls, closes
// or stands idle.
func (f *floor) ready(d *desk) {
	switch {
	case d.breaks < len(d.plan)-1 && d.plan[d.breaks][1] <= f.now:
		f.pause(d)
		return
	case f.home(d):
		f.close(d)
		return
	}
	if p := f.observe(d); p != nil {
		f.call(d, p)
		return
	}
	d.phase, d.since = idle, f.now
	f.mayCloseDesk(d)
}

// home reports whether a desk goes home whoever waits: its plan is over before
// the office closes, and others stay.
func (f *floor) home(d *desk) bool {
	end := d.plan[len(d.plan)-1][1]
	return f.now >= end && end < f.o.Close && f.spared(d)
}

func (f *floor) startBreak(d *desk) {
	if d.phase == idle {
		f.ready(d)
	}
}

func (f *floor) pause(d *desk) {
	f.press(d)
	end := d.plan[d.breaks+1][0]
	least := f.now + int(f.t.BreakShare*float64(end-d.plan[d.breaks][1]))
	d.breaks++
	d.phase, d.since = paused, f.now
	f.say(exchange.Line{Ev: exchange.EvDeskPause, Desk: d.id, Until: end})
	late := f.t.Settle.At(d.settled[min(d.breaks, len(d.settled)-1)])
	f.at(max(end, least)+int(math.Round(late)), func() {
		f.say(exchange.Line{Ev: exchange.EvDeskResume, Desk: d.id})
		f.ready(d)
	})
}

// react has an idle desk call after a moment, whoever is next then.
func (f *floor) react(d *desk, p *place) {
	d.phase = reacting
	f.at(f.now+p.react, func() {
		if q := f.observe(d); q != nil {
			f.call(d, q)
			return
		}
		d.phase = idle // somebody else was quicker, or they left; it stands idle since when it did
		if f.now >= d.plan[min(d.breaks, len(d.plan)-1)][1] {
			f.ready(d)
		}
	})
}

func (f *floor) call(d *desk, p *place) {
	f.press(d)
	f.drop(p)
	p.called = f.now
	d.phase, d.since = busy, f.now
	f.say(exchange.Line{Ev: exchange.EvCalled, Desk: d.id, Ticket: p.id})
	if p.left {
		f.at(f.now+f.t.Policy.NoShowWaitS, func() {
			f.open--
			f.say(exchange.Line{Ev: exchange.EvNoShow, Desk: d.id, Ticket: p.id})
			f.after(d, f.now)
		})
		return
	}
	f.at(f.now+p.walk, func() {
		f.say(exchange.Line{Ev: exchange.EvServed, Desk: d.id, Ticket: p.id})
		f.at(f.now+f.t.length(p.visitor, d.i, f.day, f.now), func() { f.finish(d, p) })
	})
}

func (f *floor) finish(d *desk, p *place) {
	f.open--
	d.finish = p.id
	if !p.forget {
		f.press(d)
	}
	f.after(d, f.now+p.wrap+p.absence)
}

// after has a desk ready at an instant.
func (f *floor) after(d *desk, at int) {
	f.at(at, func() { f.ready(d) })
	f.mayClose()
}

// press writes the finish that is owed.
func (f *floor) press(d *desk) {
	if d.finish != "" {
		f.say(exchange.Line{Ev: exchange.EvFinished, Desk: d.id, Ticket: d.finish})
		d.finish = ""
	}
}

// mayCloseDesk closes an idle desk once its plan is over and nobody is left
// whom it could serve.
func (f *floor) mayCloseDesk(d *desk) {
	if d.phase != idle || f.now < f.o.Close && !f.home(d) {
		return
	}
	if !f.home(d) && slices.ContainsFunc(f.line, func(p *place) bool { return d.serves(p.group) }) {
		return
	}
	f.close(d)
}

// mayClose looks at all desks after somebody has gone.
func (f *floor) mayClose() {
	for _, d := range f.desks {
		f.mayCloseDesk(d)
	}
}

func (f *floor) close(d *desk) {
	f.press(d)
	d.phase, d.since = gone, f.now
	f.say(exchange.Line{Ev: exchange.EvDeskClose, Desk: d.id})
}
