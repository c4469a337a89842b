package forecast

import "aufruf/server/queue"

// startPath puts everything where it is now, and draws who comes when.
func (p *Player) startPath() {
	p.people, p.state = p.people[:p.known], p.state[:p.known]
	p.knownOnes.clear()
	p.strangers.clear()
	p.left, p.newLeft = p.targets, 0
	for i := range p.lanes {
		l := &p.lanes[i]
		l.lineAt, l.apptAt, l.tailAt, l.tail = 0, 0, 0, l.tail[:0]
		if l.fresh = len(p.comers); l.asked && l.mask != 0 {
			l.fresh = 0
			p.newLeft += len(p.comers)
		}
		for _, who := range l.line {
			p.state[who] = waits
			if l.mask == 0 {
				p.giveUp(who)
			}
		}
		for _, who := range l.appts {
			p.startBooked(l, who)
		}
	}
	p.half = int((p.now - p.day.Start.UnixNano()) / (30 * minute))
	for i := range p.desks {
		k := &p.desks[i]
		k.idle, k.span = false, k.start.span
		if k.free = k.begin(p, i); k.free == standsFree {
			k.idle, k.idleSince, k.free = true, min(k.start.since, p.now), never
		}
	}
	p.reactNow()
}

// reactNow lets desks that stand free call those who wait already, the one that
// has stood free longest first, each after what is left of the time it takes to
// react.
func (p *Player) reactNow() {
	for {
		best := -1
		for i := range p.desks {
			k := &p.desks[i]
			if k.idle && k.start.waiting && k.idleSince >= 0 && (best < 0 || k.idleSince < p.desks[best].idleSince) && p.mayCall(i) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		k := &p.desks[best]
		react := p.world.Reaction.beyond(p.now-max(k.start.wants, k.start.since), level(k.start.draw3[p.path]))
		p.call(best, p.now, max(0, max(k.start.wants, k.start.since)+react-p.now))
	}
}

// mayCall reports whether somebody waits who may be called at a desk now.
func (p *Player) mayCall(d int) bool {
	who, _ := p.pick(d, p.now)
	return who >= 0
}

// giveUp counts somebody as never called in this path.
func (p *Player) giveUp(who int32) {
	p.state[who] = gone
	if int(who) < p.targets {
		p.left--
	}
}

// startBooked draws whether and when somebody with an appointment comes, if it
// is not known: given that it did not happen until now.
func (p *Player) startBooked(l *lane, who int32) {
	h, w := &p.people[who], p.world
	h.late = false
	p.state[who] = coming
	if l.mask == 0 {
		p.giveUp(who)
		return
	}
	if h.arrive != nil {
		h.key.Booked, h.key.At = true, h.apptAt
		passed := w.Offset.share(p.now - h.key.At)
		lost := h.noShow / (h.noShow + float64((1-h.noShow)*(1-passed)) + 1e-12)
		if h.chance < 1 {
			lost = 1 - float64(h.chance*(1-h.noShow))
		}
		if passed >= 1-0.25/Paths || level(h.show[p.path]) < lost {
			p.giveUp(who)
			return
		}
		u := passed + float64((1-passed)*level(h.arrive[p.path]))
		h.key.Since = max(p.now, h.key.At+w.Offset.at(u))
		if h.late = h.key.Since > h.apptAt+int64(p.rules.Grace); h.late {
			h.key.Booked, h.key.At = false, h.key.Since
		}
	}
	at := p.rules.CallableAt(&h.key)
	if at <= p.now && h.arrive == nil {
		p.state[who] = waits
		return
	}
	p.knownOnes.add(event{max(at, p.now), who})
}

// walkIns draws those who take a number in the next half hour: as many as the
// rate says, spread evenly, and the same ones however late it is asked.
func (p *Player) walkIns() {
	half := p.half
	p.half++
	w := p.world
	rate := w.Arrivals[min(half, 47)]
	start := p.halfStart(half)
	if rate <= 0 || len(w.Mix) == 0 || !p.day.Intake.IsZero() && start >= p.day.Intake.UnixNano() {
		return
	}
	seed := mix(p.seed + uint64(half)*0x9e3779b97f4a7c15)
	n := poisson(rate, level(drawn(seed, forCount)[p.path]))
	for i := range n {
		x := mix(seed + uint64(p.path)<<20 + uint64(i))
		at := start + int64(float64(x>>40)/(1<<24)*float64(30*minute))
		if at <= p.now {
			continue
		}
		v := p.mix[mix(x)%uint64(len(p.mix))]
		h := person{key: queue.Key{At: at, Since: at, Number: lastOfAll}, walkIn: true, lane: v.lane, kind: v.kind, more: nothing}
		if p.lanes[h.lane].mask == 0 {
			continue
		}
		h.draw(x)
		p.strangers.add(event{at, p.join(h)})
	}
}

// join adds somebody who comes later in this path.
func (p *Player) join(h person) int32 {
	p.people = append(p.people, h)
	p.state = append(p.state, coming)
	return int32(len(p.people) - 1)
}

// transfer lets somebody wait on for the rest of the visit, place kept.
func (p *Player) transfer(h person, at int64) {
	h.lane, h.kind = h.more.lane, h.more.kind
	h.more, h.appt, h.late, h.walkIn = nothing, false, false, false
	if p.lanes[h.lane].mask == 0 {
		return
	}
	p.knownOnes.add(event{at, p.join(h)})
}

// nothing is the visit that goes on nowhere.
var nothing = visit{-1, -1}

// poisson is the quantile of the Poisson distribution.
func poisson(mean, u float64) int {
	mean = min(mean, 500)
	term := exp(-mean)
	sum := term
	n := 0
	for sum < u && n < 1000 {
		n++
		term = float64(term*mean) / float64(n)
		sum += term
	}
	return n
}
