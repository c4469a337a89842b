package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// booking is a hall that sells its time, every day from 8 to 16.
func booking(r *queue.Rules) {
	all := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	r.Hours.Series = []calendar.Series{{Weekdays: all, Spans: []calendar.Span{{From: 8 * 60, To: 16 * 60}}}}
	r.Booking = queue.Booking{Online: true, Grid: 10 * time.Minute, Lead: 30 * time.Minute, Hold: 10 * time.Minute, Offer: 20 * time.Minute,
		Delay: 10 * time.Minute, Most: 2, Terms: queue.Terms{Days: 14, Internal: []string{"plate"}}}
	r.Services[0].Address, r.Services[1].Address = queue.AddressNeeded, queue.AddressNone
}

func bookingHouse(t *testing.T) *house { return newHouseOf(t, booking) }

const (
	slotsPath = "/api/v1/offices/hall/slots"
	holdsPath = "/api/v1/offices/hall/holds"
)

func hallHold(at, channel string) string {
	if channel == "" {
		channel = queue.ChannelOnline
	}
	return fmt.Sprintf(`{"at":%q,"services":[{"id":"passport","quantity":1}],"channel":%q}`, at, channel)
}

func contactBody(phone string) string {
	return `{"contact":{"surname":"Meier","first_name":"Eva","street":"Am Markt","number":"1","postcode":"22941","town":"Bargteheide","phone":"` + phone + `","consent":"` + consentVersion + `"}}`
}

// freeTimes are the free times as citizens see them.
func (h *house) freeTimes(query string) []string {
	h.t.Helper()
	var out slotsOut
	if err := json.Unmarshal(h.want(200, h.get("", slotsPath+"?services=passport"+query)).body, &out.Body); err != nil {
		h.t.Fatal(err)
	}
	var list []string
	for _, d := range out.Body.Days {
		for _, at := range d.Times {
			list = append(list, at.Format(time.RFC3339))
		}
	}
	return list
}

func (h *house) held(role, at, channel string) string {
	h.t.Helper()
	return h.want(201, h.post(role, holdsPath, hallHold(at, channel))).json(h.t)["hold"].(string)
}

