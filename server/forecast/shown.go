package forecast

import (
	"math"
	"time"
)

// Shown is a wait as people are shown it. A ticket's is told as instants, so
// that the minutes run down by themselves; a newcomer's in minutes from now.
type Shown struct {
	From   time.Time `json:"from"`   // nine in ten are called later than this
	Likely time.Time `json:"likely"` // as many before as after
	To     time.Time `json:"to"`     // nine in ten are called before this
	// Unsure: it is not sure that the person is called today.
	Unsure bool `json:"unsure,omitempty"`
	// Quantiles are what the instants were made from: minutes from the look
	// ahead in which they were.
	Quantiles Quantiles `json:"quantiles"`
}

// unsureBelow is the share of futures in which somebody must be called for the
// wait to be told without a doubt.
const unsureBelow = 0.85

// overtime is how long after closing people who wait are still served as a
// matter of course.
const overtime = 15 * time.Minute

// Show makes what is shown of a wait at an instant; false when nothing can be
// told. closing may be zero.
func (w Wait) Show(now, closing time.Time) (Shown, bool) {
	q, ok := w.Quantiles()
	if !ok {
		return Shown{}, false
	}
	at := func(minutes float64) time.Time {
		return now.Add(time.Duration(minutes * float64(time.Minute))).Round(time.Second)
	}
	s := Shown{From: at(q.P10), Likely: at(q.P50), To: at(q.P90), Quantiles: q, Unsure: w.Served() < unsureBelow}
	if !closing.IsZero() && s.To.After(closing.Add(overtime)) {
		s.Unsure = true
	}
	return s, true
}

// Agrees reports whether what was shown before may stay at an instant, though s
// is seen now: while the middle has moved by no more than two minutes or a tenth
// of what is left and still lies inside the range, and the range is not half as
// wide again as it should be, or the reverse.
func (old Shown) Agrees(s Shown, now time.Time) bool {
	moved := s.Likely.Sub(old.Likely).Abs()
	if left := old.Likely.Sub(now); moved > max(2*time.Minute, left/10) {
		return false
	}
	if old.Unsure != s.Unsure || s.Likely.Before(old.From) || s.Likely.After(old.To) || !now.Before(old.To) {
		return false
	}
	was, is := old.To.Sub(old.From), s.To.Sub(s.From)
	return was <= is*3/2+time.Minute && is <= was*3/2+time.Minute
}

// Minutes is the range that people read, rounded outward to what is really
// known: whole minutes up to ten, then steps of five. High is at least 1.
func (q Quantiles) Minutes() (low, high int) { return outward(q.P10, q.P90) }

// MinutesAt is the range of an instant, as Minutes.
func (s Shown) MinutesAt(now time.Time) (low, high int) {
	return outward(s.From.Sub(now).Minutes(), s.To.Sub(now).Minutes())
}

func outward(from, to float64) (low, high int) {
	low = int(math.Floor(max(from, 0)))
	high = max(1, int(math.Ceil(max(to, 0))))
	if low > 10 {
		low -= low % 5
	}
	if high > 10 {
		high = (high + 4) / 5 * 5
	}
	return low, high
}
