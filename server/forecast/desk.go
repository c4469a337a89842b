package forecast

import (
	"aufruf/server/queue"
)

// desk is a desk in a path.
type desk struct {
	start deskStart
	lanes []int32
	skew  float64 // its lengths against the others', as a factor
	spans []span  // when it is meant to be there, from now on; never empty

	free      int64 // when it may call next; never: not before something happens
	idle      bool
	idleSince int64
	span      int
}

type span struct{ from, to int64 }

// onBreak sends a desk that could call at an instant on the break that is due;
// false when none is.
func (k *desk) onBreak(p *Player, at int64) bool {
	if at < k.spans[k.span].to || k.span+1 == len(k.spans) {
		return false
	}
	from, to := k.spans[k.span].to, k.spans[k.span+1].from
	k.span++
	k.free = max(to, at+shortest(to-from)) + p.world.BackLate[k.start.late[p.path]]
	return true
}

// shortest is how long a rostered break lasts at least, however late it began.
func shortest(rostered int64) int64 { return rostered * 7 / 10 }

// over reports whether the desk's day is over once nobody waits for it.
func (k *desk) over(at int64) bool {
	return k.span+1 == len(k.spans) && at >= k.spans[k.span].to
}

// phase is what a desk is doing now.
type phase uint8

const (
	absent   phase = iota // not expected any more today
	planned               // to be opened from an instant on
	away                  // paused, expected back at an instant
	calling               // called somebody who has not come yet
	serving               // serves since an instant
	wrapping              // free since an instant, nobody who waited could be called since
	silent                // free since an instant, and somebody waits
)

// deskStart is a desk as it stands now.
type deskStart struct {
	phase   phase
	span    int   // of desk.spans
	since   int64 // of the phase; of planned and away: when it is expected
	wants   int64 // silent: since when somebody could be called there
	after   After
	empty   bool    // free, and known that nobody is there
	missing float64 // planned: how likely it never comes
	who     int32   // whom it calls or serves
	waiting bool    // somebody waits whom it may call now

	late, draw, draw2, draw3 strata
}

// startDesk reads a desk of the situation. Kinds of those at desks are put
// into people after all others.
func (p *Player) startDesk(in *Situation, i int) {
	rule := &in.Rules.Desks[i]
	who := hash(p.seed, rule.ID)
	k := &p.desks[i]
	spans, lanes := k.spans[:0], k.lanes[:0]
	*k = desk{skew: 1, spans: spans, lanes: lanes}
	if s, ok := in.World.DeskSkew[rule.ID]; ok {
		k.skew = exp(s)
	}
	st := &k.start
	st.late, st.draw, st.draw2, st.draw3 = drawn(who, forBack), drawn(who, forWrap), drawn(who, forShow), drawn(who, forReaction)
	d := in.State.Desk(rule.ID)
	watch := in.Watch.desk(rule.ID)
	plan := in.Day.plan(i)
	for _, s := range plan {
		k.spans = append(k.spans, span{s.From.UnixNano(), s.To.UnixNano()})
	}
	if len(k.spans) == 0 {
		for _, s := range in.Day.Hours {
			k.spans = append(k.spans, span{s.From.UnixNano(), s.To.UnixNano()})
		}
	}
	if len(k.spans) == 0 {
		end := never
		if !in.Day.Close.IsZero() {
			end = in.Day.Close.UnixNano()
		}
		k.spans = append(k.spans, span{0, end})
	}
	switch d.Phase {
	case queue.PhaseClosed:
		k.startClosed(p, len(plan) > 0, d)
		return
	case queue.PhasePaused:
		k.startPaused(p, d)
		return
	}
	k.passSpans(watch.Back)
	t := in.State.Ticket(d.Ticket)
	switch {
	case t != nil && t.State == queue.Serving:
		st.phase, st.since, st.who = serving, t.StartedAt.UnixNano(), p.atDesk(in, i, t)
	case t != nil:
		st.phase, st.since, st.who = calling, t.CalledAt.UnixNano(), p.atDesk(in, i, t)
	default:
		st.phase, st.since, st.after, st.empty = wrapping, watch.FreeSince, watch.After, watch.Away
		if st.since == 0 {
			st.since, st.after = d.Since.UnixNano(), AfterOpening
		}
	}
}

// passSpans leaves behind the stretches that ended before the desk last came.
func (k *desk) passSpans(back int64) {
	for k.start.span+1 < len(k.spans) && k.spans[k.start.span].to <= back {
		k.start.span++
	}
}

// startClosed: a desk that was not opened yet is expected by its roster, or
// without one as often as it is there on other days; one that was closed comes
// back for its next stretch alone.
func (k *desk) startClosed(p *Player, rostered bool, d *queue.Desk) {
	k.start.phase, k.start.missing = absent, p.world.Absent
	if !rostered {
		k.start.missing = 1 - p.world.Comes[d.ID]
	}
	closed := d.Since.UnixNano()
	for i, s := range k.spans {
		if d.Since.IsZero() && s.to > p.now && s.to < never || !d.Since.IsZero() && s.from > closed && s.to > p.now {
			k.start.span, k.start.phase, k.start.since = i, planned, s.from
			return
		}
	}
}

