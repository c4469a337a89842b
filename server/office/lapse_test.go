package office

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// A hold lapses by the clock alone, to the moment: booking it then is refused,
// and the seat is sold again. What is offered from the waiting list goes on to
// the next the same way.
func TestAHoldLapsesByTheClockAndItsSeatIsSoldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		day := calendar.DateOf(time.Now(), berlin).AddDays(1)
		time.Sleep(day.At(10*60, berlin).Sub(time.Now())) // ten in the morning, in the bubble's time
		now := func() time.Time { return time.Now().UTC() }
		o := open(t, bookable("hall", 1), new(journal.Memory), options(now))
		defer o.Close()
		item := []queue.Item{{Service: "hall-service", Quantity: 1}}
		at := day.AddDays(1).At(9*60, berlin)
		hold := queue.HoldSlot{At: at, Services: item, Channel: queue.ChannelOnline}
		refused := func(c queue.Command, code string) {
			t.Helper()
			_, err := o.Do(context.Background(), request(fmt.Sprint("key ", keys.Add(1)), c, "somebody"))
			var no *queue.Refusal
			if !errors.As(err, &no) || no.Code != code {
				t.Fatalf("%T gave %v, want %s", c, err, code)
			}
		}
		first := press(t, o, hold, "first").Answer
		refused(hold, queue.RefusedSlotTaken)
		time.Sleep(first.Until.Sub(time.Now()) - time.Second)
		synctest.Wait()
		if o.State().Hold(first.Appointment) == nil {
			t.Fatal("the hold lapsed a second too soon")
		}
		refused(hold, queue.RefusedSlotTaken)
		time.Sleep(time.Second + 20*time.Millisecond)
		synctest.Wait()
		if s := o.State(); s.Hold(first.Appointment) != nil {
			t.Fatalf("nobody came, and the hold until %v is still there at %v", first.Until, time.Now())
		}
		refused(queue.BookHold{Hold: first.Appointment}, queue.RefusedHoldLapsed)
		second := press(t, o, hold, "second").Answer
		press(t, o, queue.BookHold{Hold: second.Appointment}, "second")
		refused(hold, queue.RefusedSlotTaken)

		// Given back, it is offered to who waits, and from the first to the second.
		for range 2 {
			press(t, o, queue.AddWish{Services: item, From: day, To: day.AddDays(7)}, "somebody")
		}
		press(t, o, queue.CancelAppointment{Appointment: second.Appointment, Hide: time.Hour}, "second")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		w := o.State().Wishes
		offer := o.State().Offer(w[0].ID)
		if offer == nil || !offer.For.Equal(at) {
			t.Fatalf("offered to the first who waits: %+v", offer)
		}
		refused(hold, queue.RefusedSlotTaken)
		time.Sleep(20*time.Minute + 2*time.Second)
		synctest.Wait()
		next := o.State().Offer(w[1].ID)
		if next == nil || o.State().Offer(w[0].ID) != nil {
			t.Fatalf("after twenty minutes: %+v", o.State().Holds)
		}
		refused(queue.BookHold{Hold: offer.ID}, queue.RefusedHoldLapsed)
		press(t, o, queue.BookHold{Hold: next.ID}, "third")
	})
}
