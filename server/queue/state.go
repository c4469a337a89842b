package queue

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aufruf/server/calendar"
)

// State is all that is known of one office's line at one record. Its fields
// are for reading; only Apply writes them, and only on a clone that nobody
// else holds. The pointers in it lead to values that are replaced, never
// written to, so a clone is a few small copies.
type State struct {
	Office  string        `json:"office"`
	Day     calendar.Date `json:"day"`
	DayOver bool          `json:"day_over,omitempty"` // closed, and the next day not opened yet
	Seq     uint64        `json:"seq"`                // newest record in here
	At      time.Time     `json:"at"`                 // its time; time never runs backwards

	Tickets []*Ticket `json:"tickets"` // all of the day, in order of arrival in this office
	Open    []int32   `json:"open"`    // positions in Tickets of those that are not final

	Appointments    []*Appointment `json:"appointments"` // of today and later, in the order of their ids
	NextAppointment int            `json:"next_appointment"`
	agenda          agenda

	Desks map[string]*Desk `json:"desks"` // only desks that were ever opened today

	Series map[string]int `json:"series"` // letter → last number drawn today
	Drawn  map[string]int `json:"drawn"`  // category → walk-in numbers drawn today
	counts bool           // no clone shares these two

	Calls []Call `json:"calls"` // newest first, at most callsKept; never written to, so that clones share it
	wall  *wall  // where Calls lies

	Notice       string   `json:"notice,omitempty"`        // public text on all screens
	Opening      *Opening `json:"opening,omitempty"`       // an extraordinary opening
	Shut         bool     `json:"shut,omitempty"`          // closed by a supervisor until the next opening
	IntakeClosed bool     `json:"intake_closed,omitempty"` // no walk-in numbers until opened again

	// Planned are lengths of services that were set in the browser: of each the
	// one that counts and those of days to come, by service and day.
	Planned []Planned `json:"planned,omitempty"`

	Holds    []*Hold   `json:"holds,omitempty"`  // times kept for who is typing, or offered
	Freed    []Freed   `json:"freed,omitempty"`  // given back and not shown yet, in that order
	Wishes   []*Wish   `json:"wishes,omitempty"` // the waiting list, longest waiting first
	NextWish int       `json:"next_wish,omitzero"`
	Gone     []Gone    `json:"gone,omitempty"`  // appointments that were cancelled lately
	Terms    *Terms    `json:"terms,omitempty"` // of booking, set in the browser; nil: as configured
	TermsAt  time.Time `json:"terms_at,omitzero"`
	Extra    []Extra   `json:"extra,omitempty"` // where more is sold than the desks can take

	// AnswersFrom is the first record whose answer may still be asked for when
	// this day was opened: a command repeated over midnight is still known.
	AnswersFrom uint64 `json:"answers_from,omitzero"`
	// Learned is what a forecast had learned when this day was opened.
	Learned []byte `json:"learned,omitempty"`
}

// callsKept is how many calls the state remembers for the boards. A board
// shows six of its own desks; with several boards in an office, more.
const callsKept = 40

