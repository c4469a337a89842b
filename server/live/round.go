package live

import (
	"context"
	"errors"
	"runtime"
	"time"

	"aufruf/server/queue"
)

// How often what is heard of.
const (
	// roundEvery is how often everything watched is rendered with no new state:
	// the clock alone opens and closes offices.
	roundEvery = 5 * time.Second
	// heartOften is the longest silence of boards, desks and supervisors. Phones
	// and who follows an office hear seldom, each at a moment of its own; who
	// serves their sockets sees to it.
	heartOften = 5 * time.Second
	// phonesPause is the shortest time between two rounds of all phones of an
	// office. Who is called is told at once; that others moved up may wait so
	// long, and many moves become one frame.
	phonesPause = 200 * time.Millisecond
	// phonesShare bounds phones to a fourth of the time, however many there are.
	phonesShare = 4
	// phonesBreath is after how many phones a round looks whether something
	// came that cannot wait: about a millisecond's work.
	phonesBreath = 16
)

// slack is how much later than asked the goroutine may wake for a heart: a
// heart due in a millisecond is not put off by another round.
const slack = 10 * time.Millisecond

// run shows the office until ctx ends.
func (k *caster) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.poke:
		case <-timer.C:
		}
		timer.Reset(k.round())
	}
}

// round shows what is watched at the state of now and says when to come again:
// first what cannot wait, then, if it is time, all phones.
func (k *caster) round() time.Duration {
	m := k.cast.moment()
	k.first(m)
	k.owed = k.owed || !k.change.IsZero() && !m.at.Before(k.change)
	if w := k.waits(); w != k.looked {
		k.looked, k.owed = w, true // a new look ahead concerns every phone
	}
	k.change = queue.NextChange(k.office.Rules(), m.states[k.index], m.at)
	wait := roundEvery
	if !k.change.IsZero() {
		wait = min(wait, k.change.Sub(m.at))
	}
	since := m.at.Sub(k.phonesAt)
	if since < 0 || since >= roundEvery-slack || k.owed && since >= k.phonesRest {
		k.owed = k.phones(m)
		k.phonesAt = m.at
		k.phonesRest = max(phonesPause, phonesShare*k.cast.opt.Now().Sub(m.at))
		since = 0
	}
	if k.owed {
		wait = min(wait, k.phonesRest-since)
	}
	return max(wait, time.Millisecond)
}

// first shows what cannot wait: boards, staff, and the phones of those whom
// the new state is about.
func (k *caster) first(m *moment) {
	watched := k.cast.hub.Watched()
	for _, kind := range []Kind{Board, Desk, Supervisor, Office} {
		for _, t := range watched {
			if t.Kind == kind && t.Office == k.office.ID() {
				k.showOn(m, t)
			}
		}
	}
	fresh, seq := k.shown, m.states[k.index].Seq
	if seq == fresh {
		return
	}
	for _, t := range k.cast.hub.WatchedTickets() {
		if k.touched(m, t, fresh) {
			k.showOn(m, t)
		}
	}
	k.shown, k.owed = seq, true
}

// phones shows all watched tickets in this office's care. A new state that
// comes meanwhile is shown first where it cannot wait; the round goes on with
// it, and the phones before are owed another one.
func (k *caster) phones(m *moment) (owed bool) {
	for i, t := range k.cast.hub.WatchedTickets() {
		if i%phonesBreath == 0 && i > 0 {
			runtime.Gosched() // who presses next does not wait for phones
			select {
			case <-k.poke:
				m = k.cast.moment()
				k.first(m)
				owed = true
			default:
			}
		}
		if h := m.holder(t.Name); h == k.index || h < 0 {
			k.showOn(m, t)
		}
	}
	return owed
}

func (k *caster) touched(m *moment, t Topic, fresh uint64) bool {
	ticket := m.states[k.index].Ticket(t.Name)
	return ticket != nil && ticket.Seq > fresh
}

// showOn renders a topic for its followers; if nothing changed, they get a
// heart when one is due. What is no longer there is ended.
func (k *caster) showOn(m *moment, t Topic) {
	hub := k.cast.hub
	f, err := k.cast.show(m, t)
	switch {
	case errors.Is(err, ErrUnknownTopic):
		hub.End(t, m.order)
		return
	case err != nil:
		k.cast.opt.Log.Error("show topic", "kind", t.Kind, "office", k.office.ID(), "error", err)
		return
	}
	if !hub.Publish(t, f) && t.Kind != Ticket && t.Kind != Office {
		hub.Beat(t, m.at, k.cast.opt.Build, heartOften-slack)
	}
}
