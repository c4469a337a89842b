package queue

import (
	"math"
	"slices"
	"time"

	"aufruf/server/slots"
)

// Free is how many visits citizens can still book today. They are counted as
// people would book them: one after another, each at the earliest time that is
// free, until none is left. So it is how many more people get an appointment,
// and not how many beginnings could be chosen from.
type Free struct {
	// Office is when people come for the categories in turn, one for each.
	Office int
	// Categories is when all come for the same: the first service of the
	// category that citizens book. A category of which they book none is not
	// in it.
	Categories map[string]int
}

// Of is how many a category has, nil for one of which citizens book nothing.
// It may be asked of a nil Free, in an office that lets nobody book.
func (f *Free) Of(category string) *int {
	if f == nil {
		return nil
	}
	if n, ok := f.Categories[category]; ok {
		return &n
	}
	return nil
}

// All is how many the office has, nil where nobody books.
func (f *Free) All() *int {
	if f == nil {
		return nil
	}
	return &f.Office
}

// FreeToday is how many visits for these services citizens could still book
// today, one after another. It is 0 when they book them not at all.
func (r *Rules) FreeToday(s *State, items []Item, now time.Time) int {
	a := Ask{Services: items, Channel: ChannelOnline}
	if r.CanBook(s, a) != nil {
		return 0
	}
	return r.inTurn(s, []Ask{a}, r.today(s, now), now)
}

// FreeOf counts for the whole office and for each category; nil when citizens
// book nothing here.
func (r *Rules) FreeOf(s *State, now time.Time) *Free {
	var asks []Ask
	f, today := &Free{Categories: map[string]int{}}, r.today(s, now)
	// Most categories are alike as far as desks and minutes go, and filling a
	// day is what costs.
	type filled struct {
		parts []slots.Part
		n     int
	}
	var days []filled
	for i := range r.Services {
		sv := &r.Services[i]
		if _, there := f.Categories[sv.Category]; there || !r.Bookable(s, sv.ID) {
			continue
		}
		a := Ask{Services: []Item{{sv.ID, 1}}, Channel: ChannelOnline}
		asks = append(asks, a)
		parts, open := r.partsToday(s, a), r.openFor(s, a, now)
		at := slices.IndexFunc(days, func(d filled) bool { return slices.Equal(d.parts, parts) })
		if at < 0 && open > 0 {
			at = len(days)
			days = append(days, filled{parts, fill(today.Fill(r.Booking.Grid, now.Add(r.Booking.Lead)), []*slots.Kind{slots.NewKind(parts)}, []int{math.MaxInt})})
		}
		if f.Categories[sv.Category] = 0; open > 0 {
			f.Categories[sv.Category] = min(open, days[at].n)
		}
	}
	if len(asks) == 0 {
		return nil
	}
	f.Office = r.inTurn(s, asks, today, now)
	return f
}

// today is the day as citizens who book see it.
func (r *Rules) today(s *State, now time.Time) slots.Day {
	return new(planner).day(r, s, Ask{Channel: ChannelOnline}, s.Day, now)
}

func (r *Rules) partsToday(s *State, a Ask) []slots.Part {
	return r.parts(s, a.Services, r.VisitMinutes(s, a.Services, s.Day), s.Day)
}

// inTurn counts the visits that find a time today when people come for these
// one after the other, and again.
func (r *Rules) inTurn(s *State, asks []Ask, today slots.Day, now time.Time) int {
	kinds, open := make([]*slots.Kind, len(asks)), make([]int, len(asks))
	for i, a := range asks {
		kinds[i], open[i] = slots.NewKind(r.partsToday(s, a)), r.openFor(s, a, now)
	}
	return fill(today.Fill(r.Booking.Grid, now.Add(r.Booking.Lead)), kinds, open)
}

// fill sells a day to kinds of visits in turn, of each at most as many as it is
// open for, and counts them.
func fill(day *slots.Filling, kinds []*slots.Kind, open []int) (n int) {
	for found := true; found; {
		found = false
		for i, k := range kinds {
			if open[i] == 0 {
				continue
			}
			if _, ok := day.Take(k); !ok {
				open[i] = 0
				continue
			}
			open[i]--
			n, found = n+1, true
		}
	}
	return n
}

// openFor is how many visits more the day is open for by its terms, whatever
// the desks can take: none when it is not open for booking, else what is left
// of the category's quota.
func (r *Rules) openFor(s *State, a Ask, now time.Time) int {
	if r.bookableOn(s, a, s.Day, now) != nil {
		return 0
	}
	category := r.Service(a.Services[0].Service).Category
	if quota, limited := r.TermsOf(s).Quota[category]; limited {
		return max(0, quota-r.booked(s, a, category, s.Day, now))
	}
	return math.MaxInt
}
