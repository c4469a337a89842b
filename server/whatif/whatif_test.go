package whatif

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

var morning = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// room is an office at nine with so many people waiting for cards, desk 1 open
// and desks 2 and 3 closed; desk 3 has no skill for cards.
func room(waiting int, change ...func(*queue.Rules)) *Office {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	r := &queue.Rules{
		Office: "hall", Hours: &calendar.Schedule{Zone: time.UTC, Series: []calendar.Series{{Weekdays: []time.Weekday{time.Tuesday},
			Spans: []calendar.Span{{From: 8 * 60, To: 16 * 60}}}}},
		Categories: []queue.Category{{ID: "cards", Letter: "A"}, {ID: "home", Letter: "B"}},
		Services: []queue.Service{{ID: "card", Category: "cards", Planned: 10 * time.Minute},
			{ID: "move", Category: "home", Planned: 15 * time.Minute}},
		Desks: []queue.DeskRule{{ID: "1"}, {ID: "2"}, {ID: "3", Skills: []string{"move"}}},
		Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 3,
		UndoWithin: 10 * time.Second, MaxPriority: 60, MaxQuantity: 9, MaxServices: 5, Receives: "card", Target: 30 * time.Minute,
	}
	for _, f := range change {
		f(r)
	}
	o := &Office{Rules: r.Compile(), State: queue.New("hall"), Model: forecast.NewModel(false), Now: morning}
	record := func(at time.Time, events ...queue.Event) {
		o.State.Apply(queue.Meta{Seq: o.State.Seq + 1, At: at, By: "somebody"}, queue.Body{Events: events})
	}
	record(morning.Add(-time.Hour), queue.DayOpened{Day: day})
	record(morning.Add(-time.Hour), queue.DeskOpened{Desk: "1"})
	for i := range waiting {
		record(morning.Add(-time.Duration(waiting-i)*time.Minute), queue.TicketIssued{Ticket: fmt.Sprintf("hall-20261124-%04d", i),
			Number: queue.Number{Letter: "A", N: i + 1}, Category: "cards", Services: []queue.Item{{Service: "card", Quantity: 1}}})
	}
	return o
}

func (o *Office) mustAsk(t *testing.T, desk string, do Do, until time.Time) Effect {
	t.Helper()
	e, err := o.Ask(desk, do, until)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Side{e.Before, e.After} {
		for _, n := range s.Newcomers {
			if math.IsNaN(n.Middle) || n.Middle < 0 || n.Low < 0 || n.High < n.Low {
				t.Errorf("%+v", n)
			}
		}
		if s.Mean != nil && (math.IsNaN(*s.Mean) || *s.Mean < 0) || s.Over != nil && (math.IsNaN(*s.Over) || *s.Over < 0) {
			t.Errorf("%+v", s)
		}
	}
	return e
}

func TestOneMoreDeskShortensEveryWait(t *testing.T) {
	o := room(12)
	e := o.mustAsk(t, "2", Open, time.Time{})
	if e.Same || e.Waiting != 12 {
		t.Errorf("%+v", e)
	}
	if *e.After.Mean > *e.Before.Mean*0.7 || *e.After.Over >= *e.Before.Over {
		t.Errorf("mean %v to %v, over the ceiling %v to %v", *e.Before.Mean, *e.After.Mean, *e.Before.Over, *e.After.Over)
	}
	if b, a := e.Before.Newcomers[0], e.After.Newcomers[0]; b.State == Nobody || a.State != Range || a.Middle > b.Middle*0.7 {
		t.Errorf("a newcomer: %+v to %+v", b, a)
	}
	if again := o.mustAsk(t, "2", Open, time.Time{}); !reflect.DeepEqual(again, e) {
		t.Error("asked twice, answered differently")
	}
}

func TestALunchNowLengthensTheWaitByLessThanItself(t *testing.T) {
	o := room(3)
	e := o.mustAsk(t, "1", Pause, morning.Add(30*time.Minute))
	longer := *e.After.Mean - *e.Before.Mean
	if longer < 20 || longer > 40 {
		t.Errorf("30 minutes of lunch: %v to %v", *e.Before.Mean, *e.After.Mean)
	}
	if !e.After.Staffed {
		t.Error("a desk on a pause is staffed")
	}
}

func TestTheLastDeskClosedIsSaidInWords(t *testing.T) {
	e := room(5).mustAsk(t, "1", Close, time.Time{})
	if e.After.Staffed || e.After.Mean != nil || e.After.Uncertain != 5 || e.After.Newcomers[0] != (Newcomer{State: Nobody}) || *e.After.Over != 5 {
		t.Errorf("%+v", e.After)
	}
}

