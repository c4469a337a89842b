package forecast

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// certain is a world without surprises: everybody punctual, nobody new, nobody
// leaves, and every case lasts as long as its service says.
func certain(r *queue.Rules, length func(service string) time.Duration) *World {
	now := TableOf([]time.Duration{0})
	w := &World{Lengths: map[string]Length{}, Walk: now, Reaction: now, OpenLate: now, BackLate: now, Offset: now,
		After: [afterCount]*Table{now, now, now}}
	for _, s := range r.Services {
		w.Lengths[s.ID] = Length{Mu: math.Log(length(s.ID).Minutes()), Sigma: 0}
	}
	w.Unknown = Length{Mu: math.Log(10), Sigma: 0}
	return w
}

// fold is an office that records go into.
type fold struct {
	r   *queue.Rules
	s   *queue.State
	m   *Model
	day Day
	now time.Time
}

func newFold(r *queue.Rules, start time.Time) *fold {
	f := &fold{r: r, s: queue.New(r.Office), m: NewModel(false), now: start}
	f.record(queue.DayOpened{Day: calendar.DateOf(start, time.UTC)})
	f.day = DayOf(r, f.s)
	return f
}

func (f *fold) record(events ...queue.Event) {
	meta, body := queue.Meta{Seq: f.s.Seq + 1, At: f.now}, queue.Body{Events: events}
	f.m.Learn(f.r, f.s, &f.day, meta, body)
	f.s.Apply(meta, body)
}

func (f *fold) situation(w *World) *Situation {
	return &Situation{Rules: f.r, State: f.s, World: w, Watch: f.m.Watch(), Day: f.day, Now: f.now}
}

// With no surprises the futures are all the same, and the calls that they
// foresee are those which the rule then makes: the forecast and the line are one
// rule.
func TestWithoutSurprisesTheOrderForeseenIsTheOrderCalled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := randomOffice(t)
		lengths := map[string]time.Duration{}
		for _, s := range r.Services {
			lengths[s.ID] = time.Duration(rapid.IntRange(60, 1800).Draw(t, "length")) * time.Second
		}
		f := newFold(r, morning)
		// Even the due times of two people differ by a second at least, and none
		// falls into the instant in which a desk is free: lengths are whole seconds
		// here, and the logarithm of one is not exact to the nanosecond.
		waiting := map[string][]queue.Item{}
		busy := map[string]time.Time{} // desk → when it is free
		n := rapid.IntRange(1, 14).Draw(t, "people")
		for i := range n {
			f.now = morning.Add(time.Duration(i) * 71 * time.Second)
			items := []queue.Item{{Service: rapid.SampledFrom(r.Services).Draw(t, "service").ID, Quantity: 1}}
			id := fmt.Sprintf("hall-20240108-%04d", i)
			number := queue.Number{Letter: "A", N: i + 1}
			if rapid.Bool().Draw(t, "booked") {
				at := morning.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "appointment"))*2*time.Minute + time.Duration(i)*time.Second + 500*time.Millisecond)
				f.record(queue.AppointmentAdded{Appointment: "a" + id, For: at, Services: items})
				f.record(queue.AppointmentArrived{Appointment: "a" + id, For: at, Arrival: r.ArrivalAt(at, f.now), Ticket: id, Number: number, Services: items})
			} else {
				f.record(queue.TicketIssued{Ticket: id, Number: number, Services: items, Priority: rapid.IntRange(0, 20).Draw(t, "priority")})
			}
			waiting[id] = items
		}
		f.now = f.now.Add(time.Second)
		for i, d := range r.Desks {
			// Every desk opens at an instant of its own, so that no two call in
			// the same one.
			f.record(queue.DeskOpened{Desk: d.ID})
			busy[d.ID] = f.now.Add(time.Duration(i) * 13 * time.Millisecond)
		}
		w := certain(r, func(s string) time.Duration { return lengths[s] })
		foreseen := map[string]time.Duration{}
		var p Player
		in := f.situation(w)
		// Desks begin one after the other as they will below.
		p.begin(in)
		for i := range p.desks {
			p.desks[i].start = deskStart{phase: planned, since: busy[r.Desks[i].ID].UnixNano(), late: p.desks[i].start.late,
				draw: p.desks[i].start.draw, draw2: p.desks[i].start.draw2, draw3: p.desks[i].start.draw3}
		}
		for k := range Paths {
			p.path = k
			p.play()
		}
		out := p.outlook(in)
		for id := range waiting {
			w, ok := out.Ticket(id)
			if !ok || len(w.called) == 0 {
				continue // nobody can serve it
			}
			if w.called[0] != w.called[len(w.called)-1] {
				t.Fatalf("%s is called at different times in a world without surprises", id)
			}
			foreseen[id] = time.Duration(w.called[0])
		}

		// The real line: each desk presses next whenever it is free; one that
		// finds nobody tries again when somebody becomes callable.
		idle := map[string]time.Time{} // desk → since when it stands free
		for range 100 * n {
			next, at := "", time.Time{}
			for _, d := range r.Desks {
				b, ok := busy[d.ID]
				// Of several that stand free, the one that has longest.
				longer := next != "" && b.Equal(at) && !idle[d.ID].IsZero() && (idle[next].IsZero() || idle[d.ID].Before(idle[next]))
				if ok && (next == "" || b.Before(at) || longer) {
					next, at = d.ID, b
				}
			}
			if next == "" {
				break
			}
			f.now = at
			tk, _ := queue.Pick(r, f.s, next, at)
			if tk == nil {
				delete(busy, next)
				if idle[next].IsZero() {
					idle[next] = at
				}
				if change := queue.NextChange(r, f.s, at); !change.IsZero() {
					busy[next] = change
				}
				continue
			}
			if want, got := foreseen[tk.ID], at.Sub(in.Now); (want - got).Abs() > 2*time.Second {
				t.Fatalf("%s is called at desk %s after %v, foreseen after %v", tk.ID, next, got, want)
			}
			delete(foreseen, tk.ID)
			delete(idle, next)
			f.record(queue.TicketCalled{Ticket: tk.ID, Desk: next, Leg: tk.Remaining}, queue.TicketStarted{Ticket: tk.ID}, queue.TicketFinished{Ticket: tk.ID})
			busy[next] = at.Add(lengths[tk.Remaining[0].Service])
		}
		if len(foreseen) > 0 {
			t.Fatalf("%v were foreseen to be called and were not", foreseen)
		}
	})
}

