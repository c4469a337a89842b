package forecast

import (
	"math"
	"slices"
	"time"
)

// Table is a distribution of a length of time as the middles of its Paths
// strata, in nanoseconds, never falling.
type Table [Paths]int64

// spreads hold exp(sigma z) for the strata of z by sigma in steps of a 64th:
// lengths are made from them without an exponential for each. They are filled
// as they are asked for.
type spreads [256]*[Paths]float64

const spreadStep = 1.0 / 64

// of returns the spread of a sigma, and the sigma that it really has.
func (s *spreads) of(sigma float64) (*[Paths]float64, float64) {
	i := int(max(0, min(sigma/spreadStep+0.5, float64(len(s)-1))))
	sigma = float64(i) * spreadStep
	if s[i] == nil {
		t := new([Paths]float64)
		for k := range t {
			t[k] = math.Exp(float64(sigma * normals[k]))
		}
		s[i] = t
	}
	return s[i], sigma
}

// normals are the middles of the strata of the standard normal distribution.
var normals = func() (z [Paths]float64) {
	for k := range z {
		z[k] = normal(level(uint8(k)))
	}
	return z
}()

// TableOf is the distribution of equally likely lengths, at least one, which it
// sorts.
func TableOf(lengths []time.Duration) *Table {
	slices.Sort(lengths)
	var t Table
	for k := range t {
		t[k] = int64(lengths[int(level(uint8(k))*float64(len(lengths)))])
	}
	return &t
}

// share is the part of the distribution that lies at or below d.
func (t *Table) share(d int64) float64 {
	lo, hi := 0, Paths
	for lo < hi {
		if m := (lo + hi) / 2; t[m] <= d {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == 0 || lo == Paths {
		return float64(lo) / Paths
	}
	// Between two middles the share grows evenly.
	a, b := t[lo-1], t[lo]
	return (float64(lo) - 0.5 + float64(d-a)/float64(b-a)) / Paths
}

// at is the value at a level within 0 and 1.
func (t *Table) at(u float64) int64 {
	x := float64(u*Paths) - 0.5
	switch k := int(math.Floor(x)); {
	case k < 0:
		return t[0]
	case k >= Paths-1:
		return t[Paths-1]
	default:
		return t[k] + int64(float64(t[k+1]-t[k])*(x-float64(k)))
	}
}

// beyond draws a length of which it is known that it exceeds e: at level u of
// what is left. Far out, where the table knows nothing, the rest grows in
// proportion to the silence.
func (t *Table) beyond(e int64, u float64) int64 {
	if e <= 0 {
		return t.at(u)
	}
	f := t.share(e)
	if f > 1-1.5/Paths {
		return e + int64(float64(e)*0.5*(1/math.Sqrt(1-u)-1))
	}
	return max(t.at(f+float64((1-f)*u)), e)
}
