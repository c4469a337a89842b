package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func clock(t testing.TB, s string) TimeOfDay {
	t.Helper()
	m, err := ParseTimeOfDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// The zones have their clocks changed at night, at midnight, by half an hour,
// or had a day left out altogether.
var zones = []string{
	"Europe/Berlin", "UTC", "Asia/Beirut", "America/Havana", "America/Sao_Paulo", "Africa/Cairo",
	"Australia/Lord_Howe", "Pacific/Apia", "America/New_York", "Asia/Kathmandu",
}

func TestDayStartsAtItsFirstInstant(t *testing.T) {
	for _, tc := range []struct{ zone, day, start, why string }{
		{"Europe/Berlin", "2026-11-24", "2026-11-23T23:00:00Z", "winter"},
		{"Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z", "summer"},
		{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "23 hours begin in winter time"},
		{"Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z", "and end in summer time"},
		{"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "25 hours begin in summer time"},
		{"Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z", "and end in winter time"},
		{"Asia/Beirut", "2024-03-31", "2024-03-30T22:00:00Z", "midnight is left out, the day begins at one"},
		{"America/Havana", "2024-03-10", "2024-03-10T05:00:00Z", "midnight is left out"},
		{"America/Havana", "2024-11-03", "2024-11-03T04:00:00Z", "midnight comes twice, the first counts"},
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z", "the last hour of the day before comes twice"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "the day was left out, its start is the next day's"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "the next day"},
	} {
		if got := day(t, tc.day).Start(zone(t, tc.zone)); got != instant(t, tc.start) {
			t.Errorf("%s %s (%s): %s, want %s", tc.zone, tc.day, tc.why, got, tc.start)
		}
	}
}

func TestTimesOfTheClockFollowSummerTime(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, tc := range []struct{ day, time, at string }{
		{"2026-03-29", "01:59", "2026-03-29T00:59:00Z"},
		{"2026-03-29", "02:00", "2026-03-29T01:00:00Z"},
		{"2026-03-29", "02:30", "2026-03-29T01:00:00Z"}, // left out: the moment of the change
		{"2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
		{"2026-03-29", "03:30", "2026-03-29T01:30:00Z"},
		{"2026-03-29", "24:00", "2026-03-29T22:00:00Z"},
		{"2026-10-25", "01:59", "2026-10-24T23:59:00Z"},
		{"2026-10-25", "02:00", "2026-10-25T00:00:00Z"}, // twice: the first
		{"2026-10-25", "02:59", "2026-10-25T00:59:00Z"},
		{"2026-10-25", "03:00", "2026-10-25T02:00:00Z"},
		{"2026-10-25", "24:00", "2026-10-25T23:00:00Z"},
	} {
		if got := day(t, tc.day).At(clock(t, tc.time), berlin); got != instant(t, tc.at) {
			t.Errorf("%s %s: %s, want %s", tc.day, tc.time, got, tc.at)
		}
	}
}

func drawDate(t *rapid.T) Date {
	return Date{1990, time.January, 1}.AddDays(rapid.IntRange(0, 30_000).Draw(t, "days since 1990"))
}

func TestStartIsTheFirstInstantOfEveryDay(t *testing.T) {
	locs := map[string]*time.Location{}
	for _, name := range zones {
		locs[name] = zone(t, name)
	}
	leftOut := Date{2011, time.December, 30}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		d := drawDate(t)
		if name == "Pacific/Apia" && d == leftOut {
			return
		}
		start := d.Start(locs[name])
		if got := DateOf(start, locs[name]); got != d {
			t.Fatalf("%s starts on %s in %s", d, got, name)
		}
		if got := DateOf(start.Add(-time.Nanosecond), locs[name]); got == d {
			t.Fatalf("%s has begun before its start in %s", d, name)
		}
		a, b := TimeOfDay(rapid.IntRange(0, 1440).Draw(t, "a")), TimeOfDay(rapid.IntRange(0, 1440).Draw(t, "b"))
		if a > b {
			a, b = b, a
		}
		first, second := d.At(a, locs[name]), d.At(b, locs[name])
		if first.Before(start) || first.After(second) || second.After(d.AddDays(1).Start(locs[name])) {
			t.Fatalf("%s %s in %s: %s and %s at %s and %s", d, name, start, a, b, first, second)
		}
	})
}

func TestDatesComeBackFromText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDate(t)
		if back, err := ParseDate(d.String()); err != nil || back != d {
			t.Fatalf("%s came back as %s, %v", d, back, err)
		}
		n := rapid.IntRange(-5000, 5000).Draw(t, "n")
		later := d.AddDays(n)
		if d.Days(later) != n || later.AddDays(-n) != d || later.After(d) != (n > 0) || later.Before(d) != (n < 0) {
			t.Fatalf("%s and %d days is %s", d, n, later)
		}
		if (int(d.Weekday())+n%7+7)%7 != int(later.Weekday()) {
			t.Fatalf("%s is a %s, %d days later a %s", d, d.Weekday(), n, later.Weekday())
		}
	})
}