func TestATimeIsHeldBookedMovedAndCancelled(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("&days=2")
	if len(free) < 60 || free[0] != "2026-11-24T10:40:00Z" {
		t.Fatalf("%d times from %s on", len(free), free[0])
	}
	at := free[0]
	first := h.held("", at, "")
	h.held("", at, "") // the other desk
	if got := h.freeTimes("&days=1"); got[0] == at {
		t.Errorf("%s is still offered", at)
	}
	if a := h.post("", holdsPath, hallHold(at, "")); a.code() != queue.RefusedSlotTaken || a.status != 409 {
		t.Errorf("%d %s", a.status, a.body)
	}
	booked := h.want(201, h.send("POST", "", "/api/v1/holds/"+first+"/book", "k1", contactBody("0171 2345678"))).json(t)
	if again := h.want(201, h.send("POST", "", "/api/v1/holds/"+first+"/book", "k1", contactBody("0171 2345678"))).json(t); again["code"] != booked["code"] {
		t.Errorf("sent twice: %v and %v", booked, again)
	}
	if a := h.send("POST", "", "/api/v1/holds/"+first+"/book", "k1", contactBody("0171 2345679")); a.status != 422 {
		t.Errorf("the same key with another body: %d %s", a.status, a.body)
	}
	own := "/api/v1/appointments/" + first
	h.want(200, h.post("", own+"/confirm", `{}`))
	h.want(200, h.post("", own+"/move", `{"at":"`+free[6]+`"}`))
	if a := h.post("", own+"/move", `{"at":"`+free[6]+`"}`); a.code() != queue.RefusedSameTime {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.post("", own+"/move", `{"at":"2026-11-23T10:00:00Z"}`); a.code() != queue.RefusedSlotPast {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.want(200, h.post("", own+"/delay", `{"minutes":10}`))
	h.want(200, h.post("", own+"/cancel", `{}`))
	if a := h.post("", own+"/cancel", `{}`); a.code() != queue.RefusedUnknownAppointment {
		t.Errorf("%d %s", a.status, a.body)
	}
	page := string(h.want(200, h.get("", "/a/"+first, header{"Accept", "text/html"})).body)
	if !strings.Contains(page, "abgesagt") {
		t.Errorf("the page does not say that it is cancelled")
	}
}

func TestWhoBooksForOthersMustBeAllowedTo(t *testing.T) {
	h := bookingHouse(t)
	at := h.freeTimes("")[0]
	for _, c := range []struct {
		role, channel string
		status        int
	}{
		{"", "online", 201}, {"", "kiosk", 403}, {"", "phone", 403}, {"", "desk", 403},
		{"kiosk hall", "kiosk", 201}, {"kiosk hall", "phone", 403}, {"kiosk works", "kiosk", 403},
		{"reception hall", "phone", 201}, {"clerk hall", "desk", 201}, {"clerk hall", "phone", 403}, {"reception works", "phone", 403},
	} {
		a := h.post(c.role, holdsPath, hallHold(at, c.channel))
		if a.status != c.status {
			t.Errorf("%q as %s: %d %s", c.role, c.channel, a.status, a.body)
		}
		if a.status == 201 {
			h.want(200, h.post("", "/api/v1/holds/"+a.json(t)["hold"].(string)+"/release", `{}`))
		}
	}
	if a := h.get("", slotsPath+"?services=passport&staff=true"); a.status != 403 {
		t.Errorf("a citizen asks as staff: %d", a.status)
	}
	if a := h.get("", slotsPath+"?services=plate"); a.code() != queue.RefusedNotBookable {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.want(200, h.get("clerk hall", slotsPath+"?services=plate&staff=true"))
	for _, bad := range []string{"?services=", "?services=soup", "?services=passport*0", "?services=passport*x", "?services=passport&from=2027-02-29", "?services=passport&days=93", "?services=passport,passport", ""} {
		if a := h.get("", slotsPath+bad); a.status != 422 && a.status != 400 {
			t.Errorf("%q: %d %s", bad, a.status, a.body)
		}
	}
}

func TestAllThatIsWrongWithAContactIsSaidAtOnceAndNothingIsBooked(t *testing.T) {
	h := bookingHouse(t)
	secret := h.held("", h.freeTimes("")[0], "")
	body := `{"contact":{"surname":"=HYPERLINK(\"x\")","first_name":"Anna 😀","phone":"12","email":"a@","street":"` + strings.Repeat("x", 300) + `","postcode":"\r\nBcc: all"}}`
	a := h.want(422, h.post("", "/api/v1/holds/"+secret+"/book", body))
	var p Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	at := map[string]bool{}
	for _, e := range p.Errors {
		at[e.Location] = true
		if e.Message == "" || strings.Contains(e.Message, "error.") {
			t.Errorf("%s has no words: %q", e.Code, e.Message)
		}
	}
	for _, field := range []string{"surname", "first_name", "phone", "email", "street", "number", "postcode", "town", "consent"} {
		if !at["body.contact."+field] {
			t.Errorf("nothing is said of %s: %v", field, at)
		}
	}
	h.want(201, h.post("", "/api/v1/holds/"+secret+"/book", contactBody("0171 2345678")))
	// A service that wants no address keeps none, even when one is given.
	held := h.want(201, h.post("", holdsPath, `{"at":"`+h.freeTimes("")[3]+`","services":[{"id":"residence","quantity":1}]}`)).json(t)
	h.want(201, h.post("", "/api/v1/holds/"+held["hold"].(string)+"/book", contactBody("0171 2345678")))
	c, err := h.deps.Contacts.Recipient(context.Background(), people.Whose{Office: "hall", ID: held["id"].(string)})
	if err != nil || c.Town != "" || c.Street != "" || c.Phone != "+491712345678" || !c.Mobile {
		t.Errorf("kept: %v, a phone %t, an address %t", err, c.Phone != "", c.Town != "")
	}
}

func TestANumberHoldsSoManyVisitsToComeAndStaffMayGiveMore(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("")
	for i := range 2 {
		h.want(201, h.post("", "/api/v1/holds/"+h.held("", free[i*2], "")+"/book", contactBody("0171 2345678")))
	}
	third := h.held("", free[8], "")
	if a := h.post("", "/api/v1/holds/"+third+"/book", contactBody("+49 171 2345678")); a.code() != codeNumberFull || a.status != 409 {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.want(201, h.post("", "/api/v1/holds/"+third+"/book", contactBody("0171 9999999")))
	h.want(201, h.post("reception hall", "/api/v1/holds/"+h.held("reception hall", free[10], "phone")+"/book", contactBody("0171 2345678")))
	h.want(201, h.post("reception hall", "/api/v1/holds/"+h.held("reception hall", free[12], "phone")+"/book", `{"contact":{"surname":"Ohne"}}`))
}

func TestOfManyBookingsForANumberAtOnceAsManyGetThroughAsItMayHold(t *testing.T) {
	h := newHouseOf(t, booking, func(d *Deps) { d.Limits.Hold, d.Limits.Write = Rate{1000, 1000}, Rate{1000, 1000} })
	t.Cleanup(client.CloseIdleConnections)
	free := h.freeTimes("")
	for _, way := range []struct {
		name, full string
		send       func(i int) answer
	}{
		{"booked", codeNumberFull, func(i int) answer {
			return h.post("", "/api/v1/holds/"+h.held("", free[i*3], "")+"/book", contactBody("0171 2345678"))
		}},
		{"wished", "", func(i int) answer { return h.wished(fmt.Sprint("wish ", i), "0171 2345678") }},
	} {
		answers := make([]answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = way.send(i) })
		}
		all.Wait()
		through := 0
		for _, a := range answers {
			switch {
			case a.status == 201 || a.status == 303:
				through++
			case a.status != 409 || way.full != "" && a.code() != way.full:
				t.Errorf("%s: %d %s", way.name, a.status, a.body)
			}
		}
		if through != 2 {
			t.Errorf("%s: %d got through where 2 may", way.name, through)
		}
	}
}

func TestAStrangerWhoComesToAnothersKeyGetsNothingOfTheirs(t *testing.T) {
	const proxy = "127.0.0.1"
	h := newHouseOf(t, booking, func(d *Deps) { d.TrustedProxies = []string{proxy} })
	at := h.freeTimes("")[0]
	from := func(address, key string) string {
		return h.want(201, h.send("POST", "", holdsPath, key, hallHold(at, ""), header{"X-Forwarded-For", address})).json(t)["hold"].(string)
	}
	if first, again := from("203.0.113.7", "1"), from("203.0.113.7", "1"); first != again {
		t.Error("sent again from the same address it is another")
	}
	if first, stranger := from("203.0.113.7", "1"), from("198.51.100.7", "1"); first == stranger {
		t.Error("a key that others choose too gave a stranger's hold away")
	}
	at = h.freeTimes("")[3]
	form := func(address string) string {
		fields := url.Values{"key": {"1"}, "s": {"passport"}, "at": {"hall " + at}}
		return h.want(303, h.formPost("/book/hall/hold", fields.Encode(), "", header{"X-Forwarded-For", address})).head.Get("Location")
	}
	if first, stranger := form("203.0.113.7"), form("198.51.100.7"); first == stranger {
		t.Error("a page's key that others choose too gave a stranger's hold away")
	}
	at = h.freeTimes("")[6]
	const long = "5f3a9c1e7b2d4f60"
	if first, again := from("203.0.113.7", long), from("198.51.100.9", long); first != again {
		t.Error("a phone that asks again from another network holds a second time")
	}
}

func TestAHoldLapsesAndItsTimeIsSoldAgain(t *testing.T) {
	h := bookingHouse(t)
	at := h.freeTimes("")[4]
	first := h.held("", at, "")
	h.held("", at, "")
	h.now.pass(10*time.Minute + time.Second)
	if a := h.post("", "/api/v1/holds/"+first+"/book", contactBody("0171 2345678")); a.code() != queue.RefusedHoldLapsed || a.status != 409 {
		t.Errorf("%d %s", a.status, a.body)
	}
	unknown := h.post("", "/api/v1/holds/"+strings.Repeat("0", 26)+"/book", contactBody("0171 2345678"))
	lapsed := h.post("", "/api/v1/holds/"+first+"/book", contactBody("0171 2345678"))
	if string(unknown.body) != string(lapsed.body) {
		t.Errorf("a hold that never was is told apart: %s %s", unknown.body, lapsed.body)
	}
	h.held("", at, "")
}

func TestManyWhoWantTheLastTimesGetThemOnceAndAllOthersAreToldAtOnce(t *testing.T) {
	h := newHouseOf(t, booking, func(d *Deps) { d.Limits.Hold, d.Limits.Write = Rate{1000, 1000}, Rate{1000, 1000} })
	t.Cleanup(client.CloseIdleConnections)
	free := h.freeTimes("&days=1")
	at := free[:5] // ten places: five times at two desks
	h.token("reception hall")
	var mu sync.Mutex
	got, told := map[string]int{}, map[string]int{}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			a := h.post("", holdsPath, hallHold(at[i%5], ""))
			mu.Lock()
			defer mu.Unlock()
			if a.status == 201 {
				got[at[i%5]]++
			} else {
				told[a.code()]++
			}
		})
	}
	all.Wait()
	for _, one := range at {
		if got[one] != 2 {
			t.Errorf("%s was given %d times", one, got[one])
		}
	}
	if told[queue.RefusedSlotTaken] != 190 {
		t.Errorf("the others were told %v", told)
	}
}

func TestTimesAreHeldAtAPaceAndAProofOfWorkCountsOnce(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("&days=2")
	for i := range 6 {
		h.held("", free[i*3], "")
	}
	if a := h.post("", holdsPath, hallHold(free[30], "")); a.status != 429 || a.code() != codeTooManyHolds {
		t.Fatalf("%d %s", a.status, a.body)
	}
	proof := work(h.server.proofs.challenge(time.Now()))
	body := func(at string) string { return strings.TrimSuffix(hallHold(at, ""), "}") + `,"proof":"` + proof + `"}` }
	h.want(201, h.post("", holdsPath, body(free[30])))
	if a := h.post("", holdsPath, body(free[33])); a.status != 429 {
		t.Errorf("a proof counted twice: %d", a.status)
	}
	h.held("reception hall", free[36], "phone") // staff is not slowed
}

// work finds a proof as the page's script does.
func work(challenge string) string {
	for n := 0; ; n++ {
		if proof := fmt.Sprint(challenge, ":", n); zeroBits(sha256.Sum256([]byte(proof))) >= proofBits {
			return proof
		}
	}
}

func TestOnlyAFreshChallengeOfOursIsProof(t *testing.T) {
	p, now := newProofs(), time.Unix(1_800_000_000, 0)
	good := work(p.challenge(now))
	for what, proof := range map[string]string{
		"nothing": "", "no number": strings.Split(good, ":")[0], "no work": p.challenge(now) + ":1",
		"another's": work(newProofs().challenge(now)), "long": good + strings.Repeat("0", 300), "no parts": "x:1", "changed": "9" + good,
	} {
		if p.check(proof, "k", now) {
			t.Errorf("%s passes", what)
		}
	}
	if p.check(good, "k", now.Add(proofFor)) {
		t.Error("an old one passes")
	}
	if !p.check(good, "k", now) || !p.check(good, "k", now) || p.check(good, "other", now) {
		t.Error("a good one passes for one command, however often that is sent")
	}
}

