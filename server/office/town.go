package office

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// Secrets derives what must not stand in the journal: links and codes, from
// ids and a key that lies beside the database.
type Secrets interface {
	TicketSecret(ticket string) string
	AppointmentSecret(appointment string) string
	AppointmentCode(appointment string) string
	CodeMAC(office, day, code string) string
}

// Town holds a town's offices and what spans them: links, and tickets that go
// from one office to another.
type Town struct {
	offices   []*Office
	byID      map[string]*Office
	secrets   Secrets
	links     map[string]*links // by office
	couriers  []*courier
	warmed    chan struct{} // closed once all links are worked out, or nobody wants them any more
	cancel    context.CancelFunc
	mu        sync.RWMutex
	observers []Observer
}

// OpenTown opens every office at once and starts the couriers. opt.Observer is
// not used; Observe registers observers later.
func OpenTown(ctx context.Context, rules []*queue.Rules, j journal.Journal, secrets Secrets, opt Options) (*Town, error) {
	t := &Town{byID: map[string]*Office{}, secrets: secrets, links: map[string]*links{}}
	opt.Observer = t.observe
	opened := make([]*Office, len(rules))
	errs := make([]error, len(rules))
	var wg sync.WaitGroup
	for i, r := range rules {
		wg.Go(func() { opened[i], errs[i] = Open(ctx, r, j, opt) })
	}
	wg.Wait()
	for i, o := range opened {
		if errs[i] == nil {
			t.offices = append(t.offices, o)
			t.byID[o.ID()] = o
			t.links[o.ID()] = newLinks(secrets, o)
		}
	}
	for _, err := range errs {
		if err != nil {
			t.Close()
			return nil, err
		}
	}
	for _, o := range t.offices {
		c := newCourier(t, o, opt.Log)
		t.mu.Lock()
		t.couriers = append(t.couriers, c)
		t.mu.Unlock()
	}
	warming, cancel := context.WithCancel(context.Background())
	t.cancel, t.warmed = cancel, make(chan struct{})
	go t.warm(warming)
	return t, nil
}

// warm works out the links of all offices, so that the first citizen after a
// start does not wait for a year of them. Whoever asks meanwhile waits for one
// office at most.
func (t *Town) warm(ctx context.Context) {
	defer close(t.warmed)
	for _, o := range t.offices {
		if ctx.Err() != nil {
			return
		}
		t.links[o.ID()].read(func() {})
	}
}

// Close ends the couriers and then the offices.
func (t *Town) Close() {
	if t.cancel != nil {
		t.cancel()
		<-t.warmed
	}
	t.mu.Lock()
	couriers := t.couriers
	t.couriers = nil
	t.mu.Unlock()
	for _, c := range couriers {
		c.stop()
	}
	for _, o := range t.offices {
		o.Close()
	}
}

// Observe registers an observer for all offices, for what is stored from now
// on. It runs in the office's goroutine and must not block or call Do.
func (t *Town) Observe(f Observer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.observers = append(t.observers, f)
}

func (t *Town) observe(o *Office, s *queue.State, stored []Stored) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, c := range t.couriers {
		if c.office == o {
			c.poke()
		}
	}
	for _, f := range t.observers {
		f(o, s, stored)
	}
}

// Office returns the office with this id.
func (t *Town) Office(id string) (*Office, bool) {
	o, ok := t.byID[id]
	return o, ok
}

// Offices returns all offices in the configured order.
func (t *Town) Offices() []*Office { return t.offices }

// Names are the names of all offices, by id.
func (t *Town) Names() map[string]map[string]string {
	m := make(map[string]map[string]string, len(t.offices))
	for _, o := range t.offices {
		m[o.ID()] = o.rules.Names
	}
	return m
}

// Ticket finds the ticket behind a link's secret, and the office that has it
// in care now. Every secret that is not known gives the same answer.
func (t *Town) Ticket(secret string) (*Office, string, bool) {
	var gone *Office
	var id string
	for _, o := range t.offices {
		ticket, ok := t.links[o.ID()].ticket(secret)
		if !ok {
			continue
		}
		id = ticket
		if tk := o.State().Ticket(ticket); tk != nil && !tk.HandedOver() {
			return o, ticket, true
		}
		gone = o
	}
	return gone, id, gone != nil
}

// AppointmentBySecret finds what is behind a link's secret: an appointment, one
// that was cancelled, or a hold; the office's state says which.
func (t *Town) AppointmentBySecret(secret string) (*Office, string, bool) {
	for _, o := range t.offices {
		if id, ok := t.links[o.ID()].appointmentBySecret(secret); ok {
			return o, id, true
		}
	}
	return nil, "", false
}

