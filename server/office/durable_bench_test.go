package office_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/sqlite"
)

// durableDesks is how many desks press in the one office with 64 callers; the
// other callers are kiosks. A visit is one number drawn and three presses, so
// as many numbers are drawn as are finished.
const durableDesks = 48

// durableRules is an office as big as its callers need it.
func durableRules(id string, desks int) *queue.Rules {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	r := &queue.Rules{
		Office: id, Names: map[string]string{"de": id}, Hours: &calendar.Schedule{Zone: zone},
		Categories: []queue.Category{{ID: "all", Letter: "A"}},
		Services:   []queue.Service{{ID: "card", Category: "all", Planned: 10 * time.Minute}},
		Early:      15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 3,
		UndoWithin: 10 * time.Second, MaxPriority: 60, MaxQuantity: 9, MaxServices: 3,
	}
	for i := range desks {
		r.Desks = append(r.Desks, queue.DeskRule{ID: fmt.Sprint("d", i), Names: map[string]string{"de": fmt.Sprintf("Platz %d", i+1)}})
	}
	return r.Compile()
}

// fromNine is a clock that starts at nine in the fromNine, so that no day ends in
// a measurement.
func fromNine() func() time.Time {
	began, nine := time.Now(), time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	return func() time.Time { return nine.Add(time.Since(began)) }
}

// durableTown is offices on one real file.
type durableTown struct {
	db      *sqlite.DB
	offices []*office.Office
	keys    atomic.Int64
}

func openDurable(b *testing.B, offices, desks int) *durableTown {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := sqlite.Open(context.Background(), b.TempDir(), sqlite.Options{Log: log})
	if err != nil {
		b.Fatal(err)
	}
	t := &durableTown{db: db}
	now := fromNine()
	for i := range offices {
		o, err := office.Open(context.Background(), durableRules(fmt.Sprintf("office%02d", i), desks), db.Journal(), office.Options{Now: now, Log: log})
		if err != nil {
			b.Fatal(err)
		}
		t.offices = append(t.offices, o)
	}
	for _, o := range t.offices {
		t.must(b, o, queue.OpenOffice{}, "boss")
		for d := range desks {
			t.must(b, o, queue.OpenDesk{Desk: fmt.Sprint("d", d)}, "clerk")
		}
		for range 2 * desks {
			t.must(b, o, drawNumber, "kiosk")
		}
	}
	return t
}

func (t *durableTown) close() {
	for _, o := range t.offices {
		o.Close()
	}
	t.db.Close()
}

var drawNumber = queue.IssueTicket{Services: []queue.Item{{Service: "card", Quantity: 1}}}

// do gives one command under a key of its own, as web does.
func (t *durableTown) do(o *office.Office, c queue.Command, by string) error {
	key := fmt.Sprint("key-", t.keys.Add(1))
	_, err := o.Do(context.Background(), office.Request{ID: office.RequestID(by, key), By: by, Hash: sha256.Sum256([]byte(key)), Command: c})
	return err
}

func (t *durableTown) must(b *testing.B, o *office.Office, c queue.Command, by string) {
	b.Helper()
	if err := t.do(o, c, by); err != nil {
		b.Fatalf("%T: %v", c, err)
	}
}

// caller is somebody who always waits for one answer.
type caller struct {
	office *office.Office
	next   func(i int) (queue.Command, string)
}

// pressAt is the i-th command of a clerk: next, start, finish.
func pressAt(desk string, i int) queue.Command {
	switch i % 3 {
	case 0:
		return queue.CallNext{Desk: desk}
	case 1:
		return queue.Start{Desk: desk}
	}
	return queue.Finish{Desk: desk}
}

// inOneOffice are clerks at desks of their own and kiosks, three to one.
func (t *durableTown) inOneOffice(desks, kiosks int) []caller {
	var all []caller
	for d := range desks {
		desk := fmt.Sprint("d", d)
		all = append(all, caller{t.offices[0], func(i int) (queue.Command, string) { return pressAt(desk, i), "clerk" }})
	}
	for range kiosks {
		all = append(all, caller{t.offices[0], func(int) (queue.Command, string) { return drawNumber, "kiosk" }})
	}
	return all
}

// oneEach is one caller for each office, who draws a number and serves it, at
// one desk after the other.
func (t *durableTown) oneEach(desks int) []caller {
	var all []caller
	for _, o := range t.offices {
		all = append(all, caller{o, func(i int) (queue.Command, string) {
			if i%4 == 0 {
				return drawNumber, "kiosk"
			}
			return pressAt(fmt.Sprint("d", i/4%desks), i%4-1), "clerk"
		}})
	}
	return all
}

