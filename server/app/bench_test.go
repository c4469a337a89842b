package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aufruf/server/access"
	"aufruf/server/app"
	"aufruf/server/calendar"
	"aufruf/server/config"
	"aufruf/server/journal"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/sqlite"
)

// inProcess starts the program in this process; the clock may be another one.
func inProcess(b testing.TB, dir string, clock func() time.Time) (*app.App, map[access.Role]string) {
	b.Helper()
	cfg, problems := config.Parse("bench", []byte(smallTown))
	if err := problems.Err("en"); err != nil {
		b.Fatal(err)
	}
	a, err := app.Start(context.Background(), app.Options{Config: cfg, Data: dir, Listen: "127.0.0.1:0", OpenNow: "always", Clock: clock,
		Mute: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Stop() })
	tokens := map[access.Role]string{}
	for _, r := range access.Roles() {
		if tokens[r], _, err = a.Access().AddToken(context.Background(), "bench", "", access.Grant{Role: r}, app.Now()); err != nil {
			b.Fatal(err)
		}
	}
	return a, tokens
}

// BenchmarkNextToBoard measures from the press of next to the frame at a board,
// with 500 phones and 20 screens following, beside what a write and an fsync of
// 4 KiB take on the same disk between the presses.
func BenchmarkNextToBoard(b *testing.B) {
	dir := b.TempDir()
	a, tokens := inProcess(b, dir, nil)
	p := &program{url: a.URL()}
	post := func(token, key, path, body string) answer {
		got, err := p.post(context.Background(), token, key, path, body)
		if err != nil || got.status >= 300 {
			b.Fatalf("%s: %d %s %v", path, got.status, got.body, err)
		}
		return got
	}
	var secrets []string
	const calls = 600 // longer than the benchmark's second, so that one round is enough
	for i := range calls + 500 {
		var t struct{ Link string }
		if err := json.Unmarshal(post(tokens[access.Reception], fmt.Sprint("d", i), "/api/v1/offices/hall/tickets", `{"services":[{"id":"card","quantity":1}],"priority":0}`).body, &t); err != nil {
			b.Fatal(err)
		}
		secrets = append(secrets, t.Link[strings.LastIndexByte(t.Link, '/')+1:])
		if i%50 == 49 {
			<-time.After(time.Second) // the limit of a token
		}
	}
	post(tokens[access.Clerk], "open", "/api/v1/offices/hall/desks/d1/open", `{}`)

	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer func() { stop(); wg.Wait() }()
	arrived := make(chan string, 4096) // numbers as the first board learns them
	for i := range 20 {
		var to chan string
		if i == 0 {
			to = arrived
		}
		wg.Go(func() { follow(ctx, p.url, tokens[access.Board], "board:hall:lobby", to) })
	}
	for _, s := range secrets[calls:] {
		wg.Go(func() { follow(ctx, p.url, tokens[access.Kiosk], "ticket:"+s, nil) })
	}
	<-arrived
	var press, fsync []time.Duration
	b.ResetTimer()
	for i := range calls {
		fsync = append(fsync, measureFsync(b, dir))
		began := time.Now()
		var a struct{ Ticket *struct{ Number string } }
		if err := json.Unmarshal(post(tokens[access.Clerk], fmt.Sprint("n", i), "/api/v1/offices/hall/desks/d1/next", `{}`).body, &a); err != nil || a.Ticket == nil {
			b.Fatal("nobody called", err)
		}
		for n := range arrived {
			if n == a.Ticket.Number {
				break
			}
		}
		press = append(press, time.Since(began))
	}
	b.StopTimer()
	slices.Sort(press)
	slices.Sort(fsync)
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	at := func(d []time.Duration, q float64) time.Duration { return d[int(q*float64(len(d)-1))] }
	b.ReportMetric(ms(at(press, 0.5)), "board-p50-ms")
	b.ReportMetric(ms(at(press, 0.99)), "board-p99-ms")
	b.ReportMetric(ms(at(fsync, 0.5)), "fsync-p50-ms")
	b.ReportMetric(ms(at(fsync, 0.99)), "fsync-p99-ms")
	b.ReportMetric(ms(at(press, 0.99)-at(fsync, 0.99)), "above-fsync-p99-ms")
}

