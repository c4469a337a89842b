package web

import (
	"strings"
	"testing"

	"aufruf/server/journal"
)

func TestADiskThatFailsIsSaidInWords(t *testing.T) {
	h := newHouse(t).open()
	draw := func(key string) answer {
		return h.send("POST", "kiosk hall", "/api/v1/offices/hall/tickets", key, `{"services":[{"id":"passport","quantity":1}]}`)
	}
	before := h.want(201, draw("before"))
	h.disk.breaks(journal.ErrDiskFull)
	full := draw("full")
	if p := checkProblem(t, "full", full); full.status != 507 || p.Code != codeDiskFull {
		t.Errorf("full: %d %s", full.status, full.body)
	}
	h.want(200, h.get("", "/readyz"))
	h.disk.breaks(nil)
	h.want(201, draw("full"))

	h.disk.breaks(journal.ErrReadOnly)
	broken := draw("broken")
	if p := checkProblem(t, "broken", broken); broken.status != 503 || p.Code != codeReadOnly || broken.head.Get("Retry-After") != "" {
		t.Errorf("broken: %d %s", broken.status, broken.body)
	}
	if a := h.get("", "/readyz"); a.status != 503 || !strings.Contains(string(a.body), `"read_only":["hall"]`) {
		t.Errorf("ready: %d %s", a.status, a.body)
	}
	h.want(200, h.get("", "/healthz"))
	h.want(200, h.get("clerk hall", "/api/v1/offices/hall/queue"))
	if again := draw("before"); again.status != 201 || string(again.body) != string(before.body) {
		t.Errorf("what was answered is answered again: %d %s", again.status, again.body)
	}
	if !strings.Contains(h.metrics(), `aufruf_office_writable{office="hall"} 0`) {
		t.Error("the metrics do not say so")
	}
}

// A fault that nobody foresaw is in the log and shows nothing of itself. No
// route panics, so a missing town stands in for the bug.
func TestAPanicIsLoggedAndNotShown(t *testing.T) {
	h := newHouse(t)
	h.server.deps.Town = nil
	a := h.get("", "/api/v1/offices")
	p := checkProblem(t, "a panic", a)
	if a.status != 500 || p.Code != codeInternal || strings.Contains(string(a.body), "nil") || !strings.Contains(h.log.String(), "nil pointer") {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.server.deps.Town = h.deps.Town
	h.want(200, h.get("", "/api/v1/offices"))
}
