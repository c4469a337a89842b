package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aufruf/server/access"
)

func TestABookedPersonChecksInByCode(t *testing.T) {
	h := newHouse(t).open()
	for _, c := range []struct {
		in      time.Duration
		arrival string
	}{{time.Hour, "early"}, {5 * time.Minute, "on_time"}, {-20 * time.Minute, "late"}} {
		at := h.now.now().UTC().Add(c.in)
		a := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments",
			`{"at":"`+at.Format(time.RFC3339)+`","services":[{"id":"passport","quantity":1}]}`)).json(t)
		code := a["code"].(string)
		path := "/api/v1/offices/hall/appointments/" + strings.ToLower(code[:4]) + "%20" + code[4:] // as people type
		found := h.want(200, h.get("kiosk hall", path)).json(t)
		if found["ticket"] != nil {
			t.Errorf("before check-in there is a ticket: %v", found)
		}
		in := h.want(200, h.post("kiosk hall", path+"/check-in", ``)).json(t)
		if in["arrival"] != c.arrival || !strings.HasPrefix(in["link"].(string), "/t/") {
			t.Errorf("%s: %v", c.arrival, in)
		}
		if again := h.post("kiosk hall", path+"/check-in", ``); again.status != 409 || again.code() != "arrived" {
			t.Errorf("twice: %d %s", again.status, again.body)
		}
		id := found["id"].(string)
		h.want(200, h.get("clerk hall", "/api/v1/offices/hall/appointments/"+id))
		if a := h.get("kiosk hall", "/api/v1/offices/hall/appointments/"+id); a.status != 404 {
			t.Errorf("a kiosk finds by id: %d %s", a.status, a.body)
		}
	}
}

func TestTriesOfCodesAreSlowed(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Codes = access.LimiterOptions{Free: 3, First: time.Minute} })
	for i := range 3 {
		if a := h.post("kiosk hall", fmt.Sprintf("/api/v1/offices/hall/appointments/WRONG%d/check-in", i), ``); a.status != 404 {
			t.Fatalf("try %d: %d", i, a.status)
		}
	}
	a := h.post("kiosk hall", "/api/v1/offices/hall/appointments/WRONG/check-in", ``)
	if a.status != 429 || a.code() != codeCodeTries || a.head.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	checkProblem(t, "too many codes", a)
}

func TestATableOfAppointmentsIsTakenWholeOrNotAtAll(t *testing.T) {
	h := newHouse(t)
	at := h.now.now().UTC().Add(24 * time.Hour).Format("2006-01-02 15:04")
	send := func(key, table string) answer {
		return h.send("POST", "reception hall", "/api/v1/offices/hall/appointments/import", key, table, header{"Content-Type", "text/csv; charset=utf-8"})
	}
	bad := send("bad", "time;service;code\n"+at+";passport;AAA111\nnoon;passport;B\n"+at+";moon;C\n"+at+";passport\n")
	p := checkProblem(t, "a bad table", bad)
	if bad.status != 422 || len(p.Errors) != 2 || p.Errors[0].Location != "body[3]" {
		t.Errorf("what cannot be read: %s", bad.body)
	}
	bad = send("bad", "time;service;code\n"+at+";passport;AAA111\n"+at+";moon;C\n"+at+";passport;AAA111\n2020-01-01 10:00;passport;\n")
	p = checkProblem(t, "a refused table", bad)
	if bad.status != 422 || len(p.Errors) != 3 {
		t.Errorf("what would be refused: %s", bad.body)
	}
	if a := h.get("kiosk hall", "/api/v1/offices/hall/appointments/AAA111"); a.status != 404 {
		t.Errorf("a line of a bad table was taken: %d", a.status)
	}
	good := "\xef\xbb\xbftime,service,code\r\n" + at + ",passport,AAA111\r\n" + at + ",residence,\r\n"
	for range 2 {
		if a := h.want(200, send("good", good)); !bytes.Contains(a.body, []byte(`"added":2`)) {
			t.Errorf("%s", a.body)
		}
	}
	h.want(200, h.get("kiosk hall", "/api/v1/offices/hall/appointments/aaa-111"))
	if a := send("good", good+at+",passport,ZZZ\r\n"); a.status != 422 || a.code() != codeKeyReused {
		t.Errorf("another table under the key: %d %s", a.status, a.body)
	}
	if a := send("again", good); a.status != 422 || !bytes.Contains(a.body, []byte("code_taken")) {
		t.Errorf("the same table again: %d %s", a.status, a.body)
	}
	office, _ := h.deps.Town.Office("hall")
	if n := len(office.State().Appointments); n != 2 {
		t.Errorf("%d appointments", n)
	}
}

