package yardstick

import (
	"math"

	"aufruf/server/exchange"
)

// Case is one answered question with its truth.
type Case struct {
	Truth
	Said exchange.Quantiles
}

// Levels are the four levels that are told, in order.
var Levels = [4]float64{.10, .50, .80, .90}

// weights integrate the pinball loss over the level by nearest node: each
// level stands for the levels nearer to it than to its neighbours.
var weights = [4]float64{.30, .35, .20, .15}

// Score sums up how good answers were. Minutes where nothing else is said;
// shares are between 0 and 1.
type Score struct {
	N        int
	MeanWait float64    // of the truths
	MAE      float64    // of p50
	RMSE     float64    // of p50
	Bias     float64    // of p50: positive says too much
	Cover    float64    // share of truths within p10 to p90
	Width    float64    // mean of p90 - p10
	Under    [4]float64 // share of truths at or below each level
	Pinball  [4]float64 // mean loss at each level
	CRPS     float64
	Updates  int     // how often a ticket was asked about again within Step
	Jump5    float64 // share of Updates that move the shown call time up by more than five minutes
	Faults   int     // answers that are no quantiles: not a number, below zero, out of order
}

// Step is the most seconds that may lie between two figures of one ticket that
// are compared for steadiness: the period of the questions. The figure told at
// issue is compared with the first periodic one, which is less than a step
// away; that is how the published days were scored, found by trying.
const Step = 300

// jump is the move of a call time, in minutes, that people notice.
const jump = 5.0

// Queued reports whether a case belongs to the main view: no desk that could
// serve this person stood idle.
func Queued(c Case) bool { return !c.Trivial }

// Of scores the cases of the main view.
func Of(cases []Case) Score { return OfView(cases, Queued) }

// OfView scores the cases that belong to a view. The cases of one ticket must
// stand in the order in which they were asked.
func OfView(cases []Case, in func(Case) bool) Score {
	var s Score
	var squares float64
	last := map[[2]string]Case{}
	for _, c := range cases {
		if !in(c) {
			continue
		}
		s.update(c, last)
		s.N++
		q := [4]float64{c.Said.P10, c.Said.P50, c.Said.P80, c.Said.P90}
		if !sound(q) {
			s.Faults++
		}
		e := q[1] - c.Minutes
		s.MeanWait += c.Minutes
		s.MAE += math.Abs(e)
		s.Bias += e
		squares += e * e
		if q[0] <= c.Minutes && c.Minutes <= q[3] {
			s.Cover++
		}
		s.Width += q[3] - q[0]
		for i, tau := range Levels {
			if c.Minutes <= q[i] {
				s.Under[i]++
			}
			s.Pinball[i] += pinball(q[i], c.Minutes, tau)
		}
	}
	s.mean(squares)
	return s
}

// update counts a case whose ticket was asked about within one step before.
func (s *Score) update(c Case, last map[[2]string]Case) {
	key := [2]string{c.Scenario, c.Key}
	if p, ok := last[key]; ok && c.At-p.At <= Step {
		s.Updates++
		if c.Said.P50-p.Said.P50+float64(c.At-p.At)/60 > jump {
			s.Jump5++
		}
	}
	last[key] = c
}

// mean turns the sums into means.
func (s *Score) mean(squares float64) {
	if s.Updates > 0 {
		s.Jump5 /= float64(s.Updates)
	}
	if s.N == 0 {
		return
	}
	n := float64(s.N)
	for _, v := range []*float64{&s.MeanWait, &s.MAE, &s.Bias, &s.Cover, &s.Width} {
		*v /= n
	}
	s.RMSE = math.Sqrt(squares / n)
	for i := range Levels {
		s.Under[i] /= n
		s.Pinball[i] /= n
		s.CRPS += 2 * weights[i] * s.Pinball[i]
	}
}

// pinball is the loss of saying q for the level tau when y came.
func pinball(q, y, tau float64) float64 {
	if y >= q {
		return tau * (y - q)
	}
	return (1 - tau) * (q - y)
}

// sound reports whether four figures can be quantiles of a wait.
func sound(q [4]float64) bool {
	before := 0.0
	for _, x := range q {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < before {
			return false
		}
		before = x
	}
	return true
}
