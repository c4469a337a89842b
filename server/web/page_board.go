package web

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/live"
	"aufruf/server/words"
)

// boardPage is a lobby screen; a device that nobody has let in yet shows its
// code instead.
func (s *Server) boardPage(c *fiber.Ctx) error {
	screen := s.screen(c.Params("screen"))
	if screen == nil {
		return notFound()
	}
	o, err := s.office(screen.Office)
	if err != nil {
		return err
	}
	if _, err := s.chosen(c, followers[live.Board], place{Office: screen.Office, Screen: screen.ID}); err != nil {
		return s.pairingPage(c, err)
	}
	p := s.newPage(c, o)
	if c.Query("lang") == "" && len(screen.Languages) > 0 {
		// A screen speaks its own language, not the browser's that happens to
		// run on it.
		p.Lang = screen.Languages[0]
		p.Dir = words.Direction(p.Lang)
	}
	// The words of waits that a board has room for, and no others: it loads on
	// old televisions.
	prefixes := []string{"board.", "speech.", "wait.range", "wait.up_to", "wait.about", "wait.soon", "wait.board_"}
	b := s.newBoot(&p, o, prefixes...)
	b.Screen = screen.ID
	b.Languages = s.wordsIn(screen.Languages, append(prefixes, "common.")...)
	if p.View, err = show[display.Board](s, &p, b, live.Topic{Kind: live.Board, Office: screen.Office, Name: screen.ID}); err != nil {
		return err
	}
	p.Boot = b
	return s.write(c, http.StatusOK, "board", p)
}

// kioskRoles may use a kiosk's page: a kiosk, and who draws numbers anyway.
var kioskRoles = []access.Role{access.Kiosk, access.Reception, access.Supervisor}

// kioskPage is where people draw numbers and check in by themselves.
func (s *Server) kioskPage(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	if _, err := s.chosen(c, kioskRoles, place{Office: o.ID()}); err != nil {
		return s.pairingPage(c, err)
	}
	p := s.newPage(c, o)
	prefixes := []string{"kiosk.", "board.", "phone.", "refusal.", "reason.", "wait.", "error.contact_", "public.differs"}
	b := s.newBoot(&p, o, prefixes...)
	b.Languages = s.wordsIn(s.words.Languages(), append(prefixes, "common.")...)
	if p.View, err = show[display.Office](s, &p, b, live.Topic{Kind: live.Office, Office: o.ID()}); err != nil {
		return err
	}
	catalogue := s.catalogue(o)
	b.Catalogue, b.Consent = &catalogue, consentVersion
	p.Boot = b
	return s.write(c, http.StatusOK, "kiosk", p)
}

// pairingPage shows a device its code. Somebody who signed in and may not is
// told so: pairing would not help them.
func (s *Server) pairingPage(c *fiber.Ctx, refused error) error {
	candidates, err := s.candidates(c)
	if err != nil {
		return err
	}
	var p *problem
	if len(candidates) > 0 && candidates[0].Kind != access.Device || !errors.As(refused, &p) {
		return refused
	}
	page := s.newPage(c, nil)
	page.Boot = s.newBoot(&page, nil, "pairing.")
	return s.write(c, http.StatusOK, "pairing", page)
}

// wordsIn are the words a page needs in several languages.
func (s *Server) wordsIn(langs []string, prefixes ...string) map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, lang := range langs {
		all[lang] = s.words.For(lang, prefixes...)
	}
	return all
}

func (s *Server) screen(id string) *display.Screen {
	for i := range s.deps.Screens {
		if s.deps.Screens[i].ID == id {
			return &s.deps.Screens[i]
		}
	}
	return nil
}
