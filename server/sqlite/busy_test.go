package sqlite

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"aufruf/server/access"
	"aufruf/server/journal/journaltest"
	"aufruf/server/people"
)

// pressing appends in four offices until the returned function is called, and
// fails the test if any append is refused.
func pressing(t *testing.T, db *DB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var begun sync.WaitGroup
	begun.Add(4)
	for o := range 4 {
		office := fmt.Sprint("office", o)
		wg.Go(func() {
			var newest uint64
			for i := 0; ctx.Err() == nil; i++ {
				seq, err := db.Journal().Append(context.Background(), journaltest.Make(office, i, 1), newest)
				if i == 0 {
					begun.Done()
				}
				if err != nil {
					t.Errorf("append in %s: %v", office, err)
					return
				}
				newest = seq
			}
		})
	}
	begun.Wait()
	return func() { cancel(); wg.Wait() }
}

func TestAToolWritesRowsWhileTheServerIsBusy(t *testing.T) {
	server := openAt(t, t.TempDir(), Options{})
	stop := pressing(t, server)
	defer stop()
	here := access.New(server, access.Options{})
	for range 5 {
		db, err := Open(t.Context(), server.dir, Options{Shared: true})
		if err != nil {
			t.Fatal(err)
		}
		tool := access.New(db, access.Options{})
		for i := range 5 {
			secret, _, err := tool.AddToken(t.Context(), "cli", fmt.Sprint(i), access.Grant{Role: access.Kiosk, Office: "hall"}, noon)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := here.Validate(t.Context(), access.Token, secret, noon); err != nil {
				t.Fatalf("not good at once: %v", err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNotesAreErasedWhileTheServerIsBusy(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	notes := newNotes(t, db)
	defer pressing(t, db)()
	for i := range 20 {
		k := people.Key{Office: "hall", Ticket: fmt.Sprint("t", i)}
		if err := notes.Put(t.Context(), k, "2026-03-30", "note"); err != nil {
			t.Fatal(err)
		}
		if n, err := notes.EraseDay(t.Context(), "hall", "2026-03-30"); err != nil || n != 1 {
			t.Fatalf("erased %d, %v", n, err)
		}
	}
}
