package overbook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// Source is an office that is looked at and given what changed.
type Source interface {
	ID() string
	Rules() *queue.Rules
	Snapshot() (*queue.State, *forecast.Model)
	// Give gives a command once under a key.
	Give(ctx context.Context, key string, c queue.Command) (*queue.Answer, error)
}

// Plan is all that was decided for an office. It does not change.
type Plan struct {
	At    time.Time
	State string
	Hours []Hour // of all coming days, in order
}

// On are the hours of a day.
func (p *Plan) On(day calendar.Date) []Hour {
	var list []Hour
	for _, h := range p.Hours {
		if h.Day == day {
			list = append(list, h)
		}
	}
	return list
}

// Every is how often an office is looked at; soon after a day begins or the
// terms change as well.
const Every = 5 * time.Minute

// Worker looks at every office, one after the other.
type Worker struct {
	now     func() time.Time
	log     *slog.Logger
	offices []*looked
	wake    chan struct{}
}

type looked struct {
	source Source
	latest atomic.Pointer[Plan]

	mu     sync.Mutex // one look at a time; guards what follows
	player forecast.Player
	days   map[calendar.Date]decided
}

// decided is a day with what it was decided from.
type decided struct {
	from  string
	hours []Hour
}

// NewWorker makes a worker; nothing is looked at before Run or Look.
func NewWorker(offices []Source, now func() time.Time, log *slog.Logger) *Worker {
	w := &Worker{now: now, log: log, wake: make(chan struct{}, 1)}
	for _, o := range offices {
		w.offices = append(w.offices, &looked{source: o, days: map[calendar.Date]decided{}})
	}
	return w
}

// Poke has the worker look soon. It does not block.
func (w *Worker) Poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Heard pokes when records say that a day began or the terms changed; for an
// observer of stored records.
func (w *Worker) Heard(events []queue.Event) {
	for _, e := range events {
		switch e.(type) {
		case queue.DayOpened, queue.BookingSet:
			w.Poke()
		}
	}
}

// Run looks now and then every so often, until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		for _, o := range w.offices {
			if err := w.look(ctx, o); err != nil && ctx.Err() == nil {
				w.log.Error("decide what may be sold beyond the desks", "office", o.source.ID(), "error", err)
			}
		}
		rest := time.NewTimer(Every)
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-rest.C:
		}
		rest.Stop()
	}
}

// Latest is what was decided last for an office; nil: nothing yet.
func (w *Worker) Latest(office string) *Plan {
	for _, o := range w.offices {
		if o.source.ID() == office {
			return o.latest.Load()
		}
	}
	return nil
}

// Look looks at an office now.
func (w *Worker) Look(ctx context.Context, office string) error {
	for _, o := range w.offices {
		if o.source.ID() == office {
			return w.look(ctx, o)
		}
	}
	return nil
}

func (w *Worker) look(ctx context.Context, k *looked) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.source.Rules()
	s, m := k.source.Snapshot()
	o := &Office{Rules: r, State: s, Model: m, Now: w.now()}
	plan := &Plan{At: o.Now, State: o.Standing()}
	days := map[calendar.Date]decided{}
	if plan.State == On {
		for day, last := s.Day.AddDays(1), s.Day.AddDays(r.TermsOf(s).Days); !day.After(last); day = day.AddDays(1) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			from := o.from(day)
			d, same := k.days[day]
			if !same || d.from != from {
				d = decided{from, o.Day(&k.player, day)}
			}
			days[day] = d
			plan.Hours = append(plan.Hours, d.hours...)
		}
	}
	k.days = days
	if err := give(ctx, k.source, s, plan); err != nil {
		return err
	}
	k.latest.Store(plan)
	return nil
}

// give sets what changed. The key is made of what is asked for and of the state
// that it is asked of: two nodes that decide alike ask for the same, and the same
// asked for again later is a command of its own.
func give(ctx context.Context, to Source, s *queue.State, p *Plan) error {
	var extra []queue.Extra
	for _, h := range p.Hours {
		if h.N > 0 {
			extra = append(extra, queue.Extra{Day: h.Day, Hour: h.Hour, N: h.N})
		}
	}
	// What is set for today has had its time: it can no longer be changed by a
	// look at days to come, and stays until the day ends.
	var today, coming []queue.Extra
	for _, e := range s.Extra {
		switch {
		case e.Day == s.Day:
			today = append(today, e)
		case e.Day.After(s.Day):
			coming = append(coming, e)
		}
	}
	if p.State == Off {
		today = nil
	}
	if slices.Equal(coming, extra) && (p.State != Off || len(s.Extra) == 0) {
		return nil
	}
	extra = append(today, extra...)
	raw, err := json.Marshal(extra)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	_, err = to.Give(ctx, fmt.Sprintf("%d|%s", s.Seq, hex.EncodeToString(sum[:8])), queue.SetExtra{Extra: extra})
	return err
}

// from is all that a day's decision depends on, short: as long as it is the
// same, the day is not played again.
func (o *Office) from(day calendar.Date) string {
	sum := sha256.New()
	t := o.Rules.TermsOf(o.State)
	fmt.Fprint(sum, o.State.Day, o.Model.Days, t.Share, o.State.Planned)
	zone := o.Rules.Hours.Zone
	for _, a := range o.State.Appointments {
		if calendar.DateOf(a.At, zone) == day {
			fmt.Fprint(sum, a.ID, a.At.Unix(), a.Services, a.Minutes, a.Confirmed, a.Late)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
