package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aufruf/server/queue"
)

var someClient = netip.MustParseAddr("192.0.2.7")

// raw sends bytes and returns all that comes back until the end.
func (h *house) raw(text string) string {
	h.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		h.t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if err != nil && len(got) == 0 {
		h.t.Fatalf("no answer: %v", err)
	}
	return string(got)
}

// checkProblem wants a well-made problem in words, in German unless asked.
func checkProblem(t *testing.T, name string, a answer) Problem {
	t.Helper()
	var p Problem
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Errorf("%s: %s: %v", name, a.body, err)
	}
	if a.head.Get("Content-Type") != problemJSON || p.Status != a.status || p.Type != "about:blank" || p.Code == "" || p.Title == "" ||
		!strings.Contains(p.Detail, " ") || p.Errors == nil || strings.Contains(p.Detail+p.Title, "error.") || strings.Contains(string(a.body), "{{") {
		t.Errorf("%s: %s", name, a.body)
	}
	for _, f := range p.Errors {
		if f.Code == "" || !strings.Contains(f.Message, " ") || strings.Contains(f.Message, "<no value>") {
			t.Errorf("%s: fault %+v", name, f)
		}
	}
	return p
}

func TestBadJSONIsRefusedInWords(t *testing.T) {
	h := newHouse(t).open()
	const evil = "zzyzx"
	for _, c := range []struct {
		name, body, code, location string
		status                     int
	}{
		{"no body", ``, codeRequired, "body", 400},
		{"not JSON", evil, codeMalformed, "body", 400},
		{"two texts", `{} {}`, codeMalformed, "body", 400},
		{"a null", `null`, codeObject, "body", 422},
		{"a list", `[]`, codeObject, "body", 422},
		{"a missing field", `{}`, codeRequired, "body.services", 422},
		{"an unknown key", `{"services":[{"id":"passport","quantity":1}],"` + evil + `.x[0]":1}`, codeUnexpected, "body", 422},
		{"a key in other letters", `{"Services":[{"id":"passport","quantity":1}]}`, codeRequired, "body.services", 422},
		{"an inner key in other letters", `{"services":[{"ID":"passport","quantity":1}]}`, codeRequired, "body.services[0].id", 422},
		{"a key twice", `{"services":[],"services":[{"id":"passport","quantity":1}]}`, codeDuplicateKey, "body", 400},
		{"a key twice in other letters", `{"services":[],"SERVICES":[]}`, codeDuplicateKey, "body", 400},
		{"a key twice by escapes", `{"services":[],"\u0073ervices":[]}`, codeDuplicateKey, "body", 400},
		{"bad UTF-8", "{\"services\":[{\"id\":\"\xff\",\"quantity\":1}]}", codeBadUTF8, "body", 400},
		{"half a pair", `{"services":[{"id":"\ud800","quantity":1}]}`, codeBadUTF8, "body", 400},
		{"the other half", `{"services":[{"id":"\udc00x","quantity":1}]}`, codeBadUTF8, "body", 400},
		{"depth", strings.Repeat("[", 17) + strings.Repeat("]", 17), codeTooDeep, "body", 400},
		{"depth without end", strings.Repeat("[", 60000), codeTooDeep, "body", 400},
		{"a text as a number", `{"services":[{"id":"passport","quantity":"` + evil + `"}]}`, codeInteger, "body.services[0].quantity", 422},
		{"a broken number", `{"services":[{"id":"passport","quantity":1.5}]}`, codeInteger, "body.services[0].quantity", 422},
		{"a huge number", `{"services":[{"id":"passport","quantity":1e400}]}`, codeInvalid, "body", 400},
		{"a big number", `{"services":[{"id":"passport","quantity":1e300}]}`, codeInvalid, "body", 422},
		{"a number as a text", `{"services":[{"id":7,"quantity":1}]}`, codeText, "body.services[0].id", 422},
		{"below the least", `{"services":[{"id":"passport","quantity":0}]}`, codeMinimum, "body.services[0].quantity", 422},
		{"an empty list", `{"services":[]}`, codeTooFew, "body.services", 422},
		{"a long text", `{"services":[{"id":"` + strings.Repeat("x", 65) + `","quantity":1}]}`, codeTooLong, "body.services[0].id", 422},
		{"an unknown language", `{"services":[{"id":"passport","quantity":1}],"language":"xx"}`, codeInvalid, "body.language", 422},
	} {
		a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", c.body, header{"Content-Type", "application/json"})
		p := checkProblem(t, c.name, a)
		found := false
		for _, f := range p.Errors {
			found = found || f.Code == c.code && f.Location == c.location
		}
		if a.status != c.status || p.Code != codeValidation || !found {
			t.Errorf("%s: %d %s, want %d %s at %s", c.name, a.status, a.body, c.status, c.code, c.location)
		}
		if strings.Contains(string(a.body), evil) {
			t.Errorf("%s: the answer repeats what was sent: %s", c.name, a.body)
		}
	}
	if n := len(h.want(200, h.get("clerk hall", "/api/v1/offices/hall/queue")).json(t)["tickets"].([]any)); n != 0 {
		t.Errorf("%d numbers were drawn", n)
	}
	if a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", `{}`, header{"Content-Type", "text/plain"}); a.status != 415 {
		t.Errorf("plain text: %d %s", a.status, a.body)
	}
}

