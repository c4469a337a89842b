package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

// However much of the log's end a power cut takes: the data opens, what is there
// is sound and whole batches, and it goes on from there.
func TestATornEndIsCutAndTheRestIsSound(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	newest := journaltest.Add(t, db.Journal(), journaltest.Make("a", 0, 2), 0)
	for i := 1; i < 20; i++ {
		newest = journaltest.Add(t, db.Journal(), journaltest.Make("a", 2*i, 2), newest)
	}
	main, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(filepath.Join(dir, fileName+"-wal"))
	if err != nil || len(wal) < 20*4096 {
		t.Fatalf("a log of %d bytes: %v", len(wal), err)
	}
	db.Close()
	kept := map[string]bool{}
	for _, cut := range []int{0, 1, 100, 4096, 5000, 20_000, 40_000, 80_000, len(wal) / 2, len(wal) - 10, len(wal)} {
		torn := t.TempDir()
		for name, raw := range map[string][]byte{fileName: main, fileName + "-wal": wal[:len(wal)-cut]} {
			if err := os.WriteFile(filepath.Join(torn, name), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		db, err := Open(t.Context(), torn, Options{})
		if err != nil {
			t.Fatalf("%d bytes cut: %v", cut, err)
		}
		rep, err := journal.Verify(t.Context(), db.Journal(), "a")
		if err != nil || rep.Damage != nil || rep.Records%2 != 0 || cut == 0 && rep.Records != 40 {
			t.Errorf("%d bytes cut: %+v, %v", cut, rep, err)
		}
		kept[fmt.Sprint(rep.Records)] = true
		journaltest.Add(t, db.Journal(), journaltest.Make("a", 100, 2), uint64(rep.Last))
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(kept) < 4 {
		t.Errorf("the cuts made no difference: %v", kept)
	}
}
