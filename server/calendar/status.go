package calendar

import "time"

// horizon is how many days Status looks ahead and back.
const horizon = 60

// Status is what an office's hours say about an instant.
type Status struct {
	Open bool
	// Since and Until are when the present opening began and ends, if open.
	// Zero means that no change lies within 60 days.
	Since, Until time.Time
	// Next is when the office opens next, after the present opening if it is
	// open. Zero means not within 60 days.
	Next time.Time
}

// OpenAt tells whether the office is open at t by its hours.
func (s *Schedule) OpenAt(t time.Time) bool {
	for _, i := range s.OpenSpans(DateOf(t, s.Zone)) {
		if i.Contains(t) {
			return true
		}
	}
	return false
}

// Status tells whether the office is open at t, by its hours or by one of the
// extra openings, and when that changes. Openings that touch are one, also at
// midnight. Extra openings need no order; empty ones are left out.
func (s *Schedule) Status(t time.Time, extra []Interval) Status {
	today := DateOf(t, s.Zone)
	first, last := today, today
	open := union(append(s.OpenSpans(today), extra...))
	var st Status
	// Days are looked up one by one, only as far as the answer needs them.
	for {
		st = Status{}
		for _, i := range open {
			if i.Contains(t) {
				st.Open, st.Since, st.Until = true, i.From, i.To
			} else if i.From.After(t) {
				st.Next = i.From
				break
			}
		}
		// What reaches the edge of the known days may go on beyond it.
		begin, end := first.Start(s.Zone), last.AddDays(1).Start(s.Zone)
		earlier := st.Open && !st.Since.After(begin)
		later := st.Open && !st.Until.Before(end)
		next := st.Next.IsZero() || !st.Next.Before(end)
		canEarlier := first.Days(today) < horizon
		canLater := today.Days(last) < horizon
		switch {
		case earlier && canEarlier:
			first = first.AddDays(-1)
			open = union(append(s.OpenSpans(first), open...))
		case (later || next) && canLater:
			last = last.AddDays(1)
			open = union(append(open, s.OpenSpans(last)...))
		default:
			if earlier {
				st.Since = time.Time{}
			}
			if later {
				st.Until = time.Time{}
			}
			if next {
				st.Next = time.Time{}
			}
			return st
		}
	}
}
