package calendar

import (
	"fmt"
	"time"
)

// Date is a local day, without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the local day in which an instant lies.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-11-24". A day that does not exist is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("no date: want YYYY-MM-DD")
	}
	return DateOf(t, time.UTC), nil
}

// String writes the date as ParseDate reads it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; also the zero date, which stands
// for no day.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if string(b) == (Date{}).String() {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}

// IsZero reports whether the date stands for no day.
func (d Date) IsZero() bool { return d == Date{} }

func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// AddDays is the date n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.noon().AddDate(0, 0, n), time.UTC) }

// Days is how many days lie between d and a later date o.
func (d Date) Days(o Date) int { return int(o.noon().Sub(d.noon()) / (24 * time.Hour)) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

// Compare is -1, 0 or 1 as d lies before, on or after o.
func (d Date) Compare(o Date) int { return d.noon().Compare(o.noon()) }

// Before reports whether d lies before o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d lies after o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// Start is the first instant of the day in a zone: midnight, or in a zone that
// skips midnight on that day the instant after the gap.
func (d Date) Start(zone *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	if DateOf(t, zone) == d && t.Hour() == 0 && DateOf(t.Add(-time.Nanosecond), zone) != d {
		return t.UTC()
	}
	// Midnight is skipped or happens twice: look for the first instant of the
	// day among the hours around.
	low, high := d.noon().Add(-40*time.Hour), d.noon().Add(16*time.Hour)
	for high.Sub(low) > time.Nanosecond {
		mid := low.Add(high.Sub(low) / 2)
		if DateOf(mid, zone).Before(d) {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// At is the instant at which a clock on the wall of that zone first shows a
// time of day, or the instant after the gap where that time is skipped.
func (d Date) At(tod TimeOfDay, zone *time.Location) time.Time {
	if tod >= 24*60 {
		return d.AddDays(1).Start(zone)
	}
	want := int(tod)
	t := time.Date(d.Year, d.Month, d.Day, want/60, want%60, 0, 0, zone)
	shown := t.Hour()*60 + t.Minute()
	if DateOf(t, zone) == d && shown == want {
		if first := t.Add(-time.Hour); first.In(zone).Hour()*60+first.In(zone).Minute() == want && DateOf(first, zone) == d {
			return first.UTC() // the hour happens twice: the first time counts
		}
		return t.UTC()
	}
	// Skipped: the first instant that shows a later time.
	low, high := d.Start(zone), d.AddDays(1).Start(zone)
	for high.Sub(low) > time.Nanosecond {
		mid := low.Add(high.Sub(low) / 2)
		if m := mid.In(zone); m.Hour()*60+m.Minute() < want {
			low = mid
		} else {
			high = mid
		}
	}
	return high.UTC()
}

// TimeOfDay is minutes since midnight by the clock on the wall, up to 24:00 as
// an end.
type TimeOfDay int

// ParseTimeOfDay reads "08:30"; "24:00" is the end of the day.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	var h, m int
	if len(s) != 5 || s[2] != ':' {
		return 0, fmt.Errorf("no time of day: want HH:MM")
	}
	for i, c := range []byte(s) {
		if i != 2 && (c < '0' || c > '9') {
			return 0, fmt.Errorf("no time of day: want HH:MM")
		}
	}
	h, m = int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, fmt.Errorf("no time of day: hours to 24, minutes to 59")
	}
	return TimeOfDay(h*60 + m), nil
}

// String writes the time of day as ParseTimeOfDay reads it.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }
