package simday

import (
	"container/heap"
	"slices"

	"aufruf/server/exchange"
)

// floor plays one day of an office, event by event.
type floor struct {
	o      Office
	t      *Truth
	day    int
	judged bool
	play   *play // what is written

	now    int
	events events
	seq    int

	line  []*place // who waits, in order of arrival
	desks []*desk
	watch []*watcher // those who are followed virtually
	asked []open     // questions without an answer yet
	open  int        // visitors who are still to come or not done
}

// place is one visitor in the office.
type place struct {
	*visitor
	group  int
	since  int // issue or check-in
	order  int
	left   bool // gone without a word
	called int  // or never
}

// desk is one desk of the day.
type desk struct {
	i       int
	id      string
	groups  []int
	plan    [][2]int
	phase   phase
	since   int    // of the phase
	owed    bool   // a break began while it was busy
	breaks  int    // breaks behind it
	finish  string // whose finish is not pressed yet
	factor  float64
	settled [3]float64 // normal figures for opening and two breaks
}

type phase int

const (
	closed phase = iota
	idle
	reacting // somebody came, the call follows
	busy     // from the call to the end of the wrap-up
	paused
	gone // for the day
)

// event is something that will happen. Of events of one second those of the
// clerk of questions come last: all lines before a question have happened.
type event struct {
	at, rank, seq int
	do            func()
}

type events []event

func (q events) Len() int      { return len(q) }
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(event)) }
func (q events) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	if q[i].rank != q[j].rank {
		return q[i].rank < q[j].rank
	}
	return q[i].seq < q[j].seq
}

func (q *events) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	*q = (*q)[:last]
	return e
}

func (f *floor) at(at int, do func())   { f.push(max(at, f.now), 0, do) }
func (f *floor) last(at int, do func()) { f.push(max(at, f.now), 1, do) }

func (f *floor) push(at, rank int, do func()) {
	f.seq++
	heap.Push(&f.events, event{at, rank, f.seq, do})
}

// run plays the day to its end.
func (f *floor) run(visitors []*visitor) {
	f.begin(visitors)
	for len(f.events) > 0 && !f.over() {
		e := heap.Pop(&f.events).(event)
		f.now = e.at
		e.do()
	}
	f.now = max(f.now, f.o.Close+2*hour-293)
	f.say(exchange.Line{Ev: exchange.EvDayEnd})
	f.settle()
}

// over reports whether the day is: the doors are shut, everybody is done and
// the clerks have gone home.
func (f *floor) over() bool {
	return f.now >= f.o.Close && f.open == 0 &&
		!slices.ContainsFunc(f.desks, func(d *desk) bool { return d.phase != gone })
}

func (f *floor) begin(visitors []*visitor) {
	f.now = f.o.Open - hour
	f.say(exchange.Line{Ev: exchange.EvDay, Day: f.roster()})
	for _, v := range visitors {
		if v.booked && v.bookedAt == f.now {
			f.book(v)
		} else if v.booked {
			f.at(v.bookedAt, func() { f.book(v) })
		}
		if v.arrive != never {
			f.open++
			f.at(v.arrive, func() { f.arrive(v) })
		}
	}
	f.openDesks()
	if f.judged {
		f.last(f.o.Open+7, f.tick)
	}
}

func (f *floor) roster() *exchange.Day {
	d := &exchange.Day{Date: dayName(f.day), Open: f.o.Open, Close: f.o.Close, Intake: f.o.Intake, PlanKnown: !f.o.PlanUnknown}
	for i, k := range f.t.Desks {
		plan := f.o.plan(i)
		if f.o.PlanUnknown {
			plan = nil
		}
		d.Desks = append(d.Desks, exchange.Desk{ID: k.ID, Groups: f.o.skills(i), Plan: plan})
	}
	return d
}

func (f *floor) say(l exchange.Line) {
	l.At = f.now
	f.play.say(l)
}

func (f *floor) book(v *visitor) {
	f.say(exchange.Line{Ev: exchange.EvBooked, Ticket: v.id, Kind: "booked", Service: f.t.Services[v.service].ID, Appt: v.appt})
}

// arrive takes somebody into the line and, on judged days, asks how long they
// will wait. Then an idle desk may react.
func (f *floor) arrive(v *visitor) {
	f.seq++
	p := &place{visitor: v, group: f.t.Services[v.service].Group, since: f.now, order: f.seq, called: never}
	if v.booked {
		f.say(exchange.Line{Ev: exchange.EvCheckedIn, Ticket: v.id})
	} else {
		f.say(exchange.Line{Ev: exchange.EvTicket, Ticket: v.id, Kind: "walkin", Service: f.t.Services[v.service].ID, BoostS: v.boost})
	}
	f.line = append(f.line, p)
	if v.leave != never {
		f.at(v.leave, func() { f.leave(p) })
	}
	if f.judged {
		f.ask([]*place{p}, nil, true)
	}
	f.becomes(p)
}

// becomes lets an idle desk react once a ticket may be called.
func (f *floor) becomes(p *place) {
	if !slices.Contains(f.line, p) {
		return
	}
	if _, ok := f.rank(p); !ok {
		f.at(p.appt-f.t.Policy.EarlyCallS, func() { f.becomes(p) })
		return
	}
	if d := f.longestIdle(p.group); d != nil {
		f.react(d, p)
	}
}

// leave is somebody who gives up waiting: with a word, or in silence.
func (f *floor) leave(p *place) {
	if !slices.Contains(f.line, p) {
		return
	}
	if !p.saysSo {
		p.left = true
		return
	}
	f.drop(p)
	f.open--
	f.say(exchange.Line{Ev: exchange.EvCancelled, Ticket: p.id})
	f.follow(&watcher{p})
	f.mayClose()
}

func (f *floor) drop(p *place) {
	f.line = slices.DeleteFunc(f.line, func(q *place) bool { return q == p })
}
