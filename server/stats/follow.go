package stats

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// Stats follows the journals of a town's offices and answers questions. Its
// methods may be called from anywhere.
type Stats struct {
	store     Store
	journal   journal.Journal
	log       *slog.Logger
	followers map[string]*follower
}

// follower reads one office's journal.
type follower struct {
	stats *Stats
	rules *queue.Rules

	mu     sync.Mutex // one reading at a time; guards what follows
	fold   *fold      // nil until the cursor was read
	cursor Cursor
	stored Cursor
}

// New returns the statistics of offices with these rules; Run follows.
func New(j journal.Journal, rules []*queue.Rules, store Store, log *slog.Logger) *Stats {
	s := &Stats{store: store, journal: j, log: log, followers: map[string]*follower{}}
	for _, r := range rules {
		s.followers[r.Office] = &follower{stats: s, rules: r}
	}
	return s
}

// gather is how long new records are let come together before they are read:
// a commit of rows waits for the same disk as the line.
const gather = 2 * time.Second

// retry is how long a fault is let rest.
const retry = 10 * time.Second

// Run follows all offices until ctx ends.
func (s *Stats) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range s.followers {
		all.Go(func() { f.run(ctx) })
	}
	all.Wait()
}

func (f *follower) run(ctx context.Context) {
	poke, err := f.stats.journal.Watch(ctx, f.rules.Office)
	if err != nil {
		if ctx.Err() == nil {
			f.stats.log.Error("watch a journal for statistics", "office", f.rules.Office, "error", err)
		}
		return
	}
	for {
		rest := gather
		if err := f.catchUp(ctx); err != nil && ctx.Err() == nil {
			f.stats.log.Error("read a journal for statistics", "office", f.rules.Office, "error", err)
			rest = retry
		}
		pause := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if rest == retry {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-poke:
		}
	}
}

// CatchUp reads an office's journal to its end. Run does it by itself; who asks
// right after something happened may not want to wait for that.
func (s *Stats) CatchUp(ctx context.Context, office string) error {
	f := s.followers[office]
	if f == nil {
		return fmt.Errorf("no office %s", office)
	}
	return f.catchUp(ctx)
}

// rowsAtOnce bounds one transaction where a long journal is read for the first
// time.
const rowsAtOnce = 1000

func (f *follower) catchUp(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	office := f.rules.Office
	if f.fold == nil {
		c, err := f.stats.store.StatsCursor(ctx, office)
		if err != nil {
			return fmt.Errorf("read the cursor: %w", err)
		}
		// The stories of the day that was being read are folded anew; rows that
		// were stored stay as they are.
		f.fold, f.stored, f.cursor = newFold(f.rules), c, Cursor{}
		if c.Opening > 0 {
			f.cursor = Cursor{Seq: c.Opening - 1, Opening: c.Opening}
		}
	}
	for rec, err := range f.stats.journal.Read(ctx, office, f.cursor.Seq) {
		if err != nil {
			return err
		}
		body, _, err := queue.DecodeParts(rec.Body)
		if err != nil {
			return fmt.Errorf("record %d: %w", rec.Seq, err)
		}
		f.fold.add(rec.Seq, rec.At, body)
		f.cursor.Seq = rec.Seq
		if rec.Opening {
			f.cursor.Opening = rec.Seq
		}
		if len(f.fold.visits)+len(f.fold.promises) >= rowsAtOnce {
			if err := f.put(ctx); err != nil {
				return err
			}
		}
	}
	return f.put(ctx)
}

// put stores the rows that are made. Without any it moves the cursor only when
// a day has begun, to spare the disk.
func (f *follower) put(ctx context.Context) error {
	rows := Rows{Visits: f.fold.visits, Promises: f.fold.promises, Missing: f.fold.missed}
	if len(rows.Visits)+len(rows.Promises) == 0 && f.cursor.Opening == f.stored.Opening {
		return nil
	}
	if err := f.stats.store.PutStats(ctx, f.rules.Office, rows, f.cursor); err != nil {
		return fmt.Errorf("store rows: %w", err)
	}
	f.stored = f.cursor
	f.fold.visits, f.fold.promises, f.fold.missed = nil, nil, nil
	return nil
}

// Erase removes the rows of the days before one.
func (s *Stats) Erase(ctx context.Context, office string, before calendar.Date) (int, error) {
	return s.store.EraseStats(ctx, office, before)
}

func (r *Rows) sort() {
	slices.SortFunc(r.Visits, func(a, b Visit) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(r.Promises, func(a, b Promise) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(r.Missing, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Paper, b.Paper))
	})
}
