package web

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/queue"

	"github.com/danielgtaylor/huma/v2"
)

// BookingTerms are what a supervisor decides about booking, as a whole.
type BookingTerms struct {
	Days      int         `json:"days" doc:"citizens book from today until so many days ahead; 0 to 366"`
	Share     []int       `json:"share" doc:"percent of desk time kept for people without an appointment, one for each of the 24 local hours; 0 to 100"`
	Quotas    []TermQuota `json:"quotas" doc:"booked visits a day; what is not named has no limit"`
	Blackouts []string    `json:"blackouts" doc:"days on which no citizen books, 2026-12-24"`
	Internal  []string    `json:"internal" doc:"ids of services that staff alone books"`
	Last      []TermLast  `json:"last" doc:"services that end, each with its last day"`
	Overbook  bool        `json:"overbook" doc:"more may be sold than desks can take, where forecasts allow it"`
}

// TermQuota is how many visits of a category are booked on a day.
type TermQuota struct {
	Category string `json:"category" doc:"id of the category; the first service of a visit counts"`
	PerDay   int    `json:"per_day" doc:"0 to 9999"`
}

// TermLast is the last day on which a service is booked.
type TermLast struct {
	Service string `json:"service"`
	Day     string `json:"day" doc:"2026-02-20"`
}

// BookingState is what counts for booking, and where it comes from.
type BookingState struct {
	Online     bool          `json:"online" doc:"whether citizens book by themselves at all; that is configured alone"`
	Configured BookingTerms  `json:"configured"`
	Set        *BookingTerms `json:"set" doc:"what was laid over it in the browser, and counts; null: nothing was"`
	SetAt      *time.Time    `json:"set_at" doc:"since when; null: nothing was set"`
	Today      string        `json:"today" format:"date" doc:"the office's day"`
	Hours      []int         `json:"hours" doc:"local hours in which the office is open on some day of the next four weeks"`
}

// TransformSchema says which objects may be null.
func (BookingState) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "set")
}

type bookingStateOut struct{ Body BookingState }

type setBookingIn struct {
	InOffice
	Keyed
	Body BookingTerms
}

type takeBackIn struct {
	InOffice
	Keyed
	Body *nothing `required:"false"`
}

// Bounds of what is read of terms; queue has the others.
const (
	termDaysMost  = 366
	termQuotaMost = 9999
	termListMost  = 400
)

func (s *Server) termRoutes() {
	const path = "/api/v1/offices/{office}/booking"
	endpoint(s, operation{method: http.MethodGet, path: path, id: "show-booking-terms",
		summary: "What counts for booking, and what is configured", tag: "Booking", errors: []int{404}},
		func(_ context.Context, _ *ask, in *InOffice) (*bookingStateOut, error) {
			o, err := s.office(in.Office)
			if err != nil {
				return nil, err
			}
			return &bookingStateOut{Body: bookingState(o)}, nil
		})
	endpoint(s, operation{method: http.MethodPost, path: path, id: "set-booking-terms",
		summary: "Lay other terms of booking over the configured ones", tag: "Booking", errors: []int{404, 422}}, s.setBooking)
	endpoint(s, operation{method: http.MethodPost, path: path + "/take-back", id: "take-back-booking-terms",
		summary: "Take back the terms that were laid over the configured ones", tag: "Booking", errors: []int{404, 422}},
		func(ctx context.Context, a *ask, in *takeBackIn) (*stored, error) {
			return s.house(ctx, a, &HouseIn{InOffice: in.InOffice, Keyed: in.Keyed}, queue.SetBooking{})
		})
}

func (s *Server) setBooking(ctx context.Context, a *ask, in *setBookingIn) (*stored, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	terms, faults := readTerms(o.Rules(), &in.Body)
	if len(faults) > 0 {
		return nil, invalid(faults...)
	}
	return s.house(ctx, a, &HouseIn{InOffice: in.InOffice, Keyed: in.Keyed}, queue.SetBooking{Terms: terms})
}

