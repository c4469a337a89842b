package queue

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
)

// The words of scripted days that are about booking.
//
// A time is of the day that runs, or of another: 2026-11-25/09:00. In the night
// in which an hour comes twice, 02:30-again is the second time.
//
//	setup  begin 2026-03-29                 the script's first day
//	setup  hours 08:00-12:00 13:00-16:00    every day
//	setup  desks 1 photo                    only these are there
//	setup  grid 30m, lead, hold, buffer, offer, confirm, delay: as in the configuration
//	setup  hide 10m                         how long a freed time is shown to nobody
//	free card [phone] [on DATE]             shows the free times
//	clock                                   what the clock decides
//	due                                     when it next decides something
//	hold 09:00 card [phone]                 keeps a time
//	book-hold ID [to-confirm]               makes an appointment of it
//	release, confirm, cancel [staff] ID
//	move ID 10:00 [phone]
//	late ID MINUTES
//	wish card DATE DATE [08:00-10:00] [saturday]
//	withdraw ID
//	terms days 3 | share 40 | quota home 2 | internal photo | last move DATE | blackout DATE | overbook | none
//	extra HOUR N [on DATE] | extra none

const again = "-again"

func readDate(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func readClock(t *testing.T, day calendar.Date, s string) time.Time {
	t.Helper()
	if date, rest, ok := strings.Cut(s, "/"); ok {
		day, s = readDate(t, date), rest
	}
	s, second := strings.CutSuffix(s, again)
	at, err := time.Parse("15:04:05", s+strings.Repeat(":00", 2-strings.Count(s, ":")))
	if err != nil {
		t.Fatal(err)
	}
	instant := day.At(calendar.TimeOfDay(at.Hour()*60+at.Minute()), berlin).Add(time.Duration(at.Second()) * time.Second)
	if second {
		instant = instant.Add(time.Hour)
	}
	return instant
}

func clock(t time.Time) string {
	s := t.In(berlin).Format("15:04")
	local := t.In(berlin)
	if first := calendar.DateOf(t, berlin).At(calendar.TimeOfDay(local.Hour()*60+local.Minute()), berlin); t.Sub(first) >= time.Hour {
		s += again
	}
	return s
}

// when is a time as said on the day that runs.
func (w *world) when(t time.Time) string {
	if day := calendar.DateOf(t, berlin); day != w.state.Day {
		return day.String() + "/" + clock(t)
	}
	return clock(t)
}

func readItems(s string) (list []Item) {
	for _, one := range strings.Split(s, "+") {
		name, n, many := strings.Cut(one, "*")
		q := 1
		if many {
			q, _ = strconv.Atoi(n)
		}
		list = append(list, Item{Service: name, Quantity: q})
	}
	return list
}

func readSpans(t *testing.T, texts []string) (spans []calendar.Span) {
	t.Helper()
	for _, s := range texts {
		span, err := calendar.ParseSpan(s)
		if err != nil {
			t.Fatal(err)
		}
		spans = append(spans, span)
	}
	return spans
}

// setup changes the rules before a day begins.
func (w *world) setup(t *testing.T, f []string) {
	r := w.rules
	if !r.Booking.Online { // the first line about booking makes it an office that sells its time
		b := bookingRules()
		r.Booking, r.Hours = b.Booking, b.Hours
	}
	length := func() time.Duration {
		d, err := time.ParseDuration(f[1])
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	switch f[0] {
	case "hours":
		week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
		r.Hours = &calendar.Schedule{Zone: berlin, Series: []calendar.Series{{Weekdays: week, Spans: readSpans(t, f[1:])}}}
	case "desks":
		r.Desks = slices.DeleteFunc(r.Desks, func(d DeskRule) bool { return !slices.Contains(f[1:], d.ID) })
		r.Compile()
	case "grid":
		r.Booking.Grid = length()
	case "lead":
		r.Booking.Lead = length()
	case "hold":
		r.Booking.Hold = length()
	case "buffer":
		r.Booking.Buffer = length()
	case "offer":
		r.Booking.Offer = length()
	case "confirm":
		r.Booking.Confirm = length()
	case "delay":
		r.Booking.Delay = length()
	case "hide":
		w.hide = length()
	default:
		t.Fatalf("nobody understands setup %v", f)
	}
}

// show answers what is asked and changes nothing but what the clock does.
func (w *world) show(t *testing.T, day calendar.Date, f []string) (string, bool) {
	switch f[0] {
	case "clock":
		var said []string
		for _, e := range w.tick() {
			said = append(said, w.tell(e))
		}
		if len(said) == 0 {
			return "nothing", true
		}
		return strings.Join(said, ", "), true
	case "due":
		w.tick()
		if due := w.state.Due(w.rules, w.now); due.Before(w.state.DayDue(w.rules)) {
			return w.when(due), true
		}
		return "midnight", true
	case "free":
		w.tick()
		a := Ask{Services: readItems(f[1]), Channel: channel(f)}
		if i := slices.Index(f, "on"); i > 0 {
			day = readDate(t, f[i+1])
		}
		return w.runs(w.rules.FreeSlots(w.state, a, day, day, w.now)), true
	}
	return "", false
}

// runs writes times that follow one another on the grid as one.
func (w *world) runs(free []time.Time) string {
	var said []string
	for i := 0; i < len(free); {
		j := i
		for j+1 < len(free) && free[j+1].Sub(free[j]) == w.rules.Booking.Grid {
			j++
		}
		if j == i {
			said = append(said, clock(free[i]))
		} else {
			said = append(said, clock(free[i])+" to "+clock(free[j]))
		}
		i = j + 1
	}
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, ", ")
}

func channel(f []string) string {
	for _, c := range Channels {
		if slices.Contains(f, c) {
			return c
		}
	}
	return ChannelOnline
}

func (w *world) parseBooking(t *testing.T, day calendar.Date, f []string) (Command, string) {
	at := func(s string) time.Time { return readClock(t, day, s) }
	switch f[0] {
	case "hold":
		return HoldSlot{At: at(f[1]), Services: readItems(f[2]), Channel: channel(f)}, "citizen"
	case "book-hold":
		return BookHold{Hold: f[1], Confirm: slices.Contains(f, "to-confirm")}, "citizen"
	case "release":
		return ReleaseHold{Hold: f[1], Hide: w.hide}, "citizen"
	case "move":
		return MoveAppointment{Appointment: f[1], At: at(f[2]), Channel: channel(f), Hide: w.hide}, "citizen"
	case "cancel":
		return CancelAppointment{Appointment: f[1], Staff: slices.Contains(f, "staff"), Hide: w.hide}, "citizen"
	case "confirm":
		return ConfirmAppointment{Appointment: f[1]}, "citizen"
	case "late":
		n, _ := strconv.Atoi(f[2])
		return DelayAppointment{Appointment: f[1], Minutes: n}, "citizen"
	case "wish":
		c := AddWish{Services: readItems(f[1]), From: readDate(t, f[2]), To: readDate(t, f[3])}
		for _, s := range f[4:] {
			for d := time.Sunday; d <= time.Saturday; d++ {
				if s == strings.ToLower(d.String()) {
					c.Weekdays = append(c.Weekdays, d)
				}
			}
			if strings.Contains(s, ":") {
				c.Hours = append(c.Hours, readSpans(t, []string{s})...)
			}
		}
		return c, "citizen"
	case "withdraw":
		return WithdrawWish{Wish: f[1], Hide: w.hide}, "citizen"
	case "terms":
		return SetBooking{Terms: w.terms(t, f[1:])}, "boss"
	case "extra":
		if f[1] == "none" {
			return SetExtra{}, "boss"
		}
		hour, _ := strconv.Atoi(f[1])
		n, _ := strconv.Atoi(f[2])
		if i := slices.Index(f, "on"); i > 0 {
			day = readDate(t, f[i+1])
		}
		return SetExtra{Extra: []Extra{{Day: day, Hour: hour, N: n}}}, "boss"
	}
	return nil, ""
}

// terms are those that count with one of them changed.
func (w *world) terms(t *testing.T, f []string) *Terms {
	if f[0] == "none" {
		return nil
	}
	terms := *w.rules.TermsOf(w.state)
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	switch f[0] {
	case "days":
		terms.Days = number(f[1])
	case "share":
		for h := range terms.Share {
			terms.Share[h] = number(f[1])
		}
	case "quota":
		terms.Quota = maps.Clone(terms.Quota)
		if terms.Quota == nil {
			terms.Quota = map[string]int{}
		}
		terms.Quota[f[1]] = number(f[2])
	case "internal":
		terms.Internal = f[1:]
	case "last":
		terms.Last = map[string]calendar.Date{f[1]: readDate(t, f[2])}
	case "blackout":
		terms.Blackouts = append(slices.Clone(terms.Blackouts), readDate(t, f[1]))
	case "overbook":
		terms.Overbook = true
	default:
		t.Fatalf("nobody understands terms %v", f)
	}
	return &terms
}

func (w *world) tellBooking(e Event) (string, bool) {
	switch e := e.(type) {
	case SlotHeld:
		s := e.Hold + " held for " + w.when(e.For) + " until " + w.when(e.Until)
		if e.Wish != "" {
			s += ", offered to " + e.Wish
		}
		return s, true
	case HoldReleased:
		return e.Hold + " given back", true
	case HoldLapsed:
		return e.Hold + " lapsed", true
	case AppointmentBooked:
		s := e.Appointment + " booked for " + w.when(e.For) + ", " + strconv.Itoa(e.Minutes) + " min"
		if !e.ConfirmBy.IsZero() {
			s += ", to be confirmed by " + w.when(e.ConfirmBy)
		}
		return s, true
	case AppointmentMoved:
		return e.Appointment + " moved from " + w.when(e.From) + " to " + w.when(e.For), true
	case AppointmentCancelled:
		return e.Appointment + " cancelled (" + e.How + ")", true
	case AppointmentConfirmed:
		return e.Appointment + " confirmed", true
	case AppointmentDelayed:
		return e.Appointment + " " + strconv.Itoa(e.Minutes) + " min later", true
	case AppointmentMissed:
		return e.Appointment + " missed", true
	case SlotShown:
		return w.when(e.For) + " shown", true
	case WishAdded:
		return e.Wish, true
	case WishEnded:
		return e.Wish + " ended", true
	}
	return "", false
}
