package web

import (
	"context"
	"errors"
	"hash/maphash"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aufruf/server/access"
	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// Booking is the same for pages and programs: a time is held, then the contact
// is put away, then the appointment is made of the hold. If the last step fails
// the contact lapses by itself; never the other way round.

// holdLink begins the address at which a hold is completed.
const holdLink = "/book/hold/"

// wishLink begins a wish's link.
const wishLink = "/w/"

// orphanKept is how long a contact outlives a hold that nothing came of.
const orphanKept = 30 * time.Minute

// suitable are the offices at which citizens book all of these services.
func (s *Server) suitable(items []queue.Item) []*office.Office {
	var list []*office.Office
	for _, o := range s.deps.Town.Offices() {
		books := func(it queue.Item) bool {
			return o.Rules().Service(it.Service) != nil && o.Rules().Bookable(o.State(), it.Service)
		}
		if !slices.ContainsFunc(items, func(it queue.Item) bool { return !books(it) }) {
			list = append(list, o)
		}
	}
	return list
}

// slotsKept are the free times that were worked out last: many ask for the same
// while nothing changes.
type slotsKept struct {
	mu sync.Mutex
	by map[string]keptSlots
}

type keptSlots struct {
	state *queue.State
	until time.Time
	free  []time.Time
}

// slotsKeptMost bounds the memory, slotsFresh how late a time that has become
// too near still shows; taking it is refused.
const (
	slotsKeptMost = 500
	slotsFresh    = 20 * time.Second
)

// freeSlots are the free times of an office, of the days from one to another.
func (s *Server) freeSlots(o *office.Office, a queue.Ask, from, to calendar.Date) []time.Time {
	st, now := o.State(), s.deps.Now()
	var key strings.Builder
	key.WriteString(o.ID() + "|" + a.Channel + "|" + a.Move + "|" + from.String() + "|" + to.String())
	for _, it := range a.Services {
		key.WriteString("|" + it.Service + "*" + strconv.Itoa(it.Quantity))
	}
	k := &s.slots
	k.mu.Lock()
	kept, ok := k.by[key.String()]
	k.mu.Unlock()
	if ok && kept.state == st && now.Before(kept.until) {
		return kept.free
	}
	free := o.Rules().FreeSlots(st, a, from, to, now)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.by == nil || len(k.by) >= slotsKeptMost {
		k.by = map[string]keptSlots{}
	}
	k.by[key.String()] = keptSlots{st, now.Add(slotsFresh), free}
	return free
}

// windowOf is the last day on which citizens book.
func windowOf(o *office.Office) calendar.Date {
	st := o.State()
	return st.Day.AddDays(o.Rules().TermsOf(st).Days)
}

// hold keeps a time. Whoever holds from outside does so at a pace: without
// proof of work a few times an hour, with it as often as people need.
func (s *Server) hold(ctx context.Context, a *ask, o *office.Office, key string, c queue.HoldSlot, proved bool) (office.Receipt, error) {
	if c.Channel == queue.ChannelOnline {
		if err := s.paced(a, proved); err != nil {
			return office.Receipt{}, err
		}
		return s.doFor(ctx, a, s.stranger(a, key), citizen, o, key, c)
	}
	return s.do(ctx, a, o, key, c)
}

// citizen stands in records for who has neither a sign-in nor a link.
const citizen = "citizen"

// keyLong is how long a key is at least that nobody else comes to by chance or by
// trying.
const keyLong = 16

// stranger is for whom the keys of somebody count who has neither a sign-in nor
// a link. All that tells strangers apart is the key: whoever sends another's, with
// the same body, gets the other's link. A key that could be guessed counts for one
// address; one that could not counts from every network, since a phone that got no
// answer often asks again from another one.
func (s *Server) stranger(a *ask, key string) string {
	own, _, _ := strings.Cut(key, " ") // pages say behind it which of their times it is for
	if len(own) >= keyLong {
		return citizen
	}
	return citizen + " " + access.ClientKey(s.client(a.c))
}

// paced bounds what comes from one range of addresses.
func (s *Server) paced(a *ask, proved bool) error {
	b := s.limits.hold
	if proved {
		b = s.limits.proved
	}
	if b.take(rangeKey(s.client(a.c)), s.deps.Clock()) != nil {
		return tooMany(codeTooManyHolds, 60)
	}
	return nil
}

// rangeKey is the key of the addresses around one: who buys addresses buys
// them side by side.
func rangeKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	bits := 24
	if a.Is6() {
		bits = 56
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return access.ClientKey(a)
	}
	return p.String()
}

