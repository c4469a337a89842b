package words

import (
	"bytes"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "sort the word files")

// citizens are the prefixes of what people without an account read or hear;
// these are there in every language.
var citizens = []string{"appointment.", "board.", "common.", "date.", "error.", "holiday.", "kiosk.", "notify.", "pairing.", "phone.", "public.", "reason.", "refusal.", "speech.", "wait."}

// dynamic are the prefixes whose last part is made in code ("refusal." and the
// code of an error): their keys need not stand in a source as a whole. Write
// behind each who makes them.
var dynamic = []string{"appointment.gone_", "book.step_", "needs.",
	"common.language_", // every page's choice of language
	"feed.fault_",      // feed: why a calendar cannot be read
	"day.state_",       // display: how a visit stands
	"feed.note_",       // feed: why an event is not taken over
	"date.",            // display: names of weekdays and months
	"desk.need_",       // people: needs, in a clerk's words
	"error.",           // web: problem codes
	"holiday.",         // calendar: names of public holidays
	"told.",            // notify: kinds, states and what went wrong, in a supervisor's words
	"notify.",          // notify: messages by kind, and their parts
	"park.",            // configuration: why somebody is parked
	"privacy.act_",     // web: acts in the audit
	"privacy.done_",    // web: what was done just now
	"privacy.kind_",    // people: what a contact belongs to
	"privacy.why_",     // people: why a contact was erased
	"reason.",          // queue: why somebody is called, configured park and leave reasons
	"refusal.",         // queue: codes of refusals
	"wait.",            // display: how a wait is told, in three forms
}

func TestFilesAreSortedOneKeyALine(t *testing.T) {
	for lang, messages := range house(t) {
		name := filepath.Join("../../display/words", lang+".json")
		want := Format(messages)
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not sorted: go run ./server/words/sortwords (%v)", name, err)
		}
	}
}

func TestGermanAndEnglishSayTheSame(t *testing.T) {
	all := house(t)
	compare(t, "en", all["de"], all["en"])
}

func TestEveryOtherLanguageHasTheCitizensTexts(t *testing.T) {
	all := house(t)
	wanted := map[string]Message{}
	for key, m := range all["de"] {
		if slices.ContainsFunc(citizens, func(p string) bool { return strings.HasPrefix(key, p) }) {
			wanted[key] = m
		}
	}
	for lang, messages := range all {
		if lang != "de" && lang != "en" {
			compare(t, lang, wanted, messages)
		}
	}
}

// compare wants the same keys, the same placeholders, and plural forms where
// German has them: all that the language knows.
func compare(t *testing.T, lang string, want, got map[string]Message) {
	t.Helper()
	needed := map[string][]string{"de": {"one", "other"}, "en": {"one", "other"}, "ar": forms}[lang]
	for _, key := range slices.Sorted(maps.Keys(want)) {
		m, ok := got[key]
		if !ok {
			t.Errorf("%s.json lacks %q", lang, key)
			continue
		}
		if a, b := want[key].placeholders(), m.placeholders(); !slices.Equal(a, b) {
			t.Errorf("%s: %s has placeholders %v, German %v", key, lang, b, a)
		}
		if len(want[key]) > 1 {
			for _, form := range needed {
				if m[form] == "" {
					t.Errorf("%s: %s lacks the plural form %q", key, lang, form)
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			t.Errorf("%s.json has %q, which should not be there", lang, key)
		}
	}
}

// literal finds "board.call_to" in Go, scripts and pages, in any quotes.
var literal = regexp.MustCompile("[\"'`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)[\"'`]")

// fileEnding tells the name of a file from a key.
var fileEnding = regexp.MustCompile(`\.(css|go|html|ico|js|json|jsonl|md|mjs|png|sql|svg|txt|wav|webmanifest|woff2|yaml|db|key|tmp)$`)

func TestEveryKeyIsUsedAndEveryUsedKeyIsThere(t *testing.T) {
	german := house(t)["de"]
	rooms := map[string]bool{} // first parts of keys: only these make a literal a key
	for key := range german {
		first, _, _ := strings.Cut(key, ".")
		rooms[first] = true
	}
	for _, p := range append(slices.Clone(citizens), dynamic...) {
		first, _, _ := strings.Cut(p, ".")
		rooms[first] = true
	}
	used := map[string]string{} // key, one file that uses it
	for _, top := range []string{"../../server", "../../display", "../../static/js"} {
		for name, text := range sources(t, top) {
			for _, hit := range literal.FindAllStringSubmatch(text, -1) {
				first, _, _ := strings.Cut(hit[1], ".")
				if rooms[first] && !fileEnding.MatchString(hit[1]) {
					used[hit[1]] = name
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(used)) {
		made := strings.HasSuffix(key, "_") && slices.ContainsFunc(dynamic, func(p string) bool { return strings.HasPrefix(key, p) })
		if _, ok := german[key]; !ok && !made {
			t.Errorf("%s uses %q, which is in no word file", used[key], key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(german)) {
		made := slices.ContainsFunc(dynamic, func(p string) bool { return strings.HasPrefix(key, p) })
		if used[key] == "" && !made {
			t.Errorf("%q is used nowhere", key)
		}
	}
}

// sources reads what may name a key: no tests, which may use keys that are not
// there, and not this room, which explains itself by examples.
func sources(t *testing.T, top string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{"testdata", "browser", "node_modules"}, d.Name()) || name == "../../server/words" {
				return fs.SkipDir
			}
			return nil
		}
		isSource := slices.Contains([]string{".go", ".js", ".mjs", ".html"}, filepath.Ext(name))
		if !isSource || strings.HasSuffix(name, "_test.go") || strings.Contains(name, ".test.") {
			return nil
		}
		text, err := os.ReadFile(name)
		found[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A time is read at a glance, so its last word does not go to the next line. An
// SMS is another matter: the blank that holds them together would cost it half
// of its letters.
func TestGermanTimesStayTogether(t *testing.T) {
	for key, message := range house(t)["de"] {
		for form, text := range message {
			sms := strings.HasPrefix(key, "notify.")
			if sms && strings.Contains(text, "\u00a0") {
				t.Errorf("%s %s: a blank that no SMS has", key, form)
			}
			if !sms && strings.Contains(text, "}} Uhr") {
				t.Errorf("%s %s: the blank before Uhr may break", key, form)
			}
		}
	}
}
