package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	socket "github.com/coder/websocket"
	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/display/frames"
	"aufruf/server/access"
	"aufruf/server/live"
	"aufruf/server/wire"
)

// tail is a follower in a test, who never waits longer than ten seconds.
type tail struct {
	t     testing.TB
	conn  *socket.Conn
	topic string
	seq   uint64
}

// upgrade asks for a socket; the answer is what came instead of one.
func (h *house) upgrade(topic, role string, more ...header) (*tail, *http.Response) {
	h.t.Helper()
	head := http.Header{}
	if role != "" {
		head.Set("Authorization", "Bearer "+h.token(role))
	}
	for _, m := range more {
		head.Add(m.name, m.value)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, resp, err := socket.Dial(ctx, h.url+"/live?topic="+topic, &socket.DialOptions{HTTPHeader: head})
	if err != nil {
		if resp == nil {
			h.t.Fatalf("follow %s: %v", topic, err)
		}
		return nil, resp
	}
	conn.SetReadLimit(1 << 20)
	h.t.Cleanup(func() { conn.CloseNow() })
	return &tail{t: h.t, conn: conn, topic: topic}, resp
}

// follow is upgrade where it must succeed; from a page of ours unless a role
// brings its token.
func (h *house) follow(topic, role string) *tail {
	h.t.Helper()
	var more []header
	if role == "" {
		more = append(more, header{"Origin", h.url})
	}
	tl, resp := h.upgrade(topic, role, more...)
	if tl == nil {
		h.t.Fatalf("follow %s as %q: status %d", topic, role, resp.StatusCode)
	}
	return tl
}

// envelope is a frame as it comes.
type envelope struct {
	V     int             `json:"v"`
	Seq   uint64          `json:"seq"`
	At    any             `json:"at"` // of a patch a number
	Build string          `json:"build"`
	View  json.RawMessage `json:"view"`
	Patch json.RawMessage `json:"patch"`
	Heart bool            `json:"heart"`
}

// next reads a frame; each is checked against its schema and its order.
func (tl *tail) next() (e envelope) {
	tl.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	kind, raw, err := tl.conn.Read(ctx)
	if err != nil {
		tl.t.Fatalf("%s: %v", tl.topic, err)
	}
	topicKind, _, _ := strings.Cut(tl.topic, ":")
	if err := frames.Validate(topicKind, raw); err != nil || kind != socket.MessageText {
		tl.t.Fatalf("%s: frame %s: %v", tl.topic, raw, err)
	}
	if err := json.Unmarshal(raw, &e); err != nil || e.Seq < tl.seq {
		tl.t.Fatalf("%s: after %d came %s, %v", tl.topic, tl.seq, raw, err)
	}
	tl.seq = e.Seq
	return e
}

// until reads frames up to the first whose view is wanted.
func until[V any](tl *tail, want func(V) bool) (view V) {
	tl.t.Helper()
	for {
		e := tl.next()
		if e.Heart {
			continue
		}
		view = *new(V)
		if err := json.Unmarshal(e.View, &view); err != nil {
			tl.t.Fatal(err)
		}
		if want(view) {
			return view
		}
	}
}

// closed reads until the socket is closed and gives the code.
func (tl *tail) closed() int {
	tl.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := tl.conn.Read(ctx); err != nil {
			var ce socket.CloseError
			if !errors.As(err, &ce) {
				tl.t.Fatalf("%s ended without a close frame: %v", tl.topic, err)
			}
			return int(ce.Code)
		}
	}
}

func secretOf(link any) string { return strings.TrimPrefix(link.(string), "/t/") }

func TestACallReachesBoardPhoneDeskAndSupervisor(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse().open()
		drawn := h.draw("hall")
		phone := h.follow("ticket:"+secretOf(drawn["link"]), "")
		board := h.follow("board:hall:lobby", "board hall")
		desk := h.follow("desk:hall", "clerk hall")
		boss := h.follow("supervisor:hall", "supervisor hall")
		office := h.follow("office:hall", "")
		until(phone, func(v display.Phone) bool { return v.Place == 1 && v.State == "waiting" })
		until(office, func(v display.Office) bool { return v.Waiting.WalkIn == 1 })
		h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
		h.want(200, h.desk("clerk hall", "hall", "1", "next", ``))
		until(board, func(v display.Board) bool { return len(v.Calls) == 1 && v.Calls[0].Number.Text == "A001" })
		until(phone, func(v display.Phone) bool { return v.State == "called" && v.Desk.Desk == "1" })
		until(desk, func(v display.Desks) bool { return v.Desks[0].Ticket != nil })
		until(boss, func(v display.Supervisor) bool { return v.Desks.Desks[0].Ticket != nil })
		until(office, func(v display.Office) bool { return v.Waiting.WalkIn == 0 && v.DesksOpen == 1 })
	})
}

