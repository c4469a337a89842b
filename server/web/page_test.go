package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/queue"
)

// signedIn makes an account, signs it in by the form, and gives its cookie.
func (h *house) signedIn(name string, grants ...access.Grant) string {
	h.t.Helper()
	const password = "a sentence that is long enough"
	if _, err := h.deps.Access.AddAccount(context.Background(), "test", name, password, grants, h.now.now()); err != nil {
		h.t.Fatal(err)
	}
	got := h.want(303, h.formPost("/sign-in", url.Values{"name": {name}, "password": {password}, "key": {"k"}}.Encode(), ""))
	return cookieOf(h.t, got, sessionCookie)
}

func cookieOf(t testing.TB, a answer, name string) string {
	t.Helper()
	for _, c := range (&http.Response{Header: a.head}).Cookies() {
		if c.Name == name && c.Value != "" {
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
				t.Fatalf("cookie %v", c)
			}
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("no cookie %s in %v", name, a.head)
	return ""
}

// formPost sends a form as a browser does from a page of ours.
func (h *house) formPost(path, fields, cookie string, more ...header) answer {
	h.t.Helper()
	return h.send("POST", "", path, "", fields, append([]header{{"Content-Type", "application/x-www-form-urlencoded"},
		{"Origin", h.url}, {"Cookie", cookie}, {"Accept", "text/html"}}, more...)...)
}

// page opens an address as a browser does.
func (h *house) page(path, cookie string, more ...header) answer {
	h.t.Helper()
	return h.get("", path, append([]header{{"Accept", "text/html"}, {"Cookie", cookie}}, more...)...)
}

var hiddenKey = regexp.MustCompile(`name="key" value="([a-z0-9]+)"`)

func keyIn(t testing.TB, a answer) string {
	t.Helper()
	m := hiddenKey.FindSubmatch(a.body)
	if m == nil {
		t.Fatalf("no key in the form: %s", a.body)
	}
	return string(m[1])
}

func has(t testing.TB, a answer, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(string(a.body), part) {
			t.Errorf("%q is not on the page:\n%s", part, a.body)
		}
	}
}

// bootOf reads what the page's script would.
func bootOf(t testing.TB, a answer) (b boot) {
	t.Helper()
	m := regexp.MustCompile(`(?s)<script type="application/json" id="boot">(.*?)</script>`).FindSubmatch(a.body)
	if m == nil {
		t.Fatalf("no boot: %s", a.body)
	}
	if err := json.Unmarshal(m[1], &b); err != nil {
		t.Fatalf("boot %s: %v", m[1], err)
	}
	return b
}

