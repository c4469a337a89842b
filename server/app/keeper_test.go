package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"aufruf/server/config"
	"aufruf/server/journal"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
	"aufruf/server/stats"
)

const oneOffice = `
town: { de: Kleinstadt }
retention: { journal_days: 2, statistics_days: 3 }
offices:
  - id: hall
    names: { de: Rathaus }
    hours: []
    categories: [{ id: all, letter: A, names: { de: Alles } }]
    services: [{ id: card, category: all, names: { de: Ausweis } }]
    desks: [{ id: d1, names: { de: Platz 1 } }]
`

// When a day is over its notes are gone, and journals only reach back as far as
// the configuration says.
func TestWhatMayNotBeKeptIsLetGo(t *testing.T) {
	cfg, problems := config.Parse("test", []byte(oneOffice))
	if err := problems.Err("en"); err != nil {
		t.Fatal(err)
	}
	var at atomic.Int64
	at.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	a, err := Start(t.Context(), Options{Config: cfg, Data: t.TempDir(), Listen: "127.0.0.1:0", Mute: true,
		Clock: func() time.Time { return time.Unix(0, at.Load()).UTC() }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	o := a.town.Offices()[0]
	press := func() {
		t.Helper()
		id := office.RequestID("test", time.Unix(0, at.Load()).String())
		if _, err := o.Do(t.Context(), office.Request{ID: id, By: "test", Hash: sha256.Sum256([]byte(id)), Command: queue.OpenOffice{}}); err != nil {
			t.Fatal(err)
		}
	}
	press()
	key := people.Key{Office: "hall", Ticket: "hall-20261124-0000"}
	if err := a.notes.Put(t.Context(), key, o.State().Day.String(), "braucht Hilfe"); err != nil {
		t.Fatal(err)
	}
	if text, err := a.notes.Get(t.Context(), "acc_1", key); err != nil || text == "" {
		t.Fatalf("%q, %v", text, err)
	}
	visit := stats.Visit{Row: stats.Row{Seq: 1, Day: o.State().Day, Service: "card", Outcome: stats.Done}, Category: "all"}
	if err := a.db.PutStats(t.Context(), "hall", stats.Rows{Visits: []stats.Visit{visit}}, stats.Cursor{}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		at.Add(int64(24 * time.Hour))
		press()
	}
	eventually(t, "the note is erased", func() bool {
		_, err := a.notes.Get(t.Context(), "acc_1", key)
		return errors.Is(err, people.ErrNone)
	})
	eventually(t, "the visit is erased", func() bool {
		rows, err := a.db.StatsRows(t.Context(), "hall", visit.Day, visit.Day)
		return err == nil && len(rows.Visits) == 0
	})
	eventually(t, "the journal is trimmed", func() bool {
		r, err := journal.Verify(context.Background(), a.db.Journal(), "hall")
		return err == nil && r.Damage == nil && r.Openings <= 4 && r.First > 1
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}
