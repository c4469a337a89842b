package office

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// withAppointments is an office that opens with so many appointments ahead, 150
// a day.
func withAppointments(tb testing.TB, r *queue.Rules, j journal.Journal, h *hand, ahead int) {
	tb.Helper()
	now := h.now()
	book := queue.Book{NextAppointment: ahead}
	for i := range ahead {
		day := calendar.DateOf(now, berlin).AddDays(1 + i/150)
		book.Appointments = append(book.Appointments, &queue.Appointment{ID: fmt.Sprintf("%s-a%04d", r.Office, i), BookedAt: now.AddDate(0, 0, -1),
			At: day.At(calendar.TimeOfDay(8*60+i%60*5), berlin), Minutes: 10, Services: []queue.Item{{Service: r.Services[0].ID, Quantity: 1}}, Channel: queue.ChannelOnline})
	}
	body := queue.Body{Kind: queue.Tick{}.Kind(), Events: []queue.Event{queue.DayOpened{Day: calendar.DateOf(now, berlin), Book: book}}}
	raw, err := body.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := j.Append(context.Background(), []journal.Record{{Office: r.Office, At: now, ID: "opening", By: "clock", Opening: true, Body: raw}}, 0); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkCommand measures commands of an office without and with a year of
// appointments, on a journal in memory, so that what is left is the office's own
// work: processor time, since others use the machine too.
func BenchmarkCommand(b *testing.B) {
	for _, ahead := range []int{0, 37_000} {
		h := newHand()
		r := bookable("hall", 6)
		j := new(journal.Memory)
		withAppointments(b, r, j, h, ahead)
		opt := options(h.now)
		o, err := Open(context.Background(), r, j, opt)
		if err != nil {
			b.Fatal(err)
		}
		press(b, o, queue.OpenOffice{}, "boss")
		press(b, o, queue.OpenDesk{Desk: "1"}, "clerk")
		tomorrow := calendar.DateOf(h.now(), berlin).AddDays(1)
		item := []queue.Item{{Service: "hall-service", Quantity: 1}}
		n := 0
		for _, c := range []struct {
			name string
			make func() queue.Command
		}{
			{"draw", func() queue.Command { return queue.IssueTicket{Services: item} }},
			{"next", func() queue.Command { return queue.CallNext{Desk: "1"} }},
			{"hold", func() queue.Command {
				n++
				return queue.HoldSlot{At: tomorrow.AddDays(n/200+1).At(calendar.TimeOfDay(8*60+n%40*5), berlin), Services: item, Channel: queue.ChannelPhone}
			}},
		} {
			b.Run(fmt.Sprintf("%s_%d_ahead", c.name, ahead), func(b *testing.B) {
				b.ReportAllocs()
				began := used()
				for b.Loop() {
					_, err := o.Do(context.Background(), request(fmt.Sprint("key ", keys.Add(1)), c.make(), "clerk"))
					if _, refused := err.(*queue.Refusal); err != nil && !refused {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((used()-began).Microseconds())/float64(b.N), "processor-µs/op")
			})
		}
		o.Close()
	}
}

// used is the processor time that this process has used.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
