package door

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// scarceEnv makes this test's program the server under a low limit.
const scarceEnv = "DOOR_TEST_DESCRIPTORS"

const scarceLimit = 64

func TestDescriptorsRunOutAndTheServerGoesOn(t *testing.T) {
	if os.Getenv(scarceEnv) != "" {
		serveScarce(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestDescriptorsRunOutAndTheServerGoesOn$")
	cmd.Env = append(os.Environ(), scarceEnv+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	cmd.Stderr = &lines
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server: %v\n%s", err, lines.String())
		}
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr = strings.TrimSpace(addr)

	old := call(t, addr)
	old.wants("/", 200)
	for round := range 3 {
		var kept, refused []*guest
		for range 200 {
			g := call(t, addr)
			g.asks("/")
			switch status, retry, _ := g.gets(); {
			case status == 200:
				kept = append(kept, g)
			case status == 503 && retry >= 20:
				refused = append(refused, g)
				g.Close()
			default:
				t.Fatalf("round %d: after %d and %d somebody got status %d, Retry-After %d", round, len(kept), len(refused), status, retry)
			}
		}
		if len(kept) < 10 || len(refused) < 100 {
			t.Fatalf("round %d: %d were let in and %d refused with %d descriptors", round, len(kept), len(refused), scarceLimit)
		}
		old.wants("/", 200)
		kept[0].wants("/", 200)
		for _, g := range kept {
			g.Close()
		}
		// Those who left have given theirs back: soon others get in.
		until(t, "others get in", func() bool {
			g := call(t, addr)
			defer g.Close()
			g.asks("/")
			status, _, _ := g.gets()
			return status == 200
		})
	}
	old.wants("/", 200)
}

func serveScarce(t *testing.T) {
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: scarceLimit, Max: scarceLimit}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := New(l, options())
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		ConnState: func(c net.Conn, s http.ConnState) { tell(d, c, s) }}
	os.Stdout.WriteString(l.Addr().String() + "\n")
	go func() {
		bufio.NewReader(os.Stdin).ReadByte() // until the parent lets go
		server.Close()
	}()
	if err := server.Serve(d); err != http.ErrServerClosed {
		t.Fatalf("the server ended: %v, counts %+v", err, d.Counts())
	}
	if d.Counts().Refused[NoDescriptor] == 0 {
		t.Errorf("nobody was refused for want of a descriptor: %+v", d.Counts())
	}
}
