package calendar

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestStatusTellsWhatChangesWhen(t *testing.T) {
	town := &Schedule{
		Zone: zone(t, "Europe/Berlin"), Land: "SH",
		Series: []Series{{Weekdays: workdays, Spans: spans(t, "08:00-12:00 14:00-18:00")}},
	}
	summer := &Schedule{ // open again after 61 days, from 2026-06-01 seen
		Zone: town.Zone, Series: []Series{{Weekdays: everyDay, Spans: morning, From: day(t, "2026-08-01")}},
	}
	night := &Schedule{Zone: town.Zone, Series: []Series{
		{Weekdays: []time.Weekday{time.Saturday}, Spans: spans(t, "22:00-24:00")},
		{Weekdays: []time.Weekday{time.Sunday}, Spans: spans(t, "00:00-04:00")},
	}}
	always := &Schedule{Zone: town.Zone, Series: []Series{{Weekdays: everyDay, Spans: allDay}}}
	extra := func(pairs ...string) (out []Interval) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, Interval{instant(t, pairs[i]), instant(t, pairs[i+1])})
		}
		return out
	}
	for _, tc := range []struct {
		why                string
		s                  *Schedule
		at                 string
		extra              []Interval
		since, until, next string // empty: zero
	}{
		{"before opening", town, "2026-11-24T06:59:59Z", nil, "", "", "2026-11-24T07:00:00Z"},
		{"the moment of opening", town, "2026-11-24T07:00:00Z", nil, "2026-11-24T07:00:00Z", "2026-11-24T11:00:00Z", "2026-11-24T13:00:00Z"},
		{"the moment of closing", town, "2026-11-24T11:00:00Z", nil, "", "", "2026-11-24T13:00:00Z"},
		{"in the afternoon", town, "2026-11-24T16:59:59Z", nil, "2026-11-24T13:00:00Z", "2026-11-24T17:00:00Z", "2026-11-25T07:00:00Z"},
		{"over a weekend", town, "2026-11-27T17:00:00Z", nil, "", "", "2026-11-30T07:00:00Z"},
		{"over Christmas", town, "2026-12-24T17:00:00Z", nil, "", "", "2026-12-28T07:00:00Z"},
		{"over the change to summer time", town, "2026-03-27T17:00:00Z", nil, "", "", "2026-03-30T06:00:00Z"},
		{"over midnight", night, "2026-11-21T23:30:00Z", nil, "2026-11-21T21:00:00Z", "2026-11-22T03:00:00Z", "2026-11-28T21:00:00Z"},
		{"before midnight", night, "2026-11-21T22:30:00Z", nil, "2026-11-21T21:00:00Z", "2026-11-22T03:00:00Z", "2026-11-28T21:00:00Z"},
		{"over the night of 25 hours", night, "2026-10-25T00:30:00Z", nil, "2026-10-24T20:00:00Z", "2026-10-25T03:00:00Z", "2026-10-31T21:00:00Z"},
		{"over the night of 23 hours", night, "2026-03-29T00:30:00Z", nil, "2026-03-28T21:00:00Z", "2026-03-29T02:00:00Z", "2026-04-04T20:00:00Z"},
		{"round the clock", always, "2026-11-24T06:00:00Z", nil, "", "", ""},
		{"no hours at all", &Schedule{Zone: town.Zone}, "2026-11-24T06:00:00Z", nil, "", "", ""},
		{"61 days ahead is too far", summer, "2026-06-01T06:00:00Z", nil, "", "", ""},
		{"60 days ahead is seen", summer, "2026-06-02T06:00:00Z", nil, "", "", "2026-08-01T06:00:00Z"},
		{"an extra opening lengthens the day", town, "2026-11-24T17:30:00Z", extra("2026-11-24T17:00:00Z", "2026-11-24T19:00:00Z"), "2026-11-24T13:00:00Z", "2026-11-24T19:00:00Z", "2026-11-25T07:00:00Z"},
		{"an extra opening on a Sunday", town, "2026-11-22T09:30:00Z", extra("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z"), "2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z", "2026-11-23T07:00:00Z"},
		{"an extra opening to come", town, "2026-11-21T09:30:00Z", extra("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z"), "", "", "2026-11-22T09:00:00Z"},
		{"an extra opening later than the hours", town, "2026-11-21T09:30:00Z", extra("2026-11-24T05:00:00Z", "2026-11-24T07:00:00Z"), "", "", "2026-11-23T07:00:00Z"},
		{"an empty extra opening", town, "2026-11-22T09:30:00Z", extra("2026-11-22T10:00:00Z", "2026-11-22T09:00:00Z"), "", "", "2026-11-23T07:00:00Z"},
		{"an extra opening of two days", town, "2026-11-21T09:30:00Z", extra("2026-11-21T08:00:00Z", "2026-11-23T07:00:00Z"), "2026-11-21T08:00:00Z", "2026-11-23T11:00:00Z", "2026-11-23T13:00:00Z"},
	} {
		moment := func(s string) (at time.Time) {
			if s != "" {
				at = instant(t, s)
			}
			return at
		}
		want := Status{Open: tc.since != "" || tc.s == always, Since: moment(tc.since), Until: moment(tc.until), Next: moment(tc.next)}
		if got := tc.s.Status(instant(t, tc.at), tc.extra); got != want {
			t.Errorf("%s: %+v, want %+v", tc.why, got, want)
		}
	}
}

// TestStatusAgreesWithTheHours compares Status with all days laid side by side.
func TestStatusAgreesWithTheHours(t *testing.T) {
	locs := locations(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		s := drawSchedule(t, locs, d)
		start := d.Start(s.Zone)
		minutes := func(name string) time.Time {
			return start.Add(time.Duration(rapid.IntRange(-3000, 3000).Draw(t, name)) * time.Minute)
		}
		var extra []Interval
		for range rapid.IntRange(0, 2).Draw(t, "extra") {
			extra = append(extra, Interval{minutes("from"), minutes("to")})
		}
		given := slices.Clone(extra)
		at := minutes("at")
		today := DateOf(at, s.Zone)
		all := slices.Clone(extra)
		for n := -horizon; n <= horizon; n++ {
			all = append(all, s.OpenSpans(today.AddDays(n))...)
		}
		begin, end := today.AddDays(-horizon).Start(s.Zone), today.AddDays(horizon+1).Start(s.Zone)
		var want Status
		for _, i := range slices.Backward(union(all)) {
			switch {
			case i.Contains(at):
				want.Open = true
				if i.From.After(begin) {
					want.Since = i.From
				}
				if i.To.Before(end) {
					want.Until = i.To
				}
			case i.From.After(at):
				want.Next = i.From
			}
		}
		if got := s.Status(at, extra); got != want {
			t.Fatalf("at %s: %+v, want %+v", at, got, want)
		}
		if s.OpenAt(at) != s.Status(at, nil).Open {
			t.Fatalf("at %s: open by one, closed by the other", at)
		}
		if !slices.Equal(extra, given) {
			t.Fatalf("the extra openings were changed to %v", extra)
		}
	})
}

func BenchmarkStatus(b *testing.B) {
	s := &Schedule{Zone: zone(b, "Europe/Berlin"), Land: "SH", Series: []Series{{Weekdays: workdays, Spans: morning}}}
	at := instant(b, "2026-11-24T10:00:00Z")
	for b.Loop() {
		s.Status(at, nil)
	}
}
