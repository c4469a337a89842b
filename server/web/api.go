package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"aufruf/server/office"
	"aufruf/server/queue"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
)

// commandWithin bounds the wait for an office. A page gives up on a try after
// 8 s; a refusal that says "again, with the same key" should be there before.
const commandWithin = 7 * time.Second

// Keyed is in the input of every command.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" doc:"Chosen by the caller, new for each command and the same when it is sent again: it is then done once and answered alike, for 24 hours. Without a token or a link, one that cannot be guessed: 16 characters or more."`
}

// InOffice and AtDesk are the places in paths. They are exported because huma
// passes over embedded types that are not.
type InOffice struct {
	Office string `path:"office" maxLength:"64" doc:"id of the office"`
}

type AtDesk struct {
	InOffice
	Desk string `path:"desk" maxLength:"64" doc:"id of the desk"`
}

// stored answers a command of which nothing more is to be said.
type stored struct {
	Body struct {
		Seq uint64 `json:"seq" doc:"number of the record"`
	}
}

func storedAs(r office.Receipt) *stored {
	out := &stored{}
	out.Body.Seq = r.Seq
	return out
}

// nothing is the body of a command without parameters.
type nothing struct{}

func (s *Server) apiRoutes() error {
	s.api = humafiber.New(s.app, apiConfig(s.deps.Version))
	s.officeRoutes()
	s.ticketRoutes()
	s.appointmentRoutes()
	s.bookingRoutes()
	s.termRoutes()
	s.planRoutes()
	s.feedRoutes()
	s.dayRoutes()
	s.deskRoutes()
	s.houseRoutes()
	s.aheadRoutes()
	s.ledgerRoutes()
	s.lengthRoutes()
	s.noteRoutes()
	s.peopleRoutes()
	s.visitRoutes()
	s.missingRoutes()
	s.messageRoutes()
	s.deviceRoutes()
	s.publicRoutes()
	doc := s.api.OpenAPI()
	allowNull(doc)
	s.fields = fieldsOf(doc)
	raw, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("make the API's document: %w", err)
	}
	s.openAPI = raw
	s.on(fiber.MethodGet, "/api/v1/openapi.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "application/openapi+json")
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(s.openAPI)
	})
	return nil
}

func apiConfig(version string) huma.Config {
	if version == "" {
		version = "0"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Aufruf", Version: version,
				Description: "The waiting-room queue of a town's offices: draw numbers, call, and see who waits. " +
					"Every POST needs an Idempotency-Key; errors are problem+json in the language asked for.",
				License: &huma.License{Name: "EUPL-1.2", Identifier: "EUPL-1.2"},
			},
			Servers: []*huma.Server{{URL: "/", Description: "this server"}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer", Description: "made by: aufruf token add"},
					"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "of a person; changes need a page of the same origin"},
					"device":  {Type: "apiKey", In: "cookie", Name: deviceCookie, Description: "of a paired screen or kiosk"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}, // "json" stands for +json
		DefaultFormat: "application/json",
	}
}

// operation is what is said of a route besides its input and output.
type operation struct {
	method, path string // "/api/v1/offices/{office}"
	id, summary  string
	tag          string
	status       int   // 0: 200
	errors       []int // besides those that follow from the rule and the input
	body         int64 // most bytes; 0: what the gate allows
	// produces is what comes back where it is no JSON, by its media type.
	produces map[string]*huma.MediaType
}

// endpoint registers a handler under the rule of its route, and documents it.
func endpoint[I, O any](s *Server, o operation, h func(ctx context.Context, a *ask, in *I) (*O, error)) {
	path := strings.NewReplacer("{", ":", "}", "").Replace(o.path)
	name := routeName(o.method, path)
	r, ok := table[name]
	if !ok {
		return // routes() reports it: without its rule it is not there, and the test misses it
	}
	errs := append([]int{http.StatusBadRequest, http.StatusTooManyRequests}, o.errors...)
	security := []map[string][]string{}
	if r.roles != nil {
		errs = append(errs, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
		security = []map[string][]string{{"token": {}}, {"session": {}}, {"device": {}}}
	}
	if o.method != http.MethodGet {
		errs = append(errs, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
			http.StatusServiceUnavailable, http.StatusInsufficientStorage)
	}
	slices.Sort(errs)
	op := huma.Operation{Method: o.method, Path: o.path, OperationID: o.id, Summary: o.summary, Tags: []string{o.tag},
		DefaultStatus: o.status, Errors: slices.Compact(errs), Security: security, MaxBodyBytes: importLimit + 1,
		BodyReadTimeout: readWithin, Responses: responsesOf(o),
		Middlewares: huma.Middlewares{func(hc huma.Context, next func(huma.Context)) {
			c := humafiber.Unwrap(hc)
			if err := s.admit(c, name, r); err != nil {
				askOf(c).failed = err
				return
			}
			next(hc)
		}},
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		a := askIn(ctx)
		out, err := h(ctx, a, in)
		if err != nil {
			a.failed = err
			return nil, nil // the gate says it
		}
		return out, nil
	})
}

// responsesOf documents what is no JSON.
func responsesOf(o operation) map[string]*huma.Response {
	if o.produces == nil {
		return nil
	}
	return map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: o.produces}}
}

// office finds an office of the path.
func (s *Server) office(id string) (*office.Office, error) {
	o, ok := s.deps.Town.Office(id)
	if !ok {
		return nil, notFound()
	}
	return o, nil
}

// identity is a request's as it stands in its record: keyed, for a body may
// hold a name or the end of a telephone number, and of so little a mere hash is
// undone by trying.
func (s *Server) identity(a *ask) [32]byte {
	if s.deps.Contacts == nil {
		return a.hash()
	}
	h := a.hash()
	return s.deps.Contacts.Blind(h[:])
}

// do gives a command to an office in the caller's name.
func (s *Server) do(ctx context.Context, a *ask, o *office.Office, key string, c queue.Command) (office.Receipt, error) {
	return s.doFor(ctx, a, a.who.ID, a.who.ID, o, key, c)
}

// doFor gives a command in the name of by, with keys that count for caller.
func (s *Server) doFor(ctx context.Context, a *ask, caller, by string, o *office.Office, key string, c queue.Command) (office.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, commandWithin)
	defer cancel()
	began := s.deps.Clock()
	r, err := o.Do(ctx, office.Request{ID: office.RequestID(caller, key), By: by, Hash: s.identity(a), Command: c})
	s.metrics.commands.WithLabelValues(c.Kind()).Observe(s.deps.Clock().Sub(began).Seconds())
	return r, err
}

// allowNull lets objects be null whose words say when they are: huma knows no
// such thing of an object that stands by itself.
func allowNull(doc *huma.OpenAPI) {
	for _, schema := range doc.Components.Schemas.Map() {
		for name, p := range schema.Properties {
			if p.Ref != "" && strings.Contains(p.Description, "null") {
				schema.Properties[name] = &huma.Schema{Description: p.Description, OneOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			}
		}
	}
}

// fieldsOf are all names that the document knows: only these may stand in a
// fault's location.
func fieldsOf(doc *huma.OpenAPI) map[string]bool {
	names := map[string]bool{"body": true, "path": true, "query": true, "header": true,
		fiber.HeaderContentType: true, "Idempotency-Key": true}
	for _, schema := range doc.Components.Schemas.Map() {
		for name := range schema.Properties {
			names[name] = true
		}
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				names[p.Name] = true
			}
		}
	}
	return names
}
