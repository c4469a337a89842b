package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aufruf/server/access"
	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

func TestBackupWhileOthersAppendIsWholeAndRestores(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	newest := journaltest.Add(t, db.Journal(), journaltest.Make("a", 0, 3000), 0)
	if _, err := access.LoadSecrets(db.dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	begun := make(chan struct{})
	wg.Go(func() {
		for i := 3000; ctx.Err() == nil; i++ {
			seq, err := db.Journal().Append(context.Background(), journaltest.Make("a", i, 1), newest)
			if err != nil {
				t.Errorf("append during the backup: %v", err)
				return
			}
			if newest = seq; i == 3010 {
				close(begun)
			}
		}
	})
	<-begun
	dest := filepath.Join(t.TempDir(), "backup")
	var done, total int64
	path, err := db.Backup(t.Context(), dest, BackupOptions{Progress: func(d, n int64) { done, total = d, n }})
	cancel()
	wg.Wait()
	if err != nil || done != total || total == 0 {
		t.Fatalf("backup: %v, progress %d of %d", err, done, total)
	}
	if _, err := os.Stat(filepath.Join(dest, access.KeyFile)); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("the secret key lies beside the backup though nobody asked for it")
	}
	if _, err := db.Backup(t.Context(), dest, BackupOptions{}); !errors.Is(err, os.ErrExist) {
		t.Fatalf("a second backup over the first: %v", err)
	}
	if left, _ := filepath.Glob(path + ".part*"); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}

	to := filepath.Join(t.TempDir(), "data")
	reports, err := Restore(t.Context(), dest, to)
	if err != nil || len(reports) != 1 || reports[0].Records < 3010 {
		t.Fatalf("restore: %+v, %v", reports, err)
	}
	if _, err := Restore(t.Context(), dest, to); !errors.Is(err, os.ErrExist) {
		t.Fatalf("a restore over a database: %v", err)
	}
	restored := openAt(t, to, Options{})
	journaltest.Add(t, restored.Journal(), journaltest.Make("a", 9, 1), reports[0].Last)
}

func TestTheSecretKeyComesAlongWhenAsked(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	before, err := access.LoadSecrets(db.dir)
	if err != nil {
		t.Fatal(err)
	}
	dest, to := t.TempDir(), t.TempDir()
	if _, err := db.Backup(t.Context(), dest, BackupOptions{SecretKey: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), dest, to); err != nil {
		t.Fatal(err)
	}
	after, err := access.LoadSecrets(to)
	if err != nil || after.TicketSecret("t1") != before.TicketSecret("t1") {
		t.Fatalf("links changed: %v", err)
	}
}

func TestABackupThatFailsLeavesNothingInTheWayOfTheNext(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	if _, err := access.LoadSecrets(db.dir); err != nil {
		t.Fatal(err)
	}
	dest := t.TempDir()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.Backup(stopped, dest, BackupOptions{SecretKey: true}); err == nil {
		t.Fatal("a backup that was stopped says that it is whole")
	}
	if left, err := os.ReadDir(dest); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := db.Backup(t.Context(), dest, BackupOptions{SecretKey: true}); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestADamagedBackupIsNotRestored(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	journaltest.Add(t, db.Journal(), journaltest.Make("a", 0, 10), 0)
	if _, err := db.writer.Exec(`UPDATE journal SET body = x'00' WHERE seq = 4`); err != nil {
		t.Fatal(err)
	}
	dest, to := t.TempDir(), t.TempDir()
	if _, err := db.Backup(t.Context(), dest, BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := Restore(t.Context(), dest, to)
	var damage *journal.DamageError
	if !errors.As(err, &damage) || damage.Seq != 4 {
		t.Fatalf("restored: %v", err)
	}
	if names, _ := filepath.Glob(filepath.Join(to, fileName+"*")); len(names) > 0 {
		t.Fatalf("left behind: %v", names)
	}
}
