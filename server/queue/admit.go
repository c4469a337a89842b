package queue

import (
	"math/bits"
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Status is whether an office is open at an instant.
type Status struct {
	Open  bool
	Until time.Time // end of the opening; zero: none in sight
	Opens time.Time // when closed: next opening by the hours; zero: none known
	Shut  bool      // closed by a supervisor
}

// StatusAt tells whether the office is open, from its hours, an extraordinary
// opening and what a supervisor said.
func StatusAt(r *Rules, s *State, now time.Time) Status {
	var extra []calendar.Interval
	if o := s.Opening; o != nil && !now.Before(o.From) {
		if o.Until.IsZero() {
			return Status{Open: !s.Shut, Shut: s.Shut}
		}
		extra = append(extra, calendar.Interval{From: o.From, To: o.Until})
	}
	h := r.Hours.Status(now, extra)
	st := Status{Open: h.Open && !s.Shut, Shut: s.Shut, Opens: h.Next}
	if st.Open {
		st.Until = h.Until
	}
	return st
}

func issueTicket(r *Rules, s *State, c IssueTicket, now time.Time) ([]Event, error) {
	if err := checkItems(r, c.Services); err != nil {
		return nil, err
	}
	if c.Priority < 0 || c.Priority > r.MaxPriority {
		return nil, refuse(RefusedPriority, "Max", r.MaxPriority)
	}
	cat := r.categoryOf(c.Services)
	if err := Intake(r, s, c.Services, now); err != nil {
		return nil, err
	}
	return []Event{TicketIssued{Ticket: s.newTicketID(), Number: s.nextNumber(cat.Letter), Category: cat.ID,
		Services: c.Services, Priority: c.Priority, Language: c.Language, Promise: c.Promise}}, nil
}

// Intake says whether a walk-in with these services gets a number now: nil, or
// the refusal that issuing would give. The services must be known.
func Intake(r *Rules, s *State, items []Item, now time.Time) error {
	st := StatusAt(r, s, now)
	cat := r.categoryOf(items)
	switch {
	case !st.Open:
		return refuse(RefusedOfficeClosed, "Opens", st.Opens)
	case s.IntakeClosed:
		return refuse(RefusedIntakeClosed)
	case cat.Contingent > 0 && s.Drawn[cat.ID] >= cat.Contingent:
		return refuse(RefusedContingent, "Category", cat.ID)
	case !r.fits(s, items, st.Until, now):
		return refuse(RefusedIntakeFull)
	}
	return nil
}

// fits estimates whether one more visit can still be served before closing:
// the planned work ahead at the desks that can do it, shared among those that
// are open. Before any desk has opened, the configured ones count.
func (r *Rules) fits(s *State, items []Item, until, now time.Time) bool {
	if until.IsZero() {
		return true
	}
	able := r.Able(items)
	var open uint64
	for i, d := range r.Desks {
		if s.Desk(d.ID).Phase != PhaseClosed {
			open |= 1 << i
		}
	}
	desks := bits.OnesCount64(able & open)
	if desks == 0 {
		desks = bits.OnesCount64(able)
	}
	work := r.Planned(s, items)
	for t := range s.Active {
		if (t.State == Waiting || t.State == Called) && r.Able(t.Remaining)&able != 0 {
			work += r.Planned(s, t.Remaining)
		}
		if t.State == Serving && r.Able(t.Leg)&able != 0 {
			work += max(0, r.Planned(s, t.Leg)-now.Sub(t.StartedAt))
		}
	}
	for _, a := range s.Between(now.Add(-r.Grace-r.Booking.Delay), until) {
		if a.Ticket == "" && a.DueAt().Add(r.Grace).After(now) && r.Able(a.Services)&able != 0 {
			work += r.Planned(s, a.Services)
		}
	}
	return !now.Add(work / time.Duration(max(desks, 1))).After(until.Add(r.Overrun))
}

func checkItems(r *Rules, items []Item) error {
	if len(items) == 0 {
		return refuse(RefusedNoService)
	}
	if len(items) > r.MaxServices {
		return refuse(RefusedTooManyServices, "Max", r.MaxServices)
	}
	seen := map[string]bool{}
	for _, it := range items {
		switch {
		case r.Service(it.Service) == nil:
			return refuse(RefusedUnknownService)
		case seen[it.Service]:
			return refuse(RefusedServiceTwice)
		case it.Quantity < 1 || it.Quantity > r.MaxQuantity:
			return refuse(RefusedQuantity, "Max", r.MaxQuantity)
		}
		seen[it.Service] = true
	}
	return nil
}

func (r *Rules) categoryOf(items []Item) *Category {
	return r.Category(r.Service(items[0].Service).Category)
}

func (s *State) nextNumber(letter string) Number {
	return Number{Letter: letter, N: s.Series[letter] + 1}
}

// bookAhead is how far ahead an appointment may lie.
const bookAhead = 366 * 24 * time.Hour

func addAppointment(r *Rules, s *State, c AddAppointment, now time.Time) ([]Event, error) {
	if err := checkItems(r, c.Services); err != nil {
		return nil, err
	}
	if c.At.Before(s.Day.Start(r.Hours.Zone)) || c.At.After(now.Add(bookAhead)) {
		return nil, refuse(RefusedAppointmentTime)
	}
	day := calendar.DateOf(c.At, r.Hours.Zone)
	if c.CodeMAC != "" {
		same := func(a *Appointment) bool { return a.CodeMAC == c.CodeMAC }
		taken := slices.ContainsFunc(s.Between(day.Start(r.Hours.Zone), day.AddDays(1).Start(r.Hours.Zone)), same)
		for a := range s.marked {
			taken = taken || same(a) // moved to another day, and its code is as good there
		}
		if taken {
			return nil, refuse(RefusedCodeTaken)
		}
	}
	return []Event{AppointmentAdded{Appointment: s.newAppointmentID(),
		For: c.At.UTC(), Services: c.Services, CodeMAC: c.CodeMAC}}, nil
}

// ArrivalAt judges a check-in against the appointment's time.
func (r *Rules) ArrivalAt(appointment, now time.Time) Arrival {
	switch {
	case now.Before(appointment.Add(-r.Early)):
		return ArrivalEarly
	case now.After(appointment.Add(r.Grace)):
		return ArrivalLate
	default:
		return ArrivalOnTime
	}
}

func checkIn(r *Rules, s *State, c CheckIn, now time.Time) ([]Event, error) {
	a := s.Appointment(c.Appointment)
	if a == nil {
		return nil, refuse(RefusedUnknownAppointment)
	}
	if a.Ticket != "" {
		var number string
		if t := s.Ticket(a.Ticket); t != nil {
			number = t.Number.String()
		}
		return nil, refuse(RefusedArrived, "Number", number)
	}
	due := a.DueAt()
	if day := calendar.DateOf(a.At, r.Hours.Zone); day != s.Day {
		return nil, refuse(RefusedWrongDay, "Date", day.String())
	}
	letter := r.letterFor(a.Services)
	return []Event{AppointmentArrived{Appointment: a.ID, For: due, Arrival: r.ArrivalAt(due, now),
		Ticket: s.newTicketID(), Number: s.nextNumber(letter), Services: a.Services, Language: c.Language, Promise: c.Promise}}, nil
}

// letterFor is the letter of the first service that the configuration still
// knows; a booked person is never turned away because a service was renamed.
func (r *Rules) letterFor(items []Item) string {
	for _, it := range items {
		if sv := r.Service(it.Service); sv != nil {
			return r.Category(sv.Category).Letter
		}
	}
	return r.Categories[0].Letter
}
