package web

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"aufruf/server/notify"
	"aufruf/server/people"
	"aufruf/server/sqlite"
)

// bookedFor makes an appointment in two hours with a contact, and gives its id.
func (h *house) bookedFor(c people.Contact) string {
	h.t.Helper()
	a := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments",
		fmt.Sprintf(`{"at":%q,"services":[{"id":"passport","quantity":1}]}`, h.now.now().Add(2*time.Hour).Truncate(time.Minute).Format(time.RFC3339))))
	o, _ := h.deps.Town.Office("hall")
	id, ok := h.deps.Town.AppointmentByCode("hall", a.json(h.t)["code"].(string))
	if !ok || o.State().Appointment(id) == nil {
		h.t.Fatal("no appointment")
	}
	h.step() // what the booking itself would tell finds nobody
	if c.Surname != "" {
		if err := h.contacts.Put(h.t.Context(), people.Whose{Office: "hall", ID: id}, c, h.now.now().Add(48*time.Hour)); err != nil {
			h.t.Fatal(err)
		}
	}
	return id
}

var zoe = people.Contact{Surname: "Gabelmacher", FirstName: "Zoë", Phone: "+4915112345678", Mobile: true, Email: "zoe@example.org", Language: "de"}

// step reads and sends until nothing is due.
func (h *house) step() {
	h.t.Helper()
	if err := h.deps.Notify.CatchUp(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.deps.Notify.Step(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func TestReceptionSendsTheConfirmationAgain(t *testing.T) {
	h := newHouse(t)
	id := h.bookedFor(zoe)
	path := "/api/v1/offices/hall/appointments/" + h.deps.Town.AppointmentCode(id) + "/messages"
	for range 2 { // given twice, done once
		a := h.want(200, h.send("POST", "reception hall", path, "again", `{"kind":"booked"}`))
		if n := len(a.json(t)["messages"].([]any)); n != 2 || strings.Contains(string(a.body), "15112345678") || strings.Contains(string(a.body), "zoe") {
			t.Fatalf("%s", a.body)
		}
		h.step()
	}
	if shown := h.deps.Notify.Console().Messages(); len(shown) != 2 {
		t.Errorf("%d messages", len(shown))
	}
	if a := h.post("reception hall", path, `{"kind":"moved"}`); a.status != 422 {
		t.Errorf("another kind: %d %s", a.status, a.body)
	}
	if a := h.post("reception hall", "/api/v1/offices/hall/appointments/NOTHING/messages", `{"kind":"booked"}`); a.status != 404 {
		t.Errorf("no appointment: %d %s", a.status, a.body)
	}
	if a := h.post("clerk hall", path, `{"kind":"booked"}`); a.status != 403 {
		t.Errorf("a clerk: %d", a.status)
	}
	bare := h.bookedFor(people.Contact{})
	if a := h.post("reception hall", "/api/v1/offices/hall/appointments/"+bare+"/messages", `{"kind":"booked"}`); a.status != 409 || a.code() != "message_nobody" ||
		!strings.Contains(string(a.body), "Kontaktdaten") {
		t.Errorf("without a contact: %d %s", a.status, a.body)
	}
}

func TestLeadersSeeMessagesWithoutTheirRecipients(t *testing.T) {
	h := newHouse(t)
	id := h.bookedFor(zoe)
	h.want(200, h.post("reception hall", "/api/v1/offices/hall/appointments/"+id+"/messages", `{"kind":"booked"}`))
	h.step()
	a := h.want(200, h.get("supervisor hall", "/api/v1/offices/hall/messages"))
	var out struct {
		Messages []Message
		Month    []MessageSum
	}
	if err := json.Unmarshal(a.body, &out); err != nil || len(out.Messages) != 2 || len(out.Month) != 2 {
		t.Fatalf("%s", a.body)
	}
	for _, secret := range []string{"Gabelmacher", "15112345678", "zoe@", h.deps.Town.AppointmentCode(id), h.deps.Town.AppointmentSecret(id)} {
		if strings.Contains(string(a.body), secret) {
			t.Errorf("the list names %s", secret)
		}
	}
	sms := out.Messages[1]
	if sms.Channel != "sms" || sms.State != "sent" || sms.Segments < 1 || !sms.Asked || sms.About != id || sms.Next != nil || sms.Visit == nil {
		t.Errorf("%+v", sms)
	}
	if a := h.post("supervisor hall", fmt.Sprintf("/api/v1/offices/hall/messages/%d/retry", sms.ID), ""); a.status != 409 || a.code() != "message_not_failed" {
		t.Errorf("a sent one: %d %s", a.status, a.body)
	}
	if a := h.post("supervisor hall", "/api/v1/offices/hall/messages/9999/retry", ""); a.status != 404 {
		t.Errorf("none: %d %s", a.status, a.body)
	}
	if a := h.post("supervisor works", fmt.Sprintf("/api/v1/offices/works/messages/%d/retry", sms.ID), ""); a.status != 404 {
		t.Errorf("another office's: %d %s", a.status, a.body)
	}
	row, _, err := h.db.OutboxRow(t.Context(), "hall", sms.ID)
	if err != nil {
		t.Fatal(err)
	}
	row.State = notify.Failed
	if _, err := h.db.ChangeOutbox(t.Context(), row, notify.Sent); err != nil {
		t.Fatal(err)
	}
	if a := h.want(200, h.post("supervisor hall", fmt.Sprintf("/api/v1/offices/hall/messages/%d/retry", sms.ID), "")); a.json(t)["state"] != "waiting" {
		t.Errorf("%s", a.body)
	}
	older := h.want(200, h.get("admin hall", fmt.Sprintf("/api/v1/offices/hall/messages?before=%d", sms.ID))).json(t)
	if n := len(older["messages"].([]any)); n != 0 {
		t.Errorf("%d older ones", n)
	}
}

func TestEveryMessageHasAPreview(t *testing.T) {
	h := newHouse(t)
	for _, kind := range notify.Kinds {
		for _, lang := range []string{"de", "en", "ar"} {
			for _, channel := range notify.Channels {
				a := h.want(200, h.get("supervisor hall", fmt.Sprintf("/api/v1/offices/hall/messages/preview?kind=%s&channel=%s&lang=%s", kind, channel, lang)))
				text := a.json(t)["text"].(string)
				if len(text) < 40 || strings.Contains(string(a.body), "notify.") || strings.Contains(string(a.body), "<no value>") || strings.Contains(text, "{{") {
					t.Errorf("%s %s %s: %s", kind, channel, lang, a.body)
				}
			}
		}
	}
	for _, query := range []string{"kind=fax&channel=sms", "kind=booked&channel=fax", "kind=booked&channel=sms&lang=tlh", "kind=booked"} {
		if a := h.get("supervisor hall", "/api/v1/offices/hall/messages/preview?"+query); a.status != 422 {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
}

func TestTheConsoleShowsMessagesToWhoLeadsTheirOffice(t *testing.T) {
	h := newHouse(t)
	id := h.bookedFor(zoe)
	h.want(200, h.post("reception hall", "/api/v1/offices/hall/appointments/"+id+"/messages", `{"kind":"booked"}`))
	h.step()
	page := html.UnescapeString(string(h.want(200, h.get("supervisor hall", "/dev/outbox")).body))
	for _, want := range []string{"+4915112345678", "zoe@example.org", h.deps.Town.AppointmentCode(id), "BEGIN:VCALENDAR"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if page := string(h.want(200, h.get("supervisor works", "/dev/outbox")).body); strings.Contains(page, "15112345678") {
		t.Error("shown to another office")
	}
	mail := h.want(200, h.get("supervisor hall", "/dev/outbox/2"))
	if csp := mail.head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(string(mail.body), "Zoë Gabelmacher") {
		t.Errorf("%s\n%s", csp, mail.body)
	}
	for who, paths := range map[string][]string{"supervisor hall": {"/dev/outbox/1", "/dev/outbox/9", "/dev/outbox/x"}, "supervisor works": {"/dev/outbox/2"}} {
		for _, path := range paths {
			if a := h.get(who, path); a.status != 404 {
				t.Errorf("%s by %s: %d", path, who, a.status)
			}
		}
	}
	for _, who := range []string{"", "clerk hall", "kiosk hall", "reception hall"} {
		if a := h.get(who, "/dev/outbox"); a.status == 200 {
			t.Errorf("shown to %q", who)
		}
	}
}

func TestTheConsolePageIsThereOnlyWhereMessagesStay(t *testing.T) {
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Reserve: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := newHouse(t, func(d *Deps) {
		s := notify.Defaults()
		s.Email.How, s.SMS.Preset = notify.Off, notify.Off
		n, err := notify.New(notify.Options{Settings: s, Store: db, Base: func() string { return "" }, Words: d.Words, Now: d.Now, Log: d.Log})
		if err != nil {
			t.Fatal(err)
		}
		d.Notify = n
	})
	if a := h.get("supervisor hall", "/dev/outbox"); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	if a := h.send("POST", "", "/hooks/sms/", "", "{}"); a.status != 404 {
		t.Errorf("an empty secret: %d", a.status)
	}
	if a := h.send("POST", "", "/hooks/sms/x", "", "{}"); a.status != 404 {
		t.Errorf("no gateway: %d", a.status)
	}
}

func TestAGatewayReportsUnderItsSecretAloneAndTwiceIsOnce(t *testing.T) {
	h := newHouse(t)
	id := h.bookedFor(zoe)
	h.want(200, h.post("reception hall", "/api/v1/offices/hall/appointments/"+id+"/messages", `{"kind":"booked"}`))
	h.step()
	const hook = "/hooks/sms/0123456789abcdefghjkmnpqrs"
	report := func(path, body string, more ...header) int { return h.send("POST", "", path, "", body, more...).status }
	form := header{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}
	for _, tc := range []struct {
		path, body string
		more       []header
		status     int
		report     string
	}{
		{"/hooks/sms/0123456789abcdefghjkmnpqrt", `{"id":"console-1","status":"DELIVERED"}`, nil, 404, ""},
		{"/hooks/sms/0", `{"id":"console-1","status":"DELIVERED"}`, nil, 404, ""},
		{hook, `{"id":"console-1"}`, nil, 422, ""},
		{hook, `no report`, nil, 422, ""},
		{hook, "", nil, 422, ""},
		{hook, `{"id":"nobody's","status":"DELIVERED"}`, nil, 204, ""},
		{hook, `{"id":"console-1","status":"queued"}`, nil, 204, "on_its_way"},
		{hook, `id=console-1&status=delivered`, []header{form}, 204, "delivered"},
		{hook, `{"id":"console-1","status":"DELIVERED"}`, nil, 204, "delivered"},
		{hook, `{"id":"console-1","status":"failed"}`, nil, 204, "delivered"},
		{hook[:11] + strings.ToUpper(hook[11:]), `{"id":"console-1","status":"DELIVERED"}`, nil, 204, "delivered"},
		{hook, strings.Repeat("x", bodyLimit+1), nil, 413, "delivered"},
	} {
		if status := report(tc.path, tc.body, tc.more...); status != tc.status {
			t.Errorf("%s %.40s: %d, want %d", tc.path, tc.body, status, tc.status)
		}
		rows, err := h.deps.Notify.Messages(t.Context(), "hall", 0, 10)
		if err != nil || rows[1].Report != tc.report {
			t.Errorf("after %.40s: %+v, %v", tc.body, rows, err)
		}
	}
	for _, secret := range []string{"0123456789abcdefghjkmnpqrs", "console-1"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log names %s", secret)
		}
	}
}

func TestAGatewayReportsOnManyMessagesAtOnce(t *testing.T) {
	h := newHouse(t)
	for i := range 200 {
		if a := h.send("POST", "", "/hooks/sms/0123456789abcdefghjkmnpqrs", "", fmt.Sprintf(`{"id":"console-%d","status":"DELIVERED"}`, i)); a.status != 204 {
			t.Fatalf("report %d: %d %s", i+1, a.status, a.body)
		}
	}
}

func TestRemindersEndOnTheAppointmentsPage(t *testing.T) {
	h := newHouse(t)
	reminded := zoe
	reminded.Remind = true
	id := h.bookedFor(reminded)
	path := "/a/" + h.deps.Town.AppointmentSecret(id)
	if page := h.want(200, h.get("", path, header{"Accept", "text/html"})); !strings.Contains(string(page.body), path+"/quiet") {
		t.Fatalf("%s", page.body)
	}
	form := []header{{"Content-Type", "application/x-www-form-urlencoded"}, {"Sec-Fetch-Site", "same-origin"}}
	if a := h.send("POST", "", path+"/quiet", "", "key=quiet-1", form...); a.status != 303 || a.head.Get("Location") != path {
		t.Errorf("%d %s", a.status, a.body)
	}
	if c, err := h.contacts.Recipient(t.Context(), people.Whose{Office: "hall", ID: id}); err != nil || c.Remind || c.Phone != zoe.Phone {
		t.Errorf("%v", err)
	}
	if page := h.want(200, h.get("", path, header{"Accept", "text/html"})); strings.Contains(string(page.body), "/quiet") {
		t.Error("what is ended can be ended again")
	}
	if a := h.send("POST", "", "/a/nothing/quiet", "", "key=quiet-2", form...); a.status != 404 {
		t.Errorf("%d", a.status)
	}
}
