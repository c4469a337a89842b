package live

import "strings"

// Kind is an audience.
type Kind string

// The kinds of topics.
const (
	Board      Kind = "board"      // one lobby screen
	Desk       Kind = "desk"       // the staff of an office
	Ticket     Kind = "ticket"     // one person's phone
	Office     Kind = "office"     // anybody: an office's public state
	Supervisor Kind = "supervisor" // an office's overview
)

// Kinds lists every kind once.
var Kinds = []Kind{Board, Desk, Ticket, Office, Supervisor}

// Topic is what can be followed. A ticket's has no office, since tickets move:
// its Name is the ticket's id. A board's Name is the screen's id. The others
// have an Office and no Name.
type Topic struct {
	Kind   Kind
	Office string
	Name   string
}

// ParseTopic reads a topic as it stands in an address: "board:<office>:<screen>",
// "desk:<office>", "office:<office>", "supervisor:<office>", "ticket:<secret>".
// The Name of a ticket's topic is then the secret out of its link, to be
// exchanged for the id by who knows the links; it never comes into the Hub.
func ParseTopic(s string) (t Topic, ok bool) {
	kind, rest, _ := strings.Cut(s, ":")
	t.Kind = Kind(kind)
	switch t.Kind {
	case Board:
		t.Office, t.Name, ok = strings.Cut(rest, ":")
		return t, ok && t.Office != "" && t.Name != "" && !strings.Contains(t.Name, ":")
	case Ticket:
		t.Name = rest
	case Desk, Office, Supervisor:
		t.Office = rest
	default:
		return Topic{}, false
	}
	return t, rest != "" && !strings.Contains(rest, ":")
}

// String writes a topic as ParseTopic reads it.
func (t Topic) String() string {
	switch t.Kind {
	case Board:
		return string(t.Kind) + ":" + t.Office + ":" + t.Name
	case Ticket:
		return string(t.Kind) + ":" + t.Name
	}
	return string(t.Kind) + ":" + t.Office
}
