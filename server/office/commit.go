package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/forecast"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// draft is a batch decided on a working copy and not yet stored.
type draft struct {
	state   *queue.State
	model   *forecast.Model
	records []journal.Record
	stored  []Stored
	added   []added        // by record
	at      map[string]int // where a request's answer is in added; nil for a single job
	results []outcome      // by job
	reread  bool           // what was stored has other numbers than were decided
}

// added is what is answered to a record, once it is stored.
type added struct {
	answer *queue.Answer
	text   []byte // the same, in the record
}

// lone is a draft for one job with room for what it needs: with one caller at
// an office that is every draft, and one piece of memory is cheaper than five.
type lone struct {
	draft
	records [1]journal.Record
	stored  [1]Stored
	added   [1]added
	results [1]outcome
}

// draftOf begins a draft for some jobs.
func draftOf(s *queue.State, m *forecast.Model, jobs int) *draft {
	if jobs == 1 {
		l := new(lone)
		l.draft = draft{state: s.Clone(), model: m.Clone(), results: l.results[:], records: l.records[:0], stored: l.stored[:0], added: l.added[:0]}
		return &l.draft
	}
	d := &draft{state: s.Clone(), model: m.Clone(), results: make([]outcome, jobs), records: make([]journal.Record, 0, jobs),
		stored: make([]Stored, 0, jobs), added: make([]added, 0, jobs)}
	if jobs > 1 {
		d.at = make(map[string]int, jobs)
	}
	return d
}

// commit decides a batch, stores it and answers. A lost race is decided again
// on what the winner left; nothing of a batch that was not stored is seen.
func (o *Office) commit(jobs []*job) {
	for {
		if o.opt.Shared {
			// A refusal is not appended, so no conflict would tell that it was
			// decided on what others have changed since.
			if err := o.catchUp(context.Background()); err != nil {
				o.fail(jobs, &draft{results: make([]outcome, len(jobs))}, err)
				return
			}
		}
		d := o.decide(jobs)
		if len(d.records) == 0 {
			o.answer(jobs, d, nil)
			return
		}
		if err := o.Fault(); err != nil {
			o.answer(jobs, d, ErrReadOnly)
			return
		}
		err := o.append(d)
		if errors.Is(err, journal.ErrConflict) {
			if err := o.catchUp(context.Background()); err != nil {
				o.fail(jobs, d, err)
				return
			}
			continue
		}
		if err != nil {
			o.fail(jobs, d, err)
			return
		}
		o.answer(jobs, d, nil)
		return
	}
}

// append stores a draft and makes it the state.
func (o *Office) append(d *draft) error {
	ctx := o.patience.begin(o.opt.AppendWithin)
	defer o.patience.end()
	seq, err := o.journal.Append(ctx, d.records, o.State().Seq)
	if err != nil {
		return err
	}
	if seq != d.state.Seq {
		// The journal numbers with gaps: what is stored counts, read it.
		d.reread = true
		return o.catchUp(ctx)
	}
	for i := range d.added {
		o.remember(&d.records[i], d.stored[i].Meta.Seq, d.added[i].text)
	}
	o.publish(d.state, d.model, d.stored)
	return nil
}

// fail answers a batch that could not be stored. When nobody knows whether it
// was, the journal is read: if the record is there, it happened.
func (o *Office) fail(jobs []*job, d *draft, err error) {
	o.opt.Log.Error("append", "office", o.ID(), "error", err)
	switch {
	case errors.Is(err, journal.ErrReadOnly):
		fault := fmt.Errorf("%w: %w", ErrReadOnly, err)
		o.fault.Store(&fault)
		o.answer(jobs, d, ErrReadOnly)
	case errors.Is(err, journal.ErrDiskFull):
		o.answer(jobs, d, ErrDiskFull)
	default:
		if o.catchUp(context.Background()) == nil {
			for i, j := range jobs {
				out := outcome{err: ErrUnknown}
				if k, ok, err := o.answered(j.req.ID); ok && err == nil && k.hash == j.req.Hash && d.results[i].err == nil {
					out = outcome{receipt: Receipt{Seq: k.seq, At: k.at, Answer: k.answer}}
				}
				j.done <- out
			}
			return
		}
		o.answer(jobs, d, ErrUnknown)
	}
}

// answer gives each job its result as stored. With a fault, only what needed
// no record keeps its own answer: repeats of stored commands.
func (o *Office) answer(jobs []*job, d *draft, fault error) {
	for i, j := range jobs {
		out := d.results[i]
		switch {
		case out.err == nil && (fault == nil || out.receipt.Repeated):
			if d.reread {
				k, _, err := o.answered(j.req.ID)
				out = outcome{Receipt{Seq: k.seq, At: k.at, Answer: k.answer, Repeated: out.receipt.Repeated}, err}
				if err != nil {
					out = outcome{err: ErrUnknown}
				}
			}
		case fault != nil:
			out = outcome{err: fault}
		}
		j.done <- out
	}
}

