package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"aufruf/server/people"
)

// sender takes one written message to where it goes. Its error is a *trouble;
// any other is one that nobody foresaw and counts as unknown.
type sender interface {
	send(ctx context.Context, m *message) (receipt, error)
	// again says that a message may be given once more after nobody knows
	// whether it went.
	again() bool
}

// receipt is what a gateway said of a message that it took.
type receipt struct{ id string }

// trouble is why a message did not go.
type trouble struct {
	code       string
	temporary  bool          // worth trying again
	unknown    bool          // it may have gone all the same
	gateway    bool          // it is not this message's fault: the others would fare alike
	retryAfter time.Duration // the gateway asks for it
}

func (t *trouble) Error() string { return t.code }

// worker sends one channel's messages, one after the other.
type worker struct {
	n       *Notify
	channel Channel
	sender  sender
	wake    chan struct{}

	mu       sync.Mutex // one step at a time; guards what follows
	resolved bool       // what was cut off by the last stop is put right
	paused   time.Time  // the gateway is down; nothing is tried before
	failures int        // of the gateway, one after the other
}

func newWorker(n *Notify, c Channel, s sender) *worker {
	return &worker{n: n, channel: c, sender: s, wake: make(chan struct{}, 1)}
}

const (
	sendWithin = 30 * time.Second
	dueAtOnce  = 50
	// lookEvery bounds a pause: the clock may be set, or run faster.
	lookEvery = 5 * time.Second
)

func (w *worker) run(ctx context.Context) {
	for {
		next, err := w.step(ctx)
		rest := lookEvery
		if err != nil && ctx.Err() == nil {
			w.n.log.Error("send messages", "channel", w.channel, "error", err)
		} else if !next.IsZero() {
			rest = min(max(next.Sub(w.n.now()), time.Millisecond), lookEvery)
		}
		pause := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-w.wake:
		case <-pause.C:
		}
		pause.Stop()
	}
}

// step sends what is due and says when there is more to do.
func (w *worker) step(ctx context.Context) (next time.Time, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.resolved {
		if err := w.resolve(ctx); err != nil {
			return time.Time{}, err
		}
		w.resolved = true
	}
	if err := w.eraseCancelled(ctx); err != nil {
		return time.Time{}, err
	}
	for {
		now := w.n.now()
		if w.rests(now) {
			return w.paused, nil
		}
		rows, later, err := w.n.store.OutboxDue(ctx, w.channel, now, dueAtOnce)
		if err != nil {
			return time.Time{}, err
		}
		for i := range rows {
			if err := w.one(ctx, &rows[i]); err != nil {
				return time.Time{}, err
			}
			if ctx.Err() != nil {
				return time.Time{}, ctx.Err()
			}
			if w.rests(w.n.now()) {
				break
			}
		}
		if len(rows) < dueAtOnce && !w.rests(w.n.now()) {
			return later, w.eraseCancelled(ctx)
		}
	}
}

// rests says that the gateway is down and is let be for a while; a clock that
// was set back does not make it longer.
func (w *worker) rests(now time.Time) bool {
	return now.Before(w.paused) && w.paused.Sub(now) <= longestAsked
}

// resolve decides about messages that were being sent when the program was
// stopped or killed. Nobody knows whether they went.
func (w *worker) resolve(ctx context.Context) error {
	rows, err := w.n.store.OutboxIn(ctx, w.channel, Sending)
	for _, r := range rows {
		if err == nil {
			err = w.afterUnknown(ctx, r)
		}
	}
	return err
}

// afterUnknown lets a message go once more where that does no harm, and never
// otherwise.
func (w *worker) afterUnknown(ctx context.Context, r Row) error {
	if w.sender.again() {
		r.State, r.Error, r.Next = Waiting, CodeUnknown, w.n.now().Add(w.backOff(r.Attempts, 0))
	} else {
		r.State, r.Error = Failed, CodeUnknown
	}
	return w.change(ctx, r, Sending)
}

func (w *worker) change(ctx context.Context, r Row, from State) error {
	r.Changed = w.n.now()
	_, err := w.n.store.ChangeOutbox(ctx, r, from)
	return err
}

