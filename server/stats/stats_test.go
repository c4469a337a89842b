package stats

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

var berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return l
}()

func testRules() *queue.Rules {
	r := &queue.Rules{
		Office: "hall", Hours: &calendar.Schedule{Zone: berlin},
		Categories: []queue.Category{{ID: "cards", Letter: "A"}, {ID: "home", Letter: "B"}},
		Services: []queue.Service{{ID: "card", Category: "cards", Planned: 10 * time.Minute, Papers: []queue.Paper{{ID: "photo"}, {ID: "old_card"}, {ID: "photo", Hint: true}}},
			{ID: "move", Category: "home", Planned: 15 * time.Minute, Papers: []queue.Paper{{ID: "contract"}, {ID: "photo"}}}},
		Desks: []queue.DeskRule{{ID: "1"}, {ID: "2"}, {ID: "3", Skills: []string{"card"}}},
		Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 3,
		UndoWithin: 10 * time.Second, MaxPriority: 60, MaxQuantity: 9, MaxServices: 5,
		ParkReasons: []string{"break"}, Receives: "card", Others: map[string][]string{"works": {"permit"}},
	}
	return r.Compile()
}

// hall is an office without a goroutine: it decides, stores and applies.
type hall struct {
	t       *testing.T
	rules   *queue.Rules
	state   *queue.State
	now     time.Time
	journal *journal.Memory
	n       int
}

func newHall(t *testing.T) *hall {
	h := &hall{t: t, rules: testRules(), state: queue.New("hall"), journal: &journal.Memory{},
		now: calendar.Date{Year: 2026, Month: time.November, Day: 24}.Start(berlin)}
	h.tick()
	h.must(queue.OpenOffice{})
	return h
}

func (h *hall) tick() {
	for range 2 {
		if !h.now.Before(h.state.Due(h.rules, h.now)) {
			h.must(queue.Tick{})
		}
	}
}

// do gives a command; false when it was refused.
func (h *hall) do(c queue.Command) bool {
	h.t.Helper()
	events, err := queue.Decide(h.rules, h.state, c, "somebody", h.now)
	if err != nil || len(events) == 0 {
		return false
	}
	body := queue.Body{Kind: c.Kind(), Desk: queue.DeskOf(c), Events: events}
	raw, err := body.Encode()
	if err != nil {
		h.t.Fatal(err)
	}
	h.n++
	_, opening := events[0].(queue.DayOpened)
	seq, err := h.journal.Append(h.t.Context(), []journal.Record{{Office: "hall", At: h.now, ID: fmt.Sprint(h.n), By: "somebody",
		Opening: opening, Hash: sha256.Sum256(raw), Body: raw}}, h.state.Seq)
	if err != nil {
		h.t.Fatal(err)
	}
	h.state.Apply(queue.Meta{Seq: seq, At: h.now, By: "somebody"}, body)
	return true
}

func (h *hall) must(c queue.Command) {
	h.t.Helper()
	if !h.do(c) {
		h.t.Fatalf("%T is refused", c)
	}
}

func (h *hall) at(clock string) *hall {
	h.t.Helper()
	c, err := time.Parse("15:04:05", clock)
	if err != nil {
		h.t.Fatal(err)
	}
	h.now = h.state.Day.Start(berlin).Add(c.Sub(c.Truncate(24 * time.Hour)))
	return h
}

func (h *hall) draw(service string, p *queue.Promise) string {
	h.t.Helper()
	h.must(queue.IssueTicket{Services: []queue.Item{{Service: service, Quantity: 1}}, Promise: p})
	return h.state.Tickets[len(h.state.Tickets)-1].ID
}

// read is what a follower that starts now has in the end.
func (h *hall) read() Rows {
	h.t.Helper()
	return h.readInto(NewMemory())
}

