package web

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/live"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/words"
)

// langCookie holds the language chosen on a page. It says nothing else.
const langCookie = "aufruf_lang"

// langKept is how long a browser keeps that choice.
const langKept = 30 * 24 * time.Hour

// The languages of pages: staff's, and citizens', nil being all there are.
var staffLanguages = []string{"de", "en"}

// pageRoutes are what people open in a browser.
func (s *Server) pageRoutes(fiber.Router) (err error) {
	if s.deps.Assets == nil || s.deps.Cast == nil {
		return nil
	}
	if s.pages, err = display.LoadPages(s.words, s.deps.Assets); err != nil {
		return err
	}
	if err := s.preparePhone(); err != nil {
		return err
	}
	s.on("GET", "/", s.homePage)
	s.on("GET", "/board/:screen", s.boardPage)
	s.on("GET", "/kiosk/:office", s.kioskPage)
	s.on("GET", "/t/:secret", s.phonePage)
	s.on("GET", "/t/:secret/qr.svg", s.phoneQR)
	s.on("GET", "/t/:secret/print", s.printPage)
	s.on("POST", "/t/:secret/leave", s.phoneLeave)
	s.on("GET", "/a/:secret", s.appointmentPage)
	s.on("GET", "/a/:secret/qr.svg", s.appointmentQR)
	s.on("GET", "/a/:secret/print", s.appointmentSlip)
	s.on("GET", "/a/:secret/sheet", s.appointmentSheet)
	s.on("POST", "/a/:secret/check-in", s.appointmentCheckIn)
	s.on("GET", "/a/:secret/move", s.appointmentTimes)
	s.on("POST", "/a/:secret/move", s.appointmentMove)
	s.on("POST", "/a/:secret/cancel", s.appointmentCancel)
	s.on("POST", "/a/:secret/confirm", s.appointmentConfirm)
	s.on("POST", "/a/:secret/delay", s.appointmentDelay)
	s.on("POST", "/a/:secret/quiet", s.appointmentQuiet)
	s.on("GET", "/a/:secret/data.json", s.appointmentData)
	s.on("GET", "/a/:secret/aufruf.ics", s.appointmentCalendar)
	s.on("GET", "/book/hold/:secret", s.holdPage)
	s.on("POST", "/book/hold/:secret", s.holdForm)
	s.on("POST", "/book/hold/:secret/release", s.holdRelease)
	s.on("GET", "/book/:office", s.bookPage)
	s.on("GET", "/book/:office/papers", s.bookPapers)
	s.on("GET", "/book/:office/times", s.bookTimes)
	s.on("POST", "/book/:office/hold", s.bookHoldForm)
	s.on("GET", "/book/:office/wish", s.wishPage)
	s.on("POST", "/book/:office/wish", s.wishForm)
	s.on("GET", "/w/:secret", s.wishShow)
	s.on("POST", "/w/:secret/accept", s.wishAccept)
	s.on("POST", "/w/:secret/decline", s.wishDecline)
	s.on("POST", "/w/:secret/withdraw", s.wishWithdraw)
	s.on("GET", "/public/:office", s.publicPage)
	s.on("GET", "/public/:office/qr.svg", s.publicQR)
	s.on("GET", "/public/:office/badge", s.badgePage)
	s.on("GET", "/public/:office/badge.svg", s.badgeSVG)
	s.on("GET", "/sign-in", s.signInPage)
	s.on("POST", "/sign-in", s.signIn)
	s.on("POST", "/sign-out", s.signOut)
	s.on("GET", "/setup/:secret", s.setupPage)
	s.on("POST", "/setup/:secret", s.setUp)
	s.door("/desk/:office", s.deskPage)
	s.door("/desk/:office/:desk", s.deskPage)
	s.door("/reception/:office", s.receptionPage)
	s.door("/reception/:office/day", s.dayPage)
	s.door("/supervisor/:office", s.supervisorPage)
	s.door("/privacy/:office", s.privacyPage)
	s.on("POST", "/privacy/:office/search", s.privacySearch)
	s.on("POST", "/privacy/:office/export", s.privacyExport)
	s.on("POST", "/privacy/:office/erase", s.privacyErase)
	return nil
}

// boot is what a page's script starts with.
type boot struct {
	Lang  string         `json:"lang"`
	Dir   string         `json:"dir"`
	Build string         `json:"build"`
	Zone  string         `json:"zone"` // of the office's times
	Words map[string]any `json:"words"`
	// Languages are the words of all languages the page can speak, where it
	// speaks several without being loaded again.
	Languages map[string]map[string]any `json:"languages,omitempty"`
	Office    *bootOffice               `json:"office,omitempty"`
	Topic     string                    `json:"topic,omitempty"`
	Frame     json.RawMessage           `json:"frame"` // first envelope, or null
	Catalogue *Catalogue                `json:"catalogue,omitempty"`
	Consent   string                    `json:"consent,omitempty"` // version of the notice that is read before booking
	Me        *bootMe                   `json:"me,omitempty"`
	Desk      string                    `json:"desk,omitempty"`
	Screen    string                    `json:"screen,omitempty"`
	Screens   []Named                   `json:"screens,omitempty"`
	// Messages says that a confirmation can be sent again.
	Messages bool `json:"messages,omitempty"`
	// Spoken are the languages in which somebody may want messages.
	Spoken []string `json:"spoken,omitempty"`
}

type bootOffice struct {
	ID    string        `json:"id"`
	Names display.Names `json:"names"`
}

