package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Schedule is when an office is open. It is not changed after it was made, and
// may then be read by any number of goroutines. An office with nothing but a
// zone is always closed.
type Schedule struct {
	Zone *time.Location // where the office's clocks hang; never nil
	Land string         // whose public holidays close the office, such as "SH"; "" for none
	// Local lists holidays beyond those of the whole Land, by the keys of
	// LocalHolidays: feasts of single municipalities, and days such as Christmas
	// Eve on which an office is closed by custom.
	Local      []string
	Series     []Series
	Exceptions []Exception
}

// Series is hours that come back every week or every month. The hours of all
// series that fall on a day are put together.
type Series struct {
	Weekdays []time.Weekday
	// Every n-th week alone, counted from the week (Monday to Sunday) in which
	// Anchor lies, or From if Anchor is zero. 0 and 1 mean every week.
	Every  int
	Anchor Date
	// Nth restricts to the first (1) to fifth (5) or the last (-1) such weekday
	// of a month. 0 means all.
	Nth int
	// From and Until are the first and the last day; zero leaves that side open.
	From, Until Date
	Spans       []Span
	Breaks      []Span // cut out of this series, not out of others
}

// Exception replaces the hours of a day or a range of days; without spans it
// closes the office.
//
// A single day with spans opens whatever that day is. A range with spans changes
// the hours of days that have some and opens no others, for whoever writes down
// a summer's hours does not mean its Sundays and holidays. If several exceptions
// meet on a day, the shortest rules; of equally long ones the last in the list.
type Exception struct {
	From, Until Date // both included; a zero Until means From alone
	Spans       []Span
	Breaks      []Span
	Reason      string // a key or a text of the configuration; may be empty
}

// OpenSpans returns the opening hours of a local day: sorted, with gaps between
// them, inside the day. The times of the clock are taken as Date.At says, so on
// the days of 23 and 25 hours a span is shorter or longer than its times tell.
func (s *Schedule) OpenSpans(d Date) []Interval {
	var open []Interval
	if _, closed := s.Holiday(d); !closed {
		for i := range s.Series {
			if r := &s.Series[i]; r.on(d) {
				open = append(open, s.instants(d, r.Spans, r.Breaks)...)
			}
		}
	}
	if e := s.exceptionOn(d); e != nil && (len(e.Spans) == 0 || e.days() == 1 || len(open) > 0) {
		open = s.instants(d, e.Spans, e.Breaks)
	}
	return union(open)
}

// ExceptionOn returns the exception that rules on d, for its reason; false if
// there is none.
func (s *Schedule) ExceptionOn(d Date) (Exception, bool) {
	if e := s.exceptionOn(d); e != nil {
		return *e, true
	}
	return Exception{}, false
}

func (s *Schedule) exceptionOn(d Date) *Exception {
	var best *Exception
	for i := range s.Exceptions {
		e := &s.Exceptions[i]
		if !d.Before(e.From) && !d.After(e.until()) && (best == nil || e.days() <= best.days()) {
			best = e
		}
	}
	return best
}

func (s *Schedule) instants(d Date, spans, breaks []Span) []Interval {
	at := func(spans []Span) []Interval {
		out := make([]Interval, len(spans))
		for i, span := range spans {
			out[i] = Interval{d.At(span.From, s.Zone), d.At(span.To, s.Zone)}
		}
		return out
	}
	if len(breaks) == 0 {
		return at(spans)
	}
	return without(at(spans), at(breaks))
}

// on tells whether the series falls on d.
func (r *Series) on(d Date) bool {
	if !slices.Contains(r.Weekdays, d.Weekday()) || d.Before(r.From) || !r.Until.IsZero() && d.After(r.Until) {
		return false
	}
	if r.Every > 1 && r.anchor().monday().Days(d.monday())/7%r.Every != 0 {
		return false
	}
	last := d.AddDays(7).Month != d.Month
	return r.Nth == 0 || r.Nth == (d.Day+6)/7 || r.Nth == -1 && last
}

func (r *Series) anchor() Date {
	if r.Anchor.IsZero() {
		return r.From
	}
	return r.Anchor
}

// monday returns the first day of d's week.
func (d Date) monday() Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

func (e *Exception) until() Date {
	if e.Until.IsZero() {
		return e.From
	}
	return e.Until
}

func (e *Exception) days() int { return e.From.Days(e.until()) + 1 }

// Check returns all that is wrong with the schedule, joined, or nil.
func (s *Schedule) Check() error {
	var errs []error
	if s.Zone == nil {
		errs = append(errs, errors.New("the zone is missing"))
	}
	if s.Land != "" && !slices.Contains(Lands, s.Land) {
		errs = append(errs, fmt.Errorf("land %q is not one of %v", s.Land, Lands))
	}
	for _, key := range s.Local {
		if !slices.Contains(LocalHolidays(), key) {
			errs = append(errs, fmt.Errorf("local holiday %q is not one of %v", key, LocalHolidays()))
		}
	}
	for i := range s.Series {
		if err := s.Series[i].Check(); err != nil {
			errs = append(errs, fmt.Errorf("series %d: %w", i+1, err))
		}
	}
	for i := range s.Exceptions {
		if err := s.Exceptions[i].Check(); err != nil {
			errs = append(errs, fmt.Errorf("exception %d: %w", i+1, err))
		}
	}
	return errors.Join(errs...)
}

// Check returns all that is wrong with the series, joined, or nil.
func (r *Series) Check() error {
	errs := checkSpans(r.Spans, r.Breaks)
	complain := func(wrong bool, what string) {
		if wrong {
			errs = append(errs, errors.New(what))
		}
	}
	complain(len(r.Weekdays) == 0, "no weekday")
	complain(len(r.Spans) == 0, "no hours")
	complain(r.Every < 0, "every n-th week needs a positive number")
	complain(r.Every > 1 && r.anchor().IsZero(), "every n-th week needs a day in one of these weeks")
	complain(r.Every > 1 && r.Nth != 0, "either every n-th week or the n-th of a month")
	complain(!r.Until.IsZero() && r.Until.Before(r.From), "ends before it begins")
	for _, day := range r.Weekdays {
		complain(day < time.Sunday || day > time.Saturday, fmt.Sprintf("%d is not a weekday", day))
	}
	complain(r.Nth < -1 || r.Nth > 5, "the n-th of a month is 1 to 5, or -1 for the last")
	return errors.Join(errs...)
}

// Check returns all that is wrong with the exception, joined, or nil.
func (e *Exception) Check() error {
	errs := checkSpans(e.Spans, e.Breaks)
	if e.From.IsZero() {
		errs = append(errs, errors.New("the day is missing"))
	}
	if e.until().Before(e.From) {
		errs = append(errs, errors.New("ends before it begins"))
	}
	return errors.Join(errs...)
}

func checkSpans(lists ...[]Span) []error {
	var errs []error
	for _, span := range slices.Concat(lists...) {
		if err := span.Check(); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
