package forecast

import (
	"math"
	"runtime"
	"slices"

	"aufruf/server/queue"
)

// Player plays situations. It keeps its memory from one to the next, so that a
// path costs none; it serves one caller at a time.
type Player struct {
	rules *queue.Rules
	world *World
	day   Day
	now   int64
	seed  uint64

	people  []person // those known now; in a path, those who come later after them
	known   int
	targets int // the first so many are asked about
	lanes   []lane
	desks   []desk
	kinds   []kind
	skews   map[string]*[Paths]float64 // by service
	common  [Paths]float64             // what is in doubt about all lengths, as a factor
	spreads spreads

	// Of one path:
	path      int
	state     []place // by person
	knownOnes agenda  // those of whom is known that they come, and transfers
	strangers agenda  // walk-ins, as far as they were invented
	half      int     // half hour of the day from which walk-ins are invented next
	left      int     // targets not called yet
	newLeft   int     // those who would come and were not called yet, of all lanes

	samples []int64 // by target and path: call, less now
	comers  []int64 // instants at which somebody would come; the first is now
	news    []int64 // by lane, comer and path: call, less coming

	mix               []visit  // what walk-ins come for
	fresh             []int32  // lanes of newcomers, by position in Rules.Services
	waiting, expected []string // ids of tickets and appointments, in order of people
	kindOf            map[string]int32
	laneOf            map[uint64]int32
	maskOf            map[string]uint64
	sig               []byte
}

// person is somebody who waits, is expected, or may still come.
type person struct {
	key    queue.Key
	lane   int32
	kind   int32
	walkIn bool    // may leave
	appt   bool    // stands among the booked of the lane
	late   bool    // in this path: comes after the grace, and is no longer in time
	apptAt int64   // the appointment of who is expected
	noShow float64 // that the person does not come
	chance float64 // that there is such an appointment at all
	// more says what goes on elsewhere after the first leg, by transfer.
	more                                             visit
	length, walk, wrap, silent, cancel, arrive, show strata
}

// place says where somebody is in a path.
type place uint8

const (
	coming place = iota // not here, or not callable yet
	waits
	gone // called, left, or not coming in this path
)

// lane is a line of people whom exactly the same desks may serve. Among the
// booked, and among all others, the order never changes by the clock, so the
// rule has to decide between heads alone.
type lane struct {
	mask  uint64
	line  []int32 // who waits now and is not booked in time, in order
	appts []int32 // the booked, here in time or expected, in order of appointment
	asked bool    // for those who would come now or later

	// Of one path:
	lineAt, apptAt, tailAt int
	tail                   []int32 // joined the line later, in order
	fresh                  int     // the first of those who would come that was not called yet
}

// kind is one way to be served: the length of what a desk does in one go.
type kind struct {
	table     Table
	mu, sigma float64
	skew      *[Paths]float64 // by path, what is in doubt about the length, as a factor
}

// visit is a lane and a kind.
type visit struct{ lane, kind int32 }

// event is somebody who becomes callable.
type event struct {
	at  int64
	who int32
}

// agenda is events in order of time; those before next are over.
type agenda struct {
	events []event
	next   int
}

func (a *agenda) clear() { a.events, a.next = a.events[:0], 0 }

// head is the next event; at never when there is none.
func (a *agenda) head() event {
	if a.next < len(a.events) {
		return a.events[a.next]
	}
	return event{at: never}
}

// add puts an event where it belongs, which is near the end.
func (a *agenda) add(e event) {
	a.events = append(a.events, e)
	for i := len(a.events) - 1; i > a.next && a.events[i].at < a.events[i-1].at; i-- {
		a.events[i], a.events[i-1] = a.events[i-1], a.events[i]
	}
}

// Play looks ahead. Its memory is its own: an Outlook stays valid.
func (p *Player) Play(in *Situation) *Outlook {
	p.begin(in)
	for k := range Paths {
		p.path = k
		p.play()
		// A look is some milliseconds of work. Where there is one core for
		// everything, a call on its way to a screen would wait for all of it.
		runtime.Gosched()
	}
	return p.outlook(in)
}

// play runs one path until everybody who is asked about has been called.
func (p *Player) play() {
	p.startPath()
	for p.left > 0 || p.newLeft > 0 {
		d, at := p.firstFree()
		e := p.nextEvent(at)
		switch {
		case e.at == never && at == never:
			p.endPath()
			return // nobody else will be called today
		case e.at <= at:
			p.becomesCallable(e)
		default:
			p.deskFree(d, at)
		}
	}
}

