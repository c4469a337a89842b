package display

import "time"

// How a wait is told. The kinds are keys of the catalogue: "wait." and
// "wait.long_" before them.
const (
	toldRange  = "range"  // from Low to High minutes
	toldUpTo   = "up_to"  // High minutes at most; nobody reads of no minutes
	toldAbout  = "about"  // High minutes: both ends are the same
	toldSoon   = "soon"   // both ends within soonMinutes
	toldUnsure = "unsure" // perhaps not today
	toldNobody = "nobody" // no desk is staffed
)

const (
	soonMinutes = 3  // up to here the word alone is honest
	fineMinutes = 10 // up to here single minutes are known; beyond it steps of five
)

// Told is a wait in the terms in which people are told it. static/js/lib/wait.js
// makes the same of the same; testdata/told holds both to one table.
type Told struct {
	Kind string     `json:"kind"`
	Low  int        `json:"low"`
	High int        `json:"high"`
	At   *time.Time `json:"at"` // the time of day, rounded to what is known; null: not told
}

// Tell is a wait as it is told at an instant.
func (w *Wait) Tell(now time.Time) *Told {
	switch {
	case w == nil:
		return nil
	case w.State != WaitRange:
		return &Told{Kind: w.State}
	}
	low, high := w.minutesAt(now)
	t := tell(low, high)
	step := time.Minute
	if high > fineMinutes {
		step = 5 * time.Minute
	}
	if at := w.Likely.Round(step); t.Kind != toldSoon && at.After(now) {
		t.At = instant(at)
	}
	return t
}

// Tell is a newcomer's wait as it is told.
func (w *NewWait) Tell() *Told {
	switch {
	case w == nil:
		return nil
	case w.State != WaitRange:
		return &Told{Kind: w.State}
	}
	return tell(w.Low, w.High)
}

func tell(low, high int) *Told {
	t := &Told{Kind: toldRange, Low: low, High: high}
	switch {
	case high <= soonMinutes:
		return &Told{Kind: toldSoon}
	case low == 0:
		t.Kind = toldUpTo
	case low == high:
		t.Kind = toldAbout
	}
	return t
}

// coarse is to what a time of day is known that is not near.
const coarse = 5 * time.Minute

// Between are the ends of a range as times of day, rounded outward. State must
// be WaitRange, as for About.
func (w *Wait) Between() [2]time.Time {
	return [2]time.Time{w.From.Truncate(coarse), w.To.Add(coarse - time.Nanosecond).Truncate(coarse)}
}

// About is the likely time of day.
func (w *Wait) About() time.Time { return w.Likely.Round(coarse) }
