package office

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"aufruf/server/forecast"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// Request is one command with its identity.
type Request struct {
	ID      string   // unique per caller and command, see RequestID; repeated on a retry
	By      string   // opaque id of who asks; it stands in the record
	Hash    [32]byte // of the request as it came; the same id with another hash is refused
	Command queue.Command
}

// Receipt is the answer to a request that was stored, now or before.
type Receipt struct {
	Seq      uint64
	At       time.Time
	Answer   *queue.Answer
	Repeated bool // it was stored by an earlier request with this id
}

// Stored is one record as applied, for observers.
type Stored struct {
	Meta queue.Meta
	Body queue.Body
}

// Observer hears of stored records. It runs in the office's goroutine and must
// not block or call Do.
type Observer func(o *Office, s *queue.State, stored []Stored)

// Options are what an office needs besides its rules and journal.
type Options struct {
	Now      func() time.Time
	Log      *slog.Logger
	Observer Observer
	// Shared says that others append to the same journal, so pokes matter.
	Shared bool
	// AppendWithin bounds one append; 0 means 10 s.
	AppendWithin time.Duration
}

// inboxSize bounds what waits for one office; batchSize what is stored together.
const (
	inboxSize = 1024
	batchSize = 256
)

// Office is one line with its goroutine. Its methods may be called from
// anywhere.
type Office struct {
	rules   *queue.Rules
	journal journal.Journal
	opt     Options

	known atomic.Pointer[known]
	fault atomic.Pointer[error]

	answers  *answers // of the goroutine, as are the next three
	day      dayCache
	patience patience
	batch    []*job

	inbox   chan *job
	stopped chan struct{}
	cancel  context.CancelFunc
}

// known is the newest stored state and what was learned until then.
type known struct {
	state *queue.State
	model *forecast.Model
}

// job is a request that waits. Who has got its answer gives it back to jobs; one
// that was left before is left to the collector, since its answer may still come.
type job struct {
	ctx  context.Context
	req  Request
	done chan outcome
}

var jobs = sync.Pool{New: func() any { return &job{done: make(chan outcome, 1)} }}

// put gives a job back, whose answer was taken and which nobody looks at.
func (j *job) put() {
	j.ctx, j.req = nil, Request{}
	jobs.Put(j)
}

type outcome struct {
	receipt Receipt
	err     error
}

// Open reads the journal from its newest opening, decides what fell due
// meanwhile, and starts the goroutine. A damaged journal is an error that
// names the record.
func Open(ctx context.Context, r *queue.Rules, j journal.Journal, opt Options) (*Office, error) {
	if opt.AppendWithin == 0 {
		opt.AppendWithin = 10 * time.Second
	}
	o := &Office{rules: r, journal: j, opt: opt, answers: newAnswers(),
		inbox: make(chan *job, inboxSize), stopped: make(chan struct{})}
	if err := o.load(ctx); err != nil {
		return nil, fmt.Errorf("open office %s: %w", r.Office, err)
	}
	if err := o.settle(ctx); err != nil {
		return nil, fmt.Errorf("open office %s: %w", r.Office, err)
	}
	run, cancel := context.WithCancel(context.Background())
	o.cancel = cancel
	var poke <-chan struct{}
	if opt.Shared {
		var err error
		if poke, err = j.Watch(run, r.Office); err != nil {
			cancel()
			return nil, fmt.Errorf("watch office %s: %w", r.Office, err)
		}
	}
	go o.run(run, poke)
	return o, nil
}

// Close stops accepting, finishes what waits and ends the goroutine.
func (o *Office) Close() {
	o.cancel()
	<-o.stopped
}

// ID is the office's id.
func (o *Office) ID() string { return o.rules.Office }

// Rules are the office's rules; for reading.
func (o *Office) Rules() *queue.Rules { return o.rules }

// State is the newest stored state; for reading, valid for ever.
func (o *Office) State() *queue.State { return o.known.Load().state }

