package display

import (
	"cmp"
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// How a visit of the day stands, beside the states of a ticket.
const (
	VisitExpected = "expected" // has not come, and may yet
	VisitMissing  = "missing"  // has not come in time
)

// DayVisit is one visit of a day, for tables and paper: an appointment, or
// somebody without one who is there.
type DayVisit struct {
	Appointment string    // id; empty: without an appointment
	At          time.Time // of the appointment; zero: none
	Minutes     int       // planned
	Ticket      string    // id, once there
	Number      *Number   // once there
	Came        time.Time // when; zero: not there
	Services    []queue.Item
	Text        string // the services in a page's language
	State       string // VisitExpected, VisitMissing, or the ticket's state
	Foreign     bool   // the code came from another system and is not known here
}

// DayList is a day on paper.
type DayList struct {
	Office    string
	Day       calendar.Date
	Noon      time.Time  // of the day, to write it
	Booked    []DayVisit // by time
	Walking   []DayVisit // by number; today alone
	Codes     map[string]string
	Closed    bool
	Blackout  bool
	Printed   time.Time
	Yesterday string
	Tomorrow  string
}

// ShowDay lists a day's visits: those with an appointment by time, and, of
// today, those without one in the order of their numbers.
func ShowDay(r *queue.Rules, s *queue.State, day calendar.Date, now time.Time) DayList {
	v := DayList{Office: s.Office, Day: day, Noon: day.At(12*60, r.Hours.Zone), Codes: map[string]string{}, Closed: len(r.Hours.OpenSpans(day)) == 0,
		Blackout: slices.Contains(r.TermsOf(s).Blackouts, day), Printed: now, Yesterday: day.AddDays(-1).String(), Tomorrow: day.AddDays(1).String()}
	if day == s.Day && s.Opening != nil {
		v.Closed = false
	}
	of := map[string]bool{}
	for _, a := range s.Between(day.Start(r.Hours.Zone), day.AddDays(1).Start(r.Hours.Zone)) {
		d := DayVisit{Appointment: a.ID, At: a.At, Minutes: a.Minutes, Services: a.Services, State: VisitExpected, Foreign: a.CodeMAC != ""}
		if d.Minutes == 0 {
			d.Minutes = r.VisitMinutes(s, a.Services, day)
		}
		if now.After(a.DueAt().Add(r.Grace)) {
			d.State = VisitMissing
		}
		if t := s.Ticket(a.Ticket); t != nil {
			n := number(t.Number)
			d.Ticket, d.Number, d.Came, d.State = t.ID, &n, t.Since, string(t.State)
			of[t.ID] = true
		}
		v.Booked = append(v.Booked, d)
	}
	slices.SortStableFunc(v.Booked, func(a, b DayVisit) int {
		return cmp.Or(a.At.Compare(b.At), queue.CompareIDs(a.Appointment, b.Appointment))
	})
	if day == s.Day {
		for _, t := range s.Tickets {
			if !of[t.ID] {
				n := number(t.Number)
				v.Walking = append(v.Walking, DayVisit{Ticket: t.ID, Number: &n, Came: t.Since, Services: t.Services, State: string(t.State), Minutes: r.VisitMinutes(s, t.Services, day)})
			}
		}
	}
	return v
}
