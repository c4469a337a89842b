package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/app"
)

// shownMinutes are all figures that people see: of each ticket, and the
// newcomer's per category and service.
func shownMinutes(t *testing.T, p *program, tickets []string) map[string]any {
	t.Helper()
	shown := map[string]any{}
	get := func(path string) (v map[string]any) {
		a := p.get("", path)
		if a.status != http.StatusOK || json.Unmarshal(a.body, &v) != nil {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		return v
	}
	for _, secret := range tickets {
		shown[secret] = get("/api/v1/tickets/" + secret)
	}
	shown["office"] = get("/public/hall.json")["categories"]
	return shown
}

// The program ends and starts again on the same folder and at the same time:
// nobody sees another minute than before.
func TestARestartChangesNoShownMinute(t *testing.T) {
	var passed atomic.Int64
	clock := func() time.Time {
		return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).Add(time.Duration(passed.Load()))
	}
	dir := t.TempDir()
	var a *app.App
	var tokens map[access.Role]string
	p := &program{t: t}
	begin := func() {
		a, tokens = inProcess(t, dir, clock)
		p.url = a.URL()
	}
	begin()
	post := func(path, body string) answer {
		t.Helper()
		got, err := p.post(context.Background(), tokens[access.Supervisor], fmt.Sprint(path, passed.Load()), path, body)
		if err != nil || got.status >= 300 {
			t.Fatalf("%s: %d %s %v", path, got.status, got.body, err)
		}
		passed.Add(int64(7 * time.Second))
		return got
	}
	post("/api/v1/offices/hall/desks/d1/open", `{}`)
	var tickets []string
	draw := func() {
		var drawn struct{ Link string }
		post(ticketsPath, drawCard).into(t, &drawn)
		tickets = append(tickets, drawn.Link[strings.LastIndex(drawn.Link, "/")+1:])
	}
	for range 9 {
		draw()
	}
	post("/api/v1/offices/hall/desks/d1/next", `{}`)
	post("/api/v1/offices/hall/desks/d1/start", `{}`)
	// The look drifts with what runs at the desk, and what is shown stays: only
	// so can a restart be seen at all. Whoever draws is told a wait as soon as a
	// look has seen them.
	for range 4 {
		passed.Add(int64(40 * time.Second))
		draw()
		newest := tickets[len(tickets)-1]
		until(t, "a look ahead has seen the newest ticket", func() bool {
			return strings.Contains(string(p.get("", "/t/"+newest).body), `class="wait__left`)
		})
	}
	before := shownMinutes(t, p, tickets)
	if text := fmt.Sprint(before); !strings.Contains(text, "state:range") {
		t.Fatalf("no minutes are shown: %s", text)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	begin()
	if after := shownMinutes(t, p, tickets); !reflect.DeepEqual(before, after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}

	// What was shown is no truth: without its file, and with a broken one, the
	// program starts and tells waits all the same.
	for _, spoil := range []func(string) error{os.Remove, func(name string) error { return os.WriteFile(name, []byte("{"), 0o600) }} {
		if err := a.Stop(); err != nil {
			t.Fatal(err)
		}
		if err := spoil(filepath.Join(dir, "shown.json")); err != nil {
			t.Fatal(err)
		}
		begin()
		if text := fmt.Sprint(shownMinutes(t, p, tickets)); !strings.Contains(text, "state:range") {
			t.Errorf("no minutes are shown: %s", text)
		}
	}
}