func measureFsync(b *testing.B, dir string) time.Duration {
	f, err := os.OpenFile(filepath.Join(dir, "ruler"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	began := time.Now()
	if _, err := f.Write(make([]byte, 4096)); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// follow reads a topic until ctx ends and tells the newest call's number.
func follow(ctx context.Context, base, token, topic string, newest chan<- string) {
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(base, "http")+"/live?topic="+topic,
		&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if newest == nil {
			continue
		}
		var f struct {
			View struct {
				Calls []struct{ Number struct{ Text string } }
			}
		}
		if json.Unmarshal(raw, &f) != nil {
			continue
		}
		n := ""
		if len(f.View.Calls) > 0 {
			n = f.View.Calls[0].Number.Text
		}
		newest <- n
	}
}

// BenchmarkStartWith30DaysOf20Offices measures from nothing to every office
// ready, on a file with 30 days of 150 visits in each of 20 offices.
func BenchmarkStartWith30DaysOf20Offices(b *testing.B) {
	dir := b.TempDir()
	rules := fillMonth(b, dir)
	b.ResetTimer()
	for b.Loop() {
		db, err := sqlite.Open(context.Background(), dir, sqlite.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		town, err := office.OpenTown(context.Background(), rules, db.Journal(), &access.Secrets{}, office.Options{Now: monthEnd, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		town.Close()
		db.Close()
		b.StartTimer()
	}
}

var monthBegin = time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)

func monthEnd() time.Time { return monthBegin.AddDate(0, 0, 29).Add(11 * time.Hour) }

// fillMonth writes the journals of a month through the real rules: 150 visits
// a day, each drawn, called, started and finished.
func fillMonth(b *testing.B, dir string) []*queue.Rules {
	b.Helper()
	db, err := sqlite.Open(context.Background(), dir, sqlite.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	cfg, problems := config.Parse("bench", []byte(smallTown))
	if err := problems.Err("en"); err != nil {
		b.Fatal(err)
	}
	var all []*queue.Rules
	for n := range 20 {
		r := *cfg.AllRules()[0]
		r.Office = fmt.Sprintf("office%d", n)
		all = append(all, r.Compile())
		s, now := queue.New(r.Office), monthBegin
		var batch []journal.Record
		do := func(c queue.Command, by string) {
			events, err := queue.Decide(&r, s, c, by, now)
			if err != nil {
				b.Fatal(err)
			}
			if len(events) == 0 {
				return
			}
			body := queue.Body{Kind: c.Kind(), Desk: queue.DeskOf(c), Events: events}
			s.Apply(queue.Meta{Seq: s.Seq + 1, At: now, By: by}, body)
			body.Answer = queue.AnswerTo(&r, s, c, events, now)
			raw, _ := body.Encode()
			_, opening := events[0].(queue.DayOpened)
			batch = append(batch, journal.Record{Office: r.Office, At: now, ID: fmt.Sprint(s.Seq), By: by, Opening: opening, Body: raw})
		}
		for range 30 {
			for s.Due(&r, now).Before(now) || s.Seq == 0 {
				before := s.Seq
				do(queue.Tick{AnswersFrom: max(1, s.Seq-min(s.Seq, 600))}, "clock")
				if s.Seq == before {
					break
				}
			}
			do(queue.OpenOffice{}, "boss")
			do(queue.OpenDesk{Desk: "d1"}, "clerk")
			for range 150 {
				now = now.Add(3 * time.Minute)
				do(queue.IssueTicket{Services: []queue.Item{{Service: "card", Quantity: 1}}}, "kiosk")
				do(queue.CallNext{Desk: "d1"}, "clerk")
				do(queue.Start{Desk: "d1"}, "clerk")
				do(queue.Finish{Desk: "d1"}, "clerk")
			}
			now = now.Add(24*time.Hour - 150*3*time.Minute)
			if _, err := db.Journal().Append(context.Background(), batch, s.Seq-uint64(len(batch))); err != nil {
				b.Fatal(err)
			}
			batch = nil
		}
	}
	return all
}

// BenchmarkStartWithAYearOfAppointments measures the same on a file in which each
// of 20 offices has so many appointments ahead (150 a day: 37,000 are a year of
// opening days) and the records of a day's morning; on the day itself, and on the next
// morning, when each office closes the day and writes a new book first.
func BenchmarkStartWithAYearOfAppointments(b *testing.B) {
	for _, ahead := range []int{20_000, 37_000} {
		dir := b.TempDir()
		rules := fillYear(b, dir, ahead)
		for what, later := range map[string]time.Duration{"same_day": 0, "next_morning": 20 * time.Hour} {
			b.Run(fmt.Sprintf("%d_%s", ahead, what), func(b *testing.B) {
				log := slog.New(slog.DiscardHandler)
				now := func() time.Time { return yearBegin.Add(8*time.Hour + later) }
				var processor time.Duration
				for b.Loop() {
					b.StopTimer()
					fresh := b.TempDir()
					if err := os.CopyFS(fresh, os.DirFS(dir)); err != nil {
						b.Fatal(err)
					}
					runtime.GC() // what was built for the measurement is not the start's
					processor -= used()
					b.StartTimer()
					db, err := sqlite.Open(context.Background(), fresh, sqlite.Options{Log: log})
					if err != nil {
						b.Fatal(err)
					}
					town, err := office.OpenTown(context.Background(), rules, db.Journal(), &access.Secrets{}, office.Options{Now: now, Log: log})
					if err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					processor += used()
					if n := len(town.Offices()[0].State().Appointments); n < ahead-200 {
						b.Fatalf("%d appointments", n)
					}
					town.Close()
					db.Close()
					b.StartTimer()
				}
				b.ReportMetric(float64(processor.Milliseconds())/float64(b.N), "processor-ms/op")
			})
		}
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

var yearBegin = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

// fillYear writes for each of 20 offices a book of so many appointments and the
// records of a morning.
func fillYear(b *testing.B, dir string, ahead int) []*queue.Rules {
	b.Helper()
	db, err := sqlite.Open(context.Background(), dir, sqlite.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	cfg, problems := config.Parse("bench", []byte(smallTown))
	if err := problems.Err("en"); err != nil {
		b.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	var all []*queue.Rules
	for n := range 20 {
		r := *cfg.AllRules()[0]
		hours := *r.Hours
		hours.Zone = berlin // the tests' town lies where it is morning
		r.Office, r.Hours = fmt.Sprintf("office%d", n), &hours
		all = append(all, r.Compile())
		s := queue.New(r.Office)
		var batch []journal.Record
		store := func(now time.Time, c queue.Command, by string, events ...queue.Event) {
			body := queue.Body{Kind: c.Kind(), Desk: queue.DeskOf(c), Events: events}
			s.Apply(queue.Meta{Seq: s.Seq + 1, At: now, By: by}, body)
			body.Answer = queue.AnswerTo(&r, s, c, events, now)
			raw, err := body.Encode()
			if err != nil {
				b.Fatal(err)
			}
			_, opening := events[0].(queue.DayOpened)
			batch = append(batch, journal.Record{Office: r.Office, At: now, ID: fmt.Sprint(s.Seq), By: by, Opening: opening, Body: raw})
		}
		book := queue.Book{NextAppointment: ahead}
		for i := range ahead {
			day := yearBegin.AddDate(0, 0, i/150)
			book.Appointments = append(book.Appointments, &queue.Appointment{ID: fmt.Sprintf("%s-a%04d", r.Office, i), Channel: queue.ChannelOnline,
				At: day.Add(4*time.Hour + time.Duration(i*7%480)*time.Minute), BookedAt: yearBegin.Add(-time.Duration(ahead-i) * 7 * time.Minute).Add(123_456_789),
				Minutes: 10 + i%3*5, Services: []queue.Item{{Service: r.Services[i%len(r.Services)].ID, Quantity: 1}}})
		}
		store(yearBegin.Add(-4*time.Hour), queue.Tick{}, "clock", queue.DayOpened{Day: calendar.DateOf(yearBegin, r.Hours.Zone), Book: book})
		now := yearBegin.Add(2 * time.Hour)
		do := func(c queue.Command, by string) {
			events, err := queue.Decide(&r, s, c, by, now)
			if err != nil {
				b.Fatal(err)
			}
			store(now, c, by, events...)
		}
		do(queue.OpenOffice{}, "boss")
		do(queue.OpenDesk{Desk: "d1"}, "clerk")
		for i := range 75 {
			now = now.Add(3 * time.Minute)
			do(queue.CheckIn{Appointment: book.Appointments[i].ID}, "kiosk")
			do(queue.CallNext{Desk: "d1"}, "clerk")
			do(queue.AddAppointment{At: now.AddDate(0, 1, 0), Services: book.Appointments[i].Services}, "reception")
		}
		if _, err := db.Journal().Append(context.Background(), batch, 0); err != nil {
			b.Fatal(err)
		}
	}
	return all
}
