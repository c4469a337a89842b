package queue

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aufruf/server/calendar"
)

// What random days of booking must keep, whoever presses what and when. What
// was told to people is kept beside the state, from the events alone; how many
// visits a minute takes is counted here by Hall's theorem and not by the rules
// that sold them.
func TestBookingKeepsItsPromisesWhateverIsPressed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawBookingWorld(t)
		l := &ledger{live: map[string]time.Time{}, passed: map[string]int{}}
		for range rapid.IntRange(60, 120).Draw(t, "commands") {
			w.checkDue(t)
			w.now = w.now.Add(drawStep(t))
			w.tickChecked(t, l)
			before := w.state
			c, by := w.drawCommand(t)
			events, err := w.do(c, by)
			if _, refused := err.(*Refusal); err != nil && !refused {
				t.Fatalf("%T: %v", c, err)
			}
			if err == nil {
				w.checkEvents(t, l, before, c, events)
			}
			w.checkFree(t)
		}
		want := string(w.state.Encode())
		for _, fromOpening := range []bool{false, true} {
			if got := string(w.replay(fromOpening).Encode()); got != want {
				t.Fatalf("replay (from opening: %v) differs\n have %s\n want %s", fromOpening, got, want)
			}
		}
	})
}

func drawBookingWorld(t *rapid.T) *world {
	day := rapid.SampledFrom([]calendar.Date{{Year: 2026, Month: 11, Day: 24}, {Year: 2026, Month: 3, Day: 27}, {Year: 2028, Month: 2, Day: 28}}).Draw(t, "day")
	w := &world{rules: bookingRules(), state: New("hall"), now: day.At(calendar.TimeOfDay(rapid.IntRange(0, 17*60).Draw(t, "begin")), berlin),
		hide: time.Duration(rapid.IntRange(0, 150).Draw(t, "hide")) * time.Minute, planned: map[int64]uint64{}}
	// Few desks, so that days fill. Without "all", move and photo are done at one
	// desk after the other.
	desks := w.rules.Desks
	w.rules.Desks = nil
	for _, i := range rapid.SampledFrom([][]int{{0}, {0, 4}, {0, 1}, {1, 5}, {0, 2, 4}, {0, 1, 2, 3, 4, 5}}).Draw(t, "desks") {
		w.rules.Desks = append(w.rules.Desks, desks[i])
	}
	w.rules.Desks[len(w.rules.Desks)-1].Keep = rapid.SampledFrom([]string{"", "", "", "walk_in"}).Draw(t, "keep")
	w.rules.Compile()
	b := &w.rules.Booking
	b.Offer = rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, 12 * time.Hour}).Draw(t, "offer")
	b.Confirm = rapid.SampledFrom([]time.Duration{0, 15 * time.Minute, 24 * time.Hour}).Draw(t, "confirm")
	b.Terms = drawTerms(t, day)
	w.tick()
	return w
}

func drawTerms(t *rapid.T, today calendar.Date) Terms {
	terms := Terms{Days: rapid.SampledFrom([]int{14, 3, 1, 0}).Draw(t, "days"), Overbook: rapid.Bool().Draw(t, "overbook")}
	share := rapid.SampledFrom([]int{0, 0, 0, 30, 60, 100}).Draw(t, "share")
	for h := range terms.Share {
		terms.Share[h] = share
	}
	if rapid.IntRange(0, 2).Draw(t, "quota") == 2 {
		terms.Quota = map[string]int{"home": rapid.IntRange(0, 3).Draw(t, "home")}
	}
	if rapid.IntRange(0, 3).Draw(t, "rare") == 0 {
		terms.Internal = []string{"photo"}
		terms.Blackouts = []calendar.Date{today.AddDays(rapid.IntRange(0, 3).Draw(t, "blackout"))}
		terms.Last = map[string]calendar.Date{"move": today.AddDays(rapid.IntRange(0, 3).Draw(t, "last"))}
	}
	return terms
}

