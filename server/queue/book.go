package queue

import (
	"cmp"
	"slices"
	"time"

	"aufruf/server/calendar"
)

// Hold is a time that is kept for somebody who is still typing, or for somebody
// from the waiting list who was offered it. Its id becomes the appointment's.
type Hold struct {
	ID       string    `json:"id"`
	For      time.Time `json:"for"`
	Services []Item    `json:"services"`
	Minutes  int       `json:"minutes"` // planned length of the visit
	Until    time.Time `json:"until"`   // it lapses then
	Channel  string    `json:"channel"`
	Wish     string    `json:"wish,omitempty"` // whose wish it was offered to
}

// Freed is a time that was booked and no longer is. Until a short while has
// passed it is shown to no citizen: who waits for one comes first, and nobody
// gains by asking again and again. For who waits it is kept over night.
type Freed struct {
	Of       string    `json:"of"` // the appointment or hold whose time it was
	For      time.Time `json:"for"`
	Services []Item    `json:"services"`
	Minutes  int       `json:"minutes"`
	Until    time.Time `json:"until"` // shown from then on, unless somebody waits for it
}

// Gone is an appointment that is no longer, kept for who still has its link.
type Gone struct {
	ID  string    `json:"id"`
	For time.Time `json:"for"`
	How string    `json:"how"`
	At  time.Time `json:"at"`
}

// How an appointment went.
const (
	CancelledByPerson = "person"
	CancelledByStaff  = "staff"
	Unconfirmed       = "unconfirmed"
)

// goneKept is how many days the state remembers an appointment that went.
const goneKept = 7

// Commands of booking.
type (
	// HoldSlot keeps a time for Booking.Hold.
	HoldSlot struct {
		At       time.Time
		Services []Item
		Channel  string
	}
	// ReleaseHold gives it back. An offer that is turned down goes on to the
	// next on the waiting list; Hide is as with CancelAppointment.
	ReleaseHold struct {
		Hold string
		Hide time.Duration
	}
	// BookHold makes an appointment of a hold. Confirm says that the person
	// must confirm it in time.
	BookHold struct {
		Hold    string
		Confirm bool
	}
	// MoveAppointment gives an appointment another time; the old one is kept
	// until the new one is sure. Hide is as with CancelAppointment.
	MoveAppointment struct {
		Appointment string
		At          time.Time
		Channel     string
		Hide        time.Duration
	}
	// CancelAppointment gives a time back. Hide is how long nobody is shown
	// that it is free, at most hideMost; chosen at random by the caller.
	CancelAppointment struct {
		Appointment string
		Staff       bool
		Hide        time.Duration
	}
	// ConfirmAppointment says that the person will come.
	ConfirmAppointment struct{ Appointment string }
	// DelayAppointment says that the person will come so many minutes later.
	DelayAppointment struct {
		Appointment string
		Minutes     int
	}
	// SetBooking lays terms over the configured ones; nil takes them away.
	SetBooking struct{ Terms *Terms }
	// SetExtra says where more is sold than the desks can take, for all days to
	// come; what is not named is not.
	SetExtra struct{ Extra []Extra }
)

// hideMost bounds how long a freed time is shown to nobody.
const hideMost = 2 * time.Hour

