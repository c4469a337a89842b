package slots

import (
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
)

// A day as a clerk would write it down: the hours, who is there, what is booked,
// and what is still free for a visit.
func TestADayIsSoldAsAClerkWouldSellIt(t *testing.T) {
	for _, tc := range []struct {
		what   string
		day    string
		hours  string
		desks  string // of each: its hours; empty: all
		booked string // time, minutes, desks that can do it
		budget string // hours, minutes sold in them at most, extra visits at once
		wants  string // minutes and desks, one part after the other
		grid   int
		free   string
	}{
		{what: "an empty morning", hours: "08:00-10:00", desks: "all", wants: "30 1", grid: 30,
			free: "08:00 08:30 09:00 09:30"},
		{what: "nobody works past closing", hours: "08:00-10:00", desks: "all", wants: "45 1", grid: 30,
			free: "08:00 08:30 09:00"},
		{what: "nor through the break", hours: "08:00-10:00 10:30-11:30", desks: "all", wants: "45 1", grid: 30,
			free: "08:00 08:30 09:00 10:30"},
		{what: "the grid begins with each opening", hours: "08:10-09:00 10:25-11:00", desks: "all", wants: "10 1", grid: 20,
			free: "08:10 08:30 08:50 10:25 10:45"},
		{what: "one desk, one visit at a time", hours: "08:00-10:00", desks: "all", booked: "08:30 30 1", wants: "30 1", grid: 15,
			free: "08:00 09:00 09:15 09:30"},
		{what: "two desks, two visits", hours: "08:00-09:00", desks: "all, all", booked: "08:00 30 12, 08:15 30 12", wants: "15 12", grid: 15,
			free: "08:00 08:30 08:45"},
		{what: "a visit off the grid stands in the way of two", hours: "08:00-09:00", desks: "all", booked: "08:20 10 1", wants: "15 1", grid: 15,
			free: "08:00 08:30 08:45"},
		{what: "a second too many takes its minute", hours: "08:00-09:00", desks: "all", booked: "08:15:01 15 1", wants: "15 1", grid: 15,
			free: "08:00 08:45"},
		{what: "who is not there cannot be booked", hours: "08:00-10:00", desks: "08:00-08:30 09:30-10:00", wants: "30 1", grid: 30,
			free: "08:00 09:30"},
		{what: "somebody relieves somebody: people change desks, not times", hours: "08:00-10:00", desks: "08:00-09:00, 09:00-10:00", wants: "60 12", grid: 30,
			free: "08:00 08:30 09:00"},
		{what: "only desk 2 can, and it is taken", hours: "08:00-09:00", desks: "all, all", booked: "08:00 30 2", wants: "30 2", grid: 30,
			free: "08:30"},
		{what: "desk 1 makes room for who can only go there", hours: "08:00-09:00", desks: "all, all", booked: "08:00 30 12", wants: "30 1", grid: 30,
			free: "08:00 08:30"},
		{what: "but not for a second one", hours: "08:00-09:00", desks: "all, all", booked: "08:00 30 12, 08:00 30 1", wants: "30 1", grid: 30,
			free: "08:30"},
		{what: "nobody can do it", hours: "08:00-09:00", desks: "all", wants: "30 2", grid: 30,
			free: ""},
		{what: "first to desk 1, then to desk 2", hours: "08:00-10:00", desks: "all, 09:00-10:00", wants: "30 1, 15 2", grid: 15,
			free: "08:30 08:45 09:00 09:15"},
		{what: "and desk 2 is busy for a while", hours: "08:00-10:00", desks: "all, all", booked: "09:00 15 2", wants: "30 1, 15 2", grid: 15,
			free: "08:00 08:15 08:45 09:00 09:15"},
		{what: "half of the hour is kept for walk-ins", hours: "08:00-10:00", desks: "all", booked: "08:00 15 1", budget: "08:00-09:00 30 0", wants: "20 1", grid: 10,
			free: "08:50 09:00 09:10 09:20 09:30 09:40"},
		{what: "all of it is kept", hours: "08:00-10:00", desks: "all", budget: "08:00-09:00 0 0", wants: "20 1", grid: 20,
			free: "09:00 09:20 09:40"},
		{what: "one more than there are desks", hours: "08:00-09:00", desks: "all", booked: "08:00 30 1", budget: "08:00-09:00 120 1", wants: "30 1", grid: 30,
			free: "08:00 08:30"},
		{what: "one more, not two", hours: "08:00-09:00", desks: "all", booked: "08:00 30 1, 08:00 30 1", budget: "08:00-09:00 120 1", wants: "30 1", grid: 30,
			free: "08:30"},
		{what: "one more, and only within its hour", hours: "08:00-10:00", desks: "all", booked: "08:00 120 1", budget: "08:00-09:00 180 1", wants: "30 1", grid: 30,
			free: "08:00 08:30"},
		{what: "one more, but not where nobody is", hours: "08:00-09:00", desks: "08:30-09:00", budget: "08:00-09:00 120 1", wants: "30 1", grid: 30,
			free: "08:30"},
		{what: "overbooked by hand: nobody else gets in, elsewhere all is as before", hours: "08:00-09:00", desks: "all", booked: "08:00 30 1, 08:00 30 1, 08:00 30 1", wants: "30 1", grid: 30,
			free: "08:30"},
		{what: "desk 2 fell ill after it was booked: that is not desk 1's fault", hours: "08:00-09:00", desks: "all", booked: "08:00 30 2", wants: "30 1", grid: 30,
			free: "08:00 08:30"},
		{what: "booked out of hours", hours: "08:00-09:00", desks: "all", booked: "07:00 75 1, 08:45 60 1", wants: "15 1", grid: 15,
			free: "08:15 08:30"},
		{what: "closed", hours: "", desks: "all", wants: "15 1", grid: 15, free: ""},
		{what: "no length", hours: "08:00-09:00", desks: "all", wants: "0 1", grid: 15, free: ""},
		{what: "no grid", hours: "08:00-09:00", desks: "all", wants: "15 1", grid: 0, free: ""},
		{what: "the night that lacks an hour", day: "2026-03-29", hours: "01:00-05:00", desks: "all", booked: "01:30 60 1", wants: "30 1", grid: 30,
			free: "01:00 03:30 04:00 04:30"},
		{what: "the night that has one twice", day: "2026-10-25", hours: "01:00-04:00", desks: "all", booked: "02:00 60 1", wants: "30 1", grid: 30,
			free: "01:00 01:30 02:00 02:30 03:00 03:30"}, // the second time around
		{what: "the 29th of February", day: "2028-02-29", hours: "23:00-24:00", desks: "all", wants: "30 1", grid: 30,
			free: "23:00 23:30"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			w := written{t, calendar.Date{Year: 2026, Month: time.November, Day: 24}}
			if tc.day != "" {
				w.day, _ = calendar.ParseDate(tc.day)
			}
			d := Day{Spans: w.intervals(tc.hours)}
			for i, there := range w.list(tc.desks) {
				hours := d.Spans
				if there != "all" {
					hours = calendar.Common(d.Spans, w.intervals(there))
				}
				for _, span := range hours {
					d.Present = append(d.Present, Present{i, span})
				}
			}
			for _, v := range w.list(tc.booked) {
				at, part, _ := strings.Cut(v, " ")
				d.Taken = append(d.Taken, Visit{w.at(at), []Part{w.part(part)}})
			}
			for _, b := range w.list(tc.budget) {
				f := strings.Fields(b)
				d.Budgets = append(d.Budgets, Budget{w.intervals(f[0])[0], number(f[1]), number(f[2])})
			}
			var parts []Part
			for _, p := range w.list(tc.wants) {
				parts = append(parts, w.part(p))
			}
			var free []string
			for _, at := range d.Free(parts, time.Duration(tc.grid)*time.Minute) {
				free = append(free, at.In(berlin).Format("15:04"))
				if !d.Fits(parts, at) || !d.OnGrid(at, time.Duration(tc.grid)*time.Minute) {
					t.Errorf("%v is free and does not fit", at)
				}
			}
			if got := strings.Join(free, " "); got != tc.free {
				t.Errorf("free at %s\n    want %s", got, tc.free)
			}
		})
	}
}

