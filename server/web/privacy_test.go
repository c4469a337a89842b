package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aufruf/server/people"
	"aufruf/server/queue"
)

// pageForm sends a form of a page of ours.
func (h *house) pageForm(role, path string, fields url.Values, more ...header) answer {
	h.t.Helper()
	fields.Set("key", "k"+path+fields.Get("how"))
	return h.send("POST", role, path, "", fields.Encode(), append([]header{{"Content-Type", "application/x-www-form-urlencoded"},
		{"Sec-Fetch-Site", "same-origin"}, {"Accept", "text/html"}, {"Accept-Language", "de"}}, more...)...)
}

// audited makes looks at contacts lines of the audit, as the program does.
func (h *house) audited() {
	h.deps.Contacts.OnRead = func(ctx context.Context, by string, w people.Whose) error {
		return h.deps.Access.Audit(ctx, by, "read_contact", w.ID, h.now.now())
	}
	h.deps.Contacts.Now = func(string) time.Time { return h.now.now() }
}

func (h *house) privacy(role, query string) string {
	h.t.Helper()
	return string(h.want(200, h.get(role, "/privacy/hall"+query, header{"Accept", "text/html"}, header{"Accept-Language", "de"})).body)
}

var maria = people.Contact{Surname: "Köpfle-Muster", FirstName: "Maria", Street: "Nebenweg", Number: "7b", Postcode: "12345", Town: "Lindenau", Phone: "+4915199988877", Mobile: true, Needs: []string{"wheelchair"}}