// randomOffice has one to five desks with skills of their own, with a ceiling
// or without.
func randomOffice(t *rapid.T) *queue.Rules {
	r := &queue.Rules{Office: "hall", Hours: &calendar.Schedule{Zone: time.UTC}, Early: 20 * time.Minute, Grace: 10 * time.Minute,
		Ceiling: time.Duration(rapid.SampledFrom([]int{0, 25, 45}).Draw(t, "ceiling")) * time.Minute}
	r.Categories = []queue.Category{{ID: "g", Letter: "A"}}
	for i := range rapid.IntRange(1, 4).Draw(t, "services") {
		r.Services = append(r.Services, queue.Service{ID: fmt.Sprint("s", i), Category: "g", Planned: 10 * time.Minute})
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "desks") {
		d := queue.DeskRule{ID: fmt.Sprint("d", i)}
		for _, s := range r.Services {
			if i == 0 || rapid.Bool().Draw(t, "skill") {
				d.Skills = append(d.Skills, s.ID)
			}
		}
		if len(d.Skills) == 0 {
			d.Skills = []string{r.Services[0].ID}
		}
		r.Desks = append(r.Desks, d)
	}
	return r.Compile()
}

func TestEqualSituationsGiveEqualAnswersWhoeverPlays(t *testing.T) {
	in := room(office(8), 40)
	var a, b Player
	a.Play(room(office(3), 90)) // what was played before does not matter
	if x, y := a.Play(in), b.Play(in); !reflect.DeepEqual(x, y) {
		t.Fatal("two players differ")
	}
}

// Draws belong to people: somebody at the end of the line moves nobody before.
func TestOneMoreAtTheEndMovesNobodyAhead(t *testing.T) {
	f := newFold(office(3), morning)
	issue := func(i int) {
		f.now = f.now.Add(time.Minute)
		f.record(queue.TicketIssued{Ticket: fmt.Sprint("t", i), Number: queue.Number{Letter: "A", N: i}, Services: one("s01")})
	}
	for _, d := range f.r.Desks {
		f.record(queue.DeskOpened{Desk: d.ID})
	}
	for i := range 20 {
		issue(i)
	}
	w := NewModel(false).World(f.r, &f.day, f.now)
	now := f.now.Add(time.Minute)
	var p Player
	look := func() *Outlook { in := f.situation(w); in.Now = now; return p.Play(in) }
	before := look()
	issue(20)
	after := look()
	for i := range 20 {
		id := fmt.Sprint("t", i)
		if !reflect.DeepEqual(before.tickets[id].called, after.tickets[id].called) {
			t.Errorf("%s moved", id)
		}
	}
}

