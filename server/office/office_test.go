package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var berlin = func() *time.Location { l, _ := time.LoadLocation("Europe/Berlin"); return l }()

func rules(id, letter string, others ...string) *queue.Rules {
	r := &queue.Rules{
		Office: id, Names: map[string]string{"de": id}, Hours: &calendar.Schedule{Zone: berlin},
		Categories: []queue.Category{{ID: "all", Letter: letter}},
		Services:   []queue.Service{{ID: id + "-service", Category: "all", Planned: 10 * time.Minute}},
		Early:      15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 3,
		UndoWithin: 10 * time.Second, MaxPriority: 60, MaxQuantity: 9, MaxServices: 3,
		ParkReasons: []string{"break"}, Receives: id + "-service", Others: map[string][]string{},
	}
	for i := range 8 {
		r.Desks = append(r.Desks, queue.DeskRule{ID: fmt.Sprint(i + 1), Names: map[string]string{"de": fmt.Sprintf("Platz %d", i+1)}})
	}
	for _, o := range others {
		r.Others[o] = []string{o + "-service"}
	}
	return r.Compile()
}

// hand is a clock that is moved by hand.
type hand struct{ at atomic.Int64 }

func newHand() *hand {
	h := &hand{}
	h.set(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	return h
}
func (h *hand) set(t time.Time)     { h.at.Store(t.UnixNano()) }
func (h *hand) add(d time.Duration) { h.at.Add(int64(d)) }
func (h *hand) now() time.Time      { return time.Unix(0, h.at.Load()).UTC() }
func options(now func() time.Time) Options {
	return Options{Now: now, Log: slog.New(slog.DiscardHandler)}
}

func open(t *testing.T, r *queue.Rules, j journal.Journal, opt Options) *Office {
	t.Helper()
	o, err := Open(context.Background(), r, j, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return o
}

var keys atomic.Int64

func press(t testing.TB, o *Office, c queue.Command, by string) Receipt {
	t.Helper()
	rec, err := o.Do(context.Background(), request(fmt.Sprint("key ", keys.Add(1)), c, by))
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return rec
}

func request(key string, c queue.Command, by string) Request {
	return Request{ID: RequestID(by, key), By: by, Hash: sha256.Sum256(fmt.Appendf(nil, "%T%v", c, c)), Command: c}
}

func draw(t testing.TB, o *Office, n int) {
	for range n {
		press(t, o, queue.IssueTicket{Services: []queue.Item{{Service: o.ID() + "-service", Quantity: 1}}}, "kiosk")
	}
}

func TestTwoClerksPressingAtOnceGetTwoPeople(t *testing.T) {
	o := open(t, rules("hall", "A"), new(journal.Memory), options(newHand().now))
	press(t, o, queue.OpenOffice{}, "boss")
	draw(t, o, 200)
	called := callAll(t, []*Office{o}, 8)
	if len(called) != 200 {
		t.Fatalf("%d of 200 were called", len(called))
	}
}

// Two programs that share one journal and know nothing of each other.
func TestTwoNodesOnOneJournalCallEverybodyOnce(t *testing.T) {
	j, h := new(journal.Memory), newHand()
	opt := options(h.now)
	opt.Shared = true
	a := open(t, rules("hall", "A"), j, opt)
	b := open(t, rules("hall", "A"), j, opt)
	press(t, a, queue.OpenOffice{}, "boss")
	draw(t, b, 150)
	called := callAll(t, []*Office{a, b}, 8)
	if len(called) != 150 {
		t.Fatalf("%d of 150 were called", len(called))
	}
	press(t, a, queue.SetNotice{Text: "x"}, "boss")
	press(t, b, queue.SetNotice{Text: "y"}, "boss")
	press(t, a, queue.SetNotice{Text: "z"}, "boss")
	for a.State().Seq != b.State().Seq { // the poke makes the other follow
		time.Sleep(time.Millisecond)
	}
	if got, want := string(b.State().Encode()), string(a.State().Encode()); got != want {
		t.Fatalf("the nodes differ\n%s\n%s", got, want)
	}
}

// callAll lets desks press next until nobody waits, desks spread over the
// offices, and fails when somebody is called twice.
func callAll(t *testing.T, offices []*Office, desks int) map[string]string {
	t.Helper()
	var mu sync.Mutex
	called := map[string]string{}
	var wg sync.WaitGroup
	for d := range desks {
		o, desk := offices[d%len(offices)], fmt.Sprint(d+1)
		wg.Go(func() {
			press(t, o, queue.OpenDesk{Desk: desk}, desk)
			for {
				rec := press(t, o, queue.CallNext{Desk: desk}, desk)
				if rec.Answer.Desk.Ticket == nil {
					return
				}
				mu.Lock()
				if other, twice := called[rec.Answer.Desk.Ticket.ID]; twice {
					t.Errorf("%s was called to %s and %s", rec.Answer.Desk.Ticket.Number, other, desk)
				}
				called[rec.Answer.Desk.Ticket.ID] = desk
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return called
}

func TestSameKeySameAnswerAfterRestartAndOverMidnight(t *testing.T) {
	j, h := new(journal.Memory), newHand()
	h.set(time.Date(2026, 11, 24, 22, 0, 0, 0, time.UTC)) // 23:00 in Berlin
	r := rules("hall", "A")
	o := open(t, r, j, options(h.now))
	press(t, o, queue.OpenOffice{}, "boss")
	press(t, o, queue.OpenDesk{Desk: "1"}, "clerk")
	empty := request("empty", queue.CallNext{Desk: "1"}, "clerk")
	first, err := o.Do(context.Background(), empty)
	if err != nil {
		t.Fatal(err)
	}
	draw(t, o, 1)
	ask := func(o *Office, when string) {
		t.Helper()
		again, err := o.Do(context.Background(), empty)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if !again.Repeated || again.Seq != first.Seq || again.Answer.Desk.Ticket != nil {
			t.Fatalf("%s: another answer: %+v", when, again)
		}
	}
	ask(o, "at once")
	other := request("empty", queue.Recall{Desk: "1"}, "clerk")
	if _, err := o.Do(context.Background(), other); !errors.Is(err, ErrKeyReused) {
		t.Fatalf("the same key with another command gave %v", err)
	}
	o.Close()
	o = open(t, r, j, options(h.now))
	ask(o, "after a restart")
	h.add(3 * time.Hour) // 02:00, the day has changed
	draw2 := func() { press(t, o, queue.SetNotice{Text: "new day"}, "boss") }
	draw2()
	ask(o, "after midnight")
	o.Close()
	o = open(t, r, j, options(h.now))
	ask(o, "after midnight and a restart")
	h.add(22 * time.Hour) // 25 h later the key is free again
	if rec, err := o.Do(context.Background(), empty); err == nil && rec.Repeated {
		t.Fatal("an answer of yesterday was repeated after 25 hours")
	}
}

func TestDayRollsOnceWhateverTheClockDoes(t *testing.T) {
	j, h := new(journal.Memory), newHand()
	o := open(t, rules("hall", "A"), j, options(h.now))
	press(t, o, queue.OpenOffice{}, "boss")
	draw(t, o, 3)
	h.add(15 * time.Hour)
	draw(t, o, 1) // 00:00 in Berlin is past
	h.add(-20 * time.Hour)
	draw(t, o, 1)
	h.add(6 * time.Hour)
	draw(t, o, 1)
	openings := 0
	var last time.Time
	for rec, err := range j.Read(context.Background(), "hall", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Opening {
			openings++
		}
		if rec.At.Before(last) {
			t.Fatal("time ran backwards in the journal")
		}
		last = rec.At
	}
	if openings != 2 {
		t.Fatalf("%d openings for two days", openings)
	}
	if s := o.State(); len(s.Tickets) != 3 || s.Tickets[2].Number.N != 3 {
		t.Fatalf("the second day has %d tickets", len(s.Tickets))
	}
}

// faulty fails appends on order.
type faulty struct {
	journal.Journal
	mu    sync.Mutex
	err   error
	after bool // store first, then fail: an answer lost on the way
}

func (f *faulty) order(err error, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err, f.after = err, after
}

func (f *faulty) Append(ctx context.Context, rs []journal.Record, after uint64) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		if f.after {
			if _, err := f.Journal.Append(ctx, rs, after); err != nil {
				return 0, err
			}
		}
		return 0, f.err
	}
	return f.Journal.Append(ctx, rs, after)
}

func TestDiskFaultMakesTheOfficeReadOnlyAndNothingIsHalfDone(t *testing.T) {
	f := &faulty{Journal: new(journal.Memory)}
	o := open(t, rules("hall", "A"), f, options(newHand().now))
	press(t, o, queue.OpenOffice{}, "boss")
	draw(t, o, 2)
	before := string(o.State().Encode())

	f.order(journal.ErrDiskFull, false)
	issue := queue.IssueTicket{Services: []queue.Item{{Service: "hall-service", Quantity: 1}}}
	if _, err := o.Do(context.Background(), request("full", issue, "kiosk")); !errors.Is(err, ErrDiskFull) {
		t.Fatalf("a full disk gave %v", err)
	}
	if string(o.State().Encode()) != before {
		t.Fatal("a command that was not stored is seen")
	}
	f.order(nil, false)
	draw(t, o, 1) // room again

	f.order(fmt.Errorf("%w: fsync", journal.ErrReadOnly), false)
	if _, err := o.Do(context.Background(), request("bad", issue, "kiosk")); !errors.Is(err, ErrReadOnly) {
		t.Fatalf("a failed fsync gave %v", err)
	}
	f.order(nil, false)
	if _, err := o.Do(context.Background(), request("again", issue, "kiosk")); !errors.Is(err, ErrReadOnly) {
		t.Fatalf("after a failed fsync the office trusted the disk again: %v", err)
	}
	if o.Fault() == nil {
		t.Fatal("the office does not say that it is read-only")
	}
}

func TestLostAnswerIsFoundInTheJournal(t *testing.T) {
	f := &faulty{Journal: new(journal.Memory)}
	o := open(t, rules("hall", "A"), f, options(newHand().now))
	press(t, o, queue.OpenOffice{}, "boss")
	f.order(errors.New("timed out"), true)
	issue := queue.IssueTicket{Services: []queue.Item{{Service: "hall-service", Quantity: 1}}}
	rec, err := o.Do(context.Background(), request("lost", issue, "kiosk"))
	if err != nil || rec.Answer.Number.N != 1 {
		t.Fatalf("%+v, %v", rec, err)
	}
	f.order(nil, false)
	again, err := o.Do(context.Background(), request("lost", issue, "kiosk"))
	if err != nil || !again.Repeated || again.Answer.Number.N != 1 {
		t.Fatalf("the repetition drew another number: %+v, %v", again, err)
	}
}
