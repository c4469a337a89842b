package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TimeOfDay is what the clock on the wall shows, in minutes since midnight, from
// 0 to 1440. 1440 is 24:00, the end of the day.
type TimeOfDay int

// EndOfDay is 24:00.
const EndOfDay TimeOfDay = 24 * 60

// ParseTimeOfDay reads "08:30", from 00:00 to 24:00, with two digits each.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	digit := func(i int) int { return int(s[i]) - '0' }
	if len(s) == 5 && s[2] == ':' {
		valid := true
		for _, i := range []int{0, 1, 3, 4} {
			valid = valid && digit(i) >= 0 && digit(i) <= 9
		}
		hour, minute := digit(0)*10+digit(1), digit(3)*10+digit(4)
		if m := TimeOfDay(hour*60 + minute); valid && minute < 60 && m <= EndOfDay {
			return m, nil
		}
	}
	return 0, fmt.Errorf("%q is not a time such as 08:30", s)
}

// String gives the form that ParseTimeOfDay reads.
func (m TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

// MarshalText fails outside 00:00 to 24:00.
func (m TimeOfDay) MarshalText() ([]byte, error) {
	if m < 0 || m > EndOfDay {
		return nil, fmt.Errorf("%d minutes are not a time of day", int(m))
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what ParseTimeOfDay reads.
func (m *TimeOfDay) UnmarshalText(text []byte) error {
	parsed, err := ParseTimeOfDay(string(text))
	if err == nil {
		*m = parsed
	}
	return err
}

// Span is a part of a day by the clock on the wall: From belongs to it, To does
// not. Hours that go past midnight are two spans on two days.
type Span struct{ From, To TimeOfDay }

// ParseSpan reads "08:30-12:00"; an en dash and blanks around it are allowed. It
// fails if the end is not after the beginning.
func ParseSpan(s string) (Span, error) {
	from, to, ok := strings.Cut(strings.Replace(s, "–", "-", 1), "-")
	if !ok {
		return Span{}, fmt.Errorf("%q is not a span such as 08:30-12:00", s)
	}
	a, err := ParseTimeOfDay(strings.Trim(from, " "))
	if err != nil {
		return Span{}, err
	}
	b, err := ParseTimeOfDay(strings.Trim(to, " "))
	if err != nil {
		return Span{}, err
	}
	span := Span{a, b}
	return span, span.Check()
}

// String gives a form that ParseSpan reads.
func (s Span) String() string { return s.From.String() + "-" + s.To.String() }

// MarshalText fails for a span that Check refuses.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), s.Check() }

// UnmarshalText reads what ParseSpan reads.
func (s *Span) UnmarshalText(text []byte) error {
	parsed, err := ParseSpan(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// Check returns an error unless 00:00 <= From < To <= 24:00.
func (s Span) Check() error {
	if s.From < 0 || s.To > EndOfDay || s.From >= s.To {
		return fmt.Errorf("%s does not end after it begins", s)
	}
	return nil
}

// Interval is a stretch of instants in UTC: From belongs to it, To does not. One
// that does not end after it begins is empty.
type Interval struct{ From, To time.Time }

// Contains tells whether t lies in the interval.
func (i Interval) Contains(t time.Time) bool { return !t.Before(i.From) && t.Before(i.To) }

// union returns the same instants as sorted intervals with gaps between them,
// in a new slice.
func union(in []Interval) []Interval {
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b Interval) int { return a.From.Compare(b.From) })
	out := in[:0]
	for _, next := range in {
		switch last := len(out) - 1; {
		case !next.From.Before(next.To):
		case last < 0 || next.From.After(out[last].To):
			out = append(out, next)
		case next.To.After(out[last].To):
			out[last].To = next.To
		}
	}
	return out
}

// without returns the instants of in that lie in none of the cuts.
func without(in, cuts []Interval) []Interval {
	for _, cut := range union(cuts) {
		var left []Interval
		for _, i := range in {
			if !cut.From.Before(i.To) || !i.From.Before(cut.To) {
				left = append(left, i)
				continue
			}
			left = append(left, Interval{i.From, cut.From}, Interval{cut.To, i.To})
		}
		in = left
	}
	return union(in)
}

// Common returns the instants that lie in both, as sorted intervals with gaps
// between them.
func Common(a, b []Interval) []Interval {
	var out []Interval
	for _, x := range a {
		for _, y := range b {
			from, to := x.From, x.To
			if y.From.After(from) {
				from = y.From
			}
			if y.To.Before(to) {
				to = y.To
			}
			out = append(out, Interval{from, to})
		}
	}
	return union(out)
}
