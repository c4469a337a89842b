package display

import (
	"time"

	"aufruf/server/queue"
)

// Desks is what staff see of an office's line: one frame for all desks, the
// reception and whoever helps out. It holds ids, which grant nothing, and no
// personal data.
type Desks struct {
	Office   string         `json:"office"`
	Name     Names          `json:"name"`
	Hours    Hours          `json:"hours"`
	Notice   string         `json:"notice"`
	Desks    []DeskState    `json:"desks"`
	Line     []InLine       `json:"line"`     // who waits, in the order of the rule
	Parked   []InLine       `json:"parked"`   // set aside
	NoShows  []InLine       `json:"no_shows"` // called in vain
	Sent     []InLine       `json:"sent"`     // on the way to another office
	Expected []Expected     `json:"expected"` // appointments of today that have not arrived
	Today    map[string]int `json:"today"`    // tickets of today by state
}

// DeskState is one desk.
type DeskState struct {
	Desk         string          `json:"desk"`
	Names        Names           `json:"names"`
	Phase        queue.DeskPhase `json:"phase"`
	By           string          `json:"by,omitempty"` // opaque id of who has it
	Since        *time.Time      `json:"since"`
	Until        *time.Time      `json:"until"`
	Ticket       *AtDesk         `json:"ticket"`
	Next         *NextHere       `json:"next"`
	Undo         *CanUndo        `json:"undo"`
	Skills       []string        `json:"skills"` // empty: all
	QuickMinutes int             `json:"quick_minutes,omitempty"`
	Keep         string          `json:"keep,omitempty"`
}

// AtDesk is the running case.
type AtDesk struct {
	ID             string            `json:"id"`
	Number         Number            `json:"number"`
	State          queue.TicketState `json:"state"`
	Services       []queue.Item      `json:"services"` // of this leg
	Papers         []string          `json:"papers"`   // ids of those that the whole visit needs, hints left out
	Missing        []string          `json:"missing"`  // and of those that were not brought
	Later          []queue.Item      `json:"later"`    // that go on elsewhere
	Booked         bool              `json:"booked"`
	AppointmentAt  *time.Time        `json:"appointment_at"`
	Arrival        queue.Arrival     `json:"arrival,omitempty"`
	Language       string            `json:"language,omitempty"`
	Since          time.Time         `json:"since"`
	CalledAt       time.Time         `json:"called_at"`
	StartedAt      *time.Time        `json:"started_at"`
	PlannedMinutes int               `json:"planned_minutes"`
	Calls          int               `json:"calls"`
	OfferNoShow    bool              `json:"offer_no_show"` // enough calls were made
	Reason         queue.Reason      `json:"reason"`
}

// NextHere is who a desk would call now, and why.
type NextHere struct {
	ID     string       `json:"id"`
	Number Number       `json:"number"`
	Booked bool         `json:"booked"`
	Reason queue.Reason `json:"reason"`
}

// CanUndo is what a desk's undo would take back, and until when.
type CanUndo struct {
	Command string    `json:"command"`
	Until   time.Time `json:"until"`
}

// InLine is one ticket that is at no desk.
type InLine struct {
	ID            string        `json:"id"`
	Number        Number        `json:"number"`
	Services      []queue.Item  `json:"services"`
	Booked        bool          `json:"booked"`
	AppointmentAt *time.Time    `json:"appointment_at"`
	Arrival       queue.Arrival `json:"arrival,omitempty"`
	Priority      int           `json:"priority,omitempty"`
	Language      string        `json:"language,omitempty"`
	Since         time.Time     `json:"since"`
	Due           bool          `json:"due"`
	Reason        *queue.Reason `json:"reason"`
	ParkReason    string        `json:"park_reason,omitempty"`
	To            string        `json:"to,omitempty"` // desk or office it was sent to
	Desks         []string      `json:"desks"`        // desks that may serve it
	Wait          *Wait         `json:"wait"`         // when the call is likely; null: does not wait, or nothing is known
}

// Expected is an appointment that has not arrived.
type Expected struct {
	ID       string       `json:"id"`
	At       time.Time    `json:"at"`
	Services []queue.Item `json:"services"`
	Wait     *Wait        `json:"wait"` // when the call is likely, if the person comes; null: nothing is known
}

