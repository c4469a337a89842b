package feed

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Office is one that gets a calendar's appointments.
type Office interface {
	Rules() *queue.Rules
	State() *queue.State
	// Give gives a command once under a key: given again, it is answered as it
	// was. The error is a *queue.Refusal, or that the office cannot be asked.
	Give(ctx context.Context, key string, c queue.Command) (*queue.Answer, error)
}

// Store keeps what is remembered of calendars and their events.
type Store interface {
	// FeedStatus is the zero Status for a source that was never read.
	FeedStatus(ctx context.Context, source string) (Status, error)
	PutFeedStatus(ctx context.Context, source string, s Status) error
	FeedKnown(ctx context.Context, source string) (map[string]Known, error)
	PutFeedKnown(ctx context.Context, source string, k Known) error
	// DropFeedKnown forgets events whose time is before an instant.
	DropFeedKnown(ctx context.Context, source string, before time.Time) error
}

// Status is how the reading of a calendar goes.
type Status struct {
	Tried    time.Time `json:"tried,omitzero"`
	Good     time.Time `json:"good,omitzero"` // last time that it could be read
	Fault    *Fault    `json:"fault,omitempty"`
	Fails    int       `json:"fails,omitzero"` // since it could be
	Notes    Notes     `json:"notes,omitempty"`
	Standing int       `json:"standing,omitzero"` // appointments to come that it brought
	Doubted  int       `json:"doubted,omitzero"`
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"`
	Digest   string    `json:"digest,omitempty"` // of the source, for which the marks above hold
}

// Options are what a Reader needs besides its sources.
type Options struct {
	Offices map[string]Office
	Store   Store
	MAC     func(office string, day calendar.Date, code string) string // keyed hash of a code
	Hide    func() time.Duration                                       // how long a freed time is shown to nobody
	Now     func() time.Time
	Log     *slog.Logger
}

// Reader reads calendars, each in a goroutine of its own.
type Reader struct {
	opt    Options
	client *http.Client
	feeds  []*reading
}

type reading struct {
	source Source
	wake   chan struct{}
	mu     sync.Mutex // one read at a time
}

// State is a source and how its reading goes.
type State struct {
	ID, Host string
	Every    time.Duration
	Status
}

// NewReader makes a reader; nothing is read before Run or Read.
func NewReader(sources []Source, opt Options) *Reader {
	r := &Reader{opt: opt, client: newClient()}
	for _, s := range sources {
		r.feeds = append(r.feeds, &reading{source: s, wake: make(chan struct{}, 1)})
	}
	return r
}

// Run reads every calendar now and then every so often, until ctx ends.
func (r *Reader) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range r.feeds {
		all.Go(func() { r.run(ctx, f) })
	}
	all.Wait()
	r.client.CloseIdleConnections()
}

// backOffMost is how long a calendar is let alone at most that cannot be read.
const backOffMost = time.Hour

func (r *Reader) run(ctx context.Context, f *reading) {
	for ctx.Err() == nil {
		st, err := r.read(ctx, f)
		if err != nil && ctx.Err() == nil {
			r.opt.Log.Error("keep what is known of a calendar", "source", f.source.ID(), "error", err)
		}
		rest := time.NewTimer(pauseAfter(f.source.Every, st.Fails))
		select {
		case <-ctx.Done():
		case <-f.wake:
		case <-rest.C:
		}
		rest.Stop()
	}
}

// pauseAfter is how long to wait after so many failures in a row.
func pauseAfter(every time.Duration, fails int) time.Duration {
	most := max(every, backOffMost)
	for range min(fails, 10) {
		if every *= 2; every >= most {
			return most
		}
	}
	return every
}

// States are the sources of an office and how their reading goes.
func (r *Reader) States(ctx context.Context, office string) ([]State, error) {
	var list []State
	for _, f := range r.feeds {
		if f.source.Office != office {
			continue
		}
		st, err := r.opt.Store.FeedStatus(ctx, f.source.ID())
		if err != nil {
			return nil, err
		}
		list = append(list, State{ID: f.source.ID(), Host: f.source.Host(), Every: f.source.Every, Status: st})
	}
	return list, nil
}

// Read reads one calendar of an office at once; false if there is no such
// source. What is wrong with the calendar is in its status.
func (r *Reader) Read(ctx context.Context, office, id string) (bool, error) {
	for _, f := range r.feeds {
		if f.source.Office == office && f.source.ID() == id {
			_, err := r.read(ctx, f)
			return true, err
		}
	}
	return false, nil
}

// read is one read from request to memory. An error is one of our own disk, or
// that ctx ended.
func (r *Reader) read(ctx context.Context, f *reading) (Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, id := &f.source, f.source.ID()
	st, err := r.opt.Store.FeedStatus(ctx, id)
	if err != nil {
		return st, err
	}
	if st.Digest != s.digest() {
		st.ETag, st.Modified, st.Digest = "", "", s.digest()
	}
	st.Tried = r.opt.Now().UTC()
	err = r.takeOver(ctx, s, &st)
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		st.Fault = fault
		st.Fails++
		r.opt.Log.Warn("a calendar cannot be read", "source", id, "office", s.Office, "why", fault.Code)
	case err != nil:
		return st, err
	default:
		st.Fault, st.Fails, st.Good = nil, 0, st.Tried
	}
	return st, r.opt.Store.PutFeedStatus(ctx, id, st)
}

// remembered is how long an event is known after its time.
const remembered = 48 * time.Hour

// takeOver fetches a calendar and does what it asks for. After a Fault nothing
// of the calendar is remembered but what was done.
func (r *Reader) takeOver(ctx context.Context, s *Source, st *Status) error {
	got, err := fetch(ctx, r.client, s, st.ETag, st.Modified)
	if err != nil {
		return err
	}
	if got.raw == nil {
		return nil // as it was
	}
	o := r.opt.Offices[s.Office]
	c, err := s.read(got.raw, o.Rules().Hours.Zone)
	if err != nil {
		return err
	}
	known, err := r.opt.Store.FeedKnown(ctx, s.ID())
	if err != nil {
		return err
	}
	v := &view{rules: o.Rules(), state: o.State(), known: known, now: r.opt.Now(), doubted: st.Doubted}
	list, doubt := v.changes(c)
	for i := range list {
		if err := r.apply(ctx, s, o, v, &list[i], c.Notes); err != nil {
			st.ETag, st.Modified = "", ""
			return err
		}
	}
	st.Notes, st.Doubted, st.ETag, st.Modified = c.Notes, 0, got.etag, got.modified
	if doubt {
		st.Doubted = v.doubted + 1
	}
	if doubt || c.Notes[NoteTooFar]+c.Notes[NoteRefused]+c.Notes[NoteCode] > 0 {
		st.ETag, st.Modified = "", "" // the same calendar may ask for something else next time
	}
	st.Standing = 0
	for _, k := range known {
		if k.Gone == "" && k.At.After(v.now) {
			st.Standing++
		}
	}
	return r.opt.Store.DropFeedKnown(ctx, s.ID(), v.now.Add(-remembered))
}
