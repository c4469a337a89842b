package office

import (
	"strings"
	"sync"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// links finds tickets and appointments of one office by what people hold in
// their hands. It is derived from the state and kept beside it.
type links struct {
	secrets Secrets
	rules   *queue.Rules

	mu           sync.RWMutex
	day          calendar.Date
	tickets      int               // how many of the state's tickets are in
	appointments int               // how many of the state's appointments are in
	bySecret     map[string]string // ticket's secret → id
	apptBySecret map[string]string
	apptByCode   map[string]string // derived code → id
	apptByMAC    map[string]string // keyed hash of a code from outside → id
	days         map[calendar.Date]bool
}

func newLinks(secrets Secrets, r *queue.Rules) *links { return &links{secrets: secrets, rules: r} }

// update takes in what is new in a state. Whatever a new day dropped goes.
func (l *links) update(s *queue.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bySecret == nil || s.Day != l.day || len(s.Tickets) < l.tickets || len(s.Appointments) < l.appointments {
		l.day, l.tickets, l.appointments = s.Day, 0, 0
		l.bySecret, l.apptBySecret = map[string]string{}, map[string]string{}
		l.apptByCode, l.apptByMAC = map[string]string{}, map[string]string{}
		l.days = map[calendar.Date]bool{}
	}
	for _, t := range s.Tickets[l.tickets:] {
		l.bySecret[l.secrets.TicketSecret(t.ID)] = t.ID
	}
	l.tickets = len(s.Tickets)
	for _, a := range s.Appointments[l.appointments:] {
		l.apptBySecret[l.secrets.AppointmentSecret(a.ID)] = a.ID
		if a.CodeMAC != "" {
			l.apptByMAC[a.CodeMAC] = a.ID
			l.days[calendar.DateOf(a.At, l.rules.Hours.Zone)] = true
		} else {
			l.apptByCode[normalCode(l.secrets.AppointmentCode(a.ID))] = a.ID
		}
	}
	l.appointments = len(s.Appointments)
}

func (l *links) ticket(secret string) (string, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	id, ok := l.bySecret[strings.ToLower(secret)]
	return id, ok
}

func (l *links) appointmentBySecret(secret string) (string, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	id, ok := l.apptBySecret[strings.ToLower(secret)]
	return id, ok
}

func (l *links) appointmentByCode(code string) (string, bool) {
	code = normalCode(code)
	l.mu.RLock()
	defer l.mu.RUnlock()
	if id, ok := l.apptByCode[code]; ok {
		return id, true
	}
	// A code from outside is unique for its day only; today's counts first.
	if id, ok := l.apptByMAC[l.secrets.CodeMAC(l.rules.Office, l.day.String(), code)]; ok {
		return id, true
	}
	for day := range l.days {
		if id, ok := l.apptByMAC[l.secrets.CodeMAC(l.rules.Office, day.String(), code)]; ok {
			return id, true
		}
	}
	return "", false
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
