package display

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// onPhones is all that a phone is told, key by key. What is estimated stands in
// "wait" alone, with a state that says what can be told of it and with both ends
// of the range; all other spans of time have passed. Whoever adds an estimate
// adds here what labels it as one.
var onPhones = []string{
	"ahead", "ahead.booked", "ahead.later", "ahead.number.letter", "ahead.number.n", "ahead.number.text",
	"ahead.reason.appointment_at", "ahead.reason.code", "ahead.reason.priority_minutes", "ahead.reason.since", "ahead_count.booked",
	"ahead_count.walk_in", "appointment_at", "arrival", "booked", "call", "called_at", "calls", "desk", "desk.desk",
	"desk.direction", "desk.names.*", "hours.intake", "hours.open", "hours.opens", "hours.shut", "hours.until", "name.*", "notice",
	"number.letter", "number.n", "number.text", "office", "place", "sent_to", "sent_to.de", "services.quantity", "services.service",
	"since", "state", "wait", "wait.from", "wait.likely", "wait.state", "wait.to",
}

func TestPhonesAreToldEstimatesAsSuchAlone(t *testing.T) {
	seen := map[string]bool{}
	for name, view := range golden(t) {
		if !strings.HasPrefix(name, "phone.") {
			continue
		}
		raw, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			t.Fatal(err)
		}
		keysOf(value, "", seen)
	}
	for key := range seen {
		if !slices.Contains(onPhones, key) {
			t.Errorf("phones are told %q", key)
		}
	}
	for _, key := range onPhones {
		if !seen[key] {
			t.Errorf("%q is on no phone", key)
		}
	}
}
