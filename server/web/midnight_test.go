package web

import (
	"testing"
	"time"
)

// The answers of yesterday's last hour can be asked for again today, also where
// what the request names is gone with yesterday.
func TestSameKeySameAnswerWhereTheDayTookTicketAndAppointment(t *testing.T) {
	h := newHouse(t)
	day := h.now.now().UTC().Truncate(24 * time.Hour)
	h.now.pass(day.Add(23*time.Hour + 24*time.Hour).Sub(h.now.now()))
	h.open()
	link := h.draw("hall")["link"].(string)
	leave := "/api/v1/tickets/" + link[len(link)-26:] + "/leave"
	left := h.want(200, h.send("POST", "", leave, "leave-1", ""))
	at := h.now.now().UTC().Format(time.RFC3339)
	code := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"`+at+`","services":[{"id":"passport","quantity":1}]}`)).json(t)["code"].(string)
	checkIn := "/api/v1/offices/hall/appointments/" + code + "/check-in"
	in := h.want(200, h.send("POST", "kiosk hall", checkIn, "in-1", ""))
	h.now.pass(2 * time.Hour)
	h.post("supervisor hall", "/api/v1/offices/hall/notice", `{"text":"a new day"}`)
	if again := h.send("POST", "", leave, "leave-1", ""); string(again.body) != string(left.body) {
		t.Errorf("leave: %d %s, first %s", again.status, again.body, left.body)
	}
	if again := h.send("POST", "kiosk hall", checkIn, "in-1", ""); string(again.body) != string(in.body) {
		t.Errorf("check-in: %d %s, first %s", again.status, again.body, in.body)
	}
	h.want(404, h.send("POST", "", leave, "leave-2", ""))
	h.want(404, h.send("POST", "kiosk hall", checkIn, "in-2", ""))
}

// The same of the forms, which need no script.
func TestAFormRepeatedAfterItsDayIsAnsweredAsItWas(t *testing.T) {
	h := newHouse(t)
	h.now.pass(h.now.now().UTC().Truncate(24 * time.Hour).Add(23 * time.Hour).Sub(h.now.now()))
	h.open()
	leave := h.draw("hall")["link"].(string) + "/leave"
	at := h.now.now().UTC().Format(time.RFC3339)
	checkIn := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments",
		`{"at":"`+at+`","services":[{"id":"passport","quantity":1}]}`)).json(t)["link"].(string) + "/check-in"
	first := map[string]string{}
	for _, path := range []string{leave, checkIn} {
		first[path] = h.want(303, h.formPost(path, "key=once", "")).head.Get("Location")
	}
	h.now.pass(2 * time.Hour)
	h.post("supervisor hall", "/api/v1/offices/hall/notice", `{"text":"a new day"}`)
	for _, restarted := range []bool{false, true} {
		if restarted {
			h.restart()
		}
		for path, want := range first {
			if got := h.want(303, h.formPost(path, "key=once", "")).head.Get("Location"); got != want {
				t.Errorf("%s leads to %s, first to %s", path, got, want)
			}
			h.want(404, h.formPost(path, "key=another", ""))
		}
	}
	hall, _ := h.deps.Town.Office("hall")
	if n := len(hall.State().Tickets); n != 0 {
		t.Errorf("%d tickets on the new day", n)
	}
}
