package queue

import (
	"slices"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/slots"
)

// Booking is how an office sells its time, as configured. What a supervisor may
// change in the browser is in Terms.
type Booking struct {
	Online   bool          // citizens may book by themselves, online and at a kiosk
	Grid     time.Duration // times lie on a grid of this from each opening on; at least a minute
	Lead     time.Duration // a citizen's visit begins no sooner than this from now
	Hold     time.Duration // how long a time is kept while somebody types
	Buffer   time.Duration // added to each visit
	Together []Together    // services that take less time in one visit
	Offer    time.Duration // how long a freed time is kept for somebody from the waiting list
	Confirm  time.Duration // a citizen's booking lapses if not confirmed within this; 0: it needs no confirming
	Delay    time.Duration // how much later somebody may announce to come; 0: not at all
	Most     int           // visits to come that one mobile number may hold; 0: no limit
	Terms    Terms
}

// Together says that services in one visit take less time than one by one.
type Together struct {
	Services []string
	Saves    time.Duration
}

// Terms are what a supervisor decides about booking, laid over the configured
// ones as a whole.
type Terms struct {
	Days      int                      `json:"days"`                // citizens book from today until so many days ahead
	Share     [24]int                  `json:"share"`               // percent of desk time kept for walk-ins, by local hour
	Quota     map[string]int           `json:"quota,omitempty"`     // category → booked visits a day, the first service counts
	Blackouts []calendar.Date          `json:"blackouts,omitempty"` // no citizen books on these days
	Internal  []string                 `json:"internal,omitempty"`  // services that staff alone books
	Last      map[string]calendar.Date `json:"last,omitempty"`      // service → last day on which it is booked
	Overbook  bool                     `json:"overbook,omitempty"`  // more may be sold where forecasts allow it
}

// The ways on which appointments come about.
const (
	ChannelOnline = "online" // by citizens
	ChannelKiosk  = "kiosk"
	ChannelPhone  = "phone" // by staff
	ChannelDesk   = "desk"
)

// Channels lists every channel once.
var Channels = []string{ChannelOnline, ChannelKiosk, ChannelPhone, ChannelDesk}

// internal tells whether staff books: without regard to lead, window, share and
// blackouts, but never more than the desks can take.
func internal(channel string) bool { return channel == ChannelPhone || channel == ChannelDesk }

// Extra is how many visits more than the desks can take are sold in an hour of
// a day, since not all who booked will come.
type Extra struct {
	Day  calendar.Date `json:"day"`
	Hour int           `json:"hour"` // local, 0 to 23
	N    int           `json:"n"`
}

// TermsOf are the terms that count now.
func (r *Rules) TermsOf(s *State) *Terms {
	if s.Terms != nil {
		return s.Terms
	}
	return &r.Booking.Terms
}

// VisitMinutes is how long a visit on a day is planned: its services together,
// with what they save in one visit, and the buffer; rounded up to minutes.
func (r *Rules) VisitMinutes(s *State, items []Item, day calendar.Date) int {
	d := r.Booking.Buffer
	for _, it := range items {
		d += r.PlannedOn(s, it.Service, day) * time.Duration(max(it.Quantity, 1))
	}
	for _, t := range r.Booking.Together {
		if !slices.ContainsFunc(t.Services, func(id string) bool { return !hasService(items, id) }) {
			d -= t.Saves
		}
	}
	return max(1, int((d+time.Minute-1)/time.Minute))
}

func hasService(items []Item, id string) bool {
	return slices.ContainsFunc(items, func(it Item) bool { return it.Service == id })
}

// parts is a visit of so many minutes as desks see it: in one go where a desk
// can do all of it, else one part after the other, each with its services' time
// and the last one with the rest.
func (r *Rules) parts(s *State, items []Item, minutes int, day calendar.Date) []slots.Part {
	if desks := r.sold(items, minutes); desks != 0 || len(items) < 2 {
		return []slots.Part{{Desks: desks, Minutes: minutes}}
	}
	var parts []slots.Part
	left := minutes
	for len(items) > 0 && left > 0 {
		n := len(items)
		for n > 1 && r.sold(items[:n], 0) == 0 {
			n--
		}
		m := left
		if n < len(items) {
			buffer := int((r.Booking.Buffer + time.Minute - 1) / time.Minute)
			m = max(1, min(left-1, r.VisitMinutes(s, items[:n], day)-buffer))
		}
		parts = append(parts, slots.Part{Desks: r.sold(items[:n], left), Minutes: m})
		items, left = items[n:], left-m
	}
	return parts
}

// sold are the desks that serve all of these services to people who booked so
// many minutes. A quick desk looks at all that is still to be done, as it does
// when it calls, and not at the buffer.
func (r *Rules) sold(items []Item, minutes int) uint64 {
	desks := r.everyDesk()
	for _, it := range items {
		desks &= r.able(it.Service)
	}
	for i := range r.Desks {
		d := &r.Desks[i]
		if d.Keep == "walk_in" || d.Quick > 0 && time.Duration(minutes)*time.Minute-r.Booking.Buffer > d.Quick {
			desks &^= 1 << i
		}
	}
	return desks
}

// Ask is a visit that somebody would like to book.
type Ask struct {
	Services []Item
	Channel  string
	// Move is the appointment that would move here: its own time counts as free.
	Move string
	// Freed lets the times count that were freed and are not shown yet: for who
	// is next on the waiting list.
	Freed bool
}

