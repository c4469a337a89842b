package calendar

import (
	"cmp"
	"fmt"
	"time"
)

const dateLayout = "2006-01-02"

// Date is a day of the calendar without a time or a zone. Dates are compared
// with == and serve as map keys. The zero Date stands for "none"; as text, in
// JSON too, it is empty.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that people in loc write at t.
func DateOf(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{y, m, d}
}

// ParseDate reads a day such as "2026-11-24", of the years 0001 to 9999. It
// fails on any other form and on days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateLayout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%q is not a day such as 2026-11-24", s)
	}
	return DateOf(t, time.UTC), nil
}

// String gives the form that ParseDate reads, for the zero Date too.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText fails for a day that ParseDate would refuse, except the zero Date.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return []byte{}, nil
	}
	if _, err := ParseDate(d.String()); err != nil {
		return nil, err
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// IsZero tells whether d is "none".
func (d Date) IsZero() bool { return d == Date{} }

// Compare returns -1, 0 or +1 as d is before, the same as, or after o.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Before tells whether d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After tells whether d is a later day than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// midnight is the day's beginning as if its place kept UTC: arithmetic with
// days is done where every day has 24 hours.
func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays returns the day n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date {
	return DateOf(d.midnight().AddDate(0, 0, n), time.UTC)
}

// Days returns how many days later o is than d; negative if it is earlier.
func (d Date) Days(o Date) int {
	return int((o.midnight().Unix() - d.midnight().Unix()) / (24 * 60 * 60))
}

// Start returns the first instant of the day in loc, in UTC. It is not always
// midnight: where clocks are put forward at midnight, the day begins at one.
func (d Date) Start(loc *time.Location) time.Time { return d.At(0, loc) }

// farthest is more than any zone was ever ahead of UTC.
const farthest = 16 * time.Hour

// At returns the first instant, in UTC, at which clocks in loc show that time of
// that day or a later one. So a time that is left out in spring means the
// moment of the change, and a time that comes twice in autumn means the first:
// later times never come before earlier ones, and a break stays a break. The
// time 24:00 is the start of the next day.
func (d Date) At(m TimeOfDay, loc *time.Location) time.Time {
	wall := d.midnight().Add(time.Duration(m) * time.Minute)
	// Between two changes of the clocks the offset is fixed: walk through these
	// stretches in order until one reaches the wanted time.
	for t := wall.Add(-farthest).In(loc); ; {
		_, offset := t.Zone()
		begin, end := t.ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case !end.IsZero() && !at.Before(end):
			t = end
		case at.Before(begin):
			return begin.UTC()
		default:
			return at
		}
	}
}
