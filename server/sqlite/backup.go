package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"aufruf/server/access"
	"aufruf/server/journal"
)

// BackupOptions say how to back up.
type BackupOptions struct {
	// SecretKey also copies the secret key beside the database. Whoever has both
	// can open every link and note, so it is better kept elsewhere.
	SecretKey bool
	// Progress is told how many of about how many bytes are written; may be nil.
	// It is called from another goroutine, but never after Backup returned.
	Progress func(done, total int64)
}

// Backup writes a whole and durable copy of the file, as it is at one moment,
// into destDir, while work goes on. It refuses to overwrite an earlier one
// (os.ErrExist) and leaves nothing half done. It returns the copy's path.
func (db *DB) Backup(ctx context.Context, destDir string, opt BackupOptions) (string, error) {
	path := filepath.Join(destDir, fileName)
	if err := db.backup(ctx, path, opt); err != nil {
		return "", fmt.Errorf("back up to %s: %w", destDir, err)
	}
	return path, nil
}

func (db *DB) backup(ctx context.Context, path string, opt BackupOptions) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := absent(path); err != nil {
		return err
	}
	if opt.SecretKey {
		key := filepath.Join(filepath.Dir(path), access.KeyFile)
		if err := copyFile(filepath.Join(db.dir, access.KeyFile), key); err != nil {
			return err
		}
		defer func() {
			if err != nil { // else the next try would find it in its way
				os.Remove(key)
			}
		}()
	}
	// A connection of its own: the pool of readers only asks.
	source, err := sql.Open("sqlite3", source(filepath.Join(db.dir, fileName), "deferred", ""))
	if err != nil {
		return err
	}
	defer source.Close()
	if opt.Progress != nil {
		defer watchFile(path+".part", filepath.Join(db.dir, fileName), opt.Progress)()
	}
	os.Remove(path + ".part") // of a backup that was cut short
	return vacuumInto(ctx, source, path)
}

// watchFile reports a growing file's size until the returned function is
// called, and once at the end.
func watchFile(path, whole string, progress func(done, total int64)) (stop func()) {
	quit, gone := make(chan struct{}), make(chan struct{})
	size := func(p string) int64 {
		if info, err := os.Stat(p); err == nil {
			return info.Size()
		}
		return 0
	}
	total := size(whole)
	go func() {
		defer close(gone)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				progress(min(size(path), total), total)
			case <-quit:
				progress(total, total)
				return
			}
		}
	}()
	return func() { close(quit); <-gone }
}

// Restore puts a backup from fromDir into toDir, where no database may lie
// yet. It is checked whole, pages and the chain of every office, before it
// gets its name: an error means that nothing was restored. A secret key beside
// the backup comes along if toDir has none. The reports name what is there.
func Restore(ctx context.Context, fromDir, toDir string) ([]journal.Report, error) {
	reports, err := restore(ctx, fromDir, toDir)
	if err != nil {
		return reports, fmt.Errorf("restore from %s: %w", fromDir, err)
	}
	return reports, nil
}

func restore(ctx context.Context, fromDir, toDir string) ([]journal.Report, error) {
	if err := os.MkdirAll(toDir, 0o700); err != nil {
		return nil, err
	}
	lock, err := takeLock(filepath.Join(toDir, lockName))
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	path := filepath.Join(toDir, fileName)
	for _, p := range []string{path, path + "-wal"} {
		if err := absent(p); err != nil {
			return nil, err
		}
	}
	part := path + ".part"
	os.Remove(part) // of a restore that was cut short
	if err := copyFile(filepath.Join(fromDir, fileName), part); err != nil {
		return nil, err
	}
	defer os.Remove(part)
	reports, err := verifyFile(ctx, part)
	if err != nil {
		return reports, err
	}
	err = copyFile(filepath.Join(fromDir, access.KeyFile), filepath.Join(toDir, access.KeyFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrExist) {
		return reports, err
	}
	if err := os.Rename(part, path); err != nil {
		return reports, err
	}
	return reports, syncDir(toDir)
}

// verifyFile checks a file that nobody writes.
func verifyFile(ctx context.Context, path string) ([]journal.Report, error) {
	pool, err := sql.Open("sqlite3", source(path, "deferred", "&_query_only=1&immutable=1&mode=ro"))
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	if err := quickCheck(ctx, pool, "integrity_check"); err != nil {
		return nil, err
	}
	j := newJournal(&DB{readers: pool})
	offices, err := j.Offices(ctx)
	if err != nil {
		return nil, err
	}
	var reports []journal.Report
	for _, o := range offices {
		rep, err := journal.Verify(ctx, j, o)
		reports = append(reports, rep)
		if err == nil && rep.Damage != nil {
			err = rep.Damage
		}
		if err != nil {
			return reports, err
		}
	}
	return reports, nil
}

// absent is os.ErrExist, with the path, when something is there.
func absent(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return &os.PathError{Op: "create", Path: path, Err: os.ErrExist}
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// copyFile makes a durable copy that only its owner reads, and never
// overwrites.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return syncDir(filepath.Dir(to))
}
