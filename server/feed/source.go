package feed

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aufruf/server/queue"
)

// Source is one calendar, as configured.
type Source struct {
	Office   string
	URL      string
	Every    time.Duration
	Service  string // of an event none of whose words is in Map; empty: it is not taken over
	Map      []Word
	CodeFrom string // property in which the person's code stands; empty: none
	// Key makes hashes of identities that mean nothing elsewhere.
	Key []byte
}

// Word says what somebody comes for in whose event it stands.
type Word struct{ Text, Service string }

// ID names a source without its address, in which a secret may stand.
func (s *Source) ID() string { return s.hash("source", s.Office, s.URL)[:12] }

// Host is as much of the address as anybody is shown.
func (s *Source) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// digest changes when the same calendar would be understood otherwise.
func (s *Source) digest() string {
	return s.hash("digest", s.Service, s.CodeFrom, fmt.Sprint(s.Map))[:16]
}

// hash is a keyed hash of texts.
func (s *Source) hash(parts ...string) string {
	h := hmac.New(sha256.New, s.Key)
	for _, part := range append([]string{"feed", s.Office}, parts...) {
		fmt.Fprintf(h, "%d:", len(part))
		io.WriteString(h, part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// services finds what somebody comes for in an event's words: each word of the
// map that begins a word there, the longest first, so that "Pass" is not found
// in "Reisepass"; else the default.
func (s *Source) services(text string) []queue.Item {
	text = folded(text)
	words := slices.SortedStableFunc(slices.Values(s.Map), func(a, b Word) int { return cmp.Compare(len(b.Text), len(a.Text)) })
	type found struct {
		at      int
		service string
	}
	var hits []found
	for _, w := range words {
		word := folded(w.Text)
		for from := 0; word != "" && from < len(text); {
			i := strings.Index(text[from:], word)
			if i < 0 {
				break
			}
			i += from
			if r, _ := utf8.DecodeLastRuneInString(text[:i]); i == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				hits = append(hits, found{i, w.Service})
				text = text[:i] + strings.Repeat("\x00", len(word)) + text[i+len(word):]
			}
			from = i + len(word)
		}
	}
	slices.SortStableFunc(hits, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	var items []queue.Item
	for _, h := range hits {
		if !slices.ContainsFunc(items, func(it queue.Item) bool { return it.Service == h.service }) {
			items = append(items, queue.Item{Service: h.service, Quantity: 1})
		}
	}
	if len(items) == 0 && s.Service != "" {
		items = []queue.Item{{Service: s.Service, Quantity: 1}}
	}
	return items
}

func folded(text string) string { return strings.ToLower(norm.NFC.String(text)) }
