package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// The waiting list: who finds no time that suits leaves a wish, and is offered
// what becomes free.

// halves are the parts of a day that one can wish for.
var halves = map[string][]calendar.Span{
	"":          nil,
	"morning":   {{From: 0, To: 12 * 60}},
	"afternoon": {{From: 12 * 60, To: calendar.EndOfDay}},
}

// wishPage is the form.
func (s *Server) wishPage(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	return s.showWishForm(c, o, url.Values{"s": {c.Query("s")}}, nil)
}

// showWishForm writes the form with what was typed, and what is wrong beside
// its field.
func (s *Server) showWishForm(c *fiber.Ctx, o *office.Office, typed url.Values, refused error) error {
	r, st := o.Rules(), o.State()
	v := readVisit(r, typed.Get)
	if len(v.items) == 0 {
		return s.showChoose(c, o, v)
	}
	p := s.bookPageOf(c, o, v)
	base := "/book/" + o.ID()
	p.Path = base + "/wish"
	view := display.BookWish{BookDetails: display.BookDetails{Chosen: s.chosenServices(o, v, base), Contact: typedContact(typed), Address: queue.AddressNone,
		Consent: consentVersion, Languages: s.spoken(p.Lang), Action: p.Path, Hidden: v.fields(), Wish: true, Faults: map[string]string{}},
		From: wishDay(typed.Get("from"), st.Day), To: wishDay(typed.Get("to"), windowOf(o)), Least: st.Day, Most: windowOf(o), Half: typed.Get("half"),
		Proof: s.proofs.challenge(s.deps.Clock()), Back: base + "/times" + v.query()}
	if view.Contact.Language == "" {
		view.Contact.Language = p.Lang
	}
	status := http.StatusOK
	if refused != nil {
		pr := problemOf(refused)
		said := s.say(c, pr)
		status = said.Status
		if view.Faults, view.Order = fieldFaults(said, pr); len(view.Order) == 0 {
			p.Refused = said.Detail
		}
	}
	p.View = view
	return s.write(c, status, "book_wish", p)
}

func wishDay(text string, otherwise calendar.Date) calendar.Date {
	if d, err := calendar.ParseDate(text); err == nil {
		return d
	}
	return otherwise
}

// wishForm puts somebody on the list. The contact is put away at once after:
// only the record knows the wish's name.
func (s *Server) wishForm(c *fiber.Ctx) error {
	fields, key, err := s.form(c)
	if err != nil {
		return err
	}
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	if fields.Get(honeypot) != "" {
		return c.Redirect("/book/"+o.ID(), http.StatusSeeOther)
	}
	ctx, a, st := c.UserContext(), askOf(c), o.State()
	v := readVisit(o.Rules(), fields.Get)
	from, to := wishDay(fields.Get("from"), st.Day), wishDay(fields.Get("to"), windowOf(o))
	typed := contactTyped(fields, s.deps.Now())
	if typed.Consent != consentVersion {
		typed.Consent = ""
	}
	contact, faults := people.Clean(typed, people.AddressNone)
	if len(faults) == 0 && !contact.Mobile {
		faults = append(faults, people.Fault{Field: "phone", Code: "mobile"})
	}
	if len(faults) > 0 {
		return s.showWishForm(c, o, fields, invalid(faultsOf(faults)...))
	}
	if err := s.paced(a, s.proved(fields.Get("proof"), key)); err != nil {
		return s.showWishForm(c, o, fields, err)
	}
	wish := queue.AddWish{Services: v.items, From: from, To: to, Hours: halves[fields.Get("half")]}
	defer s.numbers.lock(contact.Phone)()
	full := s.fewWishes(ctx, o, contact.Phone)
	if full != nil {
		wish.Services = nil // nothing new: only who sends the same again gets its answer
	}
	r, err := s.doFor(ctx, a, s.stranger(a, key), citizen, o, key, wish)
	var refused *queue.Refusal
	if full != nil && errors.As(err, &refused) {
		err = full
	}
	if err != nil {
		return s.showWishForm(c, o, fields, err)
	}
	// Sent again after the wish came true or was withdrawn, there is nobody to
	// keep a contact for, and nothing that would erase it.
	if o.State().Wish(r.Answer.Wish) != nil {
		if err := s.deps.Contacts.Put(ctx, people.Whose{Office: o.ID(), ID: r.Answer.Wish}, contact, wishEnds(o, to)); err != nil {
			return err
		}
	}
	return c.Redirect(wishLink+s.deps.Town.AppointmentSecret(r.Answer.Wish), http.StatusSeeOther)
}

