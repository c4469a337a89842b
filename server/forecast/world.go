package forecast

import "time"

// World is how long things take and how people behave in one office, as
// distributions ready to be drawn from. A Model makes one from what it learned;
// a yardstick makes one from a simulation's true parameters.
type World struct {
	Lengths  map[string]Length  // by service
	Unknown  Length             // of a service that is in nobody's list
	Mix      []string           // what walk-ins come for: services, each as often as it is wanted; may be empty
	SdOffice float64            // doubt about all lengths together, of the logarithm
	SdDay    float64            // how a day as a whole differs, of the logarithm
	DeskSkew map[string]float64 // a desk's lengths against the others', of the logarithm; mostly nil

	Walk     *Table             // call to start
	After    [afterCount]*Table // what was before a call, to the call, somebody waiting
	Reaction *Table             // somebody becomes callable at an idle desk, to the call
	OpenLate *Table             // a desk's planned opening to its opening
	BackLate *Table             // expected return from a break to the return
	Comes    map[string]float64 // by desk without a roster: share of days on which it is there
	Absent   float64            // share of planned desks that never open

	Offset     *Table             // arrival less appointment, of the booked who come
	NoShow     [leadTimes]float64 // share of the booked who do not come, by lead time
	Together   float64            // visits for several services against the sum of their lengths, of the logarithm
	Silent     float64            // walk-ins who leave without a word, per nanosecond of waiting
	Cancel     float64            // walk-ins who leave and say so, per nanosecond of waiting
	NoShowWait int64              // how long a called person is waited for
	Arrivals   [48]float64        // walk-ins by half hour of the local day
	SameDay    [48]float64        // bookings for today that are still to be made, by half hour of the appointment
	// Lean is how far the middle that is told leans from the median of the
	// futures towards their mean: waits have a long tail, and to be told too
	// short a wait is worse than to be told too long a one.
	Lean   float64
	Ledger Ledger  // what is learned of the look ahead itself
	Empty  float64 // share of desks that stand free at which nobody is
	Idle   float64 // share of cases that run on only because nobody pressed finish
}

// After is what a desk did before it calls somebody.
type After int

// What a desk may have done before a call.
const (
	AfterFinish After = iota
	AfterNoShow
	AfterOpening // or a break
	afterCount
)

// Length is how long one unit of a service takes: lognormal, of minutes.
type Length struct {
	Mu    float64 // mean of the logarithm
	Sigma float64 // its standard deviation
	Sd    float64 // doubt about Mu itself
}

// length returns the length of a service.
func (w *World) length(service string) Length {
	if l, ok := w.Lengths[service]; ok {
		return l
	}
	return w.Unknown
}

// NoShowOf is a share of no-shows that is the same for all lead times.
func NoShowOf(share float64) (all [leadTimes]float64) {
	for i := range all {
		all[i] = share
	}
	return all
}

// Missing is how likely somebody does not come who booked so long before.
func (w *World) Missing(booked, at time.Time) float64 {
	return w.NoShow[leadTime(booked.UnixNano(), at.UnixNano())]
}
