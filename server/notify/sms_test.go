package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// supplier notes what it is asked and answers as told.
type supplier struct {
	*httptest.Server
	status int
	head   map[string]string
	answer string

	method, query, auth, kind, body string
	other                           http.Header
}

func newSupplier(t *testing.T) *supplier {
	s := &supplier{status: 200}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		s.method, s.query, s.auth, s.kind, s.body, s.other = r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(raw), r.Header
		for k, v := range s.head {
			w.Header().Set(k, v)
		}
		w.WriteHeader(s.status)
		io.WriteString(w, s.answer)
	}))
	t.Cleanup(s.Close)
	return s
}

// gatewayTo is a gateway to a supplier.
func gatewayTo(t *testing.T, s SMSSettings, base string) *gateway {
	t.Helper()
	n := &Notify{settings: Settings{SMS: s}, hook: "hook", base: func() string { return base },
		now: func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }}
	g, err := n.texter("token", "")
	if err != nil {
		t.Fatal(err)
	}
	return g.(*gateway)
}

func text(s string) *message {
	return &message{to: "+4915112345678", text: s, row: Row{Reference: "ref1"}}
}

const nasty = "Termin \"10:30\" & {to} 50% Ärger\\n=1+1"

func TestEverySupplierIsSpokenToInItsWay(t *testing.T) {
	s := newSupplier(t)
	base := "https://termin.example"
	send := func(set SMSSettings, answer string) string {
		t.Helper()
		s.answer = answer
		set.URL = s.URL + set.URL
		got, err := gatewayTo(t, set, base).send(t.Context(), text(nasty))
		if err != nil {
			t.Fatalf("%s: %v", set.Preset, err)
		}
		return got.id
	}
	inJSON := func(want map[string]string) {
		t.Helper()
		var got map[string]string
		if err := json.Unmarshal([]byte(s.body), &got); err != nil || s.kind != "application/json" || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s %v, want %v", s.kind, got, want)
		}
	}
	if id := send(SMSSettings{Preset: Seven, Sender: "Lindenau"}, `{"success":"100","messages":[{"id":"77229135982","parts":1}]}`); id != "77229135982" {
		t.Errorf("seven: id %q", id)
	}
	inJSON(map[string]string{"to": "+4915112345678", "text": nasty, "from": "Lindenau", "foreign_id": "ref1"})
	if s.other.Get("X-Api-Key") != "token" {
		t.Error("seven: no key")
	}
	if id := send(SMSSettings{Preset: Sipgate, User: "token-A1"}, ``); id != "" {
		t.Errorf("sipgate: id %q", id)
	}
	inJSON(map[string]string{"smsId": "s0", "recipient": "+4915112345678", "message": nasty})
	if user, password, ok := (&http.Request{Header: http.Header{"Authorization": {s.auth}}}).BasicAuth(); !ok || user != "token-A1" || password != "token" {
		t.Errorf("sipgate: %s", s.auth)
	}
	if id := send(SMSSettings{Preset: Twilio, User: "AC1", Sender: "+4930123"}, `{"sid":"SM1","status":"queued"}`); id != "SM1" {
		t.Errorf("twilio: id %q", id)
	}
	form, err := url.ParseQuery(s.body)
	if err != nil || form.Get("To") != "+4915112345678" || form.Get("From") != "+4930123" || form.Get("Body") != nasty || form.Get("StatusCallback") != base+"/hooks/sms/hook" {
		t.Errorf("twilio: %v", form)
	}
}

