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
	// Later asks also for those who would take a number at these instants, in
	// their order and after Now. It plays the day further than anything else
	// asked for needs.
	Later []time.Time
}

// Quantiles are minutes from now until called.
type Quantiles struct{ P10, P50, P80, P90 float64 }

// levels of the quantiles, in their order.
var levels = [4]float64{0.1, 0.5, 0.8, 0.9}
