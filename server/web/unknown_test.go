package web

import (
	"bytes"
	"regexp"
	"testing"
	"time"
)

// Whoever guesses a link learns nothing: a secret that is nearly right, one that
// has the right form and one that has not are refused in the same bytes, on
// pages and in the API.
func TestAWrongLinkLooksLikeOneThatNeverWas(t *testing.T) {
	h := newHouse(t).open()
	secret := secretOf(h.draw("hall")["link"])
	at := h.now.now().UTC().Truncate(time.Minute).Format(time.RFC3339)
	made := h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments", `{"at":"`+at+`","services":[{"id":"passport","quantity":1}]}`)).json(t)
	booked := made["link"].(string)[len("/a/"):]
	// near is another secret of the right form: one letter in the middle, where
	// each letter counts whole, is another.
	near := func(s string) string {
		b := []byte(s)
		b[12] = map[bool]byte{true: '1', false: '0'}[b[12] == '0']
		return string(b)
	}
	// torn is a secret that lost its last letter to another one. The last holds
	// three bits, so it is compared as text and never decoded.
	torn := func(s string) string {
		return s[:25] + map[bool]string{true: "1", false: "0"}[s[25] == '0']
	}
	h.want(200, h.page("/t/"+secret, ""))
	h.want(200, h.page("/a/"+booked, ""))
	html := header{"Accept", "text/html"}
	// What differs from one answer to the next by itself, such as a form's key.
	own := regexp.MustCompile(`name="key" value="[a-z0-9]+"`)
	for what, ask := range map[string]func(secret string) answer{
		"the phone page":       func(s string) answer { return h.get("", "/t/"+s, html) },
		"the QR code":          func(s string) answer { return h.get("", "/t/"+s+"/qr.svg", html) },
		"the slip":             func(s string) answer { return h.get("", "/t/"+s+"/print", html) },
		"leaving":              func(s string) answer { return h.post("", "/api/v1/tickets/"+s+"/leave", `{}`) },
		"leaving by the form":  func(s string) answer { return h.formPost("/t/"+s+"/leave", "key=k", "") },
		"the appointment":      func(s string) answer { return h.get("", "/a/"+s, html) },
		"checking in by a tap": func(s string) answer { return h.formPost("/a/"+s+"/check-in", "key=k", "") },
	} {
		var first []byte
		for _, s := range []string{"00000000000000000000000000", near(secret), near(booked), torn(booked), torn(secret), "x"} { // the last has no secret's form and is only refused
			got := ask(s)
			body := own.ReplaceAll(got.body, nil)
			// The address of a page may stand on it: it is the asker's own.
			body = bytes.ReplaceAll(body, []byte(s), nil)
			if got.status != 404 {
				t.Errorf("%s: %d", what, got.status)
			}
			if first == nil {
				first = body
			}
			if !bytes.Equal(body, first) && s != "x" {
				t.Errorf("%s tells a near miss apart:\n%s\n%s", what, first, body)
			}
		}
	}
}
