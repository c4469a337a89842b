package queue

import (
	"time"

	"aufruf/server/calendar"
)

// Event is one decided fact. Its fields hold the decision, not the inputs, so
// that Apply never decides. Wire names are past tense and stable.
type Event interface{ name() string }

// Events of the line.
type (
	// TicketIssued gives a walk-in a number.
	TicketIssued struct {
		Ticket   string `json:"ticket"`
		Number   Number `json:"number"`
		Category string `json:"category"`
		Services []Item `json:"services"`
		Priority int    `json:"priority,omitzero"`
		Language string `json:"language,omitempty"`
		// Promise is the wait that was shown when the number was drawn.
		Promise *Promise `json:"promise,omitempty"`
	}
	// AppointmentAdded books a time.
	AppointmentAdded struct {
		Appointment string    `json:"appointment"`
		For         time.Time `json:"for"`
		Services    []Item    `json:"services"`
		CodeMAC     string    `json:"code_mac,omitempty"`
	}
	// AppointmentArrived gives a booked person a ticket.
	AppointmentArrived struct {
		Appointment string    `json:"appointment"`
		For         time.Time `json:"for"`
		Arrival     Arrival   `json:"arrival"`
		Ticket      string    `json:"ticket"`
		Number      Number    `json:"number"`
		Services    []Item    `json:"services"`
		Language    string    `json:"language,omitempty"`
		Promise     *Promise  `json:"promise,omitempty"` // the wait that was shown at check-in
	}
	// AppointmentMissed closes an appointment nobody came to, at day's close.
	AppointmentMissed struct {
		Appointment string `json:"appointment"`
	}
	// TicketLeft takes a ticket out at the person's wish.
	TicketLeft struct {
		Ticket string `json:"ticket"`
	}
	// PapersMissing says which papers a visitor did not bring, by their ids.
	PapersMissing struct {
		Ticket string   `json:"ticket"`
		Papers []string `json:"papers"`
	}
	// TicketUnserved closes a ticket that the day ended on.
	TicketUnserved struct {
		Ticket string `json:"ticket"`
	}
)

// Events at a desk.
type (
	// DeskOpened, DeskPaused, DeskResumed and DeskClosed change a desk's phase.
	DeskOpened struct {
		Desk string `json:"desk"`
	}
	DeskPaused struct {
		Desk  string    `json:"desk"`
		Until time.Time `json:"until,omitzero"`
	}
	DeskResumed struct {
		Desk string `json:"desk"`
	}
	DeskClosed struct {
		Desk string `json:"desk"`
	}
	// NobodyWaited answers a next that found nobody for this desk.
	NobodyWaited struct {
		Desk string `json:"desk"`
	}
	// TicketCalled calls somebody to a desk for these services.
	TicketCalled struct {
		Ticket string `json:"ticket"`
		Desk   string `json:"desk"`
		Leg    []Item `json:"leg"`
		Reason Reason `json:"reason"`
	}
	// TicketRecalled calls the same person again.
	TicketRecalled struct {
		Ticket string `json:"ticket"`
		Desk   string `json:"desk"`
	}
	// TicketStarted begins the service.
	TicketStarted struct {
		Ticket string `json:"ticket"`
	}
	// TicketFinished ends the visit. StartedAt stands where nobody pressed
	// start: the call counts as the beginning.
	TicketFinished struct {
		Ticket    string    `json:"ticket"`
		StartedAt time.Time `json:"started_at,omitzero"`
	}
	// TicketNotShown says that nobody came to the call.
	TicketNotShown struct {
		Ticket string `json:"ticket"`
	}
	// TicketParked sets a ticket aside.
	TicketParked struct {
		Ticket string `json:"ticket"`
		Reason string `json:"reason"`
	}
	// TicketResumed puts a parked ticket back in line.
	TicketResumed struct {
		Ticket string `json:"ticket"`
	}
	// TicketReturned puts a no-show who turned up after all back in line.
	TicketReturned struct {
		Ticket string `json:"ticket"`
	}
	// TicketRequeued takes a wrong call back.
	TicketRequeued struct {
		Ticket string `json:"ticket"`
	}
	// TicketTransferred lets somebody wait on for other services or another
	// desk. Next is true where a leg was finished and the visit goes on.
	TicketTransferred struct {
		Ticket   string `json:"ticket"`
		Services []Item `json:"services"`
		ToDesk   string `json:"to_desk,omitempty"`
		Next     bool   `json:"next,omitempty"`
	}
	// DeskUndone restores what the desk's last press changed.
	DeskUndone struct {
		Desk string `json:"desk"`
		Of   uint64 `json:"of"`
	}
)

// Events between offices.
type (
	// TicketSent starts a transfer; the ticket is still in this office's care.
	TicketSent struct {
		Ticket  string `json:"ticket"`
		Office  string `json:"office"`
		Service string `json:"service,omitempty"`
	}
	// TicketDispatched says that the hand-over has begun.
	TicketDispatched struct {
		Ticket string `json:"ticket"`
	}
	// TicketReceived takes a ticket into this office's care.
	TicketReceived struct {
		From     string `json:"from"`
		Ticket   Ticket `json:"ticket"`
		Services []Item `json:"services"`
	}
	// TicketHandedOver closes the transfer on the sending side.
	TicketHandedOver struct {
		Ticket string `json:"ticket"`
	}
)

