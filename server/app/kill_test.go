package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/config"
	"aufruf/server/sqlite"
	"aufruf/server/stats"
)

const kills = 50

// pressed is one command with its key and, once it came, its answer.
type pressed struct {
	path, key, body string
	answer          []byte
}

// The program is killed again and again while six desks press next and a kiosk
// draws numbers. Whoever got no answer asks again under the same key, as the
// pages do. In the end every answered command is there and gives the same
// answer again, nobody was called to two desks, and no ticket is lost.
func TestNothingAnsweredIsLostWhenTheProgramIsKilled(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	clerk, kiosk, staff := p.token("clerk", "hall"), p.token("kiosk", "hall"), p.token("reception", "hall")
	var mu sync.Mutex
	var history []*pressed
	var enough chan struct{} // closed when this round has its answers
	var missing int
	record := func(c *pressed) {
		mu.Lock()
		defer mu.Unlock()
		history = append(history, c)
		if missing--; missing == 0 {
			close(enough)
		}
	}
	pending := make([]*pressed, 8) // by worker: what has no answer yet
	rng := rand.New(rand.NewPCG(1, 2))
	n := 0
	for round := range kills + 1 {
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		// The kill comes somewhere after so many answers, on a slow machine too.
		enough, missing = make(chan struct{}), 5+rng.IntN(40)
		for w := range pending {
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					c := pending[w]
					if c == nil {
						c = command(w, round, i)
						pending[w] = c
					}
					token := clerk
					if w >= 6 {
						token = kiosk
					}
					a, err := p.post(ctx, token, c.key, c.path, c.body)
					if err != nil {
						return // killed: ask again after the restart
					}
					if a.status >= 500 || a.status == http.StatusTooManyRequests {
						select {
						case <-ctx.Done():
						case <-time.After(20 * time.Millisecond):
						}
						continue
					}
					if a.status < 300 {
						c.answer = a.body
						record(c)
					}
					pending[w] = nil
				}
			})
		}
		if round == kills {
			time.AfterFunc(300*time.Millisecond, cancel)
			wg.Wait()
			cancel()
			break
		}
		select {
		case <-enough:
		case <-time.After(30 * time.Second):
			t.Fatalf("round %d: answers do not come", round)
		}
		<-time.After(time.Duration(rng.IntN(15_000)) * time.Microsecond)
		p.kill()
		cancel()
		wg.Wait()
		p.start("--open-now", "always")
		n++
		mu.Lock()
		again := history[max(0, len(history)-5):]
		mu.Unlock()
		for _, c := range again {
			p.sameAgain(t, clerk, kiosk, c)
		}
	}
	if len(history) < 10*kills {
		t.Fatalf("only %d commands were answered", len(history))
	}
	for _, c := range history {
		if !strings.HasSuffix(c.path, "/tickets") { // drawing is limited per second; checkFates finds every number
			p.sameAgain(t, clerk, kiosk, c)
		}
	}
	checkFates(t, p, staff, history)
	t.Logf("%d kills, %d answered commands", n, len(history))
	p.kill()
	if out, err := p.run("journal", "verify", "--config", p.config, "--data", p.data); err != nil {
		t.Fatalf("journal verify: %v\n%s", err, out)
	}
	checkStatistics(t, p)
}

// checkStatistics compares the rows that were written between the kills with
// those of somebody who reads the whole journal at once.
func checkStatistics(t *testing.T, p *program) {
	t.Helper()
	cfg, err := config.Load(p.config)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), p.data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := func(store stats.Store) stats.Rows {
		t.Helper()
		if err := stats.New(db.Journal(), cfg.AllRules(), store, slog.New(slog.DiscardHandler)).CatchUp(t.Context(), "hall"); err != nil {
			t.Fatal(err)
		}
		r, err := store.StatsRows(t.Context(), "hall", calendar.Date{Year: 2000, Month: 1, Day: 1}, calendar.Date{Year: 9999, Month: 1, Day: 1})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	got, want := rows(db), rows(stats.NewMemory())
	if len(want.Visits) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d visits and %d promises, of the whole journal %d and %d", len(got.Visits), len(got.Promises), len(want.Visits), len(want.Promises))
	}
	t.Logf("%d visits, %d promises", len(got.Visits), len(got.Promises))
}

// command makes the next command of a worker: desks open, then press next and
// now and then start; the last two workers draw numbers.
func command(w, round, i int) *pressed {
	key := fmt.Sprintf("w%d-r%d-i%d", w, round, i)
	if w >= 6 {
		return &pressed{path: "/api/v1/offices/hall/tickets", key: key, body: `{"services":[{"id":"card","quantity":1}],"priority":0}`}
	}
	verb := "next"
	switch {
	case i == 0:
		verb = "open"
	case i%4 == 3:
		verb = "start"
	}
	return &pressed{path: fmt.Sprintf("/api/v1/offices/hall/desks/d%d/%s", w+1, verb), key: key, body: `{}`}
}

func (p *program) sameAgain(t *testing.T, clerk, kiosk string, c *pressed) {
	t.Helper()
	token := clerk
	if strings.HasSuffix(c.path, "/tickets") {
		token = kiosk
	}
	a, err := p.post(context.Background(), token, c.key, c.path, c.body)
	if err != nil || string(a.body) != string(c.answer) {
		t.Fatalf("%s under the same key: %d %s %v\nbefore the kill: %s", c.path, a.status, a.body, err, c.answer)
	}
}

// checkFates compares what was answered with the queue at the end.
func checkFates(t *testing.T, p *program, staff string, history []*pressed) {
	t.Helper()
	var q struct {
		Tickets []struct{ ID, Number, State string }
	}
	p.get(staff, "/api/v1/offices/hall/queue").into(t, &q)
	state := map[string]string{}
	numbers := map[string]bool{}
	for _, tk := range q.Tickets {
		if numbers[tk.Number] {
			t.Errorf("number %s was given twice", tk.Number)
		}
		numbers[tk.Number] = true
		state[tk.ID] = tk.State
	}
	calledAt := map[string]string{}
	seqs := map[uint64]string{}
	for _, c := range history {
		var a struct {
			ID     string
			Seq    uint64
			Desk   string
			Ticket *struct{ ID, State string }
		}
		if err := json.Unmarshal(c.answer, &a); err != nil {
			t.Fatalf("%s: %s", c.path, c.answer)
		}
		if a.Desk == "" {
			if state[a.ID] == "" {
				t.Errorf("ticket %s was given and is lost", a.ID)
			}
			continue
		}
		if other := seqs[a.Seq]; other != "" && other != c.key {
			t.Errorf("commands %s and %s both are record %d", other, c.key, a.Seq)
		}
		seqs[a.Seq] = c.key
		if a.Ticket == nil || !strings.HasSuffix(c.path, "/next") {
			continue
		}
		if other := calledAt[a.Ticket.ID]; other != "" && other != c.key {
			t.Errorf("ticket %s was called by %s and by %s", a.Ticket.ID, other, c.key)
		}
		calledAt[a.Ticket.ID] = c.key
		if s := state[a.Ticket.ID]; s == "" || s == "waiting" {
			t.Errorf("ticket %s was called and is %q", a.Ticket.ID, s)
		}
	}
}
