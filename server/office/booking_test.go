package office

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// bookable is an office that sells the time of its desks from 8 to 16 o'clock,
// every day.
func bookable(id string, desks int) *queue.Rules {
	r := rules(id, "A")
	r.Desks = r.Desks[:desks]
	r.Hours = &calendar.Schedule{Zone: berlin, Series: []calendar.Series{{Weekdays: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, Spans: []calendar.Span{{From: 8 * 60, To: 16 * 60}}}}}
	r.Booking = queue.Booking{Online: true, Grid: 5 * time.Minute, Lead: 30 * time.Minute, Hold: 10 * time.Minute, Offer: 20 * time.Minute,
		Terms: queue.Terms{Days: 42}}
	return r.Compile()
}

// OnDisk is a journal in SQLite. It is set from outside of the package: the room
// of SQLite knows rooms that know this one.
var OnDisk func(t *testing.T) journal.Journal

// race lets so many people hold and book the same few times at once, each over
// one of the offices (which may be two nodes on one journal), and returns who
// got one. Everybody else must have been told that it is taken.
func race(t *testing.T, offices []*Office, people int, times []time.Time) map[string]int {
	t.Helper()
	item := []queue.Item{{Service: "hall-service", Quantity: 1}}
	var mu sync.Mutex
	booked := map[string]int{}
	ready := make(chan struct{})
	var wg sync.WaitGroup
	for n := range people {
		wg.Go(func() {
			o, who := offices[n%len(offices)], fmt.Sprint("person ", n)
			<-ready
			for i := range times { // each begins elsewhere and tries them all
				at := times[(n+i)%len(times)]
				held, err := o.Do(context.Background(), request(fmt.Sprint(who, at), queue.HoldSlot{At: at, Services: item, Channel: queue.ChannelOnline}, who))
				var no *queue.Refusal
				if errors.As(err, &no) && no.Code == queue.RefusedSlotTaken {
					continue
				}
				if err != nil {
					t.Errorf("%s holds %v: %v", who, at, err)
					return
				}
				got, err := o.Do(context.Background(), request(who+" books", queue.BookHold{Hold: held.Answer.Appointment}, who))
				if err != nil || got.Answer.Appointment != held.Answer.Appointment {
					t.Errorf("%s books %s: %+v, %v", who, held.Answer.Appointment, got, err)
					return
				}
				mu.Lock()
				booked[got.Answer.Appointment]++
				mu.Unlock()
				return
			}
		})
	}
	close(ready)
	wg.Wait()
	return booked
}

// tenSeats are five times at two desks.
func tenSeats(day calendar.Date) (times []time.Time) {
	for i := range 5 {
		times = append(times, day.At(calendar.TimeOfDay(9*60+10*i), berlin))
	}
	return times
}

func checkRace(t *testing.T, offices []*Office, booked map[string]int, times []time.Time) {
	t.Helper()
	if len(booked) != 10 {
		t.Errorf("%d of 10 seats were booked", len(booked))
	}
	for id, n := range booked {
		if n != 1 {
			t.Errorf("%s was given to %d people", id, n)
		}
	}
	for offices[0].State().Seq != offices[len(offices)-1].State().Seq { // the poke makes the other follow
		time.Sleep(time.Millisecond)
	}
	for _, o := range offices {
		at := map[time.Time]int{}
		s := o.State()
		for _, a := range s.Appointments {
			at[a.At]++
		}
		for _, when := range times {
			if at[when] != 2 {
				t.Errorf("at %v there are %d appointments at two desks", when, at[when])
			}
		}
		if len(s.Appointments) != 10 || len(s.Holds) != 0 {
			t.Errorf("%d appointments and %d holds", len(s.Appointments), len(s.Holds))
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestTwoHundredPeopleRacingForTenSeatsBookExactlyTen(t *testing.T) {
	h := newHand()
	for what, journals := range map[string]func(t *testing.T) journal.Journal{
		"memory": func(t *testing.T) journal.Journal { return new(journal.Memory) },
		"sqlite": OnDisk,
	} {
		for _, nodes := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, nodes: %d", what, nodes), func(t *testing.T) {
				j := journals(t)
				opt := options(h.now)
				opt.Shared = nodes > 1
				var offices []*Office
				for range nodes {
					offices = append(offices, open(t, bookable("hall", 2), j, opt))
				}
				times := tenSeats(calendar.DateOf(h.now(), berlin).AddDays(1))
				checkRace(t, offices, race(t, offices, 200, times), times)
			})
		}
	}
}

