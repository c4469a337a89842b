package words

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func sample(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load(fstest.MapFS{
		"de.json": {Data: []byte(`{"board.call_to": "Bitte zu {{.Place}}", "phone.ahead": {"one": "Eine Person vor Ihnen", "other": "{{.Count}} Personen vor Ihnen"}, "desk.next": "Nächste Nummer", "common.total": "{{.N}} gesamt"}`)},
		"en.json": {Data: []byte(`{"board.call_to": "Please go to {{.Place}}", "phone.ahead": {"one": "One person ahead", "other": "{{.Count}} people ahead"}, "desk.next": "Next number", "common.total": "{{.N}} in all"}`)},
		"ar.json": {Data: []byte(`{"board.call_to": "إلى {{.Place}}", "phone.ahead": {"zero": "z", "one": "o", "two": "t", "few": "f{{.Count}}", "many": "m{{.Count}}", "other": "x{{.Count}}"}, "common.total": "{{.N}}"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTextIsChosenByLanguageKeyAndCount(t *testing.T) {
	c := sample(t)
	for _, tc := range []struct {
		lang, key string
		params    map[string]any
		want      string
	}{
		{"de", "board.call_to", map[string]any{"Place": "Platz 3"}, "Bitte zu Platz 3"},
		{"en", "board.call_to", map[string]any{"Place": "<b>&"}, "Please go to <b>&"},
		{"de", "phone.ahead", map[string]any{"Count": 1}, "Eine Person vor Ihnen"},
		{"de", "phone.ahead", map[string]any{"Count": 3}, "3 Personen vor Ihnen"},
		{"de", "phone.ahead", map[string]any{"Count": 1000}, "1.000 Personen vor Ihnen"},
		{"de", "phone.ahead", map[string]any{"Count": uint16(1)}, "Eine Person vor Ihnen"},
		{"en", "common.total", map[string]any{"N": 1473}, "1,473 in all"},
		{"de", "common.total", map[string]any{"N": int64(1473)}, "1.473 gesamt"},
		{"ar", "common.total", map[string]any{"N": 1473}, "1,473"},
		{"ar", "phone.ahead", map[string]any{"Count": 0}, "z"},
		{"ar", "phone.ahead", map[string]any{"Count": 1}, "o"},
		{"ar", "phone.ahead", map[string]any{"Count": 2}, "t"},
		{"ar", "phone.ahead", map[string]any{"Count": 5}, "f5"},
		{"ar", "phone.ahead", map[string]any{"Count": 11}, "m11"},
		{"ar", "phone.ahead", map[string]any{"Count": 100}, "x100"},
		{"ar", "desk.next", nil, "Nächste Nummer"},
		{"fr", "desk.next", nil, "Nächste Nummer"},
		{"de", "desk.nothing", nil, "desk.nothing"},
	} {
		if got := c.Text(tc.lang, tc.key, tc.params); got != tc.want {
			t.Errorf("%s %s %v: %q, want %q", tc.lang, tc.key, tc.params, got, tc.want)
		}
	}
}

func TestLanguageIsNegotiated(t *testing.T) {
	c := sample(t)
	for _, tc := range []struct {
		header, explicit string
		among            []string
		want             string
	}{
		{"", "", nil, "de"},
		{"en-GB,en;q=0.9", "", nil, "en"},
		{"de-AT", "", nil, "de"},
		{"ar-SY, en;q=0.5", "", nil, "ar"},
		{"ar-SY, en;q=0.5", "", []string{"de", "en"}, "en"},
		{"fr, it", "", nil, "de"},
		{"fr, en;q=0.1", "", nil, "en"},
		{"en", "ar", nil, "ar"},
		{"en", "ar", []string{"de", "en"}, "en"},
		{"en", "xx", nil, "en"},
		{"en", "de'; --", nil, "en"},
		{";;;===", "", nil, "de"},
		{strings.Repeat("en-", 5000), "", nil, "de"},
	} {
		if got := c.Negotiate(tc.header, tc.explicit, tc.among...); got != tc.want {
			t.Errorf("%.40q %q %v: %s, want %s", tc.header, tc.explicit, tc.among, got, tc.want)
		}
	}
}

func TestPageGetsItsPrefixesAndNoMore(t *testing.T) {
	part := sample(t).For("ar", "board.", "desk.")
	if len(part) != 2 || part["board.call_to"] != "إلى {{.Place}}" || part["desk.next"] != "Nächste Nummer" {
		t.Errorf("got %v", part)
	}
	if forms, ok := sample(t).For("ar", "phone.")["phone.ahead"].(Message); !ok || len(forms) != 6 {
		t.Errorf("plural forms: %v", forms)
	}
}

func TestBrokenFilesAreRefusedByKey(t *testing.T) {
	for fault, want := range map[string]string{
		`{"a.b": "x", "a.b": "y"}`:           "stands twice",
		`{"a.b": ""}`:                        "empty",
		`{"a.b": "{{if .X}}"}`:               "only placeholders",
		`{"a.b": "{{.place}}"}`:              "only placeholders",
		`{"a.b": "{{.X}"}`:                   "only placeholders",
		`{"a.b": {"other": "x"}}`:            "need",
		`{"a.b": {"one": "x"}}`:              "need",
		`{"a.b": {"most": "x"}}`:             "no plural form",
		`{"a.b": {"one": {}, "other": "x"}}`: "no plural form",
		`{"a.b": 3}`:                         "neither",
		`{"Board": "x"}`:                     "is not like",
		`["a"]`:                              "not one JSON object",
		`{"a.b": "x"} {}`:                    "something follows",
		`{"a.b": "x"`:                        "EOF",
	} {
		_, err := Load(fstest.MapFS{"de.json": {Data: []byte(fault)}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "de.json") {
			t.Errorf("%s: %v, want %q", fault, err, want)
		}
	}
	if _, err := Load(fstest.MapFS{"en.json": {Data: []byte(`{"a.b": "x"}`)}}); err == nil {
		t.Error("a catalogue without German loads")
	}
}

func TestDirectionFollowsTheScript(t *testing.T) {
	for lang, want := range map[string]string{"de": "ltr", "ar": "rtl", "en": "ltr", "fa": "rtl", "he": "rtl"} {
		if got := Direction(lang); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

func TestFormatIsSortedAndReadsBack(t *testing.T) {
	text := `{"b.b": "<&>\"", "a.b": {"other": "x", "one": "y"}}`
	messages, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"a.b\": {\"one\": \"y\", \"other\": \"x\"},\n  \"b.b\": \"<&>\\\"\"\n}\n"
	if got := string(Format(messages)); got != want {
		t.Errorf("got %s", got)
	}
	if _, err := Parse(Format(messages)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"a.b": "x {{.Y}}"}`)
	f.Add(`{"a.b": {"one": "y", "other": "x"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		messages, err := Parse([]byte(text))
		if err != nil {
			return
		}
		if _, err := Parse(Format(messages)); err != nil {
			t.Errorf("%q does not read back: %v", text, err)
		}
	})
}

func house(t *testing.T) map[string]map[string]Message {
	t.Helper()
	c, err := Load(os.DirFS("../../display/words"))
	if err != nil {
		t.Fatal(err)
	}
	return c.messages
}
