package queue_test

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/config"
	"aufruf/server/queue"
)

// configured are the rules of the office in config.yaml that has six desks.
func configured(tb testing.TB) *queue.Rules {
	tb.Helper()
	text, err := os.ReadFile("../../config.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	cfg, problems := config.Parse("config.yaml", text)
	if err := problems.Err("en"); err != nil {
		tb.Fatal(err)
	}
	r := cfg.AllRules()[0]
	if len(r.Desks) != 6 {
		tb.Fatalf("the first office has %d desks", len(r.Desks))
	}
	return r
}

// used is the processor time that this process has used.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var monday = time.Date(2026, time.November, 23, 5, 0, 0, 0, time.UTC)

// booked is an office in which so many percent of the desks' time are booked on
// each of so many days, for one service or two, spread over the day.
func booked(tb testing.TB, r *queue.Rules, days, percent int) *queue.State {
	tb.Helper()
	s := queue.New(r.Office)
	apply := func(events ...queue.Event) {
		s.Apply(queue.Meta{Seq: s.Seq + 1, At: monday}, queue.Body{Kind: "test", Events: events})
	}
	today := calendar.DateOf(monday, r.Hours.Zone)
	apply(queue.DayOpened{Day: today})
	n := 0
	for day := today; day.Before(today.AddDays(days)); day = day.AddDays(1) {
		plan := r.PlanOf(s, day, monday)
		for _, span := range plan.Spans {
			minutes := plan.Capacity(span) * percent / 100
			length := int(span.To.Sub(span.From) / time.Minute)
			for i := 0; minutes > 0; i++ {
				items := []queue.Item{{Service: r.Services[n*7%len(r.Services)].ID, Quantity: 1}}
				if n%5 == 0 {
					items = append(items, queue.Item{Service: r.Services[(n*7+1)%len(r.Services)].ID, Quantity: 1})
				}
				takes := r.VisitMinutes(s, items, day)
				at := span.From.Add(time.Duration(i*35%max(1, length-takes)/5*5) * time.Minute)
				apply(queue.AppointmentBooked{Appointment: fmt.Sprintf("%s-a%04d", r.Office, n), For: at, Services: items, Minutes: takes, Channel: queue.ChannelOnline})
				minutes -= takes
				n++
			}
		}
	}
	return s
}

// BenchmarkFreeSlots asks as a citizen's page does, of the configured office with
// six desks, a third of whose time is booked: every service alone and pairs of
// them, in turn. Beside the time on the clock it tells the processor time, which
// other programs on the machine do not lengthen.
func BenchmarkFreeSlots(b *testing.B) {
	r := configured(b)
	for _, ahead := range []int{14, 31} {
		for _, all := range []int{45, 365} {
			b.Run(fmt.Sprintf("%d_days_of_%d_booked", ahead, all), func(b *testing.B) {
				s := booked(b, r, all, 30)
				today := calendar.DateOf(monday, r.Hours.Zone)
				var asks []queue.Ask
				for i := range r.Services {
					a := queue.Ask{Services: []queue.Item{{Service: r.Services[i].ID, Quantity: 1}}, Channel: queue.ChannelOnline}
					asks = append(asks, a)
					if i > 0 {
						a.Services = append(slices.Clip(a.Services), queue.Item{Service: r.Services[i-1].ID, Quantity: 1})
						asks = append(asks, a)
					}
				}
				b.ReportAllocs()
				i, times := 0, 0
				began := used()
				for b.Loop() {
					times += len(r.FreeSlots(s, asks[i%len(asks)], today, today.AddDays(ahead), monday))
					i++
				}
				if times == 0 {
					b.Fatal("nothing is free")
				}
				b.ReportMetric(float64((used()-began).Microseconds())/float64(i), "processor-µs/op")
				b.ReportMetric(float64(times)/float64(i), "times")
			})
		}
	}
}
