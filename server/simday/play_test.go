package simday

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"aufruf/server/exchange"
)

// each runs a test for every scenario with one seed.
func each(t *testing.T, test func(t *testing.T, o Office, st *Stream)) {
	for _, o := range Scenarios() {
		t.Run(o.Name, func(t *testing.T) { test(t, o, o.Play(3)) })
	}
}

func TestTheSameSeedPlaysTheSameDays(t *testing.T) {
	for _, o := range Scenarios()[:4] {
		if !reflect.DeepEqual(o.Play(5, 6), o.Play(5, 6)) {
			t.Errorf("%s: one pair of seeds, two streams", o.Name)
		}
		if reflect.DeepEqual(o.Play(5).Lines, o.Play(6).Lines) {
			t.Errorf("%s: two seeds, one stream", o.Name)
		}
	}
}

func TestThereAreManyScenariosWithNamesOfTheirOwn(t *testing.T) {
	names := map[string]bool{}
	for _, o := range Scenarios() {
		if names[o.Name] || o.About == "" {
			t.Errorf("%q stands twice or says nothing", o.Name)
		}
		names[o.Name] = true
	}
	if len(names) < 18 {
		t.Errorf("%d scenarios, want 18 or more", len(names))
	}
}

// follower reads a stream as an outsider would.
type follower struct {
	t      *testing.T
	policy exchange.Policy
	group  map[string]int
	skills map[string][]int
	state  map[string]string // of a ticket: "expected", "waits", "called", "served", "done"
	appt   map[string]int
	since  map[string]int
	boost  map[string]int
	kind   map[string]int    // the skill group of a ticket
	desk   map[string]string // whom a desk has called
	before int
}

func (f *follower) take(l *exchange.Line) {
	if l.Ev != exchange.EvHello && l.Ev != exchange.EvDay && l.At < f.before {
		f.t.Fatalf("%s at %d after %d", l.Ev, l.At, f.before)
	}
	f.before = l.At
	must := func(state, next string) {
		if f.state[l.Ticket] != state {
			f.t.Fatalf("%s of %s at %d, which is %q", l.Ev, l.Ticket, l.At, f.state[l.Ticket])
		}
		f.state[l.Ticket] = next
	}
	switch l.Ev {
	case exchange.EvHello:
		f.policy, f.group = l.Hello.Policy, map[string]int{}
		for _, s := range l.Hello.Services {
			f.group[s.ID] = s.Group
		}
	case exchange.EvDay:
		f.day(l.Day)
	case exchange.EvBooked:
		must("", "expected")
		f.appt[l.Ticket] = l.Appt
		f.kind[l.Ticket] = f.group[l.Service]
	case exchange.EvTicket:
		must("", "waits")
		f.since[l.Ticket], f.boost[l.Ticket] = l.At, l.BoostS
		f.kind[l.Ticket] = f.group[l.Service]
	case exchange.EvCheckedIn:
		must("expected", "waits")
		f.since[l.Ticket] = l.At
	case exchange.EvCalled:
		f.inOrder(l)
		must("waits", "called")
		if d := f.desk[l.Desk]; d != "" {
			f.t.Fatalf("%s calls at %d and still has %s", l.Desk, l.At, d)
		}
		f.desk[l.Desk] = l.Ticket
	case exchange.EvServed:
		must("called", "served")
	case exchange.EvFinished:
		must("served", "done")
		f.desk[l.Desk] = ""
	case exchange.EvNoShow:
		must("called", "done")
		f.desk[l.Desk] = ""
	case exchange.EvCancelled:
		must("waits", "done")
	case exchange.EvDayEnd:
		for ticket, s := range f.state {
			if s != "done" && s != "expected" {
				f.t.Fatalf("%s is %q when the day ends", ticket, s)
			}
		}
	case exchange.EvPredict:
		for _, q := range l.For {
			if q.Ticket != "" && f.state[q.Ticket] != "waits" {
				f.t.Fatalf("asked about %s, which is %q", q.Ticket, f.state[q.Ticket])
			}
		}
	}
}

func (f *follower) day(d *exchange.Day) {
	f.state, f.desk, f.before = map[string]string{}, map[string]string{}, 0
	f.appt, f.since, f.boost, f.kind = map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	f.skills = map[string][]int{}
	for _, k := range d.Desks {
		f.skills[k.ID] = k.Groups
	}
}

// place is class, time and arrival, written down once more from FORMAT's words.
func (f *follower) place(ticket string, at int) [3]int {
	appt, booked := f.appt[ticket]
	since := f.since[ticket]
	if !booked || since > appt+f.policy.LateGraceS {
		return [3]int{1, since - f.boost[ticket], since}
	}
	if appt <= at {
		return [3]int{0, appt, since}
	}
	if appt-at <= f.policy.EarlyCallS {
		return [3]int{2, appt, since}
	}
	return [3]int{9}
}

func (f *follower) inOrder(l *exchange.Line) {
	mine := f.place(l.Ticket, l.At)
	if mine[0] == 9 || !slices.Contains(f.skills[l.Desk], f.kind[l.Ticket]) {
		f.t.Fatalf("%s may not call %s at %d", l.Desk, l.Ticket, l.At)
	}
	for other, s := range f.state {
		if s == "waits" && slices.Contains(f.skills[l.Desk], f.kind[other]) {
			if p := f.place(other, l.At); slices.Compare(p[:], mine[:]) < 0 {
				f.t.Fatalf("%s calls %s at %d before %s", l.Desk, l.Ticket, l.At, other)
			}
		}
	}
}