func (h *hall) readInto(m *Memory) Rows {
	h.t.Helper()
	if err := New(h.journal, []*queue.Rules{h.rules}, m, slog.Default()).CatchUp(h.t.Context(), "hall"); err != nil {
		h.t.Fatal(err)
	}
	rows, err := m.StatsRows(h.t.Context(), "hall", calendar.Date{}, lastDay)
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

var said = &queue.Promise{Low: 15, High: 25, P10: 15.5, P50: 20, P80: 23, P90: 24.5}

func TestAPromiseIsComparedWithTheCallThatStood(t *testing.T) {
	h := newHall(t)
	h.at("08:00:00").must(queue.OpenDesk{Desk: "1"})
	h.at("08:10:00").draw("card", said)
	h.at("08:20:00").must(queue.CallNext{Desk: "1"})
	h.at("08:20:05").must(queue.UndoLast{Desk: "1"})
	h.at("08:25:00").must(queue.CallNext{Desk: "1"})
	h.at("08:26:00").must(queue.Requeue{Desk: "1"})
	h.at("08:33:00").must(queue.CallNext{Desk: "1"})
	h.at("08:33:30").must(queue.Start{Desk: "1"})
	if rows := h.read(); len(rows.Promises) != 0 {
		t.Errorf("a start that may be undone counts: %+v", rows.Promises)
	}
	h.at("08:41:30").must(queue.Finish{Desk: "1"})
	if rows := h.read(); len(rows.Promises) != 1 || len(rows.Visits) != 0 {
		t.Errorf("%+v", rows)
	}
	h.at("08:50:00").draw("move", nil)
	rows := h.read()
	if len(rows.Promises) != 1 || len(rows.Visits) != 1 {
		t.Fatalf("%+v", rows)
	}
	p, v := rows.Promises[0], rows.Visits[0]
	if p.Outcome != Called || p.Came != 23*time.Minute || p.Low != 15 || p.P80 != 23 || p.Hour != 8 || p.Service != "card" ||
		p.Day.String() != "2026-11-24" {
		t.Errorf("%+v", p)
	}
	if v.Outcome != Done || v.Wait != 23*time.Minute || v.Served != 8*time.Minute || v.Category != "cards" || v.Booked {
		t.Errorf("%+v", v)
	}
}

func TestHowAPromiseEnds(t *testing.T) {
	for name, c := range map[string]struct {
		then    func(h *hall, ticket string)
		promise Outcome
		visit   Outcome
	}{
		"left":            {func(h *hall, id string) { h.must(queue.Leave{Ticket: id}) }, Left, Left},
		"unserved":        {func(*hall, string) {}, Unserved, Unserved},
		"parked before":   {func(h *hall, id string) { h.must(queue.Park{Desk: "1", Reason: "break", Ticket: id}) }, Parked, Unserved},
		"no show":         {func(h *hall, _ string) { h.must(queue.CallNext{Desk: "1"}); h.must(queue.MarkNoShow{Desk: "1"}) }, Called, NoShow},
		"called at close": {func(h *hall, _ string) { h.must(queue.CallNext{Desk: "1"}) }, Called, Unserved},
		"sent": {func(h *hall, _ string) {
			h.must(queue.CallNext{Desk: "1"})
			h.must(queue.Transfer{Desk: "1", Office: "works"})
		}, Called, Sent},
		"serving at close": {func(h *hall, _ string) { h.must(queue.CallNext{Desk: "1"}); h.must(queue.Start{Desk: "1"}) }, Called, Done},
		"left when called": {func(h *hall, id string) { h.must(queue.CallNext{Desk: "1"}); h.must(queue.Leave{Ticket: id}) }, Called, Left},
		"passed on then left": {func(h *hall, id string) {
			h.must(queue.CallNext{Desk: "1"})
			h.must(queue.Start{Desk: "1"})
			h.must(queue.Transfer{Desk: "1", Service: "move"})
			h.must(queue.Leave{Ticket: id})
		}, Called, Left},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			h.at("08:00:00").must(queue.OpenDesk{Desk: "1"})
			id := h.draw("card", said)
			c.then(h.at("08:09:00"), id)
			h.now = h.state.Day.AddDays(1).Start(berlin)
			h.tick()
			rows := h.read()
			if len(rows.Promises) != 1 || rows.Promises[0].Outcome != c.promise {
				t.Errorf("promises %+v", rows.Promises)
			}
			if len(rows.Visits) != 1 || rows.Visits[0].Outcome != c.visit {
				t.Errorf("visits %+v", rows.Visits)
			}
			if (rows.Promises[0].Came == None) == (c.promise == Called) {
				t.Errorf("came %v", rows.Promises[0].Came)
			}
		})
	}
}

