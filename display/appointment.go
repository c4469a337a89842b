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

	Gone      string     `json:"gone"`       // how it went, one of queue's words; "" while it stands
	Delay     int        `json:"delay"`      // minutes of delay that can be announced now; 0: none
	Due       *time.Time `json:"due"`        // when the person is expected after a delay was announced, else null
	Confirmed bool       `json:"confirmed"`  // the person said they will come
	ConfirmBy *time.Time `json:"confirm_by"` // it lapses unless confirmed by then
	Movable   bool       `json:"movable"`    // can be moved and cancelled
	Bookable  bool       `json:"bookable"`   // citizens move it by themselves
}

// AppointmentPage is the appointment's page: the appointment, and what has just
// been done.
type AppointmentPage struct {
	Appointment
	New    bool // booked just now
	Moved  bool
	Mobile bool // a confirmation goes to a mobile phone
	Kept   bool // something is stored of the person
	// Reminded says that reminders will come, which can be ended here.
	Reminded bool
	// ConfirmCode is the code that the message's link brought, for the form.
	ConfirmCode string
}

// Trouble is a page's refusal or fault, in words.
type Trouble struct {
	Status int
	Title  string
	Detail string
}

// delayFrom is how long before the appointment a delay can be announced.
const delayFrom = 2 * time.Hour

// ShowAppointment makes an appointment's view; ok is false when it is not
// there, nor was lately. Code and Link are for who knows the secrets to fill in.
func ShowAppointment(r *queue.Rules, s *queue.State, w Waits, id string, now time.Time) (v Appointment, ticket string, ok bool) {
	a := s.Appointment(id)
	if a == nil {
		g := s.GoneAppointment(id)
		if g == nil {
			return Appointment{}, "", false
		}
		return Appointment{Office: r.Office, Name: r.Names, At: g.For, Gone: g.How}, "", true
	}
	v = Appointment{Office: r.Office, Name: r.Names, At: a.At, Services: a.Services,
		Today: calendar.DateOf(a.At, r.Hours.Zone) == s.Day, Confirmed: a.Confirmed, ConfirmBy: instant(a.ConfirmBy), Movable: a.Ticket == ""}
	if v.Movable {
		v.Bookable = r.CanBook(s, queue.Ask{Services: a.Services, Channel: queue.ChannelOnline}) == nil
		if a.Late > 0 {
			v.Due = instant(a.DueAt())
		} else if v.Today && !now.After(a.At.Add(r.Grace)) && !now.Before(a.At.Add(-delayFrom)) {
			v.Delay = int(r.Booking.Delay / time.Minute)
		}
	}
	if t := s.Ticket(a.Ticket); t != nil {
		n := number(t.Number)
		v.Number, v.Arrival = &n, t.Arrival
	} else if v.Today {
		v.Wait = ExpectedWait(w, id)
	}
	return v, a.Ticket, true
}