func (k *desk) startPaused(p *Player, d *queue.Desk) {
	k.start.phase = away
	k.start.since = backAt(k.spans, d)
	k.passSpans(max(k.start.since, p.now))
}

// backAt is when somebody who paused is expected: at the time that was said;
// from a rostered break that began late, not before it was one. Where nothing
// was said, from an unknown pause.
func backAt(spans []span, d *queue.Desk) int64 {
	since := d.Since.UnixNano()
	if d.Until.IsZero() {
		return since + 5*minute
	}
	until := d.Until.UnixNano()
	for i := 1; i < len(spans); i++ {
		if spans[i].from == until {
			return max(until, since+shortest(until-spans[i-1].to))
		}
	}
	return until
}

// findSilent tells the desks at which somebody waits and is not called.
func (p *Player) findSilent() {
	for i := range p.desks {
		k := &p.desks[i]
		wants := never
		for _, li := range k.lanes {
			l := &p.lanes[li]
			for _, who := range l.line {
				wants = min(wants, p.people[who].key.Since)
			}
			for _, who := range l.appts {
				if p.state[who] == waits {
					wants = min(wants, p.rules.CallableAt(&p.people[who].key))
				}
			}
		}
		k.start.wants = wants
		if k.start.waiting = wants <= p.now; k.start.waiting && k.start.phase == wrapping {
			k.start.phase = silent
		}
	}
}

// standsFree is said of a desk that could have called already.
const standsFree = int64(-1)

// begin is when the desk may call first in this path, or standsFree.
func (k *desk) begin(p *Player, d int) int64 {
	st, w := &k.start, p.world
	u := level(st.draw[p.path])
	switch st.phase {
	case planned:
		missing := st.missing
		if late := p.now - st.since; late > 0 {
			still := max(1-w.OpenLate.share(late), 0.5/Paths)
			missing /= missing + float64((1-missing)*still)
		}
		if level(st.draw2[p.path]) < missing {
			return never
		}
		return max(p.now, st.since+w.OpenLate.beyond(p.now-st.since, u))
	case away:
		return max(p.now, st.since+w.BackLate.beyond(p.now-st.since, u))
	case calling:
		h := &p.people[st.who]
		waited := p.now - st.since
		if h.walkIn && w.Silent > 0 {
			stayed := exp(-float64(w.Silent * float64(st.since-h.key.Since)))
			still := 1 - w.Walk.share(waited)
			lost := (1 - stayed) / (1 - stayed + float64(stayed*max(still, 1e-3)))
			if level(st.draw2[p.path]) < lost {
				return max(p.now, st.since+w.NoShowWait) + w.After[AfterNoShow].at(u)
			}
		}
		start := max(p.now, st.since+w.Walk.beyond(waited, level(st.draw3[p.path])))
		return start + p.length(&p.kinds[h.kind], d, h.length[p.path]) + w.After[AfterFinish].at(u)
	case serving:
		h := &p.people[st.who]
		kd := &p.kinds[h.kind]
		factor := float64(kd.skew[p.path] * k.skew)
		e := p.now - st.since
		if !st.waiting && w.Idle > 0 {
			f := below((logMinutes(e) - logOf(factor) - kd.mu) / kd.sigma)
			if idle := float64(w.Idle*f) / (float64(w.Idle*f) + 1 - f + 1e-9); level(st.draw2[p.path]) < idle {
				return standsFree
			}
		}
		return st.since + kd.beyond(e, factor, level(h.length[p.path])) + w.After[AfterFinish].at(u)
	case wrapping, silent:
		table := w.After[st.after]
		e := p.now - st.since
		if st.empty || e > surelyFree && level(st.draw3[p.path]) < w.Empty {
			return st.since + table.beyond(e, u) // nobody is there; back some time
		}
		if st.phase == wrapping {
			if free := st.since + table.at(u); free > p.now {
				return free
			}
			return standsFree
		}
		if st.wants <= st.since {
			return max(p.now, st.since+table.beyond(e, u))
		}
		// Somebody came while it was free: it is still busy since it was left,
		// or stands free and is about to react.
		busy := 1 - table.share(e)
		slow := float64(table.share(st.wants-st.since) * (1 - w.Reaction.share(p.now-st.wants)))
		if level(st.draw2[p.path])*(busy+slow) >= busy {
			return standsFree
		}
		return max(p.now, st.since+table.beyond(e, u))
	}
	return never
}

// beyond is how long a case lasts in all, of which it is known that it has
// lasted e, at level u of what is left.
func (k *kind) beyond(e int64, factor, u float64) int64 {
	mu := k.mu + logOf(factor)
	if e <= 0 {
		return int64(exp(mu+float64(k.sigma*normal(u))) * float64(minute))
	}
	f := below((logMinutes(e) - mu) / k.sigma)
	if f > 0.9999 {
		return e + int64(float64(e)*0.3*-logOf(1-u))
	}
	return max(e, int64(exp(mu+float64(k.sigma*normal(f+float64((1-f)*u))))*float64(minute)))
}
