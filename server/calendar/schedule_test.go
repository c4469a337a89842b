package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	workdays  = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	everyDay  = append([]time.Weekday{time.Saturday, time.Sunday}, workdays...)
	allDay    = []Span{{0, EndOfDay}}
	morning   = []Span{{8 * 60, 12 * 60}}
	noWeekday []time.Weekday
)

// spans reads "08:00-12:00 14:00-18:00".
func spans(t testing.TB, s string) []Span {
	t.Helper()
	var out []Span
	for f := range strings.FieldsSeq(s) {
		span, err := ParseSpan(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, span)
	}
	return out
}

// hours writes open spans as the clock shows them.
func hours(s *Schedule, d string, t testing.TB) string {
	t.Helper()
	var out []string
	for _, i := range s.OpenSpans(day(t, d)) {
		to := i.To.In(s.Zone).Format("15:04")
		if i.To == day(t, d).AddDays(1).Start(s.Zone) {
			to = "24:00"
		}
		out = append(out, i.From.In(s.Zone).Format("15:04")+"-"+to)
	}
	return strings.Join(out, " ")
}

func TestOpeningHoursOfATown(t *testing.T) {
	s := &Schedule{
		Zone: zone(t, "Europe/Berlin"), Land: "SH", Local: []string{"heiligabend"},
		Series: []Series{
			{Weekdays: workdays, Spans: spans(t, "08:00-16:00"), Breaks: spans(t, "12:00-13:00")},
			{Weekdays: []time.Weekday{time.Thursday}, Spans: spans(t, "13:30-18:00")},
			{Weekdays: []time.Weekday{time.Saturday}, Nth: 1, Spans: spans(t, "09:00-11:00")},
			{Weekdays: []time.Weekday{time.Monday}, Nth: -1, Spans: spans(t, "16:00-19:00")},
			{Weekdays: []time.Weekday{time.Saturday}, Every: 2, Anchor: day(t, "2026-11-18"), From: day(t, "2026-11-01"), Until: day(t, "2026-12-10"), Spans: spans(t, "14:00-15:00")},
		},
		Exceptions: []Exception{
			{From: day(t, "2026-11-10"), Reason: "outing"},
			{From: day(t, "2026-10-03"), Spans: spans(t, "10:00-16:00"), Breaks: spans(t, "12:00-12:30")},
			{From: day(t, "2026-07-06"), Until: day(t, "2026-08-14"), Spans: morning, Reason: "summer"},
			{From: day(t, "2026-12-28"), Spans: spans(t, "09:00-10:00")},
			{From: day(t, "2026-12-23"), Until: day(t, "2027-01-02")},
			{From: day(t, "2026-10-26"), Until: day(t, "2026-11-01"), Spans: morning},
			{From: day(t, "2026-07-08"), Spans: spans(t, "09:00-10:00")},
			{From: day(t, "2026-07-08"), Spans: spans(t, "10:00-11:00")},
		},
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ day, hours, why string }{
		{"2026-11-24", "08:00-12:00 13:00-16:00", "a Tuesday with its lunch break"},
		{"2026-11-26", "08:00-12:00 13:00-18:00", "a Thursday is put together from two series"},
		{"2026-11-22", "", "a Sunday"},
		{"2026-09-05", "09:00-11:00", "the first Saturday"},
		{"2026-09-12", "", "the second Saturday"},
		{"2026-11-30", "08:00-12:00 13:00-19:00", "the last Monday, hours that touch are one"},
		{"2026-11-23", "08:00-12:00 13:00-16:00", "the last but one Monday"},
		{"2026-11-21", "14:00-15:00", "the Saturday of the anchor's week"},
		{"2026-11-28", "", "the week after"},
		{"2026-12-05", "09:00-11:00 14:00-15:00", "the second week after, and a first Saturday"},
		{"2026-11-07", "09:00-11:00 14:00-15:00", "two weeks before the anchor"},
		{"2026-10-24", "", "the series is not yet valid"},
		{"2026-12-19", "", "the series is no longer valid"},
		{"2026-11-10", "", "closed by an exception"},
		{"2026-10-03", "10:00-12:00 12:30-16:00", "a single day opens on a holiday"},
		{"2026-07-07", "08:00-12:00", "summer hours"},
		{"2026-07-08", "10:00-11:00", "a day within a range rules, the last of two"},
		{"2026-07-11", "", "summer hours open no Saturday"},
		{"2026-10-31", "", "a range opens no holiday"},
		{"2026-12-24", "", "closed by custom"},
		{"2026-12-28", "09:00-10:00", "a single day rules over a range that comes later"},
		{"2026-12-29", "", "closed between the years"},
		{"2027-01-04", "08:00-12:00 13:00-16:00", "and open again"},
		{"2026-05-14", "", "Ascension Day"},
	} {
		if got := hours(s, tc.day, t); got != tc.hours {
			t.Errorf("%s (%s): %q, want %q", tc.day, tc.why, got, tc.hours)
		}
	}
	if e, ok := s.ExceptionOn(day(t, "2026-11-10")); !ok || e.Reason != "outing" {
		t.Errorf("closed by %+v, %t", e, ok)
	}
	if e, ok := s.ExceptionOn(day(t, "2026-11-11")); ok {
		t.Errorf("an ordinary day has %+v", e)
	}
}

