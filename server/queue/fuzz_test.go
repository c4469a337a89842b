package queue

import (
	"fmt"
	"testing"
	"time"

	"aufruf/server/calendar"
)

// FuzzDay turns bytes into a day of commands and checks after each that the
// invariants hold, that no ticket that was given ever vanishes, that nobody is
// called past somebody more overdue, that no hold outlives its end, and at the
// end that the stored bytes lead to the same state, from the first record and
// from the newest opening.
func FuzzDay(f *testing.F) {
	f.Add([]byte("the quick brown fox presses next sixty times a day"))
	f.Add([]byte{0, 0, 0, 0, 10, 0, 20, 0, 20, 1, 21, 0, 22, 0, 23, 0, 30, 0, 255, 255})
	seq := make([]byte, 400)
	for i := range seq {
		seq[i] = byte(i * 37)
	}
	f.Add(seq)
	booking := make([]byte, 0, 600)
	for i := range 200 {
		booking = append(booking, 200+byte(i*31%56), byte(i*29), byte(i*53%240))
	}
	f.Add(booking)
	f.Fuzz(func(t *testing.T, day []byte) {
		if len(day) > 900 {
			return
		}
		w := newWorld(calendar.Date{Year: 2026, Month: time.March, Day: 28}.Start(berlin))
		w.rules, w.hide = bookingRules(), 7*time.Minute
		w.rules.Booking.Confirm = time.Hour
		if _, err := w.do(OpenOffice{}, "boss"); err != nil {
			t.Fatal(err)
		}
		given := map[string]bool{}
		for i := 0; i+2 < len(day); i += 3 {
			w.now = w.now.Add(step(day[i+2]))
			c, by := w.command(day[i], day[i+1])
			events, err := w.do(c, by)
			if _, refused := err.(*Refusal); err != nil && !refused {
				t.Fatalf("%T: %v", c, err)
			}
			if err == nil && len(events) == 0 {
				t.Fatalf("%T was accepted and left no record", c)
			}
			if err := w.state.Check(); err != nil {
				t.Fatalf("after %T %+v: %v", c, c, err)
			}
			w.checkFate(t, given)
			for _, h := range w.state.Holds {
				if !h.Until.After(w.now) {
					t.Fatalf("after %T hold %s outlives its end", c, h.ID)
				}
			}
			if due := w.state.Due(w.rules, w.now); !due.After(w.now) {
				if again, _ := Decide(w.rules, w.state, Tick{}, "clock", w.now); len(again) == 0 {
					t.Fatalf("after %T something is due at %v, and nothing is decided", c, due)
				}
			}
		}
		want := string(w.state.Encode())
		for _, fromOpening := range []bool{false, true} {
			if got := string(w.replay(fromOpening).Encode()); got != want {
				t.Fatalf("replay (from opening: %v) differs\n have %s\n want %s", fromOpening, got, want)
			}
		}
	})
}

// step makes a byte a span of time: mostly seconds, sometimes hours, so that a
// run crosses midnight and the change of summer time.
func step(b byte) time.Duration {
	switch {
	case b < 200:
		return time.Duration(b) * time.Second
	case b < 250:
		return time.Duration(b-199) * 3 * time.Minute
	default:
		return time.Duration(b-249) * 7 * time.Hour
	}
}

// checkFate fails when a ticket of today that was once given is not in exactly
// one state.
func (w *world) checkFate(t *testing.T, given map[string]bool) {
	now := map[string]int{}
	for _, tk := range w.state.Tickets {
		now[tk.ID]++
		given[tk.ID] = true
	}
	prefix := w.state.newTicketID()
	prefix = prefix[:len(prefix)-5]
	for id := range given {
		if len(id) > len(prefix) && id[:len(prefix)] == prefix && now[id] != 1 {
			t.Fatalf("ticket %s stands %d times", id, now[id])
		}
	}
}