func TestAllFaultsComeAtOnce(t *testing.T) {
	h := newHouse(t)
	a := h.send("POST", "kiosk hall", "/api/v1/offices/hall/tickets", "", `{"services":[{"id":7,"quantity":0},{"quantity":1}],"priority":-1,"x":1}`)
	p := checkProblem(t, "many faults", a)
	if a.status != 400 || len(p.Errors) != 6 {
		t.Errorf("%d faults: %s", len(p.Errors), a.body)
	}
}

func TestAProblemSpeaksTheLanguageAskedFor(t *testing.T) {
	h := newHouse(t)
	for accept, want := range map[string]string{"": "geschlossen", "de": "geschlossen", "en-GB,en;q=0.9": "closed", "ar": "مغلق", "xx": "geschlossen",
		"fr, en;q=0.5": "closed", strings.Repeat("a", 600): "geschlossen"} {
		a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1}]}`, header{"Accept-Language", accept})
		p := checkProblem(t, accept, a)
		if a.status != 409 || p.Code != "office_closed" || !strings.Contains(p.Detail, want) {
			t.Errorf("%.20q: %d %s", accept, a.status, a.body)
		}
	}
}

func TestWhatIsNotThereIsRefusedInWords(t *testing.T) {
	h := newHouse(t).open()
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	one := `{"services":[{"id":"passport","quantity":1}]}`
	plate := `{"services":[{"id":"plate","quantity":1}]}`
	for _, c := range []struct {
		name, method, role, path, body, code string
		status                               int
	}{
		{"an unknown office", "GET", "clerk", "/api/v1/offices/moon/queue", ``, codeNotFound, 404},
		{"an unknown office, for all to see", "GET", "", "/api/v1/offices/moon", ``, codeNotFound, 404},
		{"an unknown route", "GET", "", "/api/v1/moon", ``, codeNotFound, 404},
		{"an unknown service", "POST", "kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"moon","quantity":1}]}`, queue.RefusedUnknownService, 422},
		{"a service twice", "POST", "kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1},{"id":"passport","quantity":1}]}`, queue.RefusedServiceTwice, 422},
		{"too many units", "POST", "kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":6}]}`, queue.RefusedQuantity, 422},
		{"first of the contingent", "POST", "reception hall", "/api/v1/offices/hall/tickets", plate, "", 201},
		{"second of the contingent", "POST", "reception hall", "/api/v1/offices/hall/tickets", plate, "", 201},
		{"a full contingent", "POST", "reception hall", "/api/v1/offices/hall/tickets", plate, queue.RefusedContingent, 409},
		{"a wrong code", "POST", "kiosk hall", "/api/v1/offices/hall/appointments/WRONG/check-in", `{}`, queue.RefusedUnknownAppointment, 404},
		{"a wrong link", "POST", "", "/api/v1/tickets/nothing/leave", `{}`, codeNotFound, 404},
		{"an unknown desk", "POST", "clerk hall", "/api/v1/offices/hall/desks/9/next", `{}`, queue.RefusedUnknownDesk, 404},
		{"a closed desk", "POST", "clerk hall", "/api/v1/offices/hall/desks/2/next", `{}`, queue.RefusedDeskClosed, 409},
		{"an unknown ticket", "POST", "clerk hall", "/api/v1/offices/hall/desks/1/take", `{"ticket":"moon"}`, queue.RefusedUnknownTicket, 404},
		{"nobody to finish", "POST", "clerk hall", "/api/v1/offices/hall/desks/1/finish", `{}`, queue.RefusedNobodyHere, 409},
		{"an end in the past", "POST", "supervisor hall", "/api/v1/offices/hall/open", `{"until":"2020-01-01T00:00:00Z"}`, queue.RefusedUntil, 422},
		{"no time at all", "POST", "supervisor hall", "/api/v1/offices/hall/open", `{"until":"noon"}`, codeValidation, 422},
		{"a long notice", "POST", "supervisor hall", "/api/v1/offices/hall/notice", `{"text":"` + strings.Repeat("x", 301) + `"}`, queue.RefusedNotice, 422},
		{"the wrong method", "DELETE", "", "/api/v1/offices", ``, codeMethod, 405},
		{"a method nobody knows", "BREW", "", "/api/v1/offices", ``, codeMethod, 405},
		{"the intake is closed", "POST", "supervisor hall", "/api/v1/offices/hall/intake", `{"open":false}`, "", 200},
		{"and gives no number", "POST", "kiosk hall", "/api/v1/offices/hall/tickets", one, queue.RefusedIntakeClosed, 409},
	} {
		a := h.send(c.method, c.role, c.path, c.name, c.body)
		if a.status != c.status || a.code() != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.name, a.status, a.body, c.status, c.code)
		}
		if c.code != "" {
			checkProblem(t, c.name, a)
		}
	}
	page := h.get("", "/moon", header{"Accept", "text/html"}, header{"Accept-Language", "ar"})
	if page.status != 404 || !strings.Contains(string(page.body), `dir="rtl"`) || !strings.Contains(page.head.Get("Content-Type"), "text/html") {
		t.Errorf("a page that is not there: %d %s", page.status, page.body)
	}
}

func TestEveryRefusalHasItsStatus(t *testing.T) {
	for _, code := range queue.RefusalCodes {
		if statusOf[code] == 0 {
			t.Errorf("%s has no status", code)
		}
	}
	if len(statusOf) != len(queue.RefusalCodes) {
		t.Errorf("%d statuses for %d refusals", len(statusOf), len(queue.RefusalCodes))
	}
}

func TestOnlyPlainHTTPIsLetIn(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ name, head, status string }{
		{"as it should be", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"},
		{"no host", "GET /healthz HTTP/1.1\r\n\r\n", "400"},
		{"no host, the old way", "GET /healthz HTTP/1.0\r\n\r\n", "400"},
		{"an empty host", "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", "400"},
		{"two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
		{"a host with a path", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
		{"a host with a space", "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", "400"},
		{"another host in the address", "GET http://b/healthz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
		{"two lengths", "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "400"},
		{"length and chunks", "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "400"},
		{"chunks and length", "POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "400"},
		{"two encodings", "POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
		{"an unknown encoding", "POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "400"},
		{"a broken chunk", "POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", "400"},
		{"a negative length", "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"},
		{"a NUL", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", "400"},
		{"a lone CR", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400"},
		{"a bare LF", "GET /healthz HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", "400"},
		{"a folded line", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "400"},
		{"a space before the colon", "GET /healthz HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", "400"},
		{"a version nobody knows", "GET /healthz HTTP/2.7\r\nHost: a\r\n\r\n", "400"},
		{"no version", "GET /healthz\r\n\r\n", "400"},
		{"a broken escape", "GET /t/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "400"},
		{"a path upwards", "GET /static/../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "404"},
		{"a path upwards, escaped", "GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "404"},
		{"a huge header", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 9000) + "\r\n\r\n", "431"},
		{"a packed body", "POST /api/v1/pairings HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "415"},
		{"rubbish", "\x16\x03\x01\x02\x00\x01\r\n\r\n", "400"},
	} {
		got := h.raw(c.head)
		if !strings.HasPrefix(got, "HTTP/1.1 "+c.status) {
			t.Errorf("%s: %.200s, want %s", c.name, got, c.status)
		}
		if strings.HasPrefix(c.status, "4") && !strings.Contains(got, `"detail":"`) {
			t.Errorf("%s is not refused in words: %.600s", c.name, got)
		}
	}
	h.want(200, h.get("", "/healthz"))
}