// Snapshot is the newest stored state and what was learned from the records
// until it; for reading, valid for ever.
func (o *Office) Snapshot() (*queue.State, *forecast.Model) {
	k := o.known.Load()
	return k.state, k.model
}

// Fault is nil, or why the office is read-only.
func (o *Office) Fault() error {
	if p := o.fault.Load(); p != nil {
		return *p
	}
	return nil
}

// Do gives a command and waits until it is stored or refused. Its error is a
// *queue.Refusal, a fault of this package, or ErrUnknown when ctx ends first.
func (o *Office) Do(ctx context.Context, req Request) (Receipt, error) {
	if req.ID == "" {
		return Receipt{}, errors.New("a request needs an id")
	}
	j := jobs.Get().(*job)
	j.ctx, j.req = ctx, req
	select {
	case <-o.stopped:
		return Receipt{}, ErrStopped
	default:
	}
	select {
	case o.inbox <- j:
	default:
		return Receipt{}, ErrBusy
	}
	select {
	case out := <-j.done:
		j.put()
		return out.receipt, out.err
	case <-ctx.Done():
		return Receipt{}, ErrUnknown
	case <-o.stopped:
		// The goroutine answers everything it took before it ends.
		select {
		case out := <-j.done:
			return out.receipt, out.err
		default:
			return Receipt{}, ErrStopped
		}
	}
}

func (o *Office) run(ctx context.Context, poke <-chan struct{}) {
	defer close(o.stopped)
	set := o.untilDue()
	timer := time.NewTimer(set)
	defer timer.Stop()
	for {
		select {
		case j := <-o.inbox:
			o.commit(o.gather(j))
		case <-timer.C:
			set = 0
			o.commit(nil)
		case _, ok := <-poke:
			if !ok {
				poke = nil
				break
			}
			if err := o.catchUp(context.Background()); err != nil {
				o.opt.Log.Error("catch up", "office", o.ID(), "error", err)
			}
		case <-ctx.Done():
			for {
				select {
				case j := <-o.inbox:
					o.commit(o.gather(j))
				default:
					return
				}
			}
		}
		// With nothing due soon, as after nearly every command, the timer stays as it
		// was set: it rings within the minute.
		if wait := o.untilDue(); wait < sleepMost || set < sleepMost {
			timer.Reset(wait)
			set = wait
		}
	}
}

// Hide is for how long a time that becomes free is shown to nobody, each time
// another: whoever asks again and again does not gain by it.
func Hide() time.Duration { return hideLeast + rand.N(hideMost-hideLeast) }

const (
	hideLeast = 3 * time.Minute
	hideMost  = 20 * time.Minute
)

// sleepMost is how long the goroutine sleeps when nothing is due.
const sleepMost = time.Minute

// duePause is how long a change of day that could not be stored rests before it
// is tried again.
const duePause = time.Second

// untilDue is how long the goroutine may sleep. The clock may jump, so it looks
// at least once a minute.
func (o *Office) untilDue() time.Duration {
	s := o.State()
	now := o.now(s)
	due := s.Due(o.rules, now)
	if !due.After(now) {
		return duePause
	}
	// Counted from the clock, which may have been set back behind the state.
	return min(max(due.Sub(o.opt.Now()), 10*time.Millisecond), sleepMost)
}

// gather takes what else waits, up to a batch. Whoever is about to ask gets the
// processor first: of 64 callers who were answered together 46 instead of 33 are
// then in the next batch, and nobody who is alone waits for it.
func (o *Office) gather(first *job) []*job {
	runtime.Gosched()
	clear(o.batch)
	o.batch = append(o.batch[:0], first)
	for len(o.batch) < batchSize {
		select {
		case j := <-o.inbox:
			o.batch = append(o.batch, j)
		default:
			return o.batch
		}
	}
	return o.batch
}
