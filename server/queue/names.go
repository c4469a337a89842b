package queue

import (
	"fmt"
	"strconv"
	"time"
)

// TicketState is where a ticket stands. The wire names are stable.
type TicketState string

// The states of a ticket. Done, Left and Unserved are final for the office;
// Sent is still in this office's care until the other office has it.
const (
	Waiting  TicketState = "waiting"
	Called   TicketState = "called"
	Serving  TicketState = "serving"
	Parked   TicketState = "parked"
	NoShow   TicketState = "no_show"
	Sent     TicketState = "sent"
	Done     TicketState = "done"
	Left     TicketState = "left"
	Unserved TicketState = "unserved"
)

// TicketStates lists every state once, for tests and documents.
var TicketStates = []TicketState{Waiting, Called, Serving, Parked, NoShow, Sent, Done, Left, Unserved}

// Final reports whether nothing can happen to the ticket any more today.
// A no-show is not final: who turns up after all is put back.
func (s TicketState) Final() bool { return s == Done || s == Left || s == Unserved }

// DeskPhase is whether a desk takes people.
type DeskPhase string

// The phases of a desk.
const (
	PhaseOpen   DeskPhase = "open"
	PhasePaused DeskPhase = "paused"
	PhaseClosed DeskPhase = "closed"
)

// Arrival tells how a booked person came, measured against the appointment.
type Arrival string

// The three ways to arrive; the windows are in Rules.
const (
	ArrivalEarly  Arrival = "early"
	ArrivalOnTime Arrival = "on_time"
	ArrivalLate   Arrival = "late"
)

// Number is what is called out and shown: a letter and a running number of
// the day. The letter belongs to one category of one office in the town, so a
// number is unique in the town for its day.
type Number struct {
	Letter string `json:"letter"`
	N      int    `json:"n"`
}

// String sets the number as it is printed: letter and at least three digits,
// "A017", after 999 "A1000".
func (n Number) String() string {
	if n.N < 1000 {
		return fmt.Sprintf("%s%03d", n.Letter, n.N)
	}
	return n.Letter + strconv.Itoa(n.N)
}

// Item is one service of a visit and how many units of it, two children being
// two units.
type Item struct {
	Service  string `json:"service"`
	Quantity int    `json:"quantity"`
}

// Reason says why somebody is called or stands where they stand. Code is a key
// of the catalogue under "reason."; the other fields are its parameters and
// empty where the code does not use them.
type Reason struct {
	Code           string    `json:"code"`
	AppointmentAt  time.Time `json:"appointment_at,omitzero"`
	Since          time.Time `json:"since,omitzero"`
	WaitedMinutes  int       `json:"waited_minutes,omitzero"`
	CeilingMinutes int       `json:"ceiling_minutes,omitzero"`
	PriorityMin    int       `json:"priority_minutes,omitzero"`
}

// The codes of a Reason.
const (
	ReasonBookedOnTime = "booked_on_time" // AppointmentAt: due, the appointment's time has come
	ReasonCeiling      = "ceiling"        // WaitedMinutes, CeilingMinutes: waited as long as anybody may
	ReasonOrder        = "order"          // Since: longest in the line of those who are not due
	ReasonPriority     = "priority"       // Since, PriorityMin: the same, moved ahead by minutes of priority
	ReasonBookedLate   = "booked_late"    // AppointmentAt, Since: came after the grace, in order of check-in
	ReasonBookedEarly  = "booked_early"   // AppointmentAt: nobody else is there, so before the time
	ReasonBookedAhead  = "booked_ahead"   // AppointmentAt: booked, and not yet callable
	ReasonTaken        = "taken"          // a clerk chose this person out of order
)

// ReasonCodes lists every code once, for the catalogue's test.
var ReasonCodes = []string{ReasonBookedOnTime, ReasonCeiling, ReasonOrder, ReasonPriority,
	ReasonBookedLate, ReasonBookedEarly, ReasonBookedAhead, ReasonTaken}
