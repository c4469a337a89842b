package feed

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"aufruf/server/queue"
)

// Bounds of a calendar.
const (
	sizeMost   = 2 << 20
	eventsMost = 5000
	deepest    = 6 // components in one another
	lineMost   = 64 << 10
)

// Event is one event of a calendar as far as it matters here.
type Event struct {
	UID       string // a keyed hash
	At        time.Time
	Services  []queue.Item
	Code      string // what the person types, if the calendar has it
	Cancelled bool
	code      string // its keyed hash, to be remembered
	rank      string // of two with one UID the higher counts
}

// Calendar is what was understood of one.
type Calendar struct {
	Events []Event
	// Seen are the UIDs of all events, also of those that were not taken over:
	// these have not vanished.
	Seen  map[string]bool
	Notes Notes
}

// Notes count why events were not taken over, by the codes below.
type Notes map[string]int

// Why an event is not taken over.
const (
	NoteRecurring = "recurring" // it repeats by a rule
	NoteAllDay    = "all_day"   // it has no time of day
	NoteIdentity  = "identity"  // it has no UID
	NoteTime      = "time"      // its time cannot be read, or there is no such day
	NoteZone      = "zone"      // its time zone is not known
	NoteService   = "service"   // none of its words is in the map, and there is no default
	NoteCode      = "code"      // another event of that day has its code
	NoteRefused   = "refused"   // the office did not take it
	NoteVanished  = "vanished"  // too many are gone at once to be believed at first
	NoteTooFar    = "too_far"   // more than a year ahead
)

// NoteCodes lists every code once, for the catalogue's test.
var NoteCodes = []string{NoteRecurring, NoteAllDay, NoteIdentity, NoteTime, NoteZone, NoteService, NoteCode, NoteRefused, NoteVanished, NoteTooFar}

// kept are the properties of an event that are read at all.
var kept = []string{"UID", "DTSTART", "STATUS", "SUMMARY", "CATEGORIES", "RRULE", "RDATE", "RECURRENCE-ID", "SEQUENCE", "LAST-MODIFIED", "DTSTAMP"}

// read understands a calendar, or says why it cannot: then nothing of it
// counts.
func (s *Source) read(raw []byte, zone *time.Location) (*Calendar, error) {
	clean, err := s.skim(raw)
	if err != nil {
		return nil, err
	}
	parsed, err := parse(clean)
	if err != nil {
		return nil, err
	}
	c := &Calendar{Seen: map[string]bool{}, Notes: Notes{}}
	at := map[string]int{}
	for _, v := range parsed.Events() {
		e, note := s.event(v, zone)
		if e.UID != "" {
			c.Seen[e.UID] = true
		}
		if note != "" {
			c.Notes[note]++
			continue
		}
		i, twice := at[e.UID]
		switch {
		case !twice:
			at[e.UID] = len(c.Events)
			c.Events = append(c.Events, e)
		case e.rank >= c.Events[i].rank:
			c.Events[i] = e
		}
	}
	return c, nil
}

// parse hands a skimmed calendar to the library. That one is not written for
// hostile input; whatever it stumbles over is a broken calendar.
func parse(clean []byte) (cal *ics.Calendar, err error) {
	defer func() {
		if r := recover(); r != nil {
			cal, err = nil, &Fault{Code: FaultBroken}
		}
	}()
	cal, err = ics.ParseCalendar(bytes.NewReader(clean))
	if err != nil {
		return nil, &Fault{Code: FaultBroken} // its text may hold the event's
	}
	return cal, nil
}

