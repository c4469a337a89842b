package yardstick

import "slices"

// published are the oracle's figures on the four public days, published with
// the days in their README: the oracle's true parameters are not.
var published = []struct {
	name string
	n    int // of the main view
	Score
}{
	{"normal", 4511, oracle(4.34, -.13, 3.08, .82, .83, .92, .073)},
	{"two_desks", 2463, oracle(8.40, .67, 5.80, .81, .84, .92, .127)},
	{"appt_heavy", 3808, oracle(8.10, -3.04, 5.63, .78, .82, .91, .128)},
	{"day_one", 3171, oracle(4.52, .23, 3.21, .76, .81, .89, .074)},
}

// publishedPooled are the oracle's figures on all four together.
var publishedPooled = oracle(6.12, -.70, 4.29, .79, .82, .91, .098)

func oracle(mae, bias, crps, cover, p80, p90, jump5 float64) Score {
	return Score{MAE: mae, Bias: bias, CRPS: crps, Cover: cover, Under: [4]float64{0, 0, p80, p90}, Jump5: jump5}
}

// publishedPlace is where a published day stands; all others come behind.
func publishedPlace(name string) int {
	for i, p := range published {
		if p.name == name {
			return i
		}
	}
	return len(published)
}

// PublishedLimit returns the oracle's published figures for days, or nil when
// none are known for days of this name and size.
func PublishedLimit(d *Days) *Score {
	i := publishedPlace(d.Name)
	if i == len(published) {
		return nil
	}
	n := 0
	for _, t := range d.Truth {
		if !t.Trivial {
			n++
		}
	}
	p := published[i]
	if n != p.n {
		return nil
	}
	p.Score.N = n
	return &p.Score
}

// PublishedPooled returns the oracle's published figures for days pooled, or
// nil when they are not exactly the four.
func PublishedPooled(names []string) *Score {
	if len(names) != len(published) {
		return nil
	}
	s := publishedPooled
	for _, p := range published {
		if !slices.Contains(names, p.name) {
			return nil
		}
		s.N += p.n
	}
	return &s
}
