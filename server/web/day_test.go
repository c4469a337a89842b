package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"aufruf/server/people"
	"aufruf/server/queue"
)

// A cell that a spreadsheet would take for a formula is a text.
func TestNoCellIsTakenForAFormula(t *testing.T) {
	for in, want := range map[string]string{
		`=HYPERLINK("http://evil.example","x")`: `'=HYPERLINK("http://evil.example","x")`,
		"+49 171 2345678":                       "'+49 171 2345678",
		"-1+2":                                  "'-1+2",
		"@SUM(A1)":                              "'@SUM(A1)",
		"\t=1":                                  "'\t=1",
		"\r=1":                                  "'\r=1",
		"":                                      "",
		"Müller":                                "Müller",
		"a=1":                                   "a=1",
		"'=1":                                   "'=1",
	} {
		if got := safeCell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// enters puts in an appointment of today and returns its id.
func (h *house) enters(at string) string {
	h.t.Helper()
	h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"`+at+`","services":[{"id":"passport","quantity":2}]}`))
	o, _ := h.deps.Town.Office("hall")
	list := o.State().Appointments
	return list[len(list)-1].ID
}

func TestTheDayIsATableForSpreadsheets(t *testing.T) {
	h := newHouseOf(t, func(r *queue.Rules) {
		workdays(r)
		r.Services[0].Names = map[string]string{"de": "=Reise;pass \"neu\"", "en": "passport"}
	}).open()
	var looks []string
	h.deps.Contacts.OnRead = func(_ context.Context, by string, w people.Whose) error { looks = append(looks, w.ID); return nil }
	first, second := h.enters("2026-11-24T12:00:00+01:00"), h.enters("2026-11-24T11:30:00+01:00")
	if err := h.deps.Contacts.Put(t.Context(), people.Whose{Office: "hall", ID: first}, people.Contact{Surname: "=SUM(A1)", FirstName: "Zoë\r\n;\"", Phone: "+491712345678"}, h.now.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	h.draw("hall")
	h.want(200, h.post("reception hall", "/api/v1/offices/hall/appointments/"+second+"/check-in", ""))
	const path = "/api/v1/offices/hall/day.csv"
	a := h.want(200, h.get("reception hall", path, header{"Accept-Language", "de"}))
	if got := a.head.Get("Content-Type"); got != "text/csv; charset=utf-8" || a.head.Get("Content-Disposition") != `attachment; filename="hall-2026-11-24.csv"` || a.head.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, %v", got, a.head)
	}
	if !bytes.HasPrefix(a.body, []byte("\xef\xbb\xbfTermin;Nummer;Code;")) || !bytes.Contains(a.body, []byte("\r\n")) || len(looks) != 0 {
		t.Errorf("%q, looked at %v", a.body, looks)
	}
	rows := h.table(a)
	if len(rows) != 4 {
		t.Fatalf("%q", rows)
	}
	if r := rows[1]; r[0] != "11:30" || r[1] != "A002" || r[2] != h.deps.Town.AppointmentCode(second) || r[3] != "'=Reise;pass \"neu\" × 2" || r[5] != "wartet" || r[6] == "" {
		t.Errorf("%q", r)
	}
	if r := rows[2]; r[0] != "12:00" || r[1] != "" || r[4] != "20" || r[5] != "erwartet" {
		t.Errorf("%q", r)
	}
	if r := rows[3]; r[0] != "" || r[1] != "A001" || r[2] != "" {
		t.Errorf("%q", r)
	}
	rows = h.table(h.want(200, h.get("supervisor hall", path+"?contacts=true")))
	if len(looks) != 1 || looks[0] != first {
		t.Errorf("looked at %v", looks)
	}
	if r := rows[2]; strings.Join(r[7:], "|") != "'=SUM(A1)|Zoë\n;\"|'+491712345678" {
		t.Errorf("%q", r)
	}
	for who, status := range map[string]int{"": 401, "clerk hall": 403, "kiosk hall": 403, "reception works": 404, "admin hall": 403} {
		if a := h.get(who, path+"?contacts=true"); a.status != status {
			t.Errorf("%q: %d %s", who, a.status, a.body)
		}
	}
	for _, bad := range []string{"?day=2026-02-29", "?day==1", "?contacts=maybe"} {
		if a := h.get("reception hall", path+bad); a.status != 422 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
	if rows := h.table(h.want(200, h.get("reception hall", path+"?day=2026-11-25"))); len(rows) != 1 {
		t.Errorf("another day: %q", rows)
	}
}

func (h *house) table(a answer) [][]string {
	h.t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\xef\xbb\xbf"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func TestTheDayIsPrintedWithTimesCodesAndServices(t *testing.T) {
	h := newHouseOf(t, workdays).open()
	id := h.enters("2026-11-24T12:00:00+01:00")
	h.want(200, h.post("reception hall", "/api/v1/offices/hall/appointments/import", "time,service,code\n2026-11-24 13:00,plate,K7F2\n", header{"Content-Type", "text/csv"}))
	h.draw("hall")
	a := h.want(200, h.get("reception hall", "/reception/hall/day", header{"Accept", "text/html"}, header{"Accept-Language", "de"}))
	for _, want := range []string{">12:00<", h.deps.Town.AppointmentCode(id), "hall × 2", ">13:00<", "A\u2009001", "2 Termine", "Eine Person ohne Termin", "Dienstag, 24. November"} {
		if !bytes.Contains(a.body, []byte(want)) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if bytes.Contains(a.body, []byte("K7F2")) {
		t.Error("a code from outside is known here")
	}
	if a := h.want(200, h.get("reception hall", "/reception/hall/day?day=2026-11-28", header{"Accept", "text/html"})); !bytes.Contains(a.body, []byte("geschlossen")) {
		t.Errorf("%s", a.body)
	}
	h.want(422, h.get("reception hall", "/reception/hall/day?day=2026-02-30"))
}

// A table may hold several services with quantities in one visit.
func TestAnImportedVisitMayBeForSeveralServices(t *testing.T) {
	h := newHouseOf(t, workdays).open()
	const path = "/api/v1/offices/hall/appointments/import"
	csv := header{"Content-Type", "text/csv"}
	h.want(200, h.post("reception hall", path, "time;service;code\n2026-11-24 13:00;passport*2 + residence;K7F2\n", csv))
	o, _ := h.deps.Town.Office("hall")
	if got := o.State().Appointments[0].Services; len(got) != 2 || got[0] != (queue.Item{Service: "passport", Quantity: 2}) || got[1].Service != "residence" {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"passport*0", "passport*x", "passport*99", "passport+passport", "passport+soup", "+", "*2", "passport*2*3", "passport+residence+plate+passport"} {
		if a := h.post("reception hall", path, "time,service,code\n2026-11-24 14:00,"+bad+",\n", csv); a.status != 422 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
}