// randomDay lets chance press at three desks for so many presses.
func (h *hall) randomDay(seed uint64, presses int) {
	r := rand.New(rand.NewPCG(seed, 7))
	h.at("08:00:00")
	for range presses {
		h.now = h.now.Add(time.Duration(1+r.IntN(40)) * time.Second)
		desk := fmt.Sprint(1 + r.IntN(3))
		ticket := ""
		if n := len(h.state.Tickets); n > 0 {
			ticket = h.state.Tickets[r.IntN(n)].ID
		}
		commands := []queue.Command{
			queue.OpenDesk{Desk: desk}, queue.CallNext{Desk: desk}, queue.CallNext{Desk: desk}, queue.Start{Desk: desk},
			queue.Finish{Desk: desk}, queue.MarkNoShow{Desk: desk}, queue.Requeue{Desk: desk}, queue.UndoLast{Desk: desk},
			queue.UndoLast{Desk: desk}, queue.Park{Desk: desk, Reason: "break"}, queue.Unpark{Desk: desk, Ticket: ticket},
			queue.MarkPapers{Ticket: ticket, Papers: [][]string{{"photo"}, {"contract", "photo"}, nil}[r.IntN(3)]},
			queue.Take{Desk: desk, Ticket: ticket}, queue.Transfer{Desk: desk, ToDesk: "2"}, queue.Leave{Ticket: ticket},
			queue.IssueTicket{Services: []queue.Item{{Service: []string{"card", "move"}[r.IntN(2)], Quantity: 1}}, Promise: said},
			queue.IssueTicket{Services: []queue.Item{{Service: "card", Quantity: 1}, {Service: "move", Quantity: 1}}, Promise: said},
		}
		h.do(commands[r.IntN(len(commands))])
	}
	h.now = h.state.Day.AddDays(1).Start(berlin)
	h.tick()
	h.must(queue.OpenOffice{})
}

// mortal is a store whose program is killed at a write: before it, or right
// after it was stored.
type mortal struct {
	*Memory
	lives int
	after bool
}

var errKilled = errors.New("killed")

func (m *mortal) PutStats(ctx context.Context, office string, rows Rows, c Cursor) error {
	if m.lives--; m.lives < 0 {
		if m.after {
			m.Memory.PutStats(ctx, office, rows, c)
		}
		return errKilled
	}
	return m.Memory.PutStats(ctx, office, rows, c)
}

// piece is a journal as far as it was written when somebody looked.
type piece struct {
	*journal.Memory
	until uint64
}

func (p piece) Read(ctx context.Context, office string, after uint64) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		for rec, err := range p.Memory.Read(ctx, office, after) {
			if err == nil && rec.Seq > p.until || !yield(rec, err) {
				return
			}
		}
	}
}

func TestKilledAnywhereEachRowIsThereOnce(t *testing.T) {
	h := newHall(t)
	for seed := range uint64(3) {
		h.randomDay(seed, 500)
	}
	want := h.read()
	if len(want.Visits) < 100 || len(want.Promises) < 100 || len(want.Missing) < 10 {
		t.Fatalf("a thin day: %d visits, %d promises, %d missing papers", len(want.Visits), len(want.Promises), len(want.Missing))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 30 {
		m := &mortal{Memory: NewMemory()}
		var s *Stats
		kills := 0
		for until := uint64(0); until < h.state.Seq; {
			until = min(until+uint64(1+r.IntN(60)), h.state.Seq)
			if s == nil || r.IntN(4) == 0 {
				s = New(nil, []*queue.Rules{h.rules}, m, slog.Default())
			}
			s.journal = piece{h.journal, until}
			m.lives, m.after = r.IntN(3), r.IntN(2) == 0
			if err := s.CatchUp(t.Context(), "hall"); errors.Is(err, errKilled) {
				s, kills = nil, kills+1
			} else if err != nil {
				t.Fatal(err)
			}
		}
		m.lives = 1 << 30
		got := h.readInto(m.Memory)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d, %d kills: %d and %d rows, want %d and %d", round, kills, len(got.Visits), len(got.Promises), len(want.Visits), len(want.Promises))
		}
		if kills == 0 {
			t.Error("nobody was killed")
		}
	}
}

