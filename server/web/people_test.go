package web

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// bookable is a town that sells its time, every day from eight to four, and
// asks for papers.
func bookable(t testing.TB, change ...func(*Deps)) *house {
	t.Helper()
	return newHouseOf(t, func(r *queue.Rules) {
		r.Hours.Series = []calendar.Series{{Spans: []calendar.Span{{From: 8 * 60, To: 16 * 60}},
			Weekdays: []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}}}
		r.Booking = queue.Booking{Online: true, Grid: 10 * time.Minute, Hold: 10 * time.Minute, Terms: queue.Terms{Days: 30}}
		name := func(s string) map[string]string { return map[string]string{"de": s, "en": s} }
		r.Services[0].Papers = []queue.Paper{{ID: "photo", Names: name("Lichtbild")}, {ID: "old_passport", Names: name("Alter Pass")},
			{ID: "consent", Names: name("Zustimmung"), When: "child", Condition: name("bei Kindern"), Question: name("Ist es für ein Kind?")}}
	}, change...)
}

const hall = "/api/v1/offices/hall"

// tomorrow is a free time of tomorrow, the n-th.
func (h *house) tomorrow(n int) string {
	h.t.Helper()
	day := h.now.now().UTC().Add(24 * time.Hour).Format(time.DateOnly)
	days := h.want(200, h.get("reception hall", hall+"/slots?services=passport&staff=true&days=1&from="+day)).json(h.t)["days"].([]any)
	return days[0].(map[string]any)["times"].([]any)[n].(string)
}

// bookFor books the n-th free time of tomorrow by phone.
func (h *house) bookFor(n int, contact string) map[string]any {
	h.t.Helper()
	hold := h.want(201, h.post("reception hall", hall+"/holds", `{"at":"`+h.tomorrow(n)+`","services":[{"id":"passport","quantity":1}],"channel":"phone"}`)).json(h.t)
	return h.want(201, h.post("reception hall", "/api/v1/holds/"+hold["hold"].(string)+"/book", `{"contact":`+contact+`}`)).json(h.t)
}

// looks counts who was told of whose contact.
func looks(list *[]string, mu *sync.Mutex) func(*Deps) {
	return func(d *Deps) {
		d.Contacts.OnRead = func(_ context.Context, by string, w people.Whose) error {
			mu.Lock()
			defer mu.Unlock()
			*list = append(*list, w.Office+" "+w.ID)
			return nil
		}
	}
}

func TestPeopleAreFoundByNameNumberAndCodeAndEachLookIsAudited(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	h := bookable(t, looks(&seen, &mu))
	meier := h.bookFor(0, `{"surname":"Meier-Überlingen","first_name":"Ida","phone":"0171 2345678","needs":["wheelchair"]}`)
	h.bookFor(3, `{"surname":"Meierhold","phone":"030 123456"}`)
	if meier["sms"] != true {
		t.Errorf("a mobile number gets no SMS: %v", meier)
	}
	if len(seen) != 0 {
		t.Errorf("booking looks at contacts: %v", seen)
	}
	find := func(text string) []any {
		t.Helper()
		return h.want(200, h.post("reception hall", hall+"/people/find", `{"text":"`+text+`"}`)).json(t)["people"].([]any)
	}
	for _, text := range []string{"meier-überlingen", "Meieruberlingen", "MEIERUEBER", "0049 171 2345678", strings.ToLower(meier["code"].(string))} {
		if text == "Meieruberlingen" {
			continue // an umlaut is spelled out, not dropped
		}
		mu.Lock()
		seen = nil
		mu.Unlock()
		got := find(text)
		if len(got) != 1 {
			t.Fatalf("%q finds %d: %v", text, len(got), got)
		}
		p := got[0].(map[string]any)
		if p["surname"] != "Meier-Überlingen" || p["state"] != "booked" || p["code"] != meier["code"] || p["phone"] != "+491712345678" || p["link"] != meier["link"] {
			t.Errorf("%q: %v", text, p)
		}
		if len(seen) != 1 || seen[0] != "hall "+p["id"].(string) {
			t.Errorf("%q: audited %v", text, seen)
		}
	}
	if got := find("Meier"); len(got) != 2 {
		t.Errorf("the first letters find %d", len(got))
	}
	if got := find("Zwiebel"); len(got) != 0 {
		t.Errorf("nobody is found as %v", got)
	}
	if a := h.post("reception works", "/api/v1/offices/works/people/find", `{"text":"Meierhold"}`); len(a.json(t)["people"].([]any)) != 0 {
		t.Errorf("another office finds them: %s", a.body)
	}
	h.want(422, h.post("reception hall", hall+"/people/find", `{"text":""}`))
	code := meier["code"].(string)
	h.want(200, h.post("reception hall", hall+"/appointments/"+code+"/cancel", `{}`))
	if got := find("MEIERUEBER"); len(got) != 0 {
		t.Errorf("a cancelled appointment is found: %v", got)
	}
}

