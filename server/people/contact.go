package people

import (
	"fmt"
	"log/slog"
	"regexp"
	"time"
)

// Whose names a contact: of an appointment (its hold's id too), a ticket or a
// wish.
type Whose struct{ Office, ID string }

func (w Whose) context() string {
	return fmt.Sprintf("contact %d:%s %s", len(w.Office), w.Office, w.ID)
}

// Kinds of what a contact belongs to.
const (
	OfAppointment = "appointment"
	OfTicket      = "ticket"
	OfWish        = "wish"
)

var (
	wishID   = regexp.MustCompile(`-w\d+$`)
	ticketID = regexp.MustCompile(`-\d{8}-\d+$`)
)

// Kind is what the contact belongs to, as its id shows.
func (w Whose) Kind() string {
	switch {
	case wishID.MatchString(w.ID):
		return OfWish
	case ticketID.MatchString(w.ID):
		return OfTicket
	}
	return OfAppointment
}

// Contact is how a person is called and reached. It never comes into a record,
// a frame, a log line, a metric or an error: printed, it says nothing of itself.
type Contact struct {
	Surname   string    `json:"surname"`
	FirstName string    `json:"first_name,omitempty"`
	Street    string    `json:"street,omitempty"`
	Number    string    `json:"number,omitempty"`
	Postcode  string    `json:"postcode,omitempty"`
	Town      string    `json:"town,omitempty"`
	Phone     string    `json:"phone,omitempty"`  // E.164
	Mobile    bool      `json:"mobile,omitempty"` // an SMS reaches it
	Email     string    `json:"email,omitempty"`
	Language  string    `json:"language,omitempty"`
	Needs     []string  `json:"needs,omitempty"`   // of NeedsKnown, in its order
	Remind    bool      `json:"remind,omitempty"`  // wants reminders
	Consent   string    `json:"consent,omitempty"` // version of the text that was agreed to
	ConsentAt time.Time `json:"consent_at,omitzero"`
	// Yes and No are ids of the conditions that hold, and of those that do not,
	// as the person said when asked which papers are needed.
	Yes []string `json:"yes,omitempty"`
	No  []string `json:"no,omitempty"`
}

// NeedsKnown are the needs that a person may name.
var NeedsKnown = []string{"wheelchair", "sign_language", "quiet_room", "fetch_me"}

const unseen = "(a contact)"

// String, GoString and LogValue keep a person out of logs and errors that
// somebody prints a contact into.
func (Contact) String() string       { return unseen }
func (Contact) GoString() string     { return unseen }
func (Contact) LogValue() slog.Value { return slog.StringValue(unseen) }

// Found is a contact that was searched for.
type Found struct {
	Whose
	Contact
}

// String, GoString and LogValue are those of the contact.
func (f Found) String() string       { return unseen }
func (f Found) GoString() string     { return unseen }
func (f Found) LogValue() slog.Value { return slog.StringValue(unseen) }

// KeptKind says how many contacts of a kind are kept and when the first and the
// last of them end.
type KeptKind struct {
	Kind             string
	Count            int
	Earliest, Latest time.Time
}

// ErasedDay says how many contacts of a kind were erased on a day for a reason,
// and when the file was last scrubbed of them; zero: not yet.
type ErasedDay struct {
	Day, Kind, Why string
	Count          int
	Scrubbed       time.Time
}

// Why a contact is erased.
const (
	ErasedTerm      = "term"      // its time was up
	ErasedCancelled = "cancelled" // its appointment was
	ErasedWithdrawn = "withdrawn" // its wish was
	ErasedRequest   = "request"   // the person asked for it
)
