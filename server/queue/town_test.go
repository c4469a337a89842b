package queue

import (
	"time"

	"aufruf/server/calendar"
)

var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return l
}()

// testRules is a small office: two desks that can do everything but the photo
// service, a quick desk, one kept for booked people, and a photo desk.
func testRules() *Rules {
	r := &Rules{
		Office: "hall",
		Hours:  &calendar.Schedule{Zone: berlin},
		Categories: []Category{
			{ID: "cards", Letter: "A"},
			{ID: "home", Letter: "B", Contingent: 40},
		},
		Services: []Service{
			{ID: "card", Category: "cards", Planned: 10 * time.Minute},
			{ID: "collect", Category: "cards", Planned: 5 * time.Minute},
			{ID: "move", Category: "home", Planned: 15 * time.Minute},
			{ID: "photo", Category: "home", Planned: 5 * time.Minute},
		},
		Desks: []DeskRule{
			{ID: "1", Skills: []string{"card", "collect", "move"}},
			{ID: "2", Skills: []string{"card", "collect", "move"}},
			{ID: "quick", Skills: []string{"card", "collect", "move"}, Quick: 5 * time.Minute},
			{ID: "booked", Skills: []string{"card", "collect", "move"}, Keep: "booked"},
			{ID: "photo", Skills: []string{"photo"}},
			{ID: "all"},
		},
		Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute,
		NoShowAfter: 3, UndoWithin: 10 * time.Second,
		MaxPriority: 60, MaxQuantity: 9, MaxServices: 5,
		ParkReasons: []string{"papers_missing", "break"},
		Receives:    "card",
		Others:      map[string][]string{"works": {"permit"}},
	}
	return r.Compile()
}

// bookingRules is the same office with hours, every day, that sells its time.
func bookingRules() *Rules {
	r := testRules()
	week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	hours := func(spans ...calendar.Span) *calendar.Schedule {
		return &calendar.Schedule{Zone: berlin, Series: []calendar.Series{{Weekdays: week, Spans: spans}}}
	}
	r.Hours = hours(calendar.Span{From: 8 * 60, To: 12 * 60}, calendar.Span{From: 13 * 60, To: 16 * 60})
	r.Desks[1].Roster = hours(calendar.Span{From: 8 * 60, To: 11*60 + 30})
	r.Booking = Booking{Online: true, Grid: 15 * time.Minute, Lead: 30 * time.Minute, Hold: 10 * time.Minute, Offer: 20 * time.Minute,
		Delay: 10 * time.Minute, Together: []Together{{Services: []string{"card", "collect"}, Saves: 5 * time.Minute}}, Terms: Terms{Days: 14}}
	return r
}

// world plays commands against a state and keeps the records, as an office
// does, but without a disk.
type world struct {
	rules  *Rules
	state  *State
	bodies [][]byte
	metas  []Meta
	now    time.Time
	hide   time.Duration // of times that lapse

	planned map[int64]uint64 // of the test of booking: desks by minute
}

func newWorld(start time.Time) *world {
	w := &world{rules: testRules(), state: New("hall"), now: start.UTC()}
	w.tick()
	return w
}

// tick decides all that is due, as an office does, and returns it.
func (w *world) tick() (all []Event) {
	for range 10_000 {
		c := Tick{Hide: w.hide}
		events, err := Decide(w.rules, w.state, c, "clock", w.now)
		if err != nil || len(events) == 0 {
			return all
		}
		w.store(c, events, "clock")
		all = append(all, events...)
	}
	panic("the clock never ends")
}

func (w *world) store(c Command, events []Event, by string) {
	body := Body{Kind: c.Kind(), Desk: DeskOf(c), Events: events}
	meta := Meta{Seq: w.state.Seq + 1, At: w.now, By: by}
	next := w.state.Clone()
	next.Apply(meta, body)
	body.Answer = AnswerTo(w.rules, next, c, events, w.now)
	raw, err := body.Encode()
	if err != nil {
		panic(err)
	}
	w.state = next
	w.bodies, w.metas = append(w.bodies, raw), append(w.metas, meta)
}

func (w *world) do(c Command, by string) ([]Event, error) {
	w.tick()
	before := w.state.Encode()
	events, err := Decide(w.rules, w.state, c, by, w.now)
	if string(before) != string(w.state.Encode()) {
		panic("Decide changed the state")
	}
	if err != nil {
		return nil, err
	}
	w.store(c, events, by)
	return events, nil
}

// replay folds the stored bytes from the first record or the newest opening.
func (w *world) replay(fromOpening bool) *State {
	first := 0
	if fromOpening {
		for i, raw := range w.bodies {
			if b, err := DecodeBody(raw); err == nil {
				if _, ok := b.Events[0].(DayOpened); ok {
					first = i
				}
			}
		}
	}
	s := New("hall")
	for i, raw := range w.bodies[first:] {
		b, err := DecodeBody(raw)
		if err != nil {
			panic(err)
		}
		s.Apply(w.metas[first+i], b)
	}
	return s
}
