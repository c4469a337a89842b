package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aufruf/server/queue"
)

// town is the configuration that comes with the program.
func town(t *testing.T) *Config {
	t.Helper()
	c, err := Load("../../config.yaml")
	if err != nil {
		t.Fatalf("config.yaml:\n%v", err)
	}
	return c
}

func TestTownThatComesWithTheProgramIsWhole(t *testing.T) {
	c := town(t)
	if len(c.AllRules()) != 2 || len(c.Screens()) != 2 || !c.Devices.TrustLocal {
		t.Fatalf("%d offices, %d screens, trust_local %v", len(c.AllRules()), len(c.Screens()), c.Devices.TrustLocal)
	}
	first, second := c.AllRules()[0], c.AllRules()[1]
	if len(first.Categories) != 12 || len(first.Services) != 66 || len(first.Desks) != 6 || len(second.Desks) != 2 {
		t.Errorf("%d categories, %d services, %d and %d desks", len(first.Categories), len(first.Services), len(first.Desks), len(second.Desks))
	}
	for _, r := range c.AllRules() {
		for _, cat := range r.Categories {
			if strings.Contains("IO", cat.Letter) {
				t.Errorf("the letter %s of %s looks like a digit", cat.Letter, cat.ID)
			}
		}
		if r.Service(r.Receives) == nil || len(r.ParkReasons) == 0 {
			t.Errorf("%s: receives %q, park reasons %v", r.Office, r.Receives, r.ParkReasons)
		}
	}
	if !slices.Contains(first.Others["bauamt"], "tree_felling") || len(second.Others["buergerbuero"]) != 66 {
		t.Error("the offices do not know each other's services")
	}
	if first.Ceiling != 45*time.Minute || first.Early != 15*time.Minute || first.Grace != 10*time.Minute || first.UndoWithin != 10*time.Second {
		t.Errorf("times %v %v %v %v", first.Ceiling, first.Early, first.Grace, first.UndoWithin)
	}
}

func TestTownSpeaksThreeLanguages(t *testing.T) {
	whole := func(what string, names map[string]string) {
		t.Helper()
		for _, lang := range []string{"de", "en", "ar"} {
			if names[lang] == "" {
				t.Errorf("%s has no name in %s", what, lang)
			}
		}
		if !strings.ContainsFunc(names["ar"], func(c rune) bool { return c >= 0x600 && c < 0x700 }) {
			t.Errorf("%s: %q is not Arabic", what, names["ar"])
		}
	}
	c := town(t)
	whole("town", c.Town)
	for _, r := range c.AllRules() {
		whole(r.Office, r.Names)
		for _, cat := range r.Categories {
			whole(cat.ID, cat.Names)
		}
		for _, d := range r.Desks {
			whole(d.ID, d.Names)
		}
		for _, s := range r.Services {
			whole(s.ID, s.Names)
			for _, p := range s.Papers {
				whole(s.ID+" paper "+p.Names["en"], p.Names)
				if p.Condition != nil {
					whole(s.ID+" condition", p.Condition)
				}
			}
		}
	}
}

// Papers are what is brought, one each; conditions and remarks are apart.
func TestTownTellsPapersFromHints(t *testing.T) {
	for _, r := range town(t).AllRules() {
		for _, s := range r.Services {
			if s.Planned != 10*time.Minute || len(s.Words) < 2 || len(s.Papers) == 0 {
				t.Errorf("%s: planned %v, %d words, %d papers", s.ID, s.Planned, len(s.Words), len(s.Papers))
			}
			for _, p := range s.Papers {
				text := strings.ToLower(p.Names["de"])
				for _, part := range []string{";", "wie 1", "wie 2", "wie 3", "ggf.", "bei vertretung", "bei erstantrag"} {
					if strings.Contains(text, part) {
						t.Errorf("%s: %q is not one paper", s.ID, p.Names["de"])
					}
				}
				for _, part := range []string{"vertraulich", "vorher", "gebührenfrei", "frühestens", "keine ", "muss dabei sein"} {
					if !p.Hint && strings.Contains(text, part) {
						t.Errorf("%s: %q is a hint", s.ID, p.Names["de"])
					}
				}
				if p.Hint && p.Condition != nil {
					t.Errorf("%s: a hint with a condition", s.ID)
				}
			}
		}
	}
}

func TestWhatWasWrittenAsLikeAnotherIsWrittenOut(t *testing.T) {
	r := town(t).Rules("buergerbuero")
	for service, like := range map[string]string{
		"id_card_temporary": "id_card_apply", "passport_temporary": "passport_apply", "driving_accompanied_17": "driving_licence_first",
	} {
		for _, p := range r.Service(like).Papers {
			if !slices.ContainsFunc(r.Service(service).Papers, func(q queue.Paper) bool { return q.Names["de"] == p.Names["de"] }) {
				t.Errorf("%s lacks %q", service, p.Names["de"])
			}
		}
	}
}

func TestQuickDeskTakesShortMattersAlone(t *testing.T) {
	r := town(t).Rules("buergerbuero")
	quick := slices.DeleteFunc(slices.Clone(r.Desks), func(d queue.DeskRule) bool { return d.Quick == 0 })
	if len(quick) != 1 || quick[0].Quick != 10*time.Minute {
		t.Fatalf("%d quick desks", len(quick))
	}
	skills := map[string]bool{}
	for _, d := range r.Desks {
		skills[strings.Join(d.Skills, " ")] = true
		if d.Names["de"] == "" || d.Direction == "" {
			t.Errorf("%s has no place or direction", d.ID)
		}
	}
	if len(skills) < 5 {
		t.Errorf("only %d kinds of desks", len(skills))
	}
	// A category stands for its services.
	if !slices.Contains(r.Desk("desk_3").Skills, "id_card_apply") || slices.Contains(r.Desk("desk_3").Skills, "id_cards") {
		t.Errorf("skills of desk_3: %v", r.Desk("desk_3").Skills)
	}
}

func TestCalendarsOfOtherSystemsAreRead(t *testing.T) {
	raw := `town: { de: Kleinstadt }
offices:
  - id: town_hall
    names: { de: Rathaus }
    hours: [{ weekdays: [monday], spans: ["08:00-12:00"] }]
    categories: [{ id: general, letter: A, names: { de: Allgemeines } }]
    services: [{ id: information, category: general, names: { de: Auskunft } }]
    desks: [{ id: desk_1, names: { de: Platz 1 } }]
imports:
  - office: town_hall
    url: https://somebody:secret@calendar.example.org/a.ics?token=1
    every: 10m
    service: information
    map: { "Auskunft, schriftlich": information, Straße: information }
    code_from: X-CODE
  - { office: town_hall, url: "http://10.0.0.1/b.ics" }
`
	c, problems := Parse("town.yaml", []byte(raw))
	if len(problems) > 0 {
		t.Fatal(problems.Err("en"))
	}
	first, second := c.Imports[0], c.Imports[1]
	if first.Office != "town_hall" || first.Every != 10*time.Minute || first.Service != "information" || first.CodeFrom != "X-CODE" ||
		!slices.Equal(first.Map, []ImportWord{{"Auskunft, schriftlich", "information"}, {"Straße", "information"}}) || !strings.HasSuffix(first.URL, "token=1") {
		t.Errorf("%+v", first)
	}
	if second.Every != DefaultImportEvery || second.Service != "" || second.Map != nil {
		t.Errorf("%+v", second)
	}
}