// Moving is a race too: twenty people want the one time that is left, and each
// who loses keeps what they had.
func TestWhoLosesARaceForATimeKeepsTheirOwn(t *testing.T) {
	h := newHand()
	j := new(journal.Memory)
	opt := options(h.now)
	opt.Shared = true
	offices := []*Office{open(t, bookable("hall", 1), j, opt), open(t, bookable("hall", 1), j, opt)}
	day := calendar.DateOf(h.now(), berlin).AddDays(1)
	item := []queue.Item{{Service: "hall-service", Quantity: 1}}
	var had []string
	for i := range 20 {
		at := day.At(calendar.TimeOfDay(8*60+10*i), berlin)
		held := press(t, offices[0], queue.HoldSlot{At: at, Services: item, Channel: queue.ChannelOnline}, "citizen")
		had = append(had, press(t, offices[0], queue.BookHold{Hold: held.Answer.Appointment}, "citizen").Answer.Appointment)
	}
	wanted := day.At(15*60, berlin)
	var wg sync.WaitGroup
	var mu sync.Mutex
	moved := map[string]bool{}
	for i, id := range had {
		wg.Go(func() {
			_, err := offices[i%2].Do(context.Background(), request("move "+id, queue.MoveAppointment{Appointment: id, At: wanted, Channel: queue.ChannelOnline, Hide: time.Hour}, "citizen"))
			var no *queue.Refusal
			switch {
			case err == nil:
				mu.Lock()
				moved[id] = true
				mu.Unlock()
			case !errors.As(err, &no) || no.Code != queue.RefusedSlotTaken:
				t.Errorf("moving %s: %v", id, err)
			}
		})
	}
	wg.Wait()
	if len(moved) != 1 {
		t.Fatalf("%d people moved to one time", len(moved))
	}
	for offices[0].State().Seq != offices[1].State().Seq {
		time.Sleep(time.Millisecond)
	}
	for i, id := range had {
		want := day.At(calendar.TimeOfDay(8*60+10*i), berlin)
		if moved[id] {
			want = wanted
		}
		for _, o := range offices {
			if a := o.State().Appointment(id); a == nil || !a.At.Equal(want) {
				t.Errorf("%s is %+v, want it at %v", id, a, want)
			}
		}
	}
}

// An office where something waits for the morning sleeps until then: it does not
// ask each second whether it is morning.
func TestAnOfficeThatKeepsATimeForTheMorningSleeps(t *testing.T) {
	h := newHand()
	h.set(time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)) // 19:00 in Berlin
	o := open(t, bookable("hall", 1), new(journal.Memory), options(h.now))
	item := []queue.Item{{Service: "hall-service", Quantity: 1}}
	held := press(t, o, queue.HoldSlot{At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Services: item, Channel: queue.ChannelOnline}, "citizen")
	press(t, o, queue.BookHold{Hold: held.Answer.Appointment}, "citizen")
	h.add(30 * time.Minute)
	press(t, o, queue.AddWish{Services: item, From: calendar.Date{Year: 2026, Month: 11, Day: 25}, To: calendar.Date{Year: 2026, Month: 11, Day: 25}}, "citizen")
	h.set(time.Date(2026, 11, 24, 19, 0, 0, 0, time.UTC)) // 20:00
	press(t, o, queue.CancelAppointment{Appointment: held.Answer.Appointment, Hide: 5 * time.Minute}, "citizen")
	h.add(30 * time.Minute)
	if d := o.untilDue(); d < time.Minute {
		t.Errorf("wakes again after %v", d)
	}
	h.set(o.State().At.Add(-time.Hour)) // a clock set back
	if d := o.untilDue(); d < time.Minute {
		t.Errorf("with the clock set back it wakes again after %v", d)
	}
}
