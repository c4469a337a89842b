package sqlite

import (
	"context"
	"slices"
	"testing"
	"time"

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

func TestOfficesAreListedOnceEach(t *testing.T) {
	j := openAt(t, t.TempDir(), Options{}).Journal()
	for _, office := range []string{"works", "hall", "z"} {
		for n := range 3 {
			rec := journal.Record{Office: office, At: time.Unix(int64(n), 0).UTC(), ID: "zz-later-than-any-office", Body: []byte("{}")}
			if _, err := j.Append(t.Context(), []journal.Record{rec}, uint64(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got, err := j.Offices(ctx)
	if err != nil || !slices.Equal(got, []string{"hall", "works", "z"}) {
		t.Fatalf("%v, %v", got, err)
	}
}
