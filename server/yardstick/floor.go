package yardstick

import (
	"aufruf/server/exchange"
)

// floor follows an office line by line: who is expected, who waits, which
// desks are there and whom they serve. The simple rules read it.
type floor struct {
	now     int
	policy  exchange.Policy
	group   map[string]int     // by service
	minutes map[string]float64 // configured, by service
	tickets map[string]*ticket
	order   []*ticket // in order of their first line
	desks   []*desk
	byDesk  map[string]*desk

	onFinish func(t *ticket) // is told of every finish at its instant
}

type phase int

const (
	expected phase = iota
	waiting
	called
	serving
	gone
)

type ticket struct {
	service  string
	group    int
	booked   bool
	appt     int
	since    int // issue or check-in
	boost    int
	phase    phase
	calledAt int
	servedAt int
}

type desk struct {
	groups  map[int]bool
	paused  bool
	pressed bool // finish was pressed while somebody it may call waited
	freeAt  int
}

// take follows one line; a predict changes nothing but the time.
func (f *floor) take(l *exchange.Line) {
	f.now = l.At
	switch l.Ev {
	case exchange.EvHello:
		f.hello(l.Hello)
	case exchange.EvDay:
		f.newDay(l.Day)
	case exchange.EvBooked:
		f.add(l, &ticket{booked: true, appt: l.Appt})
	case exchange.EvTicket:
		f.add(l, &ticket{since: l.At, boost: l.BoostS, phase: waiting})
	case exchange.EvPredict, exchange.EvDayEnd:
	default:
		f.move(l)
	}
}

func (f *floor) hello(h *exchange.Hello) {
	f.policy = h.Policy
	f.group, f.minutes = map[string]int{}, map[string]float64{}
	for _, s := range h.Services {
		f.group[s.ID], f.minutes[s.ID] = s.Group, s.Minutes
	}
}

func (f *floor) newDay(day *exchange.Day) {
	f.tickets, f.byDesk = map[string]*ticket{}, map[string]*desk{}
	f.order, f.desks = nil, nil
	for _, d := range day.Desks {
		k := &desk{groups: map[int]bool{}}
		for _, g := range d.Groups {
			k.groups[g] = true
		}
		f.desks, f.byDesk[d.ID] = append(f.desks, k), k
	}
}

func (f *floor) add(l *exchange.Line, t *ticket) {
	t.service, t.group = l.Service, f.group[l.Service]
	f.tickets[l.Ticket] = t
	f.order = append(f.order, t)
}

// move follows a line about a ticket, a desk or both. What the floor does not
// know is passed over.
func (f *floor) move(l *exchange.Line) {
	t, d := f.tickets[l.Ticket], f.byDesk[l.Desk]
	if t == nil {
		t = &ticket{}
	}
	if d == nil {
		d = &desk{}
	}
	switch l.Ev {
	case exchange.EvCheckedIn:
		t.since, t.phase = l.At, waiting
	case exchange.EvCancelled:
		t.phase = gone
	case exchange.EvCalled:
		t.phase, t.calledAt, d.pressed = called, l.At, false
	case exchange.EvServed:
		t.phase, t.servedAt = serving, l.At
	case exchange.EvFinished:
		if f.onFinish != nil && t.phase == serving {
			f.onFinish(t)
		}
		t.phase, d.freeAt, d.pressed = gone, l.At, f.callable(d)
	case exchange.EvNoShow:
		t.phase, d.pressed = gone, false
	case exchange.EvDeskOpen, exchange.EvDeskResume:
		d.paused, d.pressed = false, false
	case exchange.EvDeskPause:
		d.paused, d.pressed = true, false
	case exchange.EvDeskClose:
		d.paused = false
	}
}

// present counts the desks that are not on a break, for one group or for all
// (-1). Whether a desk was opened is not asked: in the morning it will be, and
// after closing time those who wait are served.
func (f *floor) present(group int) int {
	n := 0
	for _, d := range f.desks {
		if !d.paused && (group < 0 || d.groups[group]) {
			n++
		}
	}
	return n
}

// answer answers a predict ticket by ticket; it is nil for all other lines.
func (f *floor) answer(l *exchange.Line, say func(*ticket) exchange.Quantiles) *exchange.Answer {
	if l.Ev != exchange.EvPredict {
		return nil
	}
	a := &exchange.Answer{ID: l.ID, A: make([]exchange.Quantiles, len(l.For))}
	for i, q := range l.For {
		t := f.tickets[q.Ticket]
		if t == nil {
			t = &ticket{service: q.New, group: f.group[q.New], since: f.now, phase: waiting}
		}
		a.A[i] = say(t)
	}
	return a
}

// mean is a running mean.
type mean struct{ sum, n float64 }

func (m *mean) add(x float64) { m.sum, m.n = m.sum+x, m.n+1 }

// or is the mean, or another figure as long as nothing was seen.
func (m *mean) or(x float64) float64 {
	if m.n == 0 {
		return x
	}
	return m.sum / m.n
}
