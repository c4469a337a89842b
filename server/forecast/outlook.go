package forecast

import (
	"runtime"
	"slices"
	"time"
)

// Outlook is what a look ahead saw. It does not change.
type Outlook struct {
	At       time.Time
	tickets  map[string]Wait
	expected map[string]Wait
	fresh    map[string][]Wait // now, and later
}

// Wait is how long somebody may wait: the waits of all paths in which the
// person was called, in order.
type Wait struct {
	called []int64
	paths  int
	ledger *Ledger
	lean   float64
}

// Ticket is the wait of a ticket that waits.
func (o *Outlook) Ticket(id string) (Wait, bool) { w, ok := o.tickets[id]; return w, ok }

// Expected is the wait of somebody with an appointment who has not come,
// counted from the outlook's instant, provided that the person comes.
func (o *Outlook) Expected(appointment string) (Wait, bool) {
	w, ok := o.expected[appointment]
	return w, ok
}

// Newcomer is the wait of somebody who would take a walk-in number for a
// service now.
func (o *Outlook) Newcomer(service string) (Wait, bool) {
	if w := o.fresh[service]; len(w) > 0 {
		return w[0], true
	}
	return Wait{}, false
}

// Later are the waits of those who would take a number for a service at the
// instants of Situation.Later, counted from there.
func (o *Outlook) Later(service string) []Wait {
	if w := o.fresh[service]; len(w) > 0 {
		return w[1:]
	}
	return nil
}

// Known reports whether the wait can be told: that the person is called is
// more likely than not.
func (w Wait) Known() bool { return 2*len(w.called) > w.paths }

// Served is the share of paths in which the person is called.
func (w Wait) Served() float64 {
	if w.paths == 0 {
		return 0
	}
	return float64(len(w.called)) / float64(w.paths)
}

// At is the wait that is not exceeded with probability u; ok is false when too
// few paths end with a call.
func (w Wait) At(u float64) (d time.Duration, ok bool) {
	n := len(w.called)
	x := float64(u*float64(w.paths)) - 0.5
	k := int(max(x, 0))
	if k >= n {
		return 0, false
	}
	v := w.called[k]
	if x > 0 && k+1 < n {
		v += int64(float64(w.called[k+1]-v) * (x - float64(k)))
	}
	return time.Duration(v), true
}

// Quantiles are the wait's quantiles in minutes; false when the wait cannot be
// told. Where only the upper ones cannot, they are the longest wait seen.
func (w Wait) Quantiles() (Quantiles, bool) {
	if !w.Known() {
		return Quantiles{}, false
	}
	var q [4]float64
	for i, u := range levels {
		d, ok := w.At(u)
		if !ok {
			d = time.Duration(w.called[len(w.called)-1])
		}
		q[i] = max(0, d.Minutes())
	}
	if w.lean > 0 {
		mean := 0.0
		for _, d := range w.called {
			mean += float64(d) / float64(minute)
		}
		mean /= float64(len(w.called))
		q[1] = min(max(q[1], q[1]+float64(w.lean*(mean-q[1]))), q[2])
	}
	if w.ledger != nil {
		q = w.ledger.adjust(q)
	}
	return Quantiles{q[0], q[1], q[2], q[3]}, true
}

// outlook gathers the samples. What is asked of a person who does not come in
// a path does not count there.
func (p *Player) outlook(in *Situation) *Outlook {
	o := &Outlook{At: in.Now, tickets: make(map[string]Wait, p.targets), fresh: make(map[string][]Wait, len(p.fresh))}
	kept := make([]int64, 0, len(p.samples)+len(p.news))
	ledger := in.World.Ledger
	sorted := func(row []int64) Wait {
		from := len(kept)
		for _, d := range row {
			if d != never {
				kept = append(kept, d)
			}
		}
		w := kept[from:len(kept):len(kept)]
		slices.Sort(w)
		return Wait{called: w, paths: Paths, ledger: &ledger, lean: in.World.Lean}
	}
	for i := range p.waiting {
		if i%16 == 15 {
			runtime.Gosched() // as between paths
		}
		o.tickets[p.waiting[i]] = sorted(p.samples[i*Paths : (i+1)*Paths])
	}
	if in.Expected {
		o.expected = make(map[string]Wait, len(p.expected))
		for i, id := range p.expected {
			at := len(p.waiting) + i
			w := sorted(p.samples[at*Paths : (at+1)*Paths])
			w.paths = max(len(w.called), 1)
			o.expected[id] = w
		}
	}
	lanes := make([][]Wait, len(p.lanes))
	for i := range lanes {
		if !p.lanes[i].asked {
			continue
		}
		for c := range p.comers {
			at := (i*len(p.comers) + c) * Paths
			lanes[i] = append(lanes[i], sorted(p.news[at:at+Paths]))
		}
	}
	for i, li := range p.fresh {
		o.fresh[in.Rules.Services[i].ID] = lanes[li]
	}
	return o
}
