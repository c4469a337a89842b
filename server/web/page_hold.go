package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// consentVersion is the version of the notice that is read before booking; it
// changes with the words of book.notice and kiosk.notice.
const consentVersion = "2026-11"

// honeypot is a field that people do not see. Who fills it in gets nothing.
const honeypot = "website"

// contactFields are the fields of a contact in the order of the form.
var contactFields = []string{"surname", "first_name", "phone", "email", "street", "number", "postcode", "town", "needs", "consent"}

// holdPage is the last step of booking: who comes.
func (s *Server) holdPage(c *fiber.Ctx) error {
	return s.showHold(c, c.Params("secret"), queryOf(c), display.BookContact{}, nil)
}

// showHold writes the last step for a hold. What was typed is written again,
// with what is wrong beside its field.
func (s *Server) showHold(c *fiber.Ctx, secret string, get func(string) string, typed display.BookContact, refused error) error {
	o, h, err := s.holdBySecret(secret)
	if err != nil {
		if o, id, ok := s.deps.Town.AppointmentBySecret(secret); ok && o.State().Appointment(id) != nil {
			return c.Redirect(appointmentLink+strings.ToLower(secret), http.StatusSeeOther) // the back button
		}
		return s.lapsed(c, get)
	}
	p := s.newPage(c, o, bookLanguages...)
	p.Path = holdLink + secret
	r := o.Rules()
	v := visit{items: h.Services}
	v.yes, v.no = conditions(r, v.items, get("y")), conditions(r, v.items, get("n"))
	for i := range p.Languages {
		p.Languages[i].Href = visit{yes: v.yes, no: v.no}.query("lang", p.Languages[i].Code)
	}
	if typed.Language == "" {
		typed.Language = p.Lang
	}
	view := display.BookDetails{At: h.For, Until: h.Until, Seconds: max(0, int(h.Until.Sub(s.deps.Now())/time.Second)), Minutes: h.Minutes,
		Chosen: s.chosenServices(o, v, "/book/"+o.ID()), Contact: typed, Address: addressFor(r, h.Services), Consent: consentVersion,
		Action: p.Path, Release: p.Path + "/release", Languages: s.spoken(p.Lang)}
	view.Hidden = append(v.fields(), display.BookField{Name: "office", Value: o.ID()}, display.BookField{Name: "at", Value: h.For.UTC().Format(time.RFC3339)})
	status := http.StatusOK
	if refused != nil {
		pr := problemOf(refused)
		said := s.say(c, pr)
		status = said.Status
		view.Faults, view.Order = fieldFaults(said, pr)
		if len(view.Faults) == 0 {
			p.Refused = said.Detail
		}
	}
	p.View, p.Papers = view, papersAnswered(r, h.Services, p.Lang, v.yes, v.no)
	return s.write(c, status, "book_details", p)
}

// spoken are the languages in which somebody may want messages.
func (s *Server) spoken(lang string) []display.Language {
	var list []display.Language
	for _, l := range s.words.Languages() {
		list = append(list, display.Language{Code: l, Name: s.words.Text(lang, "common.language_"+l, nil)})
	}
	return list
}

// fieldFaults are the words beside each field.
func fieldFaults(said *Problem, p *problem) (map[string]string, []string) {
	words, order := map[string]string{}, []string{}
	for i, f := range p.Faults {
		if i >= len(said.Errors) {
			break
		}
		field := strings.TrimPrefix(f.Location, "body.contact.")
		if _, there := words[field]; !there {
			words[field] = said.Errors[i].Message
		}
	}
	for _, field := range contactFields {
		if _, there := words[field]; there {
			order = append(order, field)
		}
	}
	return words, order
}

// typedContact reads the form as it was typed.
func typedContact(fields url.Values) display.BookContact {
	t := display.BookContact{Surname: fields.Get("surname"), FirstName: fields.Get("first_name"), Street: fields.Get("street"), Number: fields.Get("number"),
		Postcode: fields.Get("postcode"), Town: fields.Get("town"), Phone: fields.Get("phone"), Email: fields.Get("email"), Language: fields.Get("language"),
		Needs: map[string]bool{}, Remind: fields.Get("remind") != "", Consent: fields.Get("consent") != ""}
	for _, need := range needsTyped(fields) {
		t.Needs[need] = true
	}
	return t
}

// needsTyped are the needs of a form: boxes of one name each, or all in one
// field where they come along to another time.
func needsTyped(fields url.Values) []string {
	return slices.DeleteFunc(strings.Split(strings.Join(fields["needs"], ","), ","), func(n string) bool { return n == "" })
}

