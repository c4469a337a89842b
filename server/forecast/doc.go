// Package forecast says how long people will wait, and how sure that is. It is
// pure: state, rules, what was learned and an instant go in, quantiles come
// out; no clock, no I/O, no dice of its own.
//
// It plays the rest of the day forward from the real state, many times, with
// the very rule that calls people (queue.Rules.Before). What it draws for one
// path comes from the office, the local day, the path, the person and the
// purpose, never from the order of use: equal states give equal answers on
// every node, and a small change moves only what it touches.
//
// Model is what was learned from records alone; World is the same as
// distributions ready to be drawn from; Play makes an Outlook.
//
// Every product that is added to something is wrapped in float64(), so that no
// processor fuses the two, and the golden bits are tested.
package forecast

import "time"

// Paths is how many times the rest of the day is played.
const Paths = 192

// nanoseconds of one second and one minute, as the engine reckons.
const (
	second = int64(time.Second)
	minute = int64(time.Minute)
)

// never is later than anything that happens.
const never = int64(1) << 62
