package forecast

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// serve lets a desk call, start and finish somebody.
func (f *fold) serve(desk, service string, length time.Duration) {
	id := fmt.Sprintf("%s-%d", f.s.Day, len(f.s.Tickets))
	f.record(queue.TicketIssued{Ticket: id, Number: queue.Number{Letter: "A", N: len(f.s.Tickets) + 1}, Services: one(service)})
	f.record(queue.TicketCalled{Ticket: id, Desk: desk, Leg: one(service)})
	f.record(queue.TicketStarted{Ticket: id})
	f.now = f.now.Add(length)
	f.record(queue.TicketFinished{Ticket: id})
	f.now = f.now.Add(30 * time.Second)
}

// nextDay closes the day and opens the next one with what was learned, as a
// running office does.
func (f *fold) nextDay() {
	f.record(queue.DayClosed{Day: f.s.Day})
	learned := f.m.Encode()
	f.now = f.day.Start.AddDate(0, 0, 1).Add(10 * time.Hour)
	f.record(queue.DayOpened{Day: calendar.DateOf(f.now, time.UTC), Book: queue.Book{Learned: learned}})
	f.day = DayOf(f.r, f.s)
}

func median(f *fold, service string) float64 {
	w := f.m.World(f.r, &f.day, f.now)
	return math.Exp(w.Lengths[service].Mu)
}

func TestLengthsBeginAsPlannedAndBecomeWhatIsMeasured(t *testing.T) {
	f := newFold(office(1), morning)
	f.record(queue.DeskOpened{Desk: "d0"})
	if m := median(f, "s01"); m < 6 || m > 10 {
		t.Errorf("unmeasured, the median is %.1f minutes of ten planned", m)
	}
	before := median(f, "s02")
	dice := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		f.serve("d0", "s01", time.Duration(math.Exp(math.Log(25)+0.4*dice.NormFloat64())*float64(time.Minute)))
	}
	if m := median(f, "s01"); m < 21 || m > 28 {
		t.Errorf("measured at 25 minutes, the median is %.1f", m)
	}
	if after := median(f, "s02"); after < before || after > 16 {
		t.Errorf("another service moved from %.1f to %.1f", before, after)
	}
}

// A clerk who goes home without pressing finish, and one who presses twice,
// teach little.
func TestForgottenFinishAndDoublePressTeachLittle(t *testing.T) {
	f := newFold(office(1), morning)
	f.record(queue.DeskOpened{Desk: "d0"})
	dice := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		f.serve("d0", "s01", time.Duration(math.Exp(math.Log(8)+0.4*dice.NormFloat64())*float64(time.Minute)))
	}
	before := median(f, "s01")
	f.serve("d0", "s01", 12*time.Hour)
	f.serve("d0", "s01", time.Second)
	f.serve("d0", "s01", 0)
	f.serve("d0", "s01", 8*time.Minute) // so that the one before counts
	if after := median(f, "s01"); math.Abs(after-before) > 0.5 {
		t.Errorf("the median went from %.2f to %.2f minutes", before, after)
	}
}

func TestWhatIsTakenBackIsNotLearned(t *testing.T) {
	f := newFold(office(1), morning)
	f.record(queue.DeskOpened{Desk: "d0"})
	f.serve("d0", "s01", 50*time.Minute)
	press := f.s.Seq
	f.record(queue.DeskUndone{Desk: "d0", Of: press})
	f.serve("d0", "s02", 5*time.Minute)
	f.serve("d0", "s02", 5*time.Minute)
	if n := f.m.service("s01").N; n != 0 {
		t.Errorf("%v cases of s01 were learned", n)
	}
	if n := f.m.service("s02").N; n != 1 {
		t.Errorf("%v cases of s02 were learned, of one that cannot be taken back any more", n)
	}
}

// A node that ran all week and one that reads the newest day alone have learned
// the same, to the bit.
func TestARestartForgetsNothing(t *testing.T) {
	f := newFold(office(2), morning)
	dice := rand.New(rand.NewPCG(5, 6))
	for range 4 {
		f.record(queue.DeskOpened{Desk: "d0"})
		for range 20 {
			f.serve("d0", fmt.Sprintf("s%02d", dice.IntN(10)), time.Duration(60+dice.IntN(1200))*time.Second)
		}
		f.nextDay()
	}
	// The restarted one begins at the newest day's opening.
	m, err := Decode(f.s.Learned, false)
	if err != nil {
		t.Fatal(err)
	}
	empty := queue.New(f.r.Office)
	meta, body := queue.Meta{Seq: f.s.Seq, At: f.s.At}, queue.Body{Events: []queue.Event{queue.DayOpened{Day: f.s.Day, Book: queue.Book{Learned: f.s.Learned}}}}
	m.Learn(f.r, empty, &Day{}, meta, body)
	if a, b := f.m.Encode(), m.Encode(); !bytes.Equal(a, b) {
		t.Errorf("they differ:\n%s\n%s", a, b)
	}
	if len(f.m.Encode()) > 64<<10 {
		t.Errorf("what was learned has %d bytes", len(f.m.Encode()))
	}
}

