package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// workdays gives an office hours from 8 to 16 in Berlin, and lets citizens book.
func workdays(r *queue.Rules) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // a test's machine has its zones
	}
	r.Hours = &calendar.Schedule{Zone: zone, Series: []calendar.Series{{Weekdays: []time.Weekday{1, 2, 3, 4, 5}, Spans: []calendar.Span{{From: 8 * 60, To: 16 * 60}}}}}
	r.Booking = queue.Booking{Online: true, Grid: 10 * time.Minute, Hold: 10 * time.Minute, Terms: queue.Terms{Days: 28, Quota: map[string]int{"cars": 4}}}
}

func termsBody(change func(*BookingTerms)) string {
	t := BookingTerms{Days: 28, Share: make([]int, 24), Quotas: []TermQuota{}, Blackouts: []string{}, Internal: []string{}, Last: []TermLast{}}
	change(&t)
	raw, _ := json.Marshal(t)
	return string(raw)
}

func TestTermsAreLaidOverTheConfiguredOnesAndTakenBack(t *testing.T) {
	h := newHouseOf(t, workdays)
	const path = "/api/v1/offices/hall/booking"
	b := answered[BookingState](h, "admin hall", "booking")
	if b.Set != nil || b.SetAt != nil || b.Configured.Days != 28 || len(b.Configured.Share) != 24 || fmt.Sprint(b.Configured.Quotas) != "[{cars 4}]" ||
		fmt.Sprint(b.Hours) != "[8 9 10 11 12 13 14 15]" || b.Today != "2026-11-24" || !b.Online {
		t.Fatalf("configured: %+v", b)
	}
	h.want(200, h.post("supervisor hall", path, termsBody(func(t *BookingTerms) {
		t.Days, t.Share[9], t.Overbook = 14, 60, true
		t.Quotas = []TermQuota{{"papers", 20}}
		t.Blackouts = []string{"2026-12-24", "2026-11-30"}
		t.Internal = []string{"residence"}
		t.Last = []TermLast{{"passport", "2026-12-04"}}
	})))
	b = answered[BookingState](h, "supervisor hall", "booking")
	if b.Set == nil || b.SetAt == nil || b.Set.Days != 14 || b.Set.Share[9] != 60 || !b.Set.Overbook || fmt.Sprint(b.Set.Quotas, b.Set.Blackouts, b.Set.Internal, b.Set.Last) != "[{papers 20}] [2026-11-30 2026-12-24] [residence] [{passport 2026-12-04}]" || b.Configured.Days != 28 {
		t.Errorf("set: %+v", b.Set)
	}
	h.restart()
	if b = answered[BookingState](h, "supervisor hall", "booking"); b.Set == nil || b.Set.Days != 14 {
		t.Errorf("after a restart: %+v", b.Set)
	}
	h.want(200, h.post("supervisor hall", path+"/take-back", ""))
	if b = answered[BookingState](h, "supervisor hall", "booking"); b.Set != nil || b.SetAt != nil {
		t.Errorf("taken back: %+v", b)
	}
}