// The answer to a body that is too large arrives: it is read, not reset.
func TestATooLargeBodyIsToldSo(t *testing.T) {
	h := newHouse(t)
	big := strings.Repeat("x", 10<<20)
	for name, head := range map[string]string{
		"with its length": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(big), big),
		"in chunks":       fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(big), big),
	} {
		got := h.raw("POST /api/v1/offices/hall/tickets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + head)
		if !strings.HasPrefix(got, "HTTP/1.1 413") || !strings.Contains(got, `"code":"too_large"`) || !strings.Contains(got, "Connection: close") {
			t.Errorf("%s: %.300s", name, got)
		}
	}
	got := h.raw("POST /api/v1/offices/hall/tickets HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10000000\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 413") || !strings.Contains(got, `"code":"too_large"`) {
		t.Errorf("asked first: %.300s", got)
	}
	small := strings.Repeat("x", 60<<10)
	if a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", small); a.status != 400 {
		t.Errorf("a body within the limit: %d", a.status)
	}
	if a := h.post("reception hall", "/api/v1/offices/hall/appointments/import", "time,service,code\n"+strings.Repeat("x\n", 600<<10), header{"Content-Type", "text/csv"}); a.status != 422 {
		t.Errorf("a table of a megabyte: %d %.200s", a.status, a.body)
	}
}

func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2,{"b":null}]}`, `{"a":1,"A":2}`, `"\ud83d\ude00"`, `"\ud83d"`, `[[[[`, `{"\\u":"\\"}`, "\xff", `{"a":"\\\ud800"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkJSON(data) != nil {
			return
		}
		// What is let through means the same to everybody: it is valid, and
		// encoded again it can be read again with nothing replaced.
		var v any
		if !json.Valid(data) {
			t.Fatalf("%q is let through", data)
		}
		if json.Unmarshal(data, &v) != nil {
			return // a number too large for any
		}
		again, err := json.Marshal(v)
		if err != nil || checkJSON(again) != nil {
			t.Fatalf("%q becomes %q", data, again)
		}
	})
}
