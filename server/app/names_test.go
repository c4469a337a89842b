package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// marker is a name that nobody has. Put through every route, it must stand in
// no record, frame, log line or metric afterwards.
const marker = "Zwiebelschmitt"

func TestNamesGoNowhere(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always", "--metrics", "127.0.0.1:0")
	every := p.token("supervisor")
	clerk, reception := p.token("clerk", "hall"), p.token("reception", "hall")
	frames := p.watch(t, reception, "desk:hall", "office:hall", "board:hall:lobby")

	// A note is where a clerk may write a name.
	var drawn struct{ ID, Link string }
	p.must(reception, "draw", ticketsPath, drawCard).into(t, &drawn)
	p.must(clerk, "open", "/api/v1/offices/hall/desks/d1/open", `{}`)
	p.must(clerk, "next", "/api/v1/offices/hall/desks/d1/next", `{}`)
	note := "/api/v1/offices/hall/tickets/" + drawn.ID + "/note"
	if a, err := p.send(context.Background(), http.MethodPut, clerk, "", note, `{"text":"`+marker+` braucht Hilfe"}`); err != nil || a.status >= 300 {
		t.Fatalf("note: %d %s %v", a.status, a.body, err)
	}
	if a := p.get(clerk, note); !bytes.Contains(a.body, []byte(marker)) {
		t.Fatalf("the note does not come back: %d %s", a.status, a.body)
	}

	// A name and a number left at reception are found, and given out where they
	// are asked for.
	var known struct{ ID string }
	p.must(reception, "known", ticketsPath, strings.TrimSuffix(drawCard, "}")+`,"contact":{"surname":"`+marker+`","phone":"0171 2345678"}}`).into(t, &known)
	for _, a := range []answer{p.must(reception, "find", "/api/v1/offices/hall/people/find", `{"text":"`+marker+`"}`), p.get(reception, ticketsPath+"/"+known.ID+"/contact")} {
		if a.status != 200 || !bytes.Contains(a.body, []byte(marker)) {
			t.Fatalf("the person is not found: %d %s", a.status, a.body)
		}
	}
	if a := p.get(clerk, ticketsPath+"/"+known.ID+"/needs"); a.status != 200 || bytes.Contains(a.body, []byte(marker)) {
		t.Errorf("needs: %d %s", a.status, a.body)
	}

	// And everywhere else somebody may try.
	routes := p.routes(t)
	if len(routes) < 30 {
		t.Fatalf("only %d routes are known", len(routes))
	}
	for i, r := range routes {
		at := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllStringFunc(r.path, func(s string) string {
			if s == "{office}" {
				return "hall"
			}
			return marker
		})
		for _, token := range []string{every, clerk, reception, ""} {
			for j, body := range []string{`{"text":"` + marker + `"`, `{"` + marker + `":1}`, `{"reason":"` + marker + `","ticket":"` + marker + `","service":"` + marker +
				`","code":"` + marker + `","name":"` + marker + `","password":"` + marker + `","services":[{"id":"` + marker + `","quantity":1}]}`, marker} {
				if strings.HasSuffix(at, "/notice") {
					continue // public by intent, and says so
				}
				if a, err := p.send(context.Background(), r.method, token, fmt.Sprint(marker, i, j), at+"?q="+marker, body); err == nil && a.status >= 500 {
					t.Errorf("%s %s: %d", r.method, r.path, a.status)
				}
			}
		}
	}
	for _, at := range []string{"/" + marker, "/t/" + marker, "/a/" + marker, "/board/" + marker, "/desk/hall/" + marker, "/setup/" + marker, "/sign-in?next=/" + marker} {
		p.get("", at)
	}
	seen := frames()
	journal, err := p.run("journal", "show", "hall", "--config", p.config, "--data", p.data)
	if err != nil {
		t.Fatal(err)
	}
	works, _ := p.run("journal", "show", "works", "--config", p.config, "--data", p.data)
	metrics := p.metrics(t)
	for what, text := range map[string]string{"the journal": journal + works, "a frame": seen, "the log": p.output.String(), "a metric": metrics} {
		if len(text) < 100 {
			t.Errorf("%s is empty: %q", what, text)
		}
		if i := strings.Index(text, marker); i >= 0 {
			t.Errorf("%s holds the name: …%s…", what, text[max(0, i-200):i+40])
		}
	}
	p.kill()
	files, _ := filepath.Glob(filepath.Join(p.data, "aufruf.db*"))
	for _, f := range files {
		if raw, _ := os.ReadFile(f); bytes.Contains(raw, []byte(marker)) {
			t.Errorf("%s holds the name in clear", filepath.Base(f))
		}
	}
}

type route struct{ method, path string }

// routes are those of the API's own document.
func (p *program) routes(t *testing.T) (list []route) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]any
	}
	p.get("", "/api/v1/openapi.json").into(t, &doc)
	for at, methods := range doc.Paths {
		for m := range methods {
			list = append(list, route{strings.ToUpper(m), at})
		}
	}
	return list
}

// watch follows topics and returns what ends it and gives every frame seen.
func (p *program) watch(t *testing.T, token string, topics ...string) func() string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var mu sync.Mutex
	var all strings.Builder
	var wg sync.WaitGroup
	for _, topic := range topics {
		conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.url, "http")+"/live?topic="+topic,
			&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
		if err != nil {
			cancel()
			t.Fatalf("%s: %v", topic, err)
		}
		conn.SetReadLimit(1 << 20)
		wg.Go(func() {
			defer conn.CloseNow()
			for {
				_, raw, err := conn.Read(ctx)
				if err != nil {
					return
				}
				if !json.Valid(raw) {
					t.Errorf("%s: not JSON: %s", topic, raw)
				}
				mu.Lock()
				all.Write(raw)
				mu.Unlock()
			}
		})
	}
	return func() string {
		<-time.After(time.Second) // what is on its way arrives
		cancel()
		wg.Wait()
		return all.String()
	}
}

// metrics reads /metrics, whose address the program prints.
func (p *program) metrics(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`metrics +(http://\S+)`).FindStringSubmatch(p.output.String())
	if m == nil {
		t.Fatalf("the program does not say where its metrics are:\n%s", p.output)
	}
	resp, err := http.Get(m[1])
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	return string(raw)
}