// What is wrong with terms is told all at once, each beside its field, and
// nothing of them counts.
func TestTermsThatMakeNoSenseAreRefusedBesideTheirFields(t *testing.T) {
	h := newHouseOf(t, workdays)
	const path = "/api/v1/offices/hall/booking"
	a := h.post("supervisor hall", path, termsBody(func(t *BookingTerms) {
		t.Days, t.Share[3], t.Share[4] = 367, 101, -1
		t.Quotas = []TermQuota{{"soup", 1}, {"papers", -1}, {"papers", 5}, {"cars", 10000}}
		t.Blackouts = []string{"2026-02-29", "2026-12-24", "2026-12-24", "=HYPERLINK(1)"}
		t.Internal = []string{"soup", "passport", "passport"}
		t.Last = []TermLast{{"passport", "soon"}, {"soup", "2026-12-04"}, {"passport", "2026-12-04"}}
	}))
	h.want(422, a)
	var p Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range p.Errors {
		got = append(got, strings.TrimPrefix(e.Location, "body.")+" "+e.Code)
		if e.Message == "" || strings.Contains(e.Message, "error.") {
			t.Errorf("%s has no words", e.Code)
		}
	}
	want := "days maximum, share[3] maximum, share[4] minimum, quotas[0].category unknown_category, quotas[1].per_day minimum, quotas[2].category listed_twice, " +
		"quotas[3].per_day maximum, blackouts[0] want_day, blackouts[2] listed_twice, blackouts[3] want_day, internal[0] unknown_service, internal[2] listed_twice, " +
		"last[0].day want_day, last[1].service unknown_service, last[2].service listed_twice"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s", strings.Join(got, ", "))
	}
	for name, body := range map[string]string{
		"too few hours": termsBody(func(t *BookingTerms) { t.Share = t.Share[:3] }), "no terms": `{}`, "half of them": `{"days":3}`,
		"more": `{"days":3,"more":1}`, "words": `"none"`, "nothing": `null`,
		"a long list": termsBody(func(t *BookingTerms) { t.Blackouts = make([]string, 401) }),
	} {
		if a := h.post("supervisor hall", path, body); a.status != 422 && a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if b := answered[BookingState](h, "supervisor hall", "booking"); b.Set != nil {
		t.Errorf("set: %+v", b.Set)
	}
}

func TestTheDaysPlanSaysWhatIsKeptBookedAndHeld(t *testing.T) {
	h := newHouseOf(t, workdays)
	h.want(200, h.post("supervisor hall", "/api/v1/offices/hall/booking", termsBody(func(t *BookingTerms) {
		t.Share[9], t.Overbook, t.Blackouts = 50, true, []string{"2026-11-26"}
	})))
	for _, at := range []string{"2026-11-25T09:00:00+01:00", "2026-11-25T09:00:00+01:00", "2026-11-25T09:55:00+01:00"} {
		h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"`+at+`","services":[{"id":"passport","quantity":1}]}`))
	}
	h.want(201, h.post("", "/api/v1/offices/hall/holds", `{"at":"2026-11-25T11:00:00+01:00","services":[{"id":"passport","quantity":1}]}`))
	o, _ := h.deps.Town.Office("hall")
	h.give(o, queue.SetExtra{Extra: []queue.Extra{{Day: calendar.Date{Year: 2026, Month: 11, Day: 25}, Hour: 10, N: 1}}})
	type plan = struct {
		Today, Last string
		Days        []PlanDay
	}
	p := answered[plan](h, "admin hall", "plan?day=2026-11-25&days=4")
	if len(p.Days) != 4 || p.Today != "2026-11-24" || p.Last != "2026-12-22" {
		t.Fatalf("%+v", p)
	}
	d := p.Days[0]
	if !d.Open || d.Visits != 3 || d.Booked != 30 || d.Capacity != 8*60*2 || d.WalkIns != nil || len(d.Hours) != 8 {
		t.Errorf("%+v", d)
	}
	nine, ten, eleven := d.Hours[1], d.Hours[2], d.Hours[3]
	if nine.Hour != 9 || nine.Capacity != 120 || nine.Kept != 60 || nine.Booked != 25 || nine.Visits != 3 || nine.From.Hour() != 8 {
		t.Errorf("nine: %+v", nine)
	}
	if ten.Booked != 5 || ten.Visits != 0 || ten.Extra != 1 || ten.Kept != 0 || eleven.Held != 10 || eleven.Booked != 0 {
		t.Errorf("ten: %+v, eleven: %+v", ten, eleven)
	}
	if !p.Days[1].Blackout || p.Days[2].Blackout || p.Days[3].Open || len(p.Days[3].Hours) != 0 {
		t.Errorf("%+v", p.Days[1:])
	}
	// The hour that summer time skips has no desks, the one it doubles has both.
	spring := answered[plan](h, "admin hall", "plan?day=2027-03-28").Days[0]
	if spring.Open || !spring.Beyond {
		t.Errorf("%+v", spring)
	}
	for _, bad := range []string{"plan?day=2027-02-29", "plan?day=soon", "plan?days=0", "plan?days=15", "plan?days=x"} {
		if a := h.get("admin hall", "/api/v1/offices/hall/"+bad); a.status != 422 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
}