// durableRound is what a round of commands took.
type durableRound struct {
	commands  int
	refused   int64
	took, cpu time.Duration
	waits     []time.Duration // of every command, sorted
}

func (r durableRound) perSecond() float64 { return float64(r.commands) / r.took.Seconds() }

// drive lets all callers press until so many commands are stored.
func (t *durableTown) drive(b *testing.B, callers []caller, commands int) durableRound {
	b.Helper()
	var left, refused atomic.Int64
	left.Store(int64(commands))
	waits := make([][]time.Duration, len(callers))
	var wg sync.WaitGroup
	began, used := time.Now(), processor()
	for c, who := range callers {
		wg.Go(func() {
			for i := 0; left.Add(-1) >= 0; i++ {
				cmd, by := who.next(i)
				at := time.Now()
				err := t.do(who.office, cmd, by)
				waits[c] = append(waits[c], time.Since(at))
				var no *queue.Refusal
				if errors.As(err, &no) {
					refused.Add(1)
				} else if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	r := durableRound{commands: commands - int(refused.Load()), refused: refused.Load(), took: time.Since(began), cpu: processor() - used}
	for _, w := range waits {
		r.waits = append(r.waits, w...)
	}
	slices.Sort(r.waits)
	return r
}

// processor is the time of processors that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// datasync is the disk's own time for 4 KiB written over and made to last, as
// SQLite does it in its log.
func datasync(b *testing.B, dir string, n int) []time.Duration {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "ruler"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	var took []time.Duration
	for i := range n + 64 {
		began := time.Now()
		if _, err := f.WriteAt(page, int64(i%64)*4096); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		if i >= 64 { // the file has its size
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	return took
}

func middle[T any](sorted []T) T { return sorted[len(sorted)/2] }

// BenchmarkDurableCommands measures whole commands, from Do to the answer, on a
// real file with synchronous=FULL: one at a time, with 64 callers in one office
// and with one in each of 64, in rounds that take turns, beside the disk's own
// fdatasync. What it prints are medians of the rounds.
func BenchmarkDurableCommands(b *testing.B) {
	const rounds = 5
	dir := b.TempDir()
	var sync, one, in1, in64, ratio1, ratio64, added, cpu1, cpu64, cpuOne []float64
	for b.Loop() {
		for range rounds {
			fsync := middle(datasync(b, dir, 200))
			t := openDurable(b, 1, 8)
			single := t.drive(b, t.oneEach(8), 1000)
			t.close()
			fsync = (fsync + middle(datasync(b, dir, 200))) / 2
			t = openDurable(b, 1, durableDesks)
			a := t.drive(b, t.inOneOffice(durableDesks, durableDesks/3), 20_000)
			t.close()
			t = openDurable(b, 64, 8)
			c := t.drive(b, t.oneEach(8), 20_000)
			t.close()
			b.Logf("fdatasync %v; one at a time %.0f/s p50 %v; one office %.0f/s p50 %v, %d refused; 64 offices %.0f/s p50 %v, %d refused", fsync,
				single.perSecond(), middle(single.waits), a.perSecond(), middle(a.waits), a.refused, c.perSecond(), middle(c.waits), c.refused)
			sync = append(sync, float64(fsync.Microseconds()))
			one, in1, in64 = append(one, single.perSecond()), append(in1, a.perSecond()), append(in64, c.perSecond())
			ratio1, ratio64 = append(ratio1, a.perSecond()/single.perSecond()), append(ratio64, c.perSecond()/single.perSecond())
			added = append(added, float64(middle(single.waits))/float64(fsync))
			each := func(r durableRound) float64 { return float64(r.cpu.Nanoseconds()) / 1e3 / float64(r.commands) }
			cpuOne, cpu1, cpu64 = append(cpuOne, each(single)), append(cpu1, each(a)), append(cpu64, each(c))
		}
	}
	for _, m := range []struct {
		unit   string
		values []float64
	}{
		{"fdatasync-p50-µs", sync}, {"alone/s", one}, {"one-office/s", in1}, {"64-offices/s", in64},
		{"one-office/alone", ratio1}, {"64-offices/alone", ratio64}, {"alone-p50/fdatasync", added},
		{"alone-processor-µs", cpuOne}, {"one-office-processor-µs", cpu1}, {"64-offices-processor-µs", cpu64},
	} {
		slices.Sort(m.values)
		b.ReportMetric(middle(m.values), m.unit)
	}
}
