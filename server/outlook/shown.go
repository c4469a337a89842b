package outlook

import (
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Names of who is shown something, besides tickets.
const (
	appointment = "appointment:"
	service     = "service:"
)

// Ticket is what is shown to the holder of a waiting ticket; false where
// nothing can be told.
func (l *Look) Ticket(id string) (forecast.Shown, bool) { s, ok := l.shown[id]; return s, ok }

// Appointment is what is shown to somebody who is expected today.
func (l *Look) Appointment(id string) (forecast.Shown, bool) {
	s, ok := l.shown[appointment+id]
	return s, ok
}

// Newcomer is what is shown to somebody who would take a walk-in number for a
// service now: Quantiles count from now, the instants mean nothing.
func (l *Look) Newcomer(id string) (forecast.Shown, bool) { s, ok := l.shown[service+id]; return s, ok }

// calm takes over what was shown where the new look agrees with it.
func calm(before map[string]forecast.Shown, l *Look, r *queue.Rules) map[string]forecast.Shown {
	after := make(map[string]forecast.Shown, len(before))
	keep := func(who string, w forecast.Wait, ok bool) {
		if !ok {
			return
		}
		s, ok := w.Show(l.At, l.Day.Close)
		if !ok {
			return
		}
		if old, was := before[who]; was && old.Agrees(s, l.At) {
			s = old
		}
		after[who] = s
	}
	for t := range l.State.Active {
		if t.State == queue.Waiting {
			w, ok := l.Outlook.Ticket(t.ID)
			keep(t.ID, w, ok)
		}
	}
	for _, a := range l.State.Between(time.Time{}, l.State.Day.AddDays(1).Start(r.Hours.Zone)) {
		if a.Ticket == "" {
			w, ok := l.Outlook.Expected(a.ID)
			keep(appointment+a.ID, w, ok)
		}
	}
	for i := range r.Services {
		id := r.Services[i].ID
		w, ok := l.Outlook.Newcomer(id)
		if !ok {
			continue
		}
		s, ok := w.Show(l.At, l.Day.Close)
		if !ok {
			continue
		}
		if old, was := before[service+id]; was && old.Unsure == s.Unsure && sameRange(old.Quantiles, s.Quantiles) {
			s.Quantiles = old.Quantiles
		}
		after[service+id] = s
	}
	return after
}

// sameRange reports whether a newcomer's range may stay as it was shown.
func sameRange(old, q forecast.Quantiles) bool {
	moved := max(q.P50-old.P50, old.P50-q.P50)
	return moved <= max(2, old.P50/10) && q.P50 >= old.P10 && q.P50 <= old.P90 &&
		old.P90-old.P10 <= (q.P90-q.P10)*1.5+1 && q.P90-q.P10 <= (old.P90-old.P10)*1.5+1
}

// Kept are the figures shown now, by office and person, to be shown again after
// a restart.
func (w *Watcher) Kept() map[string]map[string]forecast.Shown {
	all := map[string]map[string]forecast.Shown{}
	for id, k := range w.offices {
		if l := k.latest.Load(); l != nil {
			all[id] = l.shown
		}
	}
	return all
}
