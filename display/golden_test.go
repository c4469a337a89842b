package display

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

var update = flag.Bool("update", false, "write the golden views anew")

// morning is a small office at a quarter past ten, with somebody in every
// state, and names that must not come where nobody may read them.
func morning(t *testing.T) (r *queue.Rules, s *queue.State, now time.Time) {
	t.Helper()
	names := func(de string) map[string]string { return map[string]string{"de": de, "en": de + " (en)"} }
	r = (&queue.Rules{Office: "hall", Names: names("Bürgerbüro"), Hours: &calendar.Schedule{Zone: time.UTC},
		Categories: []queue.Category{{ID: "papers", Letter: "A", Names: names("Ausweise")}, {ID: "cars", Letter: "K", Names: names("Autos"), Contingent: 1}},
		Services: []queue.Service{{ID: "passport", Category: "papers", Names: names("Reisepass"), Planned: 10 * time.Minute,
			Papers: []queue.Paper{{ID: "photo", Names: names("Lichtbild")}, {ID: "old_passport", Names: names("Reisepass")}, {ID: "photo_here", Names: names("Automat"), Hint: true}}},
			{ID: "address", Category: "papers", Names: names("Ummeldung"), Planned: 15 * time.Minute},
			{ID: "plate", Category: "cars", Names: names("Kennzeichen"), Planned: 10 * time.Minute}},
		Desks: []queue.DeskRule{{ID: "1", Names: names("Platz 1"), Direction: "left"}, {ID: "2", Names: names("Platz 2"), Skills: []string{"plate"}},
			{ID: "3", Names: names("Platz 3"), Quick: 10 * time.Minute, Keep: "walk_in"}, {ID: "4", Names: names("Platz 4")}},
		Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 2, UndoWithin: 10 * time.Second,
		MaxPriority: 60, MaxQuantity: 9, MaxServices: 3, ParkReasons: []string{"break"}, Receives: "passport",
		Others: map[string][]string{"tax": {"dog"}}}).Compile()
	s = queue.New("hall")
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	do := func(minutes int, c queue.Command) *queue.Answer {
		t.Helper()
		at = at.Add(time.Duration(minutes) * time.Minute)
		events, err := queue.Decide(r, s, c, "acc_clerk", at)
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
		s.Apply(queue.Meta{Seq: s.Seq + 1, At: at, By: "acc_clerk"}, queue.Body{Kind: c.Kind(), Events: events})
		return queue.AnswerTo(r, s, c, events, at)
	}
	issue := func(minutes, priority int, services ...string) string {
		var items []queue.Item
		for _, sv := range services {
			items = append(items, queue.Item{Service: sv, Quantity: 1})
		}
		return do(minutes, queue.IssueTicket{Services: items, Priority: priority, Language: "en"}).Ticket
	}
	do(0, queue.Tick{})
	do(0, queue.OpenOffice{})
	for _, desk := range []string{"1", "2", "3"} {
		do(0, queue.OpenDesk{Desk: desk})
	}
	book := func(in int, service string) string {
		return do(0, queue.AddAppointment{At: at.Add(time.Duration(in) * time.Minute), Services: []queue.Item{{Service: service, Quantity: 1}}, CodeMAC: fmt.Sprint("mac", in)}).Appointment
	}
	early, onTime, late, absent := book(120, "passport"), book(70, "address"), book(5, "passport"), book(90, "passport")
	_ = absent
	issue(0, 0, "passport")           // A001: done
	parked := issue(1, 0, "passport") // A002
	gone := issue(1, 0, "address")    // A003: left
	issue(1, 0, "plate")              // K001: served at 2
	issue(1, 0, "passport", "plate")  // A004: sent
	issue(1, 0, "passport")           // A005: a no-show
	issue(1, 0, "passport")           // A006: served at 1
	do(1, queue.Park{Desk: "1", Reason: "break", Ticket: parked})
	do(0, queue.Leave{Ticket: gone})
	do(1, queue.CallNext{Desk: "1"}) // A001
	do(1, queue.Start{Desk: "1"})
	do(1, queue.Finish{Desk: "1"})
	do(1, queue.CallNext{Desk: "2"}) // K001 or A004
	do(1, queue.CallNext{Desk: "1"})
	do(1, queue.Transfer{Desk: "1", Office: "tax"})
	do(1, queue.CallNext{Desk: "1"})
	do(1, queue.MarkNoShow{Desk: "1"})
	do(1, queue.CheckIn{Appointment: late, Language: "de"})
	issue(35, 0, "passport")
	issue(1, 20, "address")
	issue(1, 0, "passport", "address")
	do(1, queue.CheckIn{Appointment: early, Language: "ar"})
	do(1, queue.CheckIn{Appointment: onTime, Language: "de"})
	do(1, queue.CallNext{Desk: "1"})
	do(1, queue.Start{Desk: "1"})
	do(1, queue.CallNext{Desk: "3"})
	do(1, queue.Recall{Desk: "3"})
	do(0, queue.Start{Desk: "2"})
	do(1, queue.SetNotice{Text: "Der Fotoautomat ist heute außer Betrieb."})
	do(0, queue.MarkPapers{Ticket: s.Desk("3").Ticket, Papers: []string{"photo"}})
	do(0, queue.PauseDesk{Desk: "2", Until: at.Add(20 * time.Minute)})
	return r, s, at.Add(5 * time.Second)
}

