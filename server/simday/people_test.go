package simday

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

var services = []Service{{"a", 10 * time.Minute, 3}, {"b", 5 * time.Minute, 1}}

func TestSameSeedSameDay(t *testing.T) {
	sc := Morning(6, services)
	if !reflect.DeepEqual(People(sc, 7), People(sc, 7)) {
		t.Fatal("one seed, two days")
	}
	if reflect.DeepEqual(People(sc, 7), People(sc, 8)) {
		t.Fatal("two seeds, one day")
	}
}

func TestDayIsAsTheScenarioSays(t *testing.T) {
	sc := Morning(6, services)
	var walkIns, booked, absent, a int
	var length time.Duration
	for seed := range uint64(200) {
		people := People(sc, seed)
		if !slices.IsSortedFunc(people, func(x, y Person) int { return int(x.Arrive - y.Arrive) }) {
			t.Fatal("not in order of arrival")
		}
		for _, p := range people {
			switch {
			case p.Booked:
				booked++
				if p.Absent {
					absent++
				}
			default:
				walkIns++
				if p.Arrive < sc.Open-5*time.Minute || p.Arrive > sc.Close {
					t.Fatalf("came at %v", p.Arrive)
				}
			}
			if p.Service == "a" {
				a++
				length += p.Length
			}
		}
	}
	within(t, "walk-ins a day", float64(walkIns)/200, 60, 90)
	within(t, "booked a day", float64(booked)/200, 40, 44)
	within(t, "share absent", float64(absent)/float64(booked), 0.10, 0.14)
	within(t, "share of service a", float64(a)/float64(walkIns+booked), 0.72, 0.78)
	within(t, "mean minutes of a", length.Minutes()/float64(a), 9.5, 10.5)
}

func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s is %.3g, want %g to %g", what, got, low, high)
	}
}