func TestADeviceIsPairedAndShutOut(t *testing.T) {
	h := newHouse(t).open()
	asked := h.want(201, h.post("", "/api/v1/pairings", `{}`)).json(t)
	poll := "/api/v1/pairings/" + asked["poll"].(string)
	if got := h.want(200, h.get("", poll)).json(t); got["state"] != "waiting" {
		t.Fatalf("%v", got)
	}
	approve := func(role, kind, where string) answer {
		return h.post(role, "/api/v1/devices/approve", `{"code":"`+asked["code"].(string)+`","kind":"`+kind+`",`+where+`,"label":"Tür"}`)
	}
	if a := approve("supervisor works", "kiosk", `"office":"hall"`); a.status != 404 {
		t.Errorf("a foreign supervisor: %d %s", a.status, a.body)
	}
	if a := approve("supervisor hall", "board", `"screen":"moon"`); a.status != 422 {
		t.Errorf("an unknown screen: %d %s", a.status, a.body)
	}
	h.want(200, approve("supervisor hall", "kiosk", `"office":"hall"`))
	got := h.want(200, h.get("", poll))
	cookie, _, _ := strings.Cut(got.head.Get("Set-Cookie"), ";")
	if got.json(t)["path"] != "/kiosk/hall" || !strings.HasPrefix(cookie, deviceCookie+"=") ||
		!strings.Contains(got.head.Get("Set-Cookie"), "HttpOnly") || !strings.Contains(got.head.Get("Set-Cookie"), "SameSite=Strict") {
		t.Fatalf("%s %v", got.body, got.head)
	}
	draw := func() answer {
		return h.post("", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1}]}`, header{"Cookie", cookie}, header{"Sec-Fetch-Site", "same-origin"})
	}
	h.want(201, draw())
	list := h.want(200, h.get("supervisor hall", "/api/v1/devices")).json(t)["devices"].([]any)
	if n := len(h.get("supervisor works", "/api/v1/devices").json(t)["devices"].([]any)); n != 0 || len(list) != 1 {
		t.Fatalf("%d devices, the other office sees %d", len(list), n)
	}
	id := list[0].(map[string]any)["id"].(string)
	if a := h.post("supervisor works", "/api/v1/devices/"+id+"/revoke", ``); a.status != 404 {
		t.Errorf("a foreign supervisor revokes: %d", a.status)
	}
	h.want(200, h.post("supervisor hall", "/api/v1/devices/"+id+"/revoke", ``))
	if a := draw(); a.status != 401 {
		t.Errorf("a revoked device draws: %d %s", a.status, a.body)
	}
	if got := h.want(200, h.get("", "/api/v1/pairings/nothing")).json(t); got["state"] != "expired" {
		t.Errorf("%v", got)
	}
}

func TestANoteIsReadWrittenAndLeavesNoTrace(t *testing.T) {
	h := newHouse(t).open()
	ticket := h.draw("hall")
	path := "/api/v1/offices/hall/tickets/" + ticket["id"].(string) + "/note"
	const name = "Wolfeschlegelsteinhausen"
	h.want(200, h.send("PUT", "clerk hall", path, "", `{"text":"`+name+`"}`))
	if got := h.want(200, h.get("clerk hall", path)).json(t); got["text"] != name {
		t.Errorf("%v", got)
	}
	if a := h.get("reception hall", path); a.status != 403 {
		t.Errorf("reception reads notes: %d", a.status)
	}
	for what, text := range map[string]string{"the log": h.log.String(), "the queue": string(h.get("clerk hall", "/api/v1/offices/hall/queue").body), "the metrics": h.metrics()} {
		if strings.Contains(text, name) {
			t.Errorf("%s holds the note", what)
		}
	}
	if strings.Contains(h.log.String(), ticket["id"].(string)) || strings.Contains(h.log.String(), "/api/v1/offices/hall/") {
		t.Error("the log holds paths")
	}
}

func (h *house) metrics() string {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.server.Metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	raw, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != 200 {
		h.t.Fatalf("metrics: %d %v", w.Code, err)
	}
	return string(raw)
}

func TestMetricsCountByRouteKindAndCode(t *testing.T) {
	h := newHouse(t).open()
	h.draw("hall")
	h.desk("clerk hall", "hall", "1", "next", `{}`)
	got := h.metrics()
	for _, want := range []string{
		`aufruf_http_requests_total{route="POST /api/v1/offices/:office/tickets",status="201"} 1`,
		`aufruf_command_seconds_count{kind="issue_ticket"} 1`,
		`aufruf_refusals_total{code="desk_closed"} 1`,
		`aufruf_office_seq{office="hall"}`,
		`aufruf_office_writable{office="hall"} 1`,
		`aufruf_sockets{kind="board"} 0`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// A reception or kiosk token draws fifty a second; a kiosk in the lobby is
// stopped before it prints a roll.
func TestLimitsDoNotHinderHonestBulk(t *testing.T) {
	h := newHouse(t).open()
	body := `{"services":[{"id":"passport","quantity":1}]}`
	for i := range 60 {
		if a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", body); a.status != 201 && a.code() != "intake_full" {
			t.Fatalf("number %d: %d %s", i, a.status, a.body)
		}
	}
	b := newBuckets(Rate{PerSecond: 1, Burst: 5})
	now := time.Unix(1_000_000, 0)
	for i := range 5 {
		if err := b.take("kiosk", now); err != nil {
			t.Fatalf("number %d of a family: %v", i, err)
		}
	}
	if b.take("kiosk", now) == nil {
		t.Error("a sixth at once")
	}
	if b.take("kiosk", now.Add(time.Second)) != nil || b.take("kiosk", now.Add(time.Second)) == nil {
		t.Error("it is not one a second")
	}
	if b.take("other", now) != nil {
		t.Error("another kiosk is hindered")
	}
	if err := b.take("kiosk", now.Add(-time.Hour)); err == nil {
		t.Error("a clock set back gives numbers away")
	}
}

func TestClientsAreToldApartBehindATrustedProxyAlone(t *testing.T) {
	for _, c := range []struct {
		trusted   []string
		forwarded string
		want      string
	}{
		{nil, "203.0.113.9", "127.0.0.1"},
		{[]string{"127.0.0.1"}, "203.0.113.9", "203.0.113.9"},
		{[]string{"127.0.0.0/8"}, "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{[]string{"127.0.0.1", "10.0.0.0/8"}, "203.0.113.9, 10.1.1.1", "203.0.113.9"},
		{[]string{"127.0.0.1"}, "rubbish", "127.0.0.1"},
	} {
		h := newHouse(t, func(d *Deps) { d.TrustedProxies, d.Limits.Write = c.trusted, Rate{0.001, 1} })
		h.post("", "/api/v1/pairings", ``, header{"X-Forwarded-For", c.forwarded})
		if h.server.limits.write.by[access.ClientKey(netip.MustParseAddr(c.want))] == (bucket{}) {
			t.Errorf("%v, %s: %v", c.trusted, c.forwarded, h.server.limits.write.by)
		}
		if a := h.post("", "/api/v1/pairings", ``, header{"X-Forwarded-For", c.forwarded}); a.status != 429 || a.head.Get("Retry-After") == "" {
			t.Errorf("the second is not limited: %d %s", a.status, a.body)
		}
	}
}

func TestAnswersCarryWhatProtectsPages(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.TrustedProxies = []string{"127.0.0.1"} })
	for _, path := range []string{"/healthz", "/moon", "/api/v1/offices", "/api/v1/me"} {
		a := h.get("", path)
		for name, want := range map[string]string{"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": ""} {
			if got := a.head.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if a.head.Get("Permissions-Policy") == "" {
			t.Errorf("%s has no Permissions-Policy", path)
		}
	}
	if got := h.get("", "/healthz", header{"X-Forwarded-Proto", "https"}).head.Get("Strict-Transport-Security"); got == "" {
		t.Error("behind https there is no HSTS")
	}
}

func TestCommandsOfAHouseAndItsQueueAreShown(t *testing.T) {
	h := newHouse(t).open()
	h.want(200, h.post("supervisor hall", "/api/v1/offices/hall/notice", `{"text":"Bitte leise"}`))
	h.draw("hall")
	office := h.want(200, h.get("", "/api/v1/offices/hall")).json(t)
	if office["notice"] != "Bitte leise" || office["topic"] != "office:hall" || office["hours"].(map[string]any)["open"] != true {
		t.Errorf("%v", office)
	}
	q := string(h.want(200, h.get("clerk hall", "/api/v1/offices/hall/queue")).body)
	for _, field := range []string{`"seq":`, `"tickets":[{"id":"`, `"number":"A001","state":"waiting","desk":null,"services":[{"id":"passport","quantity":1}],"issued_at":"`,
		`"checked_in_at":null,"appointment_at":null,"due_at":"`, `"called_at":null,"started_at":null,"finished_at":null,"reason":{"code":"order"`} {
		if !strings.Contains(q, field) {
			t.Errorf("no %s in %s", field, q)
		}
	}
	if _, ok := h.want(200, h.get("", "/api/v1/offices/hall/catalogue")).json(t)["rest_ms"]; !ok {
		t.Error("the catalogue is short")
	}
	if got := h.want(200, h.get("clerk hall", "/api/v1/me")).json(t); !strings.HasPrefix(got["id"].(string), "tok_") {
		t.Errorf("%v", got)
	}
	h.want(200, h.post("supervisor hall", "/api/v1/offices/hall/close", ``))
	if a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1}]}`); a.code() != "office_closed" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// Through every verb of a desk, as a clerk would press them.
func TestEveryPressOfADesk(t *testing.T) {
	h := newHouse(t).open()
	for range 3 {
		h.draw("hall")
	}
	press := func(verb, body, phase, state string) map[string]any {
		t.Helper()
		a := h.want(200, h.desk("clerk hall", "hall", "1", verb, body)).json(t)
		got, _ := a["ticket"].(map[string]any)
		if a["state"] != phase || state == "" && got != nil || state != "" && (got == nil || got["state"] != state) {
			t.Fatalf("%s gives %v", verb, a)
		}
		return got
	}
	press("open", `{}`, "open", "")
	first := press("next", `{}`, "open", "called")["id"].(string)
	press("recall", `{}`, "open", "called")
	press("requeue", `{}`, "open", "")
	press("next", `{}`, "open", "called")
	press("no-show", `{}`, "open", "")
	press("unpark", `{"ticket":"`+first+`"}`, "open", "")
	press("take", `{"ticket":"`+first+`"}`, "open", "called")
	press("undo", `{}`, "open", "")
	press("take", `{"ticket":"`+first+`"}`, "open", "called")
	press("start", `{}`, "open", "serving")
	press("park", `{"reason":"break"}`, "open", "")
	press("unpark", `{"ticket":"`+first+`"}`, "open", "")
	press("next", `{}`, "open", "called")
	press("start", `{}`, "open", "serving")
	press("transfer", `{"desk":"2"}`, "open", "")
	press("next", `{}`, "open", "called")
	press("start", `{}`, "open", "serving")
	press("transfer", `{"office":"works","service":"plate"}`, "open", "")
	press("next", `{}`, "open", "called")
	press("finish", `{}`, "open", "")
	press("pause", `{"until":"`+h.now.now().UTC().Add(time.Hour).Format(time.RFC3339)+`"}`, "paused", "")
	press("resume", `{}`, "open", "")
	press("close", `{}`, "closed", "")
}
