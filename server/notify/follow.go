package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// follower reads one office's journal and writes the outbox.
type follower struct {
	n      *Notify
	office Office

	mu     sync.Mutex // one reading at a time; guards what follows
	known  bool       // the cursor was read
	cursor Cursor
	stored Cursor
	batch  Batch
}

// settle is how old a record is before it is read: the contact of a wish or a
// walk-in can be put away only when the record has given it its id. retry is
// how long a fault is let rest.
const (
	settle = time.Second
	retry  = 10 * time.Second
)

func (f *follower) run(ctx context.Context) {
	poke, err := f.n.journal.Watch(ctx, f.office.ID())
	if err != nil {
		if ctx.Err() == nil {
			f.n.log.Error("watch a journal for messages", "office", f.office.ID(), "error", err)
		}
		return
	}
	for {
		young, err := f.catchUp(ctx, settle)
		rest := settle
		if err != nil && ctx.Err() == nil {
			f.n.log.Error("read a journal for messages", "office", f.office.ID(), "error", err)
			rest = retry
		}
		if !young && err == nil {
			select {
			case <-ctx.Done():
				return
			case <-poke:
			}
		}
		pause := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// catchUp reads the journal up to records that are younger than age; young says
// that there are some. A record from the future, after a clock was set back, is
// old enough.
func (f *follower) catchUp(ctx context.Context, age time.Duration) (young bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.known {
		c, err := f.n.store.NotifyCursor(ctx, f.office.ID())
		if err != nil {
			return false, fmt.Errorf("read the cursor: %w", err)
		}
		f.cursor, f.stored, f.known = c, c, true
	}
	after := f.cursor.Seq
	if after == 0 {
		// Before there were messages there were no contacts: older days hold
		// nothing to tell.
		after = journal.LastOpening
	}
	// What failed on the way is read again from the stored cursor.
	f.batch = Batch{Office: f.office.ID()}
	now := f.n.now()
	for rec, err := range f.n.journal.Read(ctx, f.office.ID(), after) {
		if err == nil {
			if at := now.Sub(rec.At); at >= 0 && at < age {
				young = true
				break
			}
			err = f.record(ctx, rec)
		}
		if err == nil && len(f.batch.Rows) >= rowsAtOnce {
			err = f.put(ctx)
		}
		if err != nil {
			f.cursor = f.stored
			return false, err
		}
	}
	if err := f.put(ctx); err != nil {
		f.cursor = f.stored
		return false, err
	}
	return young, nil
}

const rowsAtOnce = 500

// taken are the events of which take makes something. Most records are presses at
// desks and hold none: they are not decoded.
var taken = func() (all [][]byte) {
	for _, e := range []queue.Event{queue.AppointmentBooked{}, queue.AppointmentAdded{}, queue.AppointmentConfirmed{}, queue.AppointmentMoved{},
		queue.AppointmentCancelled{}, queue.SlotHeld{}, queue.WishAdded{}, queue.WishEnded{}, queue.TicketIssued{}} {
		all = append(all, queue.Mention(e))
	}
	return all
}()

func (f *follower) record(ctx context.Context, rec journal.Record) error {
	var body queue.Body
	if queue.Mentions(rec.Body, taken) {
		var err error
		if body, _, err = queue.DecodeParts(rec.Body); err != nil {
			return fmt.Errorf("record %d: %w", rec.Seq, err)
		}
	}
	for _, e := range body.Events {
		if err := f.take(ctx, rec, e); err != nil {
			return fmt.Errorf("record %d: %w", rec.Seq, err)
		}
	}
	f.cursor.Seq = rec.Seq
	if rec.Opening {
		f.cursor.Opening = rec.Seq
	}
	return nil
}

// put stores the rows that are made. Without any it moves the cursor only when
// a day has begun, to spare the disk: whatever is read again changes nothing.
func (f *follower) put(ctx context.Context) error {
	if len(f.batch.Rows)+len(f.batch.Over) == 0 && f.cursor.Opening == f.stored.Opening {
		return nil
	}
	f.batch.Cursor, f.batch.At = f.cursor, f.n.now()
	if err := f.n.store.PutOutbox(ctx, f.batch); err != nil {
		return fmt.Errorf("store messages: %w", err)
	}
	some := len(f.batch.Rows) > 0
	f.stored, f.batch = f.cursor, Batch{Office: f.office.ID()}
	if some {
		f.n.poke()
	}
	return nil
}

// take does what one event comes to. It may be done again after a fault or a
// kill, and changes nothing then.
func (f *follower) take(ctx context.Context, rec journal.Record, e queue.Event) error {
	switch e := e.(type) {
	case queue.AppointmentBooked:
		return f.booked(ctx, rec, e.Appointment, e.Wish, e.For, e.ConfirmBy)
	case queue.AppointmentAdded:
		return f.booked(ctx, rec, e.Appointment, "", e.For, time.Time{})
	case queue.AppointmentConfirmed:
		return f.confirmed(ctx, rec, e.Appointment)
	case queue.AppointmentMoved:
		return f.moved(ctx, rec, e)
	case queue.AppointmentCancelled:
		return f.cancelled(ctx, rec, e)
	case queue.SlotHeld:
		if e.Wish != "" {
			return f.quickest(ctx, rec, e.Wish, Row{Kind: Offer, About: e.For, Until: e.Until})
		}
	case queue.WishAdded:
		if err := f.keep(ctx, e.Wish, e.To, 0); err != nil {
			return err
		}
		return f.quickest(ctx, rec, e.Wish, Row{Kind: Wished, Until: rec.At.Add(tellWithin)})
	case queue.WishEnded:
		f.batch.Over = append(f.batch.Over, e.Wish)
		return f.n.contacts.Erase(ctx, f.whose(e.Wish), people.ErasedWithdrawn)
	case queue.TicketIssued:
		return f.keep(ctx, e.Ticket, calendar.DateOf(rec.At, f.zone()), 0)
	}
	return nil
}

func (f *follower) zone() *time.Location { return f.office.Rules().Hours.Zone }

func (f *follower) whose(id string) people.Whose {
	return people.Whose{Office: f.office.ID(), ID: id}
}

// recipient is the contact of an id; false: there is none.
func (f *follower) recipient(ctx context.Context, id string) (people.Contact, bool, error) {
	c, err := f.n.contacts.Recipient(ctx, f.whose(id))
	if errors.Is(err, people.ErrNone) {
		return c, false, nil
	}
	return c, err == nil, err
}

// keep keeps a contact, if there is one, until so many days after a day.
func (f *follower) keep(ctx context.Context, id string, day calendar.Date, days int) error {
	_, there, err := f.recipient(ctx, id)
	if err != nil || !there {
		return err
	}
	return f.keepUntil(ctx, id, day.AddDays(1+days).Start(f.zone()))
}

func (f *follower) keepUntil(ctx context.Context, id string, until time.Time) error {
	err := f.n.contacts.Keep(ctx, f.whose(id), until)
	if errors.Is(err, people.ErrNone) {
		return nil
	}
	return err
}

// add puts a row for each way into the batch.
func (f *follower) add(rec journal.Record, id string, r Row, ways ...Channel) {
	for _, c := range ways {
		r.Office, r.Seq, r.Whose, r.Channel, r.Made, r.State = f.office.ID(), rec.Seq, id, c, rec.At, Waiting
		if r.Next.IsZero() {
			r.Next = rec.At
		}
		r.Changed, r.Reference = rec.At, r.reference(0)
		f.batch.Rows = append(f.batch.Rows, r)
	}
}

// quickest adds a row for the one way that reaches the person first.
func (f *follower) quickest(ctx context.Context, rec journal.Record, id string, r Row) error {
	c, there, err := f.recipient(ctx, id)
	if err != nil || !there {
		return err
	}
	if ways := f.n.ways(c); len(ways) > 0 {
		f.add(rec, id, r, ways[0])
	}
	return nil
}

// remind adds the reminders of a visit.
func (f *follower) remind(rec journal.Record, id string, visit time.Time, c people.Contact) {
	if ways := f.n.ways(c); c.Remind && len(ways) > 0 {
		for _, r := range f.n.settings.reminders(visit, rec.At, f.zone()) {
			f.add(rec, id, r, ways[0])
		}
	}
}

func (f *follower) booked(ctx context.Context, rec journal.Record, id, wish string, visit, confirmBy time.Time) error {
	until := calendar.DateOf(visit, f.zone()).AddDays(1 + f.n.contactDays).Start(f.zone())
	c, there, err := f.recipient(ctx, id)
	if err == nil && !there && wish != "" {
		// What was left with the wish goes on with the appointment.
		if err = f.n.contacts.Move(ctx, f.whose(wish), f.whose(id), until); errors.Is(err, people.ErrNone) {
			return nil
		}
		if err == nil {
			c, there, err = f.recipient(ctx, id)
		}
	}
	if err != nil || !there {
		return err
	}
	if wish != "" { // the wish is fulfilled; what was left with it is here, or was typed anew
		if err := f.n.contacts.Erase(ctx, f.whose(wish), people.ErasedTerm); err != nil {
			return err
		}
	}
	if err := f.keepUntil(ctx, id, until); err != nil {
		return err
	}
	if !confirmBy.IsZero() {
		if ways := f.n.ways(c); len(ways) > 0 {
			f.add(rec, id, Row{Kind: Confirm, About: visit, Until: confirmBy}, ways[0])
		}
	} else {
		f.add(rec, id, Row{Kind: Booked, About: visit, Until: sooner(rec.At.Add(tellWithin), visit)}, f.n.ways(c)...)
	}
	f.remind(rec, id, visit, c)
	return nil
}

// confirmed tells of a booking that had to be confirmed first; who confirms
// again after a reminder hears nothing.
func (f *follower) confirmed(ctx context.Context, rec journal.Record, id string) error {
	if err := f.put(ctx); err != nil { // the asking may stand in the same batch
		return err
	}
	rows, err := f.n.store.OutboxOf(ctx, f.office.ID(), id)
	if err != nil {
		return err
	}
	var visit time.Time
	for _, r := range rows {
		switch {
		case r.Seq > rec.Seq || r.Asked != "":
		case r.Kind == Confirm, r.Kind == Moved && !visit.IsZero(): // moved before it was confirmed: not told yet
			visit = r.About
		case (r.Kind == Booked || r.Kind == Moved) && r.Seq < rec.Seq:
			return nil
		}
	}
	c, there, err := f.recipient(ctx, id)
	if err != nil || !there || visit.IsZero() {
		return err
	}
	f.add(rec, id, Row{Kind: Booked, About: visit, Until: sooner(rec.At.Add(tellWithin), visit)}, f.n.ways(c)...)
	return nil
}

func (f *follower) moved(ctx context.Context, rec journal.Record, e queue.AppointmentMoved) error {
	c, there, err := f.recipient(ctx, e.Appointment)
	if err != nil || !there {
		return err
	}
	if err := f.keep(ctx, e.Appointment, calendar.DateOf(e.For, f.zone()), f.n.contactDays); err != nil {
		return err
	}
	f.add(rec, e.Appointment, Row{Kind: Moved, About: e.For, Until: sooner(rec.At.Add(tellWithin), e.For)}, f.n.ways(c)...)
	f.remind(rec, e.Appointment, e.For, c)
	return nil
}

// cancelled tells of it and keeps the contact for as long as that may take. Who
// never confirmed may be somebody whose number a stranger gave: they hear
// nothing more.
func (f *follower) cancelled(ctx context.Context, rec journal.Record, e queue.AppointmentCancelled) error {
	f.batch.Over = append(f.batch.Over, e.Appointment)
	c, there, err := f.recipient(ctx, e.Appointment)
	if err != nil {
		return err
	}
	ways := f.n.ways(c)
	if !there || len(ways) == 0 || e.How == queue.Unconfirmed {
		return f.n.contacts.Erase(ctx, f.whose(e.Appointment), people.ErasedCancelled)
	}
	if err := f.keepUntil(ctx, e.Appointment, rec.At.Add(cancelWithin+time.Hour)); err != nil {
		return err
	}
	f.add(rec, e.Appointment, Row{Kind: Cancelled, Until: rec.At.Add(cancelWithin)}, ways...)
	return nil
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
