package office

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// links finds tickets, appointments and wishes of one office by what people
// hold in their hands. It is derived from the state when somebody asks: an
// office with a year of appointments starts without working out their links.
type links struct {
	secrets Secrets
	rules   *queue.Rules
	state   func() *queue.State

	mu           sync.RWMutex
	seq          uint64 // of the state that is in
	day          calendar.Date
	tickets      int               // how many of the state's tickets are in
	appointment  string            // the newest id that is in, of appointments and holds
	wish         string            // and of wishes
	bySecret     map[string]string // ticket's secret → id
	apptBySecret map[string]string
	wishBySecret map[string]string
	apptByCode   map[string]string // derived code → id
	apptByMAC    map[string]string // keyed hash of a code from outside → id
	days         map[calendar.Date]bool
}

func newLinks(secrets Secrets, o *Office) *links {
	return &links{secrets: secrets, rules: o.Rules(), state: o.State}
}

// read looks something up in an index that knows the newest state.
func (l *links) read(look func()) {
	s := l.state()
	l.mu.RLock()
	if l.seq == s.Seq && l.bySecret != nil {
		defer l.mu.RUnlock()
		look()
		return
	}
	l.mu.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.update(l.state())
	look()
}

// update takes in what is new in a state. What a new day dropped goes; what was
// cancelled or lapsed stays until then, for who opens its link.
func (l *links) update(s *queue.State) {
	if l.bySecret == nil || s.Day != l.day || len(s.Tickets) < l.tickets {
		l.prune(s)
	}
	l.seq = s.Seq
	for _, g := range s.Gone { // some came and went since the last time
		if queue.CompareIDs(g.ID, l.appointment) > 0 {
			l.add(g.ID)
		}
	}
	for _, t := range s.Tickets[l.tickets:] {
		l.bySecret[l.secrets.TicketSecret(t.ID)] = t.ID
	}
	l.tickets = len(s.Tickets)
	newest := l.appointment
	for _, a := range slices.Backward(s.Appointments) {
		if queue.CompareIDs(a.ID, l.appointment) <= 0 {
			break
		}
		l.add(a.ID)
		newest = later(newest, a.ID)
		if l.addMAC(a); a.CodeMAC == "" {
			l.apptByCode[normalCode(l.secrets.AppointmentCode(a.ID))] = a.ID
		}
	}
	for _, h := range s.Holds {
		if queue.CompareIDs(h.ID, l.appointment) > 0 {
			l.add(h.ID)
			l.apptByCode[normalCode(l.secrets.AppointmentCode(h.ID))] = h.ID
			newest = later(newest, h.ID)
		}
	}
	l.appointment = newest
	for _, w := range slices.Backward(s.Wishes) {
		if queue.CompareIDs(w.ID, l.wish) <= 0 {
			break
		}
		l.wishBySecret[l.secrets.AppointmentSecret(w.ID)] = w.ID
	}
	if n := len(s.Wishes); n > 0 {
		l.wish = later(l.wish, s.Wishes[n-1].ID)
	}
}

// prune begins a day. The links of a year's appointments take a moment to work
// out, so those that are still good are kept.
func (l *links) prune(s *queue.State) {
	l.day, l.tickets, l.bySecret = s.Day, 0, map[string]string{}
	if l.apptBySecret == nil {
		l.apptBySecret, l.apptByCode, l.wishBySecret = map[string]string{}, map[string]string{}, map[string]string{}
	}
	over := func(_, id string) bool {
		return s.Appointment(id) == nil && s.Hold(id) == nil && s.GoneAppointment(id) == nil
	}
	maps.DeleteFunc(l.apptBySecret, over)
	maps.DeleteFunc(l.apptByCode, over)
	waits := make(map[string]bool, len(s.Wishes))
	for _, w := range s.Wishes {
		waits[w.ID] = true
	}
	maps.DeleteFunc(l.wishBySecret, func(_, id string) bool { return !waits[id] })
	l.apptByMAC, l.days = map[string]string{}, map[calendar.Date]bool{}
	for _, a := range s.Appointments {
		l.addMAC(a)
	}
}

// addMAC notes a code from outside, and the day for which it was given.
func (l *links) addMAC(a *queue.Appointment) {
	if a.CodeMAC == "" {
		return
	}
	l.apptByMAC[a.CodeMAC] = a.ID
	day := a.CodeDay
	if day.IsZero() {
		day = calendar.DateOf(a.At, l.rules.Hours.Zone)
	}
	l.days[day] = true
}

func (l *links) add(appointment string) {
	l.apptBySecret[l.secrets.AppointmentSecret(appointment)] = appointment
}

func later(a, b string) string {
	if queue.CompareIDs(a, b) < 0 {
		return b
	}
	return a
}

func (l *links) ticket(secret string) (id string, ok bool) {
	l.read(func() { id, ok = l.bySecret[strings.ToLower(secret)] })
	return id, ok
}

func (l *links) appointmentBySecret(secret string) (id string, ok bool) {
	l.read(func() { id, ok = l.apptBySecret[strings.ToLower(secret)] })
	return id, ok
}

func (l *links) wishOf(secret string) (id string, ok bool) {
	l.read(func() { id, ok = l.wishBySecret[strings.ToLower(secret)] })
	return id, ok
}

func (l *links) appointmentByCode(code string) (id string, ok bool) {
	code = normalCode(code)
	l.read(func() {
		if id, ok = l.apptByCode[code]; ok {
			return
		}
		// A code from outside is unique for its day only; today's counts first.
		if id, ok = l.apptByMAC[l.secrets.CodeMAC(l.rules.Office, l.day.String(), code)]; ok {
			return
		}
		for day := range l.days {
			if id, ok = l.apptByMAC[l.secrets.CodeMAC(l.rules.Office, day.String(), code)]; ok {
				return
			}
		}
	})
	return id, ok
}

// normalCode is a code as compared: people type lower case, spaces and dashes.
func normalCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u2009' || r == '\u00a0' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
}
