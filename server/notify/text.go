package notify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// message is a written message, ready for its channel.
type message struct {
	row      Row
	lang     string
	to       string // number or address
	name     string // of the person, for the mail's header
	text     string // of an SMS, or the mail as plain text
	segments int

	subject string // of a mail, as what follows
	html    string
	ics     string // empty: none
	method  string // of the ics
	stop    string // link that ends reminders; empty: none
}

// Placeholders are what a town's own texts may hold, as {{.Date}}.
var Placeholders = []string{"Date", "Time", "Office", "Town", "Code", "Link", "Until", "Papers", "FirstName", "Surname"}

// TextKeys are the texts that a town may write itself: of every kind the SMS,
// the mail's subject and its first sentence.
func TextKeys() []string {
	var keys []string
	for _, k := range Kinds {
		keys = append(keys, string(k)+"_sms", string(k)+"_subject", string(k)+"_mail")
	}
	return keys
}

var placeholder = regexp.MustCompile(`\{\{\.([A-Za-z0-9_]*)\}\}`)

// BadPlaceholder is the first thing in a town's own text that is no
// placeholder, or empty.
func BadPlaceholder(text string) string {
	rest := text
	for _, hit := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(Placeholders, hit[1]) {
			return hit[0]
		}
		rest = strings.Replace(rest, hit[0], "", 1)
	}
	for _, brace := range []string{"{{", "}}"} {
		if strings.Contains(rest, brace) {
			return brace
		}
	}
	return ""
}

// said is a text of the town or of the catalogue.
func (n *Notify) said(lang, key string, params map[string]any) string {
	if text, ok := n.settings.Texts[key][lang]; ok {
		return placeholder.ReplaceAllStringFunc(text, func(hit string) string {
			return fmt.Sprint(params[placeholder.FindStringSubmatch(hit)[1]])
		})
	}
	return n.words.Text(lang, "notify."+key, params)
}

// in is a name in a language, German where it has none.
func in(names map[string]string, lang string) string {
	if s, ok := names[lang]; ok {
		return s
	}
	return names["de"]
}

// longDate is a day as people say it.
func (n *Notify) longDate(t time.Time, zone *time.Location, lang string) string {
	t = t.In(zone)
	return n.words.Text(lang, "date.long", map[string]any{
		"Weekday": n.words.Text(lang, "date.weekday_"+strings.ToLower(t.Weekday().String()), nil),
		"Day":     t.Day(),
		"Month":   n.words.Text(lang, "date.month_"+strings.ToLower(t.Month().String()), nil),
	})
}

// params are what texts are filled with; nothing of it ends a line.
func (n *Notify) params(f facts) map[string]any {
	zone := f.rules.Hours.Zone
	clock := func(t time.Time) string { return t.In(zone).Format("15:04") }
	p := map[string]any{
		"Office": in(f.rules.Names, f.lang), "Town": in(n.town, f.lang), "Link": n.link(f.row),
		"FirstName": f.contact.FirstName, "Surname": f.contact.Surname, "Papers": "", "Date": "", "Time": "", "Until": "", "Code": "",
	}
	if !f.at.IsZero() {
		p["Date"], p["Time"] = n.longDate(f.at, zone, f.lang), clock(f.at)
	}
	if !f.until.IsZero() {
		p["Until"] = clock(f.until)
	}
	if f.row.Kind != Wished && f.row.Kind != Offer {
		p["Code"] = n.links.AppointmentCode(f.row.Whose)
	}
	p["Papers"] = strings.Join(f.papers, "; ")
	for key, value := range p {
		p[key] = oneLine(fmt.Sprint(value))
	}
	return p
}

// link leads to the appointment, or to the wish and what is offered to it.
func (n *Notify) link(r Row) string {
	page := "/a/"
	if r.Kind == Wished || r.Kind == Offer {
		page = "/w/"
	}
	link := n.base() + page + n.links.AppointmentSecret(r.Whose)
	if r.Kind == Confirm {
		link += "?c=" + n.links.AppointmentCode(r.Whose) // the page asks for what stands in the message alone
	}
	return link
}

// write writes a row's message.
func (n *Notify) write(f facts) (*message, error) {
	m := &message{row: f.row, lang: f.lang}
	p := n.params(f)
	if f.row.Channel == SMS {
		m.to = f.contact.Phone
		m.text = oneLine(plain.Replace(n.said(f.lang, string(f.row.Kind)+"_sms", p)))
		// Papers betray the matter to whoever sees the telephone's screen.
		if papers := p["Papers"].(string); n.settings.PapersInSMS && papers != "" && f.row.Kind.tellsPapers() {
			m.text += " " + oneLine(plain.Replace(n.words.Text(f.lang, "notify.sms_papers", p)))
		}
		m.segments, _ = Segments(m.text)
		return m, nil
	}
	return m, n.writeMail(m, f, p)
}

// tellsPapers says that the person still has to get ready.
func (k Kind) tellsPapers() bool { return k == Booked || k == Moved || k == ReminderDay }