// What is odd gives a sensible answer or an honest "unknown": never a figure
// that is none, never one below zero.
func TestOddSituationsAreAnsweredOrUnknown(t *testing.T) {
	r := office(3)
	cases := map[string]func() *Situation{
		"nobody there": func() *Situation {
			return newFold(r, morning).situation(NewModel(false).World(r, &Day{Start: morning}, morning))
		},
		"1,000 waiting":      func() *Situation { return room(r, 1000) },
		"no open desk":       func() *Situation { in := room(r, 10); in.State.Desks = map[string]*queue.Desk{}; return in },
		"no known hours":     func() *Situation { in := room(r, 10); in.Day = Day{Start: in.Day.Start}; return in },
		"clock an hour back": func() *Situation { in := room(r, 10); in.Now = in.Now.Add(-time.Hour); return in },
		"clock a day ahead":  func() *Situation { in := room(r, 10); in.Now = in.Now.Add(24 * time.Hour); return in },
		"nobody can serve it": func() *Situation {
			in := room(r, 3)
			in.State.Tickets[4].Remaining = []queue.Item{{Service: "gone", Quantity: 1}}
			return in
		},
		"after closing":    func() *Situation { in := room(r, 10); in.Now = in.Day.Close.Add(time.Hour); return in },
		"the first ticket": func() *Situation { return room(r, 1) },
		"asked for much later": func() *Situation {
			in := room(r, 5)
			in.Later = []time.Time{in.Day.Close, in.Day.Close.Add(9 * time.Hour)}
			return in
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			in := make()
			in.Expected = true
			var p Player
			out := p.Play(in)
			for _, all := range []map[string]Wait{out.tickets, out.expected} {
				for id, w := range all {
					sane(t, id, w)
				}
			}
			for id, all := range out.fresh {
				for _, w := range all {
					sane(t, id, w)
				}
			}
		})
	}
}

func sane(t *testing.T, who string, w Wait) {
	t.Helper()
	q, ok := w.Quantiles()
	if !ok {
		return
	}
	for _, x := range []float64{q.P10, q.P50, q.P80, q.P90} {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 || x > 30*24*60 {
			t.Errorf("%s waits %+v", who, q)
		}
	}
	if q.P10 > q.P50 || q.P50 > q.P80 || q.P80 > q.P90 {
		t.Errorf("%s: quantiles out of order: %+v", who, q)
	}
	if low, high := q.Minutes(); low < 0 || high < 1 || low > high {
		t.Errorf("%s: shown %d to %d", who, low, high)
	}
}

func TestNobodyThereMeansUnknown(t *testing.T) {
	in := room(office(3), 10)
	in.State.Desks = map[string]*queue.Desk{}
	in.World.Comes = nil
	var p Player
	out := p.Play(in)
	for id, w := range out.tickets {
		if w.Known() {
			t.Errorf("%s has a wait though no desk is there or expected", id)
		}
	}
}

func TestWaitsGrowAlongTheLine(t *testing.T) {
	in := room(office(1), 25)
	var p Player
	out := p.Play(in)
	last := -1.0
	for i := range 25 {
		w, _ := out.Ticket(fmt.Sprintf("hall-%04d", 1+i))
		q, _ := w.Quantiles()
		if q.P50 < last {
			t.Fatalf("person %d waits %.1f, the one before %.1f", i, q.P50, last)
		}
		last = q.P50
	}
}

// The goldens are bits: another processor, or a compiler that fuses a product
// with a sum, would show here.
func TestTheBitsOfAnOutlookStayTheSame(t *testing.T) {
	in := room(office(8), 20)
	var p Player
	out := p.Play(in)
	w, _ := out.Ticket("hall-0020")
	q, _ := w.Quantiles()
	got := fmt.Sprintf("%016x %016x %016x %016x", math.Float64bits(q.P10), math.Float64bits(q.P50), math.Float64bits(q.P80), math.Float64bits(q.P90))
	const want = "4029ca0d6b80c1be 4032994d3345e339 40377586ed9964da 4039e0e429680627"
	if got != want {
		t.Errorf("the bits are %s", got)
	}
}
