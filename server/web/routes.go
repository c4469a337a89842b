package web

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// routes is the whole of the server's addresses, in groups.
func (s *Server) routes() error {
	if err := s.apiRoutes(); err != nil {
		return err
	}
	s.healthRoutes()
	s.assetRoutes(s.app)
	s.socketRoutes(s.app)
	if err := s.pageRoutes(s.app); err != nil {
		return err
	}
	s.outboxRoutes()
	var errs []error
	for _, r := range s.app.GetRoutes(true) {
		if _, ok := table[routeName(r.Method, r.Path)]; !ok {
			errs = append(errs, fmt.Errorf("route %s %s has no rule", r.Method, r.Path))
		}
	}
	return errors.Join(errs...)
}

// on registers a handler under the rule of its route. Who the caller is stands
// in askOf(c) when the handler runs; an error it returns is said in words.
func (s *Server) on(method, path string, h fiber.Handler) {
	name := routeName(method, path)
	r := table[name]
	guarded := func(c *fiber.Ctx) error {
		if err := s.admit(c, name, r); err != nil {
			return err
		}
		return h(c)
	}
	s.app.Add(method, path, guarded)
	if method == fiber.MethodGet {
		s.app.Add(fiber.MethodHead, path, guarded)
	}
}

// routeName is a route as in table, log lines and metrics.
// HEAD is GET without the body.
func routeName(method, path string) string {
	if method == fiber.MethodHead {
		method = fiber.MethodGet
	}
	return method + " " + path
}
