package app_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "aufruf/server/sqlite" // its driver reads and changes the file
)

func TestCheckConfigNamesEveryFaultAndChangesNothing(t *testing.T) {
	p := newProgram(t, smallTown)
	if out, err := p.run("check-config", p.config); err != nil || !strings.Contains(out, "sound, 2 offices, 2 screens") {
		t.Errorf("a sound file: %v\n%s", err, out)
	}
	short, err := exec.Command("sh", "-c", `ulimit -n 400; exec "$@"`, "sh", p.bin, "check-config", p.config).CombinedOutput()
	if err != nil || !strings.Contains(string(short), "here 139 screens and phones may follow at once, 34 of") ||
		!strings.Contains(string(short), "19000 are configured; more need more descriptors than 400") {
		t.Errorf("what fits into 400 descriptors: %v\n%s", err, short)
	}
	seven := filepath.Join("..", "config", "testdata", "bad.seven.yaml")
	out, err := p.run("check-config", seven)
	if err == nil || strings.Count(out, "bad.seven.yaml:") != 7 || strings.Contains(out, "goroutine") {
		t.Errorf("seven faults: %v\n%s", err, out)
	}
	if out, err := p.run("check-config", filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(out, "none.yaml") {
		t.Errorf("a file that is not there: %v\n%s", err, out)
	}
	if _, err := os.Stat(p.data); !os.IsNotExist(err) {
		t.Errorf("check-config made the data folder: %v", err)
	}
}

func TestAnAccountMadeOnTheCommandLineSignsInWhileTheServerRuns(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	add := func(password string, args ...string) (string, error) {
		cmd := exec.Command(p.bin, append([]string{"account", "add", "--config", p.config, "--data", p.data}, args...)...)
		cmd.Stdin = strings.NewReader(password + "\n")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	const password = "a sentence that is long enough"
	if out, err := add(password, "berta", "--role", "clerk", "--office", "hall"); err != nil || !strings.Contains(out, "acc_") {
		t.Fatalf("account add: %v\n%s", err, out)
	}
	for what, out := range map[string]func() (string, error){
		"the same name":     func() (string, error) { return add(password, "berta") },
		"a short password":  func() (string, error) { return add("short", "carla") },
		"an unknown role":   func() (string, error) { return add(password, "carla", "--role", "king") },
		"an unknown office": func() (string, error) { return add(password, "carla", "--role", "clerk", "--office", "moon") },
	} {
		if text, err := out(); err == nil || strings.Contains(text, "goroutine") || strings.Contains(text, password) {
			t.Errorf("%s: %v\n%s", what, err, text)
		}
	}
	in := p.form(t, "/sign-in", nil, url.Values{"name": {"berta"}, "password": {password}})
	if in.StatusCode != http.StatusSeeOther || len(in.Cookies()) == 0 {
		t.Fatalf("sign-in: %d", in.StatusCode)
	}
	for at, want := range map[string]int{"/desk/hall": http.StatusOK, "/supervisor/hall": http.StatusForbidden} {
		req, _ := http.NewRequest(http.MethodGet, p.url+at, nil)
		req.Header.Set("Accept", "text/html")
		for _, c := range in.Cookies() {
			req.AddCookie(c)
		}
		resp, err := httpClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", at, resp.StatusCode, want)
		}
	}
}

func TestATokenIsMadeForAKnownRoleAndPlaceAlone(t *testing.T) {
	p := newProgram(t, smallTown)
	for _, args := range [][]string{{"--role", "king"}, {"--role", "clerk", "--office", "moon"}, {"--role", "clerk", "--office", "hall", "--desk", "d9"}, {"--role", "clerk", "--desk", "d1"}} {
		out, err := p.run(append([]string{"token", "add", "--config", p.config, "--data", p.data}, args...)...)
		if err == nil || strings.Contains(out, "goroutine") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	before := p.token("clerk", "hall", "d1") // before the server has ever run
	p.start("--open-now", "always")
	p.must(before, "o", "/api/v1/offices/hall/desks/d1/open", `{}`)
	p.must(p.token("clerk", "hall", "d2"), "o", "/api/v1/offices/hall/desks/d2/open", `{}`)
	if a, err := p.post(context.Background(), before, "x", "/api/v1/offices/hall/desks/d2/next", `{}`); err != nil || a.status != http.StatusForbidden {
		t.Errorf("a token of another desk: %d %v", a.status, err)
	}
}

// journal show prints every record, and with --at the state as it was.
func TestTheJournalIsShownAsItIsAndAsItWas(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	kiosk := p.token("kiosk", "hall")
	p.must(kiosk, "1", ticketsPath, drawCard)
	p.must(kiosk, "2", ticketsPath, drawCard)
	show := func(more ...string) (string, error) {
		return p.run(append([]string{"journal", "show", "hall", "--config", p.config, "--data", p.data}, more...)...)
	}
	out, err := show()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	type record struct {
		Seq uint64
		At  time.Time
		By  string
	}
	var second record
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, line := range lines {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Seq != uint64(i+1) {
			t.Fatalf("line %d: %s: %v", i+1, line, err)
		}
		second = r
	}
	numbers := func(at time.Time) int {
		t.Helper()
		out, err := show("--at", at.Format(time.RFC3339Nano))
		var s struct{ Tickets []json.RawMessage }
		if err == nil {
			err = json.Unmarshal([]byte(out), &s)
		}
		if err != nil {
			t.Fatalf("--at %v: %v\n%s", at, err, out)
		}
		return len(s.Tickets)
	}
	if then, before := numbers(second.At), numbers(second.At.Add(-1)); then != 2 || before != 1 {
		t.Errorf("at the second number %d tickets, just before it %d", then, before)
	}
	if out, err := show("--at", "noon"); err == nil || !strings.Contains(out, "2026-11-24T10:00:00Z") {
		t.Errorf("--at noon: %v\n%s", err, out)
	}
}

// A table of the day goes to the running server: every fault of it is named and
// nothing entered, and the same table twice is entered once.
func TestATableOfAppointmentsIsImportedOnTheCommandLine(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	at := time.Now().UTC().Add(24 * time.Hour).Format("2006-01-02 15:04")
	load := func(table string) (string, error) {
		file := filepath.Join(t.TempDir(), "day.csv")
		if err := os.WriteFile(file, []byte("time,service,code\n"+table), 0o600); err != nil {
			t.Fatal(err)
		}
		return p.run("appointments", "import", "hall", file, "--config", p.config, "--data", p.data, "--server", p.url)
	}
	out, err := load("noon,card,AAAA22\n" + at + ",card,BBBB33,\nlater,card,CCCC44\n")
	if err == nil || strings.Count(out, "body[") != 3 || !strings.Contains(out, "nothing was entered") {
		t.Errorf("what cannot be read: %v\n%s", err, out)
	}
	out, err = load(at + ",moon,AAAA22\n" + at + ",card,BBBB33\n" + at + ",card,BBBB33\n")
	if err == nil || strings.Count(out, "body[") != 2 {
		t.Errorf("what is refused: %v\n%s", err, out)
	}
	look := func() int { return p.get(p.token("kiosk", "hall"), "/api/v1/offices/hall/appointments/BBBB33").status }
	if look() != http.StatusNotFound {
		t.Error("a line of a bad table was entered")
	}
	for range 2 {
		if out, err := load(at + ",card,BBBB33\n" + at + ",move,\n"); err != nil || !strings.Contains(out, "2 appointments entered") {
			t.Fatalf("a good table: %v\n%s", err, out)
		}
	}
	if look() != http.StatusOK {
		t.Error("the code of the table is not known")
	}
}

func TestANewerDatabaseIsRefusedInWords(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	if _, err := p.stop(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", filepath.Join(p.data, "aufruf.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"journal", "verify"}} {
		out, err := p.run(append(args, "--config", p.config, "--data", p.data)...)
		if err == nil || !strings.Contains(out, "newer") || strings.Contains(out, "listening") || strings.Contains(out, "goroutine") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}

func TestAnUnknownCommandIsAnsweredWithHelp(t *testing.T) {
	p := newProgram(t, smallTown)
	out, err := p.run("dance")
	if err == nil || !strings.Contains(out, "Usage: aufruf") {
		t.Errorf("%v\n%s", err, fmt.Sprintf("%.300s", out))
	}
}

func TestOpenNowLastsUntilTheHourItNames(t *testing.T) {
	local, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(3 * time.Hour).In(local).Truncate(time.Minute)
	p := newProgram(t, smallTown)
	p.start("--open-now", end.Format("15:04"))
	for _, office := range []string{"hall", "works"} {
		var got struct {
			Hours struct {
				Open  bool
				Until time.Time
			}
		}
		p.get("", "/api/v1/offices/"+office).into(t, &got)
		if !got.Hours.Open || !got.Hours.Until.Equal(end) {
			t.Errorf("%s: open %v until %v, want %v", office, got.Hours.Open, got.Hours.Until, end)
		}
	}
}

func TestCommandsOnDataMakeNoNewTown(t *testing.T) {
	p := newProgram(t, smallTown)
	for _, command := range [][]string{{"journal", "verify"}, {"journal", "show", "hall"}, {"backup", filepath.Join(t.TempDir(), "copy")}, {"keys", "rewrap"}} {
		nowhere := filepath.Join(t.TempDir(), "nowhere")
		out, err := p.run(append(command, "--config", p.config, "--data", nowhere)...)
		if err == nil || !strings.Contains(out, "--data") {
			t.Errorf("%v: %v\n%s", command, err, out)
		}
		if _, err := os.Stat(nowhere); err == nil {
			t.Errorf("%v made a folder", command)
		}
	}
}
