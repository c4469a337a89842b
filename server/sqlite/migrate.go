package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migration/*.sql
var migrations embed.FS

// migrate brings the schema up to date, forward only. An older file is copied
// beside itself first, named by its schema's number.
func (db *DB) migrate(ctx context.Context) error {
	folder, err := fs.Sub(migrations, "migration")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.writer, folder)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	have, err := schema(ctx, db.writer)
	switch {
	case err != nil:
		return fmt.Errorf("read schema: %w", err)
	case have > known:
		return fmt.Errorf("%w (schema %d, this program knows %d)", ErrNewerSchema, have, known)
	case have == known:
		return nil
	}
	if db.shared {
		lock, err := takeLock(filepath.Join(db.dir, lockName))
		if errors.Is(err, ErrInUse) {
			return ErrOlderSchema
		}
		if err != nil {
			return err
		}
		defer lock.Close()
	}
	if have > 0 {
		if err := db.keepOld(ctx, have); err != nil {
			return fmt.Errorf("copy the old database: %w", err)
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema from %d to %d: %w", have, known, err)
	}
	return nil
}

// schema is the number of the newest migration in the file, 0 for a new file.
func schema(ctx context.Context, pool *sql.DB) (int64, error) {
	var tables int
	err := pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var version sql.NullInt64
	err = pool.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied = 1`).Scan(&version)
	return version.Int64, err
}

// keepOld copies the file as it is before a migration. A copy left by a
// migration that was cut short is made anew.
func (db *DB) keepOld(ctx context.Context, version int64) error {
	path := filepath.Join(db.dir, fmt.Sprintf("%s.schema%d", fileName, version))
	if err := os.Remove(path + ".part"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return vacuumInto(ctx, db.writer, path)
}

// vacuumInto writes a whole, durable copy to path: it is there complete or not
// at all.
func vacuumInto(ctx context.Context, pool *sql.DB, path string) error {
	part := path + ".part"
	if err := makeFile(part); err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		os.Remove(part)
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
