package queue

import (
	"time"

	"aufruf/server/calendar"
)

// Command is something a person or the clock wants done. Its kind names it in
// the record and in metrics.
type Command interface{ Kind() string }

// Commands of the line.
type (
	// IssueTicket draws a number for a walk-in. Priority is in minutes of
	// earlier arrival, 0 for everybody but those whom reception helps.
	IssueTicket struct {
		Services []Item
		Priority int
		Language string
		Promise  *Promise // the wait that is shown with the number; nil: none
	}
	// AddAppointment enters a booked time. CodeMAC is the keyed hash of a code
	// that came from outside; empty for one derived from the id.
	AddAppointment struct {
		At       time.Time
		Services []Item
		CodeMAC  string
	}
	// CheckIn turns an appointment into a ticket.
	CheckIn struct {
		Appointment string
		Language    string
		Promise     *Promise
	}
	// Leave takes a ticket out of the line at the person's own wish.
	Leave struct{ Ticket string }
	// MarkPapers says which of the papers of a visit were missing, by their ids;
	// none takes it back.
	MarkPapers struct {
		Ticket string
		Papers []string
	}
)

// Commands of a desk. Desk is the desk's id; the person behind it is By of the
// request.
type (
	// OpenDesk takes a desk.
	OpenDesk struct{ Desk string }
	// PauseDesk ends what is being served and stops calling; Until is when the
	// clerk expects to be back, or zero.
	PauseDesk struct {
		Desk  string
		Until time.Time
	}
	// ResumeDesk goes on after a pause.
	ResumeDesk struct{ Desk string }
	// CloseDesk ends what is being served and gives the desk back. Any says
	// that the caller may close a desk that somebody else has; who was called
	// there then goes back into the line.
	CloseDesk struct {
		Desk string
		Any  bool
	}
	// CallNext ends what runs and calls whom the rule names.
	CallNext struct{ Desk string }
	// Recall calls the same person again.
	Recall struct{ Desk string }
	// Start says that the called person has come.
	Start struct{ Desk string }
	// Finish ends the case.
	Finish struct{ Desk string }
	// MarkNoShow says that the called person has not come.
	MarkNoShow struct{ Desk string }
	// Park sets a ticket aside for a configured reason. Ticket may name a
	// waiting one; empty is the one at the desk.
	Park struct{ Desk, Reason, Ticket string }
	// Unpark puts a parked ticket, or a no-show who turned up, back in line.
	Unpark struct{ Desk, Ticket string }
	// Transfer passes the desk's ticket on: to exactly one of a service, a desk
	// or another office; with an office, Service may name one of its services.
	Transfer struct{ Desk, Service, ToDesk, Office string }
	// Requeue takes a wrong call back: the person waits on, place kept.
	Requeue struct{ Desk string }
	// Take ends what runs and calls one particular person.
	Take struct{ Desk, Ticket string }
	// UndoLast restores what the desk's last press changed.
	UndoLast struct{ Desk string }
)

// Commands of the house.
type (
	// OpenOffice opens the office now until an instant, zero for without end,
	// whatever the opening hours say, and opens the intake.
	OpenOffice struct{ Until time.Time }
	// CloseOffice closes it until it is opened again or the next day begins.
	CloseOffice struct{}
	// SetIntake closes or opens the drawing of walk-in numbers.
	SetIntake struct{ Open bool }
	// SetNotice puts a public text on all screens; empty takes it away.
	SetNotice struct{ Text string }
	// SetPlanned gives a service another planned length from a day on; 0 minutes
	// take back what was set for that day.
	SetPlanned struct {
		Service string
		Minutes int
		From    calendar.Date
	}
	// Tick decides what fell due: the change of day. AnswersFrom is the first
	// record whose answer may still be asked for, Learned what a forecast has
	// learned so far; both go into the book of a day that opens.
	Tick struct {
		AnswersFrom uint64
		Learned     []byte
		// Hide is how long a time that lapses now is shown to nobody; chosen at
		// random, at most hideMost.
		Hide time.Duration
	}
)

// Commands between offices, given by the transfer worker alone.
type (
	// Dispatch says that a sent ticket is now being handed over and can no
	// longer be taken back.
	Dispatch struct{ Ticket string }
	// Receive takes a ticket over from another office.
	Receive struct {
		From   string
		Ticket Ticket
	}
	// HandOver closes the hand-over on the sending side.
	HandOver struct{ Ticket string }
)

// The kinds of the commands; stable, since records and metrics carry them.

func (IssueTicket) Kind() string    { return "issue_ticket" }
func (AddAppointment) Kind() string { return "add_appointment" }
func (CheckIn) Kind() string        { return "check_in" }
func (Leave) Kind() string          { return "leave" }
func (OpenDesk) Kind() string       { return "open_desk" }
func (PauseDesk) Kind() string      { return "pause_desk" }
func (ResumeDesk) Kind() string     { return "resume_desk" }
func (CloseDesk) Kind() string      { return "close_desk" }
func (CallNext) Kind() string       { return "call_next" }
func (Recall) Kind() string         { return "recall" }
func (Start) Kind() string          { return "start" }
func (Finish) Kind() string         { return "finish" }
func (MarkNoShow) Kind() string     { return "no_show" }
func (Park) Kind() string           { return "park" }
func (Unpark) Kind() string         { return "unpark" }
func (Transfer) Kind() string       { return "transfer" }
func (Requeue) Kind() string        { return "requeue" }
func (Take) Kind() string           { return "take" }
func (UndoLast) Kind() string       { return "undo" }
func (OpenOffice) Kind() string     { return "open_office" }
func (CloseOffice) Kind() string    { return "close_office" }
func (SetIntake) Kind() string      { return "set_intake" }
func (SetNotice) Kind() string      { return "set_notice" }
func (SetPlanned) Kind() string     { return "set_planned" }
func (Tick) Kind() string           { return "tick" }
func (Dispatch) Kind() string       { return "dispatch" }
func (Receive) Kind() string        { return "receive" }
func (HandOver) Kind() string       { return "hand_over" }

func (MarkPapers) Kind() string         { return "mark_papers" }
func (HoldSlot) Kind() string           { return "hold_slot" }
func (ReleaseHold) Kind() string        { return "release_hold" }
func (BookHold) Kind() string           { return "book" }
func (MoveAppointment) Kind() string    { return "move_appointment" }
func (CancelAppointment) Kind() string  { return "cancel_appointment" }
func (ConfirmAppointment) Kind() string { return "confirm_appointment" }
func (DelayAppointment) Kind() string   { return "delay_appointment" }
func (AddWish) Kind() string            { return "add_wish" }
func (WithdrawWish) Kind() string       { return "withdraw_wish" }
func (SetBooking) Kind() string         { return "set_booking" }
func (SetExtra) Kind() string           { return "set_extra" }