// Events of booking.
type (
	// SlotHeld keeps a time.
	SlotHeld struct {
		Hold     string    `json:"hold"`
		For      time.Time `json:"for"`
		Services []Item    `json:"services"`
		Minutes  int       `json:"minutes"`
		Until    time.Time `json:"until"`
		Channel  string    `json:"channel"`
		Wish     string    `json:"wish,omitempty"`  // it is offered to
		Freed    string    `json:"freed,omitempty"` // whose time it was
	}
	// HoldReleased gives it back at the person's wish, HoldLapsed since its time
	// was up. Hidden is until when the time is shown to nobody, for an offer.
	HoldReleased struct {
		Hold   string    `json:"hold"`
		Hidden time.Time `json:"hidden,omitzero"`
	}
	HoldLapsed struct {
		Hold   string    `json:"hold"`
		Hidden time.Time `json:"hidden,omitzero"`
	}
	// AppointmentBooked makes an appointment of a hold.
	AppointmentBooked struct {
		Appointment string    `json:"appointment"`
		For         time.Time `json:"for"`
		Services    []Item    `json:"services"`
		Minutes     int       `json:"minutes"`
		Channel     string    `json:"channel"`
		ConfirmBy   time.Time `json:"confirm_by,omitzero"`
		Wish        string    `json:"wish,omitempty"`
	}
	// AppointmentMoved gives it another time.
	AppointmentMoved struct {
		Appointment string    `json:"appointment"`
		From        time.Time `json:"from"`
		For         time.Time `json:"for"`
		Minutes     int       `json:"minutes"`
		Hidden      time.Time `json:"hidden,omitzero"`
		// CodeDay is the day for which its code from outside was given, from the
		// first move to another day on.
		CodeDay calendar.Date `json:"code_day,omitzero"`
	}
	// AppointmentCancelled ends it before its time.
	AppointmentCancelled struct {
		Appointment string    `json:"appointment"`
		How         string    `json:"how"`
		Hidden      time.Time `json:"hidden,omitzero"`
	}
	// AppointmentConfirmed says that the person will come.
	AppointmentConfirmed struct {
		Appointment string `json:"appointment"`
	}
	// AppointmentDelayed says that the person will come later.
	AppointmentDelayed struct {
		Appointment string `json:"appointment"`
		Minutes     int    `json:"minutes"`
	}
	// SlotShown ends the time in which a freed time was shown to nobody.
	SlotShown struct {
		Of  string    `json:"of"`
		For time.Time `json:"for"`
	}
	// BookingSet lays terms over the configured ones, null takes them away.
	BookingSet struct {
		Terms *Terms `json:"terms"`
	}
	// ExtraSet says where more is sold than the desks can take.
	ExtraSet struct {
		Extra []Extra `json:"extra"`
	}
)

// DueAt is when the person is expected: the appointment's time, or as much
// later as was announced.
func (a *Appointment) DueAt() time.Time { return a.At.Add(time.Duration(a.Late) * time.Minute) }

func (s *State) newAppointmentID() string { return s.Office + "-a" + pad4(s.NextAppointment) }

// CompareIDs puts ids of one kind and office in the order in which they were
// given.
func CompareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// Hold returns the hold with this id, or nil. One whose time is up and that the
// clock has not closed yet is still there.
func (s *State) Hold(id string) *Hold {
	if i := slices.IndexFunc(s.Holds, func(h *Hold) bool { return h.ID == id }); i >= 0 {
		return s.Holds[i]
	}
	return nil
}

// Gone returns an appointment that is no longer, or nil.
func (s *State) GoneAppointment(id string) *Gone {
	if i := slices.IndexFunc(s.Gone, func(g Gone) bool { return g.ID == id }); i >= 0 {
		return &s.Gone[i]
	}
	return nil
}

func holdSlot(r *Rules, s *State, c HoldSlot, now time.Time) ([]Event, error) {
	if !slices.Contains(Channels, c.Channel) {
		return nil, refuse(RefusedNotBookable)
	}
	a := Ask{Services: c.Services, Channel: c.Channel}
	if err := r.slotFree(s, a, c.At, now); err != nil {
		return nil, err
	}
	return []Event{SlotHeld{Hold: s.newAppointmentID(), For: c.At.UTC(), Services: c.Services,
		Minutes: r.VisitMinutes(s, c.Services, calendar.DateOf(c.At, r.Hours.Zone)),
		Until:   now.Add(r.Booking.Hold).UTC(), Channel: c.Channel}}, nil
}

func releaseHold(s *State, c ReleaseHold, now time.Time) ([]Event, error) {
	h := s.Hold(c.Hold)
	if h == nil {
		return nil, refuse(RefusedHoldLapsed)
	}
	e := HoldReleased{Hold: h.ID}
	if h.Wish == "" {
		return []Event{e}, nil
	}
	e.Hidden = hidden(h.For, c.Hide, now)
	return append([]Event{e}, s.passOver(h.Wish)...), nil
}

// hidden is until when a freed time is shown to nobody; zero for one that has
// begun.
func hidden(at time.Time, hide time.Duration, now time.Time) time.Time {
	if !at.After(now) {
		return time.Time{}
	}
	return now.Add(min(max(hide, 0), hideMost)).UTC()
}

func bookHold(r *Rules, s *State, c BookHold, now time.Time) ([]Event, error) {
	h := s.Hold(c.Hold)
	if h == nil || !now.Before(h.Until) {
		return nil, refuse(RefusedHoldLapsed)
	}
	if calendar.DateOf(h.For, r.Hours.Zone).Before(s.Day) {
		return nil, refuse(RefusedSlotPast) // held a minute before midnight
	}
	e := AppointmentBooked{Appointment: h.ID, For: h.For, Services: h.Services, Minutes: h.Minutes, Channel: h.Channel, Wish: h.Wish}
	if c.Confirm && r.Booking.Confirm > 0 {
		e.ConfirmBy = now.Add(r.Booking.Confirm).UTC()
	}
	return []Event{e}, nil
}

// standing finds an appointment that can still be changed.
func (s *State) standing(id string) (*Appointment, error) {
	a := s.Appointment(id)
	if a == nil {
		return nil, refuse(RefusedUnknownAppointment)
	}
	if a.Ticket != "" {
		var number string
		if t := s.Ticket(a.Ticket); t != nil {
			number = t.Number.String()
		}
		return nil, refuse(RefusedArrived, "Number", number)
	}
	return a, nil
}

func moveAppointment(r *Rules, s *State, c MoveAppointment, now time.Time) ([]Event, error) {
	a, err := s.standing(c.Appointment)
	if err != nil {
		return nil, err
	}
	if c.At.Equal(a.At) {
		return nil, refuse(RefusedSameTime)
	}
	if !slices.Contains(Channels, c.Channel) {
		return nil, refuse(RefusedNotBookable)
	}
	if err := r.slotFree(s, Ask{Services: a.Services, Channel: c.Channel, Move: a.ID}, c.At, now); err != nil {
		return nil, err
	}
	day := calendar.DateOf(c.At, r.Hours.Zone)
	e := AppointmentMoved{Appointment: a.ID, From: a.At, For: c.At.UTC(), Minutes: r.VisitMinutes(s, a.Services, day),
		Hidden: hidden(a.At, c.Hide, now), CodeDay: a.CodeDay}
	if was := calendar.DateOf(a.At, r.Hours.Zone); a.CodeMAC != "" && a.CodeDay.IsZero() && was != day {
		e.CodeDay = was
	}
	return []Event{e}, nil
}

func cancelAppointment(s *State, c CancelAppointment, now time.Time) ([]Event, error) {
	a, err := s.standing(c.Appointment)
	if err != nil {
		return nil, err
	}
	how := CancelledByPerson
	if c.Staff {
		how = CancelledByStaff
	}
	return []Event{AppointmentCancelled{Appointment: a.ID, How: how, Hidden: hidden(a.At, c.Hide, now)}}, nil
}

func confirmAppointment(s *State, c ConfirmAppointment) ([]Event, error) {
	a, err := s.standing(c.Appointment)
	if err != nil {
		return nil, err
	}
	return []Event{AppointmentConfirmed{Appointment: a.ID}}, nil
}

func delayAppointment(r *Rules, s *State, c DelayAppointment, now time.Time) ([]Event, error) {
	a, err := s.standing(c.Appointment)
	if err != nil {
		return nil, err
	}
	most := int(r.Booking.Delay / time.Minute)
	switch {
	case c.Minutes < 1 || c.Minutes > most || a.Late > 0:
		return nil, refuse(RefusedDelay, "Max", most)
	case calendar.DateOf(a.At, r.Hours.Zone) != s.Day:
		return nil, refuse(RefusedWrongDay, "Date", calendar.DateOf(a.At, r.Hours.Zone).String())
	case now.After(a.At.Add(r.Grace)):
		return nil, refuse(RefusedDelayLate)
	}
	return []Event{AppointmentDelayed{Appointment: a.ID, Minutes: c.Minutes}}, nil
}

// Bounds of Terms.
const (
	quotaMost    = 9999
	blackoutMost = 400
)

func setBooking(r *Rules, s *State, c SetBooking) ([]Event, error) {
	if t := c.Terms; t != nil {
		if err := r.checkTerms(t); err != nil {
			return nil, err
		}
	}
	return []Event{BookingSet{Terms: c.Terms}}, nil
}

func (r *Rules) checkTerms(t *Terms) error {
	if t.Days < 0 || t.Days > int(bookAhead/(24*time.Hour)) {
		return refuse(RefusedTerms, "Field", "days")
	}
	for _, share := range t.Share {
		if share < 0 || share > 100 {
			return refuse(RefusedTerms, "Field", "share")
		}
	}
	for category, n := range t.Quota {
		if r.Category(category) == nil || n < 0 || n > quotaMost {
			return refuse(RefusedTerms, "Field", "quota")
		}
	}
	if len(t.Blackouts) > blackoutMost {
		return refuse(RefusedTerms, "Field", "blackouts")
	}
	for _, service := range t.Internal {
		if r.Service(service) == nil {
			return refuse(RefusedUnknownService)
		}
	}
	for service := range t.Last {
		if r.Service(service) == nil {
			return refuse(RefusedUnknownService)
		}
	}
	return nil
}