// skim checks a calendar's form and keeps the lines that matter, unfolded.
// What is about people is not among them.
func (s *Source) skim(raw []byte) ([]byte, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		return nil, &Fault{Code: FaultBroken}
	}
	var out bytes.Buffer
	var within []string // components that are open
	events, line := 0, 0
	broken := func() error { return &Fault{Code: FaultBroken, Params: map[string]any{"Line": line}} }
	for text := range unfolded(raw, &line) {
		if text == nil || len(text) > sizeMost {
			return nil, broken()
		}
		if len(text) == 0 {
			continue
		}
		name := strings.ToUpper(string(text[:cut(text)]))
		if name == "" || bytes.IndexByte(text, ':') < 0 {
			return nil, broken()
		}
		value := strings.ToUpper(strings.TrimSpace(string(text[bytes.IndexByte(text, ':')+1:])))
		switch {
		case name == "BEGIN":
			if len(within) == 0 && (value != "VCALENDAR" || out.Len() > 0) || len(within) == deepest {
				return nil, broken()
			}
			within = append(within, value)
			if value == "VEVENT" {
				events++
			}
		case name == "END":
			if len(within) == 0 || within[len(within)-1] != value {
				return nil, broken()
			}
		case len(within) == 0:
			return nil, broken()
		}
		if events > eventsMost {
			return nil, &Fault{Code: FaultMany, Params: map[string]any{"Max": eventsMost}}
		}
		if s.wanted(within, name) {
			if name == "BEGIN" || name == "END" {
				text = []byte(name + ":" + value)
			}
			out.WriteString(name) // the library knows capitals alone
			out.Write(text[len(name):])
			out.WriteString("\r\n")
		}
		if name == "END" {
			within = within[:len(within)-1]
		}
	}
	if len(within) > 0 || out.Len() == 0 {
		return nil, broken()
	}
	return out.Bytes(), nil
}

// wanted tells whether a line is kept: the calendar's frame, and of its events
// the properties that are read.
func (s *Source) wanted(within []string, name string) bool {
	frame := name == "BEGIN" || name == "END"
	switch {
	case len(within) == 1:
		return frame
	case len(within) == 2 && within[1] == "VEVENT":
		return frame || slices.Contains(kept, name) || s.CodeFrom != "" && name == strings.ToUpper(s.CodeFrom)
	}
	return false
}

// cut is where a line's name ends.
func cut(line []byte) int {
	if i := bytes.IndexAny(line, ":;"); i >= 0 {
		return i
	}
	return 0
}

// unfolded yields the lines of a calendar put together again, nil for one that
// no calendar has. line counts as an editor does.
func unfolded(raw []byte, line *int) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		var whole []byte
		begun := false
		for len(raw) > 0 {
			*line++
			var one []byte
			one, raw, _ = bytes.Cut(raw, []byte("\n"))
			one = bytes.TrimSuffix(one, []byte("\r"))
			if len(one) > lineMost || bytes.ContainsFunc(one, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				yield(nil)
				return
			}
			if begun && len(one) > 0 && (one[0] == ' ' || one[0] == '\t') {
				whole = append(whole, one[1:]...)
				continue
			}
			if begun && !yield(whole) {
				return
			}
			whole, begun = slices.Clone(one), true
		}
		if begun {
			yield(whole)
		}
	}
}

// event reads one event; note says why it is not taken over.
func (s *Source) event(v *ics.VEvent, zone *time.Location) (e Event, note string) {
	text := func(name ics.ComponentProperty) string {
		if p := v.GetProperty(name); p != nil {
			return strings.TrimSpace(p.Value)
		}
		return ""
	}
	uid := text(ics.ComponentPropertyUniqueId)
	if uid == "" || len(uid) > 1000 {
		return e, NoteIdentity
	}
	e.UID = s.hash(uid, text("RECURRENCE-ID"))
	if v.HasProperty(ics.ComponentPropertyRrule) || v.HasProperty("RDATE") {
		return e, NoteRecurring
	}
	sequence := text(ics.ComponentPropertySequence)
	e.rank = fmt.Sprintf("%09s %s", sequence[:min(len(sequence), 9)], max(text(ics.ComponentPropertyLastModified), text(ics.ComponentPropertyDtstamp)))
	e.Cancelled = strings.EqualFold(text(ics.ComponentPropertyStatus), string(ics.ObjectStatusCancelled))
	start := v.GetProperty(ics.ComponentPropertyDtStart)
	if start == nil {
		return e, NoteTime
	}
	if e.At, note = readStart(start.Value, start.ICalParameters, zone); note != "" {
		return e, note
	}
	if e.Cancelled {
		return e, ""
	}
	words := []string{text(ics.ComponentPropertySummary)}
	for _, p := range v.GetProperties(ics.ComponentPropertyCategories) {
		words = append(words, p.Value)
	}
	if e.Services = s.services(strings.Join(words, "\n")); len(e.Services) == 0 {
		return e, NoteService
	}
	if s.CodeFrom != "" {
		if e.Code = text(ics.ComponentProperty(strings.ToUpper(s.CodeFrom))); len(e.Code) > 64 {
			e.Code = ""
		}
		if e.Code != "" {
			e.code = s.hash("code", e.Code)
		}
	}
	return e, ""
}
