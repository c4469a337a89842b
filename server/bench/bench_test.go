package main

import (
	"context"
	"encoding/xml"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// The roles are this binary itself, told by its first argument.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "serve", "load", "pinned":
			main()
			return
		}
	}
	os.Exit(m.Run())
}

// A server that loses messages or followers would look cheap.
func TestEveryKindBringsEveryMessageToEveryFollower(t *testing.T) {
	const followers = 200
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			p, err := startPair(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			defer p.stop()
			o, err := p.town.open(p.crowd(followers, 50))
			if err != nil || o.Open != followers || o.refused() > 0 || o.P50 <= 0 || o.P99 < o.P50 {
				t.Fatalf("%+v, %v", o, err)
			}
			before := untilOpen(t, p, followers)
			if before.RSS <= 0 || before.FDs < followers {
				t.Fatalf("%+v", before)
			}
			for i := range 3 {
				last, err := p.deliver(i+1, 200, followers)
				if err != nil || last <= 0 {
					t.Fatalf("message %d: %v, %v", i, span(last), err)
				}
				if err := rest(t.Context(), 60*time.Millisecond); err != nil { // a phone gets at most one in 50 ms
					t.Fatal(err)
				}
			}
			after, err := p.stats()
			if err != nil || after.CPU <= before.CPU {
				t.Fatalf("%+v after %+v, %v", after, before, err)
			}
			c, err := p.town.tellGroup("close", 0)
			if err != nil || c.Open != 0 || c.Frames < 4*followers || len(c.Lost) > 0 {
				t.Fatalf("%+v, %v", c, err)
			}
			untilOpen(t, p, 0)
		})
	}
}

// untilOpen waits until a server has exactly n followers: some count one only
// after its first state is out.
func untilOpen(t *testing.T, p pair, n int) stats {
	t.Helper()
	for until := now() + int64(10*time.Second); ; {
		s, err := p.stats()
		if err == nil && s.Open == n {
			return s
		}
		if err != nil || now() > until {
			t.Fatalf("%d followers, want %d: %v", s.Open, n, err)
		}
	}
}

// Kinds are compared by what they send: it must be as long for all.
func TestAMessageIsAsLongAsAskedForOnEverySocket(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			s := k.make()
			address, err := s.listen(message(0, 200))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			c, _, err := websocket.Dial(ctx, "ws://"+address+k.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseNow()
			if k.hello != "" {
				if err := c.Write(ctx, websocket.MessageText, []byte(k.hello)); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := c.Read(ctx); err != nil {
				t.Fatal(err)
			}
			for s.open() == 0 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			s.publish(message(7, 200))
			if _, got, err := c.Read(ctx); err != nil || len(got) != 200 {
				t.Fatalf("%d bytes, %v: %s", len(got), err, got)
			}
		})
	}
}

func TestWhoIsRefusedOrSentAwayIsCounted(t *testing.T) {
	l, address, err := loopback()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n%2 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		c.Write(r.Context(), websocket.MessageText, message(1, 100))
		if r.URL.Path == "/away" {
			c.Close(4001, "too slow")
		}
		c.Read(r.Context())
	})}
	go server.Serve(l)
	defer server.Close()
	town, err := startTown(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer town.stop()
	o, err := town.open(task{N: 20, Window: 1, Address: address, Paths: []string{"/"}})
	if err != nil || o.Open != 10 || o.Refused["503"] != 10 {
		t.Fatalf("%+v, %v", o, err)
	}
	if o, err = town.open(task{Group: 1, N: 20, Window: 1, Address: address, Paths: []string{"/away"}}); err != nil || o.Open != 10 {
		t.Fatalf("%+v, %v", o, err)
	}
	for until := now() + int64(10*time.Second); ; {
		c, err := town.tellGroup("count", 1)
		if err != nil || now() > until {
			t.Fatalf("%+v, %v", c, err)
		}
		if c.Open == 0 && c.Lost["close 4001"] == 10 {
			break
		}
	}
	if c, err := town.tellGroup("count", 0); err != nil || c.Open != 10 {
		t.Fatalf("those of another group: %+v, %v", c, err)
	}
}