func TestThePhonePageIsReadableWithoutScript(t *testing.T) {
	h := newHouse(t).open()
	h.draw("hall")
	path := h.draw("hall")["link"].(string)
	page := h.want(200, h.page(path, ""))
	has(t, page, "A\u2009002", `<meta http-equiv="refresh" content="20">`, `action="`+path+`/leave"`, `lang="de"`)
	if page.head.Get("Cache-Control") != "no-store" || page.head.Get("Referrer-Policy") == "no-referrer" {
		t.Errorf("headers %v", page.head)
	}
	b := bootOf(t, page)
	if b.Topic != "ticket:"+strings.TrimPrefix(path, "/t/") || len(b.Frame) == 0 || b.Zone != "UTC" || b.Lang != "de" || b.Words["phone.ahead"] == nil || b.Words["reason.order"] == nil {
		t.Errorf("boot %+v", b)
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	h.want(200, h.desk("clerk hall", "hall", "1", "next", ``))
	h.want(200, h.desk("clerk hall", "hall", "1", "next", ``))
	called := h.want(200, h.page(path, ""))
	has(t, called, `data-state="called"`)
}

func TestOnlyThePhonePagesOwnScriptAndStyleMayRun(t *testing.T) {
	h := newHouse(t).open()
	page := h.want(200, h.page(h.draw("hall")["link"].(string), ""))
	policy := page.head.Get("Content-Security-Policy")
	for what, inside := range map[string]string{"script-src": `(?s)<script type="module">(.*?)</script>`, "style-src": `(?s)<style>(.*?)</style>`} {
		all := regexp.MustCompile(inside).FindAllSubmatch(page.body, -1)
		if len(all) != 1 || len(all[0][1]) < 1000 {
			t.Fatalf("%s: %d inside the page", what, len(all))
		}
		sum := sha256.Sum256(all[0][1])
		if want := what + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.Contains(policy, want) {
			t.Errorf("%s is not in %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("policy %s", policy)
	}
}

func TestWhyIsCountedOnThePage(t *testing.T) {
	h := newHouse(t).open()
	h.draw("hall")
	path := h.draw("hall")["link"].(string)
	h.now.pass(50 * time.Minute)
	has(t, h.want(200, h.page(path, "")), h.deps.Words.Text("de", "reason.ceiling", map[string]any{"WaitedMinutes": 50, "CeilingMinutes": 45}))
}

func TestPagesComeInTheLanguageAskedFor(t *testing.T) {
	h := newHouse(t).open()
	path := h.draw("hall")["link"].(string)
	has(t, h.want(200, h.page(path+"?lang=ar", "")), `lang="ar"`, `dir="rtl"`)
	chosen := h.want(200, h.page(path+"?lang=en", ""))
	has(t, chosen, `lang="en"`, `dir="ltr"`)
	var kept string
	for _, c := range (&http.Response{Header: chosen.head}).Cookies() {
		kept += c.Name + "=" + c.Value
	}
	has(t, h.page(path, kept), `lang="en"`)
	has(t, h.page(path, "", header{"Accept-Language", "ar;q=0.9, fr"}), `lang="ar"`)
	has(t, h.page("/", "", header{"Accept-Language", "ar"}), `lang="de"`) // not a page for Arabic
	has(t, h.page(path+"?lang=%22%3E%3Cscript%3E", kept), `lang="en"`)
}

func TestLeavingByTheFormIsDoneOnce(t *testing.T) {
	h := newHouse(t).open()
	path := h.draw("hall")["link"].(string)
	key := keyIn(t, h.page(path, ""))
	before := h.seq("hall")
	for range 2 {
		if got := h.want(303, h.formPost(path+"/leave", "key="+key, "")); got.head.Get("Location") != path {
			t.Fatalf("sent to %s", got.head.Get("Location"))
		}
	}
	if got := h.seq("hall"); got != before+1 {
		t.Errorf("%d records for one wish", got-before)
	}
	has(t, h.want(200, h.page(path, "")), `data-state="left"`)
	refused := h.want(409, h.formPost(path+"/leave", "key=another", ""))
	has(t, refused, `role="alert"`, "A\u2009001")
}

func (h *house) seq(office string) uint64 {
	o, _ := h.deps.Town.Office(office)
	return o.State().Seq
}

func TestFormsNeedAPageOfOursAndAKey(t *testing.T) {
	h := newHouse(t).open()
	path := h.draw("hall")["link"].(string) + "/leave"
	before := h.seq("hall")
	h.want(403, h.formPost(path, "key=k", "", header{"Origin", "https://evil.example"}))
	h.want(403, h.formPost(path, "key=k", "", header{"Origin", ""}))
	h.want(403, h.formPost(path, "key=k", "", header{"Origin", ""}, header{"Sec-Fetch-Site", "cross-site"}))
	h.want(422, h.formPost(path, "", ""))
	h.want(400, h.formPost(path, "key=%zz", ""))
	h.want(415, h.formPost(path, "key=k", "", header{"Content-Type", "text/plain"}))
	h.want(404, h.formPost("/t/00000000000000000000000000/leave", "key=k", ""))
	if h.seq("hall") != before {
		t.Error("something was done")
	}
	h.want(303, h.formPost(path, "key=k", "", header{"Origin", ""}, header{"Sec-Fetch-Site", "same-origin"}))
}

func TestAnAppointmentIsCheckedInByItsLink(t *testing.T) {
	h := newHouse(t).open()
	at := h.now.now().UTC().Truncate(time.Minute).Format(time.RFC3339)
	made := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"`+at+`","services":[{"id":"passport","quantity":1}]}`)).json(t)
	path := made["link"].(string)
	page := h.want(200, h.page(path, ""))
	has(t, page, made["code"].(string), `action="`+path+`/check-in"`, path+"/qr.svg")
	svg := h.want(200, h.page(path+"/qr.svg", ""))
	want, _ := qrSVG(h.url+path, h.deps.Words.Text("de", "appointment.qr", nil))
	if string(svg.body) != string(want) || svg.head.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("%v %s", svg.head, svg.body)
	}
	has(t, h.want(200, h.page(path+"/print", "")), made["code"].(string), path+"/qr.svg", h.url+path)
	done := h.want(303, h.formPost(path+"/check-in", "key="+keyIn(t, page), ""))
	ticket := done.head.Get("Location")
	if !strings.HasPrefix(ticket, "/t/") {
		t.Fatalf("sent to %s", ticket)
	}
	has(t, h.want(200, h.page(ticket, "")), "A\u2009001")
	has(t, h.want(200, h.page(path, "")), ticket, "A\u2009001")
	has(t, h.want(409, h.formPost(path+"/check-in", "key=again", "")), ticket)
	for _, rest := range []string{"", "/qr.svg", "/print"} {
		h.want(404, h.page("/a/00000000000000000000000000"+rest, ""))
	}
}

func TestQRCodeAndSlip(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.PublicURL = "https://termine.example.de" }).open()
	path := h.draw("hall")["link"].(string)
	if i := strings.Index(path, "/t/"); i > 0 {
		path = path[i:]
	}
	svg := h.want(200, h.page(path+"/qr.svg", ""))
	want, _ := qrSVG("https://termine.example.de"+path, h.deps.Words.Text("de", "kiosk.qr", nil))
	if string(svg.body) != string(want) || svg.head.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("%v %s", svg.head, svg.body)
	}
	has(t, h.want(200, h.page(path+"/print", "")), "A\u2009001", path+"/qr.svg", "https://termine.example.de"+path)
	h.want(404, h.page("/t/00000000000000000000000000/qr.svg", ""))
	h.want(404, h.page("/t/00000000000000000000000000/print", ""))
}

func TestADeviceNobodyLetInShowsACode(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/board/lobby", "/kiosk/hall"} {
		page := h.want(200, h.page(path, ""))
		has(t, page, `id="code"`, "js/pairing.js")
		if strings.Contains(string(page.body), `"frame":{`) {
			t.Errorf("%s shows a frame to a stranger", path)
		}
	}
	h.want(404, h.page("/board/cellar", ""))
	h.want(404, h.page("/kiosk/cellar", ""))
	pairing, err := h.deps.Access.Pair(addr("192.0.2.1"), h.now.now())
	if err != nil {
		t.Fatal(err)
	}
	boss := access.Principal{ID: "acc_x", Grants: []access.Grant{{Role: access.Supervisor}}}
	grant := access.Grant{Role: access.Board, Office: "hall", Screen: "lobby"}
	id, err := h.deps.Access.Approve(context.Background(), boss, pairing.Code, "TV", grant, h.now.now())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := h.deps.Access.Claim(context.Background(), pairing.Secret, h.now.now())
	if err != nil {
		t.Fatal(err)
	}
	cookie := deviceCookie + "=" + secret
	b := bootOf(t, h.want(200, h.page("/board/lobby", cookie)))
	if b.Topic != "board:hall:lobby" || len(b.Frame) < 10 || b.Languages["de"] == nil {
		t.Errorf("boot %+v", b)
	}
	has(t, h.page("/board/yard", cookie), `id="code"`) // another screen's
	has(t, h.page("/kiosk/hall", cookie), `id="code"`) // no kiosk
	tl, resp := h.upgrade("board:hall:lobby", "", header{"Origin", h.url}, header{"Cookie", cookie})
	if tl == nil {
		t.Fatalf("status %d", resp.StatusCode)
	}
	tl.next()
	if err := h.deps.Access.Revoke(context.Background(), "test", id, h.now.now()); err != nil {
		t.Fatal(err)
	}
	if code := tl.closed(); code != closeRevoked {
		t.Errorf("closed with %d", code)
	}
	has(t, h.page("/board/lobby", cookie), `id="code"`)
}

func TestStaffPagesWantASignIn(t *testing.T) {
	h := newHouse(t)
	clerk := h.signedIn("clara", access.Grant{Role: access.Clerk, Office: "hall"})
	boss := h.signedIn("bela", access.Grant{Role: access.Supervisor, Office: "hall"}, access.Grant{Role: access.Clerk, Office: "hall"})
	desk := h.signedIn("rita", access.Grant{Role: access.Reception, Office: "hall"})
	for path, want := range map[string][3]int{ // clerk, supervisor, reception
		"/desk/hall":       {200, 200, 403},
		"/desk/hall/1":     {200, 200, 403},
		"/desk/hall/99":    {404, 404, 403},
		"/reception/hall":  {403, 200, 200},
		"/supervisor/hall": {403, 200, 403},
		"/desk/works":      {404, 404, 404},
		"/supervisor/none": {404, 404, 404},
	} {
		stranger := h.want(303, h.page(path, ""))
		if got := stranger.head.Get("Location"); got != "/sign-in?next="+url.QueryEscape(path) {
			t.Errorf("%s: sent to %s", path, got)
		}
		for i, cookie := range []string{clerk, boss, desk} {
			got := h.page(path, cookie)
			if got.status != want[i] {
				t.Errorf("%s as %d: status %d, want %d", path, i, got.status, want[i])
			}
			if got.status == 200 {
				if b := bootOf(t, got); b.Me == nil || b.Catalogue == nil || len(b.Frame) < 10 || b.Office.ID != "hall" {
					t.Errorf("%s: boot %+v", path, b)
				}
			}
		}
	}
	if b := bootOf(t, h.page("/desk/hall/1", clerk)); b.Desk != "1" || b.Topic != "desk:hall" {
		t.Errorf("boot %+v", b)
	}
	if b := bootOf(t, h.page("/supervisor/hall", boss)); b.Topic != "supervisor:hall" || len(b.Screens) != 1 || b.Screens[0].ID != "lobby" {
		t.Errorf("boot %+v", b)
	}
}

func TestBeingOnThisMachineIsNoSignIn(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.TrustLocal = true })
	for path, want := range map[string]int{"/board/lobby": 200, "/kiosk/hall": 200, "/desk/hall": 303, "/supervisor/hall": 303} {
		if got := h.page(path, ""); got.status != want || strings.Contains(string(got.body), "js/pairing.js") {
			t.Errorf("%s: status %d, want %d", path, got.status, want)
		}
	}
	clerk := h.signedIn("clara", access.Grant{Role: access.Clerk, Office: "hall"})
	h.want(200, h.page("/desk/hall", clerk))
	h.want(403, h.page("/supervisor/hall", clerk))
	h.want(200, h.page("/board/lobby", clerk))
}

func TestSigningInAndOut(t *testing.T) {
	h := newHouse(t)
	cookie := h.signedIn("anna", access.Grant{Role: access.Clerk, Office: "hall"})
	has(t, h.want(200, h.page("/", cookie)), "anna", `href="/desk/hall"`)
	if strings.Contains(string(h.page("/", "").body), "anna") {
		t.Error("a stranger sees who signed in")
	}
	wrong := h.want(401, h.formPost("/sign-in", "name=anna&password=wrong&next=/desk/hall&key=k", ""))
	has(t, wrong, `role="alert"`, `value="anna"`, `value="/desk/hall"`)
	if wrong.head.Get("Set-Cookie") != "" && strings.Contains(wrong.head.Get("Set-Cookie"), sessionCookie) {
		t.Error("a session for a wrong password")
	}
	h.want(403, h.formPost("/sign-in", "name=anna&password=x&key=k", "", header{"Origin", "https://evil.example"}))
	for next, want := range map[string]string{"/desk/hall": "/desk/hall", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/"} {
		got := h.want(303, h.formPost("/sign-in", url.Values{"name": {"anna"}, "password": {"a sentence that is long enough"}, "next": {next}, "key": {"k"}}.Encode(), ""))
		if got.head.Get("Location") != want {
			t.Errorf("next %q leads to %q", next, got.head.Get("Location"))
		}
	}
	h.want(303, h.formPost("/sign-out", "key=k", cookie))
	h.want(303, h.page("/desk/hall", cookie)) // to the sign-in
}

func TestTheFirstAccountOpensTheHouse(t *testing.T) {
	h := newHouse(t)
	secret, err := h.deps.Access.SetupSecret(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	path := "/setup/" + secret
	h.want(404, h.page("/setup/wrong", ""))
	page := h.want(200, h.page(path, ""))
	weak := h.want(422, h.formPost(path, "name=anna&password=short&key="+keyIn(t, page), ""))
	has(t, weak, `role="alert"`)
	made := h.want(303, h.formPost(path, url.Values{"name": {"anna"}, "password": {"a sentence that is long enough"}, "key": {keyIn(t, page)}}.Encode(), ""))
	cookie := cookieOf(t, made, sessionCookie)
	h.want(404, h.page(path, "")) // once
	done := h.want(200, h.page(path, cookie))
	has(t, done, `name="open" value="hall"`)
	key := keyIn(t, done)
	h.want(422, h.formPost(path, "open=hall&until=25:99&key="+key, cookie))
	h.want(404, h.formPost(path, "open=hall&until=&key="+key, "")) // a stranger
	h.want(303, h.formPost(path, "open=hall&until=&key="+key, cookie))
	has(t, h.want(200, h.page(path, cookie)), h.deps.Words.Text("de", "home.open", nil))
	hall, _ := h.deps.Town.Office("hall")
	if st := queue.StatusAt(hall.Rules(), hall.State(), h.now.now()); !st.Open {
		t.Error("the house is not open")
	}
	works, _ := h.deps.Town.Office("works")
	if st := queue.StatusAt(works.Rules(), works.State(), h.now.now()); st.Open {
		t.Error("the other house is open too")
	}
}

func TestUntilIsTheNextTimeTheClockShowsIt(t *testing.T) {
	zone, _ := time.LoadLocation("Europe/Berlin")
	now := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC) // Sunday, 23:30 in Berlin
	for text, want := range map[string]string{"23:45": "2026-11-22T22:45:00Z", "01:00": "2026-11-23T00:00:00Z", "23:30": "2026-11-23T22:30:00Z"} {
		if got, err := untilOf(text, now, zone); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"24:00", "noon", "1", "-1:00", "12:00:00"} {
		if _, err := untilOf(text, now, zone); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestAssetsAreKeptForEverAndComeSmall(t *testing.T) {
	h := newHouse(t)
	path, err := h.deps.Assets.URL("css/base.css")
	if err != nil {
		t.Fatal(err)
	}
	got := h.want(200, h.get("", path, header{"Accept-Encoding", "gzip"}))
	if got.head.Get("Content-Encoding") != "gzip" || !strings.Contains(got.head.Get("Cache-Control"), "immutable") || got.head.Get("ETag") == "" ||
		!strings.HasPrefix(got.head.Get("Content-Type"), "text/css") {
		t.Errorf("%v", got.head)
	}
	h.want(304, h.get("", path, header{"Accept-Encoding", "gzip"}, header{"If-None-Match", got.head.Get("ETag")}))
	h.want(404, h.get("", "/static/x/../../go.mod"))
	h.want(404, h.get("", "/static/x/css/none.css"))
	h.want(404, h.get("", "/speech/de/none.wav"))
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestPagesAreCompressedForWhoeverTakesIt(t *testing.T) {
	h := newHouse(t)
	for encoding, want := range map[string]string{"gzip, br": "br", "gzip": "gzip", "br;q=0, gzip": "gzip", "identity": ""} {
		a := h.want(200, h.page("/sign-in", "", header{"Accept-Encoding", encoding}))
		if got := a.head.Get("Content-Encoding"); got != want || !strings.Contains(strings.Join(a.head.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%q: encoded %q, vary %q", encoding, got, a.head.Values("Vary"))
		}
	}
}