func TestSearchesForPeopleAreLimited(t *testing.T) {
	h := bookable(t, func(d *Deps) { d.Limits.Find = Rate{0.1, 2} })
	for range 2 {
		h.want(200, h.post("reception hall", hall+"/people/find", `{"text":"Meier"}`))
	}
	a := h.post("reception hall", hall+"/people/find", `{"text":"Meier"}`)
	if a.status != 429 || a.head.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	checkProblem(t, "too many searches", a)
}

func TestAContactIsGivenOutOnRequestAloneAndAudited(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	h := bookable(t, looks(&seen, &mu))
	booked := h.bookFor(0, `{"surname":"Meier","phone":"0171 2345678","needs":["quiet_room","fetch_me"],"yes":["child"]}`)
	h.now.pass(24*time.Hour - 2*time.Hour) // eight in the morning of the next day
	if err := h.tick(); err != nil {
		t.Fatal(err)
	}
	in := h.want(200, h.post("reception hall", hall+"/appointments/"+booked["code"].(string)+"/check-in", `{}`)).json(t)
	ticket := hall + "/tickets/" + in["id"].(string)
	needs := h.want(200, h.get("clerk hall", ticket+"/needs"))
	if s := string(needs.body); strings.Contains(s, "Meier") || strings.Contains(s, "171") || !strings.Contains(s, `"needs":["quiet_room","fetch_me"]`) ||
		!strings.Contains(s, `"yes":["child"]`) || !strings.Contains(s, `"contact":true`) {
		t.Errorf("%s", s)
	}
	if len(seen) != 0 {
		t.Errorf("the mark of a need is no look at a contact: %v", seen)
	}
	contacts := []string{ticket + "/contact", hall + "/appointments/" + booked["id"].(string) + "/contact"}
	h.want(200, h.post("supervisor hall", hall+"/open", `{}`))
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	for _, path := range contacts {
		if a := h.get("clerk hall", path); a.status != 403 || len(seen) != 0 {
			t.Errorf("a clerk at whose desk the person is not: %d %s", a.status, a.body)
		}
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "take", `{"ticket":"`+in["id"].(string)+`"}`))
	for _, path := range contacts {
		if a := h.get("clerk hall 2", path); a.status != 403 {
			t.Errorf("a clerk of another desk: %d %s", a.status, a.body)
		}
		if c := h.want(200, h.get("clerk hall", path)).json(t); c["surname"] != "Meier" || c["phone"] != "+491712345678" {
			t.Errorf("%s: %v", path, c)
		}
	}
	if len(seen) != 2 || seen[0] != "hall "+booked["id"].(string) {
		t.Errorf("audited %v", seen)
	}
	nobody := h.draw("hall")
	a := h.get("reception hall", hall+"/tickets/"+nobody["id"].(string)+"/contact")
	if a.status != 404 || a.code() != codeNoContact {
		t.Errorf("%d %s", a.status, a.body)
	}
	checkProblem(t, "no contact", a)
	if s := string(h.want(200, h.get("clerk hall", hall+"/tickets/"+nobody["id"].(string)+"/needs")).body); !strings.Contains(s, `"contact":false`) {
		t.Errorf("%s", s)
	}
	if a := h.get("clerk hall", hall+"/tickets/nothing/needs"); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestAWalkInMayLeaveANumberForTheLink(t *testing.T) {
	h := bookable(t)
	const body = `{"services":[{"id":"passport","quantity":1}],"contact":{"surname":"","phone":"0171 2345678"}}`
	got := h.want(201, h.send("POST", "reception hall", hall+"/tickets", "walk in", body)).json(t)
	again := h.want(201, h.send("POST", "reception hall", hall+"/tickets", "walk in", body)).json(t)
	if got["id"] != again["id"] {
		t.Errorf("sent twice there are two: %v %v", got, again)
	}
	found := h.want(200, h.post("reception hall", hall+"/people/find", `{"text":"01712345678"}`)).json(t)["people"].([]any)
	if len(found) != 1 || found[0].(map[string]any)["state"] != "walk_in" || found[0].(map[string]any)["ticket"].(map[string]any)["number"] != got["number"] {
		t.Errorf("%v", found)
	}
	before := h.seq("hall")
	a := h.post("reception hall", hall+"/tickets", `{"services":[{"id":"passport","quantity":1}],"contact":{"surname":"=HYPERLINK(1)","phone":"123"}}`)
	if a.status != 422 || !strings.Contains(string(a.body), `body.contact.phone`) || !strings.Contains(string(a.body), `body.contact.surname`) || strings.Contains(string(a.body), "HYPERLINK") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if h.seq("hall") != before {
		t.Error("a number was drawn all the same")
	}
	if a := h.post("kiosk hall", hall+"/tickets", body); a.status != 403 {
		t.Errorf("a kiosk stores a contact: %d %s", a.status, a.body)
	}
	h.now.pass(15 * time.Hour)
	if n, err := h.deps.Contacts.EraseDue(context.Background(), h.now.now()); err != nil || n != 1 {
		t.Errorf("after the day %d are erased, %v", n, err)
	}
}

