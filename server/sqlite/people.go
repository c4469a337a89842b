package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aufruf/server/people"
)

var _ people.Store = (*DB)(nil)

// PutNote implements people.Store.
func (db *DB) PutNote(ctx context.Context, r people.Row) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO note (office, ticket, day, key_id, wrapped, sealed) VALUES (?, ?, ?, ?, ?, ?)`,
			r.Office, r.Ticket, r.Day, r.KeyID, r.Wrapped, r.Text)
		return err
	})
}

// Note implements people.Store.
func (db *DB) Note(ctx context.Context, k people.Key) (people.Row, error) {
	r := people.Row{Key: k}
	err := db.readers.QueryRowContext(ctx, `SELECT day, key_id, wrapped, sealed FROM note WHERE office = ? AND ticket = ?`,
		k.Office, k.Ticket).Scan(&r.Day, &r.KeyID, &r.Wrapped, &r.Text)
	if errors.Is(err, sql.ErrNoRows) {
		err = people.ErrNone
	}
	return r, err
}

// EraseNote implements people.Store.
func (db *DB) EraseNote(ctx context.Context, k people.Key) error {
	_, err := db.erase(ctx, `DELETE FROM note WHERE office = ? AND ticket = ?`, k.Office, k.Ticket)
	return err
}

// EraseNotes implements people.Store.
func (db *DB) EraseNotes(ctx context.Context, office, day string) (int, error) {
	return db.erase(ctx, `DELETE FROM note WHERE office = ? AND day <= ?`, office, day)
}

// erase deletes rows so that they are in no file any more when it returns nil:
// their bytes are overwritten in the pages (secure_delete), the log that still
// holds them is taken in and cut to nothing, and a copy from before a
// migration goes as well.
func (db *DB) erase(ctx context.Context, query string, args ...any) (int, error) {
	var n int64
	err := db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(query, args...)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if err := db.scrubAll(ctx); err != nil {
		return int(n), fmt.Errorf("scrub: %w", err)
	}
	return int(n), nil
}

// scrubAll rids all files of what was deleted.
func (db *DB) scrubAll(ctx context.Context) error {
	if err := db.scrub(ctx); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(db.dir, fileName+".schema*"))
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// RewrapNotes implements people.Store.
func (db *DB) RewrapNotes(ctx context.Context, keyID string, f func(people.Row) (people.Sealed, error)) (int, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT office, ticket, day, key_id, wrapped, sealed FROM note WHERE key_id <> ?`, keyID)
	all, err := collect(rows, err, func(rows *sql.Rows) (r people.Row, err error) {
		err = rows.Scan(&r.Office, &r.Ticket, &r.Day, &r.KeyID, &r.Wrapped, &r.Text)
		return r, err
	})
	if err != nil {
		return 0, err
	}
	return rewrapAll(ctx, db, all, f, func(r people.Row, s people.Sealed) (int, error) {
		return db.rewrap(ctx, `UPDATE note SET key_id = ?, wrapped = ? WHERE office = ? AND ticket = ? AND wrapped = ?`,
			s.KeyID, s.Wrapped, r.Office, r.Ticket, r.Wrapped)
	})
}

// rewrapAll gives each row its key sealed anew and says how many took it; a row
// that was changed meanwhile is left as it is. The old keys are in no file when it
// returns nil.
func rewrapAll[R any](ctx context.Context, db *DB, rows []R, seal func(R) (people.Sealed, error), put func(R, people.Sealed) (int, error)) (int, error) {
	n := 0
	for _, r := range rows {
		sealed, err := seal(r)
		if err != nil {
			return n, err
		}
		changed, err := put(r, sealed)
		if err != nil {
			return n, err
		}
		n += changed
	}
	return n, db.scrubAll(ctx)
}

// scrub takes the log into the file and cuts it to nothing. Readers that hold
// an old state are waited for until ctx ends.
func (db *DB) scrub(ctx context.Context) error {
	for {
		if err := db.Fault(); err != nil {
			return err
		}
		var busy, frames, taken int
		err := db.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &taken)
		if err != nil {
			return db.judge(err)
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