// drawStep is mostly a little time, sometimes enough to lapse, sometimes days.
func drawStep(t *rapid.T) time.Duration {
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0, 1, 2, 3:
		return time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second
	case 4, 5, 6, 7:
		return time.Duration(rapid.IntRange(1, 45).Draw(t, "minutes")) * time.Minute
	case 8:
		return time.Duration(rapid.IntRange(1, 14).Draw(t, "hours")) * time.Hour
	}
	return time.Duration(rapid.IntRange(1, 50).Draw(t, "long")) * time.Hour
}

func (w *world) drawCommand(t *rapid.T) (Command, string) {
	id := func(what string, of []string) string {
		if len(of) == 0 {
			return "none"
		}
		return rapid.SampledFrom(of).Draw(t, what)
	}
	var holds, appointments, wishes []string
	for _, h := range w.state.Holds {
		holds = append(holds, h.ID)
	}
	for _, a := range w.state.Appointments {
		appointments = append(appointments, a.ID)
	}
	for _, h := range w.state.Wishes {
		wishes = append(wishes, h.ID)
	}
	hide := time.Duration(rapid.IntRange(0, 130).Draw(t, "hide")) * time.Minute
	channel := rapid.SampledFrom([]string{ChannelOnline, ChannelOnline, ChannelKiosk, ChannelPhone, ChannelDesk}).Draw(t, "channel")
	items := drawItems(t)
	// Few times of the next days, so that many want the same.
	day := w.state.Day.AddDays(rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(t, "day"))
	at := day.At(calendar.TimeOfDay(8*60+15*rapid.SampledFrom([]int{4, 5, 4, 5, 5, 5, 28, 13}).Draw(t, "quarter")), berlin)
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		at = at.Add(time.Duration(rapid.IntRange(-300, 300).Draw(t, "off")) * 20 * time.Second)
	}
	switch rapid.SampledFrom([]int{0, 0, 0, 0, 0, 4, 4, 4, 4, 8, 9, 9, 11, 11, 11, 13, 14, 15, 15, 15, 17, 18, 18, 19}).Draw(t, "command") {
	case 0:
		return HoldSlot{At: at, Services: items, Channel: channel}, "somebody"
	case 4:
		return BookHold{Hold: id("hold", holds), Confirm: rapid.Bool().Draw(t, "must confirm")}, "somebody"
	case 8:
		return ReleaseHold{Hold: id("hold", holds), Hide: hide}, "somebody"
	case 9:
		return MoveAppointment{Appointment: id("appointment", appointments), At: at, Channel: channel, Hide: hide}, "somebody"
	case 11:
		return CancelAppointment{Appointment: id("appointment", appointments), Staff: rapid.Bool().Draw(t, "staff"), Hide: hide}, "somebody"
	case 13:
		return ConfirmAppointment{Appointment: id("appointment", appointments)}, "somebody"
	case 14:
		return DelayAppointment{Appointment: id("appointment", appointments), Minutes: rapid.IntRange(0, 11).Draw(t, "late")}, "somebody"
	case 15:
		c := AddWish{Services: items, From: w.state.Day, To: w.state.Day.AddDays(rapid.SampledFrom([]int{3, 2, 1, 0}).Draw(t, "until"))}
		if rapid.IntRange(0, 2).Draw(t, "hours") == 2 {
			c.Hours = []calendar.Span{{From: 8 * 60, To: calendar.TimeOfDay(9*60 + 15*rapid.IntRange(0, 6).Draw(t, "to"))}}
		}
		return c, "somebody"
	case 17:
		return WithdrawWish{Wish: id("wish", wishes), Hide: hide}, "somebody"
	case 18:
		switch rapid.IntRange(0, 2).Draw(t, "house") {
		case 0:
			terms := drawTerms(t, w.state.Day)
			return SetBooking{Terms: &terms}, "boss"
		case 1:
			return SetExtra{Extra: []Extra{{Day: day, Hour: at.In(berlin).Hour(), N: rapid.IntRange(0, 2).Draw(t, "extra")}}}, "boss"
		}
		return SetBooking{}, "boss"
	default:
		return CheckIn{Appointment: id("appointment", appointments)}, "kiosk"
	}
}

