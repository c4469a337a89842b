package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// Retention is how long is kept what may be erased, in days; 0 is all.
type Retention struct{ Contacts, Journal, Statistics int }

// The acts of this page in the audit. Looks at contacts and notes are noted
// where they are given out.
const (
	actSearch = "search_contact"
	actExport = "export_contact"
	actErase  = "erase_contact"
)

const (
	erasedDays = 90  // of which the page tells
	looksMost  = 500 // lines of the audit on a page
	chosenMost = 50  // contacts that one request may name
)

// privacyPage is the proof of what is kept.
func (s *Server) privacyPage(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	done := c.Query("done")
	if !slices.Contains([]string{"erased", "cancelled"}, done) {
		done = ""
	}
	return s.showPrivacy(c, o, display.PrivacySearch{}, strings.Clone(done), nil)
}

func (s *Server) showPrivacy(c *fiber.Ctx, o *office.Office, search display.PrivacySearch, done string, refused error) error {
	ctx, zone := c.UserContext(), o.Rules().Hours.Zone
	p := s.newPage(c, o, staffLanguages...)
	p.Path = "/privacy/" + o.ID()
	today := calendar.DateOf(s.deps.Now(), zone)
	day := today
	if text := c.Query("day"); text != "" {
		var err error
		if day, err = calendar.ParseDate(text); err != nil {
			return invalid(&fault{Code: codeDay, Location: "query.day"})
		}
	}
	v := display.Privacy{Search: search, Done: done, Day: day.String(), Noon: day.At(12*60, zone), Since: today.AddDays(-erasedDays).At(12*60, zone),
		KeyID: s.deps.Contacts.KeyID(), Term: display.PrivacyTerm(s.deps.Retention)}
	kept, err := s.deps.Contacts.Kept(ctx, o.ID())
	if err != nil {
		return err
	}
	for _, k := range kept {
		v.Kept = append(v.Kept, display.PrivacyKept(k))
	}
	erased, err := s.deps.Contacts.Erased(ctx, o.ID(), today.AddDays(-erasedDays).String())
	if err != nil {
		return err
	}
	for _, e := range erased {
		on, err := calendar.ParseDate(e.Day)
		if err != nil {
			return err
		}
		v.Erased = append(v.Erased, display.PrivacyErased{Day: on.At(12*60, zone), Kind: e.Kind, Why: e.Why, Count: e.Count, Scrubbed: e.Scrubbed})
	}
	if v.Looks, v.More, err = s.looks(ctx, o, day); err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, problemOf(refused))
		p.Refused, status = said.Detail, said.Status
	}
	p.View = v
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.write(c, status, "privacy", p)
}

// searched stands in the audit for a search, which is about nobody in
// particular.
func searched(o *office.Office) string { return o.ID() + "-" }

// looks are the day's lines of the audit about an office's people.
func (s *Server) looks(ctx context.Context, o *office.Office, day calendar.Date) (list []display.PrivacyLook, more bool, err error) {
	zone := o.Rules().Hours.Zone
	entries, err := s.deps.Access.AuditBetween(ctx, day.Start(zone), day.AddDays(1).Start(zone), o.ID()+"-", looksMost+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(entries) > looksMost; more {
		entries = entries[:looksMost]
	}
	for _, e := range entries {
		if slices.Contains([]string{"read_contact", "read_note", actSearch, actExport, actErase}, e.Act) {
			list = append(list, display.PrivacyLook{At: e.At, Who: e.Actor, Act: e.Act, ID: strings.TrimSuffix(e.Object, searched(o))})
		}
	}
	return list, more, nil
}

// privacySearch finds a person. What was typed comes by POST, so that it stands
// in no address and no log.
func (s *Server) privacySearch(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	fields, _, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, who := c.UserContext(), askOf(c).who
	search := display.PrivacySearch{Typed: strings.TrimSpace(fields.Get("text"))}
	if len(search.Typed) > 200 {
		search.Typed = ""
	}
	if err := s.limits.find.take(who.ID, s.deps.Clock()); err != nil {
		return s.showPrivacy(c, o, search, "", err)
	}
	if err := s.deps.Access.Audit(ctx, who.ID, actSearch, searched(o), s.deps.Now()); err != nil {
		return err
	}
	if search.Done = true; search.Typed != "" {
		found, err := s.deps.Contacts.Find(ctx, who.ID, o.ID(), search.Typed)
		if err != nil {
			return err
		}
		for _, f := range found {
			one, err := s.privacyFound(c, o, f.Whose, f.Contact)
			if err != nil {
				return err
			}
			search.Found = append(search.Found, one)
		}
	}
	return s.showPrivacy(c, o, search, "", nil)
}

func (s *Server) privacyFound(c *fiber.Ctx, o *office.Office, w people.Whose, contact people.Contact) (f display.PrivacyFound, err error) {
	f = display.PrivacyFound{ID: w.ID, Kind: w.Kind(), Name: joined(" ", contact.FirstName, contact.Surname), Reached: joined(", ", contact.Phone, contact.Email),
		Address: joined(", ", joined(" ", contact.Street, contact.Number), joined(" ", contact.Postcode, contact.Town)), Needs: contact.Needs}
	if f.Until, err = s.deps.Contacts.End(c.UserContext(), w); err != nil && !errors.Is(err, people.ErrNone) {
		return f, err
	}
	if a := o.State().Appointment(w.ID); a != nil {
		f.At, f.Coming = a.At, a.Ticket == "" && a.At.After(s.deps.Now())
		f.Services = s.servicesText(askOf(c), o, &display.DayVisit{Services: a.Services})
	}
	return f, nil
}

// joined puts what is not empty together.
func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), by)
}