func TestForeignPagesCannotOpenSockets(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Origins = []string{"https://termine.example.de"} })
	for name, c := range map[string]struct {
		origins []string
		role    string
		want    int
	}{
		"ours":                     {[]string{h.url}, "", 101},
		"ours, in capitals":        {[]string{strings.ToUpper(h.url)}, "", 101},
		"a listed one":             {[]string{"https://termine.example.de"}, "", 101},
		"foreign":                  {[]string{"https://evil.example"}, "", 403},
		"foreign with a token":     {[]string{"https://evil.example"}, "supervisor", 403},
		"ours and a foreign one":   {[]string{h.url, "https://evil.example"}, "", 403},
		"ours twice":               {[]string{h.url, h.url}, "", 403},
		"null":                     {[]string{"null"}, "", 403},
		"empty":                    {[]string{""}, "", 403},
		"begins like ours":         {[]string{h.url + ".evil.example"}, "", 403},
		"none":                     {nil, "", 403},
		"none, but a token":        {nil, "supervisor", 101},
		"another port of ours":     {[]string{"http://127.0.0.1:1"}, "", 403},
		"https of an http address": {[]string{"https" + strings.TrimPrefix(h.url, "http")}, "", 403},
	} {
		var more []header
		for _, o := range c.origins {
			more = append(more, header{"Origin", o})
		}
		if _, resp := h.upgrade("office:hall", c.role, more...); resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.want)
		}
	}
}

func TestWhoMayFollowWhat(t *testing.T) {
	h := newHouse(t)
	topics := []string{"board:hall:lobby", "desk:hall", "supervisor:hall", "office:hall"}
	for role, want := range map[string][]int{
		"":                 {401, 401, 401, 101},
		"board hall":       {101, 403, 403, 101},
		"kiosk hall":       {403, 403, 403, 101},
		"clerk hall":       {101, 101, 403, 101},
		"clerk hall 1":     {101, 101, 403, 101},
		"reception hall":   {101, 101, 403, 101},
		"supervisor hall":  {101, 101, 101, 101},
		"admin hall":       {101, 403, 101, 101},
		"board works":      {404, 404, 404, 101},
		"clerk works":      {404, 404, 404, 101},
		"supervisor works": {404, 404, 404, 101},
		"supervisor":       {101, 101, 101, 101},
	} {
		for i, topic := range topics {
			var more []header
			if role == "" {
				more = append(more, header{"Origin", h.url})
			}
			if _, resp := h.upgrade(topic, role, more...); resp.StatusCode != want[i] {
				t.Errorf("%q follows %s: status %d, want %d", role, topic, resp.StatusCode, want[i])
			}
		}
	}
}

func TestAWrongSecretIsAnUnknownTicket(t *testing.T) {
	h := newHouse(t).open()
	secret := secretOf(h.draw("hall")["link"])
	wrong := []byte(secret)
	wrong[25]++
	var first string
	for _, topic := range []string{"ticket:" + string(wrong), "ticket:x", "ticket:hall-20261124-0000", "ticket:", "nothing", "", "board:hall:cellar",
		"desk:cellar", "board:works:lobby", "office:hall:x"} {
		tl, resp := h.upgrade(topic, "supervisor")
		if tl != nil || resp.StatusCode != 404 {
			t.Fatalf("%q: status %d", topic, resp.StatusCode)
		}
		body, _ := io.ReadAll(resp.Body)
		if first == "" {
			first = string(body)
		}
		if string(body) != first {
			t.Errorf("%q is told apart: %s", topic, body)
		}
	}
}

// rawSocket is a follower that sends what bytes it likes.
func (h *house) rawSocket(topic string) net.Conn {
	h.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	conn.Write(h.handshake(topic))
	return conn
}

