package notify

import (
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// verdict is what the look before sending says: send it (both empty), drop it
// for a reason, or wait.
type verdict struct {
	drop string
	wait time.Time
}

// soon is how long a row rests whose record the office has not taken in yet.
const soon = 50 * time.Millisecond

// look says whether what a row tells is still so. It reads the office's newest
// state, and reminds nobody by night.
func (n *Notify) look(r *Row, now time.Time) verdict {
	o := n.offices[r.Office]
	if o == nil {
		return verdict{drop: CodeGone}
	}
	s := o.State()
	if s.Seq < r.Seq {
		return verdict{wait: now.Add(soon)}
	}
	if v := n.stands(r, o, s, now); v.drop != "" {
		return v
	}
	if now.After(r.Until) {
		if r.Attempts > 0 && !r.Kind.reminder() && r.Kind != Offer {
			return verdict{drop: CodeDeadline}
		}
		return verdict{drop: CodeLate}
	}
	if r.Kind.reminder() {
		zone := o.Rules().Hours.Zone
		if n.settings.Quiet.in(now, zone) {
			if at, ok := n.settings.awake(now, r.About, zone); ok {
				return verdict{wait: at}
			}
			return verdict{drop: CodeQuiet}
		}
	}
	return verdict{}
}

// stands says whether the appointment, offer or wish is as the row says.
func (n *Notify) stands(r *Row, o Office, s *queue.State, now time.Time) verdict {
	gone := verdict{drop: CodeGone}
	switch r.Kind {
	case Wished:
		if s.Wish(r.Whose) == nil {
			return gone
		}
	case Offer:
		if h := s.Offer(r.Whose); h == nil || !h.For.Equal(r.About) || !now.Before(h.Until) {
			return gone
		}
	case Cancelled:
		if s.Appointment(r.Whose) != nil {
			return gone
		}
		if g := s.GoneAppointment(r.Whose); g == nil || !g.For.After(now) {
			return verdict{drop: CodeLate}
		}
	default:
		a := s.Appointment(r.Whose)
		switch {
		case a == nil || !a.At.Equal(r.About):
			return gone
		case a.Ticket != "":
			return verdict{drop: CodeArrived}
		case (r.Kind == Confirm) == a.ConfirmBy.IsZero():
			// To be confirmed and is, or the other way round.
			return gone
		case r.Kind == ReminderDay:
			if at, ok := n.settings.dueAt(ReminderHours, r.About, o.Rules().Hours.Zone); ok && !now.Before(at) {
				return verdict{drop: CodeSuperseded}
			}
		}
	}
	return verdict{}
}

// facts are what a message is written of.
type facts struct {
	row     Row
	rules   *queue.Rules
	contact people.Contact
	lang    string
	at      time.Time // of the visit
	until   time.Time // of an offer or a confirmation
	minutes int
	moves   int
	papers  []string // in the person's language
	wish    *queue.Wish
}

// gather takes together what a message is written of. The look before it said
// that it is all there; what went meanwhile is false.
func (n *Notify) gather(r Row, c people.Contact, moved int) (facts, bool) {
	o := n.offices[r.Office]
	s, rules := o.State(), o.Rules()
	f := facts{row: r, rules: rules, contact: c, lang: n.words.Negotiate("", c.Language), at: r.About}
	items := func(services []queue.Item, minutes int, at time.Time) {
		f.papers = papersFor(rules, services, c, f.lang)
		if f.minutes = minutes; f.minutes == 0 {
			f.minutes = rules.VisitMinutes(s, services, calendar.DateOf(at, rules.Hours.Zone))
		}
	}
	switch r.Kind {
	case Wished:
		f.wish = s.Wish(r.Whose)
		return f, f.wish != nil
	case Offer:
		h := s.Offer(r.Whose)
		if h == nil {
			return f, false
		}
		f.until = h.Until
		items(h.Services, h.Minutes, h.For)
	case Cancelled:
		g := s.GoneAppointment(r.Whose)
		if g == nil {
			return f, false
		}
		// The state no longer knows how often it was moved; the outbox does, and
		// the cancelling counts as one more.
		f.at, f.moves, f.minutes = g.For, moved+1, 10
	default:
		a := s.Appointment(r.Whose)
		if a == nil {
			return f, false
		}
		f.until, f.moves = a.ConfirmBy, a.Moves
		items(a.Services, a.Minutes, a.At)
	}
	return f, true
}

// papersFor are the papers that a person has to bring, each once: of those that
// depend on something, the ones that their answers ask for, and with its
// condition what they were not asked.
func papersFor(r *queue.Rules, services []queue.Item, c people.Contact, lang string) []string {
	var papers []string
	for _, it := range services {
		sv := r.Service(it.Service)
		if sv == nil {
			continue
		}
		for _, p := range sv.Papers {
			if p.Hint || slices.Contains(c.No, p.When) {
				continue
			}
			text := in(p.Names, lang)
			if when := in(p.Condition, lang); p.When != "" && when != "" && !slices.Contains(c.Yes, p.When) {
				text += " (" + when + ")"
			}
			if text = oneLine(text); !slices.Contains(papers, text) {
				papers = append(papers, text)
			}
		}
	}
	return papers
}
