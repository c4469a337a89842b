package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/live"
	"aufruf/server/notify"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
	"aufruf/server/sqlite"
	"aufruf/server/stats"
	"aufruf/server/words"
	"aufruf/static"
)

// house is a town of two offices behind a real listener, on a real database.
type house struct {
	t        testing.TB
	server   *Server
	deps     Deps
	contacts *people.Contacts
	db       *sqlite.DB
	disk     *disk
	dir      string
	url      string
	log      *lines
	close    func()
	keys     atomic.Int64
	mu       sync.Mutex
	tokens   map[string]string
	now      *clock
	rules    func(*queue.Rules) // changes the rules of hall; nil: none
}

// disk is the journal on a disk that can break.
type disk struct {
	journal.Journal
	fault atomic.Pointer[error]
}

func (d *disk) breaks(err error) { d.fault.Store(&err) }

// Append fails as the real journal does once its disk has.
func (d *disk) Append(ctx context.Context, rs []journal.Record, after uint64) (uint64, error) {
	if p := d.fault.Load(); p != nil && *p != nil {
		return 0, *p
	}
	return d.Journal.Append(ctx, rs, after)
}

// clock is the town's time, which tests move. It begins on the same Tuesday
// morning whenever the tests run, so that no day ends in the middle of one.
type clock struct{ offset atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.pass(time.Until(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)))
	return c
}

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) pass(d time.Duration) { c.offset.Add(int64(d)) }

// lines is a log that tests read.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func testRules(id, letter, other string) *queue.Rules {
	name := map[string]string{"de": id, "en": id}
	r := &queue.Rules{Office: id, Names: name, Hours: &calendar.Schedule{Zone: time.UTC},
		Categories: []queue.Category{{ID: "papers", Letter: letter, Names: name}, {ID: "cars", Letter: letter + "X", Names: name, Contingent: 2}},
		Services: []queue.Service{{ID: "passport", Category: "papers", Names: name, Planned: 10 * time.Minute},
			{ID: "residence", Category: "papers", Names: name, Planned: 5 * time.Minute}, {ID: "plate", Category: "cars", Names: name, Planned: 10 * time.Minute}},
		Desks: []queue.DeskRule{{ID: "1", Names: name}, {ID: "2", Names: name}},
		Early: 15 * time.Minute, Grace: 10 * time.Minute, Ceiling: 45 * time.Minute, NoShowAfter: 2, UndoWithin: 10 * time.Second,
		MaxPriority: 60, MaxQuantity: 5, MaxServices: 3, Overrun: time.Hour, Target: 30 * time.Minute, ParkReasons: []string{"break"}, Receives: "passport",
		Others: map[string][]string{other: {"passport", "residence", "plate"}}}
	return r.Compile()
}

// newHouse boots hall and works; change may change what the server stands on.
func newHouse(t testing.TB, change ...func(*Deps)) *house {
	t.Helper()
	return newHouseOf(t, nil, change...)
}

// newHouseOf is newHouse with other rules in hall.
func newHouseOf(t testing.TB, rules func(*queue.Rules), change ...func(*Deps)) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), tokens: map[string]string{}, log: &lines{}, now: newClock(), rules: rules}
	h.start(change...)
	t.Cleanup(func() {
		h.close()
		if t.Failed() {
			t.Log(h.log.String())
		}
	})
	return h
}

var testAssets = sync.OnceValues(static.Load)

