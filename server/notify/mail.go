package notify

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/mail"
	"net/textproto"
	"strings"

	"aufruf/server/words"

	gomail "github.com/wneessen/go-mail"
)

//go:embed mail.html
var mailFile embed.FS

var mailPage = template.Must(template.ParseFS(mailFile, "mail.html"))

// mailView is what the page of a mail is filled with.
type mailView struct {
	Lang, Dir, Subject, Town string
	Hello, First             string
	Rows                     [][2]string // label and text
	PapersTitle              string
	Papers                   []string
	Button, Link             string
	Notes                    []string
}

// writeMail writes the mail in its three forms: text, page and calendar.
func (n *Notify) writeMail(m *message, f facts, p map[string]any) error {
	m.to, m.name = f.contact.Email, oneLine(f.contact.FirstName+" "+f.contact.Surname)
	say := func(key string) string { return oneLine(n.said(f.lang, key, p)) }
	m.subject = say(string(f.row.Kind) + "_subject")
	v := mailView{Lang: f.lang, Dir: words.Direction(f.lang), Subject: m.subject, Town: fmt.Sprint(p["Town"]),
		Hello: say("mail_hello"), First: say(string(f.row.Kind) + "_mail"), Link: fmt.Sprint(p["Link"]), Button: say("mail_button")}
	if !f.at.IsZero() {
		v.Rows = append(v.Rows, [2]string{say("mail_when"), say("mail_time")})
	}
	v.Rows = append(v.Rows, [2]string{say("mail_where"), fmt.Sprint(p["Office"])})
	if f.row.Kind == Cancelled {
		v.Button, v.Link = "", ""
	} else if code := fmt.Sprint(p["Code"]); code != "" {
		v.Rows = append(v.Rows, [2]string{say("mail_code"), code})
	}
	if f.row.Kind != Cancelled && f.row.Kind != Wished {
		v.Papers = f.papers
		v.PapersTitle = say("mail_papers")
	}
	switch f.row.Kind {
	case Confirm:
		v.Button = say("mail_button_confirm")
	case Offer:
		v.Button = say("mail_button_offer")
	case Wished:
		v.Button = say("mail_button_wish")
	}
	if f.row.Kind.reminder() {
		m.stop = v.Link
		v.Notes = append(v.Notes, say("mail_stop"))
	}
	v.Notes = append(v.Notes, say("mail_auto"))
	switch f.row.Kind {
	case Booked, Moved, Cancelled:
		m.ics, m.method = n.calendarOf(f, p, n.now())
	}
	m.text = v.plain()
	var page strings.Builder
	if err := mailPage.Execute(&page, v); err != nil {
		return fmt.Errorf("fill the page of a mail: %w", err)
	}
	m.html = page.String()
	return nil
}

// plain is the mail as text.
func (v *mailView) plain() string {
	var b strings.Builder
	line := func(s ...string) { fmt.Fprintln(&b, strings.Join(s, "")) }
	line(v.Hello)
	line()
	line(v.First)
	line()
	for _, r := range v.Rows {
		line(r[0], ": ", r[1])
	}
	if len(v.Papers) > 0 {
		line()
		line(v.PapersTitle, ":")
		for _, p := range v.Papers {
			line("- ", p)
		}
	}
	if v.Link != "" {
		line()
		line(v.Button, ":")
		line(v.Link)
	}
	line()
	line("-- ") // the mark of a signature, with its space
	line(v.Town)
	for _, note := range v.Notes {
		line(note)
	}
	return b.String()
}

// from is who mails come from.
func (n *Notify) from() *mail.Address {
	if a, err := mail.ParseAddress(n.settings.Email.From); err == nil {
		return a
	}
	return &mail.Address{Name: in(n.town, "de"), Address: "termine@" + n.host()}
}