func setExtra(r *Rules, s *State, c SetExtra) ([]Event, error) {
	for _, e := range c.Extra {
		if e.Hour < 0 || e.Hour > 23 || e.N < 0 || e.N > len(r.Desks) || e.Day.Before(s.Day) {
			return nil, refuse(RefusedTerms, "Field", "extra")
		}
	}
	if !r.TermsOf(s).Overbook && len(c.Extra) > 0 {
		return nil, refuse(RefusedTerms, "Field", "overbook")
	}
	return []Event{ExtraSet{Extra: c.Extra}}, nil
}

// applyBooking folds the events of booking into the state.
func (s *State) applyBooking(m Meta, e Event) {
	switch e := e.(type) {
	case SlotHeld:
		s.NextAppointment++
		s.Holds = append(s.Holds, &Hold{ID: e.Hold, For: e.For.UTC(), Services: e.Services, Minutes: e.Minutes,
			Until: e.Until.UTC(), Channel: e.Channel, Wish: e.Wish})
		s.unfree(e.Freed, e.For)
	case HoldReleased:
		s.dropHold(e.Hold, e.Hidden)
	case HoldLapsed:
		s.dropHold(e.Hold, e.Hidden)
	case AppointmentBooked:
		s.Holds = slices.DeleteFunc(s.Holds, func(h *Hold) bool { return h.ID == e.Appointment })
		s.Wishes = slices.DeleteFunc(s.Wishes, func(w *Wish) bool { return w.ID == e.Wish && e.Wish != "" })
		s.insert(&Appointment{ID: e.Appointment, At: e.For.UTC(), Services: e.Services, Minutes: e.Minutes,
			Channel: e.Channel, BookedAt: m.At.UTC(), ConfirmBy: e.ConfirmBy.UTC()})
	case AppointmentMoved:
		s.unfree(e.Appointment, e.For) // moved back to where it was
		s.changeAppointment(e.Appointment, func(a *Appointment) {
			s.free(a, e.Hidden)
			a.At, a.Minutes, a.Moves, a.Late, a.Confirmed = e.For.UTC(), e.Minutes, a.Moves+1, 0, false
			a.CodeDay = e.CodeDay
		})
	case AppointmentCancelled:
		if a := s.Appointment(e.Appointment); a != nil {
			s.free(a, e.Hidden)
			s.Gone = append(s.Gone, Gone{ID: a.ID, For: a.At, How: e.How, At: m.At.UTC()})
			s.dropAppointment(a.ID)
		}
	case AppointmentConfirmed:
		s.changeAppointment(e.Appointment, func(a *Appointment) { a.Confirmed, a.ConfirmBy = true, time.Time{} })
	case AppointmentDelayed:
		s.changeAppointment(e.Appointment, func(a *Appointment) { a.Late = e.Minutes })
	case SlotShown:
		s.unfree(e.Of, e.For)
	case BookingSet:
		s.Terms, s.TermsAt = e.Terms, time.Time{}
		if e.Terms != nil {
			s.TermsAt = m.At.UTC()
		}
	case ExtraSet:
		s.Extra = e.Extra
	}
}

// free notes that an appointment's time is free again.
func (s *State) free(a *Appointment, until time.Time) {
	if !until.IsZero() {
		s.Freed = append(s.Freed, Freed{Of: a.ID, For: a.At, Services: a.Services, Minutes: a.Minutes, Until: until.UTC()})
	}
}

// unfree ends the time in which a freed time is shown to nobody.
func (s *State) unfree(of string, at time.Time) {
	s.Freed = slices.DeleteFunc(s.Freed, func(f Freed) bool { return f.Of == of && f.For.Equal(at) })
}

func (s *State) dropHold(id string, until time.Time) {
	h := s.Hold(id)
	if h == nil {
		return
	}
	if !until.IsZero() {
		s.Freed = append(s.Freed, Freed{Of: h.ID, For: h.For, Services: h.Services, Minutes: h.Minutes, Until: until.UTC()})
	}
	if h.Wish != "" {
		s.passed(h.Wish, h.For)
	}
	s.Holds = slices.DeleteFunc(s.Holds, func(o *Hold) bool { return o.ID == id })
}