func TestNothingToChangeChangesNothing(t *testing.T) {
	o := room(4)
	for desk, do := range map[string]Do{"1": Open, "2": Close} {
		if e := o.mustAsk(t, desk, do, time.Time{}); !e.Same || !reflect.DeepEqual(e.Before, e.After) {
			t.Errorf("%s %s: %+v", do, desk, e)
		}
	}
	if e := o.mustAsk(t, "3", Open, time.Time{}); e.After.Newcomers[0].Middle < e.Before.Newcomers[0].Middle/2 || e.After.Newcomers[1].Middle > 2 {
		t.Errorf("a desk for the other matter alone: %+v", e)
	}
	if _, err := o.Ask("2", Pause, morning.Add(time.Minute)); !errors.Is(err, &queue.Refusal{Code: queue.RefusedDeskClosed}) {
		t.Errorf("a closed desk pauses: %v", err)
	}
	if e := room(0).mustAsk(t, "2", Open, time.Time{}); e.Before.Mean != nil || e.Waiting != 0 || *e.Before.Over != 0 {
		t.Errorf("nobody waits: %+v", e)
	}
}

func TestAskingLeavesTheOfficeAsItIs(t *testing.T) {
	o := room(6)
	state, model := string(o.State.Encode()), string(o.Model.Encode())
	o.mustAsk(t, "2", Open, time.Time{})
	o.mustAsk(t, "1", Close, time.Time{})
	if string(o.State.Encode()) != state || string(o.Model.Encode()) != model {
		t.Error("a question changed something")
	}
}

// steps are ten minutes apart for two hours.
func steps() (at []time.Time) {
	for i := 1; i <= 12; i++ {
		at = append(at, morning.Add(time.Duration(i)*10*time.Minute))
	}
	return at
}

func (o *Office) waits(at []time.Time) map[string][]Instant {
	var p forecast.Player
	out := o.play(&p, nil, at)
	waits := map[string][]Instant{}
	for i := range o.Rules.Services {
		id := o.Rules.Services[i].ID
		for j, w := range out.Later(id) {
			q, ok := w.Quantiles()
			waits[id] = append(waits[id], Instant{at[j], ok, q.P50})
		}
	}
	return waits
}

func TestAPeakIsRelievedByTheShortestOpening(t *testing.T) {
	o := room(7)
	at := steps()
	peaks := Peaks(o.Rules, o.waits(at), 30*time.Minute)
	if len(peaks) != 1 || !slices.Equal(peaks[0].Categories, []string{"cards", "home"}) || !peaks[0].From.Equal(at[0]) || peaks[0].Worst <= 30 {
		t.Fatalf("%+v", peaks)
	}
	best, ok := o.Relieve(peaks[0], at, 30*time.Minute)
	if !ok || !best.Prevents || best.Desk != "2" || best.Worst > 30 || best.From.Before(o.Now) {
		t.Fatalf("%+v, %v", best, ok)
	}
	// Played again with that desk the peak is gone; the next shorter does not do.
	var p forecast.Player
	in := at[:0:0]
	for _, a := range at {
		if !a.Before(peaks[0].From) && !a.After(peaks[0].To) {
			in = append(in, a)
		}
	}
	if worst, known := o.with(&p, "2", best.From, time.Duration(best.Minutes)*time.Minute, peaks[0].Services, in); !known || worst > 30 {
		t.Errorf("with it: %v", worst)
	}
	if i := slices.Index(reliefs, best.Minutes); i > 0 {
		if worst, _ := o.with(&p, "2", o.Now, time.Duration(reliefs[i-1])*time.Minute, peaks[0].Services, in); worst <= 30 {
			t.Errorf("%d minutes would have done: %v", reliefs[i-1], worst)
		}
	}
}

func TestAPeakThatNothingPreventsHasNoRelief(t *testing.T) {
	o := room(60)
	peaks := Peaks(o.Rules, o.waits(steps()), 30*time.Minute)
	if len(peaks) == 0 {
		t.Fatal("no peak with sixty people at one desk")
	}
	if best, ok := o.Relieve(peaks[0], steps(), 30*time.Minute); ok && (best.Prevents || best.Worst > peaks[0].Worst*0.9 || best.Worst <= 30) {
		t.Errorf("%+v of %+v", best, peaks[0])
	}
	alone := room(60, func(r *queue.Rules) { r.Desks = r.Desks[:1] })
	if best, ok := alone.Relieve(peaks[0], steps(), 30*time.Minute); ok {
		t.Errorf("without another desk: %+v", best)
	}
	if peaks := Peaks(o.Rules, o.waits(steps()), 0); peaks != nil {
		t.Errorf("no target: %+v", peaks)
	}
}

func BenchmarkAsk(b *testing.B) {
	for _, n := range []int{20, 200} {
		b.Run(fmt.Sprint(n, "_waiting"), func(b *testing.B) {
			o := room(n)
			for b.Loop() {
				if _, err := o.Ask("2", Open, time.Time{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRelieve(b *testing.B) {
	o := room(60)
	peaks := Peaks(o.Rules, o.waits(steps()), 30*time.Minute)
	for b.Loop() {
		o.Relieve(peaks[0], steps(), 30*time.Minute)
	}
}
