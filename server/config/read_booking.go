package config

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// booking is how an office sells its time, as the file says it.
type booking struct {
	rule     queue.Booking
	share    int
	byHour   []hourShare
	quotas   []quota
	internal []name
	last     []lastDay
	together []together
}

// hourShare is another share of walk-ins for some hours.
type hourShare struct {
	value
	hours   span
	percent int
}

type quota struct {
	category name
	perDay   int
}

type lastDay struct {
	service name
	day     calendar.Date
}

type together struct {
	services []name
	saves    time.Duration
}

// Defaults of booking.
const (
	DefaultBookingDays  = 42
	DefaultBookingLead  = 30 * time.Minute
	DefaultBookingGrid  = 10 * time.Minute
	DefaultBookingHold  = 10 * time.Minute
	DefaultBookingOffer = 20 * time.Minute
	DefaultBookingDelay = 10 * time.Minute
	DefaultBookingMost  = 3
	DefaultShare        = 30 // percent
)

func newBooking() booking {
	return booking{share: DefaultShare, rule: queue.Booking{Grid: DefaultBookingGrid, Lead: DefaultBookingLead, Hold: DefaultBookingHold,
		Offer: DefaultBookingOffer, Delay: DefaultBookingDelay, Most: DefaultBookingMost, Terms: queue.Terms{Days: DefaultBookingDays}}}
}

func (b *booking) read(v value) {
	r := &b.rule
	v.keys(
		may("online", yesNo(&r.Online)),
		may("days", count(&r.Terms.Days, 0, 366)),
		may("lead", duration(&r.Lead, 0, 30*24*time.Hour, time.Minute)),
		may("grid", duration(&r.Grid, time.Minute, 4*time.Hour, time.Minute)),
		may("hold", duration(&r.Hold, time.Minute, time.Hour, time.Minute)),
		may("buffer", duration(&r.Buffer, 0, 2*time.Hour, time.Minute)),
		may("offer", duration(&r.Offer, time.Minute, 12*time.Hour, time.Minute)),
		may("confirm", duration(&r.Confirm, 0, 24*time.Hour, time.Minute)),
		may("delay", duration(&r.Delay, 0, time.Hour, time.Minute)),
		may("per_number", count(&r.Most, 0, 99)),
		may("walk_in_share", count(&b.share, 0, 100)),
		may("share_by_hour", func(v value) { v.each(b.readShare) }),
		may("quotas", func(v value) { v.each(b.readQuota) }),
		may("internal", ids(&b.internal)),
		may("last", func(v value) { v.each(b.readLast) }),
		may("blackouts", func(v value) { v.each(b.readBlackout) }),
		may("overbook", yesNo(&r.Terms.Overbook)),
		may("together", func(v value) { v.each(b.readTogether) }),
	)
}

func (b *booking) readShare(v value) {
	s := hourShare{value: v}
	var hours []span
	if v.keys(need("hours", oneSpan(&hours)), need("percent", count(&s.percent, 0, 100))) && len(hours) == 1 {
		s.hours = hours[0]
		b.byHour = append(b.byHour, s)
	}
}

func (b *booking) readQuota(v value) {
	var q quota
	if v.keys(need("category", id(&q.category)), need("per_day", count(&q.perDay, 0, 9999))) {
		b.quotas = append(b.quotas, q)
	}
}

func (b *booking) readLast(v value) {
	var l lastDay
	if v.keys(need("service", id(&l.service)), need("day", date(&l.day))) {
		b.last = append(b.last, l)
	}
}

func (b *booking) readBlackout(v value) {
	var d calendar.Date
	date(&d)(v)
	if !d.IsZero() {
		b.rule.Terms.Blackouts = append(b.rule.Terms.Blackouts, d)
	}
}

func (b *booking) readTogether(v value) {
	var t together
	if v.keys(need("services", ids(&t.services)), need("saves", duration(&t.saves, time.Minute, 4*time.Hour, time.Minute))) {
		b.together = append(b.together, t)
	}
}

// check looks for what names nothing and for hours that are not whole.
func (b *booking) check(services, categories scope) {
	for _, s := range b.byHour {
		if s.hours.From%60 != 0 || s.hours.To%60 != 0 {
			s.hours.complain("config.whole_hours", nil)
		}
	}
	listed := scope{}
	for _, q := range b.quotas {
		categories.find(q.category, "config.unknown_category")
		listed.claim(q.category, "config.listed_twice")
	}
	for _, s := range b.internal {
		services.find(s, "config.unknown_service")
	}
	listed = scope{}
	for _, l := range b.last {
		services.find(l.service, "config.unknown_service")
		listed.claim(l.service, "config.listed_twice")
	}
	for _, t := range b.together {
		for _, s := range t.services {
			services.find(s, "config.unknown_service")
		}
	}
}

func (b *booking) build() queue.Booking {
	r := b.rule
	for h := range r.Terms.Share {
		r.Terms.Share[h] = b.share
		for _, s := range b.byHour {
			if int(s.hours.From) <= h*60 && h*60 < int(s.hours.To) {
				r.Terms.Share[h] = s.percent
			}
		}
	}
	for _, q := range b.quotas {
		if r.Terms.Quota == nil {
			r.Terms.Quota = map[string]int{}
		}
		r.Terms.Quota[q.category.id] = q.perDay
	}
	r.Terms.Internal = plainIDs(b.internal)
	for _, l := range b.last {
		if r.Terms.Last == nil {
			r.Terms.Last = map[string]calendar.Date{}
		}
		r.Terms.Last[l.service.id] = l.day
	}
	for _, t := range b.together {
		r.Together = append(r.Together, queue.Together{Services: plainIDs(t.services), Saves: t.saves})
	}
	return r
}

// readQuestions reads what people are asked to find out whether a condition
// holds, by the condition's id.
func (d *draft) readQuestions(v value) {
	pairs, _ := v.pairs()
	for _, p := range pairs {
		n := name{value: p.key, id: p.name}
		d.questioned = append(d.questioned, n)
	}
	d.questions.read(v)
}
