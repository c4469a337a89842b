package notify

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSegmentsAreCountedAsTheyArePaid(t *testing.T) {
	for _, tc := range []struct {
		what, text string
		n          int
		gsm        bool
	}{
		{"nothing", "", 0, true},
		{"a word", "Hallo", 1, true},
		{"umlauts", "Ä Ö Ü ä ö ü ß à é ñ §", 1, true},
		{"160", strings.Repeat("a", 160), 1, true},
		{"161", strings.Repeat("a", 161), 2, true},
		{"306", strings.Repeat("a", 306), 2, true},
		{"307", strings.Repeat("a", 307), 3, true},
		{"extended letters count two", strings.Repeat("€", 80), 1, true},
		{"81 of them", strings.Repeat("€", 81), 2, true},
		{"an extended letter is not split", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3, true},
		{"braces and backslash", `{}[]\~^|`, 1, true},
		{"one dash", "– ", 1, false},
		{"70 of 16 bits", strings.Repeat("ж", 70), 1, false},
		{"71 of 16 bits", strings.Repeat("ж", 71), 2, false},
		{"134 of 16 bits", strings.Repeat("ж", 134), 2, false},
		{"135 of 16 bits", strings.Repeat("ж", 135), 3, false},
		{"one Arabic letter among Latin ones", strings.Repeat("a", 70) + "م", 2, false},
		{"an emoji is two units", strings.Repeat("🎉", 35), 1, false},
		{"36 of them", strings.Repeat("🎉", 36), 2, false},
		{"a pair is not split", strings.Repeat("ж", 66) + "🎉" + strings.Repeat("ж", 66), 3, false},
		{"lower ç is not in it", "ç", 1, false},
	} {
		if n, gsm := Segments(tc.text); n != tc.n || gsm != tc.gsm {
			t.Errorf("%s: %d, %v, want %d, %v", tc.what, n, gsm, tc.n, tc.gsm)
		}
	}
}

func TestTypographyDoesNotMakeAMessageDear(t *testing.T) {
	if text := plain.Replace("„Termin“ – 10:30\u202fUhr…"); text != `"Termin" - 10:30 Uhr...` {
		t.Errorf("%q", text)
	}
}

func FuzzOneLine(f *testing.F) {
	for _, s := range []string{"a\r\nBcc: b", "\u2028", "\u202e", "a  b", "\xff", "\x00", "\u0085"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := oneLine(s)
		if strings.ContainsAny(got, "\r\n\x00\u0085\u2028\u2029\u202e") || oneLine(got) != got {
			t.Errorf("%q becomes %q", s, got)
		}
		if n, _ := Segments(got); n < 0 || n > utf8.RuneCountInString(got) {
			t.Errorf("%q: %d segments", got, n)
		}
	})
}
