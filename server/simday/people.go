package simday

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Scenario says what kind of day it is to be.
type Scenario struct {
	Open, Close   time.Duration // since midnight
	WalkInsAnHour float64       // on average over the day; the first hour has more
	BookedAnHour  float64
	NoShow        float64       // share of the booked who do not come
	Deaf          float64       // share of those called who miss the call
	Leave         float64       // share of walk-ins who lose patience
	Patience      time.Duration // on average, of those
	Services      []Service
}

// Service is one kind of case with its true length.
type Service struct {
	ID     string
	Mean   time.Duration
	Weight float64 // how often it is asked for, against the others
}

// Person is one visit. Instants are spans since midnight.
type Person struct {
	Service     string
	Arrive      time.Duration
	Length      time.Duration // at the desk
	Walk        time.Duration // from the call to the desk
	Booked      bool
	Appointment time.Duration // when booked
	Absent      bool          // booked, and never comes
	Misses      bool          // does not come to the call
	Leaves      time.Duration // when they give up waiting; 0: never
}

// Morning is an ordinary morning for so many desks: enough people that there
// is a line, and few enough that it ends.
func Morning(desks int, services []Service) Scenario {
	return Scenario{Open: 8 * time.Hour, Close: 12 * time.Hour,
		WalkInsAnHour: 3.2 * float64(desks), BookedAnHour: 2 * float64(desks),
		NoShow: 0.12, Deaf: 0.04, Leave: 0.06, Patience: 40 * time.Minute, Services: services}
}

// People invents the people of a day, in order of arrival; those who are absent
// stand at their appointment.
func People(sc Scenario, seed uint64) []Person {
	r := rand.New(rand.NewPCG(seed, 0x6175667275666461))
	var people []Person
	rate := sc.WalkInsAnHour / float64(time.Hour)
	for at := sc.Open - 3*time.Minute; ; {
		at += time.Duration(r.ExpFloat64() / (rate * sc.rush(at)))
		if at >= sc.Close-20*time.Minute {
			break
		}
		p := sc.person(r)
		p.Arrive = at
		if r.Float64() < sc.Leave {
			p.Leaves = at + time.Duration(r.ExpFloat64()*float64(sc.Patience)) + 5*time.Minute
		}
		people = append(people, p)
	}
	if sc.BookedAnHour > 0 {
		gap := time.Duration(float64(time.Hour) / sc.BookedAnHour)
		for at := sc.Open; at < sc.Close-30*time.Minute; at += gap {
			p := sc.person(r)
			p.Booked, p.Appointment = true, at.Round(5*time.Minute)
			p.Absent = r.Float64() < sc.NoShow
			// Most come some minutes early, a few late.
			p.Arrive = p.Appointment + time.Duration((r.NormFloat64()*6-6)*float64(time.Minute))
			people = append(people, p)
		}
	}
	slices.SortStableFunc(people, func(a, b Person) int { return int(a.Arrive - b.Arrive) })
	return people
}

// rush is how much busier an instant is than the average: half as much again
// in the first hour, quiet towards the end.
func (sc Scenario) rush(at time.Duration) float64 {
	if at < sc.Open+time.Hour {
		return 1.5
	}
	return 0.85
}

func (sc Scenario) person(r *rand.Rand) Person {
	total := 0.0
	for _, s := range sc.Services {
		total += s.Weight
	}
	x := r.Float64() * total
	service := sc.Services[len(sc.Services)-1]
	for _, s := range sc.Services {
		if x -= s.Weight; x < 0 {
			service = s
			break
		}
	}
	return Person{Service: service.ID, Length: lognormal(r, service.Mean, 0.45),
		Walk: 10*time.Second + time.Duration(r.ExpFloat64()*float64(15*time.Second)), Misses: r.Float64() < sc.Deaf}
}

// lognormal draws a length with this mean and this spread of its logarithm.
func lognormal(r *rand.Rand, mean time.Duration, sigma float64) time.Duration {
	mu := math.Log(float64(mean)) - sigma*sigma/2
	return max(30*time.Second, time.Duration(math.Exp(mu+sigma*r.NormFloat64())))
}
