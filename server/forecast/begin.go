package forecast

import (
	"math"
	"slices"
	"strconv"
	"time"

	"aufruf/server/queue"
)

func exp(x float64) float64   { return math.Exp(x) }
func logOf(x float64) float64 { return math.Log(x) }
func sqrt(x float64) float64  { return math.Sqrt(x) }

// logMinutes is the logarithm of a length in minutes.
func logMinutes(d int64) float64 { return math.Log(float64(max(d, second)) / float64(minute)) }

// halves is how many half hours are played from midnight on.
const halves = 48

func (p *Player) halfStart(h int) int64 {
	return p.day.Start.UnixNano() + int64(h)*30*minute
}

// begin lays out the situation: lanes, people and desks.
func (p *Player) begin(in *Situation) {
	p.rules, p.world, p.day, p.now = in.Rules, in.World, in.Day, in.Now.UnixNano()
	p.seed = hash(hash(0, in.Rules.Office), in.State.Day.String())
	all, day := drawn(p.seed, forDoubt), drawn(p.seed, forDay)
	office, _ := p.spreads.of(in.World.SdOffice)
	today, _ := p.spreads.of(in.World.SdDay)
	for k := range p.common {
		p.common[k] = float64(office[all[k]] * today[day[k]])
	}
	p.people, p.kinds = p.people[:0], p.kinds[:0]
	p.waiting, p.expected = p.waiting[:0], p.expected[:0]
	for i := range p.lanes {
		l := &p.lanes[i]
		l.line, l.appts, l.asked = l.line[:0], l.appts[:0], false
	}
	p.lanes = p.lanes[:0]
	if p.kindOf == nil {
		p.kindOf, p.laneOf, p.maskOf, p.skews = map[string]int32{}, map[uint64]int32{}, map[string]uint64{}, map[string]*[Paths]float64{}
	}
	clear(p.kindOf)
	clear(p.laneOf)
	clear(p.maskOf)
	clear(p.skews)
	p.desks = slices.Grow(p.desks[:0], len(in.Rules.Desks))[:len(in.Rules.Desks)]
	for t := range in.State.Active {
		if t.State == queue.Waiting {
			p.addWaiting(in, t)
		}
	}
	p.targets = len(p.people)
	p.addExpected(in)
	if in.Expected {
		p.targets = len(p.people)
	}
	p.addSameDay(in)
	for i := range in.Rules.Desks {
		p.startDesk(in, i)
	}
	p.fresh = p.fresh[:0]
	for i := range in.Rules.Services {
		p.fresh = append(p.fresh, p.laneFor(in, one(in.Rules.Services[i].ID), "", false, true))
	}
	p.mix = p.mix[:0]
	for _, service := range in.World.Mix {
		items := one(service)
		lane := p.laneFor(in, items, "", false, false)
		p.mix = append(p.mix, visit{lane, p.kindOfLeg(in, items)})
	}
	p.known = len(p.people)
	p.state = slices.Grow(p.state[:0], p.known)[:p.known]
	for i := range p.desks {
		for li := range p.lanes {
			if p.lanes[li].mask&(1<<i) != 0 {
				p.desks[i].lanes = append(p.desks[i].lanes, int32(li))
			}
		}
	}
	p.sortLanes()
	for i := range p.people {
		p.state[i] = coming
	}
	for i := range p.lanes {
		for _, who := range p.lanes[i].appts {
			if h := &p.people[who]; h.key.Since != 0 && p.rules.CallableAt(&h.key) <= p.now {
				p.state[who] = waits
			}
		}
	}
	p.findSilent()
	p.samples = slices.Grow(p.samples[:0], p.targets*Paths)[:p.targets*Paths]
	p.comers = append(p.comers[:0], p.now)
	for _, t := range in.Later {
		p.comers = append(p.comers, t.UnixNano())
	}
	n := len(p.lanes) * len(p.comers) * Paths
	p.news = slices.Grow(p.news[:0], n)[:n]
	for i := range p.samples {
		p.samples[i] = never
	}
	for i := range p.news {
		p.news[i] = never
	}
}

func one(service string) []queue.Item { return []queue.Item{{Service: service, Quantity: 1}} }

