package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// tail is a screen that follows a topic.
type tail struct {
	t    *testing.T
	conn *websocket.Conn
	seq  uint64
}

func (p *program) tail(t *testing.T, token, topic string) *tail {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.url, "http")+"/live?topic="+topic,
		&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err != nil {
		t.Fatalf("%s: %v", topic, err)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &tail{t: t, conn: conn}
}

// reach reads until a frame is as new as seq, and fails when that takes longer
// than within or a frame goes back.
func (tl *tail) reach(seq uint64, within time.Duration) []byte {
	tl.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		_, raw, err := tl.conn.Read(ctx)
		if err != nil {
			tl.t.Fatalf("at %d, wanted %d: %v", tl.seq, seq, err)
		}
		var f struct {
			Seq  uint64
			View json.RawMessage
		}
		if err := json.Unmarshal(raw, &f); err != nil || f.Seq < tl.seq {
			tl.t.Fatalf("after %d came %s, %v", tl.seq, raw, err)
		}
		if tl.seq = f.Seq; f.Seq >= seq && f.View != nil {
			return f.View
		}
	}
}

// ended reads until the socket is closed and gives the code.
func (tl *tail) ended(within time.Duration) websocket.StatusCode {
	tl.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		if _, _, err := tl.conn.Read(ctx); err != nil {
			var ce websocket.CloseError
			if !errors.As(err, &ce) {
				tl.t.Errorf("ended without a word: %v", err)
				return 0
			}
			return ce.Code
		}
	}
}

// converges is how soon after the last answer a screen must show it: a second,
// and a margin for a machine that does other things.
const converges = 3 * time.Second

// After a burst of commands every screen shows the last of them, all boards the
// same, and nobody was ever shown something older than before. A new start goes
// on where the numbers stood.
func TestScreensShowTheLastAnswerAndNeverGoBack(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	reception, clerk, board := p.token("reception"), p.token("clerk"), p.token("board")
	p.must(clerk, "open", "/api/v1/offices/hall/desks/d1/open", `{}`)
	boards := []*tail{p.tail(t, board, "board:hall:lobby"), p.tail(t, board, "board:hall:lobby"), p.tail(t, board, "board:hall:lobby")}
	desk := p.tail(t, clerk, "desk:hall")
	var last struct {
		Seq    uint64
		Ticket struct{ Number string }
	}
	burst := func(round string) {
		for i := range 20 {
			p.must(reception, round+"d"+strconv.Itoa(i), ticketsPath, drawCard)
			p.must(clerk, round+"n"+strconv.Itoa(i), "/api/v1/offices/hall/desks/d1/next", `{}`).into(t, &last)
		}
	}
	shown := func() {
		t.Helper()
		var first string
		for _, b := range boards {
			view := string(b.reach(last.Seq, converges))
			if !strings.Contains(view, `"text":"`+last.Ticket.Number+`"`) {
				t.Errorf("the board lacks %s: %s", last.Ticket.Number, view)
			}
			if first == "" {
				first = view
			}
			if view != first {
				t.Errorf("two boards differ:\n%s\n%s", first, view)
			}
		}
		if view := string(desk.reach(last.Seq, converges)); !strings.Contains(view, last.Ticket.Number) {
			t.Errorf("the desk lacks %s", last.Ticket.Number)
		}
	}
	burst("a")
	shown()
	before := desk.seq
	p.kill()
	p.start()
	for i := range boards {
		old := boards[i].seq
		boards[i] = p.tail(t, board, "board:hall:lobby")
		boards[i].seq = old // what the page knows from before
	}
	desk = p.tail(t, clerk, "desk:hall")
	desk.seq = before
	shown()
	burst("b")
	shown()
}

// A stop says goodbye to everybody who follows, with the code that brings
// screens back a little later, and takes five seconds at most although some do
// not answer.
func TestAStopClosesSocketsWithACodeWithinFiveSeconds(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	board, clerk := p.token("board"), p.token("clerk")
	var followers []*tail
	for range 10 {
		followers = append(followers, p.tail(t, board, "board:hall:lobby"), p.tail(t, clerk, "desk:hall"))
	}
	deaf, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	fmt.Fprintf(deaf, "GET /live?topic=board:hall:lobby HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", board)
	half, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	fmt.Fprint(half, "GET /healthz HTTP/1.1\r\nHo") // a request that never ends
	var wg sync.WaitGroup
	for _, f := range followers {
		wg.Go(func() {
			if code := f.ended(10 * time.Second); code != 1012 && code != 1001 {
				t.Errorf("closed with %d", code)
			}
		})
	}
	took, err := p.stop()
	wg.Wait()
	if err != nil || took > 5500*time.Millisecond { // half a second for a busy machine to end a process
		t.Errorf("stopped after %v: %v", took, err)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://")); err == nil {
		conn.Close()
		t.Error("somebody still listens")
	}
}

// Who sends a request letter by letter is cut off; so is who never sends the
// body he announced. Others are served meanwhile.
func TestSlowSendersAreCutOff(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	var wg sync.WaitGroup
	for what, text := range map[string]string{
		"half a head": "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ",
		"half a body": "POST /api/v1/pairings HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		wg.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			fmt.Fprint(conn, text)
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, context.DeadlineExceeded) || err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("%s: still held after 10 s", what)
			}
		})
	}
	if a := p.get("", "/healthz"); a.status != http.StatusOK {
		t.Errorf("others are not served: %d", a.status)
	}
	wg.Wait()
}

// A follower costs little memory, and what it cost comes back.
func TestFollowersCostLittleMemory(t *testing.T) {
	t.Setenv("GOGC", "10") // what is measured is what is held, and not what waits to be collected
	p := newProgram(t, smallTown)
	p.start("--open-now", "always", "--metrics", "127.0.0.1:0")
	board := p.token("board")
	figure := func(name string) float64 {
		m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(p.metrics(t))
		if m == nil {
			t.Fatalf("no %s", name)
		}
		f, _ := strconv.ParseFloat(m[1], 64)
		return f
	}
	const most, many = 32 << 10, 400
	used := func() float64 {
		return figure("go_memstats_heap_inuse_bytes") + figure("go_memstats_stack_inuse_bytes")
	}
	var all []*tail
	follow := func(n int) {
		for range n {
			tl := p.tail(t, board, "board:hall:lobby")
			tl.reach(1, 10*time.Second)
			all = append(all, tl)
		}
	}
	threads := figure("go_goroutines")
	follow(50) // what the program makes once for all is made
	before := used()
	follow(many)
	until(t, fmt.Sprintf("a follower costs %d bytes at most", most), func() bool { return (used()-before)/many < most })
	for _, tl := range all {
		tl.conn.CloseNow()
	}
	until(t, "the goroutines are back", func() bool { return figure("go_goroutines") <= threads+5 })
}
