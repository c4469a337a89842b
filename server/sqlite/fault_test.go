package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

// TestMain also is the child that is killed and whose disk fails: it appends
// to three offices and says on stdout what was acknowledged.
func TestMain(m *testing.M) {
	if dir := os.Getenv("AUFRUF_TEST_APPEND"); dir != "" {
		appendForEver(dir)
		return
	}
	os.Exit(m.Run())
}

// atOnce is how many records an office of the child appends: few, and more than
// one statement takes.
func atOnce(office string) int {
	if office == "office2" {
		return 2*rowsTogether + 3
	}
	return 2
}

func appendForEver(dir string) {
	db, err := Open(context.Background(), dir, Options{Reserve: 1 << 16})
	if err != nil {
		fmt.Println("open", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	say := func(a ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(a...)
	}
	var wg sync.WaitGroup
	for o := range 3 {
		office := fmt.Sprint("office", o)
		wg.Go(func() {
			var newest uint64
			for r, err := range db.Journal().Read(context.Background(), office, 0) {
				if err != nil {
					say("damage", err)
					return
				}
				newest = r.Seq
			}
			for {
				seq, err := db.Journal().Append(context.Background(), journaltest.Make(office, int(newest), atOnce(office)), newest)
				if err != nil {
					say("refused", errors.Is(err, journal.ErrReadOnly))
					_, err = db.Journal().Append(context.Background(), journaltest.Make(office, int(newest), atOnce(office)), newest)
					say("again", errors.Is(err, journal.ErrReadOnly))
					n := 0
					for _, err := range db.Journal().Read(context.Background(), office, 0) {
						if err == nil {
							n++
						}
					}
					say("read", office, n)
					return
				}
				newest = seq
				say("stored", office, seq)
			}
		})
	}
	wg.Wait()
}

// child starts the test binary as the child of TestMain.
func child(t *testing.T, dir string, before ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(before, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "AUFRUF_TEST_APPEND="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", args[0], err)
	}
	return cmd, bufio.NewScanner(out)
}

func TestEveryAcknowledgedRecordSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	acked := map[string]uint64{}
	for round := range 30 {
		cmd, lines := child(t, dir)
		for n := 0; lines.Scan(); n++ {
			f := strings.Fields(lines.Text())
			if len(f) != 3 || f[0] != "stored" {
				t.Fatalf("round %d: the child says %q", round, lines.Text())
			}
			seq, err := strconv.ParseUint(f[2], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			acked[f[1]] = seq
			if n == 5+round*3 { // at another moment each time; what it still says is read on
				cmd.Process.Kill()
			}
		}
		cmd.Wait()
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for office, seq := range acked {
			rep, err := journal.Verify(t.Context(), db.Journal(), office)
			if err != nil || rep.Damage != nil || rep.Last < seq || rep.Records%atOnce(office) != 0 {
				t.Fatalf("round %d: %s acknowledged %d, found %+v, %v", round, office, seq, rep, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(acked) != 3 {
		t.Fatalf("only %d offices got anything stored", len(acked))
	}
}

func TestAFailingFsyncMakesTheJournalReadOnly(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatal("this test needs strace to make fsync fail: install the package strace")
	}
	for _, when := range []string{"25+", "40"} { // for good; and once, where trying again would seem to work
		dir := t.TempDir()
		openAt(t, dir, Options{Reserve: 1 << 16}).Close()
		cmd, lines := child(t, dir, "strace", "-f", "-qq", "-o", "/dev/null",
			"-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when="+when, "--")
		acked, read, refused := map[string]int{}, map[string]int{}, 0
		for n := 0; lines.Scan(); n++ {
			if n == 20_000 { // no append waits for the disk
				cmd.Process.Kill()
				cmd.Wait()
				t.Fatalf("when %s: %d lines, and no fsync has failed", when, n)
			}
			f := strings.Fields(lines.Text())
			switch f[0] {
			case "stored":
				acked[f[1]], _ = strconv.Atoi(f[2])
			case "read":
				read[f[1]], _ = strconv.Atoi(f[2])
			case "refused", "again":
				if refused++; f[1] != "true" {
					t.Errorf("when %s: refused with something else than ErrReadOnly", when)
				}
			default:
				t.Errorf("when %s: the child says %q", when, lines.Text())
			}
		}
		cmd.Wait()
		if refused != 6 {
			t.Fatalf("when %s: %d of 6 appends were refused", when, refused)
		}
		if len(acked) == 0 {
			t.Fatalf("when %s: nothing was stored before the disk failed", when)
		}
		if len(read) != 3 {
			t.Fatalf("when %s: reading went on in %d offices of 3", when, len(read))
		}
		db := openAt(t, dir, Options{})
		for office, seq := range acked {
			rep, err := journal.Verify(t.Context(), db.Journal(), office)
			if err != nil || rep.Damage != nil || int(rep.Last) < seq || read[office] < seq {
				t.Errorf("when %s: %s acknowledged %d, read %d, found %+v, %v", when, office, seq, read[office], rep, err)
			}
		}
		db.Close()
	}
}

// smallDisk mounts a disk of some MiB.
func smallDisk(t *testing.T, mib int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mib)); err != nil {
		t.Fatalf("this test needs to mount a small tmpfs (run it as root, in a container with CAP_SYS_ADMIN): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4096} {
		for err = nil; err == nil; _, err = f.Write(make([]byte, size)) {
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

func TestAFullDiskRefusesInWordsAndRecovers(t *testing.T) {
	dir := smallDisk(t, 12)
	db := openAt(t, dir, Options{})
	j := db.Journal()
	big := func(i int) []journal.Record {
		rs := journaltest.Make("a", i, 3)
		rs[1].Body = make([]byte, 20_000)
		return rs
	}
	newest := journaltest.Add(t, j, big(0), 0)
	if db.Full() {
		t.Fatal("full from the start")
	}
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)

	// The first append that finds no room gets it from the reserve; the next
	// ones are refused until there is room for the reserve again.
	var err error
	stored := 0
	for i := 0; err == nil; i++ {
		var seq uint64
		if seq, err = j.Append(t.Context(), big(i), newest); err == nil {
			newest, stored = seq, stored+1
		}
	}
	if !errors.Is(err, journal.ErrDiskFull) || !db.Full() || stored == 0 {
		t.Fatalf("%d appends on the full disk, then %v", stored, err)
	}
	if _, err := j.Append(t.Context(), big(1), newest); !errors.Is(err, journal.ErrDiskFull) {
		t.Fatalf("again: %v", err)
	}
	if got := journaltest.All(t, j, "a", 0); got[len(got)-1].Seq != newest {
		t.Fatalf("read up to %d, acknowledged %d", got[len(got)-1].Seq, newest)
	}
	if err := db.AddEntry(t.Context(), entry("what the reserve is for")); err != nil {
		t.Fatalf("a row while the reserve is given up: %v", err)
	}

	// Fuller still: nothing half written is trusted.
	fill(t, ballast+"2")
	for i := 0; err == nil || i < 3; i++ {
		e := entry(strings.Repeat("x", 50_000))
		if err = db.AddEntry(t.Context(), e); err != nil && !errors.Is(err, journal.ErrDiskFull) {
			t.Fatal(err)
		}
	}
	if rep, err := journal.Verify(t.Context(), j, "a"); err != nil || rep.Damage != nil || rep.Last != newest {
		t.Fatalf("%+v, %v", rep, err)
	}

	os.Remove(ballast)
	os.Remove(ballast + "2")
	newest = journaltest.Add(t, j, big(7), newest)
	if db.Full() || db.Fault() != nil {
		t.Fatalf("not recovered: full %v, fault %v", db.Full(), db.Fault())
	}
	db.Close()
	db = openAt(t, dir, Options{})
	if rep, err := journal.Verify(t.Context(), db.Journal(), "a"); err != nil || rep.Damage != nil || rep.Last != newest {
		t.Fatalf("after a restart: %+v, %v", rep, err)
	}
	db.Close()
}

// An append whose caller has gone is either there whole or not at all, and the
// next one is decided on what is there.
func TestAnAppendWithoutItsCallerIsSettledByReading(t *testing.T) {
	j := openAt(t, t.TempDir(), Options{}).Journal()
	var newest uint64
	for i := range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*10*time.Microsecond)
		rs := journaltest.Make("a", i*2, 2)
		_, err := j.Append(ctx, rs, newest)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		acked := err == nil
		for {
			got := journaltest.All(t, j, "a", newest)
			if len(got) != 0 && (len(got) != 2 || got[0].ID != rs[0].ID) || acked && len(got) == 0 {
				t.Fatalf("round %d: acknowledged %v, %d records", i, acked, len(got))
			}
			if len(got) == 2 {
				newest = got[1].Seq
				break
			}
			// Not there yet: the same again settles it, one of the two is stored.
			seq, err := j.Append(t.Context(), rs, newest)
			if errors.Is(err, journal.ErrConflict) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			newest = seq
			break
		}
	}
	if rep, err := journal.Verify(t.Context(), j, "a"); err != nil || rep.Records != 400 {
		t.Fatalf("%+v, %v", rep, err)
	}
}