// The rows agree with what the state says at the end of the day.
func TestRowsAreWhatTheDaySays(t *testing.T) {
	h := newHall(t)
	day := h.state.Day
	h.at("08:00:00")
	h.randomDay(99, 400)
	rows := h.read()
	last := map[queue.TicketState]int{}
	s := queue.New("hall")
	for rec, err := range h.journal.Read(t.Context(), "hall", 0) {
		if err != nil {
			t.Fatal(err)
		}
		body, err := queue.DecodeBody(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if opened, ok := body.Events[0].(queue.DayOpened); ok && opened.Day != day {
			break
		}
		s.Apply(queue.Meta{Seq: rec.Seq, At: rec.At, By: rec.By}, body)
	}
	for _, tk := range s.Tickets {
		last[tk.State]++
	}
	got := map[Outcome]int{}
	for _, v := range rows.Visits {
		got[v.Outcome]++
	}
	for state, outcome := range map[queue.TicketState]Outcome{queue.Done: Done, queue.Left: Left, queue.Unserved: Unserved, queue.NoShow: NoShow} {
		if last[state] != got[outcome] {
			t.Errorf("%s: %d tickets, %d rows", state, last[state], got[outcome])
		}
	}
	if len(rows.Visits) != len(s.Tickets) {
		t.Errorf("%d tickets, %d visits", len(s.Tickets), len(rows.Visits))
	}
}

func TestTypicalIsByWeekdayAndHourOfThoseWithoutAppointment(t *testing.T) {
	m := NewMemory()
	tuesday := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	visit := func(seq uint64, day calendar.Date, hour int, wait time.Duration, booked bool) Visit {
		return Visit{Row: Row{Office: "hall", Seq: seq, Day: day, Hour: hour, Outcome: Done}, Wait: wait, Booked: booked}
	}
	err := m.PutStats(t.Context(), "hall", Rows{Visits: []Visit{
		visit(1, tuesday, 9, 10*time.Minute, false), visit(2, tuesday, 9, 20*time.Minute, false), visit(3, tuesday, 9, 30*time.Minute, false),
		visit(4, tuesday, 9, time.Hour, true), visit(5, tuesday, 9, None, false),
		visit(6, tuesday.AddDays(-1), 11, 5*time.Minute, false), visit(7, tuesday.AddDays(-9), 8, time.Minute, false),
		visit(8, tuesday.AddDays(5), 10, time.Minute, false),
	}}, Cursor{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := New(nil, nil, m, nil).Typical(t.Context(), "hall", tuesday.AddDays(-7))
	want := []TypicalHour{
		{Weekday: time.Monday, Hour: 11, Visits: 1, Median: 5 * time.Minute, P80: 5 * time.Minute},
		{Weekday: time.Tuesday, Hour: 9, Visits: 3, Median: 20 * time.Minute, P80: 26 * time.Minute},
		{Weekday: time.Sunday, Hour: 10, Visits: 1, Median: time.Minute, P80: time.Minute},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTheLedgerCountsWhoWasNeverCalledAsLate(t *testing.T) {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	promise := func(seq uint64, hour int, service string, o Outcome, came time.Duration) Promise {
		return Promise{Row: Row{Office: "hall", Seq: seq, Day: day, Hour: hour, Service: service, Outcome: o}, Promise: *said, Came: came}
	}
	l := ledger([]Promise{ // said: 15 to 25, middle 20, p80 23
		promise(1, 8, "card", Called, 15*time.Minute),
		promise(2, 8, "card", Called, 24*time.Minute),
		promise(3, 9, "card", Called, 26*time.Minute),
		promise(4, 9, "move", Called, 11*time.Minute),
		promise(5, 9, "move", Unserved, None),
		promise(6, 9, "move", Left, None),
		promise(7, 9, "move", Parked, None),
	})
	want := Score{N: 5, Called: 4, Inside: 0.4, After: 0.6, Beyond: 0.4, Said: 20, Came: 19}
	if l.All != want || l.Left != 1 || l.Parked != 1 {
		t.Errorf("%+v", l)
	}
	if len(l.Days) != 1 || len(l.Hours) != 2 || l.Hours[0].N != 2 || l.Hours[0].Inside != 1 || l.Services[0].Service != "card" || l.Services[1].N != 2 {
		t.Errorf("%+v", l)
	}
	if empty := ledger(nil); empty.All != (Score{}) || len(empty.Days) != 0 {
		t.Errorf("%+v", empty)
	}
}