func contactTyped(fields url.Values, now time.Time) people.Contact {
	c := people.Contact{Surname: fields.Get("surname"), FirstName: fields.Get("first_name"), Street: fields.Get("street"), Number: fields.Get("number"),
		Postcode: fields.Get("postcode"), Town: fields.Get("town"), Phone: fields.Get("phone"), Email: fields.Get("email"), Language: fields.Get("language"),
		Needs: needsTyped(fields), Remind: fields.Get("remind") != "", Consent: fields.Get("consent"), ConsentAt: now}
	for name, to := range map[string]*[]string{"y": &c.Yes, "n": &c.No} {
		if list := fields.Get(name); list != "" {
			*to = strings.Split(list, ",")
		}
	}
	return c
}

// holdForm makes an appointment of the hold. A hold that lapsed while somebody
// typed is taken anew if the time is still free; else the nearest free ones are
// offered, and what was typed comes along.
func (s *Server) holdForm(c *fiber.Ctx) error {
	fields, key, err := s.form(c)
	if err != nil {
		return err
	}
	if fields.Get(honeypot) != "" {
		return c.Redirect("/", http.StatusSeeOther)
	}
	secret := c.Params("secret")
	o, h, err := s.holdBySecret(secret)
	if err != nil {
		if o, id, ok := s.deps.Town.AppointmentBySecret(secret); ok && o.State().Appointment(id) != nil {
			return c.Redirect(appointmentLink+strings.ToLower(secret)+"?new=1", http.StatusSeeOther) // sent twice
		}
		if o, h, err = s.holdAgain(c, fields, key); err != nil {
			if needs := needsTyped(fields); len(needs) > 0 {
				fields.Set("needs", strings.Join(needs, ","))
			}
			return s.lapsed(c, fields.Get)
		}
		secret = s.deps.Town.AppointmentSecret(h.ID)
	}
	contact, err := s.cleanContact(askOf(c), o, h, contactTyped(fields, s.deps.Now()))
	if err == nil {
		var r office.Receipt
		if r, err = s.book(c.UserContext(), askOf(c), o, holder(secret), "holder:"+h.ID, key, h.ID, contact); err == nil {
			return c.Redirect(appointmentLink+s.deps.Town.AppointmentSecret(r.Answer.Appointment)+"?new=1", http.StatusSeeOther)
		}
	}
	return s.showHold(c, secret, fields.Get, typedContact(fields), err)
}

// holdAgain takes the time of a lapsed hold anew, if it is still free.
func (s *Server) holdAgain(c *fiber.Ctx, fields url.Values, key string) (*office.Office, *queue.Hold, error) {
	o, err := s.office(fields.Get("office"))
	if err != nil {
		return nil, nil, err
	}
	at, err := time.Parse(time.RFC3339, fields.Get("at"))
	if err != nil {
		return nil, nil, err
	}
	v := readVisit(o.Rules(), fields.Get)
	r, err := s.hold(c.UserContext(), askOf(c), o, key+" again", queue.HoldSlot{At: at.UTC(), Services: v.items, Channel: queue.ChannelOnline}, false)
	if err != nil {
		return nil, nil, err
	}
	if h := o.State().Hold(r.Answer.Appointment); h != nil {
		return o, h, nil
	}
	return nil, nil, &queue.Refusal{Code: queue.RefusedHoldLapsed}
}

// lapsed says that the time is kept no longer and offers the nearest free ones.
func (s *Server) lapsed(c *fiber.Ctx, get func(string) string) error {
	refused := &queue.Refusal{Code: queue.RefusedHoldLapsed}
	o, err := s.office(get("office"))
	if err != nil {
		return refused
	}
	at, err := time.Parse(time.RFC3339, get("at"))
	if err != nil {
		at = time.Time{}
	}
	return s.showTimes(c, o, get, at, refused)
}

// holdRelease gives the time back and goes to choosing another.
func (s *Server) holdRelease(c *fiber.Ctx) error {
	fields, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	if o, h, err := s.holdBySecret(secret); err == nil {
		if _, err := s.doFor(c.UserContext(), askOf(c), holder(secret), "holder:"+h.ID, o, key, queue.ReleaseHold{Hold: h.ID, Hide: office.Hide()}); err != nil {
			return err
		}
	}
	o, err := s.office(fields.Get("office"))
	if err != nil {
		return c.Redirect("/", http.StatusSeeOther)
	}
	return c.Redirect("/book/"+o.ID()+"/times"+readVisit(o.Rules(), fields.Get).query(), http.StatusSeeOther)
}