// told are waits that somebody worked out: each ticket's a little later than
// the one before, one of them unsure.
type told struct{ now time.Time }

func (w told) shown(minutes float64, unsure bool) forecast.Shown {
	at := func(m float64) time.Time {
		return w.now.Add(time.Duration(m * float64(time.Minute))).Round(time.Second)
	}
	return forecast.Shown{From: at(minutes), Likely: at(minutes * 1.5), To: at(minutes*2 + 3), Unsure: unsure,
		Quantiles: forecast.Quantiles{P10: minutes, P50: minutes * 1.5, P80: minutes * 1.8, P90: minutes*2 + 3}}
}

func (w told) Ticket(id string) (forecast.Shown, bool) {
	last := int(id[len(id)-1])
	return w.shown(float64(last%16), last%16 == 0), true
}

func (w told) Appointment(string) (forecast.Shown, bool) { return w.shown(70, false), true }

func (w told) Newcomer(service string) (forecast.Shown, bool) {
	return map[string]forecast.Shown{"passport": w.shown(11, false), "plate": w.shown(40, true)}[service], service != "address"
}

// golden are the views of that morning, each of which lies in testdata.
func golden(t *testing.T) map[string]any {
	r, s, now := morning(t)
	w := told{now}
	free := &queue.Free{Office: 11, Categories: map[string]int{"papers": 14}} // nothing of the cars is booked by citizens
	screen := &Screen{ID: "lobby", Office: "hall", Languages: []string{"de", "en"}, Score: true, Told: func() int { return 87 },
		Speak: func(lang string, n queue.Number, place string) []string {
			return []string{lang + "/" + n.String(), lang + "/" + place}
		}}
	cars := &Screen{ID: "cars", Office: "hall", Languages: []string{"de"}, Desks: []string{"2"}, Categories: []string{"cars"}}
	views := map[string]any{"board": ShowBoard(r, screen, s, w, free, now), "board.cars": ShowBoard(r, cars, s, w, free, now), "desk": ShowDesks(r, s, w, now),
		"office": ShowOffice(r, s, w, free, now), "supervisor": ShowSupervisor(r, s, w, now)}
	for _, tk := range s.Tickets {
		p, ok := ShowPhone(r, s, w, tk.ID, map[string]Names{"tax": {"de": "Steueramt"}}, now)
		if !ok {
			t.Fatalf("no phone for %s", tk.ID)
		}
		if name := "phone." + string(tk.State); views[name] == nil || tk.State == queue.Waiting {
			views[name] = p // of those who wait, the last
		}
	}
	return views
}

