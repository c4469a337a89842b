// Package respond answers a stream of exchange lines with the same forecast and
// the same rule of the line as the live office: lines become the records of an
// office, records are applied and learned from, and a question is a look ahead.
package respond

import (
	"fmt"
	"strconv"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/exchange"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// System is one office fed by lines.
type System struct {
	perDesk bool
	hello   *exchange.Hello
	day     *exchange.Day
	rules   *queue.Rules
	state   *queue.State
	model   *forecast.Model
	ahead   forecast.Day
	player  forecast.Player
	seq     uint64
	number  int
	date    calendar.Date
	// Know, when set, is told what was learned and may put what is true in its
	// place: for an oracle. It gets the number of the office, from 0, in the
	// order of the hellos.
	Know   func(office int, learned *forecast.World)
	office int
}

// New returns a system that knows nothing. perDesk lets it learn how desks
// differ in speed.
func New(perDesk bool) *System { return &System{perDesk: perDesk} }

// first is the date that stands for the first day of a stream: a Monday.
var first = calendar.Date{Year: 2024, Month: 1, Day: 1}

// Take takes one line and returns the answer to a predict. An error is a line
// that does not fit what came before.
func (s *System) Take(l *exchange.Line) (*exchange.Answer, error) {
	switch l.Ev {
	case exchange.EvHello:
		office := 0
		if s.hello != nil {
			office = s.office + 1
		}
		*s = System{perDesk: s.perDesk, hello: l.Hello, model: forecast.NewModel(s.perDesk), state: queue.New(l.Hello.Office),
			date: first.AddDays(-1), Know: s.Know, office: office}
		return nil, nil
	case exchange.EvDay:
		if s.hello == nil {
			return nil, fmt.Errorf("a day before hello")
		}
		s.open(l)
		return nil, nil
	}
	if s.day == nil {
		return nil, fmt.Errorf("%s before a day", l.Ev)
	}
	if l.Ev == exchange.EvPredict {
		return s.predict(l), nil
	}
	events, desk, kind, err := s.events(l)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	s.promise(l.At, events)
	s.record(l.At, queue.Body{Kind: kind, Desk: desk, Events: events})
	return nil, nil
}

// promise puts into an issue or a check-in what the person would be shown, as
// the live office does; at check-in, what would be shown right after it.
func (s *System) promise(at int, events []queue.Event) {
	if s.Know != nil {
		return // an oracle has nothing to learn
	}
	var w forecast.Wait
	switch e := events[0].(type) {
	case queue.TicketIssued:
		w, _ = s.look(s.state, at).Newcomer(e.Services[0].Service)
		if q, ok := w.Quantiles(); ok {
			e.Promise = promised(q)
			events[0] = e
		}
	case queue.AppointmentArrived:
		after := s.state.Clone()
		after.Apply(queue.Meta{Seq: s.seq + 1, At: s.instant(at)}, queue.Body{Events: events})
		w, _ = s.look(after, at).Ticket(e.Ticket)
		if q, ok := w.Quantiles(); ok {
			e.Promise = promised(q)
			events[0] = e
		}
	}
}

func promised(q forecast.Quantiles) *queue.Promise {
	low, high := q.Minutes()
	return &queue.Promise{Low: low, High: high, P10: q.P10, P50: q.P50, P80: q.P80, P90: q.P90}
}

// look looks ahead from a state.
func (s *System) look(state *queue.State, at int) *forecast.Outlook {
	now := s.instant(at)
	world := s.model.World(s.rules, &s.ahead, now)
	if s.Know != nil {
		s.Know(s.office, world)
	}
	return s.player.Play(&forecast.Situation{Rules: s.rules, State: state, World: world, Watch: s.model.Watch(), Day: s.ahead, Now: now})
}

// record is what the office does with a stored record.
func (s *System) record(at int, b queue.Body) {
	s.seq++
	meta := queue.Meta{Seq: s.seq, At: s.instant(at), By: "stream"}
	s.model.Learn(s.rules, s.state, &s.ahead, meta, b)
	s.state.Apply(meta, b)
}

func (s *System) instant(at int) time.Time {
	return s.ahead.Start.Add(time.Duration(at) * time.Second)
}

// open begins a day: its rules, its plan and its record.
func (s *System) open(l *exchange.Line) {
	s.day, s.date, s.number = l.Day, s.date.AddDays(1), 0
	s.rules = rules(s.hello, l.Day)
	start := s.date.Start(time.UTC)
	s.ahead = forecast.Day{Start: start, Weekday: start.Weekday()}
	s.ahead.Close, s.ahead.Intake = s.instant(l.Day.Close), s.instant(l.Day.Intake)
	s.ahead.Hours = forecast.Plan{{From: s.instant(l.Day.Open), To: s.ahead.Close}}
	for _, d := range l.Day.Desks {
		var p forecast.Plan
		for _, span := range d.Plan {
			p = append(p, forecast.Span{From: s.instant(span[0]), To: s.instant(span[1])})
		}
		s.ahead.Plans = append(s.ahead.Plans, p)
	}
	s.record(l.At, queue.Body{Kind: "tick", Events: []queue.Event{queue.DayOpened{Day: s.date}}})
}

// rules is the office as the line of a stream knows it.
func rules(h *exchange.Hello, d *exchange.Day) *queue.Rules {
	r := &queue.Rules{Office: h.Office, Hours: &calendar.Schedule{Zone: time.UTC},
		Early: time.Duration(h.Policy.EarlyCallS) * time.Second, Grace: time.Duration(h.Policy.LateGraceS) * time.Second}
	groups := map[int]bool{}
	for _, sv := range h.Services {
		group := strconv.Itoa(sv.Group)
		if !groups[sv.Group] {
			groups[sv.Group] = true
			r.Categories = append(r.Categories, queue.Category{ID: group, Letter: "A"})
		}
		r.Services = append(r.Services, queue.Service{ID: sv.ID, Category: group, Planned: time.Duration(sv.Minutes * float64(time.Minute))})
	}
	for _, k := range d.Desks {
		rule := queue.DeskRule{ID: k.ID}
		for _, sv := range h.Services {
			for _, g := range k.Groups {
				if g == sv.Group {
					rule.Skills = append(rule.Skills, sv.ID)
				}
			}
		}
		if len(rule.Skills) == 0 {
			rule.Skills = []string{"\x00nothing"}
		}
		r.Desks = append(r.Desks, rule)
	}
	return r.Compile()
}

// events are the facts that a line means.
func (s *System) events(l *exchange.Line) (events []queue.Event, desk, kind string, err error) {
	known := func(id string) (*queue.Ticket, error) {
		if t := s.state.Ticket(id); t != nil {
			return t, nil
		}
		return nil, fmt.Errorf("%s of a ticket that was not issued", l.Ev)
	}
	if l.Desk != "" && s.rules.Desk(l.Desk) == nil {
		return nil, "", "", fmt.Errorf("%s at a desk that is not there", l.Ev)
	}
	switch l.Ev {
	case exchange.EvBooked:
		if s.rules.Service(l.Service) == nil {
			return nil, "", "", fmt.Errorf("unknown service")
		}
		return list(queue.AppointmentAdded{Appointment: l.Ticket, For: s.instant(l.Appt), Services: one(l.Service)}), "", l.Ev, nil
	case exchange.EvTicket:
		if s.rules.Service(l.Service) == nil {
			return nil, "", "", fmt.Errorf("unknown service")
		}
		if s.state.Ticket(l.Ticket) != nil {
			return nil, "", "", fmt.Errorf("ticket issued twice")
		}
		return list(queue.TicketIssued{Ticket: l.Ticket, Number: s.next(), Category: s.rules.Service(l.Service).Category,
			Services: one(l.Service), Priority: l.BoostS / 60}), "", l.Ev, nil
	case exchange.EvCheckedIn:
		a := s.state.Appointment(l.Ticket)
		if a == nil {
			return nil, "", "", fmt.Errorf("checked_in without booked")
		}
		if a.Ticket != "" {
			return nil, "", "", fmt.Errorf("checked_in twice")
		}
		return list(queue.AppointmentArrived{Appointment: a.ID, For: a.At, Arrival: s.rules.ArrivalAt(a.At, s.instant(l.At)),
			Ticket: l.Ticket, Number: s.next(), Services: a.Services}), "", l.Ev, nil
	case exchange.EvCancelled:
		if s.state.Ticket(l.Ticket) == nil {
			if s.state.Appointment(l.Ticket) != nil {
				return list(queue.AppointmentMissed{Appointment: l.Ticket}), "", l.Ev, nil
			}
			return nil, "", "", fmt.Errorf("cancelled of nobody")
		}
		return list(queue.TicketLeft{Ticket: l.Ticket}), "", l.Ev, nil
	case exchange.EvCalled:
		t, err := known(l.Ticket)
		if err != nil {
			return nil, "", "", err
		}
		if s.state.Desk(l.Desk).Phase == queue.PhaseClosed {
			events = append(events, queue.DeskOpened{Desk: l.Desk}) // a log without presence
		}
		if held := s.state.Ticket(s.state.Desk(l.Desk).Ticket); held != nil {
			events = append(events, queue.TicketFinished{Ticket: held.ID})
		}
		return append(events, queue.TicketCalled{Ticket: t.ID, Desk: l.Desk, Leg: t.Remaining}), l.Desk, l.Ev, nil
	case exchange.EvServed, exchange.EvFinished, exchange.EvNoShow:
		t, err := known(l.Ticket)
		if err != nil {
			return nil, "", "", err
		}
		var e queue.Event
		switch {
		case t.Desk != l.Desk:
			// As below.
		case l.Ev == exchange.EvServed && t.State == queue.Called:
			e = queue.TicketStarted{Ticket: t.ID}
		case l.Ev == exchange.EvFinished && t.State == queue.Serving:
			e = queue.TicketFinished{Ticket: t.ID}
		case l.Ev == exchange.EvFinished && t.State == queue.Called:
			e = queue.TicketFinished{Ticket: t.ID, StartedAt: t.CalledAt}
		case l.Ev == exchange.EvNoShow && t.State == queue.Called:
			e = queue.TicketNotShown{Ticket: t.ID}
		}
		if e == nil {
			// Logs overlap by a second here and there: what was ended by the
			// desk's next call is not ended again.
			return nil, "", "", nil
		}
		return list(e), l.Desk, l.Ev, nil
	case exchange.EvDeskOpen:
		return list(queue.DeskOpened{Desk: l.Desk}), l.Desk, l.Ev, nil
	case exchange.EvDeskPause:
		e := queue.DeskPaused{Desk: l.Desk}
		if l.Until > 0 {
			e.Until = s.instant(l.Until)
		}
		return list(e), l.Desk, l.Ev, nil
	case exchange.EvDeskResume:
		return list(queue.DeskResumed{Desk: l.Desk}), l.Desk, l.Ev, nil
	case exchange.EvDeskClose:
		return list(queue.DeskClosed{Desk: l.Desk}), l.Desk, l.Ev, nil
	case exchange.EvDayEnd:
		for _, a := range s.state.Appointments {
			if a.Ticket == "" {
				events = append(events, queue.AppointmentMissed{Appointment: a.ID})
			}
		}
		return append(events, queue.DayClosed{Day: s.date}), "", "tick", nil
	}
	return nil, "", "", fmt.Errorf("unexpected %s", l.Ev)
}

func list(e queue.Event) []queue.Event { return []queue.Event{e} }

func one(service string) []queue.Item { return []queue.Item{{Service: service, Quantity: 1}} }

// next numbers people in the order of the lines, which settles ties.
func (s *System) next() queue.Number {
	s.number++
	return queue.Number{Letter: "A", N: s.number}
}

// unknown is the answer where nothing can be said: nobody is there who could
// call.
const unknown = 240.0

func (s *System) predict(l *exchange.Line) *exchange.Answer {
	out := s.look(s.state, l.At)
	a := &exchange.Answer{ID: l.ID, A: make([]exchange.Quantiles, len(l.For))}
	for i, f := range l.For {
		var w forecast.Wait
		if f.New != "" {
			w, _ = out.Newcomer(f.New)
		} else {
			w, _ = out.Ticket(f.Ticket)
		}
		q, ok := w.Quantiles()
		if !ok {
			q = forecast.Quantiles{P10: unknown, P50: unknown, P80: unknown, P90: unknown}
		}
		a.A[i] = exchange.Quantiles(q)
	}
	return a
}
