package office_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
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
	batches atomic.Int64 // that the offices stored
}

func openDurable(b *testing.B, offices, desks int) *durableTown {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := sqlite.Open(context.Background(), b.TempDir(), sqlite.Options{Log: log})
	if err != nil {
		b.Fatal(err)
	}
	t := &durableTown{db: db}
	opt := office.Options{Now: fromNine(), Log: log, Observer: func(*office.Office, *queue.State, []office.Stored) { t.batches.Add(1) }}
	for i := range offices {
		o, err := office.Open(context.Background(), durableRules(fmt.Sprintf("office%02d", i), desks), db.Journal(), opt)
		if err != nil {
			b.Fatal(err)
		}
		t.offices = append(t.offices, o)
	}
	var wg sync.WaitGroup
	for _, o := range t.offices {
		wg.Go(func() {
			t.must(b, o, queue.OpenOffice{}, "boss")
			for d := range desks {
				t.must(b, o, queue.OpenDesk{Desk: fmt.Sprint("d", d)}, "clerk")
			}
			for range 2 * desks {
				t.must(b, o, drawNumber, "kiosk")
			}
		})
	}
	wg.Wait()
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
		b.Errorf("%T: %v", c, err)
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
	batches   int64
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
	began, used, batches := time.Now(), processor(), t.batches.Load()
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
	r := durableRound{commands: commands - int(refused.Load()), refused: refused.Load(), batches: t.batches.Load() - batches, took: time.Since(began), cpu: processor() - used}
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

// bareInsert is what one row in a transaction of its own takes with nothing of
// ours around it, in the way that the program opens its file.
func bareInsert(b *testing.B, dir string, n int) []time.Duration {
	b.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "bare.db")+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body BLOB NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare(`INSERT INTO row (body) VALUES (?)`)
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	body := make([]byte, 700)
	var took []time.Duration
	for i := range n + logFull {
		began := time.Now()
		if _, err := insert.Exec(body); err != nil {
			b.Fatal(err)
		}
		if i >= logFull {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	return took
}

// logFull is how many writes it takes until SQLite's log has its size and is
// written over, as it is all day: while it grows, each fdatasync costs more.
const logFull = 1100

func middle[T any](sorted []T) T { return sorted[len(sorted)/2] }

// BenchmarkDurableCommands measures whole commands, from Do to the answer, on a
// real file with synchronous=FULL: one at a time, with 64 callers in one office
// and with one in each of 64, in rounds that take turns, beside the disk's own
// fdatasync and a bare insert. What it prints are medians of the rounds.
func BenchmarkDurableCommands(b *testing.B) {
	const rounds, alone, waiting = 5, 1000, 20_000
	values := map[string][]float64{}
	units := []string{"fdatasync-p50-µs", "bare-insert-p50-µs", "alone-p50-µs", "alone-p50/fdatasync", "alone-p50/bare-insert",
		"alone/s", "one-office/s", "64-offices/s", "one-office/alone", "64-offices/alone",
		"alone-processor-µs", "one-office-processor-µs", "64-offices-processor-µs", "one-office-batch"}
	for b.Loop() {
		for range rounds {
			dir := b.TempDir()
			t := openDurable(b, 1, 8)
			t.drive(b, t.oneEach(8), logFull/2)
			// The disk changes from second to second, so what is compared takes turns.
			var fsync, bare []time.Duration
			var one durableRound
			for range 5 {
				fsync = append(fsync, datasync(b, dir, alone/5)...)
				r := t.drive(b, t.oneEach(8), alone/5)
				one.commands, one.took, one.cpu, one.waits = one.commands+r.commands, one.took+r.took, one.cpu+r.cpu, append(one.waits, r.waits...)
			}
			bare = bareInsert(b, dir, alone)
			fsync = append(fsync, datasync(b, dir, alone/5)...)
			t.close()
			t = openDurable(b, 1, durableDesks)
			in1 := t.drive(b, t.inOneOffice(durableDesks, durableDesks/3), waiting)
			t.close()
			t = openDurable(b, 64, 8)
			in64 := t.drive(b, t.oneEach(8), waiting)
			t.close()
			if in1.refused+in64.refused > 0 {
				b.Errorf("%d and %d commands were refused", in1.refused, in64.refused)
			}
			slices.Sort(fsync)
			slices.Sort(one.waits)
			us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
			each := func(r durableRound) float64 { return us(r.cpu) / float64(r.commands) }
			disk, insert, p50 := us(middle(fsync)), us(middle(bare)), us(middle(one.waits))
			for i, v := range []float64{disk, insert, p50, p50 / disk, p50 / insert,
				one.perSecond(), in1.perSecond(), in64.perSecond(), in1.perSecond() / one.perSecond(), in64.perSecond() / one.perSecond(),
				each(one), each(in1), each(in64), float64(in1.commands) / float64(in1.batches)} {
				values[units[i]] = append(values[units[i]], v)
			}
			b.Logf("fdatasync %.0f, bare insert %.0f, alone %.0f µs; %.0f, %.0f and %.0f commands/s", disk, insert, p50,
				one.perSecond(), in1.perSecond(), in64.perSecond())
		}
	}
	for unit, v := range values {
		slices.Sort(v)
		b.ReportMetric(middle(v), unit)
	}
}