func TestGoldenViews(t *testing.T) {
	for name, view := range golden(t) {
		got, err := json.MarshalIndent(view, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		file := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s has changed (%v); write it with -update and read the difference\n%s", file, err, got)
		}
	}
}

// The morning must be worth looking at: every state of a ticket has a phone.
func TestTheMorningShowsEveryState(t *testing.T) {
	views := golden(t)
	for _, state := range queue.TicketStates {
		if state != queue.Unserved && views["phone."+string(state)] == nil { // nobody is unserved before the day ends
			t.Errorf("nobody is %s", state)
		}
	}
}

// What anybody in the lobby or in the net may read, key by key. Whoever adds
// one has thought about who stands in front of the screen.
var public = map[string][]string{
	"board": {"office", "name.*", "screen", "languages", "hours.open", "hours.until", "hours.opens", "hours.shut", "hours.intake", "notice", "score", "free_today",
		"calls.id", "calls.at", "calls.number.letter", "calls.number.n", "calls.number.text", "calls.place.desk", "calls.place.names.*",
		"calls.place.direction", "calls.booked", "calls.recall", "calls.here", "calls.clips.*",
		"categories.id", "categories.letter", "categories.names.*", "categories.waiting.booked", "categories.waiting.walk_in",
		"categories.wait.state", "categories.wait.low", "categories.wait.high",
		"waiting.booked", "waiting.walk_in", "next.number.letter", "next.number.n", "next.number.text", "next.booked",
		"next.wait.state", "next.wait.from", "next.wait.likely", "next.wait.to"},
	"office": {"office", "name.*", "hours.open", "hours.until", "hours.opens", "hours.shut", "hours.intake", "notice",
		"categories.id", "categories.letter", "categories.names.*", "categories.waiting.booked", "categories.waiting.walk_in",
		"categories.wait.state", "categories.wait.low", "categories.wait.high",
		"categories.refusal", "categories.free_today", "waiting.booked", "waiting.walk_in", "desks_open", "free_today"},
}

// byLanguage are objects whose keys are languages.
var byLanguage = []string{"name", "names", "clips"}

func TestPublicViewsHoldNothingElse(t *testing.T) {
	views := golden(t)
	for name, allowed := range public {
		raw, err := json.Marshal(views[name])
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		keysOf(value, "", seen)
		for key := range seen {
			if !slices.Contains(allowed, key) {
				t.Errorf("the %s shows %q", name, key)
			}
		}
		for _, key := range allowed {
			if !seen[key] {
				t.Errorf("%q is allowed on the %s and never there", key, name)
			}
		}
		for _, mark := range []string{"acc_clerk", "mac5", "hall-2026", "passport", "address"} {
			if bytes.Contains(raw, []byte(mark)) {
				t.Errorf("the %s holds %q: %s", name, mark, raw)
			}
		}
	}
}

// keysOf collects the paths of all values.
func keysOf(value any, at string, seen map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		last := at[strings.LastIndex(at, ".")+1:]
		for key, inner := range v {
			if slices.Contains(byLanguage, last) {
				key = "*"
			}
			keysOf(inner, strings.TrimPrefix(at+"."+key, "."), seen)
		}
	case []any:
		for _, inner := range v {
			keysOf(inner, at, seen)
		}
		if len(v) > 0 {
			if _, isObject := v[0].(map[string]any); isObject {
				return
			}
		}
		seen[at] = true
	default:
		seen[at] = true
	}
}

// A person's own phone says nothing of the others but their numbers.
func TestAPhoneHoldsNoIDs(t *testing.T) {
	for name, view := range golden(t) {
		if !strings.HasPrefix(name, "phone.") {
			continue
		}
		raw, _ := json.Marshal(view)
		for _, mark := range []string{"acc_clerk", "mac5", "hall-2026"} {
			if bytes.Contains(raw, []byte(mark)) {
				t.Errorf("%s holds %q: %s", name, mark, raw)
			}
		}
	}
}
