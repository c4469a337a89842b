package simday

import (
	"fmt"
	"slices"

	"aufruf/server/exchange"
)

// Asked is one question with what came of it.
type Asked struct {
	ID, I   int
	Key     string // the same for all questions about one ticket
	Class   string // "booked", "walkin" or "new"
	Issue   bool   // asked at issue or check-in, or by a newcomer
	Trivial bool   // a desk that could serve this person stood idle
	At      int
	Minutes float64 // the offered wait
}

// open is a question whose answer is still to come.
type open struct {
	Asked
	place *place
}

// watcher is somebody who is followed virtually: they change nobody's call and
// only see at which decision they would have been called.
type watcher struct{ *place }

// newcomerReact is how long an idle desk takes to call a virtual newcomer.
const newcomerReact = 15

// period is how far the questions about everybody lie apart.
const period = 300

// tick asks about everybody who waits and about a newcomer of each group.
func (f *floor) tick() {
	var news []int
	if f.now < f.o.Intake {
		for g := range f.o.Groups {
			news = append(news, g)
		}
	}
	if len(f.line)+len(news) > 0 {
		f.ask(f.line, news, false)
	}
	if f.now+period < f.o.Close || f.open > 0 {
		f.last(f.now+period, f.tick)
	}
}

// ask writes one predict about tickets and newcomers of groups.
func (f *floor) ask(tickets []*place, news []int, issue bool) {
	f.play.predicts++
	l := exchange.Line{Ev: exchange.EvPredict, ID: f.play.predicts}
	for _, p := range tickets {
		class := "walkin"
		if p.booked {
			class = "booked"
		}
		f.note(open{Asked: Asked{Key: p.id, Class: class, Issue: issue}, place: p}, len(l.For), l.ID, p.group)
		l.For = append(l.For, exchange.For{Ticket: p.id})
	}
	for _, g := range news {
		f.seq++
		w := &watcher{&place{visitor: &visitor{}, group: g, since: f.now, order: f.seq, called: never}}
		key := fmt.Sprintf("%dN%d-%d", f.day, f.now, g)
		f.note(open{Asked: Asked{Key: key, Class: "new", Issue: true}, place: w.place}, len(l.For), l.ID, g)
		l.For = append(l.For, exchange.For{New: f.t.Services[slices.IndexFunc(f.t.Services, func(s ServiceTruth) bool { return s.Group == g })].ID})
		f.follow(w)
	}
	f.say(l)
}

func (f *floor) note(q open, i, id, group int) {
	q.ID, q.I, q.At = id, i, f.now
	q.Key = fmt.Sprintf("%d/%s", f.play.town, q.Key)
	q.Trivial = f.longestIdle(group) != nil
	f.asked = append(f.asked, q)
}

// follow watches somebody from now on. Where a desk stands idle there is
// nothing to watch.
func (f *floor) follow(w *watcher) {
	if f.longestIdle(w.group) != nil {
		w.called = f.now + newcomerReact
		return
	}
	f.watch = append(f.watch, w)
}

// observe is the decision of a desk that may call now: who is next, or nil.
// Those who are watched and would have stood before them, or would have found
// the desk free, have seen their call.
func (f *floor) observe(d *desk) *place {
	p := f.pick(d)
	var top rank
	if p != nil {
		top, _ = f.rank(p)
	}
	f.watch = slices.DeleteFunc(f.watch, func(w *watcher) bool {
		k, ok := f.rank(w.place)
		if !ok || !d.serves(w.group) || p != nil && !k.before(top) {
			return false
		}
		w.called = f.now
		return true
	})
	return p
}

// settle answers the questions of the day.
func (f *floor) settle() {
	for _, q := range f.asked {
		if q.place.called == never {
			panic("simday: somebody waits when the day is over: " + q.Key)
		}
		q.Minutes = float64(q.place.called-q.At) / 60
		f.play.Asked = append(f.play.Asked, q.Asked)
	}
}
