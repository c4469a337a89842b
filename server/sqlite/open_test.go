package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

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

// newestMigration is the number of the newest migration and of the one before,
// and the tables that the newest makes.
func newestMigration(t *testing.T) (newest, before int, tables []string) {
	t.Helper()
	names, err := filepath.Glob("migration/*.sql") // in the order of their numbers
	if err != nil || len(names) < 2 {
		t.Fatalf("%v, %v", names, err)
	}
	number := func(name string) int {
		n, err := strconv.Atoi(filepath.Base(name)[:5])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	last := names[len(names)-1]
	raw, err := os.ReadFile(last)
	if err != nil {
		t.Fatal(err)
	}
	for _, hit := range regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllStringSubmatch(string(raw), -1) {
		tables = append(tables, hit[1])
	}
	if len(tables) == 0 {
		t.Fatalf("%s makes no table: how is it undone?", last)
	}
	return number(last), number(names[len(names)-2]), tables
}

func TestOlderDatabaseIsCopiedBeforeItsSchemaChanges(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	journaltest.Add(t, db.Journal(), journaltest.Make("a", 1, 2), 0)
	newest, before, tables := newestMigration(t)
	for _, table := range tables {
		if _, err := db.writer.Exec(`DROP TABLE ` + table); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.writer.Exec(`DELETE FROM goose_db_version WHERE version_id = ?`, newest); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{Shared: true}); !errors.Is(err, ErrOlderSchema) {
		t.Fatalf("a newer tool beside an older server: %v", err)
	}
	db.Close()
	db = openAt(t, dir, Options{})
	if got := journaltest.All(t, db.Journal(), "a", 0); len(got) != 2 {
		t.Fatalf("%d records after the migration", len(got))
	}
	if _, err := db.writer.Exec(`SELECT 1 FROM ` + tables[0]); err != nil {
		t.Fatal(err)
	}
	reports, err := verifyFile(t.Context(), filepath.Join(dir, fmt.Sprintf("aufruf.db.schema%d", before)))
	if err != nil || len(reports) != 1 || reports[0].Records != 2 {
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
