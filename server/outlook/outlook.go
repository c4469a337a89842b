// Package outlook keeps a fresh look ahead for every office: at most one a
// second, one at least every fifteen seconds, and never in the way of a
// command. It also sees to it that what people are shown moves in calm steps.
package outlook

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Source is an office as it is looked at. Snapshot may be called from anywhere.
type Source interface {
	ID() string
	Rules() *queue.Rules
	Snapshot() (*queue.State, *forecast.Model)
}

// Options are what a Watcher needs besides its offices.
type Options struct {
	Now func() time.Time // the clock
	// Seen hears of each new look ahead, in the office's goroutine here.
	Seen func(office string)
	// Kept are figures that were shown before a restart, by office; nil: none.
	Kept map[string]map[string]forecast.Shown
}

// How often an office is looked at.
const (
	Pause = time.Second      // between two looks at least
	Tick  = 15 * time.Second // at most: what runs at a desk goes on without an event
)

// Watcher looks ahead for all offices, in a goroutine each.
type Watcher struct {
	opt     Options
	offices map[string]*watched
	cancel  context.CancelFunc
	ended   sync.WaitGroup
}

type watched struct {
	source Source
	poke   chan struct{}
	latest atomic.Pointer[Look]
	mu     sync.Mutex // one look at a time; guards player and shown
	player forecast.Player
	shown  map[string]forecast.Shown

	timesMu sync.Mutex // guards what follows
	far     forecast.Player
	times   *Times
}

// Look is one look ahead. It does not change.
type Look struct {
	At      time.Time
	State   *queue.State
	Outlook *forecast.Outlook
	Day     forecast.Day
	shown   map[string]forecast.Shown
}

// New looks at every office once and starts watching. Close ends it.
func New(offices []Source, opt Options) *Watcher {
	w := &Watcher{opt: opt, offices: map[string]*watched{}}
	run, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	for _, o := range offices {
		k := &watched{source: o, poke: make(chan struct{}, 1), shown: opt.Kept[o.ID()]}
		w.offices[o.ID()] = k
		k.look(opt.Now())
	}
	for _, k := range w.offices {
		w.ended.Go(func() { w.run(run, k) })
	}
	return w
}

// Close ends the goroutines and waits for them.
func (w *Watcher) Close() {
	w.cancel()
	w.ended.Wait()
}

// Poke says that an office has a new state. It does not block.
func (w *Watcher) Poke(office string) {
	if k := w.offices[office]; k != nil {
		select {
		case k.poke <- struct{}{}:
		default:
		}
	}
}

// Latest is the newest look at an office, or nil for an office that is not
// there.
func (w *Watcher) Latest(office string) *Look {
	if k := w.offices[office]; k != nil {
		return k.latest.Load()
	}
	return nil
}

func (w *Watcher) run(ctx context.Context, k *watched) {
	for {
		rest := time.NewTimer(Tick)
		select {
		case <-ctx.Done():
			rest.Stop()
			return
		case <-k.poke:
		case <-rest.C:
		}
		rest.Stop()
		k.look(w.opt.Now())
		if w.opt.Seen != nil {
			w.opt.Seen(k.source.ID())
		}
		pause := time.NewTimer(Pause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// look makes a new look ahead.
func (k *watched) look(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.source.Rules()
	s, m := k.source.Snapshot()
	if now.Before(s.At) {
		now = s.At
	}
	l := &Look{At: now, State: s, Day: forecast.DayOf(r, s)}
	l.Outlook = k.player.Play(&forecast.Situation{Rules: r, State: s, World: m.World(r, &l.Day, now), Watch: m.Watch(),
		Day: l.Day, Now: now, Expected: true})
	k.shown = calm(k.shown, l, r)
	l.shown = k.shown
	k.latest.Store(l)
}

// WhatIf looks ahead from an office's state as it would be after events that
// did not happen, with the same draws as the real look, so that what differs
// comes from the events alone. It returns both.
func (w *Watcher) WhatIf(office string, events []queue.Event) (now, then *Look) {
	k := w.offices[office]
	if k == nil {
		return nil, nil
	}
	r := k.source.Rules()
	s, m := k.source.Snapshot()
	at := w.opt.Now()
	if at.Before(s.At) {
		at = s.At
	}
	var player forecast.Player
	look := func(s *queue.State, m *forecast.Model) *Look {
		l := &Look{At: at, State: s, Day: forecast.DayOf(r, s)}
		l.Outlook = player.Play(&forecast.Situation{Rules: r, State: s, World: m.World(r, &l.Day, at), Watch: m.Watch(),
			Day: l.Day, Now: at, Expected: true})
		return l
	}
	now = look(s, m)
	s2, m2 := s.Clone(), m.Clone()
	for _, e := range events {
		meta, body := queue.Meta{Seq: s2.Seq + 1, At: at, By: "what if"}, queue.Body{Kind: "what_if", Events: []queue.Event{e}}
		m2.Learn(r, s2, &now.Day, meta, body)
		s2.Apply(meta, body)
	}
	return now, look(s2, m2)
}