// A frozen phone reads nothing, and what is there for it when it wakes.
func TestAFrozenPhoneHasNothingUntilItWakes(t *testing.T) {
	p, err := startPair(t.Context(), kinds[0])
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	if o, err := p.town.open(p.crowd(20, 20)); err != nil || o.Open != 20 {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, err := p.town.tellGroup("freeze", 0); err != nil {
		t.Fatal(err)
	}
	if err := p.town.arm(0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := p.publish(1, 200); err != nil {
		t.Fatal(err)
	}
	if a, err := p.town.await(20, 50*time.Millisecond); err != nil || a.Got != 0 {
		t.Fatalf("frozen, and yet %+v, %v", a, err)
	}
	if _, err := p.town.tellGroup("thaw", 0); err != nil {
		t.Fatal(err)
	}
	if a, err := p.town.await(20, 10*time.Second); err != nil || a.Got != 20 || a.Last == 0 {
		t.Fatalf("awake: %+v, %v", a, err)
	}
}

// What is waited for is a state that is new enough; hearts and older ones are
// none.
func TestOnlyAStateNewEnoughCounts(t *testing.T) {
	l := &loader{epoch: 1, minSeq: 12}
	for text, counts := range map[string]bool{
		`{"v":1,"seq":11,"view":{}}`:               false,
		`{"v":1,"seq":12,"view":{}}`:               true,
		`{"v":1,"seq":120,"view":{}}`:              true,
		`{"v":1,"seq":12,"build":"","heart":true}`: false,
		`{"seq":12}`: false,
	} {
		p := &phone{stage: stageOpen}
		l.got = 0
		if l.state(p, []byte(text)); (l.got == 1) != counts {
			t.Errorf("%s counts: %v", text, !counts)
		}
	}
}

func TestFramesAreCutWhereTheyEnd(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 200, 65535, 65536} {
		whole := textFrame(make([]byte, size))
		for _, cut := range []int{0, 1, 2, 3, len(whole) - 1} {
			if cut < len(whole) {
				if _, _, ok := wholeFrame(whole[:cut]); ok {
					t.Errorf("%d bytes of a frame of %d are said to be whole", cut, size)
				}
			}
		}
		head, payload, ok := wholeFrame(append(whole, 0x81, 1))
		if !ok || head != 0x81 || len(payload) != size || frameLength(payload) != len(whole) {
			t.Errorf("a frame of %d: %v, %d bytes, length %d of %d", size, ok, len(payload), frameLength(payload), len(whole))
		}
	}
}

func TestNothingIsMeasuredNearMidnight(t *testing.T) {
	zone, err := time.LoadLocation(noonZone())
	if err != nil {
		t.Fatal(err)
	}
	if hour := wallClock().In(zone).Hour(); hour != 12 {
		t.Errorf("it is %d o'clock in %s", hour, zone)
	}
}

// invented figures: us twice the ruler, the peer four times.
func invented() figures {
	rounds := func(times float64) (all []measured) {
		for _, noise := range []float64{1, 3, 2} {
			all = append(all, measured{Connect: 10e3 * times * noise, Message: 2e3 * times * noise, Last: 60e6 * times * noise})
		}
		return all
	}
	m := machine{Date: "1 January 2026", CPU: "<Tested & true>", Cores: 2, Kernel: "6", Go: "go1.26"}
	return figures{
		fanout: &fanoutResult{Machine: m, Conns: 19000, Size: 200, Idle: 60, Kinds: []string{"ruler", "ours", "centrifuge"},
			Rounds:   map[string][]measured{"ruler": rounds(1), "ours": rounds(2), "centrifuge": rounds(4)},
			Resident: map[string]float64{"ruler": 20, "ours": 500, "centrifuge": 30000}},
		soak: &soakResult{Machine: m, Minutes: 30, Samples: []sample{{At: 100, RSS: 100, FDs: 9, Ebb: true}, {At: 1000, RSS: 200, FDs: 10, Ebb: true}, {At: 1700, RSS: 900, FDs: 90}, {At: 1800, RSS: 206, FDs: 12, Ebb: true}}},
	}
}

func TestFiguresAreDividedByTheRulerOfTheirOwnRound(t *testing.T) {
	gs := invented().fanout.goals()
	for i, want := range []float64{2, 0.5, 2, 500, 2} {
		if math.Abs(gs[i].Got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", gs[i].What, gs[i].Got, want)
		}
	}
	if v := []string{gs[0].verdict(), gs[1].verdict(), gs[3].verdict()}; strings.Join(v, ", ") != "missed, met, met" {
		t.Error(v)
	}
}

func TestASoakIsJudgedAtTheEbb(t *testing.T) {
	s := invented().soak
	rss, fds := s.drift()
	if math.Abs(rss-1.03) > 1e-9 || fds != 2 || !s.flat() {
		t.Fatalf("%v, %v, flat %v", rss, fds, s.flat())
	}
	s.Samples[3].FDs = 20
	if s.flat() {
		t.Error("ten descriptors stayed, and it is said to be flat")
	}
	s.Samples[3].FDs, s.Samples[3].RSS = 12, 250
	if s.flat() {
		t.Error("a quarter more memory, and it is said to be flat")
	}
}

func TestAMoreIsAMoreAndALessALess(t *testing.T) {
	for _, tc := range []struct {
		got, goal, hope float64
		says            string
	}{
		{1.1, 1.1, 0.85, "met"}, {0.85, 1.1, 0.85, "hope met"}, {1.2, 1.1, 0.85, "missed"}, {1.05, 1.1, 0, "met"},
		{15000, -15000, -30000, "met"}, {30000, -15000, -30000, "hope met"}, {14999, -15000, -30000, "missed"},
		{math.NaN(), 1, 0, "not measured"},
	} {
		if g := (goal{Got: tc.got, Goal: tc.goal, Hope: tc.hope}); g.verdict() != tc.says {
			t.Errorf("%+v: %s, want %s", g, g.verdict(), tc.says)
		}
	}
}

func TestTheReportStandsBetweenItsMarksAndItsPicturesAreWhole(t *testing.T) {
	docs := t.TempDir()
	path := filepath.Join(docs, "benchmarks.md")
	if err := os.WriteFile(path, []byte("before\n"+markBegin+"\nwhat was measured last year\n"+markEnd+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := invented().write(docs); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if !strings.HasPrefix(text, "before\n") || !strings.HasSuffix(text, "\nafter\n") || strings.Contains(text, "last year") || strings.Count(text, "### How it is measured") != 1 {
		t.Errorf("%s", text)
	}
	pictures, err := filepath.Glob(filepath.Join(docs, "bench", "*.svg"))
	if err != nil || len(pictures) != 4 {
		t.Fatal(pictures, err)
	}
	for _, name := range pictures {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for dec := xml.NewDecoder(strings.NewReader(string(raw))); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !strings.Contains(text, filepath.Base(name)) || !strings.Contains(string(raw), "<desc id=\"d\">") || !strings.Contains(string(raw), "prefers-color-scheme:dark") {
			t.Errorf("%s is not shown, not described, or only light", name)
		}
	}
	if _, err := between("no marks", "text"); err == nil {
		t.Error("a document without marks was written to")
	}
}

// A storm alone is a measurement too: its report has the picture that it can have.
func TestAReportOfAStormAloneHasItsPictureAlone(t *testing.T) {
	f := invented()
	f.fanout.Resident = nil
	for _, rounds := range f.fanout.Rounds {
		for i := range rounds {
			rounds[i].Message, rounds[i].Last = 0, 0
		}
	}
	docs := t.TempDir()
	if err := os.WriteFile(filepath.Join(docs, "benchmarks.md"), []byte(markBegin+markEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.write(docs); err != nil {
		t.Fatal(err)
	}
	pictures, err := filepath.Glob(filepath.Join(docs, "bench", "*.svg"))
	if err != nil || len(pictures) != 1 || filepath.Base(pictures[0]) != "connect.svg" {
		t.Error(pictures, err)
	}
}

// The press client must not take a refusal for an answer.
func TestACallerReadsAnswersAndRefusals(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	p := &program{address: "x", tokens: map[string]string{"clerk": "secret"}}
	c := p.call(client, "clerk", "a")
	heads := make(chan string, 2)
	go func() {
		for _, answer := range []string{"HTTP/1.1 200 OK\r\ncontent-length: 42\r\n\r\n{\"seq\":17,\"ticket\":{\"id\":\"x\"},\"next\":null}", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}"} {
			b := make([]byte, 4096)
			n, _ := server.Read(b)
			heads <- string(b[:n])
			server.Write([]byte(answer))
		}
	}()
	seq, called, err := c.next("hall", 3)
	if err != nil || seq != 17 || !called {
		t.Fatalf("%d, %v, %v", seq, called, err)
	}
	if head := <-heads; !strings.HasPrefix(head, "POST /api/v1/offices/hall/desks/d3/next HTTP/1.1\r\n") || !strings.Contains(head, "\r\nAuthorization: Bearer secret\r\n") || !strings.HasSuffix(head, "Idempotency-Key: a-1\r\nContent-Length: 2\r\n\r\n{}") {
		t.Errorf("%q", head)
	}
	if err := c.draw("hall"); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("a refusal was read as %v", err)
	}
}