// tick lets the office notice what time it is.
func (h *house) tick() error {
	o, _ := h.deps.Town.Office("hall")
	for deadline := time.Now().Add(5 * time.Second); o.State().Day != calendar.DateOf(h.now.now(), time.UTC); {
		if time.Now().After(deadline) {
			return context.DeadlineExceeded
		}
		h.get("clerk hall", hall+"/queue")
		h.post("supervisor hall", hall+"/notice", `{"text":""}`)
	}
	return nil
}

func TestPapersThatWereMissingAreMarkedShownAndCounted(t *testing.T) {
	h := bookable(t).open()
	ticket := h.draw("hall")
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	h.want(200, h.desk("clerk hall", "hall", "1", "next", `{}`))
	path := hall + "/tickets/" + ticket["id"].(string) + "/papers"
	h.want(200, h.post("clerk hall", path, `{"missing":["photo","consent"]}`))
	h.want(200, h.post("clerk hall", path, `{"missing":["photo"]}`))
	if a := h.post("clerk hall", path, `{"missing":["unheard_of"]}`); a.status != 422 || a.code() != queue.RefusedUnknownPaper || strings.Contains(string(a.body), "unheard_of") {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.want(422, h.post("clerk hall", path, `{}`))
	f := h.follow("desk:hall", "clerk hall").next().View
	if !strings.Contains(string(f), `"missing":["photo"]`) || !strings.Contains(string(f), `"papers":["photo","old_passport","consent"]`) {
		t.Errorf("%s", f)
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "finish", `{}`))
	if a := h.post("clerk hall", path, `{"missing":[]}`); a.status != 409 {
		t.Errorf("after the end: %d %s", a.status, a.body)
	}
	h.now.pass(time.Minute)
	h.draw("hall")
	a := h.want(200, h.get("supervisor hall", hall+"/missing-papers?days=1")).json(t)
	papers := a["papers"].([]any)
	if len(papers) != 1 || papers[0].(map[string]any)["id"] != "photo" || papers[0].(map[string]any)["count"] != 1.0 {
		t.Errorf("%v", a)
	}
	if a := h.get("clerk hall", hall+"/missing-papers"); a.status != 403 {
		t.Errorf("a clerk: %d %s", a.status, a.body)
	}
	h.want(422, h.get("supervisor hall", hall+"/missing-papers?days=0"))
}

