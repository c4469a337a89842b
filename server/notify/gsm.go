package notify

import (
	"strings"
	"unicode/utf16"
)

// The alphabet of GSM 03.38, which costs seven bits a letter, and its extension,
// whose letters cost two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
		"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// Segments is how many SMS a text is sent as, and whether it fits the GSM
// alphabet; one letter outside it makes every letter cost 16 bits.
func Segments(text string) (n int, gsm bool) {
	septets, gsm := 0, true
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			septets++
		case strings.ContainsRune(gsmExtended, r):
			septets += 2
		default:
			gsm = false
		}
	}
	if gsm {
		return segmentsOf(text, septets, 160, 153, func(r rune) int {
			if strings.ContainsRune(gsmExtended, r) {
				return 2
			}
			return 1
		}), true
	}
	units := len(utf16.Encode([]rune(text)))
	return segmentsOf(text, units, 70, 67, func(r rune) int { return utf16.RuneLen(r) }), false
}

// segmentsOf divides a text; a letter that costs two units is not split between
// two segments.
func segmentsOf(text string, units, single, part int, cost func(rune) int) int {
	if units == 0 {
		return 0
	}
	if units <= single {
		return 1
	}
	n, room := 1, part
	for _, r := range text {
		c := max(cost(r), 1)
		if c > room {
			n, room = n+1, part
		}
		room -= c
	}
	return n
}

// plain puts typographic marks as the GSM alphabet has them, so that one dash
// does not make a message twice as dear.
var plain = strings.NewReplacer("–", "-", "—", "-", "‑", "-", "„", `"`, "“", `"`, "”", `"`, "«", `"`, "»", `"`, "‚", "'", "‘", "'", "’", "'", "`", "'",
	"…", "...", "•", "-", "·", "-", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "ẞ", "SS")

// oneLine takes out whatever would end a line or cannot be seen: what people
// and configurations write must not reach into headers, calendars and gateways.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)), " ")
}