// decide runs the batch on a copy of the state: first what fell due, then each
// command on what the ones before it left.
func (o *Office) decide(jobs []*job) *draft {
	s, m := o.Snapshot()
	d := draftOf(s, m, len(jobs))
	now := o.now(d.state)
	o.answers.forget(now)
	o.tick(d, now)
	for i, j := range jobs {
		d.results[i] = o.decideOne(d, j, now)
	}
	return d
}

// now is the clock, never before the newest record.
func (o *Office) now(s *queue.State) time.Time {
	now := o.opt.Now().UTC().Round(0)
	if now.Before(s.At) {
		return s.At
	}
	return now
}

func (o *Office) tick(d *draft, now time.Time) {
	for {
		if now.Before(d.state.Due(o.rules, now)) {
			return
		}
		c := queue.Tick{AnswersFrom: o.answers.from(now), Hide: Hide()}
		if !now.Before(d.state.DayDue(o.rules)) {
			c.Learned = d.model.Encode()
		}
		events, err := queue.Decide(o.rules, d.state, c, "clock", now)
		if err != nil || len(events) == 0 {
			return
		}
		id := fmt.Sprintf("tick:%s:%d", d.state.Day, d.state.Seq)
		o.add(d, Request{ID: id, By: "clock", Hash: sha256.Sum256([]byte(id)), Command: c}, events, now)
	}
}

func (o *Office) decideOne(d *draft, j *job, now time.Time) outcome {
	req := j.req
	if k, known, err := o.answered(req.ID); known {
		if k.hash != req.Hash {
			return outcome{err: ErrKeyReused}
		}
		if err != nil {
			o.opt.Log.Error("answer again", "office", o.ID(), "error", err)
			return outcome{err: ErrUnknown}
		}
		return outcome{receipt: Receipt{Seq: k.seq, At: k.at, Answer: k.answer, Repeated: true}}
	}
	if i, again := d.at[req.ID]; again {
		if d.records[i].Hash != req.Hash {
			return outcome{err: ErrKeyReused}
		}
		return outcome{receipt: Receipt{Seq: d.stored[i].Meta.Seq, At: now, Answer: d.added[i].answer}}
	}
	if j.ctx.Err() != nil {
		return outcome{err: ErrUnknown} // nobody waits any more, and nothing was begun
	}
	events, err := queue.Decide(o.rules, d.state, req.Command, req.By, now)
	if err != nil {
		return outcome{err: err}
	}
	answer, err := o.add(d, req, events, now)
	if err != nil {
		return outcome{err: err}
	}
	return outcome{receipt: Receipt{Seq: d.state.Seq, At: now, Answer: answer}}
}

// add applies decided events to the draft and makes their record.
func (o *Office) add(d *draft, req Request, events []queue.Event, now time.Time) (*queue.Answer, error) {
	body := queue.Body{Kind: req.Command.Kind(), Desk: queue.DeskOf(req.Command), Events: events}
	meta := queue.Meta{Seq: d.state.Seq + 1, At: now, By: req.By}
	o.apply(d.state, d.model, meta, body)
	body.Answer = queue.AnswerTo(o.rules, d.state, req.Command, events, now)
	raw, text, err := body.EncodeParts()
	if err != nil {
		return nil, err
	}
	_, opening := events[0].(queue.DayOpened)
	d.records = append(d.records, journal.Record{Office: o.ID(), At: now, ID: req.ID, By: req.By, Opening: opening,
		Hash: req.Hash, Body: raw})
	d.stored = append(d.stored, Stored{Meta: meta, Body: body})
	if d.at != nil {
		d.at[req.ID] = len(d.added)
	}
	d.added = append(d.added, added{body.Answer, text})
	return body.Answer, nil
}

// apply learns from a record and folds it into the state.
func (o *Office) apply(s *queue.State, m *forecast.Model, meta queue.Meta, body queue.Body) {
	m.Learn(o.rules, s, o.dayOf(s), meta, body)
	s.Apply(meta, body)
}

// dayOf is the day that a state is in, worked out once as long as it is the
// same.
func (o *Office) dayOf(s *queue.State) *forecast.Day {
	if c := &o.day; c.of == nil || c.date != s.Day || c.opening != s.Opening || c.shut != s.Shut {
		d := forecast.DayOf(o.rules, s)
		*c = dayCache{date: s.Day, opening: s.Opening, shut: s.Shut, of: &d}
	}
	return o.day.of
}

// dayCache is a day and what it was made from.
type dayCache struct {
	date    calendar.Date
	opening *queue.Opening
	shut    bool
	of      *forecast.Day
}

// publish makes a stored state the one that everybody reads, and tells.
func (o *Office) publish(s *queue.State, m *forecast.Model, stored []Stored) {
	o.known.Store(&known{s, m})
	if o.opt.Observer != nil {
		o.opt.Observer(o, s, stored)
	}
}