func drawItems(t *rapid.T) []Item {
	return rapid.SampledFrom([][]Item{{{"card", 1}}, {{"card", 1}}, {{"card", 1}}, {{"card", 2}}, {{"move", 1}}, {{"collect", 1}}, {{"move", 1}}, {{"photo", 1}},
		{{"card", 1}, {"collect", 1}}, {{"move", 1}, {"photo", 1}}, {{"soup", 1}}}).Draw(t, "services")
}

// checkDue fails unless Due is exact: nothing is decided before it, something
// at it, and now exactly if it is not after now, so that whoever asks for it
// never goes round for nothing.
func (w *world) checkDue(t *rapid.T) {
	decides := func(at time.Time) bool {
		events, err := Decide(w.rules, w.state, Tick{}, "clock", at)
		if err != nil {
			t.Fatal(err)
		}
		return len(events) > 0
	}
	due := w.state.Due(w.rules, w.now)
	if decides(w.now) != !due.After(w.now) {
		t.Fatalf("at %v due is %v, and now is decided: %v", w.now, due, decides(w.now))
	}
	if !due.After(w.now) {
		return
	}
	if !decides(due) {
		t.Fatalf("at %v nothing is decided at %v, when it is due", w.now, due)
	}
	between := time.Duration(rapid.Int64Range(1, int64(due.Sub(w.now))).Draw(t, "before due"))
	for _, at := range []time.Time{due.Add(-time.Nanosecond), due.Add(-between)} {
		if at.After(w.now) && decides(at) {
			t.Fatalf("at %v something is decided at %v, and due is %v", w.now, at, due)
		}
		if got := w.state.Due(w.rules, at); at.After(w.now) && !got.Equal(due) {
			t.Fatalf("due was %v at %v and is %v at %v", due, w.now, got, at)
		}
	}
}

// tickChecked decides what is due, one thing after the other, and looks at each.
func (w *world) tickChecked(t *rapid.T, l *ledger) {
	for n := 0; ; n++ {
		if n > 1000 {
			t.Fatal("the clock never ends")
		}
		before := w.state
		c := Tick{Hide: w.hide}
		events, err := Decide(w.rules, before, c, "clock", w.now)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			break
		}
		w.store(c, events, "clock")
		w.checkEvents(t, l, before, c, events)
	}
	for _, h := range w.state.Holds {
		if !h.Until.After(w.now) {
			t.Fatalf("hold %s outlives its end %v", h.ID, h.Until)
		}
	}
	for _, a := range w.state.Appointments {
		if w.rules.Booking.Confirm > 0 && !a.ConfirmBy.IsZero() && !a.ConfirmBy.After(w.now) {
			t.Fatalf("%s was not confirmed and stands", a.ID)
		}
	}
}

// ledger is what people were told: which of their times stand.
type ledger struct {
	live   map[string]time.Time // of holds and appointments
	passed map[string]int       // offers that a wish let pass
}

