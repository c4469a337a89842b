package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"
)

// Kind is what a message is about.
type Kind string

// The kinds.
const (
	Booked        Kind = "booked"
	Moved         Kind = "moved"
	Cancelled     Kind = "cancelled"
	Confirm       Kind = "confirm"        // the booking counts only once it is confirmed
	ReminderDay   Kind = "reminder_day"   // the day before
	ReminderHours Kind = "reminder_hours" // some hours before
	Offer         Kind = "offer"          // a time for somebody on the waiting list
	Wished        Kind = "wish"           // one stands on the waiting list
)

// Kinds are all kinds.
var Kinds = []Kind{Booked, Moved, Cancelled, Confirm, ReminderDay, ReminderHours, Offer, Wished}

func (k Kind) reminder() bool { return k == ReminderDay || k == ReminderHours }

// Channel is the way that a message goes.
type Channel string

// The channels.
const (
	SMS   Channel = "sms"
	Email Channel = "email"
)

// Channels are all channels.
var Channels = []Channel{SMS, Email}

// State is how far a row is.
type State string

// The states. Sending is written before the network is touched: a row that is
// found so at a start may or may not have been sent.
const (
	Waiting State = "waiting"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Dropped State = "dropped"
)

// Why a row was not sent, besides what a gateway says ("http_400", "smtp_550").
const (
	CodeGone        = "gone"        // the appointment, offer or wish no longer stands as the row says
	CodeArrived     = "arrived"     // the person is there
	CodeNoContact   = "no_contact"  // erased, or none was left
	CodeNoAddress   = "no_address"  // no number or address for this channel
	CodeNotWanted   = "not_wanted"  // no reminders
	CodeLate        = "late"        // its time was over before it could be tried
	CodeQuiet       = "quiet"       // by night, and in the morning it would be too late
	CodeSuperseded  = "superseded"  // a later message says the same
	CodeOff         = "off"         // the channel is switched off
	CodeDeadline    = "deadline"    // tried until its time was over
	CodeUnknown     = "unknown"     // cut off while it was being sent, and must not go twice
	CodeUnreachable = "unreachable" // no connection
	CodeTimeout     = "timeout"
	CodeText        = "text" // it could not be written
)

// Row is one message to be sent.
type Row struct {
	ID      int64
	Office  string
	Seq     uint64 // of the record that it came of; 0: somebody asked for it
	Whose   string // id of an appointment, hold or wish
	Kind    Kind
	Channel Channel
	Asked   string // the request by which somebody asked for it; empty: a record

	About time.Time // the time of the visit that it speaks of; zero where that is looked up
	Made  time.Time // when what it tells happened
	Until time.Time // not sent after this
	Next  time.Time // not tried before this

	State     State
	Attempts  int
	Error     string
	Reference string // the same at every try: a client reference, and the Message-ID's left part
	Provider  string // the gateway's id of it
	Report    string // "delivered", "failed" or what else the gateway said last
	Segments  int
	Price     float64   // cents
	Changed   time.Time // the last change of state
}

var plainBase32 = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// reference names a row towards a gateway. It betrays nothing and is the same
// however often the record is read; a retry that somebody asks for gets its own.
func (r *Row) reference(retry int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "aufruf message %s %d %s %s %s %s %d", r.Office, r.Seq, r.Whose, r.Kind, r.Channel, r.Asked, retry))
	return strings.ToLower(plainBase32.EncodeToString(sum[:15]))
}

// Cursor says how far an office's journal was read, and from which opening of a
// day it is read on.
type Cursor struct{ Seq, Opening uint64 }

// Batch is what a stretch of an office's journal comes to. Rows that are there
// stay as they are; of Over, rows that wait are dropped.
type Batch struct {
	Office string
	Rows   []Row
	Over   []string // ids of appointments and wishes that are over
	At     time.Time
	Cursor Cursor
}

// Sums is what a time cost.
type Sums struct {
	Channel  Channel
	State    State
	Count    int
	Segments int
	Price    float64 // cents
}

// Store keeps the outbox and the cursors.
type Store interface {
	NotifyCursor(ctx context.Context, office string) (Cursor, error)
	PutOutbox(ctx context.Context, b Batch) error
	// AddOutbox adds a row that somebody asked for, and gives those of the same
	// request, appointment and kind, whichever call added them.
	AddOutbox(ctx context.Context, rows []Row) ([]Row, error)

	// OutboxDue are rows that wait and whose time has come, the oldest first;
	// next is when the first of the others comes due, zero for never.
	OutboxDue(ctx context.Context, c Channel, now time.Time, limit int) (due []Row, next time.Time, err error)
	OutboxIn(ctx context.Context, c Channel, s State) ([]Row, error)
	// ChangeOutbox stores a row's State, Attempts, Next, Error, Reference,
	// Provider, Report, Segments, Price and Changed if it is still in state from;
	// false if not.
	ChangeOutbox(ctx context.Context, r Row, from State) (bool, error)
	// ReportOutbox notes what a gateway said of a message later, unless it
	// already said how it ended; false: nobody sent one of this id.
	ReportOutbox(ctx context.Context, provider, report string) (bool, error)

	// OutboxCancels are appointments whose cancelling has been told or never
	// will be, and whose contact is still to be erased; OutboxErased takes one
	// off that list.
	OutboxCancels(ctx context.Context) ([]Row, error)
	OutboxErased(ctx context.Context, office, whose string) error

	OutboxRow(ctx context.Context, office string, id int64) (Row, bool, error)
	OutboxOf(ctx context.Context, office, whose string) ([]Row, error)
	OutboxNewest(ctx context.Context, office string, before int64, limit int) ([]Row, error)
	OutboxSums(ctx context.Context, office string, from, to time.Time) ([]Sums, error)
	OutboxCounts(ctx context.Context) (map[State]int, error)
	EraseOutbox(ctx context.Context, office string, before time.Time) (int, error)
}
