package display

import "time"

// Privacy is the page that proves what is kept of people, and what is not any
// more.
type Privacy struct {
	Kept   []PrivacyKept
	Erased []PrivacyErased
	Looks  []PrivacyLook
	More   bool      // there were more looks on that day
	Since  time.Time // first day of Erased
	Day    string    // of Looks, 2026-03-29
	Noon   time.Time // of that day, to write it
	KeyID  string
	Term   PrivacyTerm
	Search PrivacySearch
	Done   string // what was done just now, a key's end; empty: nothing
}

// PrivacyTerm is how long things are kept, in days; 0: all.
type PrivacyTerm struct{ Contacts, Journal, Statistics int }

// PrivacyKept says how many contacts of a kind are kept, and when the first and
// the last of them end.
type PrivacyKept struct {
	Kind             string
	Count            int
	Earliest, Latest time.Time
}

// PrivacyErased says how many contacts were erased on a day, and why; Scrubbed
// is when the file held nothing of them any more, zero: not yet.
type PrivacyErased struct {
	Day       time.Time
	Kind, Why string
	Count     int
	Scrubbed  time.Time
}

// PrivacyLook is a line of the audit. Who and ID are opaque.
type PrivacyLook struct {
	At       time.Time
	Who, Act string
	ID       string
}

// PrivacySearch is what was found of a person, for whoever may look.
type PrivacySearch struct {
	Typed  string
	Done   bool
	Found  []PrivacyFound
	Asking bool // whether to erase those that are chosen
	Coming int  // appointments to come among them
}

// PrivacyFound is what is kept of a person under one id.
type PrivacyFound struct {
	ID, Kind string
	Name     string
	Reached  string    // telephone and e-mail
	Address  string    // street and town
	Needs    []string  // keys' ends
	Until    time.Time // kept until
	At       time.Time // of the appointment; zero: none, or gone
	Services string    // of the appointment
	Coming   bool      // the appointment is still to come
}
