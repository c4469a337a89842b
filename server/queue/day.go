package queue

import (
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Due is when Tick next has something to decide if nothing else happens: the
// end of the local day, or what becomes due of bookings. It is exact: before it
// Tick decides nothing, and at it something; where it is not after now, Tick
// decides something now. What may be decided depends on the hour (offers are
// made by day), so the answer counts from now on.
func (s *State) Due(r *Rules, now time.Time) time.Time {
	day := s.DayDue(r)
	if due := s.bookingDue(r, now); !due.IsZero() && due.Before(day) {
		return due
	}
	return day
}

// DayDue is when the day ends, or in the past where the next one is to be opened.
func (s *State) DayDue(r *Rules) time.Time {
	if s.Seq == 0 || s.DayOver {
		return s.At
	}
	return s.Day.AddDays(1).Start(r.Hours.Zone)
}

// tick closes a day that is over and opens the present one: two records, given
// by two ticks, so that a replay can start at the second. It returns nothing
// when nothing is due.
func tick(r *Rules, s *State, c Tick, now time.Time) ([]Event, error) {
	if now.Before(s.DayDue(r)) {
		return tickBooking(r, s, c, now), nil
	}
	today := calendar.DateOf(now, r.Hours.Zone)
	if s.Seq > 0 && !s.DayOver {
		return closeDay(r, s, today), nil
	}
	return []Event{DayOpened{Day: today, Book: s.book(r, today, now, c)}}, nil
}

// closeDay ends everything that the day leaves open, and what was booked or
// wished for days that passed while nobody ran the program. Tickets on their way
// to another office stay in care.
func closeDay(r *Rules, s *State, today calendar.Date) []Event {
	var events []Event
	for t := range s.Active {
		switch t.State {
		case Waiting, Parked, Called:
			events = append(events, TicketUnserved{Ticket: t.ID})
		case Serving:
			events = append(events, TicketFinished{Ticket: t.ID})
		}
	}
	for _, d := range r.Desks {
		if s.Desk(d.ID).Phase != PhaseClosed {
			events = append(events, DeskClosed{Desk: d.ID})
		}
	}
	for _, a := range s.Between(time.Time{}, today.Start(r.Hours.Zone)) {
		if a.Ticket == "" {
			events = append(events, AppointmentMissed{Appointment: a.ID})
		}
	}
	for _, w := range s.Wishes {
		if w.To.Before(today) {
			events = append(events, WishEnded{Wish: w.ID})
		}
	}
	return append(events, DayClosed{Day: s.Day})
}

// book is what lives on into the next day.
func (s *State) book(r *Rules, today calendar.Date, now time.Time, c Tick) Book {
	b := Book{NextAppointment: s.NextAppointment, Notice: s.Notice, AnswersFrom: c.AnswersFrom, Learned: c.Learned}
	begin := today.Start(r.Hours.Zone)
	for _, a := range s.Appointments {
		if a.Ticket == "" && !a.At.Before(begin) {
			b.Appointments = append(b.Appointments, a)
		}
	}
	b.Planned = plannedFrom(s.Planned, today)
	if o := s.Opening; o != nil && (o.Until.IsZero() || o.Until.After(now)) {
		b.Opening = o
	}
	b.Holds, b.Freed, b.NextWish, b.Terms, b.TermsAt = s.Holds, s.Freed, s.NextWish, s.Terms, s.TermsAt
	for _, w := range s.Wishes {
		if !w.To.Before(today) {
			b.Wishes = append(b.Wishes, w)
		}
	}
	for _, g := range s.Gone {
		if calendar.DateOf(g.At, r.Hours.Zone).Days(today) <= goneKept {
			b.Gone = append(b.Gone, g)
		}
	}
	for _, e := range s.Extra {
		if !e.Day.Before(today) {
			b.Extra = append(b.Extra, e)
		}
	}
	for t := range s.Active {
		if t.State == Sent {
			b.Sent = append(b.Sent, t)
		}
	}
	return b
}

// open starts the day in s with its book; everything else of yesterday goes.
func (s *State) open(day calendar.Date, b Book) {
	fresh := New(s.Office)
	fresh.Day, fresh.Seq, fresh.At = day, s.Seq, s.At
	fresh.setAppointments(slices.Clone(b.Appointments))
	fresh.NextAppointment = b.NextAppointment
	fresh.Notice, fresh.Opening, fresh.AnswersFrom = b.Notice, b.Opening, b.AnswersFrom
	fresh.Learned, fresh.Planned = b.Learned, slices.Clone(b.Planned)
	fresh.Holds, fresh.Freed, fresh.Wishes = slices.Clone(b.Holds), slices.Clone(b.Freed), slices.Clone(b.Wishes)
	fresh.NextWish, fresh.Gone, fresh.Terms, fresh.TermsAt, fresh.Extra = b.NextWish, slices.Clone(b.Gone), b.Terms, b.TermsAt, slices.Clone(b.Extra)
	for i, t := range b.Sent {
		fresh.Tickets = append(fresh.Tickets, t)
		fresh.Open = append(fresh.Open, int32(i))
	}
	*s = *fresh
}
