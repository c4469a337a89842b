// Package web is the only room that speaks HTTP, and the only one that knows
// Fiber. It reads a request strictly, asks who it is from and whether they
// may, gives the command to an office, and says the answer or the refusal in
// the caller's language. It decides nothing about the line.
package web

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/door"
	"aufruf/server/feed"
	"aufruf/server/live"
	"aufruf/server/notify"
	"aufruf/server/office"
	"aufruf/server/outlook"
	"aufruf/server/overbook"
	"aufruf/server/people"
	"aufruf/server/speech"
	"aufruf/server/stats"
	"aufruf/server/wire"
	"aufruf/server/words"
	"aufruf/static"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Deps is what the server stands on.
type Deps struct {
	Town   *office.Town
	Access *access.Service
	Notes  *people.Notes
	// Contacts are how people are called and reached.
	Contacts *people.Contacts
	Notify   *notify.Notify // tells people of their appointments; nil: nobody is told
	Words    *words.Catalogue
	Assets   *static.Assets
	Hub      *live.Hub
	Cast     *live.Cast
	Wire     *wire.Loop       // serves followers' sockets; nil: each has a goroutine
	Speech   *speech.Speech   // nil: the gong alone
	Ahead    *outlook.Watcher // looks ahead; nil: no waits are told
	// Typical knows how long people waited; nil: no picture of it is shown.
	Typical Typical
	Stats   *stats.Stats // what came of visits and promises; nil: nothing is known
	Feeds   *feed.Reader // calendars of other systems; nil: none
	// Overbook knows what is sold beyond the desks, and why; nil: nothing is.
	Overbook *overbook.Worker

	Retention Retention // what is kept how long, to be told

	TownNames display.Names    // what the first page is headed with
	Screens   []display.Screen // the lobby screens of all offices

	Build string // changes with what browsers load; idle screens then reload
	// Version is said in the API's document.
	Version string
	// PublicURL begins the links that people get, "https://…" without a slash
	// at the end. Empty: links are paths, and pages use the address they were
	// opened under.
	PublicURL string
	// Origins are more origins than the own that pages and sockets may come
	// from, "https://…".
	Origins []string
	// TrustLocal lets a browser on this machine open board and kiosk. It is
	// refused together with TrustedProxies.
	TrustLocal bool
	// TrustedProxies are addresses or networks whose X-Forwarded-For and
	// X-Forwarded-Proto count.
	TrustedProxies []string
	Limits         Limits

	// Now is the time of the town, which a demonstration lets run faster.
	Now func() time.Time
	// Clock measures how long things took; nil: Now.
	Clock func() time.Time
	Log   *slog.Logger
}

func (d *Deps) check() error {
	switch {
	case d.Town == nil || d.Access == nil || d.Words == nil || d.Now == nil || d.Log == nil:
		return errors.New("web needs a town, access, words, a clock and a log")
	case d.TrustLocal && len(d.TrustedProxies) > 0:
		return errors.New("trust_local and trusted proxies exclude each other: behind a proxy everybody looks local")
	}
	for _, p := range d.TrustedProxies {
		if _, err := netip.ParseAddr(p); err == nil {
			continue
		}
		if _, err := netip.ParsePrefix(p); err != nil {
			return fmt.Errorf("trusted proxy %q is neither an address nor a network", p)
		}
	}
	return nil
}

// Server answers HTTP.
type Server struct {
	deps    Deps
	words   *words.Catalogue
	log     *slog.Logger
	app     *fiber.App
	server  *fasthttp.Server
	api     huma.API
	openAPI []byte
	fields  map[string]bool // names that may stand in a fault's location
	limits  *limits
	ahead   map[string]*aheadOf // by office
	metrics *metrics
	pages   *display.Pages // nil: without assets there are none
	// What stands inside the phone page; see preparePhone.
	phoneKeys   []string
	phonePolicy string
	kept        typicalKept
	slots       slotsKept
	proofs      *proofs
	numbers     numbers
	places      door.Places
	front       atomic.Pointer[door.Door] // nil until Serve
	// onDrain is called once before the listener closes, with the end of the
	// patience; who holds sockets says goodbye in it.
	onDrain []func(context.Context)

	mu       sync.Mutex
	listener net.Listener
	stopped  bool
}

// New builds the server; nothing listens yet.
func New(d Deps) (*Server, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.Clock == nil {
		d.Clock = d.Now
	}
	speakCodes()
	s := &Server{deps: d, words: d.Words, log: d.Log, limits: newLimits(d.Limits), proofs: newProofs(), numbers: numbers{seed: maphash.MakeSeed()}, places: d.Limits.places()}
	s.metrics = newMetrics(s)
	s.app = fiber.New(fiber.Config{
		AppName: "Aufruf", DisableStartupMessage: true, Immutable: true, CaseSensitive: true, StrictRouting: true,
		ReadTimeout: readWithin, IdleTimeout: idleFor, ReadBufferSize: headerLimit, WriteTimeout: writeWithin,
		BodyLimit: bodyPrefetch, StreamRequestBody: true, DisablePreParseMultipartForm: true,
		EnableTrustedProxyCheck: true, TrustedProxies: d.TrustedProxies,
		ErrorHandler: func(c *fiber.Ctx, err error) error { return s.failBare(c, err) },
	})
	s.app.Use(s.gate)
	if err := s.routes(); err != nil {
		return nil, err
	}
	s.server = s.app.Server()
	s.server.Handler = s.knownMethods(s.app.Handler())
	s.server.ExpectHandler = s.expect
	s.server.CloseOnShutdown = true
	s.server.ConnState = s.connState
	return s, nil
}

// Serve answers on a listener until Shutdown; it then returns nil. It may be
// called once.
func (s *Server) Serve(l net.Listener) error {
	l = s.standAt(l)
	s.mu.Lock()
	stopped := s.stopped
	s.listener = l
	s.mu.Unlock()
	if stopped {
		return l.Close()
	}
	err := s.server.Serve(l)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	return err
}

// Shutdown stops accepting, closes the sockets with a code that makes screens
// come back, lets commands finish, and returns when all is quiet or ctx ends;
// give it five seconds.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	first := !s.stopped
	s.stopped = true
	if s.listener != nil {
		s.listener.Close() // fasthttp closes only a listener that it has begun to serve
	}
	s.mu.Unlock()
	if first {
		for _, f := range s.onDrain {
			f(ctx)
		}
	}
	if err := s.server.ShutdownWithContext(ctx); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Metrics answers /metrics on a listener of its own.
func (s *Server) Metrics() http.Handler { return s.metrics.handler() }

// OpenAPI is the API's document, OpenAPI 3.1 as JSON.
func (s *Server) OpenAPI() []byte { return s.openAPI }