func TestEveryTicketEndsAndCallsFollowThePolicy(t *testing.T) {
	each(t, func(t *testing.T, o Office, st *Stream) {
		f := &follower{t: t}
		for i := range st.Lines {
			f.take(&st.Lines[i])
		}
	})
}

func TestTheTruthOfATicketIsItsCall(t *testing.T) {
	each(t, func(t *testing.T, o Office, st *Stream) {
		calls := map[string]int{}
		town := -1
		for _, l := range st.Lines {
			switch l.Ev {
			case exchange.EvHello:
				town++
			case exchange.EvCalled:
				calls[fmt.Sprintf("%d/%s", town, l.Ticket)] = l.At
			}
		}
		called := 0
		for _, a := range st.Asked {
			if a.Minutes < 0 || a.Minutes > 12*60 {
				t.Fatalf("%s waits %v minutes", a.Key, a.Minutes)
			}
			at, ok := calls[a.Key]
			if !ok {
				continue
			}
			called++
			if want := float64(at-a.At) / 60; math.Abs(want-a.Minutes) > 1e-9 {
				t.Fatalf("%s waits %v minutes, called after %v", a.Key, a.Minutes, want)
			}
		}
		if called == 0 {
			t.Error("nobody who was asked about was called")
		}
	})
}

// A newcomer who only watches sees the call that somebody would have had who
// takes a number in their place.
func TestAVirtualNewcomerSeesTheCallOfARealOne(t *testing.T) {
	for _, o := range Scenarios()[:12] {
		o := o.filled()
		p := &play{Stream: &Stream{}, seed: 11}
		truth := o.truth(roll(p.seed, forOffice))
		compared := 0
		for i, v := range crowd(o, truth, p.seed, 0) {
			if v.booked || v.boost > 0 || i%7 != 0 {
				continue
			}
			real := &play{Stream: &Stream{}, seed: p.seed}
			f := &floor{o: o, t: truth, judged: true, play: real}
			f.run(crowd(o, truth, p.seed, 0))
			want, trivial := waitOf(real, "0/"+v.id)

			virtual := &play{Stream: &Stream{}, seed: p.seed}
			g := &floor{o: o, t: truth, play: virtual}
			group := truth.Services[v.service].Group
			g.at(v.arrive, func() { g.ask(nil, []int{group}, true) })
			g.run(slices.DeleteFunc(crowd(o, truth, p.seed, 0), func(w *visitor) bool { return w.id == v.id }))
			got := virtual.Asked[0]
			if trivial || got.Trivial || want*60 > float64(v.leave-v.arrive) {
				continue // an idle desk reacts as it likes; who leaves gives way
			}
			compared++
			if math.Abs(got.Minutes-want) > 1e-9 {
				t.Errorf("%s: %s at %d: the newcomer waits %v minutes, the real one %v", o.Name, v.id, v.arrive, got.Minutes, want)
			}
		}
		if compared < 3 && o.Name != "quiet" {
			t.Errorf("%s: only %d compared", o.Name, compared)
		}
	}
}

func waitOf(p *play, key string) (minutes float64, trivial bool) {
	for _, a := range p.Asked {
		if a.Key == key && a.Issue {
			return a.Minutes, a.Trivial
		}
	}
	return 0, true
}

func TestLearningDaysAskNothing(t *testing.T) {
	o := Scenarios()[0]
	days := 0
	for _, l := range o.Play(1).Lines {
		switch l.Ev {
		case exchange.EvDay:
			days++
		case exchange.EvPredict:
			if days <= 8 {
				t.Fatalf("asked on day %d", days)
			}
		}
	}
	if days != 12 {
		t.Errorf("%d days, want 12", days)
	}
}

func TestThePlanIsToldOnlyWhereItIsKnown(t *testing.T) {
	each(t, func(t *testing.T, o Office, st *Stream) {
		for _, l := range st.Lines {
			if l.Ev != exchange.EvDay {
				continue
			}
			for _, d := range l.Day.Desks {
				if (len(d.Plan) > 0) != l.Day.PlanKnown || l.Day.PlanKnown == o.PlanUnknown {
					t.Fatalf("%s on %s: plan %v, known %v", d.ID, l.Day.Date, d.Plan, l.Day.PlanKnown)
				}
			}
		}
	})
}

func TestLinesAreOfTheFormat(t *testing.T) {
	st := Scenarios()[0].Play(2)
	var b bytes.Buffer
	for _, l := range st.Lines {
		if err := exchange.Write(&b, l); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := exchange.Read(&b, func(l *exchange.Line) error {
		if !reflect.DeepEqual(*l, st.Lines[n]) {
			return fmt.Errorf("%+v, was %+v", *l, st.Lines[n])
		}
		n++
		return nil
	})
	if err != nil || n != len(st.Lines) {
		t.Errorf("%d of %d lines: %v", n, len(st.Lines), err)
	}
}
