package config

import (
	"testing"
	"time"

	"aufruf/server/calendar"
)

const rostered = `
town: { de: Kleinstadt }
screens:
  - { id: lobby, office: hall, names: { de: Halle }, score: true }
offices:
  - id: hall
    names: { de: Rathaus }
    land: SH
    hours: [{ weekdays: [monday, tuesday, thursday], spans: ["08:00-16:00"] }]
    exceptions: [{ from: 2026-11-26, reason: { de: Ausflug } }]
    forecast: { target: 20m, per_desk: true }
    categories: [{ id: all, letter: A, names: { de: Alles } }]
    services: [{ id: card, category: all, names: { de: Ausweis } }]
    desks:
      - id: d1
        names: { de: Platz 1 }
        roster: [{ weekdays: [monday, tuesday, thursday], spans: ["08:00-14:00"], breaks: ["11:30-12:00"] }]
      - { id: d2, names: { de: Platz 2 } }
`

func TestARosterKeepsTheHolidaysOfTheHouse(t *testing.T) {
	c, problems := Parse("test", []byte(rostered))
	if err := problems.Err("en"); err != nil {
		t.Fatal(err)
	}
	r := c.Rules("hall")
	if r.Target != 20*time.Minute || !r.PerDesk || !c.Screens()[0].Score || r.Desks[1].Roster != nil {
		t.Errorf("target %v, per desk %v, score %v, roster %v", r.Target, r.PerDesk, c.Screens()[0].Score, r.Desks[1].Roster)
	}
	roster := r.Desks[0].Roster
	for day, want := range map[string]int{
		"2026-11-24": 2, // a Tuesday with a break
		"2026-11-25": 0, // a Wednesday
		"2026-11-26": 0, // the outing
		"2027-03-29": 0, // Easter Monday
	} {
		d, err := calendar.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := roster.OpenSpans(d); len(got) != want {
			t.Errorf("%s: %v", day, got)
		}
	}
	if d := (calendar.Date{Year: 2026, Month: time.November, Day: 24}); !roster.OpenSpans(d)[1].To.Equal(time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("in the office's zone it ends at %v", roster.OpenSpans(d)[1].To)
	}
}
