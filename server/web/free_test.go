package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// sellsTime lets citizens book at both offices, on the test's Tuesday and the
// day after.
func sellsTime(d *Deps) {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	for _, o := range d.Town.Offices() {
		r := o.Rules()
		hours := []calendar.Span{{From: 8 * 60, To: 12 * 60}}
		r.Hours.Exceptions = []calendar.Exception{{From: day, Spans: hours}, {From: day.AddDays(1), Spans: hours}}
		r.Booking = queue.Booking{Online: true, Grid: 10 * time.Minute, Lead: 30 * time.Minute, Hold: 10 * time.Minute, Confirm: time.Hour, Most: 3, Terms: queue.Terms{Days: 14}}
	}
}

func (h *house) free() any {
	h.t.Helper()
	return h.want(200, h.get("", "/public/hall.json")).json(h.t)["free_today"]
}

func TestFreeAppointmentsAreToldOnThePageTheBadgeAndInOpenData(t *testing.T) {
	h := newHouse(t, sellsTime).open()
	now := func() string { return fmt.Sprint(h.free()) }
	counted := *h.deps.Town.Offices()[0].Rules().FreeOf(h.deps.Town.Offices()[0].State(), h.now.now()).All()
	if now() != fmt.Sprint(counted) || counted < 10 {
		t.Fatalf("%s are told, %d are counted", now(), counted)
	}
	text := fmt.Sprintf("Heute noch %d Termine frei", counted)
	short := fmt.Sprintf("heute %d Termine", counted)
	for path, text := range map[string]string{"/public/hall?lang=de": text, "/public/hall/badge?lang=de": short, "/public/hall/badge.svg?lang=de": short} {
		if page := string(h.want(200, h.get("", path)).body); !strings.Contains(page, text) {
			t.Errorf("%s says nothing of it", path)
		}
	}
	if page := string(h.want(200, h.get("supervisor hall", "/board/lobby?lang=de", header{"Accept", "text/html"})).body); !strings.Contains(page, text) {
		t.Error("the board says nothing of it")
	}
	if page := string(h.want(200, h.get("", "/public/hall?lang=de")).body); !strings.Contains(page, `href="/book/hall"`) {
		t.Error("no way from the page to booking")
	}
	h.hold("11:00")
	if now() != fmt.Sprint(counted-1) {
		t.Errorf("one is held, and %s are told instead of %d", now(), counted-1)
	}
	h.want(200, h.post("supervisor hall", "/api/v1/offices/hall/close", `{}`))
	if now() != "0" {
		t.Errorf("closed, and %s are told", now())
	}
}

func TestAnOfficeThatSellsNoTimeSaysNothingOfFreeAppointments(t *testing.T) {
	h := newHouse(t).open()
	if free := h.free(); free != nil {
		t.Errorf("%v are told", free)
	}
	for _, path := range []string{"/public/hall?lang=de", "/public/hall/badge?lang=de", "/public/hall/badge.svg?lang=de"} {
		if page := string(h.want(200, h.get("", path)).body); strings.Contains(page, "public__free") || strings.Contains(page, "/book/") || strings.Contains(path, "badge") && strings.Contains(page, "Termin") {
			t.Errorf("%s speaks of booking", path)
		}
	}
}

// hold keeps a time of the test's day for the kiosk and returns its secret.
func (h *house) hold(at string) string {
	h.t.Helper()
	return h.want(201, h.post("kiosk hall", "/api/v1/offices/hall/holds", kioskHold(at))).json(h.t)["hold"].(string)
}

func kioskHold(at string) string {
	return `{"at":"2026-11-24T` + at + `:00Z","services":[{"id":"passport","quantity":1}],"channel":"kiosk"}`
}

func TestTheKioskBooksWithASurnameAndANumberAlone(t *testing.T) {
	h := newHouse(t, sellsTime).open()
	h.want(403, h.post("", "/api/v1/offices/hall/holds", kioskHold("11:00")))
	slots := h.want(200, h.get("", "/api/v1/offices/hall/slots?services=passport")).json(t)
	if slots["free_today"] != h.free() {
		t.Errorf("%v free for this, %v for all, where all is alike", slots["free_today"], h.free())
	}
	secret := h.hold("11:00")
	for _, c := range []struct{ contact, location, code string }{
		{`{"surname":"Meier","phone":"0171 2345678"}`, "body.contact.consent", "contact_missing_consent"},
		{`{"surname":"Meier","phone":"123","consent":"` + consentVersion + `"}`, "body.contact.phone", "contact_phone_short"},
		{`{"surname":"Meier","phone":"` + strings.Repeat("1", 40) + `","consent":"` + consentVersion + `"}`, "body.contact.phone", "contact_phone_long"},
		{`{"surname":"Meier 😀","phone":"0171 2345678","consent":"` + consentVersion + `"}`, "body.contact.surname", "contact_characters"},
		{`{"surname":"","phone":"0171 2345678","consent":"` + consentVersion + `"}`, "body.contact.surname", "contact_missing_surname"},
	} {
		a := h.want(422, h.post("", "/api/v1/holds/"+secret+"/book", `{"contact":`+c.contact+`}`))
		faults := a.json(t)["errors"].([]any)
		if f := faults[0].(map[string]any); len(faults) != 1 || f["location"] != c.location || f["code"] != c.code {
			t.Errorf("%s: %s", c.contact, a.body)
		}
	}
	good := `{"contact":{"surname":"Meier","phone":"0171 2345678","consent":"` + consentVersion + `","language":"ar"}}`
	booked := h.want(201, h.send("POST", "", "/api/v1/holds/"+secret+"/book", "once", good))
	if again := h.want(201, h.send("POST", "", "/api/v1/holds/"+secret+"/book", "once", good)); string(again.body) != string(booked.body) {
		t.Errorf("sent twice, %s and %s", booked.body, again.body)
	}
	said := booked.json(t)
	if said["confirm_by"] != nil || said["code"] == "" || !strings.HasSuffix(said["link"].(string), "/a/"+secret) {
		t.Errorf("%s", booked.body)
	}
	h.want(200, h.get("", "/a/"+secret+"/print", header{"Accept", "text/html"}))
	h.want(409, h.post("", "/api/v1/holds/"+secret+"/release", `{}`)) // it is an appointment now
	h.want(200, h.post("kiosk hall", byPhonePath, byPhone("5678", "M")))
}
