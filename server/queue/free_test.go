package queue

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aufruf/server/calendar"
)

// drawOffice makes an office whose day is drawn: desks, hours, lengths, and what is sold
// already; somebody always holds or books a time here and there.
func drawOffice(t *rapid.T) *world {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	w := &world{rules: testRules(), state: New("hall"), now: day.At(calendar.TimeOfDay(7*60+rapid.IntRange(0, 240).Draw(t, "now")), berlin).
		Add(time.Duration(rapid.IntRange(0, 59).Draw(t, "seconds")) * time.Second)}
	r := w.rules
	span := func(from, to int) calendar.Span {
		return calendar.Span{From: calendar.TimeOfDay(from), To: calendar.TimeOfDay(to)}
	}
	r.Hours.Exceptions = []calendar.Exception{{From: day, Spans: []calendar.Span{span(8*60, 10*60), span(11*60, 13*60)}}}
	r.Booking = Booking{Online: rapid.IntRange(0, 9).Draw(t, "online") > 0, Grid: time.Duration(rapid.SampledFrom([]int{5, 10, 20}).Draw(t, "grid")) * time.Minute,
		Lead: time.Duration(rapid.IntRange(0, 60).Draw(t, "lead")) * time.Minute, Hold: 10 * time.Minute,
		Buffer: time.Duration(rapid.IntRange(0, 3).Draw(t, "buffer")) * time.Minute, Terms: Terms{Days: 14}}
	for h := range 24 {
		r.Booking.Terms.Share[h] = rapid.SampledFrom([]int{0, 30, 60, 100}).Draw(t, "share")
	}
	if rapid.Bool().Draw(t, "limited") {
		r.Booking.Terms.Quota = map[string]int{"cards": rapid.IntRange(0, 12).Draw(t, "quota")}
	}
	if rapid.Bool().Draw(t, "internal") {
		r.Booking.Terms.Internal = []string{rapid.SampledFrom([]string{"card", "move", "photo"}).Draw(t, "staff's")}
	}
	if rapid.IntRange(0, 9).Draw(t, "blackout") == 0 {
		r.Booking.Terms.Blackouts = []calendar.Date{day}
	}
	w.tick()
	for range rapid.IntRange(0, 12).Draw(t, "sold") {
		items := []Item{{rapid.SampledFrom([]string{"card", "collect", "move", "photo"}).Draw(t, "service"), rapid.IntRange(1, 3).Draw(t, "quantity")}}
		free := r.FreeSlots(w.state, Ask{Services: items, Channel: ChannelPhone}, day, day, w.now)
		if len(free) == 0 {
			continue
		}
		w.do(HoldSlot{At: rapid.SampledFrom(free).Draw(t, "at"), Services: items, Channel: ChannelPhone}, "somebody")
	}
	return w
}

// soldOut books for each of the visits in turn, by the command that citizens'
// pages give, until none of them finds a time: how many that were.
func soldOut(t *rapid.T, w *world, visits ...[]Item) (n int) {
	over := make([]bool, len(visits))
	for left := len(visits); left > 0; {
		for i, items := range visits {
			if over[i] {
				continue
			}
			free := w.rules.FreeSlots(w.state, Ask{Services: items, Channel: ChannelOnline}, w.state.Day, w.state.Day, w.now)
			if len(free) == 0 {
				over[i] = true
				left--
				continue
			}
			if _, err := w.do(HoldSlot{At: free[0], Services: items, Channel: ChannelOnline}, "citizen"); err != nil {
				t.Fatalf("%v is free and refused: %v", free[0], err)
			}
			n++
		}
	}
	return n
}

func TestFreeTodayIsHowManyVisitsAreBookedUntilNoneIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawOffice(t)
		items := []Item{{rapid.SampledFrom([]string{"card", "collect", "move"}).Draw(t, "wanted"), rapid.IntRange(1, 2).Draw(t, "of it")}}
		if rapid.IntRange(0, 3).Draw(t, "two") == 0 {
			items = append(items, Item{"photo", 1})
		}
		said := w.rules.FreeToday(w.state, items, w.now)
		if n := soldOut(t, w, items); n != said {
			t.Fatalf("%d were booked, %d were said to be free", n, said)
		}
		if left := w.rules.FreeToday(w.state, items, w.now); left != 0 {
			t.Fatalf("sold out, and %d are said to be free", left)
		}
	})
}

func TestTheOfficesFreeTodayIsWhenPeopleComeForTheCategoriesInTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawOffice(t)
		said := w.rules.FreeOf(w.state, w.now)
		var first [][]Item // of each category, what citizens book
		seen := map[string]bool{}
		for _, sv := range w.rules.Services {
			if !seen[sv.Category] && w.rules.Bookable(w.state, sv.ID) {
				seen[sv.Category] = true
				items := []Item{{sv.ID, 1}}
				first = append(first, items)
				if n := said.Of(sv.Category); n == nil || *n != w.rules.FreeToday(w.state, items, w.now) {
					t.Fatalf("%s: %v", sv.Category, said)
				}
			}
		}
		if len(first) == 0 {
			if said.All() != nil || said.Of("cards") != nil {
				t.Fatalf("nobody books, and %v is said", said)
			}
			return
		}
		if n := soldOut(t, w, first...); n != *said.All() {
			t.Fatalf("%d were booked, %d were said to be free", n, said.Office)
		}
	})
}

// An office as large as the largest in the configuration: 12 categories, ten
// desks with skills, a hundred visits booked.
func BenchmarkFreeOf(b *testing.B) {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	r := testRules()
	r.Categories, r.Services, r.Desks = nil, nil, nil
	for i := range 12 {
		id := fmt.Sprint("c", i)
		r.Categories = append(r.Categories, Category{ID: id, Letter: string(rune('A' + i))})
		r.Services = append(r.Services, Service{ID: id, Category: id, Planned: time.Duration(8+i) * time.Minute})
	}
	for i := range 10 {
		d := DeskRule{ID: fmt.Sprint(i)}
		if i%3 == 0 {
			d.Skills = []string{"c0", "c1", "c2", "c3", "c4"}
		}
		r.Desks = append(r.Desks, d)
	}
	r.Hours.Exceptions = []calendar.Exception{{From: day, Spans: []calendar.Span{{From: 8 * 60, To: 12 * 60}, {From: 13 * 60, To: 18 * 60}}}}
	r.Booking = Booking{Online: true, Grid: 10 * time.Minute, Lead: 30 * time.Minute, Hold: time.Hour, Terms: Terms{Days: 14}}
	for h := range 24 {
		r.Booking.Terms.Share[h] = 40
	}
	w := &world{rules: r.Compile(), state: New("hall"), now: day.At(8*60, berlin)}
	w.tick()
	for i := range 100 {
		items := []Item{{fmt.Sprint("c", i%12), 1}}
		free := r.FreeSlots(w.state, Ask{Services: items, Channel: ChannelOnline}, day, day, w.now)
		w.do(HoldSlot{At: free[i%len(free)], Services: items, Channel: ChannelOnline}, "citizen")
	}
	for b.Loop() {
		r.FreeOf(w.state, w.now)
	}
}
