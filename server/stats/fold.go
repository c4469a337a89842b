package stats

import (
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// fold makes rows from the records of one office. A row is made when nothing
// can change it any more: a press at a desk may be undone for a while.
type fold struct {
	rules    *queue.Rules
	tracks   map[string]*track
	due      []due    // facts that can still be undone, in their order
	look     []string // tickets of which the record under way perhaps makes rows
	visits   []Visit
	promises []Promise
	missed   []Missing
}

// grain is how fine durations are kept.
const grain = time.Millisecond

// due is a fact that is sure when its time for undo is over, and perhaps makes a
// row of its ticket then.
type due struct {
	ticket string
	at     time.Time
}

// track is one ticket's story so far.
type track struct {
	visit    Visit
	began    time.Time
	promise  *queue.Promise
	items    []queue.Item // that were asked for
	missing  []string     // papers that were not brought, as the desk said last
	facts    []fact
	promised bool // the promise's row is made, or there is none to make
}

// fact is something that happened to a ticket, under its record's number so
// that an undo finds it.
type fact struct {
	seq  uint64
	at   time.Time
	what what
	from time.Time // of finished: the beginning, where nobody pressed start
}

type what int

const (
	called what = iota
	started
	finished // a leg was done; the visit may go on elsewhere
	requeued
	parked
	returned // to the line, after parked or no-show
	noShow
	passedOn // transferred before the leg was done
	sent
	dispatched
	ended
	left
	unserved
)

func newFold(r *queue.Rules) *fold { return &fold{rules: r, tracks: map[string]*track{}} }

// add folds one record.
func (f *fold) add(seq uint64, at time.Time, b queue.Body) {
	for _, e := range b.Events {
		f.event(seq, at, e)
	}
	if _, closed := b.Events[len(b.Events)-1].(queue.DayClosed); closed {
		for _, t := range f.tracks {
			f.settle(t, at, true)
		}
		f.forget()
		return
	}
	// Only a fact that has become sure makes a row, or an undo that leaves one
	// that is: of the thousands of a day hardly any, and this is done for each
	// record.
	sure := 0
	for sure < len(f.due) && at.Sub(f.due[sure].at) > f.rules.UndoWithin {
		f.look = append(f.look, f.due[sure].ticket)
		sure++
	}
	f.due = f.due[sure:]
	for _, id := range f.look {
		if t := f.tracks[id]; t != nil && f.settle(t, at, false) {
			delete(f.tracks, id)
		}
	}
	f.look = f.look[:0]
}

// forget begins a day without stories.
func (f *fold) forget() {
	clear(f.tracks)
	f.due, f.look = nil, nil
}

func (f *fold) event(seq uint64, at time.Time, e queue.Event) {
	note := func(ticket string, w what) {
		if t := f.tracks[ticket]; t != nil {
			t.facts = append(t.facts, fact{seq: seq, at: at, what: w})
			f.due = append(f.due, due{ticket, at})
		}
	}
	switch e := e.(type) {
	case queue.TicketIssued:
		f.begin(seq, at, e.Ticket, e.Services, e.Promise)
	case queue.AppointmentArrived:
		t := f.begin(seq, at, e.Ticket, e.Services, e.Promise)
		t.visit.Booked, t.visit.Arrival = true, e.Arrival
	case queue.TicketReceived:
		t := f.begin(seq, at, e.Ticket.ID, e.Services, nil)
		t.visit.Booked, t.visit.Arrival = e.Ticket.Booked, e.Ticket.Arrival
	case queue.TicketCalled:
		note(e.Ticket, called)
	case queue.TicketStarted:
		note(e.Ticket, started)
	case queue.TicketFinished:
		note(e.Ticket, finished)
		if t := f.tracks[e.Ticket]; t != nil {
			t.facts[len(t.facts)-1].from = e.StartedAt
			note(e.Ticket, ended)
		}
	case queue.TicketTransferred:
		note(e.Ticket, map[bool]what{true: finished, false: passedOn}[e.Next])
	case queue.TicketNotShown:
		note(e.Ticket, noShow)
	case queue.TicketParked:
		note(e.Ticket, parked)
	case queue.TicketResumed:
		note(e.Ticket, returned)
	case queue.TicketReturned:
		note(e.Ticket, returned)
	case queue.TicketRequeued:
		note(e.Ticket, requeued)
	case queue.TicketSent:
		note(e.Ticket, sent)
	case queue.TicketDispatched:
		note(e.Ticket, dispatched)
	case queue.TicketLeft:
		note(e.Ticket, left)
	case queue.TicketUnserved:
		note(e.Ticket, unserved)
	case queue.PapersMissing:
		if t := f.tracks[e.Ticket]; t != nil {
			t.missing = e.Papers
		}
	case queue.DeskUndone:
		for id, t := range f.tracks {
			n := len(t.facts)
			if t.facts = slices.DeleteFunc(t.facts, func(x fact) bool { return x.seq == e.Of }); len(t.facts) < n {
				f.look = append(f.look, id)
			}
		}
	case queue.DayOpened:
		f.forget()
	}
}

// begin starts a ticket's story. A ticket that comes back from another office
// is another visit.
func (f *fold) begin(seq uint64, at time.Time, ticket string, items []queue.Item, p *queue.Promise) *track {
	zone := f.rules.Hours.Zone
	t := &track{began: at, promise: p, promised: p == nil, items: items}
	t.visit.Row = Row{Office: f.rules.Office, Seq: seq, Day: calendar.DateOf(at, zone), Hour: at.In(zone).Hour()}
	if len(items) > 0 {
		t.visit.Service = items[0].Service
	}
	if sv := f.rules.Service(t.visit.Service); sv != nil {
		t.visit.Category = sv.Category
	}
	f.tracks[ticket] = t
	return t
}

// settle makes the rows of a ticket that are sure at an instant, all of them
// when the day is closed, and says whether its story is over.
func (f *fold) settle(t *track, now time.Time, closed bool) bool {
	sure := func(i int) bool { return closed || now.Sub(t.facts[i].at) > f.rules.UndoWithin }
	if !t.promised {
		if p, last := t.kept(); last >= 0 && sure(last) || closed {
			f.promises = append(f.promises, p)
			t.promised = true
		}
	}
	n := len(t.facts)
	over := n > 0 && slices.Contains([]what{ended, left, unserved, dispatched}, t.facts[n-1].what) && sure(n-1)
	if over || closed {
		f.visits = append(f.visits, t.row())
		f.missed = append(f.missed, f.missing(t)...)
	}
	return over || closed
}

// firstCall is the position of the first call that was not taken back, or -1,
// and how long the person was set aside before it.
func (t *track) firstCall() (at int, aside time.Duration) {
	var since time.Time
	for i, x := range t.facts {
		switch x.what {
		case parked:
			since = x.at
		case returned:
			if !since.IsZero() {
				aside, since = aside+x.at.Sub(since), time.Time{}
			}
		case called:
			if i+1 == len(t.facts) || t.facts[i+1].what != requeued {
				return i, aside
			}
		}
	}
	return -1, aside
}

// kept is what came of the promise, and the position of the fact after which
// only an undo can change it; -1 while that is open. A call may still be taken
// back while nothing else has followed.
func (t *track) kept() (p Promise, last int) {
	p = Promise{Row: t.visit.Row, Promise: *t.promise, Came: None}
	p.Outcome = Unserved
	call, _ := t.firstCall()
	for i, x := range t.facts {
		switch {
		case x.what == parked && (call < 0 || i < call):
			p.Outcome = Parked
			return p, i
		case x.what == left && call < 0:
			p.Outcome = Left
			return p, i
		case x.what == unserved && call < 0:
			return p, i
		}
	}
	if call < 0 {
		return p, -1
	}
	p.Outcome, p.Came = Called, t.facts[call].at.Sub(t.began).Round(grain)
	if call+1 == len(t.facts) {
		return p, -1
	}
	return p, call + 1
}

// row is the visit as it ended.
func (t *track) row() Visit {
	v := t.visit
	v.Wait, v.Served, v.Outcome = None, None, Unserved
	if call, aside := t.firstCall(); call >= 0 {
		v.Wait = (t.facts[call].at.Sub(t.began) - aside).Round(grain)
	}
	var call, start time.Time
	serve := func(from, to time.Time) {
		if !from.IsZero() {
			v.Served = max(v.Served, 0) + to.Sub(from).Round(grain)
		}
		call, start = time.Time{}, time.Time{}
	}
	for _, x := range t.facts {
		switch x.what {
		case called:
			call, start, v.Outcome = x.at, time.Time{}, Unserved
		case started:
			start = x.at
		case finished:
			from := start
			if from.IsZero() {
				from = call
			}
			if !x.from.IsZero() {
				from = x.from
			}
			serve(from, x.at)
		case parked, passedOn, sent:
			serve(start, x.at)
			v.Outcome = map[what]Outcome{parked: Unserved, passedOn: Unserved, sent: Sent}[x.what]
		case requeued, returned:
			v.Outcome = Unserved
		case noShow:
			v.Outcome = NoShow
		case ended:
			v.Outcome = Done
		case left:
			v.Outcome = Left
		case unserved:
			v.Outcome = Unserved
		}
	}
	return v
}