func TestHoursOnDaysWhenTheClocksChange(t *testing.T) {
	for _, tc := range []struct{ day, spans, want string }{
		{"2026-03-29", "01:30-03:30", "00:30-01:30"},
		{"2026-10-25", "01:30-03:30", "23:30-02:30"},
		{"2026-03-29", "02:15-02:45", ""}, // an opening in the hour that is left out
		{"2026-10-25", "02:15-02:45", "00:15-00:45"},
		{"2026-03-29", "01:00-02:15 02:45-04:00", "00:00-02:00"},
		{"2026-10-25", "01:00-02:15 02:45-04:00", "23:00-00:15 00:45-03:00"}, // a break stays a break
		{"2026-03-29", "08:00-16:00", "06:00-14:00"},
		{"2026-10-25", "08:00-16:00", "07:00-15:00"},
		{"2026-03-28", "08:00-16:00", "07:00-15:00"},
		{"2026-10-24", "08:00-16:00", "06:00-14:00"},
	} {
		s := &Schedule{Zone: zone(t, "Europe/Berlin"), Series: []Series{{Weekdays: everyDay, Spans: spans(t, tc.spans)}}}
		var got []string
		for _, i := range s.OpenSpans(day(t, tc.day)) {
			got = append(got, i.From.Format("15:04")+"-"+i.To.Format("15:04"))
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s on %s: %v in UTC, want %s", tc.spans, tc.day, got, tc.want)
		}
	}
	for d, want := range map[string]time.Duration{"2026-03-29": 23 * time.Hour, "2026-10-25": 25 * time.Hour, "2026-11-24": 24 * time.Hour} {
		s := &Schedule{Zone: zone(t, "Europe/Berlin"), Series: []Series{{Weekdays: everyDay, Spans: allDay}}}
		if open := s.OpenSpans(day(t, d)); len(open) != 1 || open[0].To.Sub(open[0].From) != want {
			t.Errorf("%s is open %v, want %s", d, open, want)
		}
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	jan := Date{2026, time.January, 1}
	for _, tc := range []struct {
		says string
		s    Schedule
	}{
		{"the zone is missing", Schedule{}},
		{`land "XX"`, Schedule{Zone: time.UTC, Land: "XX"}},
		{`local holiday "neujahr"`, Schedule{Zone: time.UTC, Local: []string{"neujahr"}}},
		{"series 1: no weekday", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: noWeekday, Spans: allDay}}}},
		{"no hours", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay}}}},
		{"9 is not a weekday", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: []time.Weekday{9}, Spans: allDay}}}},
		{"positive number", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay, Spans: allDay, Every: -1}}}},
		{"needs a day in one of these weeks", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay, Spans: allDay, Every: 2}}}},
		{"either every n-th week", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay, Spans: allDay, Every: 2, Anchor: jan, Nth: 1}}}},
		{"-1 for the last", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay, Spans: allDay, Nth: 6}}}},
		{"ends before it begins", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay, Spans: allDay, From: jan, Until: jan.AddDays(-1)}}}},
		{"12:00-12:00 does not end", Schedule{Zone: time.UTC, Series: []Series{{Weekdays: everyDay, Spans: []Span{{720, 720}}}}}},
		{"exception 1: the day is missing", Schedule{Zone: time.UTC, Exceptions: []Exception{{}}}},
		{"exception 1: ends before", Schedule{Zone: time.UTC, Exceptions: []Exception{{From: jan, Until: jan.AddDays(-1)}}}},
		{"25:00 does not end", Schedule{Zone: time.UTC, Exceptions: []Exception{{From: jan, Breaks: []Span{{720, 1500}}}}}},
	} {
		if err := tc.s.Check(); err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q alone", err, tc.says)
		}
	}
}

