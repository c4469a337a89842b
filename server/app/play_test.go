package app_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"aufruf/server/access"
)

// A recorded day goes through the real program and comes out even: everybody
// served or gone, nobody twice, nobody left over, all screens equal to the
// queue.
func TestARecordedDayComesOutEven(t *testing.T) {
	p := newProgram(t, smallTown)
	out, err := p.run("replay", "../replay/testdata/invented.csv", "--speed", "3600")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`(?m)^listening http://`, `board  http://\S+/board/`, `tickets +58 = \d+ served \+ \d+ left, 0 open, 0 called twice`,
		`commands +\d\d+`, `mean wait +\S+`, `press → board +p50 \S+, p99 \S+`, `queue, boards and phones are equal`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if out, err := p.run("replay", "../replay/log_test.go"); err == nil || strings.Contains(out, "goroutine") {
		t.Errorf("a file that is no day: %v\n%s", err, out)
	}
}

// The demonstration's board lives within seconds of its start: it needs no
// sign-in on this machine and shows people who are called.
func TestTheDemonstrationShowsALivingBoard(t *testing.T) {
	p := newProgram(t, smallTown)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, p.bin, "demo", "--config", p.config, "--listen", "127.0.0.1:0", "--speed", "600")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); cmd.Wait() }()
	board := make(chan string, 1)
	go func() {
		for sc := bufio.NewScanner(out); sc.Scan(); {
			if at := strings.TrimSpace(sc.Text()); strings.Contains(at, "/board/lobby") {
				board <- at
			}
		}
	}()
	var at string
	select {
	case at = <-board:
	case <-time.After(30 * time.Second):
		t.Fatal("no board is named")
	}
	number := regexp.MustCompile(`"calls":\[\{`)
	until(t, "somebody is called on the board", func() bool {
		resp, err := http.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		page, _ := io.ReadAll(resp.Body)
		return resp.StatusCode == http.StatusOK && number.Match(page)
	})
}

// Whoever reads a note stands in the audit as an opaque id.
func TestReadingANoteIsAudited(t *testing.T) {
	a, tokens := inProcess(t, t.TempDir(), nil)
	p := &program{t: t, url: a.URL()}
	var drawn struct{ ID string }
	p.must(tokens[access.Reception], "draw", ticketsPath, drawCard).into(t, &drawn)
	at := "/api/v1/offices/hall/tickets/" + drawn.ID + "/note"
	put, err := p.send(context.Background(), http.MethodPut, tokens[access.Clerk], "", at, `{"text":"nach dem Formular fragen"}`)
	if err != nil || put.status >= 300 {
		t.Fatalf("%d %s %v", put.status, put.body, err)
	}
	if got := p.get(tokens[access.Clerk], at); got.status != http.StatusOK || !strings.Contains(string(got.body), "Formular") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var me struct{ ID string }
	p.get(tokens[access.Clerk], "/api/v1/me").into(t, &me)
	log, err := a.Access().AuditLog(context.Background(), 50)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, e := range log {
		if e.Act == "read_note" && e.Object == drawn.ID && e.Actor == me.ID {
			read++
		}
	}
	if read != 1 {
		t.Errorf("reading the note once stands %d times in the audit: %+v", read, log)
	}
}
