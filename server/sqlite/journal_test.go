package sqlite

import (
	"testing"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

// openAt opens a directory and closes it when the test ends.
func openAt(t testing.TB, dir string, opt Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSQLiteIsAJournal(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) journal.Journal {
		return openAt(t, t.TempDir(), Options{}).Journal()
	})
}
