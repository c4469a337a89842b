package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/access"
)

// signInPage is the form for staff.
func (s *Server) signInPage(c *fiber.Ctx) error {
	return s.showSignIn(c, display.SignIn{Next: localPath(c.Query("next"))}, nil)
}

func (s *Server) showSignIn(c *fiber.Ctx, v display.SignIn, refused error) error {
	p := s.newPage(c, nil, staffLanguages...)
	p.View = v
	status := http.StatusOK
	if refused != nil {
		said := s.say(c, signInProblem(refused))
		p.Refused, status = said.Detail, said.Status
		for name, values := range said.header {
			c.Set(name, values[0])
		}
		c.Response().Header.Del(fiber.HeaderWWWAuthenticate) // or the browser asks in a window of its own
	}
	return s.write(c, status, "sign_in", p)
}

// signIn begins a session and goes where the person wanted to. A session that
// was there before ends: it may be somebody else's.
func (s *Server) signIn(c *fiber.Ctx) error {
	fields, _, err := s.form(c)
	if err != nil {
		return err
	}
	v := display.SignIn{Name: fields.Get("name"), Next: localPath(fields.Get("next"))}
	secret, _, err := s.deps.Access.SignIn(c.UserContext(), v.Name, fields.Get("password"), s.client(c), s.deps.Now())
	if err != nil {
		return s.showSignIn(c, v, err)
	}
	if before := c.Cookies(sessionCookie); before != "" {
		if err := s.deps.Access.SignOut(c.UserContext(), before); err != nil {
			s.log.Warn("end the session before", "error", err)
		}
	}
	s.setCookie(c, sessionCookie, secret, 0)
	if v.Next == "" {
		v.Next = "/"
	}
	return c.Redirect(v.Next, http.StatusSeeOther)
}

// signOut ends the session, and with it its sockets.
func (s *Server) signOut(c *fiber.Ctx) error {
	if _, _, err := s.form(c); err != nil {
		return err
	}
	if secret := c.Cookies(sessionCookie); secret != "" {
		if err := s.deps.Access.SignOut(c.UserContext(), secret); err != nil && !errors.Is(err, access.ErrUnknown) {
			return err
		}
	}
	c.Cookie(&fiber.Cookie{Name: sessionCookie, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode,
		Secure: s.secure(c), MaxAge: -1})
	return c.Redirect("/", http.StatusSeeOther)
}

// signInProblem says why somebody was not let in.
func signInProblem(err error) *problem {
	var wait *access.WaitError
	switch {
	case errors.As(err, &wait):
		return &problem{Status: http.StatusTooManyRequests, Code: "sign_in_wait", RetryAfter: wait.Seconds(),
			Params: map[string]any{"Count": wait.Seconds()}}
	case errors.Is(err, access.ErrWrong):
		return &problem{Status: http.StatusUnauthorized, Code: "sign_in_wrong"}
	case errors.Is(err, access.ErrBusy):
		return &problem{Status: http.StatusServiceUnavailable, Code: codeBusy, RetryAfter: 2}
	case errors.Is(err, access.ErrWeakPassword), errors.Is(err, access.ErrLongPassword):
		return &problem{Status: http.StatusUnprocessableEntity, Code: "password_length"}
	case errors.Is(err, access.ErrBadName), errors.Is(err, access.ErrNameTaken):
		return &problem{Status: http.StatusUnprocessableEntity, Code: "account_name"}
	case errors.Is(err, access.ErrSetupUsed):
		return problemOf(notFound())
	}
	return problemOf(err)
}

// localPath keeps a path of this server and nothing that a browser would read
// as another one's address.
func localPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || len(path) > 200 {
		return ""
	}
	return path
}
