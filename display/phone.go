package display

import (
	"time"

	"aufruf/server/queue"
)

// Phone is what the person who holds a ticket's link sees.
type Phone struct {
	Office        string            `json:"office"`
	Name          Names             `json:"name"`
	Number        Number            `json:"number"`
	State         queue.TicketState `json:"state"`
	Services      []queue.Item      `json:"services"`
	Booked        bool              `json:"booked"`
	AppointmentAt *time.Time        `json:"appointment_at"`
	Arrival       queue.Arrival     `json:"arrival,omitempty"`
	Since         time.Time         `json:"since"`
	Place         int               `json:"place"` // 1: next in line; 0: does not wait
	Ahead         []Ahead           `json:"ahead"` // in order; at most phoneAhead, the first ones
	AheadCount    Count             `json:"ahead_count"`
	Wait          *Wait             `json:"wait"` // null: does not wait, or nothing is known
	Desk          *Place            `json:"desk"` // where called or served
	CalledAt      *time.Time        `json:"called_at"`
	Calls         int               `json:"calls"`
	Call          uint64            `json:"call"`    // id of the newest call, 0: none
	SentTo        *Names            `json:"sent_to"` // the office it goes on to
	Notice        string            `json:"notice"`
	Hours         Hours             `json:"hours"`
}

// Slip is what stands on paper: the ticket, and the wait that was shown with
// its number, which paper goes on saying.
type Slip struct {
	Phone
	Promised *NewWait `json:"promised"`
}

// Ahead is somebody before me, and why.
type Ahead struct {
	Number Number       `json:"number"`
	Booked bool         `json:"booked"`
	Reason queue.Reason `json:"reason"`
	Later  bool         `json:"later"` // came after me, and stands before me all the same
}

const phoneAhead = 30

// ShowPhone makes a ticket's view; ok is false when the ticket is not there.
// others names the town's offices. For many views of one state make a Line.
func ShowPhone(r *queue.Rules, s *queue.State, w Waits, ticket string, others map[string]Names, now time.Time) (p Phone, ok bool) {
	return NewLine(r, s, w, now).ShowPhone(ticket, others)
}

// ShowPhone makes a ticket's view, the same as the function of that name.
func (l *Line) ShowPhone(ticket string, others map[string]Names) (p Phone, ok bool) {
	r, s := l.rules, l.state
	t := s.Ticket(ticket)
	if t == nil {
		return Phone{}, false
	}
	p = Phone{Office: r.Office, Name: r.Names, Number: number(t.Number), State: t.State, Services: t.Services,
		Booked: t.Booked, AppointmentAt: instant(t.AppointmentAt), Arrival: t.Arrival, Since: t.Since, Ahead: []Ahead{},
		CalledAt: instant(t.CalledAt), Calls: t.Calls, Notice: s.Notice, Hours: l.hours}
	switch t.State {
	case queue.Called, queue.Serving:
		pl := place(r, t.Desk)
		p.Desk = &pl
	case queue.Sent:
		n := others[t.SentTo]
		p.SentTo = &n
	case queue.Waiting:
		l.placed(&p, t)
	}
	for _, c := range s.Calls {
		if c.Ticket == t.ID {
			p.Call = c.ID
			break
		}
	}
	return p, true
}

// placed fills in where a waiting ticket stands.
func (l *Line) placed(p *Phone, t *queue.Ticket) {
	at := l.position[t.ID]
	p.AheadCount = l.ahead[at]
	p.Wait = ticketWait(l.rules, l.state, l.waits, t)
	p.Place = p.AheadCount.Booked + p.AheadCount.WalkIn + 1
	for _, i := range l.first[l.able[at]] {
		if i >= at {
			break
		}
		a := l.places[i]
		p.Ahead = append(p.Ahead, Ahead{Number: number(a.Ticket.Number), Booked: a.Ticket.Booked,
			Reason: shownReason(a.Ticket, a.Reason), Later: a.Ticket.Since.After(t.Since)})
	}
}
