package notify

import (
	"fmt"
	"net/url"
	"time"

	ics "github.com/arran4/golang-ical"
)

// calendarOf is an appointment as calendars take it: the same UID for ever, one
// more SEQUENCE with each move, times in UTC, and a summary that names no
// matter.
func (n *Notify) calendarOf(f facts, p map[string]any, now time.Time) (text, method string) {
	cal := ics.NewCalendar()
	cal.SetProductId("-//Aufruf//DE")
	m := ics.MethodRequest
	if f.row.Kind == Cancelled {
		m = ics.MethodCancel
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
	e.AddAttendee("mailto:"+f.contact.Email, ics.ParticipationStatusAccepted, ics.WithRSVP(false))
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
