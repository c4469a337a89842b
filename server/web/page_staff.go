package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/live"
	"aufruf/server/office"
)

// deskPage is a clerk's: first the choice of a desk, then the desk.
func (s *Server) deskPage(c *fiber.Ctx) error {
	return s.staffPage(c, "desk", live.Desk, append([]string{"desk.", "reason.", "park.", "refusal.", "reception.booked_for", "reception.said_booked", "reception.say_code", "reception.print_sheet",
		"reception.book", "reception.other_time", "reception.no_time_free"}, contactWords...), func(o *office.Office, b *boot) error {
		b.Desk = c.Params("desk")
		if b.Desk != "" && o.Rules().Desk(b.Desk) == nil {
			return notFound()
		}
		return nil
	})
}

// contactWords are the words for the fields of a contact and the questions
// behind papers, those of the booking pages.
var contactWords = []string{"book.surname", "book.first_name", "book.street", "book.house_number", "book.postcode", "book.town", "book.phone", "book.email",
	"book.remind", "book.needs", "book.language", "book.address", "book.optional"}

// receptionPage is the receptionist's.
func (s *Server) receptionPage(c *fiber.Ctx) error {
	return s.staffPage(c, "reception", live.Desk, append([]string{"desk.", "reception.", "reason.", "park.", "refusal.", "needs."}, contactWords...),
		func(_ *office.Office, b *boot) error {
			b.Messages = s.deps.Notify != nil
			b.Spoken = s.words.Languages()
			return nil
		})
}

// supervisorPage is the overview, with the devices of the house.
func (s *Server) supervisorPage(c *fiber.Ctx) error {
	return s.staffPage(c, "supervisor", live.Supervisor, []string{"desk.", "told.", "supervisor.", "reception.", "reason.", "park.", "refusal."},
		func(o *office.Office, b *boot) error {
			for _, sc := range s.deps.Screens {
				if sc.Office == o.ID() {
					b.Screens = append(b.Screens, Named{ID: sc.ID, Names: sc.Names})
				}
			}
			return nil
		})
}

// staffPage writes a page for staff, which its script draws. more adds what
// this one needs.
func (s *Server) staffPage(c *fiber.Ctx, name string, kind live.Kind, prefixes []string, more func(*office.Office, *boot) error) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	p := s.newPage(c, o, staffLanguages...)
	b := s.newBoot(&p, o, prefixes...)
	who := askOf(c).who
	b.Me = &bootMe{ID: who.ID, Name: who.Name}
	catalogue := s.catalogue(o)
	b.Catalogue = &catalogue
	if more != nil {
		if err := more(o, b); err != nil {
			return err
		}
	}
	if _, err := show[display.Desks](s, &p, b, live.Topic{Kind: kind, Office: o.ID()}); err != nil {
		return err
	}
	p.Boot = b
	return s.write(c, http.StatusOK, name, p)
}