func drawSpans(t *rapid.T, name string, least int) []Span {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Span {
		from := rapid.IntRange(0, 95).Draw(t, "from")
		return Span{TimeOfDay(15 * from), TimeOfDay(15 * rapid.IntRange(from+1, 96).Draw(t, "to"))}
	}), least, 3).Draw(t, name)
}

// drawSchedule makes any valid schedule around d.
func drawSchedule(t *rapid.T, locs []*time.Location, d Date) *Schedule {
	near := rapid.Custom(func(t *rapid.T) Date { return d.AddDays(rapid.IntRange(-9, 9).Draw(t, "days from d")) })
	s := &Schedule{Zone: rapid.SampledFrom(locs).Draw(t, "zone"), Land: rapid.SampledFrom(Lands).Draw(t, "land")}
	s.Series = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Series {
		return Series{
			Weekdays: rapid.SliceOfNDistinct(rapid.SampledFrom(everyDay), 1, 7, rapid.ID[time.Weekday]).Draw(t, "weekdays"),
			Every:    rapid.IntRange(0, 3).Draw(t, "every"), Anchor: near.Draw(t, "anchor"),
			Spans: drawSpans(t, "spans", 1), Breaks: drawSpans(t, "breaks", 0),
		}
	}), 0, 3).Draw(t, "series")
	s.Exceptions = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Exception {
		e := Exception{From: near.Draw(t, "from"), Spans: drawSpans(t, "spans", 0), Breaks: drawSpans(t, "breaks", 0)}
		e.Until = e.From.AddDays(rapid.IntRange(0, 4).Draw(t, "more days"))
		return e
	}), 0, 3).Draw(t, "exceptions")
	return s
}

func locations(t testing.TB) []*time.Location {
	var locs []*time.Location
	for _, name := range zones {
		locs = append(locs, zone(t, name))
	}
	return locs
}

// drawDay prefers days near a change of the clocks.
func drawDay(t *rapid.T) Date {
	d := rapid.SampledFrom([]Date{{2026, 3, 29}, {2026, 10, 25}, {2024, 3, 31}, {2024, 3, 10}, {2024, 11, 3}, {2011, 12, 29}, {2018, 2, 17}}).Draw(t, "around")
	return d.AddDays(rapid.IntRange(-3, 3).Draw(t, "days off"))
}

func TestOpenSpansAreSortedApartAndInsideTheDay(t *testing.T) {
	locs := locations(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		s := drawSchedule(t, locs, d)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		open := s.OpenSpans(d)
		for n, i := range open {
			if !i.From.Before(i.To) || i.From.Location() != time.UTC || i.To.Location() != time.UTC {
				t.Fatalf("%v", i)
			}
			if n > 0 && !open[n-1].To.Before(i.From) {
				t.Fatalf("%v and %v", open[n-1], i)
			}
			if i.From.Before(d.Start(s.Zone)) || i.To.After(d.AddDays(1).Start(s.Zone)) {
				t.Fatalf("%v is not on %s in %s", i, d, s.Zone)
			}
		}
	})
}

func TestUnionAndCutMeanWhatTheySay(t *testing.T) {
	base := time.Unix(0, 0).UTC()
	draw := func(t *rapid.T, name string) []Interval {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Interval {
			return Interval{
				base.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "from")) * time.Minute),
				base.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "to")) * time.Minute),
			}
		}), 0, 5).Draw(t, name)
	}
	contains := func(in []Interval, at time.Time) bool {
		return slices.ContainsFunc(in, func(i Interval) bool { return i.Contains(at) })
	}
	rapid.Check(t, func(t *rapid.T) {
		in, cuts := draw(t, "in"), draw(t, "cuts")
		whole, left := union(in), without(in, cuts)
		for m := range 21 {
			at := base.Add(time.Duration(m) * time.Minute)
			if contains(whole, at) != contains(in, at) {
				t.Fatalf("minute %d: union of %v is %v", m, in, whole)
			}
			if contains(left, at) != (contains(in, at) && !contains(cuts, at)) {
				t.Fatalf("minute %d: %v without %v is %v", m, in, cuts, left)
			}
		}
	})
}