// handshake is how a page of ours asks for a socket.
func (h *house) handshake(topic string) []byte {
	return fmt.Appendf(nil, "GET /live?topic=%s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", topic, strings.TrimPrefix(h.url, "http://"), h.url)
}

// On the plain path; sockets that were taken over are not pinged, and end when
// the other side's kernel is silent.
func TestWhoDoesNotAnswerPingsIsCutOff(t *testing.T) {
	h := newHouse(t, func(d *Deps) {
		d.Limits.Sockets.pace = pace{ping: 20 * time.Millisecond, dead: 200 * time.Millisecond}
	})
	lively := h.follow("office:hall", "")
	lively.next()
	read := make(chan error, 1)
	go func() { // reading answers the pings
		_, _, err := lively.conn.Read(context.Background())
		read <- err
	}()
	silent := h.rawSocket("office:hall")
	if _, err := io.Copy(io.Discard, silent); err != nil {
		t.Fatalf("the silent one is still held after 10 s: %v", err)
	}
	select {
	case err := <-read:
		t.Fatalf("the lively one was cut off too: %v", err)
	default:
	}
}

func TestASlowFollowerIsCutOffAndHoldsNobodyUp(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets.pace = pace{frame: 300 * time.Millisecond} }).open()
		slow := h.rawSocket("office:hall")
		slow.(*net.TCPConn).SetReadBuffer(1024)
		quick := h.follow("office:hall", "")
		notice := strings.Repeat("x", 250)
		gone := func() bool { return h.deps.Hub.Seats()[live.Office] == 1 }
		for i := 0; !gone(); i++ {
			if i == 200_000 {
				t.Fatal("the slow follower is never cut off")
			}
			body, _ := json.Marshal(map[string]string{"text": fmt.Sprint(i, notice)})
			h.want(200, h.post("supervisor", "/api/v1/offices/hall/notice", string(body)))
			until(quick, func(v display.Office) bool { return strings.HasPrefix(v.Notice, fmt.Sprint(i, "x")) })
		}
	})
}

func TestSocketsEndWithTheirAccess(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets.pace = pace{again: 30 * time.Millisecond} })
		ctx := context.Background()
		for name, end := range map[string]func(id string) error{
			"revoked":                  func(id string) error { return h.deps.Access.Revoke(ctx, "test", id, h.now.now()) },
			"ended by another program": func(id string) error { return h.db.EndCredential(ctx, id) },
		} {
			secret, id, err := h.deps.Access.AddToken(ctx, "test", name, access.Grant{Role: access.Clerk, Office: "hall"}, h.now.now())
			if err != nil {
				t.Fatal(err)
			}
			h.tokens[name] = secret
			tl := h.follow("desk:hall", name)
			other := h.follow("desk:hall", "clerk hall")
			tl.next()
			if err := end(id); err != nil {
				t.Fatal(err)
			}
			if code := tl.closed(); code != closeRevoked {
				t.Errorf("%s: closed with %d", name, code)
			}
			other.next()
			h.want(200, h.post("supervisor", "/api/v1/offices/hall/notice", `{"text":"`+name+`"}`))
			until(other, func(v display.Desks) bool { return v.Notice == name })
		}
	})
}

func TestSocketsEndWithTheSession(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse()
		cookie := h.signedIn("anna", access.Grant{Role: access.Clerk, Office: "hall"})
		tl, resp := h.upgrade("desk:hall", "", header{"Origin", h.url}, header{"Cookie", cookie})
		if tl == nil {
			t.Fatalf("status %d", resp.StatusCode)
		}
		tl.next()
		h.want(303, h.formPost("/sign-out", "key=k", cookie))
		if code := tl.closed(); code != closeSigned {
			t.Fatalf("closed with %d", code)
		}
		if _, resp := h.upgrade("desk:hall", "", header{"Origin", h.url}, header{"Cookie", cookie}); resp.StatusCode != 401 {
			t.Fatalf("signed out, and status %d", resp.StatusCode)
		}
	})
}