type bootMe struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// newPage begins a page in the language asked for: by ?lang=, which is kept,
// by an earlier choice, or by what the browser prefers.
func (s *Server) newPage(c *fiber.Ctx, o *office.Office, among ...string) display.Page {
	chosen := c.Query("lang")
	lang := s.words.Negotiate(c.Get(fiber.HeaderAcceptLanguage), chosen, among...)
	if chosen == lang {
		c.Cookie(&fiber.Cookie{Name: langCookie, Value: lang, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
			Secure: s.secure(c), MaxAge: int(langKept / time.Second)})
	} else {
		lang = s.words.Negotiate(c.Get(fiber.HeaderAcceptLanguage), c.Cookies(langCookie), among...)
	}
	askOf(c).lang = lang
	p := display.Page{Lang: lang, Dir: words.Direction(lang), Build: s.deps.Build, At: s.deps.Now(), Path: c.Path(), Key: newKey(),
		Theme: theme(c.Query("theme"))}
	for _, l := range s.words.Languages() {
		if len(among) == 0 || slices.Contains(among, l) {
			p.Languages = append(p.Languages, display.Language{Code: l, Name: s.words.Text(lang, "common.language_"+l, nil),
				Href: "?lang=" + l, Current: l == lang})
		}
	}
	if o != nil {
		p.Office = display.PageOffice{ID: o.ID(), Names: o.Rules().Names}
		p.Zone = o.Rules().Hours.Zone
	}
	return p
}

// theme is how a screen is hung up: ?theme=dark; else as its system wants.
func theme(asked string) string {
	if asked == "dark" || asked == "light" {
		return strings.Clone(asked)
	}
	return ""
}

// newKey is a form's idempotency key: a form sent twice is done once.
func newKey() string { return strings.ToLower(rand.Text()) }

// newBoot begins what the page's script starts with.
func (s *Server) newBoot(p *display.Page, o *office.Office, prefixes ...string) *boot {
	b := &boot{Lang: p.Lang, Dir: p.Dir, Build: p.Build, Words: s.words.For(p.Lang, append(prefixes, "common.")...)}
	if o != nil {
		b.Office = &bootOffice{ID: o.ID(), Names: o.Rules().Names}
		b.Zone = o.Rules().Hours.Zone.String()
	}
	return b
}

// show puts the first frame of a topic into a page, and its view into V for
// the page as it comes without script: what is read and what is followed are
// the same.
func show[V any](s *Server, p *display.Page, b *boot, t live.Topic) (view V, err error) {
	f, err := s.deps.Cast.Show(t)
	if err != nil {
		return view, notFound()
	}
	b.Topic, b.Frame = t.String(), f.Wire
	p.At = f.At
	return view, json.Unmarshal(f.View, &view)
}

// write sends a page. The forms of these pages are proof of their origin only
// if browsers name it, which "no-referrer" forbids them.
func (s *Server) write(c *fiber.Ctx, status int, name string, p display.Page) error {
	var body bytes.Buffer
	if err := s.pages.Write(&body, name, p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderContentLanguage, p.Lang)
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Vary(fiber.HeaderCookie, fiber.HeaderAcceptEncoding)
	c.Status(status)
	if body.Len() < 1024 {
		return c.Send(body.Bytes())
	}
	// Nothing that a stranger chooses stands in a page beside its secret, so
	// that its compressed length betrays nothing.
	small, encoding, err := squeeze(c, body.Bytes())
	if err != nil {
		return err
	}
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	return c.Send(small)
}

// door registers a staff page. Who has not signed in is sent to do so and comes
// back; being a screen, or on this machine, is no reason not to.
func (s *Server) door(path string, h fiber.Handler) {
	name := routeName("GET", path)
	s.app.Add("GET", path, func(c *fiber.Ctx) error {
		err := s.admit(c, name, table[name])
		if err == nil {
			return h(c)
		}
		candidates, failed := s.candidates(c)
		if failed != nil || slices.ContainsFunc(candidates, isPerson) {
			return err
		}
		return c.Redirect("/sign-in?next="+url.QueryEscape(c.Path()), http.StatusSeeOther)
	})
}

// isPerson tells people and their programs from devices.
func isPerson(p access.Principal) bool { return p.Kind == access.Session || p.Kind == access.Token }

// form reads a form that a page of ours sent, with its idempotency key.
func (s *Server) form(c *fiber.Ctx) (fields url.Values, key string, err error) {
	if !s.sameOrigin(c) {
		return nil, "", &problem{Status: http.StatusForbidden, Code: codeForeign}
	}
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), fiber.MIMEApplicationForm) {
		return nil, "", &problem{Status: http.StatusUnsupportedMediaType, Code: codeMediaType}
	}
	fields, err = url.ParseQuery(string(c.Body()))
	if err != nil {
		return nil, "", &problem{Status: http.StatusBadRequest, Code: codeBadRequest}
	}
	key = fields.Get("key")
	if key == "" || len(key) > 200 {
		return nil, "", invalid(&fault{Code: codeRequired, Location: "body.key"})
	}
	return fields, key, nil
}

// link is a whole address, for QR codes and paper.
func (s *Server) link(c *fiber.Ctx, path string) string {
	if s.deps.PublicURL != "" {
		return s.deps.PublicURL + path
	}
	return s.origin(c) + path
}

// papersFor lists what the services of a visit need, in the page's language.
func papersFor(r *queue.Rules, items []queue.Item, lang string) []display.Papers {
	var list []display.Papers
	for _, it := range items {
		if sv := r.Service(it.Service); sv != nil {
			list = append(list, display.Papers{Name: display.Names(sv.Names).In(lang), Quantity: it.Quantity, Papers: sv.Papers})
		}
	}
	return list
}
