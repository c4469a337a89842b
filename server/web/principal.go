package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"aufruf/server/access"

	"github.com/gofiber/fiber/v2"
)

// The cookies. The session is a person's, the device a screen's or kiosk's.
const (
	sessionCookie = "aufruf_session"
	deviceCookie  = "aufruf_device"
)

// localKind is how a browser on this machine is let in by trust_local.
const localKind access.Kind = "local"

// ask is one request as far as it is understood. It lives as long as the
// request.
type ask struct {
	c       *fiber.Ctx
	log     *slog.Logger
	lang    string
	route   string // pattern of the route, once admitted
	who     access.Principal
	known   bool // somebody, not nobody
	body    []byte
	began   time.Time
	failed  error    // what huma's handler, or huma, has against it; the gate says it
	refused *problem // what was said
}

type askKey struct{}

// ask returns the request's ask and makes it at the first call.
func (s *Server) ask(c *fiber.Ctx) *ask {
	if a, ok := c.Locals(askKey{}).(*ask); ok {
		return a
	}
	a := &ask{c: c, log: s.log, began: s.deps.Clock()}
	a.lang = s.words.Negotiate(c.Get(fiber.HeaderAcceptLanguage), c.Query("lang"))
	c.Locals(askKey{}, a)
	return a
}

// askOf is for those who come after the gate.
func askOf(c *fiber.Ctx) *ask { return c.Locals(askKey{}).(*ask) }

func askIn(ctx context.Context) *ask { return ctx.Value(askKey{}).(*ask) }

// hash is the identity of a request: the same key with another hash is not the
// same command.
func (a *ask) hash() [32]byte {
	h := sha256.New()
	h.Write([]byte(a.c.Method()))
	h.Write([]byte{0})
	h.Write([]byte(a.c.Path()))
	h.Write([]byte{0})
	h.Write(a.body)
	return [32]byte(h.Sum(nil))
}

// can says whether the caller has one of the roles in an office.
func (a *ask) can(office string, roles ...access.Role) bool {
	return a.known && a.who.Can(roles, office)
}

// admit lets a request in by its route's rule, or says why not: 401 to nobody,
// 404 where the caller has nothing to do with the office, 403 where something
// but not this.
func (s *Server) admit(c *fiber.Ctx, route string, r rule) error {
	a := s.ask(c)
	a.route = route
	at := place{Office: c.Params("office"), Desk: c.Params("desk"), Screen: c.Params("screen")}
	if at.Office == "" && at.Screen != "" {
		at.Office = s.officeOfScreen(at.Screen)
	}
	candidates, err := s.candidates(c)
	if err != nil {
		return err
	}
	if r.roles == nil {
		if len(candidates) > 0 {
			a.who, a.known = candidates[0], true
		}
		if r.form && !s.sameOrigin(c) {
			return &problem{Status: http.StatusForbidden, Code: codeForeign}
		}
		if !changes(c) && !strings.Contains(route, " /api/") && !strings.HasSuffix(route, ".json") && !strings.HasSuffix(route, "/badge.svg") {
			return nil // many phones behind one address load a page at once
		}
		// A gateway reports on a thousand reminders at once and from one address;
		// who does not know the secret changes nothing there.
		return s.limits.anonymous(s.client(c), s.deps.Clock(), !changes(c) || route == smsHook)
	}
	unsigned := &problem{Status: http.StatusUnauthorized, Code: codeUnsigned}
	if len(candidates) == 0 {
		return unsigned
	}
	i := slices.IndexFunc(candidates, func(p access.Principal) bool { return may(p, r.roles, at) })
	if i < 0 {
		if !slices.ContainsFunc(candidates, func(p access.Principal) bool { return p.Kind != localKind }) {
			return unsigned // being on this machine is no sign-in
		}
		if at.Office != "" && !slices.ContainsFunc(candidates, func(p access.Principal) bool { return p.Can(access.Roles(), at.Office) }) {
			return notFound()
		}
		return &problem{Status: http.StatusForbidden, Code: codeForbidden}
	}
	a.who, a.known = candidates[i], true
	// Only a bearer token is sent on purpose. Cookies, and being on this
	// machine, go with whatever page makes the browser ask.
	if changes(c) && a.who.Kind != access.Token && !s.sameOrigin(c) {
		if a.who.Kind == localKind && c.Get(fiber.HeaderOrigin) == "" && c.Get("Sec-Fetch-Site") == "" {
			return unsigned // no browser's page at all, but a program without a token
		}
		return &problem{Status: http.StatusForbidden, Code: codeForeign}
	}
	return nil
}

func changes(c *fiber.Ctx) bool {
	return c.Method() != http.MethodGet && c.Method() != http.MethodHead && c.Method() != http.MethodOptions
}

