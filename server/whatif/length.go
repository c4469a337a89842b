package whatif

import (
	"math"
	"slices"
	"time"

	"aufruf/server/forecast"
)

// Enough is how many measured cases, old ones faded, a proposal needs.
const Enough = 30

// Proposed is the share of cases that a proposed length is long enough for:
// docs/decisions/planned-lengths.md.
const Proposed = 0.65

// Length is what was measured of a service and the planned length that follows
// from it. Minutes are of one unit.
type Length struct {
	Service          string
	Cases            float64
	P10, Median, P90 float64
	Now, Then        Slot // with the length that is planned, and with the proposed one
}

// Slot is what a planned length means at one desk whose appointments follow
// each other without a gap.
type Slot struct {
	Minutes int     `json:"minutes"`
	PerHour float64 `json:"per_hour" doc:"appointments in an hour at one desk"`
	Over    float64 `json:"over" doc:"share of cases that take longer"`
	Wait    float64 `json:"wait" doc:"minutes beyond the appointment that a booked person waits on average, in three hours without a gap"`
}

// Lengths proposes planned lengths for the services of which enough was
// measured, in the order of the catalogue, and says of how many it was not.
func (o *Office) Lengths() (enough []Length, few int) {
	day := forecast.DayOf(o.Rules, o.State)
	w := o.Model.World(o.Rules, &day, o.Now)
	for i := range o.Rules.Services {
		sv := &o.Rules.Services[i]
		at := slices.IndexFunc(o.Model.Services, func(s forecast.ServiceStat) bool { return s.ID == sv.ID })
		l, ok := w.Lengths[sv.ID]
		if at < 0 || !ok || o.Model.Services[at].N < Enough || !(l.Sigma > 0) {
			few++
			continue
		}
		q := func(u float64) float64 { return math.Exp(l.Mu + float64(l.Sigma*normal(u))) }
		p := Length{Service: sv.ID, Cases: o.Model.Services[at].N, P10: tenth(q(0.1)), Median: tenth(q(0.5)), P90: tenth(q(0.9))}
		planned := int(o.Rules.PlannedOn(o.State, sv.ID, o.State.Day) / time.Minute)
		p.Now = slot(l, planned)
		p.Then = slot(l, max(1, int(math.Round(q(Proposed)))))
		enough = append(enough, p)
	}
	return enough, few
}

// How a row of appointments is played.
const (
	slotFor   = 180 // minutes without a gap
	slotPaths = 400
)

func slot(l forecast.Length, minutes int) Slot {
	s := Slot{Minutes: minutes, PerHour: tenth(60 / float64(max(minutes, 1)))}
	long := math.Log(float64(max(minutes, 1)))
	s.Over = math.Round(100*(1-below((long-l.Mu)/l.Sigma))) / 100
	n := max(1, slotFor/max(minutes, 1))
	sum := 0.0
	for path := range slotPaths {
		wait := 0.0 // of the first: none
		for k := range n {
			sum += wait
			// The same cases for every length, so that what differs is the length.
			length := math.Exp(l.Mu + float64(l.Sigma*normal(level(path, k))))
			wait = max(0, wait+length-float64(minutes))
		}
	}
	s.Wait = tenth(sum / float64(slotPaths*n))
	return s
}

// level is the draw of a case in a path, between 0 and 1: well mixed and always
// the same.
func level(path, k int) float64 {
	x := uint64(path)<<32 | uint64(k)
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return (float64(x>>11) + 0.5) / (1 << 53)
}

// normal is the standard normal quantile, below its distribution.
func normal(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }
func below(x float64) float64  { return (1 + math.Erf(x/math.Sqrt2)) / 2 }