// Opening is an extraordinary opening from one instant to another; a zero
// Until means without end.
type Opening struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Ticket is one person's place today.
type Ticket struct {
	ID            string      `json:"id"` // grants nothing; unique in the town for ever
	Number        Number      `json:"number"`
	State         TicketState `json:"state"`
	Services      []Item      `json:"services"` // of the whole visit, in the order asked for
	Remaining     []Item      `json:"remaining"`
	Booked        bool        `json:"booked,omitempty"`
	Appointment   string      `json:"appointment,omitempty"`
	AppointmentAt time.Time   `json:"appointment_at,omitzero"`
	Arrival       Arrival     `json:"arrival,omitempty"`
	Priority      int         `json:"priority,omitzero"` // minutes of earlier arrival
	Language      string      `json:"language,omitempty"`
	Promise       *Promise    `json:"promise,omitempty"` // the wait that was shown at issue or check-in

	Since       time.Time `json:"since"` // issue or check-in; kept through every transfer
	IssuedAt    time.Time `json:"issued_at"`
	CheckedInAt time.Time `json:"checked_in_at,omitzero"`
	CalledAt    time.Time `json:"called_at,omitzero"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	FinishedAt  time.Time `json:"finished_at,omitzero"`

	Desk   string `json:"desk,omitempty"`  // where called, served, or last seen
	To     string `json:"to,omitempty"`    // the desk this person was sent to
	Leg    []Item `json:"leg,omitempty"`   // what the desk does now
	Calls  int    `json:"calls,omitzero"`  // calls of this leg
	Reason Reason `json:"reason,omitzero"` // why called

	ParkReason string `json:"park_reason,omitempty"`

	Missing []string `json:"missing,omitempty"` // ids of papers that were not brought

	SentTo       string    `json:"sent_to,omitempty"` // office it was sent to
	SentAt       time.Time `json:"sent_at,omitzero"`
	SentService  string    `json:"sent_service,omitempty"` // the service it goes there for; empty: that office's choice
	Hop          uint64    `json:"hop,omitzero"`           // record that sent it
	Dispatched   bool      `json:"dispatched,omitempty"`   // may no longer be taken back
	ReceivedFrom string    `json:"received_from,omitempty"`

	Seq uint64 `json:"seq"` // record that last touched it
}

// BookedInTime reports whether the ticket has the rights of its appointment:
// a booked person who came no later than the grace.
func (t *Ticket) BookedInTime() bool { return t.Booked && t.Arrival != ArrivalLate }

// Appointment is a booked time. It becomes a ticket at check-in.
type Appointment struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Services []Item    `json:"services"`
	CodeMAC  string    `json:"code_mac,omitempty"` // keyed hash of a code from outside; empty: derived from the id
	Ticket   string    `json:"ticket,omitempty"`   // set once arrived
	BookedAt time.Time `json:"booked_at"`

	Minutes   int       `json:"minutes,omitzero"`    // planned length; 0: what the services take
	Channel   string    `json:"channel,omitempty"`   // how it came about; empty: entered or imported
	ConfirmBy time.Time `json:"confirm_by,omitzero"` // it lapses if not confirmed by then
	Confirmed bool      `json:"confirmed,omitempty"` // the person said they will come
	Late      int       `json:"late,omitzero"`       // minutes later that were announced
	Moves     int       `json:"moves,omitzero"`      // how often it got another time

	// CodeDay is the day for which a code from outside was given, once the
	// appointment is on another: such a code is unique for its day alone.
	CodeDay calendar.Date `json:"code_day,omitzero"`
}

// Desk is a desk as it stands.
type Desk struct {
	ID     string    `json:"id"`
	Phase  DeskPhase `json:"phase"`
	By     string    `json:"by,omitempty"` // opaque id of who has it
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // expected return from a pause
	Ticket string    `json:"ticket,omitempty"`
	Undo   *Undo     `json:"undo,omitempty"`
}

// Undo is what a desk's last press changed, kept to put it back.
type Undo struct {
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	Command string    `json:"command"`
	Tickets []*Ticket `json:"tickets"`        // as they were
	Desk    *Desk     `json:"desk"`           // as it was, without an undo of its own
	Call    *Call     `json:"call,omitempty"` // what a requeue took off the boards
}

// Call is a fact for the boards: this number, to this desk, at this time.
type Call struct {
	ID     uint64    `json:"id"` // the record that called or recalled; a recall is a new id
	At     time.Time `json:"at"`
	Ticket string    `json:"ticket"`
	Number Number    `json:"number"`
	Desk   string    `json:"desk"`
	Booked bool      `json:"booked,omitempty"`
	Recall bool      `json:"recall,omitempty"`
}

// New returns the state of an office of which nothing is known yet.
func New(office string) *State {
	return &State{Office: office, Desks: map[string]*Desk{}, Series: map[string]int{}, Drawn: map[string]int{}}
}

// Clone returns a state that can be applied to without touching s. What the two
// share is copied when the clone is changed, so s is not to be applied to any
// more as long as the clone is in use.
func (s *State) Clone() *State {
	c := *s
	c.Tickets = slices.Clone(s.Tickets)
	c.Open = slices.Clone(s.Open)
	c.Appointments = slices.Clip(s.Appointments)
	c.agenda.mine = false
	c.Desks = maps.Clone(s.Desks)
	c.counts = false
	c.Planned = slices.Clone(s.Planned)
	c.Holds, c.Freed, c.Wishes, c.Gone = slices.Clone(s.Holds), slices.Clone(s.Freed), slices.Clone(s.Wishes), slices.Clone(s.Gone)
	return &c
}

// Encode returns the state as canonical bytes: equal states have equal bytes
// on every machine. It serves comparison and people, not storage.
func (s *State) Encode() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // cannot happen: every field marshals
	}
	return b
}

// Ticket returns the ticket with this id, or nil.
func (s *State) Ticket(id string) *Ticket {
	if i := s.position(id); i >= 0 {
		return s.Tickets[i]
	}
	return nil
}

// position finds a ticket. An own ticket's id ends in its position; only one
// received from another office has to be searched for.
func (s *State) position(id string) int {
	if id == "" { // a free desk has no ticket, and is asked for it at every press
		return -1
	}
	if cut := strings.LastIndexByte(id, '-'); cut >= 0 {
		if n, err := strconv.Atoi(id[cut+1:]); err == nil && n >= 0 && n < len(s.Tickets) && s.Tickets[n].ID == id {
			return n
		}
	}
	return slices.IndexFunc(s.Tickets, func(t *Ticket) bool { return t.ID == id })
}

// Appointment returns the appointment with this id, or nil.
func (s *State) Appointment(id string) *Appointment {
	if i := s.appointment(id); i >= 0 {
		return s.Appointments[i]
	}
	return nil
}

// Desk returns the desk as it stands; one never opened today is closed.
func (s *State) Desk(id string) *Desk {
	if d := s.Desks[id]; d != nil {
		return d
	}
	return &Desk{ID: id, Phase: PhaseClosed}
}

// Active yields the tickets that are not final, in order of arrival.
func (s *State) Active(yield func(*Ticket) bool) {
	for _, i := range s.Open {
		if !yield(s.Tickets[i]) {
			return
		}
	}
}

// newTicketID names the next own ticket; it ends in its position.
func (s *State) newTicketID() string {
	return s.Office + "-" + strings.ReplaceAll(s.Day.String(), "-", "") + "-" + pad4(len(s.Tickets))
}

func pad4(n int) string {
	d := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 4-len(d))) + d
}

// HandedOver reports whether the ticket has gone to another office's care.
func (t *Ticket) HandedOver() bool { return t.State == Done && t.Dispatched }
