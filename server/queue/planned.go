package queue

import (
	"cmp"
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Planned is a planned length of one unit of a service that was set in the
// browser, laid over the configured one from a day on.
type Planned struct {
	Service string        `json:"service"`
	Minutes int           `json:"minutes"`
	From    calendar.Date `json:"from"`
	At      time.Time     `json:"at"` // when it was set
}

// Bounds of what may be set: the minutes are those of the configuration.
const (
	plannedMax   = 480 // minutes
	plannedAhead = 366 // days
)

// PlannedOn is how long one unit of a service is meant to take on a day: the
// newest length that was set for that day or before, else the configured one.
func (r *Rules) PlannedOn(s *State, service string, day calendar.Date) time.Duration {
	for i := len(s.Planned) - 1; i >= 0; i-- {
		if p := &s.Planned[i]; p.Service == service && !p.From.After(day) {
			return time.Duration(p.Minutes) * time.Minute
		}
	}
	if sv := r.services[service]; sv != nil {
		return sv.Planned
	}
	return 0
}

// Planned is how long services are meant to take together on the state's day.
func (r *Rules) Planned(s *State, items []Item) time.Duration {
	var d time.Duration
	for _, it := range items {
		d += r.PlannedOn(s, it.Service, s.Day) * time.Duration(max(it.Quantity, 1))
	}
	return d
}

func setPlanned(r *Rules, s *State, c SetPlanned) ([]Event, error) {
	if r.Service(c.Service) == nil {
		return nil, refuse(RefusedUnknownService)
	}
	if c.Minutes == 0 {
		set := func(p Planned) bool { return p.Service == c.Service && p.From == c.From }
		if !slices.ContainsFunc(s.Planned, set) {
			return nil, refuse(RefusedPlannedNone)
		}
		return []Event{ServicePlanned{Service: c.Service, From: c.From}}, nil
	}
	if c.Minutes < 0 || c.Minutes > plannedMax {
		return nil, refuse(RefusedPlannedMinutes, "Max", plannedMax)
	}
	if c.From.Before(s.Day) || s.Day.Days(c.From) > plannedAhead {
		return nil, refuse(RefusedPlannedDay)
	}
	takes := func(i int) bool {
		d := &r.Desks[i]
		return r.able(c.Service)&(1<<i) != 0 && (d.Quick == 0 || time.Duration(c.Minutes)*time.Minute <= d.Quick)
	}
	for i := range r.Desks {
		if takes(i) {
			return []Event{ServicePlanned{Service: c.Service, Minutes: c.Minutes, From: c.From}}, nil
		}
	}
	return nil, refuse(RefusedPlannedNobody)
}

// setPlanned puts a length in its place, or takes it away.
func (s *State) setPlanned(m Meta, e ServicePlanned) {
	s.Planned = slices.DeleteFunc(slices.Clone(s.Planned), func(p Planned) bool { return p.Service == e.Service && p.From == e.From })
	if e.Minutes > 0 {
		s.Planned = append(s.Planned, Planned{Service: e.Service, Minutes: e.Minutes, From: e.From, At: m.At.UTC()})
	}
	slices.SortFunc(s.Planned, func(a, b Planned) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), a.From.Compare(b.From))
	})
	if len(s.Planned) == 0 {
		s.Planned = nil
	}
}

// plannedFrom are the lengths that still say something from a day on: of each
// service the one that counts then and those of later days.
func plannedFrom(list []Planned, day calendar.Date) []Planned {
	var kept []Planned
	for i, p := range list {
		superseded := i+1 < len(list) && list[i+1].Service == p.Service && !list[i+1].From.After(day)
		if !superseded {
			kept = append(kept, p)
		}
	}
	return kept
}
