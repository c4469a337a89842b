package yardstick

import (
	"fmt"
	"math"
	"strings"
)

// Goal is one thing that is to be reached, and what was.
type Goal struct {
	What, Want, Got string
	Reached         bool
}

// Bounds are the goals for a set of days.
type Bounds struct {
	MAE, CRPS   float64    // pooled, over the oracle's
	OverZMS     float64    // pooled MAE over that of the ZMS rule; 0: not asked
	Each, First float64    // MAE of each scenario over the oracle's; of first days
	Cover       [2]float64 // pooled
	CoverEach   [2]float64
	Over80      [2]float64 // share that waited longer than the p80 said
	Bias        float64
	Jump5       float64
}

// PublicBounds are the goals on the public days.
var PublicBounds = Bounds{MAE: 1.10, CRPS: 1.10, Each: 1.25, First: 1.30, Cover: [2]float64{.78, .82},
	CoverEach: [2]float64{.72, .86}, Over80: [2]float64{.16, .22}, Bias: .9, Jump5: .108}

// InventedBounds are the goals on scenarios of our own.
var InventedBounds = Bounds{MAE: 1.10, CRPS: 1.10, OverZMS: .47, Each: 1.25, First: 1.30, Cover: [2]float64{.78, .82},
	CoverEach: [2]float64{.72, .86}, Over80: [2]float64{.18, .22}, Bias: .5, Jump5: .088}

// firstDay reports whether a scenario is about first days ever.
func firstDay(scenario string) bool {
	return scenario == "day_one" || strings.HasPrefix(scenario, "first_")
}

// Goals holds a sheet against bounds. It is empty when none of its systems is
// ours or ours did not run everywhere.
func (sh *Sheet) Goals(b Bounds) []Goal {
	e := sh.At(Pooled, sh.Ours)
	if e == nil {
		return nil
	}
	goals := []Goal{
		within("pooled bias, minutes", e.Bias, -b.Bias, b.Bias, 1),
		within("pooled share within p10 to p90, %", e.Cover, b.Cover[0], b.Cover[1], 100),
		within("pooled share longer than p80, %", 1-e.Under[2], b.Over80[0], b.Over80[1], 100),
		atMost("pooled jumps, %", e.Jump5, b.Jump5, 100),
		sh.worst("share within p10 to p90 of each scenario, %", b.CoverEach),
	}
	if e.MAERatio > 0 {
		goals = append([]Goal{atMost("pooled MAE over the oracle's", e.MAERatio, b.MAE, 1),
			atMost("pooled CRPS over the oracle's", e.CRPSRatio, b.CRPS, 1)}, goals...)
		goals = append(goals, sh.most("MAE over the oracle's, learned scenarios", b.Each, false),
			sh.most("MAE over the oracle's, first days", b.First, true))
	}
	if z := sh.At(Pooled, "ZMS rule, 10 min"); z != nil && b.OverZMS > 0 {
		goals = append(goals, atMost("pooled MAE over that of the ZMS rule", e.MAE/z.MAE, b.OverZMS, 1))
	}
	return goals
}

func within(what string, got, low, high, times float64) Goal {
	return Goal{what, fmt.Sprintf("%.4g to %.4g", low*times, high*times), fmt.Sprintf("%.2f", got*times), low <= got && got <= high}
}

func atMost(what string, got, most, times float64) Goal {
	return Goal{what, fmt.Sprintf("≤ %.2f", most*times), fmt.Sprintf("%.3f", got*times), got <= most}
}

// most is the scenario in which ours stands worst against the oracle.
func (sh *Sheet) most(what string, most float64, first bool) Goal {
	worst, at := 0.0, "none"
	for _, s := range sh.Scenarios {
		if e := sh.At(s, sh.Ours); e != nil && firstDay(s) == first && e.MAERatio > worst {
			worst, at = e.MAERatio, s
		}
	}
	g := atMost(what, worst, most, 1)
	g.Got += " (" + at + ")"
	return g
}

// worst is the scenario whose share lies farthest from the middle.
func (sh *Sheet) worst(what string, span [2]float64) Goal {
	middle, share, at := (span[0]+span[1])/2, math.NaN(), "none"
	for _, s := range sh.Scenarios {
		if e := sh.At(s, sh.Ours); e != nil && !(math.Abs(e.Cover-middle) <= math.Abs(share-middle)) {
			share, at = e.Cover, s
		}
	}
	g := within(what, share, span[0], span[1], 100)
	g.Got += " (" + at + ")"
	return g
}
