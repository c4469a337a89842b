package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

func TestSecondServerOnTheSameDirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := openAt(t, dir, Options{})
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrInUse) {
		t.Fatalf("second server: %v", err)
	}
	first.Close()
	openAt(t, dir, Options{})
}

func TestSharedOpenerReadsJournalsAndDoesNotAppend(t *testing.T) {
	dir := t.TempDir()
	server := openAt(t, dir, Options{})
	journaltest.Add(t, server.Journal(), journaltest.Make("a", 1, 3), 0)
	tool := openAt(t, dir, Options{Shared: true})
	if got := journaltest.All(t, tool.Journal(), "a", 0); len(got) != 3 {
		t.Fatalf("the tool reads %d records", len(got))
	}
	if _, err := tool.Journal().Append(t.Context(), journaltest.Make("a", 4, 1), 3); err == nil {
		t.Fatal("the tool appended beside the server")
	}
	tool.Close()
	journaltest.Add(t, server.Journal(), journaltest.Make("a", 4, 1), 3)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	if _, err := db.writer.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, opt := range []Options{{}, {Shared: true}} {
		if _, err := Open(t.Context(), dir, opt); !errors.Is(err, ErrNewerSchema) {
			t.Fatalf("%+v: %v", opt, err)
		}
	}
}

// olderFile makes a file as the program before the newest migration left it, with
// two offices' records, and says what schema that was.
func olderFile(t *testing.T, dir string) (version int64) {
	t.Helper()
	pool, err := sql.Open("sqlite3", source(filepath.Join(dir, fileName), "immediate", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	folder, err := fs.Sub(migrations, "migration")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, folder)
	if err != nil {
		t.Fatal(err)
	}
	sources := provider.ListSources()
	version = sources[len(sources)-2].Version
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	for _, office := range []string{"b", "a"} {
		rs, err := journal.Link(journaltest.Make(office, 1, 3), 0, [32]byte{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			if _, err := pool.Exec(`INSERT INTO journal (office, seq, at, id, actor, opening, hash, sum, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				r.Office, int64(r.Seq), r.At.UnixNano(), r.ID, r.By, r.Opening, r.Hash[:], r.Sum[:], body(r)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return version
}

func TestOlderDatabaseIsCopiedBeforeItsSchemaChanges(t *testing.T) {
	dir := t.TempDir()
	before := olderFile(t, dir)
	lock, err := takeLock(filepath.Join(dir, lockName)) // the older server
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{Shared: true}); !errors.Is(err, ErrOlderSchema) {
		t.Fatalf("a newer tool beside an older server: %v", err)
	}
	lock.Close()
	db := openAt(t, dir, Options{})
	if have, err := schema(t.Context(), db.writer); err != nil || have <= before {
		t.Fatalf("schema %d after %d, %v", have, before, err)
	}
	for _, office := range []string{"a", "b"} {
		if got := journaltest.All(t, db.Journal(), office, 0); len(got) != 3 {
			t.Fatalf("%d records of %s after the migration", len(got), office)
		}
		if newest := journaltest.Add(t, db.Journal(), journaltest.Make(office, 4, 1), 3); newest != 4 {
			t.Fatalf("%s goes on at %d", office, newest)
		}
	}
	reports, err := verifyFile(t.Context(), filepath.Join(dir, fmt.Sprintf("aufruf.db.schema%d", before)))
	if err != nil || len(reports) != 2 || reports[0].Records != 3 || reports[1].Records != 3 {
		t.Fatalf("the copy: %+v, %v", reports, err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	journaltest.Add(t, db.Journal(), journaltest.Make("a", 1, 1), 0)
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(names) < 4 {
		t.Fatalf("only %v", names)
	}
	for _, n := range names {
		if info, err := os.Stat(n); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", n, info.Mode(), err)
		}
	}
}

func TestDamagedPagesAreFoundAtOpen(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	journaltest.Add(t, db.Journal(), journaltest.Make("a", 0, 2000), 0)
	db.Close()
	path := filepath.Join(dir, fileName)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(raw) / 2 / 4096 * 4096; i < len(raw)/2/4096*4096+4096; i++ {
		raw[i] = 0xa5
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Fatalf("opened: %v", err)
	}
}

func TestOneFlippedByteInAStoredRecordIsFoundAndNamed(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	rs := journaltest.Make("a", 0, 40)
	rs[20].Body = []byte(`{"marked":"needle in the file"}`)
	journaltest.Add(t, db.Journal(), rs, 0)
	db.Close()
	path := filepath.Join(dir, fileName)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(raw), "needle")
	raw[at] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, dir, Options{})
	rep, err := journal.Verify(t.Context(), db.Journal(), "a")
	if err != nil || rep.Damage == nil || rep.Damage.Seq != 21 || rep.Records != 20 {
		t.Fatalf("verify: %+v, %v", rep, err)
	}
	// And a removed record is found at its successor.
	if _, err := db.writer.Exec(`DELETE FROM journal WHERE seq = 5`); err != nil {
		t.Fatal(err)
	}
	if rep, _ := journal.Verify(t.Context(), db.Journal(), "a"); rep.Damage == nil || rep.Damage.Seq != 6 {
		t.Fatalf("verify: %+v", rep)
	}
}

func TestAReaderIsToldWhenItsRecordsAreTrimmedUnderIt(t *testing.T) {
	j := openAt(t, t.TempDir(), Options{}).Journal()
	rs := journaltest.Make("a", 0, 2000)
	rs[1900].Opening = true
	journaltest.Add(t, j, rs, 0)
	n, last := 0, error(nil)
	for _, err := range j.Read(t.Context(), "a", 0) {
		if n++; n == 1 {
			if err := j.Trim(t.Context(), "a", journal.LastOpening); err != nil {
				t.Fatal(err)
			}
		}
		last = err
	}
	if !errors.Is(last, journal.ErrTrimmed) {
		t.Fatalf("%d records, then %v", n, last)
	}
}

func TestAppendAfterCloseIsRefused(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	db.Close()
	if _, err := db.Journal().Append(context.Background(), journaltest.Make("a", 1, 1), 0); !errors.Is(err, journal.ErrClosed) {
		t.Fatal(err)
	}
}
