package display

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Appointment is what the person who holds an appointment's link sees: when,
// and once arrived the number and where to follow it.
type Appointment struct {
	Office   string        `json:"office"`
	Name     Names         `json:"name"`
	At       time.Time     `json:"at"`
	Today    bool          `json:"today"` // the office's day is the appointment's: checking in is possible
	Services []queue.Item  `json:"services"`
	Code     string        `json:"code"`    // to be typed at the kiosk; empty where the person brought an own one
	Number   *Number       `json:"number"`  // once arrived
	Arrival  queue.Arrival `json:"arrival"` // once arrived
	Link     string        `json:"link"`    // once arrived: the phone page
	Wait     *Wait         `json:"wait"`    // before that, today: when the call is likely; null: nothing is known
}

// Trouble is a page's refusal or fault, in words.
type Trouble struct {
	Status int
	Title  string
	Detail string
}

// ShowAppointment makes an appointment's view; ok is false when it is not
// there. Code and Link are for who knows the secrets to fill in.
func ShowAppointment(r *queue.Rules, s *queue.State, w Waits, id string) (v Appointment, ticket string, ok bool) {
	a := s.Appointment(id)
	if a == nil {
		return Appointment{}, "", false
	}
	v = Appointment{Office: r.Office, Name: r.Names, At: a.At, Services: a.Services,
		Today: calendar.DateOf(a.At, r.Hours.Zone) == s.Day}
	if t := s.Ticket(a.Ticket); t != nil {
		n := number(t.Number)
		v.Number, v.Arrival = &n, t.Arrival
	} else if v.Today {
		v.Wait = ExpectedWait(w, id)
	}
	return v, a.Ticket, true
}
