package forecast

import (
	"time"

	"aufruf/server/queue"
)

// Situation is all that a look ahead starts from.
type Situation struct {
	Rules *queue.Rules
	State *queue.State
	World *World
	Watch *Watch
	Day   Day
	Now   time.Time
	// Expected asks for those with an appointment today who have not come, too:
	// their waits count from Now, and hold if they come.
	Expected bool
}

// Day is what is known of an office's day beforehand. Zero instants are not
// known.
type Day struct {
	Start   time.Time // local midnight
	Weekday time.Weekday
	Close   time.Time // who waits then is still served
	Intake  time.Time // no walk-in takes a number after it
	// Plans are the desks' rosters by position in Rules.Desks; a desk without
	// one works from its opening until Close, and if it was not opened today it
	// is not expected.
	Plans []Plan
}

// Plan is when a desk is meant to be open; the gaps are breaks.
type Plan []Span

// Span is from one instant to another.
type Span struct{ From, To time.Time }

func (d *Day) plan(i int) Plan {
	if i < len(d.Plans) {
		return d.Plans[i]
	}
	return nil
}

// Quantiles are minutes from now until called.
type Quantiles struct{ P10, P50, P80, P90 float64 }

// levels of the quantiles, in their order.
var levels = [4]float64{0.1, 0.5, 0.8, 0.9}
