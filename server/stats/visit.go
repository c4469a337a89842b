package stats

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Outcome is how a visit, or the wait that was told, ended. The names are
// stored and stable.
type Outcome string

// The outcomes. Called is of promises alone, Done, NoShow and Sent of visits
// alone.
const (
	Called   Outcome = "called"
	Done     Outcome = "done"
	NoShow   Outcome = "no_show"
	Sent     Outcome = "sent"   // to another office
	Parked   Outcome = "parked" // of a promise: set aside before the call, so it cannot be compared
	Left     Outcome = "left"
	Unserved Outcome = "unserved"
)

// None is a duration that there is not.
const None = time.Duration(-1)

// Row is what visits and promises have in common. Seq is the record that began
// the visit; nothing leads from here to a person.
type Row struct {
	Office  string
	Seq     uint64
	Day     calendar.Date // local
	Hour    int           // local, of the arrival
	Service string        // the first that was asked for
	Outcome Outcome
}

// Visit is one visit, from the number to the end.
type Visit struct {
	Row
	Category string
	Booked   bool
	Arrival  queue.Arrival // of the booked
	Wait     time.Duration // in the line until the first call that counted; None: never called
	Served   time.Duration // at desks, all legs together; None: never served
}

// Promise is one wait that was told, with what came of it.
type Promise struct {
	Row
	queue.Promise
	Came time.Duration // until called; None: never called
}