func TestAddressesSideBySideShareAPace(t *testing.T) {
	for a, want := range map[string]string{"203.0.113.9": "203.0.113.0/24", "2001:db8:1:2ff::1": "2001:db8:1:200::/56", "::ffff:203.0.113.9": "203.0.113.0/24"} {
		if got := rangeKey(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
	}
}

func TestAServiceIsFoundByWhatPeopleCallIt(t *testing.T) {
	r := &queue.Rules{Services: []queue.Service{
		{ID: "search", Names: map[string]string{"de": "Melderegisterauskunft"}, Words: []string{"find a person", "Person suchen"}},
		{ID: "card", Names: map[string]string{"de": "Personalausweis beantragen", "en": "Apply for an identity card"}, Words: []string{"Perso", "ID"}},
		{ID: "good", Names: map[string]string{"de": "Führungszeugnis"}},
		{ID: "dog", Names: map[string]string{"de": "Hund anmelden"}, Words: []string{"Hundesteuer"}},
	}}
	for typed, want := range map[string]string{"perso": "card", "PERSO": "card", "Fuehrungs": "good", "führungszeugnis": "good", "fuhr": "good",
		"hund": "dog", "steuer": "dog", "identity": "card", "person": "search", "ausweis bean": "card", "xyz": "", "": "", "🙂": ""} {
		got := ""
		if found := findServices(r, typed, "en"); len(found) > 0 {
			got = found[0].ID
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	findServices(r, strings.Repeat("ä", 100_000), "de")
}

// Whoever books with somebody else's number cannot confirm: the code stands in
// the message alone.
func TestABookingIsConfirmedByWhatStandsInTheMessageAlone(t *testing.T) {
	h := newHouseOf(t, func(r *queue.Rules) { booking(r); r.Booking.Confirm = time.Hour })
	secret := h.held("", h.freeTimes("")[0], "")
	booked := h.want(201, h.post("", "/api/v1/holds/"+secret+"/book", contactBody("0171 2345678"))).json(t)
	if booked["code"] != "" || booked["confirm_by"] == nil {
		t.Fatalf("%v", booked)
	}
	o, id, _ := h.deps.Town.AppointmentBySecret(secret)
	code := h.deps.Town.AppointmentCode(id)
	for _, path := range []string{"", "/print", "/sheet", "/data.json"} {
		if page := h.get("", "/a/"+secret+path, header{"Accept", "text/html"}); strings.Contains(string(page.body), code) {
			t.Errorf("%s tells the code", path)
		}
	}
	confirm := "/api/v1/appointments/" + secret + "/confirm"
	for _, body := range []string{`{}`, `{"code":"ABCD2345"}`, `{"code":""}`} {
		if a := h.post("", confirm, body); a.status != 422 || a.code() != codeConfirmCode {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	if a := h.formPost("/a/"+secret+"/confirm", "key=f1&code=no", ""); a.status != 422 || !strings.Contains(string(a.body), "Dieser Code passt nicht") {
		t.Errorf("the form: %d", a.status)
	}
	if page := string(h.get("", "/a/"+secret+"?c="+code, header{"Accept", "text/html"}).body); !strings.Contains(page, `value="`+code+`"`) {
		t.Error("the message's link does not bring its code")
	}
	h.want(303, h.formPost("/a/"+secret+"/confirm", "key=f2&code="+strings.ToLower(code), ""))
	if a := o.State().Appointment(id); a == nil || !a.Confirmed || !a.ConfirmBy.IsZero() {
		t.Errorf("%+v", a)
	}
	if page := string(h.get("", "/a/"+secret, header{"Accept", "text/html"}).body); !strings.Contains(page, code) {
		t.Error("confirmed, the page does not tell the code")
	}
}