// WishBySecret finds the wish behind a link's secret.
func (t *Town) WishBySecret(secret string) (*Office, string, bool) {
	for _, o := range t.offices {
		if id, ok := t.links[o.ID()].wishOf(secret); ok {
			return o, id, true
		}
	}
	return nil, "", false
}

// AppointmentByCode finds an appointment of an office by the code that the
// person has.
func (t *Town) AppointmentByCode(office, code string) (string, bool) {
	l, ok := t.links[office]
	if !ok {
		return "", false
	}
	return l.appointmentByCode(code)
}

// TicketSecret is the last part of a ticket's link.
func (t *Town) TicketSecret(ticket string) string { return t.secrets.TicketSecret(ticket) }

// AppointmentSecret is the last part of the link of an appointment, of the hold
// that it began as, or of a wish.
func (t *Town) AppointmentSecret(id string) string { return t.secrets.AppointmentSecret(id) }

// AppointmentCode is the code of an appointment that did not bring its own.
func (t *Town) AppointmentCode(id string) string { return t.secrets.AppointmentCode(id) }

// CodeMAC is what stands in the journal for a code that came from outside.
func (t *Town) CodeMAC(office string, day calendar.Date, code string) string {
	return t.secrets.CodeMAC(office, day.String(), normalCode(code))
}

// courier hands an office's sent tickets over to the others.
type courier struct {
	town   *Town
	office *Office
	log    *slog.Logger
	wake   chan struct{}
	cancel context.CancelFunc
	done   chan struct{}
}

func newCourier(t *Town, o *Office, log *slog.Logger) *courier {
	ctx, cancel := context.WithCancel(context.Background())
	c := &courier{town: t, office: o, log: log, wake: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{})}
	go c.run(ctx)
	return c
}

func (c *courier) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *courier) stop() {
	c.cancel()
	<-c.done
}

// courierPause is how long a hand-over that failed rests before it is tried
// again; a step repeated is done once, so trying again is always safe.
const courierPause = time.Second

func (c *courier) run(ctx context.Context) {
	defer close(c.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
		timer.Reset(c.deliver(ctx))
	}
}

// deliver moves every sent ticket one step on and says when to look again.
func (c *courier) deliver(ctx context.Context) time.Duration {
	next := time.Hour
	s, now := c.office.State(), c.office.opt.Now()
	for t := range s.Active {
		if t.State != queue.Sent {
			continue
		}
		if wait := c.office.rules.DispatchAt(t).Sub(now); !t.Dispatched && wait > 0 {
			next = min(next, wait)
			continue
		}
		if err := c.step(ctx, t); err != nil {
			if ctx.Err() == nil {
				c.log.Warn("hand over ticket", "office", c.office.ID(), "to", t.SentTo, "error", err)
			}
			next = min(next, courierPause)
		}
	}
	return max(next, time.Millisecond)
}

// step does what a sent ticket needs, all of it if nothing fails: dispatch
// here, receive there, close here. Each has an id made from the record that
// sent the ticket, so that a repetition after a crash changes nothing.
func (c *courier) step(ctx context.Context, t *queue.Ticket) error {
	hop := fmt.Sprintf("hop:%s:%s:%d", c.office.ID(), t.ID, t.Hop)
	to, ok := c.town.byID[t.SentTo]
	if !ok {
		return fmt.Errorf("no office %s", t.SentTo)
	}
	if !t.Dispatched {
		if err := do(ctx, c.office, hop+":dispatch", queue.Dispatch{Ticket: t.ID}); err != nil {
			return err
		}
	}
	there := false
	if c.office.opt.Now().Sub(t.SentAt) > keepAnswers/2 {
		// The other office may have forgotten what it answered; its journal has not.
		var err error
		if there, err = to.hasStored(ctx, RequestID("courier", hop)); err != nil {
			return err
		}
	}
	if !there {
		if err := do(ctx, to, hop, queue.Receive{From: c.office.ID(), Ticket: *t}); err != nil {
			return err
		}
	}
	return do(ctx, c.office, hop+":close", queue.HandOver{Ticket: t.ID})
}

// hasStored looks through the whole journal for a record of this request.
func (o *Office) hasStored(ctx context.Context, id string) (bool, error) {
	for r, err := range o.journal.Read(ctx, o.ID(), 0) {
		if err != nil {
			return false, fmt.Errorf("look for a hand-over in the journal of %s: %w", o.ID(), err)
		}
		if r.ID == id {
			return true, nil
		}
	}
	return false, nil
}

// do gives a command of the courier.
func do(ctx context.Context, o *Office, id string, cmd queue.Command) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := o.Do(ctx, Request{ID: RequestID("courier", id), By: "courier", Command: cmd})
	return err
}
