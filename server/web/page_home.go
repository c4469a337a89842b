package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/live"
)

// homePage is the town: its offices, and the doors the reader may open.
func (s *Server) homePage(c *fiber.Ctx) error {
	who, err := s.candidates(c)
	if err != nil {
		return err
	}
	p := s.newPage(c, nil, staffLanguages...)
	v := display.Home{Town: s.deps.TownNames, Offices: s.doors(who)}
	for _, w := range who {
		if w.Kind == access.Session {
			v.Person = w.Name
		}
	}
	if offices := s.deps.Town.Offices(); len(offices) > 0 {
		p.Zone = offices[0].Rules().Hours.Zone
	}
	p.View = v
	return s.write(c, http.StatusOK, "home", p)
}

// doors are the town's offices with the pages that the caller may open.
func (s *Server) doors(who []access.Principal) []display.HomeOffice {
	can := func(roles []access.Role, at place) bool {
		for _, w := range who {
			if may(w, roles, at) {
				return true
			}
		}
		return false
	}
	var list []display.HomeOffice
	for _, o := range s.deps.Town.Offices() {
		at := place{Office: o.ID()}
		h := display.HomeOffice{Public: s.officeView(o), Kiosk: can(kioskRoles, at),
			Desk: can(atDesks.roles, at), Reception: can(reception.roles, at), Supervisor: can(leading.roles, at)}
		for _, sc := range s.deps.Screens {
			if sc.Office == o.ID() && can(followers[live.Board], place{Office: o.ID(), Screen: sc.ID}) {
				h.Screens = append(h.Screens, sc)
			}
		}
		list = append(list, h)
	}
	return list
}