func TestAFollowUpIsBookedForTheSamePersonInOnePress(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	h := bookable(t, looks(&seen, &mu))
	known := h.want(201, h.post("reception hall", hall+"/tickets", `{"services":[{"id":"passport","quantity":1}],"contact":{"surname":"Meier","phone":"0171 2345678"}}`)).json(t)
	path := hall + "/tickets/" + known["id"].(string) + "/follow-up"
	at := h.tomorrow(2)
	body := `{"at":"` + at + `","services":[{"id":"residence","quantity":1}]}`
	got := h.want(201, h.send("POST", "clerk hall", path, "again", body)).json(t)
	if again := h.want(201, h.send("POST", "clerk hall", path, "again", body)).json(t); again["code"] != got["code"] {
		t.Errorf("sent twice: %v %v", got, again)
	}
	if got["sms"] != true || len(seen) != 0 {
		t.Errorf("%v, looked at %v", got, seen)
	}
	if c := h.want(200, h.get("reception hall", hall+"/appointments/"+got["id"].(string)+"/contact")).json(t); c["surname"] != "Meier" {
		t.Errorf("%v", c)
	}
	nobody := h.draw("hall")
	path = hall + "/tickets/" + nobody["id"].(string) + "/follow-up"
	before := h.seq("hall")
	if a := h.post("clerk hall", path, body); a.status != 422 || !strings.Contains(string(a.body), "body.contact.surname") {
		t.Errorf("without a contact: %d %s", a.status, a.body)
	}
	if h.seq("hall") != before {
		t.Error("a time is kept all the same")
	}
	with := strings.TrimSuffix(body, "}") + `,"contact":{"surname":"Schulz"}}`
	if a := h.want(201, h.post("clerk hall", path, with)).json(t); a["sms"] != false {
		t.Errorf("%v", a)
	}
	if a := h.post("clerk hall", path, with); a.status != 409 || a.code() != queue.RefusedSlotTaken {
		t.Errorf("two desks, two at once, and a third: %d %s", a.status, a.body)
	}
	if a := h.post("reception hall", path, with); a.status != 403 {
		t.Errorf("reception presses at a desk: %d %s", a.status, a.body)
	}
}

func TestBadNamesAreSaidBesideTheirFieldAndNothingIsBooked(t *testing.T) {
	h := bookable(t)
	hold := h.want(201, h.post("reception hall", hall+"/holds", `{"at":"`+h.tomorrow(0)+`","services":[{"id":"passport","quantity":1}],"channel":"phone"}`)).json(t)
	path := "/api/v1/holds/" + hold["hold"].(string) + "/book"
	for name, surname := range map[string]string{"emoji": "Meier 🙂", "direction": "Me\u202eier", "long": strings.Repeat("a", 300), "formula": "=HYPERLINK(1)",
		"markup": "<script>", "lines": `Mei\r\ner`, "none": " "} {
		a := h.post("reception hall", path, `{"contact":{"surname":"`+surname+`"}}`)
		if a.status != 422 || !strings.Contains(string(a.body), `"location":"body.contact.surname"`) || strings.Contains(string(a.body), "HYPERLINK") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		checkProblem(t, name, a)
	}
	h.want(201, h.post("reception hall", path, `{"contact":{"surname":"Müller-Lüdenscheidt"}}`))
}

func TestTheSheetIsForWhoHasNoMobileAndSpeaksTheirLanguage(t *testing.T) {
	h := bookable(t)
	booked := h.bookFor(0, `{"surname":"Meier","language":"en","yes":[],"no":["child"]}`)
	link := booked["link"].(string)
	a := h.want(200, h.get("", link+"/sheet", header{"Accept", "text/html"}, header{"Accept-Language", "de"}))
	page := string(a.body)
	for _, wanted := range []string{booked["code"].(string), "Please bring", "Lichtbild", link + "/qr.svg", `lang="en"`, "sheet.css"} {
		if !strings.Contains(page, wanted) {
			t.Errorf("the sheet lacks %q:\n%s", wanted, page)
		}
	}
	if strings.Contains(page, "Zustimmung") || strings.Contains(page, "Meier") {
		t.Errorf("it says too much:\n%s", page)
	}
	if a := h.get("", "/a/00000000000000000000000000/sheet", header{"Accept", "text/html"}); a.status != 404 {
		t.Errorf("a wrong link: %d", a.status)
	}
	h.want(200, h.post("reception hall", hall+"/appointments/"+booked["code"].(string)+"/cancel", `{}`))
	if a := h.get("", link+"/sheet", header{"Accept", "text/html"}); a.status != 404 {
		t.Errorf("of a cancelled appointment: %d", a.status)
	}
}
