package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"aufruf/server/journal"
	"aufruf/server/people"
	"aufruf/server/queue"
	"aufruf/server/words"
)

// Office is what is read of an office; for reading, and from anywhere.
type Office interface {
	ID() string
	Rules() *queue.Rules
	State() *queue.State
}

// Links makes what stands behind links, and codes, from ids.
type Links interface {
	AppointmentSecret(id string) string
	AppointmentCode(id string) string
}

// Options are what messages are made of.
type Options struct {
	Settings Settings
	Store    Store
	Journal  journal.Journal
	Contacts *people.Contacts
	Offices  []Office
	Links    Links
	Words    *words.Catalogue
	Town     map[string]string // language → what the town is called
	// Base begins links, "https://nummer.example.org"; it is asked for at each
	// message, since the address of a listener is known late.
	Base func() string
	// ContactDays is how many days after the visit a contact is kept.
	ContactDays int
	Password    string // of the mail server
	Token       string // of the SMS gateway
	// Hook is the last part of the address to which a gateway reports.
	Hook string
	Now  func() time.Time
	// Jitter is a number from 0 to 1; nil: a random one.
	Jitter func() float64
	Log    *slog.Logger
}

// Notify follows the journals, keeps the outbox and sends. Its methods may be
// called from anywhere.
type Notify struct {
	settings    Settings
	store       Store
	journal     journal.Journal
	contacts    *people.Contacts
	links       Links
	words       *words.Catalogue
	town        map[string]string
	base        func() string
	contactDays int
	hook        string
	now         func() time.Time
	jitter      func() float64
	log         *slog.Logger

	offices   map[string]Office
	followers []*follower
	workers   []*worker
	console   *ConsoleBox // nil: no channel is one
	reports   reporter
}

// New makes it; Run starts it. An error says what a channel lacks.
func New(o Options) (*Notify, error) {
	n := &Notify{settings: o.Settings, store: o.Store, journal: o.Journal, contacts: o.Contacts, links: o.Links, words: o.Words,
		town: o.Town, base: o.Base, contactDays: o.ContactDays, hook: o.Hook, now: o.Now, jitter: o.Jitter, log: o.Log,
		offices: map[string]Office{}}
	if n.jitter == nil {
		n.jitter = rand.Float64
	}
	for _, office := range o.Offices {
		n.offices[office.ID()] = office
		n.followers = append(n.followers, &follower{n: n, office: office})
	}
	if n.settings.console() {
		n.console = &ConsoleBox{}
	}
	mail, err := n.mailer(o.Password)
	if err != nil {
		return nil, fmt.Errorf("e-mail: %w", err)
	}
	texts, err := n.texter(o.Token, o.Password)
	if err != nil {
		return nil, fmt.Errorf("SMS: %w", err)
	}
	n.workers = []*worker{newWorker(n, SMS, texts), newWorker(n, Email, mail)}
	return n, nil
}

// Run follows and sends until ctx ends. What is then being sent is cut off and
// resolved at the next start.
func (n *Notify) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range n.followers {
		all.Go(func() { f.run(ctx) })
	}
	for _, w := range n.workers {
		all.Go(func() { w.run(ctx) })
	}
	all.Wait()
}

// poke wakes the workers.
func (n *Notify) poke() {
	for _, w := range n.workers {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// CatchUp reads all journals to their ends, the youngest records too. Run does
// it by itself, a second after something happened.
func (n *Notify) CatchUp(ctx context.Context) error {
	for _, f := range n.followers {
		if _, err := f.catchUp(ctx, 0); err != nil {
			return fmt.Errorf("office %s: %w", f.office.ID(), err)
		}
	}
	return nil
}

// Settle reads all journals as far as they are settled: what came of records
// before a stop or a long sleep counts before anything is let go.
func (n *Notify) Settle(ctx context.Context) error {
	var errs []error
	for _, f := range n.followers {
		if _, err := f.catchUp(ctx, settle); err != nil {
			errs = append(errs, fmt.Errorf("office %s: %w", f.office.ID(), err))
		}
	}
	return errors.Join(errs...)
}

// Step sends what is due now, once, and says when there is more to do; zero for
// nothing yet. Run does it by itself.
func (n *Notify) Step(ctx context.Context) (next time.Time, err error) {
	for _, w := range n.workers {
		at, err := w.step(ctx)
		if err != nil {
			return time.Time{}, err
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}

// Sends says whether messages go to a person by a channel, as the town has it.
func (n *Notify) Sends(c people.Contact, by Channel) bool { return slices.Contains(n.ways(c), by) }

// ways are the channels that reach a person, the quickest first.
func (n *Notify) ways(c people.Contact) []Channel {
	var ways []Channel
	if c.Mobile && c.Phone != "" && n.settings.SMS.Preset != Off {
		ways = append(ways, SMS)
	}
	if c.Email != "" && n.settings.Email.How != Off {
		ways = append(ways, Email)
	}
	return ways
}
