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
// on the page, fonts, which would cost requests, and custom properties: those
// with one value stand as that value, and nobody reads them any more.
func (u used) keep(style string) string {
	style = u.rules(style)
	for {
		smaller := unread(constant(style))
		if smaller == style {
			return short(style)
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

// root is what stands for the whole page, whatever the theme.
var root = regexp.MustCompile(`(?:^|\}):root\{([^{}]*)\}`)

// constant puts the value of a custom property in the place of its name, if it
// is said once for the whole page and nowhere else, nor in a script.
func constant(style string) string {
	times := map[string]int{}
	for _, m := range defined.FindAllStringSubmatch(style, -1) {
		times[m[2]]++
	}
	values := map[string]string{}
	for _, block := range root.FindAllStringSubmatch(media.ReplaceAllString(style, "}"), -1) {
		for _, m := range defined.FindAllStringSubmatch("{"+block[1], -1) {
			// What is made of others may be something else where they are.
			if value := strings.TrimPrefix(m[0][1:], m[2]+":"); times[m[2]] == 1 && !strings.Contains(value, "var(") {
				values[m[2]] = strings.TrimSpace(value)
			}
		}
	}
	return whole.ReplaceAllStringFunc(style, func(v string) string {
		if value, ok := values[read.FindStringSubmatch(v)[1]]; ok {
			return value
		}
		return v
	})
}

// short gives custom properties short names: the first letters that are free.
func short(style string) string {
	names := map[string]string{}
	return named.ReplaceAllStringFunc(style, func(name string) string {
		mark, name := name[:1], name[1:]
		if names[name] == "" {
			n := len(names)
			names[name] = "--" + string(rune('a'+n%26))
			if n >= 26 {
				names[name] += string(rune('a' + n/26 - 1))
			}
		}
		return mark + names[name]
	})
}

var (
	media   = regexp.MustCompile(`@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*\}`)
	whole   = regexp.MustCompile(`var\(--[\w-]+\)`)
	named   = regexp.MustCompile(`[{;(]--[a-z][\w-]*`)
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
