package simday

import (
	"fmt"
	"math"

	"aufruf/server/exchange"
)

// Office is the recipe of an office and its days. Zero figures mean what
// ordinary offices do.
type Office struct {
	Name   string
	About  string // what is special, for reports
	Judged int    // days with questions, at the end; 4 when 0
	Learn  int    // days before them without; 8 when 0, none when below
	Towns  int    // how many offices, one after the other; 1 when 0

	Desks  int
	Groups int
	Skills [][]int // by desk, taken in turn; nil: every desk serves every group

	Open, Close, Intake int
	Plans               [][][2]int // by desk, taken in turn; nil: a half hour's break, staggered
	PlanUnknown         bool

	Load   float64 // work that comes over what the desks can do
	Booked float64 // share of the visits that are booked
	Mean   float64 // mean length in minutes; 9.5 when 0
	Spread float64 // of the services' medians, in logarithms; .5 when 0
	Peak   float64 // how much busier the first two hours are; 1 when 0
	Door   int     // walk-ins who stand at the door when it opens

	Clerks                 float64 // spread of the clerks' speed, in logarithms; .1 when 0
	NoShow                 float64 // .11 when 0
	Offset                 *Offset
	Patience               float64 // minutes; 300 when 0, below: nobody leaves
	Forget                 float64 // .01 when 0
	AbsenceShare           float64 // .055 when 0
	AbsentShare, LateShare float64
	BoostShare             float64
	SlowDays               float64 // share of days with a slow afternoon
	SlowFactor             float64
}

// minute and hour in the seconds of the exchange format.
const (
	minute = 60
	hour   = 60 * minute
)

// orElse is a figure, or the usual one where none is given.
func orElse[T int | float64](x, usual T) T {
	if x == 0 {
		return usual
	}
	return x
}

// filled is the recipe with all figures.
func (o Office) filled() Office {
	o.Judged, o.Learn, o.Towns = orElse(o.Judged, 4), max(0, orElse(o.Learn, 8)), orElse(o.Towns, 1)
	o.Groups = orElse(o.Groups, 3)
	o.Open, o.Close = orElse(o.Open, 8*hour), orElse(o.Close, 16*hour)
	o.Intake = orElse(o.Intake, o.Close-30*minute)
	o.Mean, o.Spread, o.Peak = orElse(o.Mean, 9.5), orElse(o.Spread, .5), orElse(o.Peak, 1)
	o.Clerks, o.NoShow, o.Forget = orElse(o.Clerks, .1), orElse(o.NoShow, .11), orElse(o.Forget, .01)
	o.AbsenceShare, o.Patience = orElse(o.AbsenceShare, .055), orElse(o.Patience, 300)
	if o.Offset == nil {
		o.Offset = &Offset{Mean: -8 * minute, SD: 5 * minute, LateShare: .1, LateMean: 8 * minute, Earliest: -45 * minute}
	}
	return o
}

// serviceCount is how many matters an office knows.
const serviceCount = 59

// truth draws how an office really is.
func (o Office) truth(d *dice) *Truth {
	t := &Truth{
		Policy:       exchange.Policy{LateGraceS: 900, EarlyCallS: 1200, NoShowWaitS: 120},
		Walk:         median(31.5, .48),
		Wrap:         median(38, .68),
		React:        median(13.6, .42),
		Absence:      median(290, .45),
		AbsenceShare: o.AbsenceShare,
		Settle:       Settle{67, 90},
		BreakShare:   .7,
		AbsentShare:  o.AbsentShare, LateShare: o.LateShare, LateOpen: median(35*minute, .5),
		Forget:     o.Forget,
		NoShow:     o.NoShow,
		Offset:     *o.Offset,
		BookedLate: .1, Lead: Lead{60 * minute, 150 * minute},
		Patience: max(0, o.Patience*minute), SaysSo: .35,
		BoostShare: o.BoostShare, BoostS: 20 * minute,
	}
	t.drawServices(o, d)
	for i := range o.Desks {
		t.Desks = append(t.Desks, DeskTruth{ID: fmt.Sprintf("D%02d", i+1), Factor: math.Exp(o.Clerks * d.normal())})
	}
	t.drawWalkIns(o)
	return t
}

// drawServices draws the services: popular ones first, their mean length that
// of the recipe.
func (t *Truth) drawServices(o Office, d *dice) {
	total, mean := 0.0, 0.0
	for i := range serviceCount {
		s := ServiceTruth{ID: fmt.Sprintf("S%02d", i+1), Group: i % o.Groups,
			Mu: o.Spread * max(-1.9, min(1.9, d.normal())), Sigma: .38 + .36*d.uniform(),
			Share: math.Pow(float64(i)+2, -1.1)}
		total += s.Share
		t.Services = append(t.Services, s)
	}
	for i := range t.Services {
		s := &t.Services[i]
		s.Share /= total
		mean += s.Share * s.Minutes()
	}
	for i := range t.Services {
		t.Services[i].Mu += math.Log(o.Mean / mean)
	}
}

// visit is how long a desk has a visitor on average, in seconds.
func (t *Truth) visit() float64 {
	mean, factor := 0.0, 0.0
	for _, s := range t.Services {
		mean += s.Share * s.Minutes() * 60
	}
	for _, d := range t.Desks {
		factor += d.Factor / float64(len(t.Desks))
	}
	return mean*factor + t.Walk.Mean() + t.Wrap.Mean() + t.AbsenceShare*t.Absence.Mean()
}

// visits is how many visits a day the load of the recipe makes.
func (t *Truth) visits(o Office) float64 {
	room := 0.0
	for i := range o.Desks {
		for _, p := range o.plan(i) {
			room += float64(p[1]-p[0]) * (1 - o.AbsentShare) * (1 - .1*o.LateShare)
		}
	}
	return o.Load * room / t.visit()
}

// drawWalkIns lays the walk-ins over the half hours: a rise, a dip at noon and,
// where the recipe says so, a rush in the first two hours.
func (t *Truth) drawWalkIns(o Office) {
	sum := 0.0
	for h := range t.WalkIns {
		from := max(h*hour/2, o.Open)
		until := min((h+1)*hour/2, o.Intake)
		if from >= until {
			continue
		}
		w := .85
		if since := from - o.Open; since < 4*hour {
			w = 1 + .3*math.Sin(math.Pi*float64(since)/float64(4*hour))
		}
		if from < o.Open+2*hour {
			w *= o.Peak
		}
		if from >= 12*hour && from < 13*hour {
			w *= .8
		}
		t.WalkIns[h] = w * float64(until-from)
		sum += t.WalkIns[h]
	}
	want := max(0, t.visits(o)*(1-o.Booked)-float64(o.Door))
	for h := range t.WalkIns {
		t.WalkIns[h] *= want / sum
	}
}

// plan is a desk's roster.
func (o Office) plan(desk int) [][2]int {
	if len(o.Plans) > 0 {
		return o.Plans[desk%len(o.Plans)]
	}
	if o.Close-o.Open < 6*hour {
		return [][2]int{{o.Open, o.Close}}
	}
	at := o.Open + (o.Close-o.Open)*7/16 + desk%6*30*minute
	at -= at % (30 * minute)
	return [][2]int{{o.Open, at}, {at + 30*minute, o.Close}}
}

// skills are the groups that a desk serves.
func (o Office) skills(desk int) []int {
	if len(o.Skills) > 0 {
		return o.Skills[desk%len(o.Skills)]
	}
	all := make([]int, o.Groups)
	for g := range all {
		all[g] = g
	}
	return all
}
