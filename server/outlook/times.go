package outlook

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Times is how long people would wait who came later: through the rest of
// today and on the next days, as far as bookings, rosters and what was learned
// can tell. It does not change.
type Times struct {
	At   time.Time
	Days []DayTimes // today first, if any of it is left; then the next open days
}

// DayTimes is one day's waits.
type DayTimes struct {
	Date     calendar.Date
	Services map[string][]Later // by service, in order of time
}

// Later is the wait of somebody who would take a number at an instant.
type Later struct {
	At        time.Time
	Known     bool // false: nobody would be there to call, or not surely
	Low, High int  // minutes, rounded outward
	Middle    float64
	Served    float64 // share of futures in which the person is called
}

// How far and how fine, and how long a look so far ahead is good for.
const (
	laterStep  = 30 * time.Minute
	laterFine  = 10 * time.Minute // in the next hours of today
	fineFor    = 3 * time.Hour
	daysAhead  = 4
	searchDays = 14
	timesFresh = time.Minute
)

// Times looks ahead through today and the next days of an office; nil for an
// office that is not there. It is made anew at most once a minute.
func (w *Watcher) Times(office string) *Times {
	k := w.offices[office]
	if k == nil {
		return nil
	}
	k.timesMu.Lock()
	defer k.timesMu.Unlock()
	now := w.opt.Now()
	if t := k.times; t != nil && now.Sub(t.At) < timesFresh && !now.Before(t.At) {
		return t
	}
	r := k.source.Rules()
	s, m := k.source.Snapshot()
	if now.Before(s.At) {
		now = s.At
	}
	t := &Times{At: now}
	today := forecast.DayOf(r, s)
	if times := steps(&today, now, true); len(times) > 0 && !s.Shut {
		t.Days = append(t.Days, k.dayTimes(r, s, m, today, now, times))
	}
	if !m.Seasoned() {
		k.times = t
		return t // nobody knows yet who comes on a day
	}
	quiet := m.Rested()
	for date, n := s.Day.AddDays(1), 0; n < searchDays && len(t.Days) <= daysAhead; date, n = date.AddDays(1), n+1 {
		day := forecast.DateOf(r, date)
		if len(day.Hours) == 0 {
			continue
		}
		empty := queue.New(s.Office)
		empty.Day, empty.At = date, day.Start
		empty.Appointments = s.Between(date.Start(r.Hours.Zone), date.AddDays(1).Start(r.Hours.Zone))
		begin := day.Hours[0].From
		t.Days = append(t.Days, k.dayTimes(r, empty, quiet, day, begin, steps(&day, begin, false)))
	}
	k.times = t
	return t
}

// steps are the instants of a day at which somebody might come, after now.
func steps(d *forecast.Day, now time.Time, fine bool) []time.Time {
	var times []time.Time
	for _, h := range d.Hours {
		for t := h.From; t.Before(h.To); t = t.Add(laterFine) {
			coarse := t.Sub(h.From)%laterStep == 0
			if t.After(now) && (coarse || fine && t.Sub(now) <= fineFor) {
				times = append(times, t)
			}
		}
	}
	return times
}

func (k *watched) dayTimes(r *queue.Rules, s *queue.State, m *forecast.Model, d forecast.Day, now time.Time, times []time.Time) DayTimes {
	out := k.far.Play(&forecast.Situation{Rules: r, State: s, World: m.World(r, &d, now), Watch: m.Watch(), Day: d, Now: now, Later: times})
	dt := DayTimes{Date: s.Day, Services: make(map[string][]Later, len(r.Services))}
	for i := range r.Services {
		id := r.Services[i].ID
		for j, w := range out.Later(id) {
			l := Later{At: times[j], Served: w.Served()}
			if q, ok := w.Quantiles(); ok {
				l.Known, l.Middle = true, q.P50
				l.Low, l.High = q.Minutes()
			}
			dt.Services[id] = append(dt.Services[id], l)
		}
	}
	return dt
}
