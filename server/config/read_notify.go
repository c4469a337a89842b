package config

import (
	"cmp"
	"encoding/json"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/notify"
)

// messages is how people are told, as the file says it.
type messages struct {
	settings notify.Settings
	at       value // of the key, for what is missing in all of it
	email    value
	sms      value
	body     value
	quiet    value
	format   string
}

func newMessages() messages { return messages{settings: notify.Defaults()} }

func (m *messages) read(v value) {
	m.at = v
	s := &m.settings
	v.keys(
		may("email", m.readEmail),
		may("sms", m.readSMS),
		may("reminders", func(v value) {
			v.keys(
				may("day_before", func(v value) {
					if s.Reminders.Day = !isOff(v); s.Reminders.Day {
						clock(&s.Reminders.DayAt)(v)
					}
				}),
				may("hours_before", func(v value) {
					if s.Reminders.HoursLead = 0; !isOff(v) {
						duration(&s.Reminders.HoursLead, time.Hour, 24*time.Hour, time.Minute)(v)
					}
				}),
			)
		}),
		may("quiet", func(v value) {
			m.quiet = v
			v.keys(need("from", clock(&s.Quiet.From)), need("to", clock(&s.Quiet.To)))
		}),
		may("papers_in_sms", yesNo(&s.PapersInSMS)),
		may("texts", m.readTexts),
	)
}

func isOff(v value) bool { return v.source() == notify.Off }

// clock reads a time of day.
func clock(to *calendar.TimeOfDay) func(value) {
	return func(v value) {
		t, err := calendar.ParseTimeOfDay(v.source())
		if err != nil || t >= 24*60 {
			v.complain(cmp.Or(v.emptyCode(), "config.bad_clock"), map[string]any{"Value": short(v.source())})
			return
		}
		*to = t
	}
}

func (m *messages) readEmail(v value) {
	e := &m.settings.Email
	m.email = v
	v.keys(
		may("smtp", func(v value) {
			s, ok := v.text()
			switch {
			case !ok:
			case s == notify.Console || s == notify.Off:
				e.How = s
			default:
				e.How = notify.ViaSMTP
				host, port, err := net.SplitHostPort(s)
				n, bad := strconv.Atoi(port)
				if err != nil || bad != nil || n < 1 || n > 65535 || !hostShape.MatchString(host) {
					v.complain("config.bad_mail_server", map[string]any{"Value": short(s)})
					return
				}
				e.Host, e.Port = host, n
			}
		}),
		may("from", func(v value) {
			s, ok := v.text()
			if !ok {
				return
			}
			e.From = s
			if _, err := mail.ParseAddress(s); err != nil {
				v.complain("config.bad_mail_address", map[string]any{"Value": short(s)})
			}
		}),
		may("tls", choice(&e.TLS, notify.StartTLS, notify.TLS, notify.NoTLS)),
		may("user", text(&e.User)),
		may("password_file", text(&e.PasswordFile)),
	)
}

var hostShape = regexp.MustCompile(`^[A-Za-z0-9._:-]+$`)

func (m *messages) readSMS(v value) {
	s := &m.settings.SMS
	m.sms = v
	v.keys(
		may("preset", choice(&s.Preset, notify.Presets...)),
		may("url", func(v value) {
			t, ok := v.text()
			if !ok {
				return
			}
			u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(t))
			if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
				v.complain("config.bad_address", map[string]any{"Value": short(t)})
				return
			}
			s.URL = t
		}),
		may("user", text(&s.User)),
		may("sender", text(&s.Sender)),
		may("token_file", text(&s.TokenFile)),
		may("price_cents", amount(&s.Price, 0, 1000)),
		may("method", choice(&s.Method, "POST", "PUT", "GET")),
		may("headers", m.readHeaders),
		may("body", func(v value) {
			m.body = v
			s.Body, _ = v.text()
		}),
		may("format", choice(&m.format, "json", "form")),
		may("id", text(&s.ID)),
		may("idempotent", yesNo(&s.Idempotent)),
		may("address", func(v value) {
			t, ok := v.text()
			if !ok {
				return
			}
			if _, err := mail.ParseAddress(fillTo.Replace(t)); err != nil || fillTo.Replace(t) == t {
				v.complain("config.bad_mail_address", map[string]any{"Value": short(t)})
				return
			}
			s.Address = t
		}),
	)
}

