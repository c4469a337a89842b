package notify

import (
	"time"

	"aufruf/server/calendar"
)

// How a channel sends besides its presets.
const (
	Console    = "console" // nothing leaves the house; shown at /dev/outbox
	Off        = "off"
	ViaSMTP    = "smtp"
	EmailToSMS = "email_to_sms"
	Template   = "template"
	Seven      = "seven"
	Sipgate    = "sipgate"
	Twilio     = "twilio"
)

// Presets are what the key notify.sms.preset may say.
var Presets = []string{Console, Off, Seven, Sipgate, Twilio, Template, EmailToSMS}

// How a connection to a mail server is sealed.
const (
	StartTLS = "starttls"
	TLS      = "tls"
	NoTLS    = "none"
)

// Settings are what a town says about its messages.
type Settings struct {
	Email       EmailSettings
	SMS         SMSSettings
	Reminders   Reminders
	Quiet       Quiet
	PapersInSMS bool
	// Texts stand in place of the catalogue's: key ("booked_sms"), language, text.
	Texts map[string]map[string]string
}

// EmailSettings are how e-mail is sent.
type EmailSettings struct {
	How          string // Console, Off or ViaSMTP
	From         string // "Stadt Lindenau <termine@lindenau.example>"
	Host         string
	Port         int
	TLS          string
	User         string
	PasswordFile string // else the environment
}

// SMSSettings are how SMS are sent.
type SMSSettings struct {
	Preset    string
	URL       string // in place of the preset's, or of the template
	User      string // account, or id of the token, where the preset wants one
	Sender    string
	TokenFile string  // else the environment
	Price     float64 // cents a segment

	// Of a template.
	Method     string
	Headers    map[string]string
	Body       string
	Form       bool   // the body is a form, else JSON
	ID         string // where the answer has the message's id: "messages.0.id"
	Idempotent bool   // the gateway sends a {reference} once, however often it gets it

	Address string // of EmailToSMS: "{to}@sms.example.org"
}

// Reminders are when people are reminded.
type Reminders struct {
	Day       bool // the day before
	DayAt     calendar.TimeOfDay
	HoursLead time.Duration // before the visit; 0: not
}

// Quiet is the night, in which nobody is reminded. From is later than To.
type Quiet struct{ From, To calendar.TimeOfDay }

// Defaults are what counts where a town says nothing.
func Defaults() Settings {
	return Settings{
		Email:     EmailSettings{How: Console, Port: 587, TLS: StartTLS},
		SMS:       SMSSettings{Preset: Console, Method: "POST"},
		Reminders: Reminders{Day: true, DayAt: 17 * 60, HoursLead: 2 * time.Hour},
		Quiet:     Quiet{From: 21 * 60, To: 8 * 60},
	}
}

// Outside says that something leaves the house, so that links must work there.
func (s *Settings) Outside() bool {
	return s.Email.How == ViaSMTP || s.SMS.Preset != Console && s.SMS.Preset != Off
}

// console says that a channel shows its messages in the browser.
func (s *Settings) console() bool { return s.Email.How == Console || s.SMS.Preset == Console }

// Environment variables for what must not stand in a configuration.
const (
	PasswordVariable = "AUFRUF_SMTP_PASSWORD"
	TokenVariable    = "AUFRUF_SMS_TOKEN"
)
