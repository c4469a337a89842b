package config

import (
	"cmp"
	"slices"
	"time"

	"aufruf/display"
	"aufruf/server/calendar"
)

// series is hours that come back, and where each of them stands.
type series struct {
	calendar.Series
	spans []span
}

// span is a part of a day and where it stands.
type span struct {
	value
	calendar.Span
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// readSeries reads hours that come back into a list: an office's or a desk's.
func readSeries(to *[]*series) func(value) {
	return func(v value) { readOne(v, to) }
}

func readOne(v value, to *[]*series) {
	s := &series{}
	var days []string
	var breaks []span
	anchored := false
	ok := v.keys(
		need("weekdays", func(v value) { v.some(oneMore(&days, weekdays...)) }),
		need("spans", func(v value) { v.some(oneSpan(&s.spans)) }),
		may("breaks", func(v value) { v.each(oneSpan(&breaks)) }),
		may("every", count(&s.Every, 1, 52)),
		may("anchor", func(v value) { anchored = true; date(&s.Anchor)(v) }),
		may("nth", nth(&s.Nth)),
		may("from", date(&s.From)),
		may("until", date(&s.Until)),
	)
	if !ok {
		return
	}
	for _, day := range days {
		s.Weekdays = append(s.Weekdays, time.Weekday(slices.Index(weekdays, day)))
	}
	s.Spans, s.Breaks = bare(s.spans), bare(breaks)
	breaksInside(s.spans, breaks)
	if !s.Until.IsZero() && s.Until.Before(s.From) {
		v.complain("config.ends_before", nil)
	}
	if s.Every > 1 && !anchored {
		v.complain("config.every_needs_anchor", nil)
	}
	if s.Every > 1 && s.Nth != 0 {
		v.complain("config.every_or_nth", nil)
	}
	*to = append(*to, s)
}

func (o *office) readException(v value) {
	var e calendar.Exception
	var open, breaks []span
	var reason display.Names
	ok := v.keys(
		need("from", date(&e.From)),
		may("until", date(&e.Until)),
		may("spans", func(v value) { v.each(oneSpan(&open)) }),
		may("breaks", func(v value) { v.each(oneSpan(&breaks)) }),
		may("reason", names(&reason)),
	)
	if !ok {
		return
	}
	e.Spans, e.Breaks, e.Reason = bare(open), bare(breaks), reason.In("de")
	breaksInside(open, breaks)
	overlaps(open, open)
	if !e.Until.IsZero() && e.Until.Before(e.From) {
		v.complain("config.ends_before", nil)
	}
	o.hours.Exceptions = append(o.hours.Exceptions, e)
}

func oneSpan(to *[]span) func(value) {
	return func(v value) {
		s, err := calendar.ParseSpan(v.source())
		if err != nil {
			v.complain(cmp.Or(v.emptyCode(), "config.bad_span"), map[string]any{"Value": short(v.source())})
			return
		}
		*to = append(*to, span{v, s})
	}
}

// nth reads 1 to 5, or -1 for the last of a month.
func nth(to *int) func(value) {
	return func(v value) {
		count(to, -1, 5)(v)
		if v.source() == "0" {
			v.complain("config.out_of_range", map[string]any{"Value": "0", "From": 1, "To": 5})
		}
	}
}

func bare(list []span) []calendar.Span {
	var out []calendar.Span
	for _, s := range list {
		out = append(out, s.Span)
	}
	return out
}

// breaksInside complains about breaks outside the hours they interrupt. Where
// no hours could be read, that has been said.
func breaksInside(open, breaks []span) {
	for _, b := range breaks {
		inside := func(s span) bool { return s.From <= b.From && b.To <= s.To }
		if len(open) > 0 && !slices.ContainsFunc(open, inside) {
			b.complain("config.break_outside", map[string]any{"Value": b.String()})
		}
	}
}

// overlaps complains about each of the later spans that overlaps an earlier
// one. The two lists may be the same.
func overlaps(earlier, later []span) {
	for i, b := range later {
		for j, a := range earlier {
			if same := &earlier[0] == &later[0]; same && j >= i {
				break
			}
			if a.From < b.To && b.From < a.To {
				line, _ := a.place()
				b.complain("config.spans_overlap", map[string]any{"Value": b.String(), "Other": a.String(), "Line": lineText(line)})
				break
			}
		}
	}
}

// checkHours compares the hours of all series that surely fall on a common day.
// Series of every n-th week, or of some weeks of a month, may take turns.
func checkHours(list []*series) {
	for i, b := range list {
		overlaps(b.spans, b.spans)
		for _, a := range list[:i] {
			if a.meets(b) && len(a.spans) > 0 && len(b.spans) > 0 {
				overlaps(a.spans, b.spans)
			}
		}
	}
}

func (s *series) meets(o *series) bool {
	if s.Every > 1 || o.Every > 1 || s.Nth != 0 || o.Nth != 0 {
		return false
	}
	if !s.Until.IsZero() && s.Until.Before(o.From) || !o.Until.IsZero() && o.Until.Before(s.From) {
		return false
	}
	return slices.ContainsFunc(s.Weekdays, func(d time.Weekday) bool { return slices.Contains(o.Weekdays, d) })
}