func (w *world) checkEvents(t *rapid.T, l *ledger, before *State, c Command, events []Event) {
	gone := func(id string) {
		if _, there := l.live[id]; !there {
			t.Fatalf("%T: %s ends and was not there", c, id)
		}
		delete(l.live, id)
	}
	passes := func(hold string) {
		if h := before.Hold(hold); h.Wish != "" {
			if l.passed[h.Wish]++; l.passed[h.Wish] >= offersMost && w.state.Wish(h.Wish) != nil {
				t.Fatalf("%s has let %d offers pass and waits on", h.Wish, l.passed[h.Wish])
			}
		}
	}
	for _, e := range events {
		switch e := e.(type) {
		case SlotHeld:
			if _, twice := l.live[e.Hold]; twice {
				t.Fatalf("%s was held before", e.Hold)
			}
			l.live[e.Hold] = e.For
			w.checkSold(t, before, e.Hold, e.Services, e.For, e.Minutes, e.Channel, e.Wish, "")
			if e.Wish != "" {
				w.checkOffer(t, before, e)
			}
		case HoldReleased:
			gone(e.Hold)
			passes(e.Hold)
		case HoldLapsed:
			if h := before.Hold(e.Hold); h.Until.After(w.now) {
				t.Fatalf("%s lapsed before its end", e.Hold)
			}
			gone(e.Hold)
			passes(e.Hold)
		case AppointmentBooked:
			if h := before.Hold(e.Appointment); h == nil || !h.For.Equal(e.For) || !h.Until.After(w.now) {
				t.Fatalf("%s is booked at %v and was not held there: %+v", e.Appointment, e.For, h)
			}
		case AppointmentMoved:
			if !l.live[e.Appointment].Equal(e.From) {
				t.Fatalf("%s moved from %v and was at %v", e.Appointment, e.From, l.live[e.Appointment])
			}
			l.live[e.Appointment] = e.For
			w.checkSold(t, before, e.Appointment, before.Appointment(e.Appointment).Services, e.For, e.Minutes, c.(MoveAppointment).Channel, "", e.Appointment)
		case AppointmentCancelled:
			gone(e.Appointment)
		case AppointmentMissed:
			if at := l.live[e.Appointment]; !calendar.DateOf(at, berlin).Before(calendar.DateOf(w.now, berlin)) {
				t.Fatalf("%s at %v was missed by %v", e.Appointment, at, w.now)
			}
			gone(e.Appointment)
		case AppointmentArrived:
			gone(e.Appointment)
		}
	}
	for _, f := range before.Freed {
		same := func(g Freed) bool { return g.Of == f.Of && g.For.Equal(f.For) }
		offered := func(e Event) bool { h, ok := e.(SlotHeld); return ok && h.Freed == f.Of && h.For.Equal(f.For) }
		back := func(e Event) bool {
			m, ok := e.(AppointmentMoved)
			return ok && m.Appointment == f.Of && m.For.Equal(f.For)
		}
		ended := slices.ContainsFunc(events, offered) || slices.ContainsFunc(events, back)
		if f.Until.After(w.now) && !slices.ContainsFunc(w.state.Freed, same) && !ended {
			t.Fatalf("after %T: %+v is shown before its time", c, f)
		}
	}
	stands := map[string]time.Time{}
	for _, h := range w.state.Holds {
		stands[h.ID] = h.For
	}
	for _, a := range w.state.Appointments {
		if _, twice := stands[a.ID]; twice {
			t.Fatalf("%s is held and booked", a.ID)
		}
		if a.Ticket == "" {
			stands[a.ID] = a.At
		}
	}
	if len(stands) != len(l.live) {
		t.Fatalf("after %T %v: told %v, there are %v", c, events, l.live, stands)
	}
	for id, at := range l.live {
		if !stands[id].Equal(at) {
			t.Fatalf("after %T: %s was told %v and is at %v", c, id, at, stands[id])
		}
	}
	if err := w.state.Check(); err != nil {
		t.Fatalf("after %T %+v: %v", c, c, err)
	}
}

