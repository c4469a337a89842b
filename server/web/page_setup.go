package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// setupPage is behind the one-time link: the first account, and once that is
// made and signed in, the doors of the house and the offer to open it now.
func (s *Server) setupPage(c *fiber.Ctx) error { return s.showSetup(c, nil) }

func (s *Server) showSetup(c *fiber.Ctx, refused error) error {
	v := display.Setup{}
	if !s.deps.Access.SetupOpen(c.Params("secret")) {
		who := askOf(c).who
		if who.Kind != access.Session || !may(who, leading.roles, place{}) {
			return notFound()
		}
		all, err := s.candidates(c)
		if err != nil {
			return err
		}
		v.Done, v.Offices = true, s.doors(all)
	}
	p := s.newPage(c, nil, staffLanguages...)
	if offices := s.deps.Town.Offices(); len(offices) > 0 {
		p.Zone = offices[0].Rules().Hours.Zone
	}
	p.View = v
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, signInProblem(refused))
		p.Refused, status = said.Detail, said.Status
	}
	return s.write(c, status, "setup", p)
}

// setUp takes both forms of the page.
func (s *Server) setUp(c *fiber.Ctx) error {
	fields, key, err := s.form(c)
	if err != nil {
		return err
	}
	if id := fields.Get("open"); id != "" {
		err = s.openFrom(c, id, fields, key)
	} else {
		err = s.firstAccount(c, fields)
	}
	if err != nil {
		return s.showSetup(c, err)
	}
	return c.Redirect(c.Path(), http.StatusSeeOther)
}

// firstAccount makes it and signs it in.
func (s *Server) firstAccount(c *fiber.Ctx, fields url.Values) error {
	name, password := fields.Get("name"), fields.Get("password")
	if _, err := s.deps.Access.SetUp(c.UserContext(), c.Params("secret"), name, password, s.deps.Now()); err != nil {
		return err
	}
	secret, _, err := s.deps.Access.SignIn(c.UserContext(), name, password, s.client(c), s.deps.Now())
	if err != nil {
		return err
	}
	s.setCookie(c, sessionCookie, secret, 0)
	return nil
}

// openFrom opens an office out of hours.
func (s *Server) openFrom(c *fiber.Ctx, id string, fields url.Values, key string) error {
	a := askOf(c)
	o, err := s.office(id)
	if err != nil {
		return err
	}
	if a.who.Kind != access.Session || !may(a.who, leading.roles, place{Office: id}) {
		return &problem{Status: http.StatusForbidden, Code: codeForbidden}
	}
	until, err := untilOf(fields.Get("until"), s.deps.Now(), o.Rules().Hours.Zone)
	if err != nil {
		return err
	}
	_, err = s.do(c.UserContext(), a, o, key, queue.OpenOffice{Until: until})
	return err
}

// untilOf is the next instant at which clocks show a time of day; zero for "".
func untilOf(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, invalid(&fault{Code: codeTime, Location: "body.until"})
	}
	minutes := calendar.TimeOfDay(at.Hour()*60 + at.Minute())
	day := calendar.DateOf(now, zone)
	if until := day.At(minutes, zone); until.After(now) {
		return until, nil
	}
	return day.AddDays(1).At(minutes, zone), nil
}
