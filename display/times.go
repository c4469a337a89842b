package display

import (
	"math"
	"time"
)

// Later is how long somebody would wait who came at an instant to come.
type Later struct {
	At        time.Time
	Known     bool // false: nothing can be promised
	Low, High int
	Middle    float64
}

// Window is a time in which it is good to come: nobody who comes in it waits
// much longer than at its best.
type Window struct {
	From time.Time `json:"from" doc:"come from then on"`
	To   time.Time `json:"to" doc:"until then"`
	Low  int       `json:"low" doc:"minutes"`
	High int       `json:"high" doc:"minutes"`
}

// Tell is a window's wait as it is told.
func (w Window) Tell() *Told { return tell(w.Low, w.High) }

const (
	slot       = 30 * time.Minute // what a window is made of
	alike      = 3.0              // minutes of difference that nobody plans by
	windowsMax = 3                // days for which a window is told
)

// Best picks a window of each day, at most three days. Of today none is told
// that is no better than coming now, where it is known how long that takes.
func Best(days [][]Later, now time.Time, ifNow *NewWait) []Window {
	list := []Window{}
	for _, day := range days {
		w, middle, ok := bestOf(day, now)
		today := ok && w.From.Sub(now) < 12*time.Hour && ifNow != nil && ifNow.State == WaitRange
		if !ok || today && middle+alike > float64(ifNow.Low+ifNow.High)/2 {
			continue
		}
		if list = append(list, w); len(list) == windowsMax {
			break
		}
	}
	return list
}

// bestOf is the longest stretch of half hours that are alike around the best.
func bestOf(day []Later, now time.Time) (w Window, middle float64, ok bool) {
	least := math.Inf(1)
	var halves []Later
	for _, l := range day {
		if l.At.Unix()%int64(slot/time.Second) != 0 || !l.At.After(now) {
			continue
		}
		halves = append(halves, l)
		if l.Known {
			least = min(least, l.Middle)
		}
	}
	good := func(l Later) bool { return l.Known && l.Middle <= least+alike }
	for i := 0; i < len(halves); i++ {
		if !good(halves[i]) {
			continue
		}
		v := Window{From: halves[i].At, To: halves[i].At, Low: halves[i].Low, High: halves[i].High}
		for ; i < len(halves) && good(halves[i]) && halves[i].At.Equal(v.To); i++ {
			v.To = v.To.Add(slot)
			v.Low, v.High = min(v.Low, halves[i].Low), max(v.High, halves[i].High)
		}
		i--
		if !ok || v.To.Sub(v.From) > w.To.Sub(w.From) {
			w, ok = v, true
		}
	}
	return w, least, ok
}

// Together is a day on which somebody may want any of several services: the
// longest of their waits, and nothing where one of them is not known.
func Together(services [][]Later) []Later {
	var day []Later
	for n, one := range services {
		for i, l := range one {
			if n == 0 {
				day = append(day, l)
				continue
			}
			if i >= len(day) {
				break
			}
			d := &day[i]
			d.Known = d.Known && l.Known
			d.Low, d.High, d.Middle = min(d.Low, l.Low), max(d.High, l.High), max(d.Middle, l.Middle)
		}
	}
	return day
}

// TypicalHour is how long people waited in one hour of a weekday.
type TypicalHour struct {
	Weekday     time.Weekday
	Hour        int
	Visits      int
	Median, P80 time.Duration
}