// fewWishes refuses a number that has as many wishes on the list as visits to
// come that it may hold: each is told by SMS, to whoever's number was given.
func (s *Server) fewWishes(ctx context.Context, o *office.Office, phone string) error {
	most := o.Rules().Booking.Most
	if most == 0 {
		return nil
	}
	held, err := s.deps.Contacts.OfPhone(ctx, o.ID(), phone)
	if err != nil {
		return err
	}
	n := 0
	for _, w := range held {
		if o.State().Wish(w.ID) != nil {
			n++
		}
	}
	if n >= most {
		return &problem{Status: http.StatusConflict, Code: codeNumberWishes, Params: map[string]any{"Max": most}}
	}
	return nil
}

// wishShow is what somebody on the list sees.
func (s *Server) wishShow(c *fiber.Ctx) error { return s.showWish(c, nil) }

func (s *Server) showWish(c *fiber.Ctx, refused error) error {
	secret := c.Params("secret")
	o, id, ok := s.deps.Town.WishBySecret(secret)
	if !ok {
		return notFound()
	}
	p := s.newPage(c, o, bookLanguages...)
	p.Path = wishLink + secret
	r, st := o.Rules(), o.State()
	view := display.WishPage{Office: r.Names, Ended: true}
	if w := st.Wish(id); w != nil {
		view = display.WishPage{Office: r.Names, Services: w.Services, From: w.From.Start(r.Hours.Zone), To: w.To.Start(r.Hours.Zone)}
		view.Place = slices.IndexFunc(st.Wishes, func(o *queue.Wish) bool { return o.ID == id })
		if h := st.Offer(id); h != nil && s.deps.Now().Before(h.Until) {
			view.Offer, view.Until = h.For, h.Until
		}
		p.Papers = papersFor(r, w.Services, p.Lang)
	}
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, problemOf(refused))
		p.Refused, status = said.Detail, said.Status
	}
	p.View = view
	return s.write(c, status, "wish", p)
}

// wishAccept takes the offered time: the contact goes from the wish to the
// appointment.
func (s *Server) wishAccept(c *fiber.Ctx) error {
	_, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	o, id, ok := s.deps.Town.WishBySecret(secret)
	if !ok {
		return notFound()
	}
	ctx, a := c.UserContext(), askOf(c)
	hold := ""
	if h := o.State().Offer(id); h != nil {
		hold = h.ID
	}
	contact, err := s.deps.Contacts.Recipient(ctx, people.Whose{Office: o.ID(), ID: id})
	var r office.Receipt
	switch {
	case err == nil && hold != "":
		r, err = s.book(ctx, a, o, holder(secret), "holder:"+id, key, hold, contact)
	case err == nil || errors.Is(err, people.ErrNone):
		// Sent twice: what went on to the appointment is not written over with
		// nothing, and the same request gets its answer again.
		r, err = s.doFor(ctx, a, holder(secret), "holder:"+id, o, key, queue.BookHold{Hold: hold})
	default:
		return err
	}
	if err != nil {
		return s.showWish(c, err)
	}
	if err := s.deps.Contacts.Erase(ctx, people.Whose{Office: o.ID(), ID: id}, people.ErasedTerm); err != nil {
		s.log.Error("erase the contact of a wish that came true", "office", o.ID(), "error", err)
	}
	return c.Redirect(appointmentLink+s.deps.Town.AppointmentSecret(r.Answer.Appointment)+"?new=1", http.StatusSeeOther)
}

// wishDecline lets the offered time go on to the next; the wish stays.
func (s *Server) wishDecline(c *fiber.Ctx) error {
	return s.changeWish(c, func(o *office.Office, id string) (queue.Command, error) {
		h := o.State().Offer(id)
		if h == nil {
			return nil, &queue.Refusal{Code: queue.RefusedHoldLapsed}
		}
		return queue.ReleaseHold{Hold: h.ID, Hide: office.Hide()}, nil
	})
}

// wishWithdraw takes somebody off the list.
func (s *Server) wishWithdraw(c *fiber.Ctx) error {
	return s.changeWish(c, func(_ *office.Office, id string) (queue.Command, error) {
		return queue.WithdrawWish{Wish: id, Hide: office.Hide()}, nil
	})
}

func (s *Server) changeWish(c *fiber.Ctx, command func(*office.Office, string) (queue.Command, error)) error {
	_, key, err := s.form(c)
	if err != nil {
		return err
	}
	secret := c.Params("secret")
	o, id, ok := s.deps.Town.WishBySecret(secret)
	if !ok {
		return notFound()
	}
	cmd, err := command(o, id)
	if err == nil {
		_, err = s.doFor(c.UserContext(), askOf(c), holder(secret), "holder:"+id, o, key, cmd)
	}
	if err != nil {
		return s.showWish(c, err)
	}
	return c.Redirect(wishLink+secret, http.StatusSeeOther)
}

// wishEnds is when a wish's contact is let go.
func wishEnds(o *office.Office, to calendar.Date) time.Time {
	return to.AddDays(1).Start(o.Rules().Hours.Zone)
}