// FreeSlots are the times at which the visit can begin, in order, on days from
// one to another, both included. It is empty where the services may not be
// booked that way.
func (r *Rules) FreeSlots(s *State, a Ask, from, to calendar.Date, now time.Time) []time.Time {
	if r.CanBook(s, a) != nil {
		return nil
	}
	if from.Before(s.Day) {
		from = s.Day
	}
	if last := s.Day.AddDays(r.window(s, a)); to.After(last) {
		to = last
	}
	earliest := now
	if !internal(a.Channel) {
		earliest = now.Add(r.Booking.Lead)
	}
	var free []time.Time
	var plan planner
	for day := from; !day.After(to); day = day.AddDays(1) {
		if r.bookableOn(s, a, day, now) != nil {
			continue
		}
		d := plan.day(r, s, a, day, now)
		n := len(free)
		free = d.AppendFree(free, r.parts(s, a.Services, r.VisitMinutes(s, a.Services, day), day), r.Booking.Grid)
		late := n
		for late < len(free) && free[late].Before(earliest) {
			late++
		}
		free = slices.Delete(free, n, late)
	}
	return free
}

// PlanOf is a day as booking sees it: what is planned, kept and taken.
func (r *Rules) PlanOf(s *State, day calendar.Date, now time.Time) slots.Day {
	return new(planner).day(r, s, Ask{Channel: ChannelOnline, Freed: true}, day, now)
}

// slotFree says whether the visit can begin at a time. Citizens take what they
// are shown, so for them it lies on the grid; staff, and a time that was freed,
// may be off it.
func (r *Rules) slotFree(s *State, a Ask, at, now time.Time) error {
	if err := r.CanBook(s, a); err != nil {
		return err
	}
	earliest := now
	if !internal(a.Channel) && !a.Freed {
		earliest = now.Add(r.Booking.Lead)
	}
	if at.Before(earliest) {
		return refuse(RefusedSlotPast)
	}
	day := calendar.DateOf(at, r.Hours.Zone)
	if err := r.bookableOn(s, a, day, now); err != nil {
		return err
	}
	d := new(planner).day(r, s, a, day, now)
	offGrid := !internal(a.Channel) && !a.Freed && !d.OnGrid(at, r.Booking.Grid)
	if offGrid || !d.Fits(r.parts(s, a.Services, r.VisitMinutes(s, a.Services, day), day), at) {
		return refuse(RefusedSlotTaken)
	}
	return nil
}

// CanBook says whether these services are booked this way at all: nil, or the
// refusal that holding would give.
func (r *Rules) CanBook(s *State, a Ask) error {
	if err := checkItems(r, a.Services); err != nil {
		return err
	}
	if internal(a.Channel) {
		return nil
	}
	terms := r.TermsOf(s)
	for _, it := range a.Services {
		if !r.Booking.Online || slices.Contains(terms.Internal, it.Service) {
			return refuse(RefusedNotBookable)
		}
	}
	return nil
}

// Bookable says whether citizens book this service by themselves, on some day.
func (r *Rules) Bookable(s *State, service string) bool {
	last, limited := r.TermsOf(s).Last[service]
	return r.CanBook(s, Ask{Services: []Item{{service, 1}}, Channel: ChannelOnline}) == nil && !(limited && last.Before(s.Day))
}

// window is how many days ahead may be booked.
func (r *Rules) window(s *State, a Ask) int {
	if internal(a.Channel) {
		return int(bookAhead / (24 * time.Hour))
	}
	return r.TermsOf(s).Days
}

// bookableOn says whether a day is open for booking these services.
func (r *Rules) bookableOn(s *State, a Ask, day calendar.Date, now time.Time) error {
	terms := r.TermsOf(s)
	if day.Before(s.Day) || s.Day.Days(day) > r.window(s, a) || !internal(a.Channel) && slices.Contains(terms.Blackouts, day) || s.Shut && day == s.Day {
		return refuse(RefusedSlotDay)
	}
	for _, it := range a.Services {
		if last, limited := terms.Last[it.Service]; limited && day.After(last) {
			return refuse(RefusedServiceOver)
		}
	}
	category := r.Service(a.Services[0].Service).Category
	if quota, limited := terms.Quota[category]; limited && !internal(a.Channel) && r.booked(s, a, category, day, now) >= quota {
		return refuse(RefusedQuota)
	}
	return nil
}

// booked counts what is booked or held of a category on a day, and what was
// freed and is not shown yet: else a day whose number is used up would open
// elsewhere for whoever asks first.
func (r *Rules) booked(s *State, a Ask, category string, day calendar.Date, now time.Time) int {
	from, to := day.Start(r.Hours.Zone), day.AddDays(1).Start(r.Hours.Zone)
	n := 0
	counts := func(at time.Time, items []Item) {
		if !at.Before(from) && at.Before(to) && len(items) > 0 {
			if sv := r.Service(items[0].Service); sv != nil && sv.Category == category {
				n++
			}
		}
	}
	for _, b := range s.Between(from, to) {
		if b.ID != a.Move {
			counts(b.At, b.Services)
		}
	}
	for _, h := range s.Holds {
		if h.Until.After(now) {
			counts(h.For, h.Services)
		}
	}
	for i := range s.Freed {
		if f := &s.Freed[i]; a.hides(f) {
			counts(f.For, f.Services)
		}
	}
	return n
}

// hides tells whether a freed time is not shown to who asks. It is hidden until
// the clock says otherwise (SlotShown), over night too, and not from who gave it
// back by moving away.
func (a *Ask) hides(f *Freed) bool {
	return !a.Freed && !internal(a.Channel) && (a.Move == "" || f.Of != a.Move)
}
