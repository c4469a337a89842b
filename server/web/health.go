package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// healthRoutes are for whoever watches the program: alive at all, and ready to
// accept commands.
func (s *Server) healthRoutes() {
	s.on(fiber.MethodGet, "/healthz", func(c *fiber.Ctx) error { return c.JSON(map[string]string{"status": "alive"}) })
	s.on(fiber.MethodGet, "/readyz", s.showReady)
}

// showReady names the offices that accept nothing. Why they do not is in the
// log.
func (s *Server) showReady(c *fiber.Ctx) error {
	readOnly := []string{}
	for _, o := range s.deps.Town.Offices() {
		if o.Fault() != nil {
			readOnly = append(readOnly, o.ID())
		}
	}
	status := "ready"
	if len(readOnly) > 0 {
		status = "read_only"
		c.Status(http.StatusServiceUnavailable)
	}
	return c.JSON(struct {
		Status   string   `json:"status"`
		ReadOnly []string `json:"read_only"`
	}{status, readOnly})
}