// one looks at a row again and sends it, drops it or puts it off.
func (w *worker) one(ctx context.Context, r *Row) error {
	now := w.n.now()
	v := w.n.look(r, now)
	contact, err := w.n.contacts.Recipient(ctx, people.Whose{Office: r.Office, ID: r.Whose})
	switch {
	case errors.Is(err, people.ErrNone):
		v = verdict{drop: CodeNoContact}
	case err != nil:
		return fmt.Errorf("read a recipient: %w", err)
	case v.drop != "" || !v.wait.IsZero():
	case r.Kind.reminder() && !contact.Remind:
		v.drop = CodeNotWanted
	case !w.reaches(contact):
		v.drop = CodeNoAddress
	}
	switch {
	case v.drop != "":
		if r.State, r.Error = Dropped, v.drop; v.drop == CodeDeadline {
			r.State = Failed
		}
		return w.change(ctx, *r, Waiting)
	case !v.wait.IsZero():
		r.Next = v.wait
		return w.change(ctx, *r, Waiting)
	}
	moved, err := w.n.movesOf(ctx, r)
	if err != nil {
		return err
	}
	f, ok := w.n.gather(*r, contact, moved)
	if !ok {
		r.State, r.Error = Dropped, CodeGone
		return w.change(ctx, *r, Waiting)
	}
	m, err := w.n.write(f)
	if err != nil {
		w.n.log.Error("write a message", "office", r.Office, "message", r.ID, "error", err)
		r.State, r.Error = Failed, CodeText
		return w.change(ctx, *r, Waiting)
	}
	return w.send(ctx, *r, m)
}

func (w *worker) reaches(c people.Contact) bool {
	for _, way := range w.n.ways(c) {
		if way == w.channel {
			return true
		}
	}
	return false
}

// send marks the row first, so that it is known to be on its way wherever the
// plug is pulled, and then notes what came of it.
func (w *worker) send(ctx context.Context, r Row, m *message) error {
	r.State, r.Attempts, r.Segments, r.Changed = Sending, r.Attempts+1, m.segments, w.n.now()
	if mine, err := w.n.store.ChangeOutbox(ctx, r, Waiting); err != nil || !mine {
		return err
	}
	call, cancel := context.WithTimeout(ctx, sendWithin)
	got, err := w.sender.send(call, m)
	cancel()
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // the program stops; the next start decides
	}
	// What a gateway took must be noted, also when the program is told to stop.
	ctx = context.WithoutCancel(ctx)
	if err == nil {
		w.failures, w.paused = 0, time.Time{}
		r.State, r.Error, r.Provider = Sent, "", got.id
		r.Price = float64(m.segments) * w.n.settings.SMS.Price
		return w.change(ctx, r, Sending)
	}
	var t *trouble
	if !errors.As(err, &t) {
		t = &trouble{code: CodeUnknown, unknown: true}
	}
	return w.failed(ctx, r, t)
}

func (w *worker) failed(ctx context.Context, r Row, t *trouble) error {
	w.n.log.Warn("a message did not go", "channel", w.channel, "office", r.Office, "message", r.ID, "kind", r.Kind,
		"attempt", r.Attempts, "code", t.code, "temporary", t.temporary, "unknown", t.unknown)
	now := w.n.now()
	if t.gateway {
		w.failures++
		w.paused = now.Add(w.backOff(w.failures-1, t.retryAfter))
	}
	if r.Error = t.code; t.unknown {
		r.Error = CodeUnknown
	}
	switch {
	case t.unknown && !w.sender.again():
		r.State = Failed
	case t.unknown || t.temporary:
		r.State, r.Next = Waiting, now.Add(w.backOff(r.Attempts-1, t.retryAfter))
	default:
		r.State = Failed
	}
	return w.change(ctx, r, Sending)
}

// Pauses grow from first to longest, and a gateway may ask for longer ones.
const (
	firstPause   = 15 * time.Second
	longestPause = 15 * time.Minute
	longestAsked = 6 * time.Hour
)

// backOff is the pause after so many tries: doubled each time, and somewhere
// between half and the whole of it, so that a thousand rows do not come at once.
func (w *worker) backOff(tries int, asked time.Duration) time.Duration {
	d := longestPause
	if tries < 7 {
		d = min(firstPause<<max(tries, 0), longestPause)
	}
	d = d/2 + time.Duration(float64(d/2)*w.n.jitter())
	return max(d, min(asked, longestAsked))
}

// movesOf is how often the outbox told that a cancelled appointment was moved.
func (n *Notify) movesOf(ctx context.Context, r *Row) (int, error) {
	if r.Kind != Cancelled {
		return 0, nil
	}
	rows, err := n.store.OutboxOf(ctx, r.Office, r.Whose)
	seqs := map[uint64]bool{}
	for _, o := range rows {
		if o.Kind == Moved && o.Asked == "" {
			seqs[o.Seq] = true
		}
	}
	return len(seqs), err
}

// eraseCancelled erases the contacts of appointments whose cancelling is told,
// or never will be.
func (w *worker) eraseCancelled(ctx context.Context) error {
	rows, err := w.n.store.OutboxCancels(ctx)
	for _, r := range rows {
		if err == nil {
			err = w.n.contacts.Erase(ctx, people.Whose{Office: r.Office, ID: r.Whose}, people.ErasedCancelled)
		}
		if err == nil {
			err = w.n.store.OutboxErased(ctx, r.Office, r.Whose)
		}
	}
	return err
}