// Events of the house.
type (
	// OfficeOpened opens the office out of hours.
	OfficeOpened struct {
		Until time.Time `json:"until,omitzero"`
	}
	// OfficeClosed closes it before its hours end.
	OfficeClosed struct{}
	// IntakeOpened and IntakeClosed steer the drawing of numbers.
	IntakeOpened struct{}
	IntakeClosed struct{}
	// NoticeSet puts a public text on all screens.
	NoticeSet struct {
		Text string `json:"text"`
	}
	// ServicePlanned gives a service another planned length from a day on; 0
	// minutes take back what was set for that day.
	ServicePlanned struct {
		Service string        `json:"service"`
		Minutes int           `json:"minutes"`
		From    calendar.Date `json:"from"`
	}
	// DayClosed ends a day; the tickets it ended are events before it.
	DayClosed struct {
		Day calendar.Date `json:"day"`
	}
	// DayOpened begins a day with its book: all that lives on. A replay can
	// start here.
	DayOpened struct {
		Day  calendar.Date `json:"day"`
		Book Book          `json:"book"`
	}
)

// Promise is a wait that was shown to a person, in minutes from then until
// called: what will be compared with what came. Low and High are the figures
// that were read; the others are the quantiles they were made from.
type Promise struct {
	Low  int     `json:"low"`
	High int     `json:"high"`
	P10  float64 `json:"p10"`
	P50  float64 `json:"p50"`
	P80  float64 `json:"p80"`
	P90  float64 `json:"p90"`
}

// Book is what lives from one day into the next.
type Book struct {
	Appointments    []*Appointment `json:"appointments,omitempty"`
	NextAppointment int            `json:"next_appointment,omitzero"`
	Notice          string         `json:"notice,omitempty"`
	Opening         *Opening       `json:"opening,omitempty"`
	AnswersFrom     uint64         `json:"answers_from,omitzero"`
	Sent            []*Ticket      `json:"sent,omitempty"`    // on their way to another office over midnight
	Planned         []Planned      `json:"planned,omitempty"` // lengths that were set in the browser
	Holds           []*Hold        `json:"holds,omitempty"`
	Freed           []Freed        `json:"freed,omitempty"`
	Wishes          []*Wish        `json:"wishes,omitempty"`
	NextWish        int            `json:"next_wish,omitzero"`
	Gone            []Gone         `json:"gone,omitempty"`
	Terms           *Terms         `json:"terms,omitempty"`
	TermsAt         time.Time      `json:"terms_at,omitzero"`
	Extra           []Extra        `json:"extra,omitempty"`
	// Learned is what a forecast learned until this day; nothing to the queue.
	Learned []byte `json:"learned,omitempty"`
}

func (TicketIssued) name() string       { return "ticket_issued" }
func (AppointmentAdded) name() string   { return "appointment_added" }
func (AppointmentArrived) name() string { return "appointment_arrived" }
func (AppointmentMissed) name() string  { return "appointment_missed" }
func (TicketLeft) name() string         { return "ticket_left" }
func (TicketUnserved) name() string     { return "ticket_unserved" }
func (DeskOpened) name() string         { return "desk_opened" }
func (DeskPaused) name() string         { return "desk_paused" }
func (DeskResumed) name() string        { return "desk_resumed" }
func (DeskClosed) name() string         { return "desk_closed" }
func (NobodyWaited) name() string       { return "nobody_waited" }
func (TicketCalled) name() string       { return "ticket_called" }
func (TicketRecalled) name() string     { return "ticket_recalled" }
func (TicketStarted) name() string      { return "ticket_started" }
func (TicketFinished) name() string     { return "ticket_finished" }
func (TicketNotShown) name() string     { return "ticket_not_shown" }
func (TicketParked) name() string       { return "ticket_parked" }
func (TicketResumed) name() string      { return "ticket_resumed" }
func (TicketReturned) name() string     { return "ticket_returned" }
func (TicketRequeued) name() string     { return "ticket_requeued" }
func (TicketTransferred) name() string  { return "ticket_transferred" }
func (DeskUndone) name() string         { return "desk_undone" }
func (TicketSent) name() string         { return "ticket_sent" }
func (TicketDispatched) name() string   { return "ticket_dispatched" }
func (TicketReceived) name() string     { return "ticket_received" }
func (TicketHandedOver) name() string   { return "ticket_handed_over" }
func (OfficeOpened) name() string       { return "office_opened" }
func (OfficeClosed) name() string       { return "office_closed" }
func (IntakeOpened) name() string       { return "intake_opened" }
func (IntakeClosed) name() string       { return "intake_closed" }
func (NoticeSet) name() string          { return "notice_set" }
func (ServicePlanned) name() string     { return "service_planned" }
func (DayClosed) name() string          { return "day_closed" }
func (DayOpened) name() string          { return "day_opened" }

func (PapersMissing) name() string        { return "papers_missing" }
func (SlotHeld) name() string             { return "slot_held" }
func (HoldReleased) name() string         { return "hold_released" }
func (HoldLapsed) name() string           { return "hold_lapsed" }
func (AppointmentBooked) name() string    { return "appointment_booked" }
func (AppointmentMoved) name() string     { return "appointment_moved" }
func (AppointmentCancelled) name() string { return "appointment_cancelled" }
func (AppointmentConfirmed) name() string { return "appointment_confirmed" }
func (AppointmentDelayed) name() string   { return "appointment_delayed" }
func (SlotShown) name() string            { return "slot_shown" }
func (BookingSet) name() string           { return "booking_set" }
func (ExtraSet) name() string             { return "extra_set" }
func (WishAdded) name() string            { return "wish_added" }
func (WishEnded) name() string            { return "wish_ended" }