func TestATemplateIsFilledAsItsPlaceWants(t *testing.T) {
	s := newSupplier(t)
	s.answer = `{"result":[{"nr":42}]}`
	got, err := gatewayTo(t, SMSSettings{Preset: Template, Method: "POST", URL: s.URL + "/x?ref={reference}&t={text}",
		Headers: map[string]string{"Authorization": "Bearer {token}", "X-Text": "{text}"},
		Body:    `{"an":"{to_digits}","was":"{text}","ref":"{reference}"}`, ID: "result.0.nr"}, "https://a.example").send(t.Context(), text(nasty))
	if err != nil || got.id != "42" {
		t.Fatalf("%+v, %v", got, err)
	}
	var body map[string]string
	if err := json.Unmarshal([]byte(s.body), &body); err != nil || body["an"] != "4915112345678" || body["was"] != nasty || body["ref"] != "ref1" {
		t.Errorf("%s", s.body)
	}
	if u, err := url.Parse(s.query); err != nil || u.Query().Get("t") != nasty || u.Query().Get("ref") != "ref1" || s.auth != "Bearer token" {
		t.Errorf("%s, %s", s.query, s.auth)
	}
	if _, err := gatewayTo(t, SMSSettings{Preset: Template, Method: "POST", Form: true, URL: s.URL, Body: "to={to}&text={text}"}, "").send(t.Context(), text(nasty)); err != nil {
		t.Fatal(err)
	}
	if form, err := url.ParseQuery(s.body); err != nil || form.Get("to") != "+4915112345678" || form.Get("text") != nasty || len(form) != 2 {
		t.Errorf("%s", s.body)
	}
	if _, err := gatewayTo(t, SMSSettings{Preset: Template, Method: "GET", URL: s.URL + "/?to={to}"}, "").send(t.Context(), text("x")); err != nil || s.method != "GET" || s.query != "/?to=%2B4915112345678" {
		t.Errorf("%s %s, %v", s.method, s.query, err)
	}
}

func TestWhatASupplierSaysIsSorted(t *testing.T) {
	s := newSupplier(t)
	for _, tc := range []struct {
		preset, answer string
		status         int
		head           map[string]string
		want           trouble
	}{
		{Template, "", 400, nil, trouble{code: "http_400"}},
		{Template, "", 422, nil, trouble{code: "http_422"}},
		{Template, "", 401, nil, trouble{code: "http_401", temporary: true, gateway: true}},
		{Template, "", 302, map[string]string{"Location": "http://127.0.0.1:1/"}, trouble{code: "http_302", temporary: true, gateway: true}},
		{Template, "", 429, map[string]string{"Retry-After": "120"}, trouble{code: "http_429", temporary: true, gateway: true, retryAfter: 2 * time.Minute}},
		{Template, "", 503, map[string]string{"Retry-After": "Mon, 23 Nov 2026 08:10:00 GMT"}, trouble{code: "http_503", temporary: true, gateway: true, retryAfter: 10 * time.Minute}},
		{Template, "", 503, map[string]string{"Retry-After": "soon"}, trouble{code: "http_503", temporary: true, gateway: true}},
		{Template, "", 500, nil, trouble{code: "http_500", temporary: true, gateway: true}},
		{Template, "", 504, nil, trouble{code: "http_504", temporary: true, gateway: true, unknown: true}},
		{Seven, `{"success":"500"}`, 200, nil, trouble{code: "seven_500", temporary: true, gateway: true}},
		{Seven, `{"success":"900"}`, 200, nil, trouble{code: "seven_900", temporary: true, gateway: true}},
		{Seven, `900`, 200, nil, trouble{code: "seven_900", temporary: true, gateway: true}},
		{Seven, `{"success":"101"}`, 200, nil, trouble{code: "seven_101"}},
		{Seven, `<html>`, 200, nil, trouble{code: CodeUnknown, unknown: true}},
	} {
		s.status, s.answer, s.head = tc.status, tc.answer, tc.head
		_, err := gatewayTo(t, SMSSettings{Preset: tc.preset, Method: "POST", URL: s.URL}, "").send(t.Context(), text("x"))
		var got *trouble
		if !errors.As(err, &got) || *got != tc.want {
			t.Errorf("%s %d %s: %+v, want %+v", tc.preset, tc.status, tc.answer, got, tc.want)
		}
	}
}