func TestDatesAndSpansStandInJSON(t *testing.T) {
	type all struct {
		Day, None Date
		By        map[Date]Span
		At        TimeOfDay
	}
	in := all{Day: Date{2026, 11, 24}, By: map[Date]Span{{2026, 2, 3}: {510, 1440}}, At: 61}
	text, err := json.Marshal(in)
	if want := `{"Day":"2026-11-24","None":"","By":{"2026-02-03":"08:30-24:00"},"At":"01:01"}`; err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	var back all
	if err := json.Unmarshal(text, &back); err != nil || back.Day != in.Day || !back.None.IsZero() || back.By[Date{2026, 2, 3}] != (Span{510, 1440}) || back.At != 61 {
		t.Errorf("%+v, %v", back, err)
	}
	for _, wrong := range []any{Date{2026, 2, 30}, Date{12026, 1, 1}, TimeOfDay(1441), TimeOfDay(-1), Span{60, 60}} {
		if text, err := json.Marshal(wrong); err == nil {
			t.Errorf("%#v became %s", wrong, text)
		}
	}
}

func TestWrongTextsAreRefused(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "2026-2-03", "0000-01-01", "24.11.2026", "2026-11-24 ", "+026-01-01"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("the day %q became %s", s, d)
		}
	}
	for _, s := range []string{"", "8:30", "08:60", "24:01", "25:00", "0830", "08.30", "-1:30", "08:3 ", "08:3:"} {
		if m, err := ParseTimeOfDay(s); err == nil {
			t.Errorf("the time %q became %s", s, m)
		}
	}
	for _, s := range []string{"", "08:30", "12:00-08:30", "08:30-08:30", "08:30-12:00-13:00", "08:30--12:00", "a-b"} {
		if span, err := ParseSpan(s); err == nil {
			t.Errorf("the span %q became %s", s, span)
		}
	}
	for _, s := range []string{"08:30-12:00", "08:30–12:00", "08:30 – 12:00"} {
		if span, err := ParseSpan(s); err != nil || span != (Span{510, 720}) {
			t.Errorf("the span %q became %s, %v", s, span, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-24", "0001-01-01", "08:30", "24:00", "08:30-12:00", "08:30 – 12:00", "00:00-24:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("the day %q became %s", s, d)
		}
		if m, err := ParseTimeOfDay(s); err == nil && (m.String() != s || m < 0 || m > EndOfDay) {
			t.Errorf("the time %q became %s", s, m)
		}
		if span, err := ParseSpan(s); err == nil {
			if again, err := ParseSpan(span.String()); err != nil || again != span || span.Check() != nil {
				t.Errorf("the span %q became %s, then %s, %v", s, span, again, err)
			}
		}
	})
}
