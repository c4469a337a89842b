package office_test

import (
	"context"
	"log/slog"
	"testing"

	"aufruf/server/journal"
	"aufruf/server/office"
	"aufruf/server/sqlite"
)

func init() {
	office.OnDisk = func(t *testing.T) journal.Journal {
		db, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db.Journal()
	}
}
