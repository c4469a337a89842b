package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const drawCard = `{"services":[{"id":"card","quantity":1}],"priority":0}`
const ticketsPath = "/api/v1/offices/hall/tickets"

// until tries until ok or half a minute has passed.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// An fsync that fails: no acknowledgement, the office is read-only and says so,
// reads go on, and the disk is not trusted again until a new start.
func TestFailingFsyncMakesTheProgramReadOnly(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatal("this test needs strace (apt-get install strace)")
	}
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	kiosk, staff := p.token("kiosk", "hall"), p.token("clerk", "hall")
	p.must(kiosk, "before", ticketsPath, drawCard)

	var said buffer
	tracer := exec.Command("strace", "-f", "-p", fmt.Sprint(p.cmd.Process.Pid), "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO")
	tracer.Stderr = &said
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	detach := func() { tracer.Process.Signal(syscall.SIGINT); tracer.Wait() }
	until(t, "strace attached: "+said.String(), func() bool { return strings.Contains(said.String(), "attached") })
	a, err := p.post(context.Background(), kiosk, "during", ticketsPath, drawCard)
	detach()
	if err != nil || a.status != http.StatusServiceUnavailable {
		t.Fatalf("a failed fsync was answered with %d %s %v", a.status, a.body, err)
	}
	if a, _ := p.post(context.Background(), kiosk, "after", ticketsPath, drawCard); a.status != http.StatusServiceUnavailable {
		t.Fatalf("the disk was trusted again: %d %s", a.status, a.body)
	}
	if a := p.get(staff, "/api/v1/offices/hall/queue"); a.status != http.StatusOK || !bytes.Contains(a.body, []byte(`"A001"`)) {
		t.Fatalf("reading does not go on: %d %s", a.status, a.body)
	}
	if a := p.get("", "/readyz"); a.status != http.StatusServiceUnavailable || !bytes.Contains(a.body, []byte("hall")) {
		t.Fatalf("/readyz does not say it: %d %s", a.status, a.body)
	}
	p.kill()
	p.start()
	var first, again struct{ Number string }
	p.must(kiosk, "before", ticketsPath, drawCard).into(t, &first)
	p.must(kiosk, "during", ticketsPath, drawCard).into(t, &again)
	if first.Number != "A001" || again.Number != "A002" {
		t.Fatalf("after the new start %s and %s", first.Number, again.Number)
	}
}

// A full disk: 507 in words, reads go on, and it works again when there is room.
func TestFullDiskIsSaidAndPasses(t *testing.T) {
	p := newProgram(t, smallTown)
	if err := os.MkdirAll(p.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", p.data, "tmpfs", 0, "size=12m"); err != nil {
		t.Fatalf("this test mounts a small disk and needs root: %v", err)
	}
	t.Cleanup(func() { p.kill(); syscall.Unmount(p.data, syscall.MNT_DETACH) })
	p.start("--open-now", "always")
	reception := p.token("reception", "hall")
	p.must(reception, "before", ticketsPath, drawCard)
	filler := filepath.Join(p.data, "filler")
	fill(t, filler)
	n, full := 0, answer{}
	until(t, "the disk is full", func() bool {
		n++
		a, err := p.post(context.Background(), reception, fmt.Sprint("full", n), ticketsPath, drawCard)
		if err != nil {
			t.Fatal(err)
		}
		switch a.status {
		case http.StatusInsufficientStorage:
			full = a
			return true
		case http.StatusCreated:
			fill(t, filler)
		case http.StatusTooManyRequests:
		default:
			t.Fatalf("a full disk was answered with %d %s", a.status, a.body)
		}
		return false
	})
	if !bytes.Contains(full.body, []byte(`"detail"`)) {
		t.Fatalf("no words: %s", full.body)
	}
	if a := p.get(reception, "/api/v1/offices/hall/queue"); a.status != http.StatusOK {
		t.Fatalf("reading does not go on: %d", a.status)
	}
	os.Remove(filler)
	until(t, "room again", func() bool {
		a, _ := p.post(context.Background(), reception, fmt.Sprint("full", n), ticketsPath, drawCard)
		return a.status == http.StatusCreated
	})
	if out, err := p.run("journal", "verify", "--config", p.config, "--data", p.data); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return // not even a name fits
	}
	defer f.Close()
	for _, n := range []int{64 << 10, 512, 1} {
		for block := make([]byte, n); ; {
			if _, err := f.Write(block); err != nil {
				break
			}
		}
	}
}

func TestStartIsRefusedInWords(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	refused := func(what string, args ...string) {
		t.Helper()
		out, err := p.run(append([]string{"serve", "--config", p.config, "--data", p.data, "--listen", "127.0.0.1:0"}, args...)...)
		if err == nil || !strings.Contains(out, what) || strings.Contains(out, "goroutine") {
			t.Errorf("%v: %v\n%s\nwant %q", args, err, out, what)
		}
	}
	refused("another server is already running")
	p.kill()
	refused("HH:MM or always", "--open-now", "noon")

	broken := filepath.Join(t.TempDir(), "broken.yaml")
	os.WriteFile(broken, []byte(strings.Replace(smallTown, "letter: B", "letter: A", 1)), 0o600)
	refused("broken.yaml:", "--config", broken)
	both := filepath.Join(t.TempDir(), "both.yaml")
	os.WriteFile(both, []byte(smallTown+"\nserver: { trusted_proxies: [127.0.0.1] }\n"), 0o600)
	refused("trust_local", "--config", both)
}

// One flipped byte in a stored record is found and named, by the start and by
// journal verify.
func TestFlippedByteIsFoundAndNamed(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	kiosk := p.token("reception", "hall")
	for i := range 10 {
		p.must(kiosk, fmt.Sprint(i), ticketsPath, drawCard)
	}
	if _, err := p.stop(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.data, "aufruf.db")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(raw, []byte(`"n":5}`))
	if at < 0 {
		t.Fatal("the fifth number does not stand in the file")
	}
	raw[at+4] = '6'
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := p.run("journal", "verify", "--config", p.config, "--data", p.data)
	if err == nil || !strings.Contains(out, "hall: damaged at record ") {
		t.Errorf("journal verify: %v\n%s", err, out)
	}
	out, err = p.run("serve", "--config", p.config, "--data", p.data, "--listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(out, "damaged at record ") || strings.Contains(out, "listening") {
		t.Errorf("the start was not refused: %v\n%s", err, out)
	}
}

func TestStopIsQuickAndLosesNothing(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	kiosk := p.token("kiosk", "hall")
	ctx, cancel := context.WithCancel(context.Background())
	answered := make(chan string, 1000)
	go func() {
		defer close(answered)
		for i := 0; ctx.Err() == nil; i++ {
			a, err := p.post(ctx, kiosk, fmt.Sprint("s", i), ticketsPath, drawCard)
			if err != nil {
				return
			}
			if a.status == http.StatusCreated {
				answered <- string(a.body)
			}
		}
	}()
	first := <-answered
	took, err := p.stop()
	cancel()
	if err != nil || took > 10*time.Second {
		t.Fatalf("stopped after %v: %v", took, err)
	}
	all := []string{first}
	for a := range answered {
		all = append(all, a)
	}
	p.start()
	for i, want := range all {
		if a := p.must(kiosk, fmt.Sprint("s", i), ticketsPath, drawCard); string(a.body) != want {
			t.Fatalf("number %d was %s and is %s", i, want, a.body)
		}
	}
}
