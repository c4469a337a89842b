package web

import (
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/gofiber/fiber/v2"

	"aufruf/server/speech"
	"aufruf/static"
)

// assetRoutes serve what browsers fetch as it lies.
func (s *Server) assetRoutes(fiber.Router) {
	if s.deps.Assets != nil {
		s.on("GET", static.Prefix+"*", s.asset)
	}
	s.on("GET", "/speech/:lang/:clip", s.clip)
}

// asset answers with an embedded file. The address holds the build, so a
// browser keeps it for ever.
func (s *Server) asset(c *fiber.Ctx) error {
	a, ok := s.deps.Assets.Lookup(c.Path(), c.Get(fiber.HeaderAcceptEncoding))
	if !ok {
		return notFound()
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderETag, a.ETag)
	c.Set(fiber.HeaderCacheControl, a.CacheControl)
	if c.Get(fiber.HeaderIfNoneMatch) == a.ETag {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, a.ContentType)
	if a.Encoding != "" {
		c.Set(fiber.HeaderContentEncoding, a.Encoding)
	}
	return c.Send(a.Body)
}

// clip answers with one building block of an announcement. Only clips that the
// house renders have a file.
func (s *Server) clip(c *fiber.Ctx) error {
	name, ok := strings.CutSuffix(c.Params("clip"), ".wav")
	if !ok || s.deps.Speech == nil {
		return notFound()
	}
	path, err := s.deps.Speech.Path(c.Params("lang") + "/" + name)
	if errors.Is(err, speech.ErrNoClip) {
		return notFound()
	}
	if err != nil {
		return err
	}
	wav, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return notFound() // still being rendered
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "audio/wav")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(wav)
}
