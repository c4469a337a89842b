package simday

import (
	"math"

	"aufruf/server/exchange"
)

// Truth is how an office really is: what an estimator can only learn, and what
// an oracle is told. Seconds where nothing else is said.
type Truth struct {
	Policy   exchange.Policy
	Services []ServiceTruth
	Desks    []DeskTruth

	Walk    Lognormal // from the call to the desk
	Wrap    Lognormal // from a finish until the clerk is ready for the next
	React   Lognormal // from somebody becoming callable until an idle desk calls
	Absence Lognormal // unannounced, after the wrap-up
	// AbsenceShare is the probability of an absence after a finish.
	AbsenceShare float64
	// Settle is how late a desk opens after its plan, and resumes after a break.
	Settle Settle
	// BreakShare is the part of a rostered break that is taken even when it
	// begins late: it ends at its plan, or when that part has passed.
	BreakShare float64
	// AbsentShare is the probability that a desk stays closed for a day, and
	// LateShare that it opens late, by LateOpen.
	AbsentShare, LateShare float64
	LateOpen               Lognormal
	// Forget is the probability that finish is not pressed: it comes just
	// before the desk's next call, break or closing.
	Forget float64

	// WalkIns are the walk-ins expected in each half hour since midnight.
	WalkIns [48]float64
	// NoShow is the probability that a booked person does not come.
	NoShow float64
	// Offset is when the others come, against their appointment.
	Offset Offset
	// BookedLate is the share of appointments made during the day, and Lead by
	// how much before the appointment.
	BookedLate float64
	Lead       Lead
	// Patience is the mean, in seconds, of the exponential span after which a
	// walk-in leaves, 0 for never; SaysSo is the share who cancel, the others
	// leave in silence.
	Patience float64
	SaysSo   float64
	// BoostShare is the share of walk-ins with priority, BoostS how much.
	BoostShare float64
	BoostS     int

	// Slow are the stretches in which all work went slowly. They are what
	// happened, not what anybody could know before.
	Slow []Slow
}

// ServiceTruth is one service: the logarithm of its minutes is normal.
type ServiceTruth struct {
	ID        string
	Group     int
	Mu, Sigma float64
	Share     float64 // how often it is asked for; all shares sum to 1
}

// Minutes is the mean length.
func (s ServiceTruth) Minutes() float64 { return math.Exp(s.Mu + s.Sigma*s.Sigma/2) }

// DeskTruth is one desk. Lengths at it are multiplied by Factor.
type DeskTruth struct {
	ID     string
	Factor float64
}

// Lognormal is a span whose logarithm, in seconds, is normal.
type Lognormal struct{ Mu, Sigma float64 }

// At is the span for a standard normal figure.
func (l Lognormal) At(z float64) float64 { return math.Exp(l.Mu + l.Sigma*z) }

// Mean is the mean span.
func (l Lognormal) Mean() float64 { return math.Exp(l.Mu + l.Sigma*l.Sigma/2) }

// median makes a lognormal from its median in seconds and its spread.
func median(seconds, sigma float64) Lognormal { return Lognormal{math.Log(seconds), sigma} }

// Settle is a normal delay that is cut off at zero.
type Settle struct{ Mean, SD float64 }

// At is the delay for a standard normal figure.
func (s Settle) At(z float64) float64 { return max(0, s.Mean+s.SD*z) }

// Offset is check-in less appointment: normal, or for the LateShare an
// exponential span after the appointment; never before Earliest.
type Offset struct {
	Mean, SD  float64
	LateShare float64
	LateMean  float64
	Earliest  float64
}

// At is the offset for a uniform figure that decides on lateness, a standard
// normal and a unit exponential one.
func (o Offset) At(u, z, e float64) float64 {
	if u < o.LateShare {
		return o.LateMean * e
	}
	return max(o.Earliest, o.Mean+o.SD*z)
}

// Lead is how long before its appointment a booking of the day is made: Least
// and an exponential span.
type Lead struct{ Least, Mean float64 }

// At is the lead for a unit exponential figure.
func (l Lead) At(e float64) float64 { return l.Least + l.Mean*e }

// Slow is a stretch of a day in which lengths are multiplied by Factor, for
// the work that begins in it.
type Slow struct {
	Day, From, Until int
	Factor           float64
}
