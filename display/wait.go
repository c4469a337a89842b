package display

import (
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Waits tells how long people may wait. A nil Waits knows nothing.
type Waits interface {
	Ticket(id string) (forecast.Shown, bool)
	Appointment(id string) (forecast.Shown, bool)
	Newcomer(service string) (forecast.Shown, bool)
}

// What can be said of a wait.
const (
	WaitRange  = "range"  // from … to
	WaitUnsure = "unsure" // not sure to be called today
	WaitNobody = "nobody" // no desk is staffed that could call
)

// Wait is when a person is likely to be called. The instants stay while they
// hold, so that a screen counts the minutes down by itself; they are null
// unless State is "range" or "unsure".
type Wait struct {
	State  string     `json:"state"`
	From   *time.Time `json:"from"`   // nine in ten are called later than this
	Likely *time.Time `json:"likely"` // as many before as after
	To     *time.Time `json:"to"`     // nine in ten are called before this
}

// NewWait is how long somebody would wait who took a number now, in minutes,
// rounded outward to what is really known; 0 and 0 unless State is "range" or
// "unsure".
type NewWait struct {
	State string `json:"state"`
	Low   int    `json:"low"`
	High  int    `json:"high"`
}

// ticketWait is the wait of somebody in the line; nil where nothing is known.
func ticketWait(r *queue.Rules, s *queue.State, w Waits, t *queue.Ticket) *Wait {
	if w == nil || t.State != queue.Waiting {
		return nil
	}
	if !staffed(r, s, t.Remaining, t.To, t.Booked) {
		return &Wait{State: WaitNobody}
	}
	shown, ok := w.Ticket(t.ID)
	if !ok {
		return nil
	}
	return waitOf(shown)
}

// ExpectedWait is when somebody with an appointment, who has not come, is
// likely to be called; nil where nothing is known.
func ExpectedWait(w Waits, appointment string) *Wait {
	if w == nil {
		return nil
	}
	shown, ok := w.Appointment(appointment)
	if !ok {
		return nil
	}
	return waitOf(shown)
}

// minutesAt is the range of an instant, rounded outward.
func (w *Wait) minutesAt(now time.Time) (low, high int) {
	return forecast.Shown{From: *w.From, To: *w.To}.MinutesAt(now)
}

func waitOf(s forecast.Shown) *Wait {
	v := &Wait{State: WaitRange, From: instant(s.From), Likely: instant(s.Likely), To: instant(s.To)}
	if s.Unsure {
		v.State = WaitUnsure
	}
	return v
}

// NewcomerWait is the wait of somebody who would take a number for a service
// now; nil where nothing is known.
func NewcomerWait(r *queue.Rules, s *queue.State, w Waits, service string) *NewWait {
	if w == nil {
		return nil
	}
	if !staffed(r, s, []queue.Item{{Service: service, Quantity: 1}}, "", false) {
		return &NewWait{State: WaitNobody}
	}
	shown, ok := w.Newcomer(service)
	if !ok {
		return nil
	}
	low, high := shown.Quantiles.Minutes()
	v := &NewWait{State: WaitRange, Low: low, High: high}
	if shown.Unsure {
		v.State = WaitUnsure
	}
	return v
}

// Promised is what is shown with a number: the wait that its holder will hold
// us to. Nil where nothing is shown.
func Promised(r *queue.Rules, s *queue.State, w Waits, items []queue.Item) *queue.Promise {
	if w == nil || len(items) == 0 || !staffed(r, s, items, "", false) {
		return nil
	}
	shown, ok := w.Newcomer(items[0].Service)
	if !ok || shown.Unsure {
		return nil
	}
	return promise(shown.Quantiles)
}

// PromisedTo is what is shown to somebody who checks in.
func PromisedTo(s *queue.State, w Waits, appointment string, now time.Time) *queue.Promise {
	if w == nil {
		return nil
	}
	shown, ok := w.Appointment(appointment)
	if !ok || shown.Unsure {
		return nil
	}
	left := func(t time.Time) float64 { return max(0, t.Sub(now).Minutes()) }
	middle, q := left(shown.Likely), shown.Quantiles
	return promise(forecast.Quantiles{P10: left(shown.From), P50: middle, P80: middle + q.P80 - q.P50, P90: left(shown.To)})
}

// PromiseOf is the wait that was shown with a ticket's number; nil where none
// was.
func PromiseOf(t *queue.Ticket) *NewWait {
	if t == nil || t.Promise == nil {
		return nil
	}
	return &NewWait{State: WaitRange, Low: t.Promise.Low, High: t.Promise.High}
}

func promise(q forecast.Quantiles) *queue.Promise {
	low, high := q.Minutes()
	tenth := func(m float64) float64 { return float64(int(m*10+0.5)) / 10 }
	return &queue.Promise{Low: low, High: high, P10: tenth(q.P10), P50: tenth(q.P50), P80: tenth(q.P80), P90: tenth(q.P90)}
}

// staffed reports whether a desk is there that may serve a visit: open, or on
// a pause.
func staffed(r *queue.Rules, s *queue.State, items []queue.Item, to string, booked bool) bool {
	t := &queue.Ticket{Remaining: items, To: to, Booked: booked}
	for id, d := range s.Desks {
		if d.Phase != queue.PhaseClosed && r.May(s, id, t) {
			return true
		}
	}
	return false
}
