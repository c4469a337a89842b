package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"aufruf/display"

	"github.com/gofiber/fiber/v2"
)

// Problem is a problem as it is sent (RFC 9457): words in the language asked
// for, all faults at once, never what the caller sent.
type Problem struct {
	Type   string         `json:"type" doc:"always about:blank: code tells problems apart" example:"about:blank"`
	Title  string         `json:"title" doc:"what the status means, in the language asked for"`
	Status int            `json:"status" doc:"the HTTP status"`
	Code   string         `json:"code" doc:"stable name of the problem" example:"office_closed"`
	Detail string         `json:"detail" doc:"a sentence for people that says what to do next"`
	Errors []ProblemFault `json:"errors" doc:"every single fault of the request; empty when the request was well made and is refused"`

	header http.Header
}

// ProblemFault is one fault of a request.
type ProblemFault struct {
	Code     string `json:"code" example:"required"`
	Location string `json:"location" doc:"where: body.services[0].id, header.Idempotency-Key" example:"body.services"`
	Message  string `json:"message" doc:"a sentence for people"`
}

// Error names the code alone.
func (p *Problem) Error() string { return p.Code }

// GetStatus and the methods after it are what huma asks of an error.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns Retry-After and what else belongs to the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType makes it application/problem+json.
func (p *Problem) ContentType(string) string { return problemJSON }

const problemJSON = "application/problem+json"

// faultsMost is how many faults are told: a body made of faults alone must not
// make an answer hundreds of times its size.
const faultsMost = 200

// say puts a problem into the words of the request's language and notes it for
// log and metrics.
func (s *Server) say(c *fiber.Ctx, p *problem) *Problem {
	a := askOf(c)
	a.refused = p
	prefix := p.words
	if prefix == "" {
		prefix = "error."
	}
	lang := a.lang
	out := &Problem{Type: "about:blank", Title: s.words.Text(lang, fmt.Sprintf("error.title_%d", p.Status), nil),
		Status: p.Status, Code: p.Code, Detail: s.words.Text(lang, prefix+p.Code, p.Params), Errors: []ProblemFault{}, header: http.Header{}}
	for _, f := range p.Faults[:min(len(p.Faults), faultsMost)] {
		key := "error." + f.Code
		if f.refusal {
			key = "refusal." + f.Code
		}
		out.Errors = append(out.Errors, ProblemFault{Code: f.Code, Location: s.safeLocation(f.Location), Message: s.words.Text(lang, key, f.Params)})
	}
	if p.RetryAfter > 0 {
		out.header.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.RetryAfter))
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.RetryAfter)) // pages that say the refusal in their midst too
	}
	if p.Status == http.StatusUnauthorized {
		out.header.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	out.header.Set(fiber.HeaderContentLanguage, lang)
	if p.Close {
		c.Context().SetConnectionClose()
	}
	return out
}

// safeLocation keeps of a location what our own schemas name; a key that the
// caller invented ends it.
func (s *Server) safeLocation(location string) string {
	parts := strings.Split(location, ".")
	for i, part := range parts {
		name, index, _ := strings.Cut(part, "[")
		if _, err := strconv.Atoi(strings.TrimSuffix(index, "]")); index != "" && err != nil || !s.fields[name] {
			return strings.Join(parts[:i], ".")
		}
	}
	return location
}

// fail writes an error: a problem for programs, a page for browsers.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	var page display.Page
	asPage := s.pages != nil && wantsPage(c)
	if asPage {
		page = s.newPage(c, nil) // knows the language chosen on a page before
	}
	p := s.say(c, problemOf(err))
	c.Response().ResetBody()
	c.Status(p.Status)
	for key, values := range p.header {
		c.Set(key, values[0])
	}
	if asPage {
		page.View = display.Trouble{Status: p.Status, Title: p.Title, Detail: p.Detail}
		return s.write(c, p.Status, "error", page)
	}
	var body bytes.Buffer
	if err := strictJSON.Marshal(&body, p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problemJSON)
	return c.Send(body.Bytes())
}

// wantsPage tells a browser that opens an address from a program.
func wantsPage(c *fiber.Ctx) bool {
	return !strings.HasPrefix(c.Path(), "/api/") && strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML)
}
