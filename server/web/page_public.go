package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/live"
	"aufruf/server/office"
	"aufruf/server/words"
)

// Typical tells how long people waited in each hour of the week, since a day.
type Typical interface {
	Typical(ctx context.Context, office string, since calendar.Date) ([]display.TypicalHour, error)
}

// How far the picture of typical waits looks back, and how long one is kept.
const (
	typicalWeeks = 8
	typicalFor   = 10 * time.Minute
)

// publicPath is an office's public page.
func publicPath(office string) string { return "/public/" + office }

// publicPage is an office for the whole world: how long one waits now, and when
// it is good to come.
func (s *Server) publicPage(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	p := s.newPage(c, o)
	p.Link = s.link(c, publicPath(o.ID()))
	b := s.newBoot(&p, o, "public.", "wait.", "kiosk.waiting", "board.")
	v := display.Public{Typical: s.typical(c.UserContext(), o)}
	if v.Office, err = show[display.Office](s, &p, b, live.Topic{Kind: live.Office, Office: o.ID()}); err != nil {
		return err
	}
	chosen := strings.Clone(c.Query("service"))
	if st, ok := s.serviceState(o, chosen); ok {
		v.Chosen, v.Best = &display.PublicChoice{Names: st.Names, Wait: st.Wait, Refusal: st.Refusal}, st.Best
		for i := range p.Languages {
			p.Languages[i].Href += "&service=" + st.ID
		}
	} else {
		v.Best = s.best(o, "", nil)
	}
	for _, cat := range o.Rules().Categories {
		g := display.PublicGroup{Names: cat.Names}
		for i := range o.Rules().Services {
			if sv := &o.Rules().Services[i]; sv.Category == cat.ID {
				g.Services = append(g.Services, display.PublicOption{ID: sv.ID, Names: sv.Names, Chosen: sv.ID == chosen})
			}
		}
		v.Groups = append(v.Groups, g)
	}
	p.Boot, p.View = b, v
	return s.write(c, http.StatusOK, "public", p)
}

// publicQR leads to the public page; it hangs on the lobby's board.
func (s *Server) publicQR(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	return s.sendQR(c, publicPath(o.ID()), "board.wait_phone")
}

// badgePage is a small page that other sites may frame: the only one of ours.
func (s *Server) badgePage(c *fiber.Ctx) error {
	o, p, err := s.badge(c)
	if err != nil {
		return err
	}
	p.Link = s.link(c, publicPath(o.ID())) + "?lang=" + p.Lang
	if err := s.write(c, http.StatusOK, "badge", p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, strings.Replace(contentPolicy, "frame-ancestors 'none'", "frame-ancestors *", 1))
	c.Set(fiber.HeaderCacheControl, openFor)
	return nil
}

// badge begins a badge. Its language is asked for by ?lang= and not kept: a
// picture in a foreign page leaves no cookie.
func (s *Server) badge(c *fiber.Ctx) (*office.Office, display.Page, error) {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return nil, display.Page{}, err
	}
	lang := s.words.Negotiate(c.Get(fiber.HeaderAcceptLanguage), c.Query("lang"))
	askOf(c).lang = lang
	now := s.deps.Now()
	return o, display.Page{Lang: lang, Dir: words.Direction(lang), Build: s.deps.Build, At: now, Path: c.Path(), Theme: theme(c.Query("theme")),
		Office: display.PageOffice{ID: o.ID(), Names: o.Rules().Names}, Zone: o.Rules().Hours.Zone,
		View: s.officeView(o).Span()}, nil
}

