package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var formKey = regexp.MustCompile(`name="key" value="([a-z0-9]+)"`)

// form opens a page, fills in its form as a browser would, and returns the
// answer, which it does not follow.
func (p *program) form(t *testing.T, at string, cookies []*http.Cookie, fields url.Values) *http.Response {
	t.Helper()
	browser := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	open := func(method, body string) *http.Response {
		req, err := http.NewRequest(method, p.url+at, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/html")
		for _, c := range cookies {
			req.AddCookie(c)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Origin", p.url)
		}
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	page := open(http.MethodGet, "")
	defer page.Body.Close()
	var text strings.Builder
	for buf := make([]byte, 1<<16); ; {
		n, err := page.Body.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			break
		}
	}
	key := formKey.FindStringSubmatch(text.String())
	if page.StatusCode != http.StatusOK || key == nil {
		t.Fatalf("%s: %d, no form in\n%s", at, page.StatusCode, text.String())
	}
	fields.Set("key", key[1])
	answer := open(http.MethodPost, fields.Encode())
	answer.Body.Close()
	return answer
}

// What a newcomer does, out of hours and with the configuration as it comes:
// reads what the program prints, makes the first account behind the one-time
// link, opens the office until an hour of his choice, draws a number at the
// kiosk of this machine, calls it, and the board shows it.
func TestANewcomerCallsANumberOutOfHours(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	var setup string
	until(t, "the one-time link is printed", func() bool {
		setup = regexp.MustCompile(`http://\S+/setup/\S+`).FindString(p.output.String())
		return setup != ""
	})
	for _, want := range []string{"listening " + p.url, "/board/lobby", "/board/hallway", "/kiosk/hall", "/kiosk/works", "/desk/hall", "/reception/hall",
		"/supervisor/hall", "phone "} {
		if !strings.Contains(p.output.String(), want) {
			t.Errorf("%q is not printed:\n%s", want, p.output)
		}
	}
	setup = strings.TrimPrefix(setup, p.url)
	own := func(method, at, body string, cookies []*http.Cookie) (int, string) {
		req, _ := http.NewRequest(method, p.url+at, strings.NewReader(body))
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Idempotency-Key", at)
		}
		for _, c := range cookies {
			req.AddCookie(c)
		}
		resp, err := httpClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var raw json.RawMessage
		json.NewDecoder(resp.Body).Decode(&raw)
		return resp.StatusCode, string(raw)
	}
	if status, body := own("POST", ticketsPath, drawCard, nil); status != http.StatusConflict || !strings.Contains(body, "office_closed") {
		t.Fatalf("before it is opened: %d %s", status, body)
	}

	made := p.form(t, setup, nil, url.Values{"name": {"ada"}, "password": {"a sentence that is long enough"}})
	if made.StatusCode != http.StatusSeeOther || len(made.Cookies()) == 0 {
		t.Fatalf("the first account: %d", made.StatusCode)
	}
	local, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(2 * time.Hour).In(local).Truncate(time.Minute)
	if opened := p.form(t, setup, made.Cookies(), url.Values{"open": {"hall"}, "until": {end.Format("15:04")}}); opened.StatusCode != http.StatusSeeOther {
		t.Fatalf("opening the office: %d", opened.StatusCode)
	}
	var office struct {
		Hours struct {
			Open  bool
			Until time.Time
		}
	}
	p.get("", "/api/v1/offices/hall").into(t, &office)
	if !office.Hours.Open || !office.Hours.Until.Equal(end) {
		t.Fatalf("open %v until %v, chosen was %v", office.Hours.Open, office.Hours.Until, end)
	}
	for _, at := range []string{"/board/lobby", "/kiosk/hall"} { // opened by this machine's own browser
		if a := p.get("", at); a.status != http.StatusOK || strings.Contains(string(a.body), "pairing.js") {
			t.Errorf("%s: %d", at, a.status)
		}
	}
	status, body := own("POST", ticketsPath, drawCard, nil)
	if status != http.StatusCreated || !strings.Contains(body, `"A001"`) {
		t.Fatalf("drawing: %d %s", status, body)
	}
	for _, verb := range []string{"open", "next"} {
		if status, body = own("POST", "/api/v1/offices/hall/desks/d1/"+verb, `{}`, made.Cookies()); status != http.StatusOK {
			t.Fatalf("%s: %d %s", verb, status, body)
		}
	}
	frames := p.watch(t, p.token("board", "hall"), "board:hall:lobby")
	if seen := frames(); !strings.Contains(seen, `"text":"A001"`) {
		t.Errorf("the board does not show the call: %s", seen)
	}
	if a, err := p.send(context.Background(), "GET", "", "", setup, ""); err != nil || a.status != http.StatusNotFound {
		t.Errorf("the link works twice: %d %v", a.status, err)
	}
}
