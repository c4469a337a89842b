package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
)

// dayPage is the day on paper, for when there is no program: times, codes and
// services, with room to tick.
func (s *Server) dayPage(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	day, err := dayAsked(c.Query("day"), o)
	if err != nil {
		return err
	}
	p := s.newPage(c, o, staffLanguages...)
	v := s.dayList(o, display.ShowDay(o.Rules(), o.State(), day, s.deps.Now()))
	for _, list := range [][]display.DayVisit{v.Booked, v.Walking} {
		for i := range list {
			list[i].Text = s.servicesText(askOf(c), o, &list[i])
		}
	}
	p.View = v
	return s.write(c, http.StatusOK, "day", p)
}
