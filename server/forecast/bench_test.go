package forecast

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// office is a room with so many desks, three skill groups and 59 services.
func office(desks int) *queue.Rules {
	r := &queue.Rules{Office: "hall", Hours: &calendar.Schedule{Zone: time.UTC}, Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute}
	for g := range 3 {
		r.Categories = append(r.Categories, queue.Category{ID: fmt.Sprint("g", g), Letter: "A"})
	}
	for i := range 59 {
		r.Services = append(r.Services, queue.Service{ID: fmt.Sprintf("s%02d", i), Category: fmt.Sprint("g", i%3), Planned: 10 * time.Minute})
	}
	for i := range desks {
		d := queue.DeskRule{ID: fmt.Sprint("d", i)}
		for j := range 59 {
			if i%4 != 3 || j%3 != 0 { // every fourth desk lacks a group
				d.Skills = append(d.Skills, fmt.Sprintf("s%02d", j))
			}
		}
		r.Desks = append(r.Desks, d)
	}
	return r.Compile()
}

var morning = time.Date(2024, 1, 8, 10, 0, 0, 0, time.UTC)

// room is an office at ten in the morning: its desks serving, so many people
// waiting, as many appointments still to come as fit the afternoon.
func room(r *queue.Rules, waiting int) *Situation {
	s, m := queue.New(r.Office), NewModel(false)
	day := Day{Start: morning.Truncate(24 * time.Hour), Weekday: morning.Weekday(), Close: morning.Add(8 * time.Hour), Intake: morning.Add(8 * time.Hour)}
	day.Hours = Plan{{morning.Add(-2 * time.Hour), day.Close}}
	seq := uint64(0)
	record := func(at time.Time, events ...queue.Event) {
		seq++
		meta, body := queue.Meta{Seq: seq, At: at}, queue.Body{Events: events}
		m.Learn(r, s, &day, meta, body)
		s.Apply(meta, body)
	}
	record(day.Start, queue.DayOpened{Day: calendar.Date{Year: 2024, Month: 1, Day: 8}})
	issue := func(i int, at time.Time) string {
		id := fmt.Sprintf("hall-%04d", i)
		record(at, queue.TicketIssued{Ticket: id, Number: queue.Number{Letter: "A", N: i + 1}, Services: one(r.Services[i*7%len(r.Services)].ID)})
		return id
	}
	for i := range r.Desks {
		at := morning.Add(-time.Duration(i+1) * time.Minute)
		id := issue(i, at.Add(-time.Hour))
		record(at, queue.DeskOpened{Desk: r.Desks[i].ID})
		t := s.Ticket(id)
		record(at, queue.TicketCalled{Ticket: id, Desk: r.Desks[i].ID, Leg: t.Remaining})
		record(at, queue.TicketStarted{Ticket: id})
	}
	for i := range waiting {
		issue(len(r.Desks)+i, morning.Add(-time.Duration(waiting-i)*10*time.Second))
	}
	for i := range 60 {
		record(morning, queue.AppointmentAdded{Appointment: fmt.Sprint("a", i), For: morning.Add(time.Duration(i) * 7 * time.Minute), Services: one(r.Services[i%59].ID)})
	}
	w := m.World(r, &day, morning)
	for h := range w.Arrivals {
		w.Arrivals[h] = 1.5 * float64(len(r.Desks)) // what keeps the desks busy
	}
	return &Situation{Rules: r, State: s, World: w, Watch: m.Watch(), Day: day, Now: morning}
}

// used is the processor time that this process has used, which other programs
// on the machine do not lengthen.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A full refresh: everybody who waits and a newcomer for each service.
func BenchmarkRefresh(b *testing.B) {
	for _, n := range []int{20, 200, 1000} {
		b.Run(fmt.Sprint(n, "_waiting"), func(b *testing.B) {
			in := room(office(8), n)
			var p Player
			p.Play(in)
			b.ReportAllocs()
			began := used()
			for b.Loop() {
				p.Play(in)
			}
			b.ReportMetric(float64(used()-began)/float64(b.N)/float64(time.Millisecond), "cpu-ms/op")
		})
	}
}

// The paths alone: nothing is allocated in them.
func BenchmarkPath(b *testing.B) {
	var p Player
	p.begin(room(office(8), 200))
	for k := range Paths {
		p.path = k
		p.play()
	}
	b.ReportAllocs()
	for b.Loop() {
		p.path = (p.path + 1) % Paths
		for i := range p.samples {
			p.samples[i] = never
		}
		p.play()
	}
}

func BenchmarkWorld(b *testing.B) {
	r := office(8)
	in := room(r, 20)
	m := NewModel(false)
	b.ReportAllocs()
	for b.Loop() {
		m.World(r, &in.Day, in.Now)
	}
}
