package web

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"aufruf/server/people"
)

// appointmentQuiet ends the reminders of an appointment, at the wish of whoever
// holds its link: where every reminder's List-Unsubscribe leads.
func (s *Server) appointmentQuiet(c *fiber.Ctx) error {
	if _, _, err := s.form(c); err != nil {
		return err
	}
	o, id, ok := s.deps.Town.AppointmentBySecret(c.Params("secret"))
	if !ok {
		return notFound()
	}
	err := s.deps.Contacts.SetRemind(c.UserContext(), people.Whose{Office: o.ID(), ID: id}, false)
	if err != nil && !errors.Is(err, people.ErrNone) {
		return err
	}
	return c.Redirect("/a/"+c.Params("secret"), http.StatusSeeOther)
}
