package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

// held keeps the committer waiting for the file until release is called, so that
// what is appended meanwhile is stored together.
func held(t *testing.T, db *DB) (release func()) {
	t.Helper()
	conn, err := db.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func() { conn.Close() }
}

// appended gives each of some batches to the journal, waits until all of them
// wait for the committer, and returns what they were answered.
func appended(t *testing.T, db *DB, release func(), after map[string]uint64, batches ...[]journal.Record) []error {
	t.Helper()
	errs := make([]error, len(batches))
	var wg sync.WaitGroup
	give := func(i int) {
		_, errs[i] = db.journal.Append(context.Background(), batches[i], after[batches[i][0].Office])
	}
	wg.Go(func() { give(0) })
	for db.writer.Stats().WaitCount == 0 { // the committer has the first one
		time.Sleep(time.Millisecond)
	}
	for i := range batches[1:] {
		wg.Go(func() { give(i + 1) })
	}
	for len(db.journal.requests) < len(batches)-1 {
		time.Sleep(time.Millisecond)
	}
	release()
	wg.Wait()
	return errs
}

// Another program wrote into the file: who has to read on hears so, and nobody
// else who is stored with it notices.
func TestWhatAnotherWroteConcernsItsOfficeAlone(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	after := map[string]uint64{}
	offices := []string{"a", "b", "c"}
	for _, office := range offices {
		after[office] = journaltest.Add(t, db.Journal(), journaltest.Make(office, 0, 1), 0)
	}
	first := journaltest.All(t, db.Journal(), "b", 0)[0]
	foreign, err := journal.Link(journaltest.Make("b", 50, 1), 1, first.Sum)
	if err != nil {
		t.Fatal(err)
	}
	r := foreign[0]
	if _, err := db.writer.Exec(`INSERT INTO journal (office, seq, at, id, actor, opening, hash, sum, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Office, int64(r.Seq), r.At.UnixNano(), r.ID, r.By, r.Opening, r.Hash[:], r.Sum[:], body(r)); err != nil {
		t.Fatal(err)
	}
	errs := appended(t, db, held(t, db), after, journaltest.Make("a", 10, 1), journaltest.Make("b", 10, 2), journaltest.Make("c", 10, 2))
	for i, want := range []error{nil, journal.ErrConflict, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("%s: %v, want %v", offices[i], errs[i], want)
		}
	}
	if newest := journaltest.Add(t, db.Journal(), journaltest.Make("b", 20, 1), 2); newest != 3 {
		t.Errorf("b goes on at %d", newest)
	}
	for office, want := range map[string]int{"a": 2, "b": 3, "c": 3} {
		if rep, err := journal.Verify(t.Context(), db.Journal(), office); err != nil || rep.Damage != nil || rep.Records != want {
			t.Errorf("%s: %+v, %v", office, rep, err)
		}
	}
}

// More records than one statement takes are one transaction all the same: rivals
// in it lose alone, and a wrong batch takes nobody with it.
func TestManyAppendsAreStoredTogetherAndAnsweredEachForItself(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	after := map[string]uint64{}
	var batches [][]journal.Record
	for i := range 30 {
		office := fmt.Sprint("office", i)
		after[office] = journaltest.Add(t, db.Journal(), journaltest.Make(office, 0, 1), 0)
		batches = append(batches, journaltest.Make(office, 1, 7))
	}
	batches = append(batches, journaltest.Make("office3", 20, 1)) // too late
	wrong := journaltest.Make("office4", 20, 2)
	wrong[1].Office = "office5"
	batches = append(batches, wrong)
	began := db.writer.Stats().WaitCount
	if began != 0 {
		t.Fatalf("somebody waited for the file before: %d", began)
	}
	errs := appended(t, db, held(t, db), after, batches...)
	lost := 0
	for i, err := range errs {
		office := batches[i][0].Office
		switch {
		case errors.Is(err, journal.ErrConflict) && (office == "office3" || office == "office4"):
			lost++
		case err != nil && len(batches[i]) != 2:
			t.Errorf("append %d of %s: %v", i, office, err)
		}
	}
	if lost == 0 {
		t.Error("two batches after the same record were both stored")
	}
	for i := range 30 {
		office := fmt.Sprint("office", i)
		rep, err := journal.Verify(t.Context(), db.Journal(), office)
		if err != nil || rep.Damage != nil || rep.Records != 8 && office != "office3" {
			t.Errorf("%s: %+v, %v", office, rep, err)
		}
	}
}

// Whoever waits when the file is closed is told: stored, or closed and not.
func TestClosingAnswersWhoWaits(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	after, offices := map[string]uint64{}, []string{"a", "b", "c", "d"}
	var batches [][]journal.Record
	for _, office := range offices {
		after[office] = journaltest.Add(t, db.Journal(), journaltest.Make(office, 0, 1), 0)
		batches = append(batches, journaltest.Make(office, 1, 1))
	}
	release := held(t, db)
	var closed sync.WaitGroup
	errs := appended(t, db, func() {
		closed.Go(func() { db.Close() })
		<-db.journal.closing
		release()
	}, after, batches...)
	closed.Wait()
	db = openAt(t, dir, Options{})
	for i, office := range offices {
		stored := len(journaltest.All(t, db.Journal(), office, 0)) == 2
		if stored != (errs[i] == nil) || !stored && !errors.Is(errs[i], journal.ErrClosed) {
			t.Errorf("%s: stored %v, and answered %v", office, stored, errs[i])
		}
	}
}
