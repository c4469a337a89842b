package display

import (
	"time"

	"aufruf/server/queue"
)

// Supervisor is the room as it is: everything staff see, and the figures of
// the day.
type Supervisor struct {
	Desks
	Services     []ServiceLoad `json:"services"` // only those somebody waits for
	Waiting      Count         `json:"waiting"`
	LongestSince *time.Time    `json:"longest_since"` // arrival of the one who waits longest
	Longest      *Number       `json:"longest"`
	IntakeClosed bool          `json:"intake_closed"`
	Opening      bool          `json:"opening"` // an extraordinary opening is on
}

// ServiceLoad is who waits for one service.
type ServiceLoad struct {
	Service      string    `json:"service"`
	Names        Names     `json:"names"`
	Waiting      Count     `json:"waiting"`
	LongestSince time.Time `json:"longest_since"`
}

// ShowSupervisor makes the supervisor's view.
func ShowSupervisor(r *queue.Rules, s *queue.State, w Waits, now time.Time) Supervisor {
	v := Supervisor{Desks: ShowDesks(r, s, w, now), Services: []ServiceLoad{}, IntakeClosed: s.IntakeClosed,
		Opening: s.Opening != nil && (s.Opening.Until.IsZero() || s.Opening.Until.After(now))}
	load := map[string]*ServiceLoad{}
	for t := range s.Active {
		if t.State != queue.Waiting {
			continue
		}
		v.Waiting.add(t)
		if v.LongestSince == nil || t.Since.Before(*v.LongestSince) {
			n := number(t.Number)
			v.LongestSince, v.Longest = instant(t.Since), &n
		}
		for _, it := range t.Remaining {
			l := load[it.Service]
			if l == nil {
				l = &ServiceLoad{Service: it.Service, LongestSince: t.Since}
				load[it.Service] = l
			}
			l.Waiting.add(t)
			if t.Since.Before(l.LongestSince) {
				l.LongestSince = t.Since
			}
		}
	}
	for _, sv := range r.Services {
		if l := load[sv.ID]; l != nil {
			l.Names = sv.Names
			v.Services = append(v.Services, *l)
		}
	}
	return v
}
