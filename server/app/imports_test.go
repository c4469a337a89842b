package app_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// may says which rooms of ours a room may import. A room that is not here has
// not been thought about, and fails the test.
var may = map[string][]string{
	"display":                    {"server/queue", "server/calendar", "server/forecast"},
	"display/frames":             {"display", "server/queue"},
	"static":                     {},
	"static/phonepage":           {},
	"setup":                      {},
	"server":                     {"*"},
	"server/app":                 {"*"},
	"server/web":                 {"display", "static", "server/door", "server/office", "server/outlook", "server/overbook", "server/feed", "server/forecast", "server/stats", "server/whatif", "server/live", "server/wire", "server/access", "server/people", "server/notify", "server/queue", "server/calendar", "server/words", "server/speech"},
	"server/wire":                {"server/live"},
	"server/door":                {},
	"server/live":                {"display", "server/queue", "server/forecast"},
	"server/office":              {"server/journal", "server/queue", "server/calendar", "server/forecast"},
	"server/queue":               {"server/calendar", "server/slots"},
	"server/slots":               {"server/calendar"},
	"server/overbook":            {"server/queue", "server/calendar", "server/forecast"},
	"server/feed":                {"server/queue", "server/calendar"},
	"server/forecast":            {"server/queue", "server/calendar"},
	"server/outlook":             {"server/queue", "server/calendar", "server/forecast"},
	"server/whatif":              {"server/queue", "server/forecast"},
	"server/exchange":            {},
	"server/respond":             {"server/exchange", "server/queue", "server/calendar", "server/forecast"},
	"server/yardstick":           {"server/exchange", "server/simday", "server/respond", "server/forecast"},
	"server/yardstick/score":     {"server/yardstick", "server/exchange", "server/simday", "server/respond", "server/forecast"},
	"server/calendar":            {},
	"server/calendar/morning":    {"server/calendar"},
	"server/journal":             {},
	"server/journal/journaltest": {"server/journal"},
	"server/sqlite":              {"server/journal", "server/access", "server/people", "server/notify", "server/stats", "server/feed", "server/queue", "server/calendar"},
	"server/stats":               {"server/journal", "server/queue", "server/calendar", "server/forecast"},
	"server/access":              {},
	"server/people":              {},
	"server/config":              {"display", "server/notify", "server/queue", "server/calendar", "server/words"},
	"server/notify":              {"server/journal", "server/queue", "server/people", "server/calendar", "server/words"},
	"server/words":               {},
	"server/words/sortwords":     {"server/words"},
	"server/speech":              {"server/words"},
	"server/simday":              {"server/exchange", "server/queue", "server/calendar", "server/forecast"},
	"server/replay":              {"server/queue", "server/simday", "server/calendar"},
}

// alone says which room is the only one with a library.
var alone = map[string][]string{
	"github.com/gofiber/":         {"server/web"},
	"github.com/valyala/fasthttp": {"server/web"},
	"github.com/fasthttp/":        {"server/web"},
	"github.com/danielgtaylor/":   {"server/web"},
	"github.com/mattn/go-sqlite3": {"server/sqlite"},
	"golang.org/x/sys":            {"server/wire"},
	"github.com/pressly/goose/":   {"server/sqlite"},
	"github.com/nats-io/":         {"server/jetstream"},
	"github.com/goccy/go-yaml":    {"server/config"},
	"github.com/prometheus/":      {"server/web"},
	"github.com/nyaruka/":         {"server/people"},
	"github.com/wneessen/go-mail": {"server/notify"},
	"github.com/arran4/":          {"server/feed", "server/notify"},
	"github.com/evanw/esbuild":    {"static/phonepage"},
}

// pure rooms have no clock, no disk, no network and no dice.
var pure = []string{"server/queue", "server/slots", "server/calendar", "server/forecast", "server/whatif"}

var impure = []string{"os", "net", "net/http", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "os/exec", "sync"}

type room struct {
	ImportPath string
	Imports    []string
}

func rooms(t *testing.T) []room {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "aufruf/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []room
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var r room
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		r.ImportPath = strings.TrimPrefix(r.ImportPath, "aufruf/")
		list = append(list, r)
	}
	return list
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, r := range rooms(t) {
		allowed, known := may[r.ImportPath]
		if !known {
			t.Errorf("%s is a new room: say in this test whom it may import", r.ImportPath)
			continue
		}
		for _, imp := range r.Imports {
			if ours, ok := strings.CutPrefix(imp, "aufruf/"); ok && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s must not import %s", r.ImportPath, ours)
			}
			for library, owners := range alone {
				if strings.HasPrefix(imp, library) && !slices.Contains(owners, r.ImportPath) {
					t.Errorf("%s must not import %s: that is for %v alone", r.ImportPath, imp, owners)
				}
			}
			if slices.Contains(pure, r.ImportPath) && slices.Contains(impure, imp) {
				t.Errorf("%s is pure and must not import %s", r.ImportPath, imp)
			}
		}
	}
}