func TestAFullHouseKeepsRoomForWhoWorksThere(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets = SocketLimits{Total: 6, Reserve: 2, PerAddress: 3} })
		var phones []*tail
		for range 3 {
			phones = append(phones, h.follow("office:hall", ""))
			phones[len(phones)-1].next() // counted in once it has its first frame
		}
		_, resp := h.upgrade("office:hall", "", header{"Origin", h.url})
		if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
			t.Fatalf("the fourth from one address: %d, %v", resp.StatusCode, resp.Header)
		}
		for range 3 {
			h.follow("desk:hall", "clerk hall").next()
		}
		if _, resp := h.upgrade("desk:hall", "clerk hall"); resp.StatusCode != 503 {
			t.Fatalf("more than there is room for: %d", resp.StatusCode)
		}
		phones[0].conn.Close(1000, "")
		for {
			if tl, _ := h.upgrade("desk:hall", "clerk hall"); tl != nil {
				break // the place is free again
			}
		}
	})
}

func TestShutdownSaysGoodbyeAndLeavesNothingBehind(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse()
		h.get("", "/healthz") // what the program keeps once it has run is there
		before := runtime.NumGoroutine()
		var all []*tail
		for i := range 20 {
			topic := []string{"office:hall", "desk:hall", "board:hall:lobby"}[i%3]
			tl := h.follow(topic, "supervisor")
			tl.next()
			all = append(all, tl)
		}
		h.rawSocket("office:hall") // does not answer
		codes := make(chan int, len(all))
		for _, tl := range all {
			go func() { codes <- tl.closed() }()
		}
		began := time.Now()
		h.close()
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("shutdown took %v", took)
		}
		for range all {
			if code := <-codes; code != 1012 {
				t.Errorf("closed with %d", code)
			}
		}
		if n := h.deps.Hub.Seats(); n[live.Office]+n[live.Desk]+n[live.Board] != 0 {
			t.Errorf("seats left over: %v", n)
		}
		client.CloseIdleConnections()
		deadline := time.Now().Add(10 * time.Second)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				buf := make([]byte, 1<<20)
				t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
			}
			runtime.Gosched()
		}
	})
}

// A socket whose handshake was answered just before the stop is told of the
// restart like all others, not that there is no room.
func TestASocketThatComesWithTheStopIsToldOfTheRestart(t *testing.T) {
	open := newSockets(SocketLimits{Total: 1})
	leave, why := open.enter(&follower{})
	if leave == nil {
		t.Fatalf("no room for the first: %+v", why)
	}
	if leave, why := open.enter(&follower{}); leave != nil || why.Code != closeBusy {
		t.Errorf("without room: %+v", why)
	}
	leave()
	if err := open.drain(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if leave, why := open.enter(&follower{}); leave != nil || why.Code != 1012 {
		t.Errorf("while stopping: %+v", why)
	}
}

// endOf upgrades a socket of a bare server for a handler, does something else in
// the request, and says how reading from its other side ends.
func endOf(t *testing.T, s *Server, f *follower, handler func(*websocket.Conn), also func(*fiber.Ctx)) error {
	t.Helper()
	f.greeted, f.pace = true, SocketLimits{}.filled().pace // the library answers the handshake
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/live", func(c *fiber.Ctx) error {
		if err := websocket.New(handler, s.upgrade(f))(c); err != nil {
			return err
		}
		defer func() { recover() }() // as the gate does
		also(c)
		return nil
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	defer app.Shutdown()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := socket.Dial(ctx, "http://"+l.Addr().String()+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	_, _, err = conn.Read(ctx)
	return err
}

func TestAPanicInASocketSaysNothing(t *testing.T) {
	log := &lines{}
	s := &Server{log: slog.New(slog.NewTextHandler(log, nil))}
	err := endOf(t, s, &follower{}, func(*websocket.Conn) { panic("the text of a panic") }, func(*fiber.Ctx) {})
	var ce socket.CloseError
	if !errors.As(err, &ce) || ce.Code != 1011 || strings.Contains(ce.Reason, "panic") {
		t.Fatalf("the other side got %v", err)
	}
	if !strings.Contains(log.String(), "the text of a panic") {
		t.Fatal("the log does not say what happened")
	}
}

func TestPatchesComeToWhoAsksForThemAlone(t *testing.T) {
	h := newHouse(t).open()
	notice := func(text string) {
		h.want(200, h.post("supervisor hall", "/api/v1/offices/hall/notice", fmt.Sprintf(`{"text":%q}`, text)))
	}
	for _, topic := range []string{"office:hall", "ticket:" + secretOf(h.draw("hall")["link"])} {
		plain, asks, other := h.follow(topic, ""), h.follow(topic+"&patch=1", ""), h.follow(topic+"&patch=0", "")
		for _, tl := range []*tail{plain, asks, other} {
			if e := tl.next(); e.View == nil {
				t.Fatalf("%s: the first frame is no view: %+v", tl.topic, e)
			}
		}
		notice("Bitte leise: " + topic)
		for _, tl := range []*tail{plain, other} {
			if e := tl.next(); e.View == nil || e.Patch != nil {
				t.Errorf("%s: %+v", tl.topic, e)
			}
		}
		if e := asks.next(); string(e.Patch) != fmt.Sprintf(`{"notice":"Bitte leise: %s"}`, topic) || e.View != nil {
			t.Errorf("%s: patch %s, view %s", asks.topic, e.Patch, e.View)
		}
	}
}

// A place is given back whatever happens in a socket; else it would be lost, and
// the stop would wait for it.
func TestAPanicLosesNoPlace(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler)} // without a cast, which is used after the place is taken
	for name, also := range map[string]func(f *follower, open *sockets){
		"in the request": func(f *follower, open *sockets) { s.seat(nil, f, open) },
		"on the socket":  func(f *follower, open *sockets) { f.leave, _ = open.enter(f); f.taken = &wire.Taken{} },
	} {
		open := newSockets(SocketLimits{})
		f := &follower{public: true, address: "a", topic: live.Topic{Kind: live.Ticket}}
		err := endOf(t, s, f, func(conn *websocket.Conn) { s.run(conn, f, open) }, func(*fiber.Ctx) { also(f, open) })
		var ce socket.CloseError
		if !errors.As(err, &ce) || ce.Code != 1011 {
			t.Errorf("%s: the other side got %v", name, err)
		}
		if err := open.drain(t.Context(), nil); err != nil || open.open != 0 || open.guests != 0 || len(open.public) != 0 {
			t.Errorf("%s: %d places are lost, %v", name, open.open, err)
		}
	}
}

