package yardstick

import (
	"math"

	"aufruf/server/exchange"
)

// erlang gives the four levels of the sum of k exponential spans of this mean.
func erlang(k int, mean float64) exchange.Quantiles {
	if k <= 0 {
		return exchange.Quantiles{}
	}
	at := func(tau float64) float64 { return mean * erlangQuantile(k, tau) }
	return exchange.Quantiles{P10: at(Levels[0]), P50: at(Levels[1]), P80: at(Levels[2]), P90: at(Levels[3])}
}

// erlangQuantile halves an interval around the quantile of the sum of k unit
// exponentials.
func erlangQuantile(k int, tau float64) float64 {
	lo, hi := 0.0, float64(k)+10*math.Sqrt(float64(k))+20
	for range 60 {
		mid := (lo + hi) / 2
		if erlangCDF(k, mid) < tau {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// erlangCDF is 1 - e^-x (1 + x + ... + x^(k-1)/(k-1)!), in logarithms so that
// long lines do not overflow.
func erlangCDF(k int, x float64) float64 {
	if x <= 0 {
		return 0
	}
	sum, log := 0.0, -x
	for i := range k {
		if i > 0 {
			log += math.Log(x) - math.Log(float64(i))
		}
		sum += math.Exp(log)
	}
	return math.Max(0, 1-sum)
}