func (p *Player) addWaiting(in *Situation, t *queue.Ticket) {
	h := person{key: t.Key(), walkIn: !t.Booked}
	h.appt = h.key.Booked
	h.lane = p.laneFor(in, t.Remaining, t.To, t.Booked, false)
	h.kind, h.more = p.kindFor(in, p.lanes[h.lane].mask, t.Remaining)
	h.draw(hash(p.seed, t.ID))
	p.waiting = append(p.waiting, t.ID)
	p.enter(h)
}

func (h *person) draw(who uint64) {
	h.length, h.walk, h.wrap = drawn(who, forLength), drawn(who, forWalk), drawn(who, forWrap)
	h.silent, h.cancel = drawn(who, forSilent), drawn(who, forCancel)
}

// enter puts somebody who is known now into the lane.
func (p *Player) enter(h person) {
	i, l := int32(len(p.people)), &p.lanes[h.lane]
	p.people = append(p.people, h)
	if h.appt {
		l.appts = append(l.appts, i)
	} else {
		l.line = append(l.line, i)
	}
}

// addExpected enters those with an appointment today who have not come.
func (p *Player) addExpected(in *Situation) {
	end := in.Day.Start.UnixNano() + 24*60*minute
	for _, a := range in.State.Between(time.Time{}, time.Unix(0, end)) {
		at := a.DueAt().UnixNano()
		if a.Ticket != "" || at >= end || at < p.now-int64(3*60*minute) {
			continue
		}
		h := person{key: queue.Key{Booked: true, At: at}, apptAt: at, appt: true, chance: 1,
			noShow: in.World.NoShow[leadTime(a.BookedAt.UnixNano(), at)]}
		h.lane = p.laneFor(in, a.Services, "", true, false)
		h.kind, h.more = p.kindFor(in, p.lanes[h.lane].mask, a.Services)
		who := hash(p.seed, a.ID)
		h.draw(who)
		h.arrive, h.show = drawn(who, forArrival), drawn(who, forShow)
		p.expected = append(p.expected, a.ID)
		p.enter(h)
	}
}

// slots is how many bookings of a half hour may still be made, in a path.
const slots = 4

// addSameDay enters bookings for today that may still be made. Each is there in
// as many paths as the rate says.
func (p *Player) addSameDay(in *Situation) {
	if len(in.World.Mix) == 0 {
		return
	}
	for h, rate := range in.World.SameDay {
		start := p.halfStart(h)
		if rate < 0.01 || start < p.now {
			continue
		}
		for i := range slots {
			who := mix(p.seed + uint64(h*slots+i+1)*0x9e3779b97f4a7c15)
			at := start + int64(i)*30*minute/slots
			items := one(in.World.Mix[who%uint64(len(in.World.Mix))])
			e := person{key: queue.Key{Booked: true, At: at, Number: lastOfAll}, apptAt: at, appt: true, chance: min(1, rate/slots),
				noShow: in.World.NoShow[leadToday]}
			e.lane = p.laneFor(in, items, "", true, false)
			e.kind, e.more = p.kindFor(in, p.lanes[e.lane].mask, items)
			e.draw(who)
			e.arrive, e.show = drawn(who, forArrival), drawn(who, forShow)
			p.enter(e)
		}
	}
}

// atDesk adds somebody who is at a desk already, and stands in no lane.
func (p *Player) atDesk(in *Situation, desk int, t *queue.Ticket) int32 {
	h := person{key: t.Key(), walkIn: !t.Booked, lane: -1, more: nothing}
	h.kind = p.kindOfLeg(in, t.Leg)
	h.draw(hash(p.seed, t.ID))
	p.people = append(p.people, h)
	return int32(len(p.people) - 1)
}

// signature writes what decides which desks may serve a visit, and how long.
func (p *Player) signature(items []queue.Item, to string, booked bool) []byte {
	s := p.sig[:0]
	for _, it := range items {
		s = append(s, it.Service...)
		if it.Quantity > 1 {
			s = strconv.AppendInt(append(s, '*'), int64(it.Quantity), 10)
		}
		s = append(s, 0)
	}
	if booked {
		s = append(s, 1)
	}
	p.sig = append(s, to...)
	return p.sig
}

// laneFor is the lane of those whom the same desks may serve; fresh says that
// somebody who would come now is asked about.
func (p *Player) laneFor(in *Situation, items []queue.Item, to string, booked, fresh bool) int32 {
	sig := p.signature(items, to, booked)
	mask, ok := p.maskOf[string(sig)]
	if !ok {
		t := queue.Ticket{Remaining: items, Booked: booked, To: to}
		for i := range in.Rules.Desks {
			if in.Rules.May(in.State, in.Rules.Desks[i].ID, &t) {
				mask |= 1 << i
			}
		}
		p.maskOf[string(sig)] = mask
	}
	i, ok := p.laneOf[mask]
	if !ok {
		i = int32(len(p.lanes))
		p.laneOf[mask] = i
		p.lanes = slices.Grow(p.lanes, 1)[:i+1]
		l := &p.lanes[i]
		*l = lane{mask: mask, line: l.line[:0], appts: l.appts[:0], tail: l.tail[:0]}
	}
	p.lanes[i].asked = p.lanes[i].asked || fresh
	return i
}

// kindFor is how the first leg of a visit is served, and what goes on
// elsewhere afterwards: nothing where a desk can do all.
func (p *Player) kindFor(in *Situation, mask uint64, items []queue.Item) (kind int32, more visit) {
	if len(items) > 1 {
		for i := range in.Rules.Desks {
			if mask&(1<<i) == 0 {
				continue
			}
			leg, later := in.Rules.Leg(i, items)
			if len(later) == 0 {
				break
			}
			return p.kindOfLeg(in, leg), visit{p.laneFor(in, later, "", false, false), p.kindOfLeg(in, later)}
		}
	}
	return p.kindOfLeg(in, items), nothing
}

// kindOfLeg is the length of what is done in one go: one lognormal, or for
// several units the lognormal with the mean and the variance of their sum
// (Fenton 1960, Wilkinson).
func (p *Player) kindOfLeg(in *Situation, items []queue.Item) int32 {
	sig := p.signature(items, "", false)
	if i, ok := p.kindOf[string(sig)]; ok {
		return i
	}
	i := int32(len(p.kinds))
	p.kindOf[string(sig)] = i
	mu, sigma := in.World.sum(items)
	service := ""
	if len(items) > 0 {
		service = items[0].Service
	}
	spread, sigma := p.spreads.of(sigma)
	k := kind{mu: mu, sigma: sigma, skew: p.skewOf(service)}
	median := exp(mu) * float64(minute)
	for i := range k.table {
		k.table[i] = int64(median * spread[i])
	}
	p.kinds = append(p.kinds, k)
	return i
}

func (w *World) sum(items []queue.Item) (mu, sigma float64) {
	n := 0
	mean, variance := 0.0, 0.0
	for _, it := range items {
		l := w.length(it.Service)
		q := max(it.Quantity, 1)
		n += q
		mu, sigma = l.Mu, l.Sigma
		m := exp(l.Mu + float64(0.5*float64(l.Sigma*l.Sigma)))
		mean += float64(float64(q) * m)
		variance += float64(float64(q) * float64(float64(m*m)*(exp(float64(l.Sigma*l.Sigma))-1)))
	}
	if n == 1 {
		return mu, sigma
	}
	if n == 0 {
		return w.Unknown.Mu, w.Unknown.Sigma
	}
	s2 := logOf(1 + variance/float64(mean*mean))
	mu = logOf(mean) - float64(0.5*s2)
	if len(items) > 1 {
		mu += w.Together
	}
	return mu, sqrt(s2)
}

// skewOf is what is in doubt about a service's length, by path: its own mean,
// the office's, and how this day as a whole may differ.
func (p *Player) skewOf(service string) *[Paths]float64 {
	if s := p.skews[service]; s != nil {
		return s
	}
	own := drawn(hash(p.seed, service), forDoubt)
	spread, _ := p.spreads.of(p.world.length(service).Sd)
	s := new([Paths]float64)
	for k := range s {
		s[k] = float64(spread[own[k]] * p.common[k])
	}
	p.skews[service] = s
	return s
}

// sortLanes puts everybody into the order of the rule.
func (p *Player) sortLanes() {
	order := func(a, b int32) int {
		switch ka, kb := &p.people[a].key, &p.people[b].key; {
		case p.rules.Before(ka, kb, p.now):
			return -1
		case p.rules.Before(kb, ka, p.now):
			return 1
		}
		return int(a - b)
	}
	for i := range p.lanes {
		slices.SortFunc(p.lanes[i].line, order)
		slices.SortFunc(p.lanes[i].appts, func(a, b int32) int {
			if d := p.people[a].key.At - p.people[b].key.At; d != 0 {
				return int(max(-1, min(1, d)))
			}
			return order(a, b)
		})
	}
}
