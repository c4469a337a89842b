package forecast

import (
	"math"

	"aufruf/server/queue"
)

// Ledger compares the figures that were shown with what came, and widens or
// narrows the range from it, so that of ten truths eight lie within whatever the
// model misses: adaptive conformal inference (Gibbs and Candès 2021) on the
// scale log(minutes+1), kept apart for short, middling and long waits.
type Ledger struct {
	Shift [bands][len(levels)]float64 `json:"shift"` // by band and level, what is added
	Kept  float64                     `json:"kept"`  // promises compared, faded
}

const bands = 3

// bandAt are the middles of the bands, in minutes; between them the shift is
// interpolated, so that nothing jumps where a band ends.
var bandAt = [bands]float64{3, 11, 33}

const (
	// stepWidth is how far one promise moves the ends of the range, stepMiddle
	// how far it moves the middle at most.
	stepWidth  = 0.02
	stepMiddle = 0.0015
	// calm is a shift that is let be; of the middle more, for it is sharp.
	calm       = 0.12
	calmMiddle = 0.3
	// furthest bounds the shift: a factor of two.
	furthest = 0.7
	// tooShort is a range below which a promise says nothing: a desk stood idle.
	tooShort = 1.0
)

// called notes what came of a promise.
func (l *Ledger) called(p *queue.Promise, minutes float64) {
	if p == nil || p.P90 < tooShort {
		return
	}
	l.Kept++
	low, weight := bandOf(p.P50)
	shown := [len(levels)]float64{p.P10, p.P50, p.P80, p.P90}
	for i, level := range levels {
		step := float64(stepWidth * level)
		if minutes <= shown[i] {
			step = -float64(stepWidth * (1 - level))
		}
		if i == 1 {
			// The middle follows how far it was off, within the range: so it
			// ends up between the median and the mean.
			width := max(p.P90-p.P10, 1)
			step = float64(stepMiddle * max(-1, min(1, (minutes-p.P50)*2/width)))
		}
		l.move(low, i, float64(step*(1-weight)))
		if low+1 < bands {
			l.move(low+1, i, float64(step*weight))
		}
	}
}

func (l *Ledger) move(band, level int, step float64) {
	l.Shift[band][level] = max(-furthest, min(furthest, l.Shift[band][level]+step))
}

// beyond is the part of a shift that counts: what lies within calm is how single
// busy and quiet days differ, and following it would only make tomorrow worse.
func beyond(shift float64, level int) float64 {
	let := calm
	if level == 1 {
		let = calmMiddle
	}
	return max(shift-let, 0) + min(shift+let, 0)
}

// bandOf is the band below a middle, and the weight of the next one.
func bandOf(minutes float64) (low int, weight float64) {
	if minutes <= bandAt[0] {
		return 0, 0
	}
	for low = 0; low+1 < bands; low++ {
		if minutes < bandAt[low+1] {
			from, to := math.Log(bandAt[low]), math.Log(bandAt[low+1])
			return low, (math.Log(minutes) - from) / (to - from)
		}
	}
	return bands - 1, 0
}

// adjust moves quantiles by what was learned. They stay in order and above
// zero.
func (l *Ledger) adjust(q [len(levels)]float64) [len(levels)]float64 {
	low, weight := bandOf(q[1])
	for i := range q {
		shift := l.Shift[low][i]
		if low+1 < bands {
			shift = float64(shift*(1-weight)) + float64(l.Shift[low+1][i]*weight)
		}
		q[i] = max(0, float64((q[i]+1)*exp(beyond(shift, i)))-1)
		if i > 0 {
			q[i] = max(q[i], q[i-1])
		}
	}
	return q
}