func TestAFaultOfTheDiskEndsNobodysAccess(t *testing.T) {
	clerk := access.Principal{Grants: []access.Grant{{Role: access.Clerk, Office: "hall"}}}
	at := place{Office: "hall"}
	for _, c := range []struct {
		who  access.Principal
		err  error
		want bool
	}{{clerk, nil, true}, {access.Principal{}, nil, false}, {access.Principal{}, access.ErrUnknown, false},
		{access.Principal{}, fmt.Errorf("read: %w", access.ErrUnknown), false}, {access.Principal{}, errors.New("database is locked"), true}} {
		if got := stillMay(c.who, c.err, []access.Role{access.Clerk}, at); got != c.want {
			t.Errorf("%v, %v: %v", c.who.Grants, c.err, got)
		}
	}
}

func TestAnAccessThatEndsDuringTheHandshakeEndsTheSocket(t *testing.T) {
	open := newSockets(SocketLimits{pace: pace{again: time.Hour}})
	f := &follower{kind: access.Token, credential: "c", still: func(context.Context) bool { return false }}
	leave, _ := open.enter(f)
	defer leave()
	ended := make(chan wire.Closing, 1)
	open.tell(f, func(c wire.Closing) { ended <- c })
	select {
	case c := <-ended:
		if c.Code != closeRevoked {
			t.Errorf("closed with %d", c.Code)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on following")
	}
}

func TestPlacesForWhoWorksHereAreKeptBesideThose(t *testing.T) {
	open := newSockets(SocketLimits{Total: 6, Reserve: 2, PerAddress: 100})
	staff := func() *follower { return &follower{credential: "c"} }
	for range 2 {
		if leave, _ := open.enter(staff()); leave == nil {
			t.Fatal("no room for staff")
		}
	}
	for i := range 4 {
		if leave, _ := open.enter(&follower{public: true}); leave == nil {
			t.Fatalf("two work here, and guest %d has no room", i+1)
		}
	}
	if leave, _ := open.enter(&follower{public: true}); leave != nil {
		t.Error("more than there is room for")
	}
}
