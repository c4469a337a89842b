package web

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"aufruf/server/queue"
)

// findMost is how many services a search shows.
const findMost = 12

// findServices gives the services in which every typed word begins a word of
// the name or of the everyday words, or, from three letters on, lies inside
// one; best first. Umlauts are found however they are written.
func findServices(r *queue.Rules, typed, lang string) []*queue.Service {
	wanted := wordsIn(typed)
	if len(wanted) == 0 {
		return nil
	}
	type hit struct {
		service *queue.Service
		rank    int
	}
	var hits []hit
	for i := range r.Services {
		sv := &r.Services[i]
		names := wordsIn(sv.Names[lang] + " " + sv.Names["de"])
		called := wordsIn(strings.Join(sv.Words, " "))
		sum := 0
		for _, w := range wanted {
			best := 0
			for _, spelling := range w {
				best = max(best, rankOf(spelling, names, called))
			}
			if best == 0 {
				sum = 0
				break
			}
			sum += best
		}
		if sum > 0 {
			hits = append(hits, hit{sv, sum})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.rank, a.rank) })
	var found []*queue.Service
	for _, h := range hits[:min(len(hits), findMost)] {
		found = append(found, h.service)
	}
	return found
}

func rankOf(wanted string, names, called [][]string) int {
	best := 0
	for _, w := range called {
		for _, spelling := range w {
			switch {
			case spelling == wanted:
				return 6 // "Perso" before "person"
			case strings.HasPrefix(spelling, wanted):
				best = max(best, 4)
			case len(wanted) > 2 && strings.Contains(spelling, wanted):
				best = max(best, 1)
			}
		}
	}
	for _, w := range names {
		for _, spelling := range w {
			switch {
			case strings.HasPrefix(spelling, wanted):
				best = max(best, 3)
			case len(wanted) > 2 && strings.Contains(spelling, wanted):
				best = max(best, 1)
			}
		}
	}
	return best
}

// searchMost bounds what is looked at of a search.
const searchMost = 60

// wordsIn are the words of a text, each in all its spellings: without accents,
// and with the umlauts written out.
func wordsIn(text string) [][]string {
	if len(text) > searchMost*10 {
		text = text[:searchMost*10]
	}
	var list [][]string
	for _, w := range strings.FieldsFunc(strings.ToLower(strings.ToValidUTF8(text, "")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.M, r)
	}) {
		w = strings.ReplaceAll(norm.NFC.String(w), "ß", "ss")
		bare := bareOf(w)
		spellings := []string{bare}
		if out := bareOf(strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue").Replace(w)); out != bare {
			spellings = append(spellings, out)
		}
		list = append(list, spellings)
	}
	return list
}

func bareOf(w string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, norm.NFD.String(w))
}
