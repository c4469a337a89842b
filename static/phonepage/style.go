package main

import (
	"regexp"
	"strings"
)

// used is what a page's markup and script speak of.
type used struct {
	words map[string]bool // classes, ids, attributes, and the beginnings of made ones, "say--"
	tags  map[string]bool
}

var (
	word = regexp.MustCompile(`[A-Za-z][\w-]*`)
	tag  = regexp.MustCompile(`<([a-z][a-z0-9]*)|["'` + "`" + `]([a-z][a-z0-9]*)[."'` + "`" + `]`)
	part = regexp.MustCompile(`([.#[]?)(::?)?([A-Za-z][\w-]*)(\()?`)
)

func usedIn(markup, script string) used {
	u := used{words: map[string]bool{}, tags: map[string]bool{}}
	for _, w := range word.FindAllString(markup+" "+script, -1) {
		u.words[w] = true
	}
	for _, m := range tag.FindAllStringSubmatch(markup+" "+script, -1) {
		u.tags[m[1]+m[2]] = true
	}
	return u
}

// keep leaves out of a minified style what cannot apply: rules for what is not
// on the page, fonts, which would cost requests, and then what nobody reads.
func (u used) keep(style string) string {
	style = u.rules(style)
	for {
		smaller := unread(style)
		if smaller == style {
			return style
		}
		style = smaller
	}
}

// rules walks the rules of a sheet, or of an @media.
func (u used) rules(style string) string {
	var kept strings.Builder
	for style = strings.TrimSpace(style); style != ""; {
		open := strings.IndexByte(style, '{')
		if open < 0 {
			break
		}
		head, end := style[:open], closing(style, open)
		body := style[open+1 : end]
		style = strings.TrimSpace(style[end+1:])
		switch {
		case strings.HasPrefix(head, "@font-face"):
			continue
		case strings.HasPrefix(head, "@media"):
			if body = u.rules(body); body == "" {
				continue
			}
		case !strings.HasPrefix(head, "@"):
			if head = u.selectors(head); head == "" {
				continue
			}
		}
		kept.WriteString(head + "{" + body + "}")
	}
	return kept.String()
}

// closing finds the brace that closes the one at open.
func closing(style string, open int) int {
	depth := 0
	for i := open; i < len(style); i++ {
		switch style[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(style) - 1
}

// selectors leaves those of a list that can match.
func (u used) selectors(head string) string {
	var kept []string
	for _, one := range splitTop(head) {
		if u.can(one) {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, ",")
}

func (u used) can(selector string) bool {
	selector = value.ReplaceAllString(selector, "]")
	for _, m := range part.FindAllStringSubmatch(selector, -1) {
		kind, name := m[1], m[3]
		switch {
		case m[2] != "": // a pseudo-class or -element
		case kind == "":
			if !u.tags[name] && name != "html" && name != "body" {
				return false
			}
		case !u.word(name):
			return false
		}
	}
	return true
}

var value = regexp.MustCompile(`[~|^$*]?=[^\]]*\]`)

// word says whether a class is written out, or made from a beginning.
func (u used) word(name string) bool {
	if u.words[name] {
		return true
	}
	stem, _, made := strings.Cut(name, "--")
	return made && u.words[stem+"--"]
}

// splitTop splits a list of selectors at the commas that are in no brackets.
func splitTop(head string) []string {
	var list []string
	depth, from := 0, 0
	for i := range len(head) {
		switch head[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				list = append(list, head[from:i])
				from = i + 1
			}
		}
	}
	return append(list, head[from:])
}

var (
	defined = regexp.MustCompile(`([{;])(--[\w-]+):[^;{}]*`)
	read    = regexp.MustCompile(`var\((--[\w-]+)`)
	empty   = regexp.MustCompile(`[^{};]*\{\}`)
)

// loose are the marks that stand about where something was left out.
var loose = strings.NewReplacer("{;", "{", ";;", ";", ";}", "}")

// unread leaves out custom properties that no rule reads, and what is empty
// then.
func unread(style string) string {
	reads := map[string]bool{}
	for _, m := range read.FindAllStringSubmatch(style, -1) {
		reads[m[1]] = true
	}
	style = defined.ReplaceAllStringFunc(style, func(whole string) string {
		m := defined.FindStringSubmatch(whole)
		if reads[m[2]] {
			return whole
		}
		return m[1]
	})
	return empty.ReplaceAllString(loose.Replace(style), "")
}
