package app

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"aufruf/server/config"
	"aufruf/server/live"
	"aufruf/server/queue"
	"aufruf/server/stats"
)

// A screen that is to tell the score does, once enough is known; another of the
// same office does not.
func TestAScreenTellsHowOftenWaitsCameTrue(t *testing.T) {
	cfg, problems := config.Parse("test", []byte(oneOffice+`
screens:
  - { id: lobby, office: hall, names: { de: Halle }, score: true }
  - { id: yard, office: hall, names: { de: Hof } }
`))
	if err := problems.Err("en"); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	start := func() *App {
		t.Helper()
		a, err := Start(t.Context(), Options{Config: cfg, Data: dir, Listen: "127.0.0.1:0", Mute: true,
			Clock: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	shown := func(a *App, screen string) string {
		t.Helper()
		f, err := a.cast.Show(live.Topic{Kind: live.Board, Office: "hall", Name: screen})
		if err != nil {
			t.Fatal(err)
		}
		return string(f.View)
	}
	a := start()
	if v := shown(a, "lobby"); !strings.Contains(v, `"score":0`) {
		t.Errorf("of no promise: %s", v)
	}
	var rows stats.Rows
	for i := range 60 {
		came := 12 * time.Minute
		if i < 9 {
			came = time.Hour
		}
		rows.Promises = append(rows.Promises, stats.Promise{Row: stats.Row{Seq: uint64(1000 + i), Day: a.town.Offices()[0].State().Day.AddDays(-3), Service: "card",
			Outcome: stats.Called}, Promise: queue.Promise{Low: 10, High: 15, P50: 12}, Came: came})
	}
	if err := a.db.PutStats(t.Context(), "hall", rows, stats.Cursor{}); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	a = start()
	defer a.Stop()
	eventually(t, "51 of 60 are 85 of 100", func() bool { return strings.Contains(shown(a, "lobby"), `"score":85`) })
	if v := shown(a, "yard"); !strings.Contains(v, `"score":0`) {
		t.Errorf("a screen that tells nothing: %s", v)
	}
}