func TestANewerModelIsRefused(t *testing.T) {
	if _, err := Decode([]byte(`{"version":99}`), false); err == nil {
		t.Error("it was taken")
	}
	if _, err := Decode([]byte(`{"version":`), false); err == nil {
		t.Error("half a model was taken")
	}
}

// Whatever the model misses, the ledger brings the range to where eight of ten
// truths lie within.
func TestTheLedgerMendsARangeThatIsTooNarrow(t *testing.T) {
	var l Ledger
	dice := rand.New(rand.NewPCG(7, 8))
	within, n := 0, 0
	for i := range 6000 {
		truth := math.Exp(math.Log(20) + 0.6*dice.NormFloat64())
		q := l.adjust([4]float64{16, 20, 22, 24}) // believes in half the spread
		if i > 4000 {
			n++
			if truth >= q[0] && truth <= q[3] {
				within++
			}
		}
		l.called(&queue.Promise{P10: q[0], P50: q[1], P80: q[2], P90: q[3]}, truth)
	}
	if share := float64(within) / float64(n); share < 0.68 || share > 0.86 {
		t.Errorf("%.0f %% of the truths lie within", 100*share)
	}
}

func TestADeskAtWhichNobodyIsIsFoundOut(t *testing.T) {
	f := newFold(office(2), morning)
	f.record(queue.DeskOpened{Desk: "d0"})
	f.record(queue.DeskOpened{Desk: "d1"})
	f.serve("d1", "s01", 5*time.Minute) // and goes away without a word
	for i := range 6 {
		f.now = f.now.Add(10 * time.Minute)
		id := fmt.Sprint("w", i)
		f.record(queue.TicketIssued{Ticket: id, Number: queue.Number{Letter: "A", N: 100 + i}, Services: one("s01")})
		f.now = f.now.Add(4 * time.Minute) // waits though d1 stands free
		f.record(queue.TicketCalled{Ticket: id, Desk: "d0", Leg: one("s01")})
		f.record(queue.TicketStarted{Ticket: id})
		f.now = f.now.Add(5 * time.Minute)
		f.record(queue.TicketFinished{Ticket: id})
	}
	if w := f.m.Watch().desk("d1"); !w.Away {
		t.Error("it is believed to be there")
	}
	if w := f.m.Watch().desk("d0"); w.Away {
		t.Error("the one that works is believed to be away")
	}
}

// Who booked long ago forgets more often than who booked this morning.
func TestNoShowsAreLearnedByLeadTime(t *testing.T) {
	f := newFold(office(1), morning)
	for i := range 60 {
		long, short := fmt.Sprint("long", i), fmt.Sprint("short", i)
		f.now = morning.AddDate(0, 0, -30)
		f.record(queue.AppointmentAdded{Appointment: long, For: morning.Add(time.Hour), Services: one("s01")})
		f.now = morning
		f.record(queue.AppointmentAdded{Appointment: short, For: morning.Add(time.Hour), Services: one("s01")})
		if i%2 == 0 {
			f.record(queue.AppointmentMissed{Appointment: long})
		} else {
			f.record(queue.AppointmentArrived{Appointment: long, For: morning.Add(time.Hour), Ticket: long, Number: queue.Number{Letter: "A", N: 2 * i}})
		}
		f.record(queue.AppointmentArrived{Appointment: short, For: morning.Add(time.Hour), Ticket: short, Number: queue.Number{Letter: "A", N: 2*i + 1}})
	}
	w := f.m.World(f.r, &f.day, f.now)
	if w.NoShow[leadLonger] < 0.35 || w.NoShow[leadToday] > 0.15 {
		t.Errorf("no-shows by lead time %v", w.NoShow)
	}
}

// Two matters in one go that take less than one after the other are told so.
func TestSeveralServicesTogetherAreLearned(t *testing.T) {
	f := newFold(office(1), morning)
	f.record(queue.DeskOpened{Desk: "d0"})
	for range 40 {
		f.serve("d0", "s01", 10*time.Minute)
		f.serve("d0", "s02", 10*time.Minute)
	}
	both := []queue.Item{{Service: "s01", Quantity: 1}, {Service: "s02", Quantity: 1}}
	minutes := func() float64 {
		mu, _ := f.m.World(f.r, &f.day, f.now).sum(both)
		return math.Exp(mu)
	}
	before := minutes()
	for i := range 40 {
		id := fmt.Sprint("both", i)
		f.record(queue.TicketIssued{Ticket: id, Number: queue.Number{Letter: "B", N: i}, Services: both})
		f.record(queue.TicketCalled{Ticket: id, Desk: "d0", Leg: both})
		f.record(queue.TicketStarted{Ticket: id})
		f.now = f.now.Add(14 * time.Minute)
		f.record(queue.TicketFinished{Ticket: id})
		f.now = f.now.Add(30 * time.Second)
	}
	if after := minutes(); before < 18 || after > before-2 {
		t.Errorf("both took %.1f minutes, with 14 measured %.1f", before, after)
	}
}
