package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// texter is how SMS are sent.
func (n *Notify) texter(token, password string) (sender, error) {
	s := n.settings.SMS
	switch s.Preset {
	case Console:
		return n.console, nil
	case Off:
		return nobody{}, nil
	case EmailToSMS:
		p, err := n.newPost(password)
		if err != nil {
			return nil, err
		}
		return &mailToSMS{post: p, address: s.Address}, nil
	}
	p, ok := presets[s.Preset]
	if !ok {
		return nil, fmt.Errorf("no preset %q", s.Preset)
	}
	if s.Preset != Template && token == "" {
		return nil, fmt.Errorf("preset %s needs a token: give it as token_file or in %s", s.Preset, TokenVariable)
	}
	g := &gateway{settings: s, preset: p, token: token, now: n.now, client: &http.Client{
		// A gateway that sends us elsewhere would get number and text sent there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if base := n.base; base != nil && n.hook != "" {
		g.report = func() string {
			if b := base(); strings.HasPrefix(b, "https://") {
				return b + "/hooks/sms/" + n.hook
			}
			return ""
		}
	}
	n.reports = reporter{preset: s.Preset}
	return g, nil
}

// gateway gives SMS to a supplier by HTTP.
type gateway struct {
	settings SMSSettings
	preset   preset
	token    string
	client   *http.Client
	now      func() time.Time
	report   func() string // where delivery is reported to; nil or empty: nowhere
}

func (g *gateway) again() bool { return g.settings.Preset == Template && g.settings.Idempotent }

// call is one request as a preset makes it.
type call struct {
	method, url, contentType string
	header                   map[string]string
	body                     string
}

// answerMost bounds what is read of an answer.
const answerMost = 64 << 10

func (g *gateway) send(ctx context.Context, m *message) (receipt, error) {
	c := g.preset.call(g, m)
	var wrote atomic.Bool // the transport writes in a goroutine of its own
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, c.method, c.url, strings.NewReader(c.body))
	if err != nil {
		return receipt{}, &trouble{code: CodeText, temporary: true, gateway: true}
	}
	if c.contentType != "" {
		req.Header.Set("Content-Type", c.contentType)
	}
	req.Header.Set("Accept", "application/json")
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return receipt{}, netTrouble(err, wrote.Load())
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, answerMost))
	if err != nil && resp.StatusCode < 300 {
		// It was taken, and the answer broke off before it named the message.
		return receipt{}, &trouble{code: CodeUnknown, unknown: true, gateway: true}
	}
	if t := statusTrouble(resp, g.now); t != nil {
		return receipt{}, t
	}
	return g.preset.answer(g, raw)
}

// netTrouble sorts what the network did: before a request was written nothing
// went, for want of a connection or of a certificate that holds; afterwards
// nobody knows.
func netTrouble(err error, wrote bool) *trouble {
	t := &trouble{code: CodeUnreachable, temporary: true, gateway: true, unknown: wrote}
	if !wrote {
		return t
	}
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		t.code = CodeTimeout
	}
	return t
}

// statusTrouble is what a status other than success means, or nil.
func statusTrouble(resp *http.Response, now func() time.Time) *trouble {
	s := resp.StatusCode
	if s >= 200 && s < 300 {
		return nil
	}
	t := &trouble{code: fmt.Sprint("http_", s)}
	switch {
	case s == http.StatusTooManyRequests, s >= 500:
		t.temporary, t.gateway = true, true
		t.retryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
		// What stands between us and the supplier waited for its answer in vain.
		t.unknown = s == http.StatusGatewayTimeout
	case s == http.StatusRequestTimeout, s == http.StatusUnauthorized, s == http.StatusPaymentRequired, s == http.StatusForbidden,
		s == http.StatusNotFound, s >= 300 && s < 400:
		// No message's fault: the token, the account or the address is wrong, and
		// all of them wait until somebody puts it right.
		t.temporary, t.gateway = true, true
	}
	return t
}

// retryAfter reads the header, in seconds or as a date.
func retryAfter(text string, now func() time.Time) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return time.Duration(min(max(s, 0), 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now()), 0)
	}
	return 0
}

// mailToSMS gives SMS to a supplier by mail.
type mailToSMS struct {
	post    *post
	address string
}

func (g *mailToSMS) again() bool { return false } // a second mail is a second SMS

func (g *mailToSMS) send(ctx context.Context, m *message) (receipt, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(g.post.n.from())
	to := strings.NewReplacer("{to}", m.to, "{to_digits}", strings.TrimPrefix(m.to, "+")).Replace(g.address)
	if err := msg.To(to); err != nil {
		return receipt{}, &trouble{code: CodeText}
	}
	msg.SetMessageIDWithValue(m.row.Reference + "@" + g.post.n.host())
	msg.SetDateWithValue(g.post.n.now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject("SMS")
	msg.SetBodyString(gomail.TypeTextPlain, m.text)
	err := g.post.client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return receipt{}, nil
	}
	return receipt{}, smtpTrouble(err)
}

