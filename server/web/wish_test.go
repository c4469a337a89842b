package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// wished leaves a wish by the form and gives its link's secret.
func (h *house) wished(key, phone string) answer {
	h.t.Helper()
	fields := url.Values{"key": {key}, "s": {"passport"}, "surname": {"Wunsch"}, "first_name": {"Ida"}, "phone": {phone}, "consent": {consentVersion},
		"proof": {work(h.server.proofs.challenge(time.Now()))}}
	return h.formPost("/book/hall/wish", fields.Encode(), "")
}

// offered waits until the first wish is offered a time that became free.
func (h *house) offered(at string) *queue.Hold {
	h.t.Helper()
	booked := h.held("", at, "")
	h.want(201, h.post("", "/api/v1/holds/"+booked+"/book", contactBody("0171 2345678")))
	h.want(200, h.post("", "/api/v1/appointments/"+booked+"/cancel", `{}`))
	o, _ := h.deps.Town.Office("hall")
	for range 2000 {
		if h := o.State().Offer("hall-w0000"); h != nil {
			return h
		}
		time.Sleep(time.Millisecond)
	}
	h.t.Fatal("nothing is offered")
	return nil
}

func TestAnOfferThatIsAcceptedTwiceIsTakenOnce(t *testing.T) {
	h := bookingHouse(t)
	wish := h.want(303, h.wished("w", "0171 2345677")).head.Get("Location")
	offer := h.offered(h.freeTimes("&days=1")[30])
	for i := range 2 {
		a := h.want(303, h.formPost(wish+"/accept", "key=yes", ""))
		if at := a.head.Get("Location"); at != appointmentLink+h.deps.Town.AppointmentSecret(offer.ID)+"?new=1" {
			t.Errorf("time %d: sent to %s", i+1, at)
		}
	}
	c, err := h.contacts.Recipient(context.Background(), people.Whose{Office: "hall", ID: offer.ID})
	if err != nil || c.Surname != "Wunsch" {
		t.Errorf("the contact went lost: %v", err)
	}
	gone, err := h.contacts.Erased(context.Background(), "hall", "2026-01-01")
	if err != nil || len(gone) == 0 {
		t.Fatal(gone, err)
	}
	for _, e := range gone {
		if key := "privacy.why_" + e.Why; h.deps.Words.Text("de", key, nil) == key {
			t.Errorf("no words for why %q", e.Why)
		}
	}
}

func TestAWishThatIsSentAgainAfterItWasWithdrawnKeepsNoContact(t *testing.T) {
	h := bookingHouse(t)
	fields := url.Values{"key": {"w"}, "s": {"passport"}, "surname": {"Wunsch"}, "first_name": {"Ida"}, "phone": {"0171 2345677"}, "consent": {consentVersion}}.Encode()
	wish := h.want(303, h.formPost("/book/hall/wish", fields, "")).head.Get("Location")
	h.want(303, h.formPost(wish+"/withdraw", "key=no", ""))
	w := people.Whose{Office: "hall", ID: "hall-w0000"}
	if err := h.contacts.Erase(context.Background(), w, people.ErasedWithdrawn); err != nil { // as the follower does
		t.Fatal(err)
	}
	if a := h.want(303, h.formPost("/book/hall/wish", fields, "")); a.head.Get("Location") != wish {
		t.Errorf("sent to %s", a.head.Get("Location"))
	}
	if _, err := h.contacts.Recipient(context.Background(), w); err == nil {
		t.Error("a contact is kept of nobody's wish")
	}
}

func TestNoLinkStandsInTheJournal(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("&days=1")
	wish := h.want(303, h.wished("w", "0171 2345677")).head.Get("Location")
	offer := h.offered(free[30])
	h.want(303, h.formPost(wish+"/accept", "key=yes", ""))
	byPage := h.held("", free[10], "")
	form := url.Values{"key": {"p"}, "surname": {"Meier"}, "first_name": {"Eva"}, "street": {"Am Markt"}, "number": {"1"}, "postcode": {"22941"}, "town": {"Bargteheide"},
		"phone": {"0171 2345676"}, "consent": {consentVersion}}
	h.want(303, h.formPost(holdLink+byPage, form.Encode(), ""))
	byPhone := h.held("reception hall", free[12], "phone")
	h.want(201, h.post("reception hall", "/api/v1/holds/"+byPhone+"/book", `{"contact":{"surname":"Meier"}}`))
	secrets := []string{byPage, byPhone, strings.TrimPrefix(wish, wishLink), h.deps.Town.AppointmentSecret(offer.ID)}
	for rec, err := range h.disk.Read(context.Background(), "hall", journal.LastOpening) {
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if strings.Contains(fmt.Sprint(rec.ID, rec.By, string(rec.Body)), secret) {
				t.Errorf("record %d by %s holds a link", rec.Seq, rec.By)
			}
		}
	}
}