// envelope is a written message as a mail. Its Message-ID is the same at every
// try, so that a mail that went twice is shown once.
func (n *Notify) envelope(m *message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(n.from())
	to, err := mail.ParseAddress(m.to)
	if err != nil {
		return nil, errors.New("an address that is none")
	}
	msg.ToMailAddress(&mail.Address{Name: m.name, Address: to.Address})
	msg.SetMessageIDWithValue(m.row.Reference + "@" + n.host())
	msg.SetDateWithValue(n.now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("Content-Language", m.lang)
	if m.stop != "" {
		msg.SetListUnsubscribe(m.stop)
	}
	msg.Subject(m.subject)
	msg.SetBodyString(gomail.TypeTextPlain, m.text)
	if m.html != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.html)
	}
	if m.ics != "" {
		// Inline for programs that offer to enter it, attached for the others.
		msg.AddAlternativeString(gomail.ContentType("text/calendar; method="+m.method), m.ics)
		if err := msg.AttachReader("termin.ics", strings.NewReader(m.ics), gomail.WithFileContentType("application/ics")); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// post sends mails by SMTP.
type post struct {
	n      *Notify
	client *gomail.Client
}

// mailer is how mails are sent.
func (n *Notify) mailer(password string) (sender, error) {
	switch n.settings.Email.How {
	case ViaSMTP:
		return n.newPost(password)
	case Console:
		return n.console, nil
	}
	return nobody{}, nil
}

func (n *Notify) newPost(password string) (*post, error) {
	e := n.settings.Email
	if _, err := mail.ParseAddress(e.From); err != nil {
		return nil, errors.New("the sender is no address")
	}
	policy := map[string]gomail.TLSPolicy{StartTLS: gomail.TLSMandatory, NoTLS: gomail.NoTLS, TLS: gomail.NoTLS}[e.TLS]
	options := []gomail.Option{gomail.WithPort(e.Port), gomail.WithTimeout(sendWithin), gomail.WithTLSPolicy(policy), gomail.WithHELO(n.host())}
	if e.TLS == TLS {
		options = append(options, gomail.WithSSL())
	}
	if e.User != "" {
		if password == "" {
			return nil, fmt.Errorf("user %s has no password: give it as password_file or in %s", e.User, PasswordVariable)
		}
		auth := gomail.SMTPAuthAutoDiscover
		if e.TLS == NoTLS {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(e.User), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(e.Host, options...)
	if err != nil {
		return nil, err
	}
	return &post{n: n, client: client}, nil
}

// again: a mail goes once more when nobody knows whether it did. Mail servers
// do the same among themselves, and the Message-ID tells it is the same.
func (p *post) again() bool { return true }

func (p *post) send(ctx context.Context, m *message) (receipt, error) {
	msg, err := p.n.envelope(m)
	if err != nil {
		return receipt{}, &trouble{code: CodeText}
	}
	err = p.client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what goes wrong at the farewell is nobody's loss
		return receipt{}, nil
	}
	return receipt{}, smtpTrouble(err)
}

// smtpTrouble sorts what a mail server said. The error itself names the
// recipient and goes nowhere.
func smtpTrouble(err error) *trouble {
	var se *gomail.SendError
	if !errors.As(err, &se) {
		t := &trouble{code: CodeUnreachable, temporary: true, gateway: true}
		var te *textproto.Error
		var ne net.Error
		switch {
		case errors.As(err, &te):
			t.code = fmt.Sprint("smtp_", te.Code) // the wrong password, say: it waits until somebody puts it right
		case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, context.DeadlineExceeded):
			t.code = CodeTimeout
		}
		return t
	}
	code := se.ErrorCode()
	t := &trouble{code: fmt.Sprint("smtp_", code), temporary: code < 500, gateway: code == 421}
	switch {
	case code == 0:
		t.code, t.gateway = CodeUnreachable, true
		t.unknown = se.Reason == gomail.ErrSMTPDataClose || se.Reason == gomail.ErrWriteContent
	case se.Reason == gomail.ErrSMTPMailFrom && code >= 500:
		t.temporary, t.gateway = true, true // we are refused, not the recipient
	}
	return t
}

// nobody sends nothing: the channel is off.
type nobody struct{}

func (nobody) again() bool { return true }
func (nobody) send(context.Context, *message) (receipt, error) {
	return receipt{}, &trouble{code: CodeOff}
}