func TestThePageProvesWhatIsKeptAndWhoLooked(t *testing.T) {
	h := newHouseOf(t, workdays, func(d *Deps) { d.Retention = Retention{Contacts: 2, Journal: 400} })
	h.audited()
	if page := h.privacy("admin hall", ""); !strings.Contains(page, "Von niemandem ist etwas gespeichert") || !strings.Contains(page, "bis 2 Tage nach dem Besuch") || !strings.Contains(page, "ohne Frist") ||
		!strings.Contains(page, h.deps.Contacts.KeyID()) {
		t.Errorf("%s", page)
	}
	id := h.enters("2026-11-25T12:00:00+01:00")
	put := func(id string, until time.Duration) {
		t.Helper()
		if err := h.deps.Contacts.Put(t.Context(), people.Whose{Office: "hall", ID: id}, maria, h.now.now().Add(until)); err != nil {
			t.Fatal(err)
		}
	}
	put(id, 48*time.Hour)
	put("hall-w0001", 24*time.Hour)
	put("hall-a9999", time.Minute)
	h.now.pass(2 * time.Minute)
	if _, err := h.deps.Contacts.EraseDue(t.Context(), h.now.now()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.deps.Contacts.Get(t.Context(), "acc_somebody", people.Whose{Office: "hall", ID: id}); err != nil {
		t.Fatal(err)
	}
	page := h.privacy("supervisor hall", "")
	for _, want := range []string{"Warteliste", "Frist abgelaufen", "acc_somebody", id, "Angaben gesehen", "Dienstag, 24. November"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(page, "Köpfle") || strings.Contains(page, "99988877") || strings.Contains(page, "a9999") {
		t.Error("the page names somebody")
	}
	if page := h.privacy("supervisor hall", "?day=2026-11-23"); strings.Contains(page, "acc_somebody") || !strings.Contains(page, "Montag, 23. November: niemand") {
		t.Error("another day shows the same looks")
	}
	h.want(422, h.get("admin hall", "/privacy/hall?day=2026-02-30"))
	for who, status := range map[string]int{"reception hall": 403, "clerk hall": 403, "supervisor works": 404, "": 303} {
		if a := h.get(who, "/privacy/hall"); a.status != status {
			t.Errorf("%q: %d", who, a.status)
		}
	}
}

func TestAPersonIsFoundExportedAndErasedOnRequest(t *testing.T) {
	h := newHouseOf(t, workdays)
	h.audited()
	o, _ := h.deps.Town.Office("hall")
	first, second := h.enters("2026-11-25T12:00:00+01:00"), h.enters("2026-11-25T13:00:00+01:00")
	for _, id := range []string{first, second} {
		if err := h.deps.Contacts.Put(t.Context(), people.Whose{Office: "hall", ID: id}, maria, h.now.now().Add(48*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for text, found := range map[string]bool{"0151 99988877": true, "Köpfle-Muster": true, "koepfle": true, "Meier": false, "": false, "=1+1": false, "<script>": false, strings.Repeat("x", 300): false} {
		page := string(h.want(200, h.pageForm("supervisor hall", "/privacy/hall/search", url.Values{"text": {text}})).body)
		if got := strings.Contains(page, "Maria Köpfle-Muster"); got != found {
			t.Errorf("%q: found is %v", text, got)
		}
		if strings.Contains(page, "<script>\"") || found && (!strings.Contains(page, "Nebenweg 7b") || !strings.Contains(page, "Rollstuhl")) {
			t.Errorf("%q: %s", text, page)
		}
	}
	a := h.want(200, h.pageForm("supervisor hall", "/privacy/hall/export", url.Values{"id": {first, second, "hall-a7777"}}))
	if !strings.HasPrefix(a.head.Get("Content-Disposition"), "attachment") || strings.Count(string(a.body), "99988877") != 2 || !strings.Contains(string(a.body), `"kept_until"`) || !strings.Contains(string(a.body), `"booked_at"`) {
		t.Errorf("%s", a.body)
	}
	asked := string(h.want(200, h.pageForm("supervisor hall", "/privacy/hall/erase", url.Values{"id": {first, second}})).body)
	if !strings.Contains(asked, "Diese 2 Einträge löschen?") || !strings.Contains(asked, "Löschen und 2 Termine absagen") || o.State().Appointment(first) == nil {
		t.Errorf("%s", asked)
	}
	keep := h.pageForm("supervisor hall", "/privacy/hall/erase", url.Values{"id": {first}, "how": {"keep"}})
	if keep.status != http.StatusSeeOther || o.State().Appointment(first) == nil {
		t.Errorf("%d", keep.status)
	}
	cancel := h.pageForm("supervisor hall", "/privacy/hall/erase", url.Values{"id": {second}, "how": {"cancel"}})
	if cancel.status != http.StatusSeeOther || o.State().Appointment(second) != nil {
		t.Errorf("%d", cancel.status)
	}
	page := h.privacy("supervisor hall", "?done=cancelled")
	for _, want := range []string{"Gelöscht und abgesagt", "auf Wunsch der Person", "Auskunft heruntergeladen", "gesucht", ">gelöscht<"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(page, "noch nicht") {
		t.Error("not scrubbed")
	}
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil && (bytes.Contains(raw, []byte("Köpfle")) || bytes.Contains(raw, []byte("99988877"))) {
			t.Errorf("%s holds the person", file)
		}
	}
	if strings.Contains(h.log.String(), "Köpfle") || strings.Contains(h.log.String(), "koepfle") || strings.Contains(h.log.String(), "99988877") {
		t.Error("the log holds the person")
	}
	// Whom nobody knows any more, nobody can choose.
	h.want(422, h.pageForm("supervisor hall", "/privacy/hall/erase", url.Values{"id": {first}, "how": {"cancel"}}))
	h.want(403, h.pageForm("supervisor hall", "/privacy/hall/search", url.Values{"text": {"x"}}, header{"Sec-Fetch-Site", "cross-site"}))
	h.give(o, queue.CancelAppointment{Appointment: first, Staff: true}) // the appointment that stays is whole
}

func TestPeopleAreLookedUpAtAPaceOnEveryWay(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Find = Rate{0.001, 2} })
	h.audited()
	h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"2026-11-24T12:00:00Z","services":[{"id":"passport","quantity":1}]}`))
	ways := map[string]func(who string) answer{
		"api": func(who string) answer {
			return h.post(who, "/api/v1/offices/hall/people/find", `{"text":"Meier"}`, header{"Accept-Language", "de"})
		},
		"contact": func(who string) answer {
			return h.get(who, "/api/v1/offices/hall/appointments/hall-a0000/contact", header{"Accept-Language", "de"})
		},
		"table": func(who string) answer {
			return h.get(who, "/api/v1/offices/hall/day.csv?contacts=true", header{"Accept-Language", "de"})
		},
		"search": func(who string) answer {
			return h.pageForm(who, "/privacy/hall/search", url.Values{"text": {"Meier"}})
		},
		"export": func(who string) answer {
			return h.pageForm(who, "/privacy/hall/export", url.Values{"id": {"hall-a0000"}})
		},
		"erase": func(who string) answer {
			return h.pageForm(who, "/privacy/hall/erase", url.Values{"id": {"hall-a0000"}})
		},
	}
	for first, send := range ways {
		who := "supervisor hall " + first // a token of its own each
		for range 2 {
			if a := send(who); a.status == http.StatusTooManyRequests {
				t.Errorf("%s: refused too soon", first)
			}
		}
		for then, send := range ways {
			a := send(who)
			if a.status != http.StatusTooManyRequests || a.head.Get("Retry-After") == "" || !strings.Contains(string(a.body), "viele Anfragen") {
				t.Errorf("%s after %s: %d, Retry-After %q", then, first, a.status, a.head.Get("Retry-After"))
			}
		}
	}
	if page := h.privacy("supervisor hall", ""); strings.Count(page, "gesucht") != 2 {
		t.Error("a search that was refused is in the audit, or one that was made is not")
	}
}
