package notify

import (
	"time"

	"aufruf/server/calendar"
)

// How long a message is of use.
const (
	// tellWithin is a day and a bit, so that a gateway that is down for a day
	// loses nothing.
	tellWithin   = 26 * time.Hour
	cancelWithin = 24 * time.Hour
	// A reminder is no use when one must already be on the way.
	remindLead = 30 * time.Minute
	// A reminder that is put off until the night is over leaves this much.
	morningLead = 45 * time.Minute
	// Who has just been told needs no reminder.
	freshFor = 3 * time.Hour
)

// in says whether an instant is by night.
func (q Quiet) in(t time.Time, zone *time.Location) bool {
	l := t.In(zone)
	m := calendar.TimeOfDay(l.Hour()*60 + l.Minute())
	return m >= q.From || m < q.To
}

// end is when the night that an instant lies in is over.
func (q Quiet) end(t time.Time, zone *time.Location) time.Time {
	day := calendar.DateOf(t, zone)
	if l := t.In(zone); calendar.TimeOfDay(l.Hour()*60+l.Minute()) >= q.From {
		day = day.AddDays(1)
	}
	return day.At(q.To, zone)
}

// dueAt is when a reminder of a visit is sent; false: not at all.
func (s *Settings) dueAt(k Kind, visit time.Time, zone *time.Location) (time.Time, bool) {
	var due time.Time
	switch {
	case k == ReminderDay && s.Reminders.Day:
		due = calendar.DateOf(visit, zone).AddDays(-1).At(s.Reminders.DayAt, zone)
	case k == ReminderHours && s.Reminders.HoursLead > 0:
		due = visit.Add(-s.Reminders.HoursLead)
	default:
		return time.Time{}, false
	}
	return s.awake(due, visit, zone)
}

// awake puts an instant off until the night is over, if that leaves enough time
// before the visit.
func (s *Settings) awake(t, visit time.Time, zone *time.Location) (time.Time, bool) {
	if !s.Quiet.in(t, zone) {
		return t.UTC(), true
	}
	t = s.Quiet.end(t, zone)
	return t.UTC(), !visit.Before(t.Add(morningLead))
}

// reminders are the rows that remind of a visit that was told at an instant.
// They are made of the record's time alone, so that reading it again makes the
// same.
func (s *Settings) reminders(visit, told time.Time, zone *time.Location) []Row {
	var rows []Row
	for _, k := range []Kind{ReminderDay, ReminderHours} {
		due, ok := s.dueAt(k, visit, zone)
		if ok && !due.Before(told.Add(freshFor)) {
			rows = append(rows, Row{Kind: k, About: visit, Next: due, Until: visit.Add(-remindLead)})
		}
	}
	return rows
}
