package calendar

import (
	"slices"
	"time"
)

// Span is a part of a day by the clock on the wall; From lies before To.
type Span struct{ From, To TimeOfDay }

// Interval is a span of time between two instants, the second not included.
type Interval struct{ From, To time.Time }

// Series says that the office is open at the same hours on some weekdays. A
// lunch break is a gap between two spans.
type Series struct {
	Weekdays []time.Weekday
	Spans    []Span
	From     Date // first day; zero: always
	Until    Date // last day; zero: for ever
	Every    int  // only every n-th week, counted from the week of From; 0 or 1: every week
	Nth      int  // only the n-th such weekday of a month, -1 the last; 0: all
}

// Exception changes one day or several: closed without spans, else open at
// those. It stands above holidays and series.
type Exception struct {
	From, Until Date // Until zero: From alone
	Spans       []Span
	Reason      string // shown to people; may be empty
}

// Holiday is a day off of the town itself, beside the public holidays.
type Holiday struct {
	Month time.Month
	Day   int
	Name  string
}

// Schedule is when an office is open. Zone is never nil.
type Schedule struct {
	Zone       *time.Location
	Land       string // code of the Land whose public holidays close the office; "": none do
	Holidays   []Holiday
	Series     []Series
	Exceptions []Exception
}

// Status is whether an office is open at an instant, and around it.
type Status struct {
	Open  bool
	Since time.Time // begin of the present opening; zero when closed
	Until time.Time // end of the present opening; zero when closed
	Next  time.Time // when closed: the next opening; zero when none in lookAhead days
}

// lookAhead is how many days ahead an opening is looked for.
const lookAhead = 60

// OpenSpans are the openings that begin on a local day, in order and merged.
func (s *Schedule) OpenSpans(d Date) []Interval {
	var list []Interval
	for _, sp := range s.spans(d) {
		if i := (Interval{d.At(sp.From, s.Zone), d.At(sp.To, s.Zone)}); i.From.Before(i.To) {
			list = append(list, i)
		}
	}
	return merge(list)
}

// spans are the hours of a day by the wall clock: those of an exception, else
// none on a holiday, else those of the series.
func (s *Schedule) spans(d Date) []Span {
	for _, e := range s.Exceptions {
		last := e.Until
		if last.IsZero() {
			last = e.From
		}
		if !d.Before(e.From) && !d.After(last) {
			return e.Spans
		}
	}
	if _, off := s.Holiday(d); off {
		return nil
	}
	var spans []Span
	for _, se := range s.Series {
		if se.on(d) {
			spans = append(spans, se.Spans...)
		}
	}
	return spans
}

// on reports whether the series has this day.
func (se Series) on(d Date) bool {
	if !slices.Contains(se.Weekdays, d.Weekday()) || !se.From.IsZero() && d.Before(se.From) || !se.Until.IsZero() && d.After(se.Until) {
		return false
	}
	if se.Every > 1 {
		monday := func(d Date) Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }
		if weeks := monday(se.From).Days(monday(d)) / 7; weeks%se.Every != 0 {
			return false
		}
	}
	switch {
	case se.Nth > 0:
		return (d.Day-1)/7+1 == se.Nth
	case se.Nth < 0:
		return d.AddDays(7).Month != d.Month
	}
	return true
}

// Holiday returns the key of the holiday that a day is for this office: a
// public holiday of its Land, or the name of one of the town's own.
func (s *Schedule) Holiday(d Date) (string, bool) {
	for _, h := range s.Holidays {
		if h.Month == d.Month && h.Day == d.Day {
			return h.Name, true
		}
	}
	if s.Land == "" {
		return "", false
	}
	return PublicHoliday(s.Land, d)
}

// Status tells how things stand at an instant; extra are openings beside the
// hours. Openings that touch are one.
func (s *Schedule) Status(t time.Time, extra []Interval) Status {
	today := DateOf(t, s.Zone)
	list := slices.Clone(extra)
	for n := -1; n <= lookAhead; n++ {
		list = append(list, s.OpenSpans(today.AddDays(n))...)
	}
	var st Status
	for _, i := range merge(list) {
		if !t.Before(i.From) && t.Before(i.To) {
			return Status{Open: true, Since: i.From, Until: i.To}
		}
		if i.From.After(t) {
			st.Next = i.From
			break
		}
	}
	return st
}

// merge sorts intervals and joins those that touch or overlap.
func merge(list []Interval) []Interval {
	slices.SortFunc(list, func(a, b Interval) int { return a.From.Compare(b.From) })
	var out []Interval
	for _, i := range list {
		if n := len(out); n > 0 && !i.From.After(out[n-1].To) {
			if i.To.After(out[n-1].To) {
				out[n-1].To = i.To
			}
			continue
		}
		out = append(out, i)
	}
	return out
}
