package office

import (
	"context"
	"errors"
	"fmt"

	"aufruf/server/forecast"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// load reads the state from the newest opening, and the answers that may still
// be asked for from before it.
func (o *Office) load(ctx context.Context) error {
	s, m := queue.New(o.ID()), forecast.NewModel(o.rules.PerDesk)
	for rec, err := range o.journal.Read(ctx, o.ID(), journal.LastOpening) {
		if err != nil {
			return err
		}
		if m, err = o.fold(s, m, rec, nil); err != nil {
			return err
		}
		if rec.Opening {
			if err := o.recall(ctx, s.AnswersFrom, rec.Seq); err != nil {
				return err
			}
			o.remember(&rec, rec.Seq, nil)
		}
	}
	o.known.Store(&known{s, m})
	return nil
}

// recall remembers the answers of the records [from, before), without applying
// them.
func (o *Office) recall(ctx context.Context, from, before uint64) error {
	if from == 0 || from >= before {
		return nil
	}
	for rec, err := range o.journal.Read(ctx, o.ID(), from-1) {
		if err != nil {
			return err
		}
		if rec.Seq >= before {
			return nil
		}
		// Hardly any of these is asked for again: read anew when it is. A day's
		// opening answers nobody.
		o.answers.add(rec.ID, told{hash: rec.Hash, seq: rec.Seq, at: rec.At, far: !rec.Opening})
	}
	return nil
}

// answered is what was answered to a request, if it is known. An answer that can
// not be read is an error.
func (o *Office) answered(id string) (kept, bool, error) {
	k, known := o.answers.get(id)
	if !known || !k.far {
		return k, known, nil
	}
	answer, err := o.readAgain(k.seq)
	k.answer = answer
	return k, true, err
}

// readAgain reads the answer in a record.
func (o *Office) readAgain(seq uint64) (*queue.Answer, error) {
	ctx := o.patience.begin(o.opt.AppendWithin)
	defer o.patience.end()
	for rec, err := range o.journal.Read(ctx, o.ID(), seq-1) {
		if err == nil && rec.Seq != seq {
			break
		}
		var body queue.Body
		if err == nil {
			body, err = queue.DecodeBody(rec.Body)
		}
		if err != nil {
			return nil, fmt.Errorf("read the answer in record %d again: %w", seq, err)
		}
		return body.Answer, nil
	}
	return nil, fmt.Errorf("the answer in record %d is not there any more", seq)
}

func (o *Office) remember(rec *journal.Record, seq uint64, answer []byte) {
	o.answers.add(rec.ID, told{hash: rec.Hash, seq: seq, at: rec.At, text: answer})
}

// fold applies one record to a state, learns from it and remembers its answer.
// A day's opening holds what was learned before: from there the model begins,
// whatever was read until then.
func (o *Office) fold(s *queue.State, m *forecast.Model, rec journal.Record, stored *[]Stored) (*forecast.Model, error) {
	body, answer, err := queue.DecodeParts(rec.Body)
	if err != nil {
		return m, fmt.Errorf("record %d: %w", rec.Seq, err)
	}
	if opened, ok := body.Events[0].(queue.DayOpened); ok {
		if m, err = forecast.Decode(opened.Book.Learned, o.rules.PerDesk); err != nil {
			return m, fmt.Errorf("record %d: %w", rec.Seq, err)
		}
	}
	meta := queue.Meta{Seq: rec.Seq, At: rec.At, By: rec.By}
	o.apply(s, m, meta, body)
	if !rec.Opening {
		o.remember(&rec, rec.Seq, answer)
	}
	if stored != nil {
		*stored = append(*stored, Stored{Meta: meta, Body: body})
	}
	return m, nil
}

// catchUp reads what others appended after the newest known record.
func (o *Office) catchUp(ctx context.Context) error {
	s, m := o.Snapshot()
	s, m = s.Clone(), m.Clone()
	var stored []Stored
	for rec, err := range o.journal.Read(ctx, o.ID(), s.Seq) {
		if err != nil {
			return err
		}
		if m, err = o.fold(s, m, rec, &stored); err != nil {
			return err
		}
		if rec.Opening {
			o.remember(&rec, rec.Seq, nil)
		}
	}
	if len(stored) > 0 {
		o.publish(s, m, stored)
	}
	return nil
}

// settle decides what fell due while nobody was there.
func (o *Office) settle(ctx context.Context) error {
	for {
		d := o.decide(nil)
		if len(d.records) == 0 {
			return nil
		}
		err := o.append(d)
		if errors.Is(err, journal.ErrConflict) {
			err = o.catchUp(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// Replay folds a whole journal and returns the state; each sees every record
// before it is applied and ends the walk by returning false. It is for people
// who look things up, not for running.
func Replay(ctx context.Context, j journal.Journal, office string, each func(journal.Record, queue.Body) bool) (*queue.State, error) {
	s := queue.New(office)
	for rec, err := range j.Read(ctx, office, 0) {
		if err != nil {
			return s, err
		}
		body, err := queue.DecodeBody(rec.Body)
		if err != nil {
			return s, fmt.Errorf("record %d: %w", rec.Seq, err)
		}
		if each != nil && !each(rec, body) {
			return s, nil
		}
		s.Apply(queue.Meta{Seq: rec.Seq, At: rec.At, By: rec.By}, body)
	}
	return s, nil
}
