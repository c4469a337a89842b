package queue

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// stored is one record of a journal as an earlier program wrote it.
type stored struct {
	Meta Meta            `json:"meta"`
	Body json.RawMessage `json:"body,omitempty"`
	Raw  []byte          `json:"raw,omitempty"` // a body that is not JSON alone
}

// Records that were written once lead to the same state, byte for byte, in
// every later version: what stands in testdata/records is read and never
// written anew, for journals in town halls are not either. A day that is new
// here is added with -update.
func TestOldRecordsLeadToTheSameState(t *testing.T) {
	for _, day := range []string{"booked_and_walk_in", "closing", "planned", "several_services", "the_whole_desk", "transfer", "undo",
		"confirmed", "delay", "five_offers", "moving", "overbooking", "terms", "waiting_list"} {
		file := filepath.Join("testdata", "records", day+".jsonl")
		raw, err := os.ReadFile(file)
		if os.IsNotExist(err) && *update {
			raw = writeRecords(t, day)
			if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
				err = os.WriteFile(file, raw, 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		want := lines[len(lines)-1]
		s := New("hall")
		for _, line := range lines[:len(lines)-1] {
			var r stored
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatalf("%s: %v", day, err)
			}
			body, err := DecodeBody(append(r.Body, r.Raw...))
			if err != nil {
				t.Fatalf("%s: %v", day, err)
			}
			s.Apply(r.Meta, body)
		}
		if got := string(s.Encode()); got != want || len(lines) < 10 {
			t.Errorf("%s\n have %s\n want %s", day, got, want)
		}
	}
}

// writeRecords plays a scripted day and writes its records and the last state.
func writeRecords(t *testing.T, day string) []byte {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "days", day+".day"))
	if err != nil {
		t.Fatal(err)
	}
	_, w := playDay(t, string(script))
	var out []byte
	for i, body := range w.bodies {
		r := stored{Meta: w.metas[i], Body: body}
		if !json.Valid(body) {
			r.Body, r.Raw = nil, body
		}
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	return append(append(out, w.state.Encode()...), '\n')
}

// After 999 numbers have four digits; none comes twice, whoever draws it.
func TestNumbersGoOnAfter999(t *testing.T) {
	w := newWorld(time.Date(2026, time.November, 24, 8, 0, 0, 0, berlin))
	must := func(c Command) []Event {
		t.Helper()
		events, err := w.do(c, "reception")
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
	must(OpenOffice{})
	item := []Item{{Service: "card", Quantity: 1}}
	must(IssueTicket{Services: item})
	w.state.Series["A"] = 997
	seen := map[string]bool{}
	for _, want := range []string{"A998", "A999", "A1000", "A1001"} {
		var got Number
		if want == "A1000" { // booked people draw from the same series
			booked := must(AddAppointment{At: w.now, Services: item})[0].(AppointmentAdded).Appointment
			got = must(CheckIn{Appointment: booked})[0].(AppointmentArrived).Number
		} else {
			got = must(IssueTicket{Services: item})[0].(TicketIssued).Number
		}
		if got.String() != want || seen[got.String()] {
			t.Errorf("drawn %s, want %s", got, want)
		}
		seen[got.String()] = true
	}
}

// Nobody has waited less than nothing, wherever the clock was set.
func TestWaitsAreNeverNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, now := drawLine(t)
		for _, tk := range w.state.Tickets {
			if !tk.Booked {
				tk.Priority = rapid.IntRange(0, 60).Draw(t, "priority")
			}
		}
		now = now.Add(-time.Duration(rapid.IntRange(0, 120).Draw(t, "back")) * time.Minute)
		for _, p := range Line(w.rules, w.state, now) {
			if p.Reason.WaitedMinutes < 0 {
				t.Fatalf("%s has waited %d minutes", p.Ticket.Number, p.Reason.WaitedMinutes)
			}
		}
	})
}