var fillTo = strings.NewReplacer("{to}", "+4915112345678", "{to_digits}", "4915112345678")

var headerShape = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

func (m *messages) readHeaders(v value) {
	pairs, _ := v.pairs()
	for _, p := range pairs {
		text, ok := p.value.text()
		switch {
		case !headerShape.MatchString(p.name):
			p.key.complain("config.bad_header", map[string]any{"Value": short(p.name)})
		case ok:
			if m.settings.SMS.Headers == nil {
				m.settings.SMS.Headers = map[string]string{}
			}
			m.settings.SMS.Headers[p.name] = text
		}
	}
}

// readTexts reads a town's own texts, by key and language.
func (m *messages) readTexts(v value) {
	pairs, _ := v.pairs()
	keys := notify.TextKeys()
	known := catalogue().Languages()
	for _, p := range pairs {
		if !slices.Contains(keys, p.name) {
			p.key.complainUnknown("config.unknown_key", p.name, keys)
			continue
		}
		texts, _ := p.value.pairs()
		for _, t := range texts {
			if !slices.Contains(known, t.name) {
				t.key.complain("config.bad_language", map[string]any{"Value": short(t.name), "Choices": strings.Join(known, ", ")})
				continue
			}
			s, ok := t.value.text()
			if !ok {
				continue
			}
			if bad := notify.BadPlaceholder(s); bad != "" {
				t.value.complain("config.bad_placeholder", map[string]any{"Value": short(bad), "Choices": strings.Join(notify.Placeholders, ", ")})
				continue
			}
			if m.settings.Texts == nil {
				m.settings.Texts = map[string]map[string]string{}
			}
			if m.settings.Texts[p.name] == nil {
				m.settings.Texts[p.name] = map[string]string{}
			}
			m.settings.Texts[p.name][t.name] = s
		}
	}
}

// check looks for what a channel lacks.
func (m *messages) check(publicURL string) {
	s := &m.settings
	s.SMS.Form = m.format == "form"
	if s.Quiet.From <= s.Quiet.To {
		m.quiet.complain("config.night_order", nil)
	}
	lacks := func(at value, preset, key, got string) {
		if got == "" {
			at.complain("config.preset_needs", map[string]any{"Preset": preset, "Key": key})
		}
	}
	if s.Email.How == notify.ViaSMTP {
		lacks(m.email, notify.ViaSMTP, "from", s.Email.From)
	}
	switch p := s.SMS.Preset; p {
	case notify.Sipgate:
		lacks(m.sms, p, "user", s.SMS.User)
	case notify.Twilio:
		lacks(m.sms, p, "user", s.SMS.User)
		lacks(m.sms, p, "sender", s.SMS.Sender)
	case notify.Template:
		lacks(m.sms, p, "url", s.SMS.URL)
		m.checkBody()
	case notify.EmailToSMS:
		lacks(m.sms, p, "address", s.SMS.Address)
		if s.Email.How != notify.ViaSMTP {
			m.sms.complain("config.preset_needs", map[string]any{"Preset": p, "Key": "email: { smtp }"})
		}
	}
	if s.Outside() && publicURL == "" && m.at.node != nil {
		m.at.complain("config.public_url_needed", nil)
	}
}

// checkBody wants a template's body to be JSON when it is filled.
func (m *messages) checkBody() {
	s := &m.settings.SMS
	if s.Body == "" || s.Form {
		return
	}
	if !json.Valid([]byte(placeholderShape.ReplaceAllString(s.Body, "x"))) {
		m.body.complain("config.bad_json", nil)
	}
}

var placeholderShape = regexp.MustCompile(`\{[a-z_]+\}`)
