package forecast

import "math"

// A draw is a stratum: each person's draws for one purpose over all paths are a
// shuffled set of the Paths evenly spaced levels, so that a quantile over the
// paths is far steadier than with independent dice (Latin hypercube sampling,
// McKay, Beckman and Conover 1979).

// purpose tells one draw of a person, a desk, a service or the office from
// another. The figures are part of the golden bits.
type purpose uint64

const (
	forLength   purpose = 1
	forWalk     purpose = 2
	forWrap     purpose = 3
	forSilent   purpose = 4
	forArrival  purpose = 5
	forShow     purpose = 6
	forBack     purpose = 8
	forReaction purpose = 9
	forCount    purpose = 10 // of walk-ins in a half hour
	forCancel   purpose = 11 // of a person
	forDoubt    purpose = 11 // of a service or the office: nobody's id is one of theirs
	forDay      purpose = 12
)

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// hash is FNV-1a over text, mixed, starting from a seed.
func hash(seed uint64, text string) uint64 {
	h := seed ^ 0xcbf29ce484222325
	for i := 0; i < len(text); i++ {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return mix(h)
}

// shuffles holds shuffled orders of the strata; a person's purpose takes one of
// them, turned around by an offset.
const shuffleCount = 512

var shuffles = func() (all [shuffleCount][2 * Paths]uint8) {
	state := uint64(0x417566727566)
	for k := range all {
		row := &all[k]
		for i := range Paths {
			row[i] = uint8(i)
		}
		for i := Paths - 1; i > 0; i-- {
			state += 0x9e3779b97f4a7c15
			j := mix(state) % uint64(i+1)
			row[i], row[j] = row[j], row[i]
		}
		copy(row[Paths:], row[:Paths]) // so that a turned row is one slice
	}
	return all
}()

// strata are the levels of one person for one purpose, by path.
type strata *[Paths]uint8

// drawn returns the levels of whom a hash stands for.
func drawn(who uint64, p purpose) strata {
	h := mix(who + uint64(p)*0x9e3779b97f4a7c15)
	turn := (h >> 32) % Paths
	return strata(shuffles[h%shuffleCount][turn : turn+Paths])
}

// level is the middle of a stratum.
func level(k uint8) float64 { return (float64(k) + 0.5) / Paths }

// normal is the quantile function of the standard normal distribution by
// Acklam's rational approximation, relative error below 1.2e-9.
func normal(u float64) float64 {
	const (
		a1, a2, a3 = -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02
		a4, a5, a6 = 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00
		b1, b2, b3 = -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02
		b4, b5     = 6.680131188771972e+01, -1.328068155288572e+01
		c1, c2, c3 = -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00
		c4, c5, c6 = -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00
		d1, d2, d3 = 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00
		d4         = 3.754408661907416e+00
		low        = 0.02425
	)
	switch {
	case u <= 0:
		return -8
	case u >= 1:
		return 8
	case u > 1-low:
		return -normal(1 - u)
	case u < low:
		q := math.Sqrt(-2 * math.Log(u))
		n := poly(q, c1, c2, c3, c4, c5, c6)
		return n / float64(float64(poly(q, d1, d2, d3, d4)*q)+1)
	}
	q := u - 0.5
	r := float64(q * q)
	n := float64(poly(r, a1, a2, a3, a4, a5, a6) * q)
	return n / float64(float64(poly(r, b1, b2, b3, b4, b5)*r)+1)
}

// poly is c[0] x^(n-1) + … + c[n-1], by Horner.
func poly(x float64, c ...float64) float64 {
	y := c[0]
	for _, k := range c[1:] {
		y = float64(y*x) + k
	}
	return y
}

// below is the distribution function of the standard normal distribution.
func below(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }
