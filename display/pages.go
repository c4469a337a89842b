package display

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"aufruf/server/queue"
)

//go:embed pages/*.html
var pageFiles embed.FS

// Page is what a page is made from; pages/layout.html says what each field is.
type Page struct {
	Lang, Dir, Theme, Build string
	Languages               []Language
	Office                  PageOffice
	Boot                    any // made JSON for the page's script; nil: none
	View                    any
	At                      time.Time
	Papers                  []Papers
	Path                    string
	Link                    string // the page's whole address, where it is printed
	Key                     string // idempotency key of the page's form
	Refused                 string

	Zone *time.Location // in which times are written; nil: UTC
}

// PageOffice is the office a page belongs to.
type PageOffice struct {
	ID    string
	Names Names
}

// Language is one to choose from.
type Language struct {
	Code, Name, Href string
	Current          bool
}

// Papers is what one service of a visit needs.
type Papers struct {
	Name     string
	Quantity int
	Papers   []queue.Paper
}

// Texts is the catalogue: keys and parameters in, text out.
type Texts interface {
	Text(lang, key string, params map[string]any) string
}

// Files are what pages are made with: the address of a static file, or what it
// holds.
type Files interface {
	URL(name string) (string, error)
	Text(name string) (string, error)
}

// Pages are the HTML pages, parsed. They may be written by many goroutines at
// once.
type Pages struct {
	texts Texts
	files Files
	bare  map[string]*template.Template // by page; never executed, only cloned

	mu    sync.Mutex
	ready map[pageKey]*template.Template
}

// pageKey is what a page's functions depend on.
type pageKey struct{ page, lang, zone string }

// LoadPages parses the embedded pages. A page that does not parse is an error.
func LoadPages(texts Texts, files Files) (*Pages, error) {
	p := &Pages{texts: texts, files: files, bare: map[string]*template.Template{}, ready: map[pageKey]*template.Template{}}
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	for _, name := range names {
		page := strings.TrimSuffix(path.Base(name), ".html")
		if page == "layout" || strings.HasSuffix(page, "_parts") {
			continue
		}
		t, err := template.New(page).Funcs(p.funcs("", time.UTC)).ParseFS(pageFiles, "pages/layout.html", "pages/*_parts.html", name)
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", page, err)
		}
		p.bare[page] = t
	}
	return p, nil
}

// Names lists the pages there are.
func (p *Pages) Names() []string {
	var names []string
	for name := range p.bare {
		names = append(names, name)
	}
	return names
}

// Write executes a page. An error may come after part of it was written.
func (p *Pages) Write(w io.Writer, name string, page Page) error {
	if page.Zone == nil {
		page.Zone = time.UTC
	}
	t, err := p.in(pageKey{name, page.Lang, page.Zone.String()}, page.Zone)
	if err != nil {
		return err
	}
	if err := t.ExecuteTemplate(w, "layout", page); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	return nil
}

// in gives a page with the functions of a language and zone.
func (p *Pages) in(key pageKey, zone *time.Location) (*template.Template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.ready[key]; t != nil {
		return t, nil
	}
	bare := p.bare[key.page]
	if bare == nil {
		return nil, fmt.Errorf("no page %q", key.page)
	}
	t, err := bare.Clone()
	if err != nil {
		return nil, fmt.Errorf("prepare page %s: %w", key.page, err)
	}
	t.Funcs(p.funcs(key.lang, zone))
	p.ready[key] = t
	return t, nil
}

// funcs are the functions that pages know, for a language and zone.
func (p *Pages) funcs(lang string, zone *time.Location) template.FuncMap {
	clock := func(at any) (string, error) {
		return inZone(at, func(t time.Time) string { return t.In(zone).Format("15:04") })
	}
	return template.FuncMap{
		"t": func(key string, pairs ...any) (string, error) {
			params, err := paramsOf(pairs)
			return p.texts.Text(lang, key, params), err
		},
		"asset": p.files.URL,
		"style": func(name string) (template.CSS, error) {
			text, err := p.files.Text(name)
			return template.CSS(text), err
		},
		"script": func(name string) (template.JS, error) {
			text, err := p.files.Text(name)
			return template.JS(text), err
		},
		"name":   func(names any) (string, error) { return nameIn(lang, names) },
		"number": setNumber,
		"clock":  clock,
		"date": func(at any) (string, error) {
			return inZone(at, func(t time.Time) string { return p.date(lang, t.In(zone)) })
		},
		"freeToday": func(n *int) string { return FreeText(p.texts, lang, n) },
		"freeShort": func(n *int) string { return FreeShort(p.texts, lang, n) },
		"month": func(at time.Time) string {
			return p.texts.Text(lang, "date.month_"+strings.ToLower(at.Month().String()), nil) + " " + strconv.Itoa(at.Year())
		},
		"weekdays": func() []string { return weekdays },
		"steps":    func() []int { return []int{1, 2, 3, 4} },
		"needs":    func() []string { return needs },
		"reason":   func(r queue.Reason) (string, error) { return p.reason(lang, zone, r), nil },
	}
}

// weekdays are the days of a week in the order of its columns, by the keys of
// the catalogue.
var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// needs are what a person may ask for, in the order of the form.
var needs = []string{"wheelchair", "sign_language", "quiet_room", "fetch_me"}

// date is "Dienstag, 24. November", from the catalogue's names of days and
// months.
func (p *Pages) date(lang string, t time.Time) string {
	return p.texts.Text(lang, "date.long", map[string]any{
		"Weekday": p.texts.Text(lang, "date.weekday_"+strings.ToLower(t.Weekday().String()), nil),
		"Day":     t.Day(),
		"Month":   p.texts.Text(lang, "date.month_"+strings.ToLower(t.Month().String()), nil),
	})
}

func (p *Pages) reason(lang string, zone *time.Location, r queue.Reason) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("15:04")
	}
	return p.texts.Text(lang, "reason."+r.Code, map[string]any{"AppointmentAt": at(r.AppointmentAt), "Since": at(r.Since),
		"WaitedMinutes": r.WaitedMinutes, "CeilingMinutes": r.CeilingMinutes, "PriorityMinutes": r.PriorityMin, "Count": r.PriorityMin})
}

func paramsOf(pairs []any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("a parameter without a value")
	}
	params := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("a parameter's name is a %T", pairs[i])
		}
		params[name] = pairs[i+1]
	}
	return params, nil
}

func nameIn(lang string, names any) (string, error) {
	switch n := names.(type) {
	case Names:
		return n.In(lang), nil
	case *Names:
		if n == nil {
			return "", nil
		}
		return n.In(lang), nil
	case map[string]string:
		return Names(n).In(lang), nil
	}
	return "", fmt.Errorf("name of a %T", names)
}

// setNumber sets a number as it is read: letter, thin space, digits.
func setNumber(n any) (string, error) {
	switch n := n.(type) {
	case Number:
		return n.Letter + "\u2009" + strings.TrimPrefix(n.Text, n.Letter), nil
	case queue.Number:
		return setNumber(number(n))
	case *Number:
		if n == nil {
			return "", nil
		}
		return setNumber(*n)
	}
	return "", fmt.Errorf("number of a %T", n)
}

func inZone(at any, write func(time.Time) string) (string, error) {
	switch at := at.(type) {
	case nil:
		return "", nil
	case time.Time:
		if at.IsZero() {
			return "", nil
		}
		return write(at), nil
	case *time.Time:
		if at == nil {
			return "", nil
		}
		return write(*at), nil
	}
	return "", fmt.Errorf("time of a %T", at)
}