// ShowDesks makes the staff's view of an office.
func ShowDesks(r *queue.Rules, s *queue.State, w Waits, now time.Time) Desks {
	d := Desks{Office: r.Office, Name: r.Names, Hours: hours(r, s, now), Notice: s.Notice,
		Line: []InLine{}, Parked: []InLine{}, NoShows: []InLine{}, Sent: []InLine{}, Expected: []Expected{}, Today: map[string]int{}}
	for i := range r.Desks {
		d.Desks = append(d.Desks, deskState(r, s, &r.Desks[i], now))
	}
	for _, p := range queue.Line(r, s, now) {
		l := inLine(r, s, p.Ticket)
		reason := shownReason(p.Ticket, p.Reason)
		l.Due, l.Reason, l.Wait = p.Due, &reason, ticketWait(r, s, w, p.Ticket)
		d.Line = append(d.Line, l)
	}
	for t := range s.Active {
		switch t.State {
		case queue.Parked:
			d.Parked = append(d.Parked, inLine(r, s, t))
		case queue.NoShow:
			d.NoShows = append(d.NoShows, inLine(r, s, t))
		case queue.Sent:
			d.Sent = append(d.Sent, inLine(r, s, t))
		}
	}
	end := s.Day.AddDays(1).Start(r.Hours.Zone)
	for _, a := range s.Between(time.Time{}, end) {
		if a.Ticket == "" {
			d.Expected = append(d.Expected, Expected{ID: a.ID, At: a.At, Services: a.Services, Wait: ExpectedWait(w, a.ID)})
		}
	}
	for _, t := range s.Tickets {
		d.Today[string(t.State)]++
	}
	return d
}

func deskState(r *queue.Rules, s *queue.State, rule *queue.DeskRule, now time.Time) DeskState {
	d := s.Desk(rule.ID)
	v := DeskState{Desk: rule.ID, Names: rule.Names, Phase: d.Phase, By: d.By, Since: instant(d.Since),
		Until: instant(d.Until), Skills: append([]string{}, rule.Skills...), QuickMinutes: int(rule.Quick / time.Minute), Keep: rule.Keep}
	if t := s.Ticket(d.Ticket); t != nil {
		v.Ticket = atDesk(r, s, t)
	}
	if t, why := queue.Pick(r, s, rule.ID, now); t != nil && d.Phase != queue.PhaseClosed {
		v.Next = &NextHere{ID: t.ID, Number: number(t.Number), Booked: t.Booked, Reason: shownReason(t, why)}
	}
	if u := d.Undo; u != nil && now.Sub(u.At) <= r.UndoWithin {
		v.Undo = &CanUndo{Command: u.Command, Until: u.At.Add(r.UndoWithin)}
	}
	return v
}

func atDesk(r *queue.Rules, s *queue.State, t *queue.Ticket) *AtDesk {
	a := &AtDesk{ID: t.ID, Number: number(t.Number), State: t.State, Services: t.Leg, Later: []queue.Item{}, Booked: t.Booked,
		AppointmentAt: instant(t.AppointmentAt), Arrival: t.Arrival, Language: t.Language, Since: t.Since,
		CalledAt: t.CalledAt, StartedAt: instant(t.StartedAt), PlannedMinutes: int(r.Planned(s, t.Leg) / time.Minute),
		Calls: t.Calls, OfferNoShow: t.State == queue.Called && t.Calls >= r.NoShowAfter, Reason: t.Reason}
	a.Papers, a.Missing = []string{}, append([]string{}, t.Missing...)
	for _, p := range r.PapersOf(t.Services) {
		a.Papers = append(a.Papers, p.ID)
	}
	for _, it := range t.Remaining {
		if len(t.Remaining) > len(t.Leg) && !contains(t.Leg, it) {
			a.Later = append(a.Later, it)
		}
	}
	return a
}

func contains(items []queue.Item, it queue.Item) bool {
	for _, o := range items {
		if o == it {
			return true
		}
	}
	return false
}

func inLine(r *queue.Rules, s *queue.State, t *queue.Ticket) InLine {
	l := InLine{ID: t.ID, Number: number(t.Number), Services: t.Remaining, Booked: t.Booked,
		AppointmentAt: instant(t.AppointmentAt), Arrival: t.Arrival, Priority: t.Priority, Language: t.Language,
		Since: t.Since, ParkReason: t.ParkReason, To: t.To, Desks: []string{}}
	if t.State == queue.Sent {
		l.To = t.SentTo
	}
	for _, d := range r.Desks {
		if r.May(s, d.ID, t) {
			l.Desks = append(l.Desks, d.ID)
		}
	}
	return l
}