// preset is how one supplier is spoken to.
type preset struct {
	call   func(g *gateway, m *message) call
	answer func(g *gateway, raw []byte) (receipt, error)
}

func jsonCall(address string, body any, header map[string]string) call {
	raw, _ := json.Marshal(body) // of texts and maps of them: cannot fail
	return call{method: http.MethodPost, url: address, contentType: "application/json", header: header, body: string(raw)}
}

func basic(user, password string) map[string]string {
	return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}
}

func (g *gateway) address(preset string) string {
	if g.settings.URL != "" {
		return g.settings.URL
	}
	return preset
}

var presets = map[string]preset{
	Seven: {
		call: func(g *gateway, m *message) call {
			body := map[string]string{"to": m.to, "text": m.text, "foreign_id": m.row.Reference}
			if g.settings.Sender != "" {
				body["from"] = g.settings.Sender
			}
			return jsonCall(g.address("https://gateway.seven.io/api/sms"), body, map[string]string{"X-Api-Key": g.token})
		},
		answer: sevenAnswer,
	},
	Sipgate: {
		call: func(g *gateway, m *message) call {
			sender := g.settings.Sender
			if sender == "" {
				sender = "s0" // the first extension for SMS on the web
			}
			return jsonCall(g.address("https://api.sipgate.com/v2/sessions/sms"),
				map[string]string{"smsId": sender, "recipient": m.to, "message": m.text}, basic(g.settings.User, g.token))
		},
		answer: func(*gateway, []byte) (receipt, error) { return receipt{}, nil }, // it names no message
	},
	Twilio: {
		call: func(g *gateway, m *message) call {
			form := url.Values{"To": {m.to}, "From": {g.settings.Sender}, "Body": {m.text}}
			if g.report != nil && g.report() != "" {
				form.Set("StatusCallback", g.report())
			}
			return call{method: http.MethodPost, contentType: "application/x-www-form-urlencoded", body: form.Encode(),
				url:    g.address("https://api.twilio.com/2010-04-01/Accounts/" + url.PathEscape(g.settings.User) + "/Messages.json"),
				header: basic(g.settings.User, g.token)}
		},
		answer: func(_ *gateway, raw []byte) (receipt, error) { return receipt{id: field(raw, "sid")}, nil },
	},
	Template: {call: templateCall, answer: func(g *gateway, raw []byte) (receipt, error) {
		if g.settings.ID == "" {
			return receipt{}, nil
		}
		return receipt{id: field(raw, g.settings.ID)}, nil
	}},
}

// sevenAnswer reads a code that stands in the body of a 200.
func sevenAnswer(_ *gateway, raw []byte) (receipt, error) {
	code := field(raw, "success")
	if code == "" {
		code = strings.TrimSpace(string(bytes.TrimSpace(raw)))
	}
	switch code {
	case "100":
		return receipt{id: field(raw, "messages.0.id")}, nil
	case "500", "600", "700", "801", "802", "900", "901", "902", "903", "904":
		// The account: no credit, a wrong key, an address that is not allowed.
		return receipt{}, &trouble{code: "seven_" + code, temporary: true, gateway: true}
	case "101", "201", "202", "301", "305", "401":
		return receipt{}, &trouble{code: "seven_" + code}
	}
	return receipt{}, &trouble{code: CodeUnknown, unknown: true}
}

// field is a text or number in an answer, by a path such as "messages.0.id".
func field(raw []byte, path string) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return ""
	}
	for part := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(at) {
				return ""
			}
			v = at[i]
		default:
			return ""
		}
	}
	switch v := v.(type) {
	case string:
		if len(v) > 200 {
			return ""
		}
		return oneLine(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// templateCall fills a town's own template. What is put in is written as the
// place wants it, so that a text can end neither a value nor a line.
func templateCall(g *gateway, m *message) call {
	s := g.settings
	values := map[string]string{"to": m.to, "to_digits": strings.TrimPrefix(m.to, "+"), "text": m.text, "sender": s.Sender,
		"reference": m.row.Reference, "token": g.token}
	if g.report != nil {
		values["report"] = g.report()
	}
	fill := func(text string, as func(string) string) string {
		var pairs []string
		for name, value := range values {
			pairs = append(pairs, "{"+name+"}", as(value))
		}
		return strings.NewReplacer(pairs...).Replace(text)
	}
	c := call{method: s.Method, url: fill(s.URL, url.QueryEscape), header: map[string]string{}}
	for name, value := range s.Headers {
		c.header[name] = fill(value, oneLine)
	}
	if s.Body == "" {
		return c
	}
	if s.Form {
		c.contentType, c.body = "application/x-www-form-urlencoded", fill(s.Body, url.QueryEscape)
		return c
	}
	c.contentType, c.body = "application/json", fill(s.Body, func(v string) string {
		raw, _ := json.Marshal(v)
		return string(raw[1 : len(raw)-1])
	})
	return c
}
