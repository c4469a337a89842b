package config

import (
	"net/url"
	"strings"
	"time"
)

// Import is a calendar of another system from which an office takes
// appointments.
type Import struct {
	Office   string
	URL      string        // http or https
	Every    time.Duration // how often it is read; 5 minutes if not given
	Service  string        // of an event none of whose words is in Map; empty: none
	Map      []ImportWord
	CodeFrom string // property in which the person's code stands; empty: none
}

// ImportWord says which service is meant by a word of an event.
type ImportWord struct{ Word, Service string }

// DefaultImportEvery is how often a calendar is read.
const DefaultImportEvery = 5 * time.Minute

// imported is an Import as the file says it.
type imported struct {
	rule    Import
	office  name
	service name
	words   []importWord
}

type importWord struct {
	at      value
	word    string
	service name
}

func (d *draft) readImport(v value) {
	i := &imported{rule: Import{Every: DefaultImportEvery}}
	if v.keys(
		need("office", id(&i.office)),
		need("url", i.readURL),
		may("every", duration(&i.rule.Every, time.Minute, 24*time.Hour, time.Minute)),
		may("service", id(&i.service)),
		may("map", i.readMap),
		may("code_from", i.readProperty),
	) {
		d.imports = append(d.imports, i)
	}
}

// readURL reads the address; it is never repeated in a complaint, since a
// secret may stand in it.
func (i *imported) readURL(v value) {
	var s string
	text(&s)(v)
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" || len(s) > 2000 {
		v.complain("config.want_feed_url", nil)
		return
	}
	i.rule.URL = s
}

func (i *imported) readMap(v value) {
	pairs, ok := v.pairs()
	if !ok {
		return
	}
	for _, p := range pairs {
		w := importWord{at: p.key, word: strings.TrimSpace(p.name)}
		id(&w.service)(p.value)
		if w.word == "" || len(w.word) > 200 {
			p.key.complain("config.want_word", nil)
			continue
		}
		i.words = append(i.words, w)
	}
}

func (i *imported) readProperty(v value) {
	text(&i.rule.CodeFrom)(v)
	if strings.ContainsFunc(i.rule.CodeFrom, func(r rune) bool {
		return r != '-' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}) || len(i.rule.CodeFrom) > 60 {
		v.complain("config.want_property", nil)
	}
}

// check looks for offices and services that are not there.
func (i *imported) check(d *draft, offices scope) {
	offices.find(i.office, "config.unknown_office")
	for _, o := range d.offices {
		if o.id.id != i.office.id {
			continue
		}
		services := scope{}
		for _, s := range o.services {
			services.add(s.id)
		}
		services.find(i.service, "config.unknown_service")
		for _, w := range i.words {
			services.find(w.service, "config.unknown_service")
		}
	}
}

func (i *imported) build() Import {
	out := i.rule
	out.Office, out.Service = i.office.id, i.service.id
	for _, w := range i.words {
		out.Map = append(out.Map, ImportWord{w.word, w.service.id})
	}
	return out
}