// checkSold looks at a time that was just sold, held or moved to, against what
// was there before.
func (w *world) checkSold(t *rapid.T, before *State, id string, items []Item, at time.Time, minutes int, channel, wish, moved string) {
	r, terms, day := w.rules, w.rules.TermsOf(before), calendar.DateOf(at, berlin)
	staff := channel == ChannelPhone || channel == ChannelDesk
	all := w.visits(before, day, moved)
	hidden := slices.Clone(all)
	for _, f := range before.Freed {
		if wish == "" && (moved == "" || f.Of != moved) && calendar.DateOf(f.For, berlin) == day {
			hidden = append(hidden, visit{f.For, f.Services, f.Minutes})
		}
	}
	mine := visit{at, items, minutes}
	extra := func(m time.Time) int {
		n := 0
		for _, e := range before.Extra {
			if e.Day == day && e.Hour == m.In(berlin).Hour() && terms.Overbook && !staff {
				n = e.N
			}
		}
		return n
	}
	for m := at; m.Before(at.Add(time.Duration(minutes) * time.Minute)); m = m.Add(time.Minute) {
		if !slices.ContainsFunc(r.Hours.OpenSpans(day), func(i calendar.Interval) bool { return i.Contains(m) }) {
			t.Fatalf("%s at %v runs past closing", id, at)
		}
		for _, there := range [][]visit{all, hidden} {
			if staff && len(there) != len(all) {
				continue // staff sees what was freed
			}
			was, is := w.standing(there, m), w.standing(append(slices.Clip(there), mine), m)
			if is > was && is > extra(m) {
				t.Fatalf("%s at %v: %d find no desk at %v, before %d, extra %d", id, at, is, m, was, extra(m))
			}
		}
	}
	if staff {
		return
	}
	soonest := w.now.Add(r.Booking.Lead)
	if wish != "" {
		soonest = w.now.Add(offerLead)
	}
	onGrid := at.In(berlin).Minute()%15 == 0 && at.Second() == 0
	if at.Before(soonest) || before.Day.Days(day) > terms.Days || slices.Contains(terms.Blackouts, day) || wish == "" && !onGrid {
		t.Fatalf("a citizen took %v at %v", at, w.now)
	}
	same := 0
	for _, v := range append(hidden, mine) {
		if sv := r.Service(v.items[0].Service); sv.Category == r.Service(items[0].Service).Category {
			same++
		}
	}
	if quota, limited := terms.Quota[r.Service(items[0].Service).Category]; limited && same > quota {
		t.Fatalf("%s is number %d of a quota of %d", id, same, quota)
	}
	for _, it := range items {
		if last, limited := terms.Last[it.Service]; slices.Contains(terms.Internal, it.Service) || limited && day.After(last) {
			t.Fatalf("a citizen booked %s on %v", it.Service, day)
		}
	}
	for h := range 24 {
		hour := calendar.Interval{From: day.At(calendar.TimeOfDay(h*60), berlin), To: day.At(calendar.TimeOfDay(h*60+60), berlin)}
		if !hour.From.Before(at.Add(time.Duration(minutes)*time.Minute)) || !at.Before(hour.To) {
			continue
		}
		var planned, sold, my int
		for m := hour.From; m.Before(hour.To); m = m.Add(time.Minute) {
			planned += bits.OnesCount64(w.there(m)) + extra(m)*boolean(w.there(m) != 0)*100/max(1, 100-terms.Share[h])
			for _, v := range hidden {
				sold += boolean(v.runs(m))
			}
			my += boolean(mine.runs(m))
		}
		if my > 0 && (sold+my)*100 > planned*(100-terms.Share[h])+100 && terms.Share[h] < 100 {
			t.Fatalf("%s at %v: %d of %d minutes of hour %d sold, %d %% kept", id, at, sold+my, planned, h, terms.Share[h])
		}
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

type visit struct {
	at      time.Time
	items   []Item
	minutes int
}

func (v visit) runs(m time.Time) bool {
	return !m.Before(v.at) && m.Before(v.at.Add(time.Duration(v.minutes)*time.Minute))
}

// visits are all that is booked or held of a day, but for one that moves.
func (w *world) visits(s *State, day calendar.Date, moved string) (list []visit) {
	for _, a := range s.Appointments {
		if a.ID != moved && calendar.DateOf(a.At, berlin) == day {
			list = append(list, visit{a.At, a.Services, a.Minutes})
		}
	}
	for _, h := range s.Holds {
		if calendar.DateOf(h.For, berlin) == day {
			list = append(list, visit{h.For, h.Services, h.Minutes})
		}
	}
	return list
}

// there are the desks that are planned at a minute.
func (w *world) there(m time.Time) (desks uint64) {
	if known, ok := w.planned[m.Unix()/60]; ok {
		return known
	}
	defer func() { w.planned[m.Unix()/60] = desks }()
	open := func(s *calendar.Schedule) bool { return s.Status(m, nil).Open }
	for i, d := range w.rules.Desks {
		if d.Keep != "walk_in" && open(w.rules.Hours) && (d.Roster == nil || open(d.Roster)) {
			desks |= 1 << i
		}
	}
	return desks
}

// standing counts who of a minute finds no desk: as many as the worst set of
// desks leaves out.
func (w *world) standing(visits []visit, m time.Time) int {
	there := w.there(m)
	var wants []uint64
	for _, v := range visits {
		if !v.runs(m) {
			continue
		}
		at := v.at
		for _, p := range w.rules.parts(w.state, v.items, v.minutes, calendar.DateOf(v.at, berlin)) {
			if end := at.Add(time.Duration(p.Minutes) * time.Minute); m.Before(end) {
				wants = append(wants, p.Desks&there)
				break
			} else {
				at = end
			}
		}
	}
	found := len(wants)
	for set := there; ; set = (set - 1) & there {
		n := bits.OnesCount64(set)
		for _, desks := range wants {
			n += boolean(desks&^set != 0)
		}
		if found = min(found, n); set == 0 {
			return len(wants) - found
		}
	}
}

// checkOffer looks at an offer: by day, in time, of a time that was freed, to
// the first who waits for it.
func (w *world) checkOffer(t *rapid.T, before *State, e SlotHeld) {
	if h := w.now.In(berlin).Hour(); h < 8 || h >= 20 || !w.now.Add(90*time.Minute).Before(e.For) || e.Until.After(e.For) {
		t.Fatalf("offered at %v: %+v", w.now, e)
	}
	if !slices.ContainsFunc(before.Freed, func(f Freed) bool { return f.Of == e.Freed && f.For.Equal(e.For) }) {
		t.Fatalf("offered and not freed: %+v", e)
	}
	local := e.For.In(berlin)
	for _, wish := range before.Wishes {
		suits := !calendar.DateOf(e.For, berlin).Before(wish.From) && !calendar.DateOf(e.For, berlin).After(wish.To)
		if len(wish.Hours) > 0 {
			clock := calendar.TimeOfDay(local.Hour()*60 + local.Minute())
			suits = suits && clock >= wish.Hours[0].From && clock < wish.Hours[0].To
		}
		suits = suits && !slices.ContainsFunc(wish.Passed, e.For.Equal) && before.Offer(wish.ID) == nil &&
			w.rules.slotFree(before, Ask{Services: wish.Services, Channel: ChannelOnline, Freed: true}, e.For, w.now) == nil
		switch {
		case wish.ID == e.Wish && suits:
			return
		case wish.ID == e.Wish:
			t.Fatalf("%v does not suit %+v", e.For, wish)
		case suits:
			t.Fatalf("%v was offered to %s, and %s waits longer", e.For, e.Wish, wish.ID)
		}
	}
}

// checkFree fails unless what is shown as free is what can be held, and nothing
// else on the grid is.
func (w *world) checkFree(t *rapid.T) {
	a := Ask{Services: drawItems(t), Channel: rapid.SampledFrom(Channels).Draw(t, "asks on")}
	day := w.state.Day.AddDays(rapid.IntRange(0, 3).Draw(t, "asks for"))
	if n := len(w.state.Appointments); n > 0 && rapid.Bool().Draw(t, "moves") {
		if one := w.state.Appointments[rapid.IntRange(0, n-1).Draw(t, "which")]; one.Ticket == "" {
			a.Move, a.Services = one.ID, one.Services
		}
	}
	free := w.rules.FreeSlots(w.state, a, day, day, w.now)
	for range 5 {
		at := day.At(calendar.TimeOfDay(8*60+15*rapid.IntRange(-1, 33).Draw(t, "asks at")), berlin)
		var c Command = HoldSlot{At: at, Services: a.Services, Channel: a.Channel}
		if a.Move != "" {
			c = MoveAppointment{Appointment: a.Move, At: at, Channel: a.Channel}
			if at.Equal(w.state.Appointment(a.Move).At) {
				continue
			}
		}
		_, err := Decide(w.rules, w.state, c, "somebody", w.now)
		if shown := slices.ContainsFunc(free, at.Equal); shown != (err == nil) {
			t.Fatalf("%v for %+v is shown: %v, held: %v", at, a, shown, fmt.Sprint(err))
		}
	}
}