// firstFree is the desk that may call next.
func (p *Player) firstFree() (d int, at int64) {
	d, at = -1, never
	for i := range p.desks {
		if f := p.desks[i].free; f < at {
			d, at = i, f
		}
	}
	return d, at
}

// nextEvent is who becomes callable next, if that is not after an instant that
// is asked about: walk-ins are only invented as far as somebody may meet them.
func (p *Player) nextEvent(before int64) event {
	for {
		e := p.knownOnes.head()
		if w := p.strangers.head(); w.at < e.at {
			e = w
		}
		if p.half >= halves || p.halfStart(p.half) > min(e.at, before) {
			return e
		}
		p.walkIns()
	}
}

func (p *Player) becomesCallable(e event) {
	if p.strangers.head() == e {
		p.strangers.next++
	} else {
		p.knownOnes.next++
	}
	h := &p.people[e.who]
	l := &p.lanes[h.lane]
	p.state[e.who] = waits
	if !h.appt || h.late {
		p.joinTail(l, e.who)
	}
	if d := p.longestIdle(l.mask, e.at); d >= 0 {
		p.call(d, e.at, p.world.Reaction[h.walk[p.path]])
	}
}

// joinTail puts somebody who came later into the line of a lane.
func (p *Player) joinTail(l *lane, who int32) {
	at := len(l.tail)
	for at > l.tailAt && p.rules.Before(&p.people[who].key, &p.people[l.tail[at-1]].key, p.now) {
		at--
	}
	l.tail = slices.Insert(l.tail, at, who)
}

// deskFree lets a desk call whom the rule names, go on a break, or wait.
func (p *Player) deskFree(d int, at int64) {
	k := &p.desks[d]
	if k.onBreak(p, at) {
		return
	}
	if !p.call(d, at, 0) {
		if k.over(at) {
			k.free = never
			return
		}
		k.free, k.idleSince, k.idle = never, at, true
	}
}

// longestIdle is the desk of a set that has stood idle longest, or -1. A desk
// whose break or day's end came meanwhile is away.
func (p *Player) longestIdle(mask uint64, at int64) int {
	for {
		best := -1
		for i := range p.desks {
			k := &p.desks[i]
			if k.idle && mask&(1<<i) != 0 && (best < 0 || k.idleSince < p.desks[best].idleSince) {
				best = i
			}
		}
		if best < 0 {
			return -1
		}
		k := &p.desks[best]
		begin := max(k.spans[k.span].to, k.idleSince)
		if begin > at {
			return best
		}
		k.idle, k.free = false, never
		if k.onBreak(p, begin) && k.free <= at {
			k.idle, k.idleSince, k.free = true, k.free, never // back again
		}
	}
}

// call calls whom the rule names at a desk, so much later than at; false when
// nobody may be called there.
func (p *Player) call(d int, at, later int64) bool {
	k := &p.desks[d]
	for {
		who, l := p.pick(d, at)
		if p.newLeft > 0 {
			p.observe(d, at, later, who)
		}
		if who < 0 {
			return false
		}
		p.take(l, who)
		p.called(who, at+later)
		h := &p.people[who]
		if h.walkIn {
			silent, cancel := p.leaves(h)
			if min(silent, cancel) <= at {
				if cancel < silent {
					continue // said so: not in the line any more
				}
				k.idle, k.free = false, at+later+p.world.NoShowWait+p.world.After[AfterNoShow][h.wrap[p.path]]
				return true
			}
		}
		k.idle, k.free = false, p.served(d, who, at+later)
		return true
	}
}

// served is when a desk may call again after somebody who was called there at
// an instant.
func (p *Player) served(d int, who int32, at int64) int64 {
	h := &p.people[who]
	end := at + p.world.Walk[h.walk[p.path]] + p.length(&p.kinds[h.kind], d, h.length[p.path])
	free := end + p.world.After[AfterFinish][h.wrap[p.path]]
	if h.more.lane >= 0 {
		p.transfer(*h, end)
	}
	return free
}

func (p *Player) length(k *kind, d int, stratum uint8) int64 {
	return int64(float64(k.table[stratum]) * float64(k.skew[p.path]*p.desks[d].skew))
}

// leaves is when somebody leaves the line, without a word and with one.
func (p *Player) leaves(h *person) (silent, cancel int64) {
	silent, cancel = never, never
	if p.world.Silent > 0 {
		silent = h.key.Since + int64(exponential[h.silent[p.path]]/p.world.Silent)
	}
	if p.world.Cancel > 0 {
		cancel = max(h.key.Since, p.now) + int64(exponential[h.cancel[p.path]]/p.world.Cancel)
	}
	return silent, cancel
}

