package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// What asking can be refused for.
var (
	// ErrNone: there is no such message.
	ErrNone = errors.New("no such message")
	// ErrNotFailed: only what failed is tried again.
	ErrNotFailed = errors.New("this message did not fail")
	// ErrNobody: nothing can be sent: no contact is kept, or no way reaches it.
	ErrNobody = errors.New("nobody to send this to")
	// ErrKind: this kind is not sent by hand, or nothing such stands.
	ErrKind = errors.New("this is not sent by hand")
)

// Messages are an office's messages before one of that id, 0 for the newest,
// newest first. Nothing of the recipients is in them.
func (n *Notify) Messages(ctx context.Context, office string, before int64, limit int) ([]Row, error) {
	return n.store.OutboxNewest(ctx, office, before, limit)
}

// Month is what the local month of an instant has cost an office so far.
func (n *Notify) Month(ctx context.Context, office string, at time.Time) ([]Sums, error) {
	o := n.offices[office]
	if o == nil {
		return nil, ErrNone
	}
	zone := o.Rules().Hours.Zone
	first := calendar.DateOf(at, zone)
	first.Day = 1
	next := first.AddDays(31)
	next.Day = 1
	return n.store.OutboxSums(ctx, office, first.Start(zone), next.Start(zone))
}

// Counts is how many messages are in each state, for metrics.
func (n *Notify) Counts(ctx context.Context) (map[State]int, error) { return n.store.OutboxCounts(ctx) }

// Erase removes an office's messages made before an instant.
func (n *Notify) Erase(ctx context.Context, office string, before time.Time) (int, error) {
	return n.store.EraseOutbox(ctx, office, before)
}

// Retry tries a failed message again, at once. Somebody who looked has decided:
// also one of which nobody knows whether it went. Done twice it is done once.
func (n *Notify) Retry(ctx context.Context, office string, id int64) (Row, error) {
	r, ok, err := n.store.OutboxRow(ctx, office, id)
	switch {
	case err != nil:
		return r, err
	case !ok:
		return r, ErrNone
	case r.State == Waiting || r.State == Sending:
		return r, nil
	case r.State != Failed:
		return r, ErrNotFailed
	}
	now := n.now()
	if r.Error != CodeUnknown {
		// A gateway that knows the reference would say what it said before.
		r.Reference = r.reference(r.Attempts)
	}
	r.State, r.Error, r.Next, r.Changed = Waiting, "", now, now
	if r.Until.Before(now) && !r.Kind.reminder() && r.Kind != Offer && r.Kind != Confirm {
		r.Until = now.Add(time.Hour)
	}
	changed, err := n.store.ChangeOutbox(ctx, r, Failed)
	if err != nil {
		return r, err
	}
	if !changed { // somebody else was quicker
		r, _, err = n.store.OutboxRow(ctx, office, id)
		return r, err
	}
	n.poke()
	return r, nil
}

// Again sends the confirmation of an appointment again, on every way there is.
// asked names the request: given twice it is done once.
func (n *Notify) Again(ctx context.Context, office, appointment string, kind Kind, asked string) ([]Row, error) {
	o := n.offices[office]
	if o == nil {
		return nil, ErrNone
	}
	a := o.State().Appointment(appointment)
	now := n.now()
	switch {
	case kind != Booked || a == nil || a.Ticket != "" || !a.At.After(now):
		return nil, ErrKind
	case !a.ConfirmBy.IsZero():
		kind = Confirm
	}
	c, err := n.contacts.Recipient(ctx, people.Whose{Office: office, ID: appointment})
	if errors.Is(err, people.ErrNone) {
		return nil, ErrNobody
	}
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, way := range n.ways(c) {
		r := Row{Office: office, Whose: appointment, Kind: kind, Channel: way, Asked: asked, About: a.At, Made: now, Next: now,
			Until: sooner(now.Add(tellWithin), a.At), State: Waiting, Changed: now}
		if kind == Confirm {
			r.Until = a.ConfirmBy
		}
		r.Reference = r.reference(0)
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, ErrNobody
	}
	rows, err = n.store.AddOutbox(ctx, rows)
	if err == nil {
		n.poke()
	}
	return rows, err
}

// Example is a message as it would be sent, of an invented person.
type Example struct {
	Subject, Text, HTML, ICS string
	Segments                 int
	GSM                      bool
}

// Preview writes a message of invented data.
func (n *Notify) Preview(office string, kind Kind, channel Channel, lang string) (Example, error) {
	o := n.offices[office]
	if o == nil || !slices.Contains(Kinds, kind) || !slices.Contains(Channels, channel) || !slices.Contains(n.words.Languages(), lang) {
		return Example{}, ErrNone
	}
	rules := o.Rules()
	now := n.now()
	day := calendar.DateOf(now, rules.Hours.Zone).AddDays(3)
	f := facts{rules: rules, lang: lang, at: day.At(10*60+30, rules.Hours.Zone), minutes: 15, contact: people.Contact{
		Surname: n.words.Text(lang, "notify.example_surname", nil), FirstName: n.words.Text(lang, "notify.example_first_name", nil),
		Phone: "+4915112345678", Mobile: true, Email: "erika@example.org", Language: lang},
		row: Row{Office: office, Whose: office + "-example", Kind: kind, Channel: channel, About: day.At(10*60+30, rules.Hours.Zone)}}
	switch kind {
	case Offer, Confirm:
		f.until = now.Add(20 * time.Minute)
	case Wished:
		f.at = time.Time{}
	}
	for i := range rules.Services {
		if f.papers = papersFor(rules, []queue.Item{{Service: rules.Services[i].ID, Quantity: 1}}, f.contact, lang); len(f.papers) > 1 {
			break
		}
	}
	m, err := n.write(f)
	if err != nil {
		return Example{}, fmt.Errorf("write an example: %w", err)
	}
	e := Example{Subject: m.subject, Text: m.text, HTML: m.html, ICS: m.ics, Segments: m.segments}
	if channel == SMS {
		_, e.GSM = Segments(m.text)
	}
	return e, nil
}
