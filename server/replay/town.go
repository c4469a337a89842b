package replay

import (
	"fmt"
	"strings"
	"unicode"
)

// Office is the id of the office that is made from a log.
const Office = "replay"

// Screens are the lobby screens of that office.
var Screens = []string{"left", "right"}

// letters of the categories; I and O look like digits.
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"

// Config writes the configuration of an office made from a log: open round the
// clock by the hour it is opened with, every service a category of its own, the
// desks with the skills that were seen.
func (l *Log) Config() (string, error) {
	services := l.Services()
	if len(services) > len(letters) {
		return "", fmt.Errorf("%d services, and only %d letters for them", len(services), len(letters))
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("town: { de: Ein Tag, en: A day }")
	line("offices:")
	line("  - id: %s", Office)
	line("    names: { de: Ein Tag, en: A day }")
	line("    zone: UTC")
	line("    ceiling: 0m")
	line("    hours: []")
	line("    categories:")
	for i, s := range services {
		line("      - { id: c_%s, letter: %c, names: { de: %q, en: %q } }", serviceID(s), letters[i], s, s)
	}
	line("    services:")
	for _, s := range services {
		line("      - { id: %s, category: c_%s, minutes: 5, names: { de: %q, en: %q } }", serviceID(s), serviceID(s), s, s)
	}
	line("    desks:")
	skills := l.Skills()
	for _, d := range l.Desks() {
		var ids []string
		for _, s := range skills[d] {
			ids = append(ids, serviceID(s))
		}
		line("      - { id: %s, names: { de: %q, en: %q }, skills: [%s] }", deskID(d), "Platz "+d, "Desk "+d, strings.Join(ids, ", "))
	}
	line("screens:")
	for _, s := range Screens {
		line("  - { id: %s, office: %s, names: { de: %q }, languages: [de, en] }", s, Office, s)
	}
	return b.String(), nil
}

// serviceID and deskID make ids of what stands in a log.
func serviceID(s string) string { return "s_" + plain(s) }
func deskID(d string) string    { return "d_" + plain(d) }

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			return unicode.ToLower(r)
		default:
			return '_'
		}
	}, s)
}

// secretOf is the last part of a link.
func secretOf(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }
