package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/people"
)

const byPhonePath = "/api/v1/offices/hall/check-in"

// knownMisses makes misses quick enough for tests, and long enough to be seen.
func knownMisses(d *Deps) { d.Limits.Miss = 60 * time.Millisecond }

// expect enters an appointment in so long, with a contact, and returns its id.
func (h *house) expect(in time.Duration, surname, phone string) string {
	h.t.Helper()
	at := h.now.now().Add(in).UTC().Format(time.RFC3339)
	code := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"`+at+`","services":[{"id":"passport","quantity":1}]}`)).json(h.t)["code"].(string)
	id := h.want(200, h.get("reception hall", "/api/v1/offices/hall/appointments/"+code)).json(h.t)["id"].(string)
	err := h.deps.Contacts.Put(context.Background(), people.Whose{Office: "hall", ID: id}, people.Contact{Surname: surname, Phone: phone}, h.now.now().Add(48*time.Hour))
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func byPhone(digits, initial string) string {
	return fmt.Sprintf(`{"digits":%q,"initial":%q}`, digits, initial)
}

func TestABookedPersonChecksInByTheEndOfTheirNumberAndTheirInitial(t *testing.T) {
	h := newHouse(t, knownMisses).open()
	h.expect(5*time.Minute, "Özdemir", "+491712345678")
	h.expect(5*time.Minute, "Meier", "+491712345678") // the same family's telephone
	first := h.want(200, h.send("POST", "kiosk hall", byPhonePath, "once", byPhone("5678", "ö")))
	said := first.json(t)
	if said["arrival"] != "on_time" || said["number"] != "A001" || said["at"] == nil || !strings.Contains(said["link"].(string), "/t/") {
		t.Fatalf("%s", first.body)
	}
	// The answer was lost and is asked for again; another try finds nobody.
	if again := h.want(200, h.send("POST", "kiosk hall", byPhonePath, "once", byPhone("5678", "ö"))); !bytes.Equal(again.body, first.body) {
		t.Fatalf("again %s", again.body)
	}
	if code := h.want(404, h.post("kiosk hall", byPhonePath, byPhone("5678", "O"))).code(); code != codeNobodyAlone {
		t.Fatal(code)
	}
	h.want(200, h.post("reception hall", byPhonePath, byPhone("0171 2345678", "m")))
}

func TestWhoIsNotFoundAloneGetsOneAnswerInOneTime(t *testing.T) {
	h := newHouse(t, knownMisses, func(d *Deps) { d.Limits.Codes = access.LimiterOptions{Free: 1000} }).open()
	h.expect(5*time.Minute, "Meier", "+491712345678")
	h.expect(2*time.Hour, "Müller", "+491512345678")    // several
	h.expect(25*time.Hour, "Schulz", "+491712222222")   // another day
	h.expect(10*time.Minute, "Arrived", "+49171333333") // is here already
	h.want(200, h.post("kiosk hall", byPhonePath, byPhone("3333", "A")))
	var first answer
	for i, body := range []string{byPhone("0000", "M"), byPhone("5678", "M"), byPhone("2222", "S"), byPhone("3333", "A"),
		byPhone("5678", "X"), byPhone("abcd", "M"), byPhone("5678", "1"), byPhone("5678", "\u202e"), byPhone("99999999995678", "M")} {
		began := time.Now()
		a := h.want(404, h.post("kiosk hall", byPhonePath, body))
		if took := time.Since(began); took < 60*time.Millisecond {
			t.Errorf("%s took %v", body, took)
		}
		if i == 0 {
			first = a
		}
		a.head.Del("Date")
		first.head.Del("Date")
		if !bytes.Equal(a.body, first.body) || fmt.Sprint(a.head) != fmt.Sprint(first.head) {
			t.Errorf("%s: %s %v", body, a.body, a.head)
		}
	}
	if len(h.deps.Town.Offices()) == 0 || strings.Contains(h.log.String(), "5678") {
		t.Error("what was typed is in the log")
	}
}

func TestTriesOfTelephoneNumbersAreSlowedTogetherWithCodes(t *testing.T) {
	h := newHouse(t, knownMisses, func(d *Deps) { d.Limits.Codes = access.LimiterOptions{Free: 3, First: time.Hour, Max: time.Hour} }).open()
	h.expect(5*time.Minute, "Meier", "+491712345678")
	h.want(404, h.get("kiosk hall", "/api/v1/offices/hall/appointments/QQQQQQ"))
	h.want(404, h.post("kiosk hall", byPhonePath, byPhone("0000", "M")))
	h.want(404, h.post("kiosk hall", byPhonePath, byPhone("0001", "M")))
	slow := h.want(429, h.post("kiosk hall", byPhonePath, byPhone("5678", "M"))) // also who would be found
	if slow.code() != codeCodeTries || slow.head.Get("Retry-After") == "" {
		t.Fatalf("%s", slow.body)
	}
	h.want(429, h.get("kiosk hall", "/api/v1/offices/hall/appointments/QQQQQQ"))
	h.want(200, h.post("reception hall", byPhonePath, byPhone("5678", "M"))) // each device by itself
}

func TestCheckInByTelephoneIsForTheHouseAlone(t *testing.T) {
	h := newHouse(t, knownMisses).open()
	h.want(401, h.post("", byPhonePath, byPhone("5678", "M")))
	h.want(403, h.post("board hall", byPhonePath, byPhone("5678", "M")))
	h.want(404, h.post("kiosk works", byPhonePath, byPhone("5678", "M")))
	h.want(422, h.post("kiosk hall", byPhonePath, byPhone("678", "M")))
	h.want(422, h.post("kiosk hall", byPhonePath, byPhone("5678", "")))
	h.want(400, h.send("POST", "kiosk hall", byPhonePath, "", byPhone("5678", "M")))
}

// The audit says that a machine used the data behind an appointment, and names
// nobody; nor can a body be guessed from its record.
func TestCheckInByTelephoneLeavesATraceAndNoName(t *testing.T) {
	h := newHouse(t, knownMisses).open()
	id := h.expect(5*time.Minute, "Meier", "+491712345678")
	h.want(200, h.post("kiosk hall", byPhonePath, byPhone("5678", "M")))
	log, err := h.deps.Access.AuditLog(context.Background(), 1)
	if err != nil || len(log) != 1 || log[0].Act != "check_in_by_phone" || log[0].Object != id || !strings.HasPrefix(log[0].Actor, "tok_") {
		t.Fatalf("%+v %v", log, err)
	}
	guess := sha256.Sum256([]byte("POST\x00" + byPhonePath + "\x00" + byPhone("5678", "M")))
	for r, err := range h.db.Journal().Read(context.Background(), "hall", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Hash == guess || bytes.Contains(r.Body, []byte("5678")) || bytes.Contains(r.Body, []byte("Meier")) {
			t.Fatalf("record %d tells who it was about: %s", r.Seq, r.Body)
		}
	}
}