// book makes an appointment of a hold, with the contact of who comes. Keys count
// for caller, which may be a link; what the record keeps of who did it is by.
func (s *Server) book(ctx context.Context, a *ask, o *office.Office, caller, by, key, hold string, contact people.Contact) (office.Receipt, error) {
	h := o.State().Hold(hold)
	if h == nil {
		// Booked already: the same request gets its answer again.
		return s.doFor(ctx, a, caller, by, o, key, queue.BookHold{Hold: hold})
	}
	if h.Wish == "" && contact.Phone != "" {
		defer s.numbers.lock(contact.Phone)()
		if err := s.fewEnough(ctx, a, o, h, contact.Phone); err != nil {
			return office.Receipt{}, err
		}
	}
	whose := people.Whose{Office: o.ID(), ID: hold}
	if err := s.deps.Contacts.Put(ctx, whose, contact, h.Until.Add(orphanKept)); err != nil {
		return office.Receipt{}, err
	}
	// At a kiosk somebody stands in the house; online anybody could type a number.
	online := h.Channel == queue.ChannelOnline
	return s.doFor(ctx, a, caller, by, o, key, queue.BookHold{Hold: hold, Confirm: online && contact.Mobile && h.Wish == ""})
}

// numbers let one at a time count what a telephone number holds and add to it:
// of two who did so at once, each would find room for one more. Numbers share
// locks, and none is remembered.
type numbers struct {
	seed  maphash.Seed
	locks [64]sync.Mutex
}

// lock keeps others who book for a number waiting until what it gives is called.
func (n *numbers) lock(phone string) (unlock func()) {
	l := &n.locks[maphash.String(n.seed, phone)%uint64(len(n.locks))]
	l.Lock()
	return l.Unlock
}

// fewEnough refuses a number that holds as many visits to come as one may. Staff
// books for whom it likes.
func (s *Server) fewEnough(ctx context.Context, a *ask, o *office.Office, h *queue.Hold, phone string) error {
	most := o.Rules().Booking.Most
	if most == 0 || h.Channel == queue.ChannelPhone || h.Channel == queue.ChannelDesk {
		return nil
	}
	n := 0
	for _, other := range s.deps.Town.Offices() {
		held, err := s.deps.Contacts.OfPhone(ctx, other.ID(), phone)
		if err != nil {
			return err
		}
		for _, w := range held {
			if ap := other.State().Appointment(w.ID); ap != nil && ap.Ticket == "" && ap.At.After(s.deps.Now()) {
				n++
			}
		}
	}
	if n >= most {
		return &problem{Status: http.StatusConflict, Code: codeNumberFull, Params: map[string]any{"Max": most}}
	}
	return nil
}

// holdBySecret finds a hold by what its address ends in. Everything that is not
// one gives the same answer.
func (s *Server) holdBySecret(secret string) (*office.Office, *queue.Hold, error) {
	o, id, ok := s.deps.Town.AppointmentBySecret(secret)
	if ok {
		if h := o.State().Hold(id); h != nil && s.deps.Now().Before(h.Until) {
			return o, h, nil
		}
	}
	return nil, nil, &queue.Refusal{Code: queue.RefusedHoldLapsed}
}