func TestWithoutAnAnswerNobodyKnows(t *testing.T) {
	s := newSupplier(t)
	hang := make(chan struct{})
	s.Config.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := gatewayTo(t, SMSSettings{Preset: Template, Method: "POST", URL: s.URL}, "").send(ctx, text("x"))
	var got *trouble
	if !errors.As(err, &got) || !got.unknown || got.code != CodeTimeout {
		t.Errorf("%+v", got)
	}
	close(hang)
	for _, address := range []string{"http://127.0.0.1:1/", "http://nowhere.invalid/"} {
		_, err := gatewayTo(t, SMSSettings{Preset: Template, Method: "POST", URL: address}, "").send(t.Context(), text("x"))
		if !errors.As(err, &got) || got.unknown || !got.temporary || strings.Contains(err.Error(), "4915") {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

func TestReportsAreReadInEverySuppliersWay(t *testing.T) {
	for _, tc := range []struct{ preset, kind, body, query, id, report string }{
		{Seven, "application/json", `{"data":{"msg_id":"77","status":"DELIVERED"},"webhook_event":"dlr"}`, "", "77", Delivered},
		{Seven, "application/json", `{"data":{"msg_id":"77","status":"NOTDELIVERED"}}`, "", "77", Undelivered},
		{Seven, "application/json", `{"data":{"msg_id":77,"status":"TRANSMITTED"}}`, "", "77", "on_its_way"},
		{Twilio, "application/x-www-form-urlencoded", "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003", "", "SM1", Undelivered},
		{Twilio, "application/x-www-form-urlencoded", "MessageSid=SM1&MessageStatus=delivered", "", "SM1", Delivered},
		{Twilio, "application/x-www-form-urlencoded", "MessageSid=SM1&MessageStatus=sent", "", "SM1", "on_its_way"},
		{Template, "application/json", `{"id":"7","status":"failed"}`, "", "7", Undelivered},
		{Template, "", "", "message_id=7&status=DELIVRD", "7", Delivered},
		{Template, "application/json", `{"id":"7"}`, "", "", ""},
		{Template, "application/json", `[`, "", "", ""},
		{Template, "application/json", `{"id":{"a":1},"status":"x"}`, "", "", ""},
		{Seven, "text/plain", `x`, "", "", ""},
	} {
		id, report, ok := reporter{tc.preset}.read(tc.kind, []byte(tc.body), tc.query)
		if id != tc.id || report != tc.report || ok != (tc.id != "") {
			t.Errorf("%s %s%s: %q %q %v", tc.preset, tc.body, tc.query, id, report, ok)
		}
	}
}

func TestAGatewayWithoutItsKeyIsRefusedAtTheStart(t *testing.T) {
	for _, preset := range []string{Seven, Sipgate, Twilio} {
		n := &Notify{settings: Settings{SMS: SMSSettings{Preset: preset}}}
		if _, err := n.texter("", ""); err == nil || !strings.Contains(err.Error(), TokenVariable) {
			t.Errorf("%s: %v", preset, err)
		}
	}
	n := &Notify{settings: Settings{Email: EmailSettings{How: ViaSMTP, From: "a@example.org", Host: "h", Port: 25, TLS: TLS, User: "u"}}, base: func() string { return "" }}
	if _, err := n.newPost(""); err == nil || !strings.Contains(err.Error(), PasswordVariable) {
		t.Error(err)
	}
}

func TestWhatWasNeverWrittenToAGatewayIsTriedAgain(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler()) // with a certificate that nobody signed
	t.Cleanup(s.Close)
	_, err := gatewayTo(t, SMSSettings{Preset: Twilio, URL: s.URL}, "https://a.example").send(context.Background(), text("x"))
	var tr *trouble
	if !errors.As(err, &tr) || tr.unknown || !tr.temporary || !tr.gateway || tr.code != CodeUnreachable {
		t.Errorf("%+v", tr)
	}
	// A connection that breaks off after the request leaves it open.
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cut.Close)
	_, err = gatewayTo(t, SMSSettings{Preset: Twilio, URL: cut.URL}, "https://a.example").send(context.Background(), text("x"))
	if !errors.As(err, &tr) || !tr.unknown {
		t.Errorf("%+v", tr)
	}
}