// readTerms makes terms of what was sent, or finds all that is wrong with it.
// The schema leaves the bounds to this function, so that every fault is told at
// once and beside its field.
func readTerms(r *queue.Rules, in *BookingTerms) (*queue.Terms, []*fault) {
	const at = "body."
	var faults []*fault
	bad := func(code, location string, params map[string]any) {
		faults = append(faults, &fault{Code: code, Location: at + location, Params: params})
	}
	within := func(n, most int, location string) {
		switch {
		case n < 0:
			bad(codeMinimum, location, map[string]any{"Min": 0})
		case n > most:
			bad(codeMaximum, location, map[string]any{"Max": most})
		}
	}
	long := func(n int, location string) bool {
		if n > termListMost {
			bad(codeTooMuch, location, map[string]any{"Max": termListMost})
		}
		return n > termListMost
	}
	place := func(list string, i int, field string) string { return list + "[" + strconv.Itoa(i) + "]" + field }

	t := &queue.Terms{Days: in.Days, Overbook: in.Overbook}
	within(in.Days, termDaysMost, "days")
	if len(in.Share) != len(t.Share) {
		bad(codeShareHours, "share", nil)
	} else {
		for h, share := range in.Share {
			within(share, 100, place("share", h, ""))
			t.Share[h] = share
		}
	}
	if !long(len(in.Quotas), "quotas") {
		for i, q := range in.Quotas {
			_, twice := t.Quota[q.Category]
			switch {
			case r.Category(q.Category) == nil:
				bad(codeUnknownCategory, place("quotas", i, ".category"), nil)
				continue
			case twice:
				bad(codeListedTwice, place("quotas", i, ".category"), nil)
			}
			within(q.PerDay, termQuotaMost, place("quotas", i, ".per_day"))
			if t.Quota == nil {
				t.Quota = map[string]int{}
			}
			t.Quota[q.Category] = q.PerDay
		}
	}
	if !long(len(in.Blackouts), "blackouts") {
		for i, text := range in.Blackouts {
			day, err := calendar.ParseDate(text)
			switch {
			case err != nil:
				bad(codeDay, place("blackouts", i, ""), nil)
			case slices.Contains(t.Blackouts, day):
				bad(codeListedTwice, place("blackouts", i, ""), nil)
			default:
				t.Blackouts = append(t.Blackouts, day)
			}
		}
		slices.SortFunc(t.Blackouts, calendar.Date.Compare)
	}
	unknown := func(service, location string) bool {
		if r.Service(service) != nil {
			return false
		}
		faults = append(faults, &fault{Code: queue.RefusedUnknownService, Location: at + location, refusal: true})
		return true
	}
	if !long(len(in.Internal), "internal") {
		for i, service := range in.Internal {
			if where := place("internal", i, ""); !unknown(service, where) {
				if slices.Contains(t.Internal, service) {
					bad(codeListedTwice, where, nil)
				}
				t.Internal = append(t.Internal, service)
			}
		}
	}
	if !long(len(in.Last), "last") {
		for i, l := range in.Last {
			day, err := calendar.ParseDate(l.Day)
			if err != nil {
				bad(codeDay, place("last", i, ".day"), nil)
			}
			if unknown(l.Service, place("last", i, ".service")) {
				continue
			}
			if _, twice := t.Last[l.Service]; twice {
				bad(codeListedTwice, place("last", i, ".service"), nil)
			}
			if t.Last == nil {
				t.Last = map[string]calendar.Date{}
			}
			t.Last[l.Service] = day
		}
	}
	return t, faults
}

// bookingState says what counts and what is configured.
func bookingState(o *office.Office) BookingState {
	r, st := o.Rules(), o.State()
	b := BookingState{Online: r.Booking.Online, Configured: termsOut(r, &r.Booking.Terms), SetAt: instant(st.TermsAt), Today: st.Day.String(), Hours: []int{}}
	if st.Terms != nil {
		set := termsOut(r, st.Terms)
		b.Set = &set
	}
	var open [24]bool
	for day, end := st.Day, st.Day.AddDays(28); day.Before(end); day = day.AddDays(1) {
		for _, span := range r.Hours.OpenSpans(day) {
			for h := range open {
				hour := hourOf(r, day, h)
				open[h] = open[h] || span.From.Before(hour.To) && hour.From.Before(span.To)
			}
		}
	}
	for h, is := range open {
		if is {
			b.Hours = append(b.Hours, h)
		}
	}
	return b
}

// hourOf is a local hour of a day. It is empty where summer time skips it, and
// two hours long where it is there twice.
func hourOf(r *queue.Rules, day calendar.Date, h int) calendar.Interval {
	return calendar.Interval{From: day.At(calendar.TimeOfDay(h*60), r.Hours.Zone), To: day.At(calendar.TimeOfDay(h*60+60), r.Hours.Zone)}
}

func termsOut(r *queue.Rules, t *queue.Terms) BookingTerms {
	out := BookingTerms{Days: t.Days, Share: slices.Clone(t.Share[:]), Quotas: []TermQuota{}, Blackouts: []string{},
		Internal: append([]string{}, t.Internal...), Last: []TermLast{}, Overbook: t.Overbook}
	for _, c := range r.Categories {
		if n, limited := t.Quota[c.ID]; limited {
			out.Quotas = append(out.Quotas, TermQuota{c.ID, n})
		}
	}
	for _, d := range t.Blackouts {
		out.Blackouts = append(out.Blackouts, d.String())
	}
	for _, service := range slices.SortedFunc(maps.Keys(t.Last), func(a, b string) int {
		return cmp.Or(t.Last[a].Compare(t.Last[b]), cmp.Compare(a, b))
	}) {
		out.Last = append(out.Last, TermLast{service, t.Last[service].String()})
	}
	return out
}
