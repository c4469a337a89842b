package web

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheSameKeyGetsTheSameAnswer(t *testing.T) {
	h := newHouse(t).open()
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	h.want(200, h.desk("clerk hall", "hall", "2", "open", `{}`))
	ticket, appointment := h.draw("hall"), h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments",
		`{"at":"`+h.now.now().UTC().Format("2006-01-02T15:04:05Z")+`","services":[{"id":"passport","quantity":1}]}`)).json(t)
	secret := strings.TrimPrefix(ticket["link"].(string), "/t/")
	const base = "/api/v1/offices/hall/"
	cases := []struct{ name, role, path, body, other string }{
		{"a number", "kiosk hall", base + "tickets", `{"services":[{"id":"passport","quantity":2}]}`, `{"services":[{"id":"passport","quantity":1}]}`},
		{"an appointment", "reception hall", base + "appointments", `{"at":"2099-01-01T10:00:00Z","services":[{"id":"passport","quantity":1}]}`, ""},
		{"a check-in", "kiosk hall", base + "appointments/" + appointment["code"].(string) + "/check-in", `{}`, `{"language":"ar"}`},
		{"leaving", "", "/api/v1/tickets/" + secret + "/leave", `{}`, ``},
		{"a next", "clerk hall", base + "desks/1/next", `{}`, ``},
		{"an empty next", "clerk hall", base + "desks/1/next", `{}`, ``},
		{"another empty next", "clerk hall", base + "desks/2/next", `{}`, ``},
		{"a pause", "clerk hall", base + "desks/2/pause", `{}`, `{"until":null}`},
		{"a notice", "supervisor hall", base + "notice", `{"text":"Bitte leise"}`, `{"text":"Bitte laut"}`},
		{"the intake", "supervisor hall", base + "intake", `{"open":true}`, `{"open":false}`},
	}
	cases[1].body = strings.Replace(cases[1].body, "2099-01-01T10:00:00Z", h.now.now().UTC().Add(3600e9).Format("2006-01-02T15:04:05Z"), 1)
	first := map[string]answer{}
	for _, c := range cases {
		first[c.name] = h.send("POST", c.role, c.path, "key of "+c.name, c.body)
		if first[c.name].status/100 != 2 {
			t.Fatalf("%s: %d %s", c.name, first[c.name].status, first[c.name].body)
		}
	}
	again := func(when string) {
		t.Helper()
		for _, c := range cases {
			a := h.send("POST", c.role, c.path, "key of "+c.name, c.body)
			if a.status != first[c.name].status || !bytes.Equal(a.body, first[c.name].body) {
				t.Errorf("%s, %s: first %d %s, again %d %s", c.name, when, first[c.name].status, first[c.name].body, a.status, a.body)
			}
			if c.other == "" && c.name != "leaving" {
				continue
			}
			if a := h.send("POST", c.role, c.path, "key of "+c.name, c.other); a.status != 422 || a.code() != codeKeyReused {
				t.Errorf("%s with another body, %s: %d %s", c.name, when, a.status, a.body)
			}
		}
	}
	again("at once")
	h.restart()
	again("after a restart")
	if a := h.send("POST", "clerk hall", base+"desks/2/next", "key of a next", `{}`); a.status != 422 {
		t.Errorf("the same key at another desk: %d %s", a.status, a.body)
	}
	if a := h.send("POST", "reception hall", base+"tickets", "key of a number", cases[0].body); a.status != 201 || bytes.Equal(a.body, first["a number"].body) {
		t.Errorf("the same key of another caller is another command: %d %s", a.status, a.body)
	}
}

func TestARefusalIsNotKept(t *testing.T) {
	h := newHouse(t)
	send := func() answer {
		return h.send("POST", "kiosk hall", "/api/v1/offices/hall/tickets", "once", `{"services":[{"id":"passport","quantity":1}]}`)
	}
	if a := h.want(409, send()); a.code() != "office_closed" {
		t.Fatalf("%s", a.body)
	}
	h.open()
	h.want(201, send())
}

func TestEveryCommandNeedsAKey(t *testing.T) {
	h := newHouse(t)
	for _, key := range []string{"", strings.Repeat("k", 201)} {
		for name, r := range table {
			method, path, _ := strings.Cut(name, " ")
			if method != "POST" || !strings.HasPrefix(path, "/api/") {
				continue
			}
			a := h.send("POST", roleFor(r, "hall"), fill(path, "hall"), key, ``)
			if a.status != 400 || !strings.Contains(string(a.body), `"location":"header.Idempotency-Key"`) {
				t.Errorf("%s with a key of %d characters: %d %s", name, len(key), a.status, a.body)
			}
		}
	}
}