// badgeSVG is the same as a picture, for sites that take nothing else.
func (s *Server) badgeSVG(c *fiber.Ctx) error {
	_, p, err := s.badge(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	c.Set(fiber.HeaderCacheControl, openFor)
	return c.SendString(s.drawBadge(p))
}

// badgeLook are a theme's colours: ground, edge, text, quiet text, accent; the
// same as in css/tokens.css, which a picture cannot read.
var badgeLook = map[string][5]string{
	"":     {"#fbfaf7", "#d9d4c8", "#14212b", "#46545f", "#0b5e6b"},
	"dark": {"#0e161c", "#33424c", "#f4f1ea", "#b9c2c6", "#7fd0da"},
}

func (s *Server) drawBadge(p display.Page) string {
	text := func(key string, params map[string]any) string { return s.words.Text(p.Lang, key, params) }
	v := p.View.(display.Badge)
	wait, differs := text("board.closed", nil), ""
	var more []string
	if v.Office.Hours.Open {
		wait = text("public.open", nil)
		if v.Span != nil {
			told := v.Span.Tell()
			wait = text("wait."+told.Kind, map[string]any{"Low": told.Low, "Count": told.High})
		}
		if v.Differs {
			differs = `<tspan font-size="13" font-weight="400">&#160; ` + attribute.Replace(text("public.differs", nil)) + `</tspan>`
		}
	}
	if n := v.Office.Waiting.Total(); n > 0 {
		more = append(more, text("kiosk.waiting", map[string]any{"Count": n}))
	}
	if free := display.FreeShort(s.words, p.Lang, v.Office.FreeToday); free != "" {
		more = append(more, free)
	}
	more = append(more, text("phone.as_of", map[string]any{"Time": p.At.In(p.Zone).Format("15:04")}))
	small := 12.5
	if len([]rune(strings.Join(more, " · "))) > 50 {
		small = 11 // an office that books has more to say
	}
	look, ok := badgeLook[p.Theme]
	if !ok {
		look = badgeLook[""]
	}
	x, anchor := 16, "start"
	if p.Dir == "rtl" {
		x = 344 // with this direction the text begins there and goes left
	}
	size := 28
	if len([]rune(wait)) > 13 {
		size = 22
	}
	name, line := attribute.Replace(p.Office.Names.In(p.Lang)+" · "+text("public.title", nil)), attribute.Replace(strings.Join(more, " · "))
	said := attribute.Replace(wait)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="360" height="96" viewBox="0 0 360 96" role="img" aria-label="%s: %s. %s" lang="%s" direction="%s" font-family="'Atkinson Hyperlegible Next', 'Noto Sans Arabic', system-ui, sans-serif" text-anchor="%s"><path fill="%s" stroke="%s" d="M.5.5h359v95H.5z"/><path fill="%s" d="M%d 1h4v94h-4z"/><text x="%d" y="25" font-size="14" fill="%s">%s</text><text x="%d" y="58" font-size="%d" font-weight="700" fill="%s">%s</text><text x="%d" y="82" font-size="%g" fill="%s">%s</text></svg>`,
		name, said, line, p.Lang, p.Dir, anchor, look[0], look[1], look[4], map[bool]int{false: 1, true: 355}[p.Dir == "rtl"],
		x, look[3], name, x, size, look[2], said+differs, x, small, look[3], line)
}

// typicalKept keeps each office's picture for a while.
type typicalKept struct {
	mu sync.Mutex
	by map[string]typicalAt
}

type typicalAt struct {
	at      time.Time
	picture *display.Typical
}

// typical is the picture of typical waits; nil where there is none. A fault of
// it costs the page its picture and nothing else.
func (s *Server) typical(ctx context.Context, o *office.Office) *display.Typical {
	if s.deps.Typical == nil {
		return nil
	}
	now := s.deps.Now()
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if k, ok := s.kept.by[o.ID()]; ok && now.Sub(k.at) < typicalFor && !now.Before(k.at) {
		return k.picture
	}
	hours, err := s.deps.Typical.Typical(ctx, o.ID(), calendar.DateOf(now, o.Rules().Hours.Zone).AddDays(-7*typicalWeeks))
	if err != nil {
		s.log.Error("typical waits", "office", o.ID(), "error", err)
		return nil
	}
	if s.kept.by == nil {
		s.kept.by = map[string]typicalAt{}
	}
	k := typicalAt{now, display.DrawTypical(hours, typicalWeeks)}
	if k.picture != nil { // where there is little to read, reading it again costs little
		s.kept.by[o.ID()] = k
	}
	return k.picture
}