func (h *house) start(change ...func(*Deps)) {
	h.t.Helper()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	db, err := sqlite.Open(ctx, h.dir, sqlite.Options{})
	must(err)
	h.db, h.disk = db, &disk{Journal: db.Journal()}
	secrets, err := access.LoadSecrets(h.dir)
	must(err)
	rules := []*queue.Rules{testRules("hall", "A", "works"), testRules("works", "B", "hall")}
	if h.rules != nil {
		h.rules(rules[0])
		rules[0].Compile()
	}
	town, err := office.OpenTown(ctx, rules, h.disk, secrets, office.Options{Now: h.now.now, Log: log})
	must(err)
	seal, err := people.NewSeal(secrets.PeopleKey())
	must(err)
	catalogue, err := words.Load(display.Words())
	must(err)
	assets, err := testAssets()
	must(err)
	screens := []display.Screen{{ID: "lobby", Office: "hall", Names: display.Names{"de": "Halle"}, Languages: []string{"de"}},
		{ID: "yard", Office: "works", Names: display.Names{"de": "Hof"}, Languages: []string{"de"}}}
	hub := live.NewHub()
	var sources []live.Source
	for _, o := range town.Offices() {
		sources = append(sources, o)
	}
	cast := live.NewCast(hub, sources, live.Options{Screens: screens, Build: "test", Now: h.now.now, Log: log})
	town.Observe(func(o *office.Office, _ *queue.State, _ []office.Stored) { cast.Poke(o.ID()) })
	contacts := people.NewContacts(db, seal, secrets.FindKey())
	contacts.Now = func(string) time.Time { return h.now.now().UTC() }
	var told []notify.Office
	for _, o := range town.Offices() {
		told = append(told, o)
	}
	messages, err := notify.New(notify.Options{Settings: notify.Defaults(), Store: db, Journal: h.disk, Contacts: contacts, Offices: told,
		Links: town, Words: catalogue, Town: map[string]string{"de": "Stadt"}, Base: func() string { return h.url }, ContactDays: 2,
		Hook: "0123456789abcdefghjkmnpqrs", Now: h.now.now, Log: log})
	must(err)
	h.contacts = contacts
	h.deps = Deps{Town: town, Notify: messages, Access: access.New(db, access.Options{Log: log}), Notes: people.NewNotes(db, seal), Contacts: contacts, Words: catalogue,
		Assets: assets, Stats: stats.New(h.disk, rules, db, log),
		Hub: hub, Cast: cast, Screens: screens, Build: "test", Version: "1", Now: h.now.now, Clock: time.Now, Log: log,
		TownNames: display.Names{"de": "Stadt"}}
	for _, f := range change {
		f(&h.deps)
	}
	taken := h.deps.Wire
	h.server, err = New(h.deps)
	must(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	h.url = "http://" + l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(l) }()
	h.close = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := h.server.Shutdown(ctx); err != nil {
			h.t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			h.t.Errorf("serve: %v", err)
		}
		if taken != nil {
			taken.Close()
		}
		cast.Close()
		town.Close()
		if err := db.Close(); err != nil {
			h.t.Errorf("close database: %v", err)
		}
	})
}

// restart ends the server and starts it on the same data.
func (h *house) restart() {
	h.t.Helper()
	h.close()
	h.start()
}

// open opens both offices.
func (h *house) open() *house {
	h.t.Helper()
	for _, o := range []string{"hall", "works"} {
		h.want(200, h.post("supervisor", "/api/v1/offices/"+o+"/open", `{}`))
	}
	return h
}

// token is the bearer token of a role, "clerk hall 1" naming office and desk.
func (h *house) token(role string) string {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if tok, ok := h.tokens[role]; ok {
		return tok
	}
	g := access.Grant{}
	for i, part := range strings.Fields(role) {
		switch i {
		case 0:
			g.Role = access.Role(part)
		case 1:
			g.Office = part
		case 2:
			g.Desk = part
		}
	}
	secret, _, err := h.deps.Access.AddToken(context.Background(), "test", role, g, h.now.now())
	if err != nil {
		h.t.Fatal(err)
	}
	h.tokens[role] = secret
	return secret
}

// answer is what came back.
type answer struct {
	status int
	body   []byte
	head   http.Header
}

func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return m
}

func (a answer) code() string {
	var p Problem
	json.Unmarshal(a.body, &p)
	return p.Code
}

// header is one more header of a request.
type header struct{ name, value string }

func (h *house) send(method, role, path, key, body string, more ...header) answer {
	h.t.Helper()
	req, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if role != "" {
		req.Header.Set("Authorization", "Bearer "+h.token(role))
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	for _, m := range more {
		if m.value == "" {
			req.Header.Del(m.name)
		} else {
			req.Header.Set(m.name, m.value)
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{resp.StatusCode, raw, resp.Header}
}

var client = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// post gives a command under a fresh key.
func (h *house) post(role, path, body string, more ...header) answer {
	h.t.Helper()
	return h.send("POST", role, path, fmt.Sprintf("key-%d", h.keys.Add(1)), body, more...)
}

func (h *house) get(role, path string, more ...header) answer {
	h.t.Helper()
	return h.send("GET", role, path, "", "", more...)
}

func (h *house) want(status int, a answer) answer {
	h.t.Helper()
	if a.status != status {
		h.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// draw gives a walk-in a number for passport.
func (h *house) draw(office string) map[string]any {
	h.t.Helper()
	return h.want(201, h.post("kiosk "+office, "/api/v1/offices/"+office+"/tickets", `{"services":[{"id":"passport","quantity":1}]}`)).json(h.t)
}

func (h *house) desk(role, office, desk, verb, body string) answer {
	h.t.Helper()
	return h.post(role, "/api/v1/offices/"+office+"/desks/"+desk+"/"+verb, body)
}

// give gives a command to an office that no route gives.
func (h *house) give(o *office.Office, c queue.Command) {
	h.t.Helper()
	if _, err := o.Do(h.t.Context(), office.Request{ID: office.RequestID("test", fmt.Sprint(h.keys.Add(1))), By: "test", Command: c}); err != nil {
		h.t.Fatal(err)
	}
}
