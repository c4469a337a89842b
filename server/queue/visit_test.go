package queue

import (
	"slices"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/slots"
)

// What a visit takes, as desks see it: desks 1 and 2 (bits 0 and 1), the quick
// one (2), the one kept for booked people (3), photo (4), and all (5).
func TestAVisitGoesToOneDeskOrFromDeskToDesk(t *testing.T) {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	for what, tc := range map[string]struct {
		services string
		change   func(*Rules)
		minutes  int
		parts    []slots.Part
	}{
		"one service":                    {"card", nil, 10, []slots.Part{{Desks: 0b101011, Minutes: 10}}},
		"short enough for the quick one": {"collect", nil, 5, []slots.Part{{Desks: 0b101111, Minutes: 5}}},
		"three of them are not":          {"collect*3", nil, 15, []slots.Part{{Desks: 0b101011, Minutes: 15}}},
		"two at one desk":                {"card+move", nil, 25, []slots.Part{{Desks: 0b101011, Minutes: 25}}},
		"two that save time together":    {"card+collect", nil, 10, []slots.Part{{Desks: 0b101011, Minutes: 10}}},
		"one desk can do both":           {"move+photo", nil, 20, []slots.Part{{Desks: 0b100000, Minutes: 20}}},
		"no desk can do both": {"move+photo", func(r *Rules) { r.Desks = r.Desks[:5] }, 20,
			[]slots.Part{{Desks: 0b01011, Minutes: 15}, {Desks: 0b10000, Minutes: 5}}},
		"no desk can do all three": {"card+photo+move", func(r *Rules) { r.Desks = r.Desks[:5] }, 30,
			[]slots.Part{{Desks: 0b01011, Minutes: 10}, {Desks: 0b10000, Minutes: 5}, {Desks: 0b01011, Minutes: 15}}},
		"the buffer is at the end": {"move+photo", func(r *Rules) { r.Desks = r.Desks[:5]; r.Booking.Buffer = 3 * time.Minute }, 23,
			[]slots.Part{{Desks: 0b01011, Minutes: 15}, {Desks: 0b10000, Minutes: 8}}},
		"a buffer makes nobody slow":    {"collect", func(r *Rules) { r.Booking.Buffer = 3 * time.Minute }, 8, []slots.Part{{Desks: 0b101111, Minutes: 8}}},
		"a desk for walk-ins is not it": {"photo", func(r *Rules) { r.Desks[4].Keep = "walk_in" }, 5, []slots.Part{{Desks: 0b100000, Minutes: 5}}},
		"nobody can":                    {"photo", func(r *Rules) { r.Desks = r.Desks[:2] }, 5, []slots.Part{{Minutes: 5}}},
		"saved away, and still a desk for each": {"move+photo", func(r *Rules) {
			r.Desks = r.Desks[:5]
			r.Booking.Together = []Together{{Services: []string{"move", "photo"}, Saves: 10 * time.Minute}}
		}, 10, []slots.Part{{Desks: 0b01011, Minutes: 9}, {Desks: 0b10000, Minutes: 1}}},
		"more saved than there is": {"photo", func(r *Rules) {
			r.Booking.Together = []Together{{Services: []string{"photo"}, Saves: time.Hour}}
		}, 1, []slots.Part{{Desks: 0b110000, Minutes: 1}}},
		"half minutes are rounded up": {"photo", func(r *Rules) { r.Services[3].Planned = 90 * time.Second }, 2, []slots.Part{{Desks: 0b110000, Minutes: 2}}},
	} {
		t.Run(what, func(t *testing.T) {
			r := bookingRules()
			if tc.change != nil {
				tc.change(r)
			}
			r.Compile()
			s := New("hall")
			items := readItems(tc.services)
			minutes := r.VisitMinutes(s, items, day)
			if got := r.parts(s, items, minutes, day); minutes != tc.minutes || !slices.Equal(got, tc.parts) {
				t.Errorf("%d minutes, %b\n want %d, %b", minutes, got, tc.minutes, tc.parts)
			}
		})
	}
}