// pick is the head that goes first at a desk by the office's own rule, or -1.
func (p *Player) pick(d int, at int64) (best int32, in *lane) {
	best = -1
	for _, li := range p.desks[d].lanes {
		l := &p.lanes[li]
		if l.lineAt == len(l.line) && l.tailAt == len(l.tail) && l.apptAt == len(l.appts) {
			continue
		}
		if w := l.head(); w >= 0 && (best < 0 || p.rules.Before(&p.people[w].key, &p.people[best].key, at)) {
			best, in = w, l
		}
		if b := p.booked(l); b >= 0 && (best < 0 || p.rules.Before(&p.people[b].key, &p.people[best].key, at)) {
			best, in = b, l
		}
	}
	return best, in
}

// head is the first of a lane who is not booked in time, or -1.
func (l *lane) head() int32 {
	if l.lineAt < len(l.line) {
		return l.line[l.lineAt]
	}
	if l.tailAt < len(l.tail) {
		return l.tail[l.tailAt]
	}
	return -1
}

// booked is the first of a lane who is booked, here and callable, or -1.
func (p *Player) booked(l *lane) int32 {
	for l.apptAt < len(l.appts) && (p.state[l.appts[l.apptAt]] == gone || p.people[l.appts[l.apptAt]].late) {
		l.apptAt++
	}
	for _, i := range l.appts[l.apptAt:] {
		if p.state[i] == waits && !p.people[i].late {
			return i
		}
	}
	return -1
}

func (p *Player) take(l *lane, who int32) {
	p.state[who] = gone
	switch {
	case l.lineAt < len(l.line) && l.line[l.lineAt] == who:
		l.lineAt++
	case l.tailAt < len(l.tail) && l.tail[l.tailAt] == who:
		l.tailAt++
	}
}

// called notes the call of somebody who is asked about.
func (p *Player) called(who int32, at int64) {
	if int(who) < p.targets {
		s := &p.samples[int(who)*Paths+p.path]
		if *s == never {
			*s = at - p.now
			p.left--
		}
	}
}

// observe notes, for those who would come, that a desk calls: they would go
// before whoever is called. They change nobody's call.
func (p *Player) observe(d int, at, later int64, who int32) {
	for _, li := range p.desks[d].lanes {
		l := &p.lanes[li]
		for l.fresh < len(p.comers) && p.comers[l.fresh] <= at {
			came := p.comers[l.fresh]
			if who >= 0 {
				h := &p.people[who].key
				if !h.Booked && h.At < came {
					break // in the same list, and before
				}
				key := queue.Key{At: came, Since: came, Number: lastOfAll}
				if !p.rules.Before(&key, h, at) {
					break
				}
			}
			wait := at + later - came
			if p.idleAt(l, came) {
				wait = p.world.Reaction[p.path]
			} else if who < 0 {
				wait += p.world.Reaction[p.path]
			}
			p.comes(l, li, wait)
		}
	}
}

// comes notes the wait of the next of those who would come.
func (p *Player) comes(l *lane, li int32, wait int64) {
	p.news[(int(li)*len(p.comers)+l.fresh)*Paths+p.path] = wait
	l.fresh++
	p.newLeft--
}

// idleAt reports whether a desk of a lane stood idle at an instant, and still
// does.
func (p *Player) idleAt(l *lane, at int64) bool {
	for i := range p.desks {
		k := &p.desks[i]
		if k.idle && l.mask&(1<<i) != 0 && k.idleSince <= at && k.spans[k.span].to > at {
			return true
		}
	}
	return false
}

// endPath is for those who would come when nobody is called any more: a desk
// that stands idle would call them.
func (p *Player) endPath() {
	for li := range p.lanes {
		l := &p.lanes[li]
		for l.fresh < len(p.comers) {
			wait := never
			if p.idleAt(l, p.comers[l.fresh]) {
				wait = p.world.Reaction[p.path]
			}
			p.comes(l, int32(li), wait)
		}
	}
}

// lastOfAll is a number behind all others, for who is not there yet.
var lastOfAll = queue.Number{Letter: "~"}

// exponential are the middles of the strata of the exponential distribution.
var exponential = func() (e [Paths]float64) {
	for k := range e {
		e[k] = -math.Log(1 - level(uint8(k)))
	}
	return e
}()