// candidates are those whom the request may be from, the strongest proof
// first. A bearer token that is not good is an error: who sends one wants to
// be known by it.
func (s *Server) candidates(c *fiber.Ctx) ([]access.Principal, error) {
	now := s.deps.Now()
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, &problem{Status: http.StatusUnauthorized, Code: codeUnsigned}
		}
		p, err := s.deps.Access.Validate(c.UserContext(), access.Token, strings.TrimSpace(secret), now)
		if errors.Is(err, access.ErrUnknown) {
			return nil, &problem{Status: http.StatusUnauthorized, Code: codeUnsigned}
		}
		return []access.Principal{p}, err
	}
	var found []access.Principal
	for _, try := range []struct {
		kind   access.Kind
		cookie string
	}{{access.Session, sessionCookie}, {access.Device, deviceCookie}} {
		secret := c.Cookies(try.cookie)
		if secret == "" {
			continue
		}
		p, err := s.deps.Access.Validate(c.UserContext(), try.kind, secret, now)
		switch {
		case err == nil:
			found = append(found, p)
		case !errors.Is(err, access.ErrUnknown):
			return nil, err
		}
	}
	if s.isLocal(c) {
		found = append(found, access.Principal{ID: "local", Credential: "local", Kind: localKind,
			Grants: []access.Grant{{Role: access.Board}, {Role: access.Kiosk}}})
	}
	return found, nil
}

// isLocal says whether trust_local counts: a peer on this machine, asking for
// this machine by a name that only it has (else a foreign page could point a
// name of its own here), with nothing forwarded.
func (s *Server) isLocal(c *fiber.Ctx) bool {
	if !s.deps.TrustLocal || !s.peer(c).IsLoopback() {
		return false
	}
	for _, h := range []string{"Forwarded", "Via", fiber.HeaderXForwardedFor, fiber.HeaderXForwardedHost, fiber.HeaderXForwardedProto, "X-Real-Ip"} {
		if len(c.Request().Header.Peek(h)) > 0 {
			return false
		}
	}
	u, err := url.Parse("http://" + string(c.Request().Header.Host()))
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return strings.EqualFold(u.Hostname(), "localhost") || err == nil && addr.IsLoopback()
}

// sameOrigin proves that a request comes from a page of ours. A browser that
// sends neither header is too old to be let in by a cookie.
func (s *Server) sameOrigin(c *fiber.Ctx) bool {
	if len(c.Request().Header.PeekAll(fiber.HeaderOrigin)) > 1 {
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return site == "same-site" && s.listed(origin)
	} else if site == "same-origin" {
		return true
	}
	return origin != "" && (strings.EqualFold(origin, s.origin(c)) || s.listed(origin))
}

// origin is the address that this request was sent to.
func (s *Server) origin(c *fiber.Ctx) string {
	scheme := "http://"
	if s.secure(c) {
		scheme = "https://"
	}
	return scheme + string(c.Request().Header.Host())
}

// listed says whether an origin is one of the configured ones.
func (s *Server) listed(origin string) bool {
	return origin != "" && slices.ContainsFunc(append([]string{s.deps.PublicURL}, s.deps.Origins...), func(o string) bool {
		return o != "" && strings.EqualFold(o, origin)
	})
}

// secure says whether the browser speaks https, to us or to a trusted proxy.
func (s *Server) secure(c *fiber.Ctx) bool {
	return c.Context().IsTLS() || s.trusted(s.peer(c)) && strings.EqualFold(c.Get(fiber.HeaderXForwardedProto), "https")
}

func (s *Server) peer(c *fiber.Ctx) netip.Addr {
	addr, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return netip.IPv4Unspecified()
	}
	return addr.Unmap()
}

// client is the address of the caller: the peer, or what the nearest trusted
// proxies say, read from the right, since the left end is the caller's own
// invention.
func (s *Server) client(c *fiber.Ctx) netip.Addr {
	addr := s.peer(c)
	if !s.trusted(addr) {
		return addr
	}
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if addr = next.Unmap(); !s.trusted(addr) {
			break
		}
	}
	return addr
}

func (s *Server) trusted(addr netip.Addr) bool {
	return slices.ContainsFunc(s.deps.TrustedProxies, func(p string) bool {
		if one, err := netip.ParseAddr(p); err == nil {
			return one.Unmap() == addr
		}
		net, err := netip.ParsePrefix(p)
		return err == nil && net.Contains(addr)
	})
}

func (s *Server) officeOfScreen(screen string) string {
	for _, sc := range s.deps.Screens {
		if sc.ID == screen {
			return sc.Office
		}
	}
	return ""
}

// setCookie gives a browser a secret to keep. Zero keeps it as long as the
// browser runs.
func (s *Server) setCookie(c *fiber.Ctx, name, secret string, keep time.Duration) {
	c.Cookie(&fiber.Cookie{Name: name, Value: secret, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode,
		Secure: s.secure(c), MaxAge: int(keep / time.Second), SessionOnly: keep == 0})
}