// written reads what a clerk wrote.
type written struct {
	t   *testing.T
	day calendar.Date
}

func (w written) list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ", ")
}

func (w written) at(s string) time.Time {
	seconds := 0
	if len(s) > 5 {
		s, seconds = s[:5], number(s[6:])
	}
	m, err := calendar.ParseTimeOfDay(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.day.At(m, berlin).Add(time.Duration(seconds) * time.Second)
}

func (w written) intervals(s string) (list []calendar.Interval) {
	for _, span := range strings.Fields(s) {
		from, to, _ := strings.Cut(span, "-")
		list = append(list, calendar.Interval{From: w.at(from), To: w.at(to)})
	}
	return list
}

// part reads minutes and the numbers of the desks that can do it.
func (w written) part(s string) Part {
	minutes, desks, _ := strings.Cut(s, " ")
	p := Part{Minutes: number(minutes)}
	for _, d := range desks {
		p.Desks |= 1 << (d - '1')
	}
	return p
}

func number(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestOnGridIsCountedFromEachOpening(t *testing.T) {
	w := written{t, calendar.Date{Year: 2026, Month: time.November, Day: 24}}
	d := Day{Spans: w.intervals("08:10-09:00 10:25-11:00")}
	for at, want := range map[string]bool{"08:10": true, "08:30": true, "08:40": false, "08:30:01": false, "08:00": false,
		"09:10": false, "10:25": true, "10:30": false, "10:45": true, "11:05": false} {
		if got := d.OnGrid(w.at(at), 20*time.Minute); got != want {
			t.Errorf("%s on the grid: %v", at, got)
		}
	}
	if d.OnGrid(w.at("08:10"), 0) {
		t.Error("without a grid something is on it")
	}
}