// keptOf are the contacts that a form names and that are there.
func (s *Server) keptOf(c *fiber.Ctx, o *office.Office, ids []string) (list []people.Whose, err error) {
	for _, id := range ids[:min(len(ids), chosenMost)] {
		w := people.Whose{Office: o.ID(), ID: id}
		switch _, err := s.deps.Contacts.End(c.UserContext(), w); {
		case err == nil:
			list = append(list, w)
		case !errors.Is(err, people.ErrNone):
			return nil, err
		}
	}
	return list, nil
}

// KeptData is what is kept of a person, as it is handed out.
type KeptData struct {
	Office string     `json:"office"`
	Made   time.Time  `json:"made"`
	Kept   []KeptItem `json:"kept"`
}

// KeptItem is what is kept under one id.
type KeptItem struct {
	ID          string           `json:"id"`
	Kind        string           `json:"kind"`
	Until       time.Time        `json:"kept_until"`
	Contact     people.Contact   `json:"contact"`
	Appointment *KeptAppointment `json:"appointment"`
}

// KeptAppointment is the appointment of a person.
type KeptAppointment struct {
	At       time.Time `json:"at"`
	Services []Item    `json:"services"`
	BookedAt time.Time `json:"booked_at"`
	Channel  string    `json:"channel,omitempty"`
	Came     bool      `json:"came"`
}

// privacyExport hands out what is kept of the chosen.
func (s *Server) privacyExport(c *fiber.Ctx) error {
	o, list, _, _, err := s.privacyForm(c)
	if err != nil {
		return err
	}
	ctx, who := c.UserContext(), askOf(c).who
	data := KeptData{Office: o.ID(), Made: s.deps.Now().UTC(), Kept: []KeptItem{}}
	for _, w := range list {
		if err := s.deps.Access.Audit(ctx, who.ID, actExport, w.ID, s.deps.Now()); err != nil {
			return err
		}
		item := KeptItem{ID: w.ID, Kind: w.Kind()}
		if item.Contact, err = s.deps.Contacts.Get(ctx, who.ID, w); errors.Is(err, people.ErrNone) {
			continue
		} else if err != nil {
			return err
		}
		if item.Until, err = s.deps.Contacts.End(ctx, w); err != nil && !errors.Is(err, people.ErrNone) {
			return err
		}
		if a := o.State().Appointment(w.ID); a != nil {
			item.Appointment = &KeptAppointment{At: a.At.UTC(), Services: itemsOut(a.Services), BookedAt: a.BookedAt.UTC(), Channel: a.Channel, Came: a.Ticket != ""}
		}
		data.Kept = append(data.Kept, item)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+o.ID()+`-person.json"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	raw, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return err
	}
	return c.Send(raw)
}

func (s *Server) privacyForm(c *fiber.Ctx) (o *office.Office, list []people.Whose, how, key string, err error) {
	if o, err = s.office(c.Params("office")); err != nil {
		return
	}
	fields, key, err := s.form(c)
	if err != nil {
		return
	}
	// What is chosen is named by ids that can be counted up: no way around the
	// pace of searches.
	if err = s.limits.find.take(askOf(c).who.ID, s.deps.Clock()); err != nil {
		return
	}
	list, err = s.keptOf(c, o, fields["id"])
	return o, list, fields.Get("how"), key, err
}

// privacyErase asks first, and then erases the chosen at once; their
// appointments to come are cancelled or stay without a contact, as is wanted.
func (s *Server) privacyErase(c *fiber.Ctx) error {
	o, list, how, key, err := s.privacyForm(c)
	if err != nil {
		return err
	}
	ctx, a := c.UserContext(), askOf(c)
	if len(list) == 0 {
		return s.showPrivacy(c, o, display.PrivacySearch{}, "", &problem{Status: http.StatusUnprocessableEntity, Code: codeNobodyChosen})
	}
	if how != "cancel" && how != "keep" {
		search := display.PrivacySearch{Asking: true}
		for _, w := range list {
			contact, err := s.deps.Contacts.Get(ctx, a.who.ID, w)
			if err != nil {
				return err
			}
			f, err := s.privacyFound(c, o, w, contact)
			if err != nil {
				return err
			}
			if f.Coming {
				search.Coming++
			}
			search.Found = append(search.Found, f)
		}
		return s.showPrivacy(c, o, search, "", nil)
	}
	for _, w := range list {
		if err := s.deps.Access.Audit(ctx, a.who.ID, actErase, w.ID, s.deps.Now()); err != nil {
			return err
		}
		if how == "cancel" {
			if err := s.letGo(ctx, a, o, key, w.ID); err != nil {
				return err
			}
		}
		if err := s.deps.Contacts.Erase(ctx, w, people.ErasedRequest); err != nil {
			return err
		}
	}
	done := map[string]string{"cancel": "cancelled", "keep": "erased"}[how]
	return c.Redirect("/privacy/"+o.ID()+"?done="+done, http.StatusSeeOther)
}

// letGo cancels an appointment to come, a hold or a wish. One that has arrived
// or gone is left as it is.
func (s *Server) letGo(ctx context.Context, a *ask, o *office.Office, key, id string) error {
	var c queue.Command
	switch st := o.State(); {
	case st.Wish(id) != nil:
		c = queue.WithdrawWish{Wish: id, Hide: office.Hide()}
	case st.Hold(id) != nil:
		c = queue.ReleaseHold{Hold: id, Hide: office.Hide()}
	case st.Appointment(id) != nil:
		c = queue.CancelAppointment{Appointment: id, Staff: true, Hide: office.Hide()}
	default:
		return nil
	}
	_, err := s.do(ctx, a, o, key+"\x00"+id, c)
	var refused *queue.Refusal
	if errors.As(err, &refused) {
		return nil
	}
	return err
}