func TestAServiceThatIsNoLongerOfferedBreaksNoPage(t *testing.T) {
	h := bookingHouse(t)
	h.rules = func(r *queue.Rules) {
		booking(r)
		r.Services[0].ID = "card"
	}
	id := h.held("", h.freeTimes("&days=2")[30], "")
	kept := h.held("", h.freeTimes("&days=2")[30], "")
	h.want(201, h.post("", "/api/v1/holds/"+id+"/book", contactBody("0171 2345678")))
	wish := h.want(303, h.wished("w", "0171 2345677")).head.Get("Location")
	h.restart()
	for _, path := range []string{"/a/" + id, "/a/" + id + "/move", "/a/" + id + "/sheet", "/a/" + id + "/print", "/a/" + id + "/aufruf.ics", holdLink + kept, wish} {
		if a := h.page(path, ""); a.status != 200 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestANumberHasSoManyWishes(t *testing.T) {
	h := bookingHouse(t)
	form := func(key string) string {
		return url.Values{"key": {key}, "s": {"passport"}, "surname": {"Wunsch"}, "first_name": {"Ida"}, "phone": {"0171 2345677"}, "consent": {consentVersion}}.Encode()
	}
	h.want(303, h.formPost("/book/hall/wish", form("1"), ""))
	second := h.want(303, h.formPost("/book/hall/wish", form("2"), "")).head.Get("Location")
	has(t, h.want(409, h.formPost("/book/hall/wish", form("3"), "")), h.deps.Words.Text("de", "error.number_wishes", map[string]any{"Max": 2}), `value="Wunsch"`)
	if a := h.want(303, h.formPost("/book/hall/wish", form("2"), "")); a.head.Get("Location") != second {
		t.Errorf("sent twice: %s", a.head.Get("Location"))
	}
}

func TestAnAppointmentIsMovedAtAPaceByItsLink(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("&days=2")
	id := h.held("", free[0], "")
	h.want(201, h.post("", "/api/v1/holds/"+id+"/book", contactBody("0171 2345678")))
	for i := range 12 {
		h.want(200, h.post("", "/api/v1/appointments/"+id+"/move", `{"at":"`+free[i+1]+`"}`))
	}
	if a := h.post("", "/api/v1/appointments/"+id+"/move", `{"at":"`+free[20]+`"}`); a.status != 429 {
		t.Errorf("%d %s", a.status, a.body)
	}
	has(t, h.want(429, h.formPost("/a/"+id+"/move", url.Values{"key": {"k"}, "at": {"hall " + free[20]}}.Encode(), "")), `role="alert"`)
	h.want(200, h.post("", "/api/v1/appointments/"+id+"/cancel", `{}`))
}

func TestATimeThatIsPressedTwiceCostsOneProof(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("&days=2")
	for i := range 6 { // all that goes without a proof
		h.held("", free[i*3], "")
	}
	form := url.Values{"key": {"k"}, "s": {"passport"}, "at": {"hall " + free[30]}, "proof": {work(h.server.proofs.challenge(time.Now()))}}.Encode()
	first := h.want(303, h.formPost("/book/hall/hold", form, "")).head.Get("Location")
	if again := h.want(303, h.formPost("/book/hall/hold", form, "")).head.Get("Location"); again != first {
		t.Errorf("sent to %s and %s", first, again)
	}
}

func TestNeedsComeAlongToAnotherTime(t *testing.T) {
	h := bookingHouse(t)
	free := h.freeTimes("&days=2")
	id := h.held("", free[0], "")
	h.held("", free[0], "") // the other desk
	h.now.pass(11 * time.Minute)
	form := url.Values{"key": {"k"}, "s": {"passport"}, "office": {"hall"}, "at": {"2026-11-23T10:00:00Z"}, "surname": {"Meier"}, "needs": {"wheelchair", "fetch_me"}}
	a := h.want(409, h.formPost(holdLink+id, form.Encode(), ""))
	has(t, a, `name="needs" value="wheelchair,fetch_me"`)
	form.Set("at", "hall "+free[30])
	form.Set("needs", "wheelchair,fetch_me")
	has(t, h.want(200, h.formPost("/book/hall/hold", form.Encode(), "")), `value="wheelchair" checked`, `value="fetch_me" checked`)
}
