package display

import (
	"time"

	"aufruf/server/queue"
)

// Appointment is what the person who holds an appointment's link sees: when,
// and once arrived the number and where to follow it.
type Appointment struct {
	Office  string        `json:"office"`
	Name    Names         `json:"name"`
	At      time.Time     `json:"at"`
	Code    string        `json:"code"`
	Today   bool          `json:"today"`   // the office's day is the appointment's: checking in is possible
	Number  *Number       `json:"number"`  // once arrived
	Link    string        `json:"link"`    // the ticket's page, once arrived
	Arrival queue.Arrival `json:"arrival"` // once arrived
}

// Trouble is a page's refusal or fault, in words.
type Trouble struct {
	Status int
	Title  string
	Detail string
}
