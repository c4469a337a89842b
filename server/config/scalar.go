package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aufruf/display"
	"aufruf/server/calendar"

	"github.com/goccy/go-yaml/ast"
)

var idShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// longestText bounds whatever people read.
const longestText = 300

// text reads a line of text that is not empty.
func (v value) text() (string, bool) {
	s, ok := v.node.(*ast.StringNode)
	switch {
	case !ok:
		v.complain(cmp.Or(v.emptyCode(), "config.want_text"), nil)
	case strings.TrimSpace(s.Value) == "":
		v.complain("config.no_value", nil)
	case utf8.RuneCountInString(s.Value) > longestText:
		v.complain("config.text_too_long", map[string]any{"Limit": longestText})
	default:
		return strings.TrimSpace(s.Value), true
	}
	return "", false
}

func text(to *string) func(value) {
	return func(v value) { *to, _ = v.text() }
}

// texts reads a list of texts.
func texts(to *[]string) func(value) {
	return func(v value) {
		v.each(func(v value) {
			if s, ok := v.text(); ok {
				*to = append(*to, s)
			}
		})
	}
}

// name is an id where it stands, its own or another's.
type name struct {
	value
	id string // "" if what stands there is no id; that has been complained about
}

// id reads what is written in links, in the journal and in other parts of the
// file.
func id(to *name) func(value) {
	return func(v value) {
		to.value = v
		s, ok := v.text()
		if ok && !idShape.MatchString(s) {
			v.complain("config.bad_id", map[string]any{"Value": short(s)})
			return
		}
		to.id = s
	}
}

func ids(to *[]name) func(value) {
	return func(v value) {
		v.each(func(v value) {
			var n name
			id(&n)(v)
			*to = append(*to, n)
		})
	}
}

// names reads a text in several languages. German is always there.
func names(to *display.Names) func(value) {
	return func(v value) {
		pairs, ok := v.pairs()
		if !ok {
			return
		}
		*to = display.Names{}
		known := catalogue().Languages()
		german := false
		for _, p := range pairs {
			german = german || p.name == "de"
			if !slices.Contains(known, p.name) {
				p.key.complain("config.bad_language", map[string]any{"Value": short(p.name), "Choices": strings.Join(known, ", ")})
				continue
			}
			if s, ok := p.value.text(); ok {
				(*to)[p.name] = s
			}
		}
		if !german {
			v.complain("config.want_german", nil)
		}
	}
}

// choice reads one of a few words.
func choice(to *string, known ...string) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		if !slices.Contains(known, s) {
			v.complainNear("config.bad_choice", s, known, map[string]any{"Value": short(s), "Choices": strings.Join(known, ", ")})
			return
		}
		*to = s
	}
}

// choices reads a list of such words, each at most once.
func choices(to *[]string, known ...string) func(value) {
	return func(v value) { v.each(oneMore(to, known...)) }
}

func oneMore(to *[]string, known ...string) func(value) {
	return func(v value) {
		var s string
		choice(&s, known...)(v)
		switch {
		case s == "":
		case slices.Contains(*to, s):
			v.complain("config.listed_twice", map[string]any{"Value": s})
		default:
			*to = append(*to, s)
		}
	}
}

func yesNo(to *bool) func(value) {
	return func(v value) {
		b, ok := v.node.(*ast.BoolNode)
		if !ok {
			v.complain(cmp.Or(v.emptyCode(), "config.want_flag"), nil)
			return
		}
		*to = b.Value
	}
}

// count reads a whole number within bounds.
func count(to *int, from, most int) func(value) {
	return func(v value) {
		n, ok := v.node.(*ast.IntegerNode)
		if !ok {
			v.complain(cmp.Or(v.emptyCode(), "config.want_number"), map[string]any{"From": from, "To": most})
			return
		}
		i, err := strconv.Atoi(fmt.Sprint(n.Value))
		if err != nil || i < from || i > most {
			v.complain("config.out_of_range", map[string]any{"Value": short(n.Token.Value), "From": from, "To": most})
			return
		}
		*to = i
	}
}

// amount reads a number that need not be whole.
func amount(to *float64, from, most int) func(value) {
	return func(v value) {
		t := v.node
		if f, ok := t.(*ast.FloatNode); ok {
			if f.Value < float64(from) || f.Value > float64(most) {
				v.complain("config.out_of_range", map[string]any{"Value": short(f.Token.Value), "From": from, "To": most})
				return
			}
			*to = f.Value
			return
		}
		var i int
		count(&i, from, most)(v)
		*to = float64(i)
	}
}

// duration reads "45m", "1h30m" or "10s", within bounds and in whole units.
func duration(to *time.Duration, from, most, unit time.Duration) func(value) {
	return func(v value) {
		s, ok := v.node.(*ast.StringNode)
		if !ok {
			v.complain(cmp.Or(v.emptyCode(), "config.bad_duration"), map[string]any{"Value": short(v.source())})
			return
		}
		d, err := time.ParseDuration(s.Value)
		switch {
		case err != nil:
			v.complain("config.bad_duration", map[string]any{"Value": short(s.Value)})
		case d < from || d > most || d%unit != 0:
			v.complain("config.duration_range", map[string]any{"Value": short(s.Value), "From": brief(from), "To": brief(most), "Unit": brief(unit)})
		default:
			*to = d
		}
	}
}

// source is the value as it stands in the file, for what is no text.
func (v value) source() string {
	if v.node == nil || v.node.GetToken() == nil {
		return ""
	}
	return v.node.GetToken().Value
}

// brief writes 45m instead of 45m0s.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func minutes(to *time.Duration, from, most int) func(value) {
	return func(v value) {
		n := -1
		if count(&n, from, most)(v); n >= 0 {
			*to = time.Duration(n) * time.Minute
		}
	}
}

func zone(to **time.Location) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		at, err := time.LoadLocation(s)
		if err != nil || s == "Local" {
			v.complain("config.bad_zone", map[string]any{"Value": short(s)})
			return
		}
		*to = at
	}
}

func date(to *calendar.Date) func(value) {
	return func(v value) {
		d, err := calendar.ParseDate(v.source())
		if err != nil {
			v.complain(cmp.Or(v.emptyCode(), "config.bad_date"), map[string]any{"Value": short(v.source())})
			return
		}
		*to = d
	}
}

func letter(to *name) func(value) {
	return func(v value) {
		to.value = v
		s, ok := v.text()
		if !ok {
			return
		}
		if len(s) != 1 || s[0] < 'A' || s[0] > 'Z' {
			v.complain("config.bad_letter", map[string]any{"Value": short(s)})
			return
		}
		to.id = s
	}
}

// origin reads "https://queue.example.org": scheme and host alone.
func origin(to *string) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || s != u.Scheme+"://"+u.Host {
			v.complain("config.bad_origin", map[string]any{"Value": short(s)})
			return
		}
		*to = s
	}
}

func origins(to *[]string) func(value) {
	return func(v value) {
		v.each(func(v value) {
			var s string
			if origin(&s)(v); s != "" {
				*to = append(*to, s)
			}
		})
	}
}

// network reads an address or a network, "10.0.0.0/8".
func networks(to *[]string) func(value) {
	return func(v value) {
		v.each(func(v value) {
			s, ok := v.text()
			if !ok {
				return
			}
			_, noAddress := netip.ParseAddr(s)
			if _, err := netip.ParsePrefix(s); err != nil && noAddress != nil {
				v.complain("config.bad_network", map[string]any{"Value": short(s)})
				return
			}
			*to = append(*to, s)
		})
	}
}