// command chooses a command from two bytes, about things that mostly exist.
func (w *world) command(kind, arg byte) (Command, string) {
	services := []string{"card", "collect", "move", "photo", "soup"}
	desks := []string{"1", "2", "quick", "booked", "photo"}
	desk := desks[int(arg)%len(desks)]
	by := "clerk " + desk
	if arg > 240 {
		by = "somebody else"
	}
	ticket := fmt.Sprintf("hall-none-%d", arg)
	if n := len(w.state.Tickets); n > 0 {
		ticket = w.state.Tickets[int(arg)%n].ID
	}
	appointment := "none"
	if n := len(w.state.Appointments); n > 0 {
		appointment = w.state.Appointments[int(arg)%n].ID
	}
	one := []Item{{Service: services[int(arg)%5], Quantity: 1 + int(arg)%3}}
	two := append(one[:1:1], Item{Service: services[int(arg/5)%5], Quantity: 1})
	if kind >= 200 {
		return w.bookingCommand(kind-200, arg, one)
	}
	switch kind % 29 {
	case 0, 1, 2:
		return IssueTicket{Services: one}, "kiosk"
	case 3:
		return IssueTicket{Services: two, Priority: int(arg) % 70}, "reception"
	case 4:
		return AddAppointment{At: w.now.Add(time.Duration(int(arg)-100) * time.Minute), Services: one}, "reception"
	case 5, 6:
		return CheckIn{Appointment: appointment}, "kiosk"
	case 7:
		return Leave{Ticket: ticket}, "phone"
	case 8:
		return OpenDesk{desk}, by
	case 9:
		return PauseDesk{Desk: desk}, by
	case 10:
		return ResumeDesk{desk}, by
	case 11:
		return CloseDesk{Desk: desk, Any: arg%7 == 0}, by
	case 12, 13, 14, 15:
		return CallNext{desk}, by
	case 16:
		return Recall{desk}, by
	case 17:
		return Start{desk}, by
	case 18:
		return Finish{desk}, by
	case 19:
		return MarkNoShow{desk}, by
	case 20:
		return Park{Desk: desk, Reason: "break"}, by
	case 21:
		return Unpark{desk, ticket}, by
	case 22:
		return Transfer{Desk: desk, Service: services[int(arg/3)%5]}, by
	case 23:
		return Transfer{Desk: desk, ToDesk: desks[int(arg/3)%5]}, by
	case 24:
		switch arg % 4 {
		case 0:
			return Transfer{Desk: desk, Office: "works"}, by
		case 1:
			return Dispatch{Ticket: ticket}, "courier"
		case 2:
			return HandOver{Ticket: ticket}, "courier"
		}
		return Receive{From: "works", Ticket: Ticket{ID: fmt.Sprintf("works-20260328-%04d", arg), Number: Number{"W", int(arg)},
			Since: w.now, IssuedAt: w.now}}, "courier"
	case 25:
		return Requeue{desk}, by
	case 26:
		return Take{desk, ticket}, by
	case 27:
		return SetPlanned{Service: services[int(arg)%5], Minutes: int(arg/5)%13*5 - 5, From: w.state.Day.AddDays(int(arg)%4 - 1)}, "boss"
	default:
		return UndoLast{desk}, by
	}
}

// bookingCommand chooses one about booking.
func (w *world) bookingCommand(kind, arg byte, items []Item) (Command, string) {
	pick := func(n int, id func(int) string) string {
		if n == 0 {
			return "none"
		}
		return id(int(arg) % n)
	}
	hold := pick(len(w.state.Holds), func(i int) string { return w.state.Holds[i].ID })
	appointment := pick(len(w.state.Appointments), func(i int) string { return w.state.Appointments[i].ID })
	wish := pick(len(w.state.Wishes), func(i int) string { return w.state.Wishes[i].ID })
	day := w.state.Day.AddDays(int(arg) % 3)
	at := day.At(calendar.TimeOfDay(8*60+int(arg)%33*15), berlin)
	channel, hide := Channels[int(arg)%4], time.Duration(arg)*time.Minute
	switch kind % 14 {
	case 0, 1:
		return HoldSlot{At: at, Services: items, Channel: channel}, "citizen"
	case 2, 3:
		return BookHold{Hold: hold, Confirm: arg%2 == 0}, "citizen"
	case 4:
		return ReleaseHold{Hold: hold, Hide: hide}, "citizen"
	case 5:
		return MoveAppointment{Appointment: appointment, At: at, Channel: channel, Hide: hide}, "citizen"
	case 6:
		return CancelAppointment{Appointment: appointment, Staff: arg%2 == 0, Hide: hide}, "citizen"
	case 7:
		return ConfirmAppointment{Appointment: appointment}, "citizen"
	case 8:
		return DelayAppointment{Appointment: appointment, Minutes: int(arg) % 12}, "citizen"
	case 9, 10:
		return AddWish{Services: items, From: w.state.Day, To: day}, "citizen"
	case 11:
		return WithdrawWish{Wish: wish, Hide: hide}, "citizen"
	case 12:
		terms := Terms{Days: int(arg) % 20, Overbook: arg%3 > 0, Quota: map[string]int{"home": int(arg) % 5}}
		return SetBooking{Terms: &terms}, "boss"
	}
	return SetExtra{Extra: []Extra{{Day: day, Hour: 8 + int(arg)%9, N: int(arg) % 3}}}, "boss"
}