// ownAppointment finds an appointment by its link.
func (s *Server) ownAppointment(secret string) (*office.Office, string, error) {
	o, id, ok := s.deps.Town.AppointmentBySecret(segment(secret))
	if !ok || o.State().Appointment(id) == nil {
		return nil, "", notFound()
	}
	return o, id, nil
}

// changeOwn gives a command about an appointment for who holds its link.
func (s *Server) changeOwn(ctx context.Context, a *ask, secret, key string, c func(o *office.Office, id string) queue.Command) (*office.Office, string, office.Receipt, error) {
	o, id, ok := s.deps.Town.AppointmentBySecret(segment(secret))
	if !ok {
		return nil, "", office.Receipt{}, notFound()
	}
	r, err := s.doFor(ctx, a, holder(secret), "holder:"+id, o, key, c(o, id))
	return o, id, r, err
}

// moveByLink gives an appointment another time for who holds its link. Each move
// hides a time from all others for a while and sends an SMS, so that they come
// at a pace.
func (s *Server) moveByLink(ctx context.Context, a *ask, secret, key string, at time.Time) (office.Receipt, error) {
	if _, id, ok := s.deps.Town.AppointmentBySecret(segment(secret)); ok {
		if err := s.limits.move.take(id, s.deps.Clock()); err != nil {
			return office.Receipt{}, err
		}
	}
	_, _, r, err := s.changeOwn(ctx, a, secret, key, func(_ *office.Office, id string) queue.Command {
		return queue.MoveAppointment{Appointment: id, At: at.UTC(), Channel: queue.ChannelOnline, Hide: office.Hide()}
	})
	return r, err
}

// contactOf is the contact of an appointment or wish for the person itself, who
// holds the link; none is an empty one.
func (s *Server) contactOf(ctx context.Context, o *office.Office, id string) (people.Contact, error) {
	contact, err := s.deps.Contacts.Recipient(ctx, people.Whose{Office: o.ID(), ID: id})
	if errors.Is(err, people.ErrNone) {
		return people.Contact{}, nil
	}
	return contact, err
}

// pending tells whether an appointment still has to be confirmed. Until then its
// code stands in the message alone: who knows it has read what was sent to the
// number.
func pending(o *office.Office, id string) bool {
	ap := o.State().Appointment(id)
	return ap != nil && !ap.ConfirmBy.IsZero()
}

// confirms says whether a code that was typed confirms an appointment. Tries are
// slowed; one that needs no confirming takes any.
func (s *Server) confirms(o *office.Office, id, typed string) error {
	if !pending(o, id) {
		return nil
	}
	now, key := s.deps.Clock(), "confirm "+id
	if wait := s.limits.codes.Wait(key, now); wait > 0 {
		return tooMany(codeCodeTries, int(wait/time.Second)+1)
	}
	if found, ok := s.deps.Town.AppointmentByCode(o.ID(), typed); !ok || found != id {
		s.limits.codes.Fail(key, now)
		return &problem{Status: http.StatusUnprocessableEntity, Code: codeConfirmCode}
	}
	s.limits.codes.Forgive(key)
	return nil
}

// addressFor is what of an address the services of a visit want: the strictest
// of them.
func addressFor(r *queue.Rules, items []queue.Item) string {
	want := queue.AddressNone
	for _, it := range items {
		switch sv := r.Service(it.Service); {
		case sv == nil:
		case sv.Address == queue.AddressNeeded:
			return queue.AddressNeeded
		case sv.Address == queue.AddressOptional:
			want = queue.AddressOptional
		}
	}
	return want
}

// faultsOf puts what is wrong with a contact into our own words for it: its
// codes are in the catalogue under "error.contact_".
func faultsOf(list []people.Fault) []*fault {
	var faults []*fault
	for _, f := range list {
		code := "contact_" + f.Code
		if f.Code == people.FaultMissing {
			code = "contact_missing_" + f.Field
		}
		faults = append(faults, &fault{Code: code, Location: "body.contact." + f.Field, Params: f.Params})
	}
	return faults
}
