package notify

import (
	"fmt"
	"net/url"
	"time"

	ics "github.com/arran4/golang-ical"

	"aufruf/server/people"
)

// calendarOf is an appointment as calendars take it: the same UID for ever, one
// more SEQUENCE with each move, times in UTC, and a summary that names no
// matter.
func (n *Notify) calendarOf(f facts, p map[string]any, now time.Time) (text, method string) {
	cal := ics.NewCalendar()
	cal.SetProductId("-//Aufruf//DE")
	m := ics.MethodRequest
	switch {
	case f.row.Kind == Cancelled:
		m = ics.MethodCancel
	case f.contact.Email == "":
		m = ics.MethodPublish // nobody is invited: a file that was asked for
	}
	cal.SetMethod(m)
	e := cal.AddEvent(f.row.Whose + "@" + n.host())
	e.SetDtStampTime(now.UTC())
	e.SetSequence(f.moves)
	e.SetStartAt(f.at.UTC())
	e.SetEndAt(f.at.Add(time.Duration(max(f.minutes, 5)) * time.Minute).UTC())
	e.SetSummary(n.words.Text(f.lang, "notify.ics_summary", p))
	e.SetLocation(fmt.Sprint(p["Office"]))
	from := n.from().Address
	e.SetOrganizer("mailto:"+from, ics.WithCN(fmt.Sprint(p["Town"])))
	if f.contact.Email != "" {
		e.AddAttendee("mailto:"+f.contact.Email, ics.ParticipationStatusAccepted, ics.WithRSVP(false))
	}
	if f.row.Kind == Cancelled {
		e.SetStatus(ics.ObjectStatusCancelled)
		return cal.Serialize(ics.WithNewLineWindows), string(m)
	}
	e.SetStatus(ics.ObjectStatusConfirmed)
	e.SetURL(fmt.Sprint(p["Link"]))
	e.SetDescription(n.words.Text(f.lang, "notify.ics_text", p))
	a := e.AddAlarm()
	a.SetAction(ics.ActionDisplay)
	a.SetTrigger("-PT2H")
	a.SetProperty(ics.ComponentPropertyDescription, n.words.Text(f.lang, "notify.ics_summary", p))
	return cal.Serialize(ics.WithNewLineWindows), string(m)
}

// host is what stands behind the @ of ids that last.
func (n *Notify) host() string {
	if u, err := url.Parse(n.base()); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "aufruf.invalid"
}

// Calendar is an appointment as a file for calendars, for the person who holds
// its link; false if there is no such appointment. It names no matter and nobody.
func (n *Notify) Calendar(office, appointment, lang string) (text string, ok bool) {
	o := n.offices[office]
	if o == nil {
		return "", false
	}
	a := o.State().Appointment(appointment)
	if a == nil {
		return "", false
	}
	f, ok := n.gather(Row{Office: office, Whose: appointment, Kind: Booked, About: a.At}, people.Contact{Language: lang}, 0)
	if !ok {
		return "", false
	}
	text, _ = n.calendarOf(f, n.params(f), n.now())
	return text, true
}
