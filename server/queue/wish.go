package queue

import (
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Wish is somebody on the waiting list for a time that becomes free.
type Wish struct {
	ID       string          `json:"id"`
	Services []Item          `json:"services"`
	From     calendar.Date   `json:"from"` // first day that suits
	To       calendar.Date   `json:"to"`   // and the last
	Hours    []calendar.Span `json:"hours,omitempty"`
	Weekdays []time.Weekday  `json:"weekdays,omitempty"`
	At       time.Time       `json:"at"`               // when it was left
	Passed   []time.Time     `json:"passed,omitempty"` // times that were offered and not taken
}

// Commands and events of the waiting list.
type (
	// AddWish puts somebody on the waiting list. Without hours or weekdays all
	// of them suit.
	AddWish struct {
		Services []Item
		From, To calendar.Date
		Hours    []calendar.Span
		Weekdays []time.Weekday
	}
	// WithdrawWish takes them off it, and gives back what was offered.
	WithdrawWish struct {
		Wish string
		Hide time.Duration
	}

	// WishAdded puts somebody on the waiting list.
	WishAdded struct {
		Wish     string          `json:"wish"`
		Services []Item          `json:"services"`
		From     calendar.Date   `json:"from"`
		To       calendar.Date   `json:"to"`
		Hours    []calendar.Span `json:"hours,omitempty"`
		Weekdays []time.Weekday  `json:"weekdays,omitempty"`
	}
	// WishEnded takes them off it.
	WishEnded struct {
		Wish string `json:"wish"`
	}
)

// offersMost is how many offers somebody may let pass before the wish ends.
const offersMost = 5

// Offers are made by day only, and for a visit that one can still get ready
// for.
const (
	offersFrom = calendar.TimeOfDay(8 * 60)
	offersTo   = calendar.TimeOfDay(20 * 60)
	offerLead  = 90 * time.Minute
)

// Wish returns the wish with this id, or nil.
func (s *State) Wish(id string) *Wish {
	if i := slices.IndexFunc(s.Wishes, func(w *Wish) bool { return w.ID == id }); i >= 0 {
		return s.Wishes[i]
	}
	return nil
}

// Offer returns the hold that is offered to a wish now, or nil.
func (s *State) Offer(wish string) *Hold {
	if i := slices.IndexFunc(s.Holds, func(h *Hold) bool { return h.Wish == wish }); i >= 0 && wish != "" {
		return s.Holds[i]
	}
	return nil
}

// wishesMost bounds the waiting list of an office.
const wishesMost = 5000

func addWish(r *Rules, s *State, c AddWish) ([]Event, error) {
	if err := r.CanBook(s, Ask{Services: c.Services, Channel: ChannelOnline}); err != nil {
		return nil, err
	}
	if c.From.Before(s.Day) || c.To.Before(c.From) || s.Day.Days(c.To) > int(bookAhead/(24*time.Hour)) {
		return nil, refuse(RefusedWishDays)
	}
	for _, h := range c.Hours {
		if h.Check() != nil {
			return nil, refuse(RefusedWishHours)
		}
	}
	for _, d := range c.Weekdays {
		if d < time.Sunday || d > time.Saturday {
			return nil, refuse(RefusedWishDays)
		}
	}
	if len(s.Wishes) >= wishesMost || len(c.Hours) > 7 {
		return nil, refuse(RefusedWishFull)
	}
	return []Event{WishAdded{Wish: s.Office + "-w" + pad4(s.NextWish), Services: c.Services, From: c.From, To: c.To,
		Hours: c.Hours, Weekdays: c.Weekdays}}, nil
}

func withdrawWish(s *State, c WithdrawWish, now time.Time) ([]Event, error) {
	w := s.Wish(c.Wish)
	if w == nil {
		return nil, refuse(RefusedUnknownWish)
	}
	var events []Event
	if h := s.Offer(w.ID); h != nil {
		events = append(events, HoldReleased{Hold: h.ID, Hidden: hidden(h.For, c.Hide, now)})
	}
	return append(events, WishEnded{Wish: w.ID}), nil
}

// moment is a time as wishes see it: by the calendar and the clock on the wall.
type moment struct {
	at      time.Time
	day     calendar.Date
	weekday time.Weekday
	clock   calendar.TimeOfDay
}

func momentOf(at time.Time, zone *time.Location) moment {
	local := at.In(zone)
	return moment{at, calendar.DateOf(at, zone), local.Weekday(), calendar.TimeOfDay(local.Hour()*60 + local.Minute())}
}

// suits tells whether a time is what somebody wished for.
func (w *Wish) suits(m *moment) bool {
	if m.day.Before(w.From) || m.day.After(w.To) || len(w.Weekdays) > 0 && !slices.Contains(w.Weekdays, m.weekday) {
		return false
	}
	in := func(h calendar.Span) bool { return h.From <= m.clock && m.clock < h.To }
	if len(w.Hours) > 0 && !slices.ContainsFunc(w.Hours, in) {
		return false
	}
	return !slices.ContainsFunc(w.Passed, m.at.Equal)
}

// wanted is the longest waiting wish that a freed time suits and that has no
// offer, or nil. It is asked at every command while a time is hidden, with up to
// thousands who wait: most of them want the same few services.
func (r *Rules) wanted(s *State, f *Freed, now time.Time) *Wish {
	type asked struct {
		services []Item
		free     bool
	}
	var answers []asked
	m := momentOf(f.For, r.Hours.Zone)
	for _, w := range s.Wishes {
		if !w.suits(&m) || s.Offer(w.ID) != nil {
			continue
		}
		i := slices.IndexFunc(answers, func(a asked) bool { return slices.Equal(a.services, w.Services) })
		if i < 0 {
			i = len(answers)
			err := r.slotFree(s, Ask{Services: w.Services, Channel: ChannelOnline, Freed: true}, f.For, now)
			answers = append(answers, asked{w.Services, err == nil})
		}
		if answers[i].free {
			return w
		}
	}
	return nil
}

// next says when something is decided about a freed time, if nothing else
// happens, and what: it is offered to somebody who waits for it, or shown to
// all. Over night it is kept for who waits.
func (r *Rules) next(s *State, f *Freed, now time.Time) (at time.Time, offered *Wish) {
	if offer := r.offerTime(now); len(s.Wishes) > 0 && offer.Add(offerLead).Before(f.For) {
		if w := r.wanted(s, f, now); w != nil {
			return offer, w
		}
	}
	return f.Until, nil
}

// offerTime is the next instant at which an offer may be made, from now on.
func (r *Rules) offerTime(now time.Time) time.Time {
	day := calendar.DateOf(now, r.Hours.Zone)
	if from := day.At(offersFrom, r.Hours.Zone); now.Before(from) {
		return from
	}
	if now.Before(day.At(offersTo, r.Hours.Zone)) {
		return now
	}
	return day.AddDays(1).At(offersFrom, r.Hours.Zone)
}

// bookingDue is when the clock next has something to decide about bookings: a
// hold or a confirmation whose time is up, or a freed time to be offered or
// shown. Zero for nothing.
func (s *State) bookingDue(r *Rules, now time.Time) time.Time {
	var due time.Time
	sooner := func(t time.Time) {
		if due.IsZero() || t.Before(due) {
			due = t
		}
	}
	for _, h := range s.Holds {
		sooner(h.Until)
	}
	if r.Booking.Confirm > 0 { // else nobody has to
		for a := range s.marked {
			if !a.ConfirmBy.IsZero() {
				sooner(a.ConfirmBy)
			}
		}
	}
	for i := range s.Freed {
		at, _ := r.next(s, &s.Freed[i], now)
		sooner(at)
	}
	return due
}

// tickBooking decides what fell due about bookings; one thing at a time, since
// each changes what the next may be.
func tickBooking(r *Rules, s *State, c Tick, now time.Time) []Event {
	for _, h := range s.Holds {
		if !now.Before(h.Until) {
			e := HoldLapsed{Hold: h.ID}
			if h.Wish == "" {
				return []Event{e}
			}
			e.Hidden = hidden(h.For, c.Hide, now)
			return append([]Event{e}, s.passOver(h.Wish)...)
		}
	}
	for a := range s.marked {
		if r.Booking.Confirm > 0 && !a.ConfirmBy.IsZero() && !now.Before(a.ConfirmBy) {
			return []Event{AppointmentCancelled{Appointment: a.ID, How: Unconfirmed, Hidden: hidden(a.At, c.Hide, now)}}
		}
	}
	for i := range s.Freed {
		f := &s.Freed[i]
		at, w := r.next(s, f, now)
		switch {
		case now.Before(at):
		case w != nil:
			until := now.Add(r.Booking.Offer)
			if until.After(f.For) { // nobody takes a visit that has begun
				until = f.For
			}
			return []Event{SlotHeld{Hold: s.newAppointmentID(), For: f.For, Services: w.Services,
				Minutes: r.VisitMinutes(s, w.Services, calendar.DateOf(f.For, r.Hours.Zone)),
				Until:   until.UTC(), Channel: ChannelOnline, Wish: w.ID, Freed: f.Of}}
		default:
			return []Event{SlotShown{Of: f.Of, For: f.For}}
		}
	}
	return nil
}

// passOver ends a wish that lets an offer pass once too often.
func (s *State) passOver(wish string) []Event {
	if w := s.Wish(wish); w != nil && len(w.Passed)+1 >= offersMost {
		return []Event{WishEnded{Wish: w.ID}}
	}
	return nil
}

// applyWish folds the events of the waiting list into the state.
func (s *State) applyWish(m Meta, e Event) {
	switch e := e.(type) {
	case WishAdded:
		s.NextWish++
		s.Wishes = append(s.Wishes, &Wish{ID: e.Wish, Services: e.Services, From: e.From, To: e.To, Hours: e.Hours,
			Weekdays: e.Weekdays, At: m.At.UTC()})
	case WishEnded:
		s.Wishes = slices.DeleteFunc(s.Wishes, func(w *Wish) bool { return w.ID == e.Wish })
	}
}

// passed notes that somebody let an offered time pass.
func (s *State) passed(wish string, at time.Time) {
	if i := slices.IndexFunc(s.Wishes, func(w *Wish) bool { return w.ID == wish }); i >= 0 {
		w := *s.Wishes[i]
		w.Passed = append(slices.Clone(w.Passed), at)
		s.Wishes[i] = &w
	}
}
