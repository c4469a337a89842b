package simday

import (
	"fmt"

	"aufruf/server/exchange"
)

// Stream is days in the exchange format, with all that is asked in them and
// what came of it.
type Stream struct {
	Name  string
	Lines []exchange.Line
	Asked []Asked
	Towns []*Truth // one for each hello, in order
}

// play is a stream that is being written.
type play struct {
	*Stream
	seed     uint64
	town     int
	predicts int
}

func (p *play) say(l exchange.Line) { p.Lines = append(p.Lines, l) }

// Play invents the days of an office, anew for each seed, one after the other
// in one stream. The same seeds give the same stream.
func (o Office) Play(seeds ...uint64) *Stream {
	o = o.filled()
	p := &play{Stream: &Stream{Name: o.Name}}
	for _, seed := range seeds {
		for town := range o.Towns {
			p.seed = mix(seed ^ mix(seedOf(o.Name)+uint64(town)))
			p.days(o)
		}
	}
	return p.Stream
}

// days plays all days of one office.
func (p *play) days(o Office) {
	t := o.truth(roll(p.seed, forOffice))
	p.town = len(p.Towns)
	p.Towns = append(p.Towns, t)
	p.say(exchange.Line{Ev: exchange.EvHello, Hello: hello(o, t)})
	for day := range o.Learn + o.Judged {
		t.drawSlow(o, p.seed, day)
		f := &floor{o: o, t: t, day: day, judged: day >= o.Learn, play: p}
		f.run(crowd(o, t, p.seed, day))
	}
}

func hello(o Office, t *Truth) *exchange.Hello {
	h := &exchange.Hello{Format: exchange.Format, Office: o.Name, Policy: t.Policy}
	for _, s := range t.Services {
		h.Services = append(h.Services, exchange.Service{ID: s.ID, Group: s.Group, Minutes: 10})
	}
	return h
}

func dayName(day int) string { return fmt.Sprintf("day-%d", day) }

// drawSlow decides whether the afternoon of a day goes slowly.
func (t *Truth) drawSlow(o Office, seed uint64, day int) {
	d := roll(seed, forCrowd, uint64(day), 1)
	if !d.chance(o.SlowDays) {
		return
	}
	from := o.Open + (o.Close-o.Open)/2 + int(d.uniform()*float64(hour))
	t.Slow = append(t.Slow, Slow{Day: day, From: from, Until: from + 2*hour, Factor: o.SlowFactor})
}
