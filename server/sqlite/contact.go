package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"aufruf/server/people"
)

var _ people.ContactStore = (*DB)(nil)

// PutContact implements people.ContactStore.
func (db *DB) PutContact(ctx context.Context, r people.ContactRow) error {
	return db.write(ctx, func(tx *sql.Tx) error { return putContact(tx, r) })
}

func putContact(tx *sql.Tx, r people.ContactRow) error {
	if err := dropContact(tx, r.Whose); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO contact (office, id, kind, ends, key_id, wrapped, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.Office, r.ID, r.Kind(), nanos(r.Until), r.KeyID, r.Wrapped, r.Text)
	for _, hash := range r.Hashes {
		if err == nil {
			_, err = tx.Exec(`INSERT OR IGNORE INTO contact_hash (office, hash, id) VALUES (?, ?, ?)`, r.Office, hash, r.ID)
		}
	}
	return err
}

// dropContact deletes a row; its hashes go with it.
func dropContact(tx *sql.Tx, w people.Whose) error {
	_, err := tx.Exec(`DELETE FROM contact WHERE office = ? AND id = ?`, w.Office, w.ID)
	return err
}

const contactColumns = `office, id, ends, key_id, wrapped, sealed`

func scanContact(scan func(...any) error) (r people.ContactRow, err error) {
	var ends int64
	err = scan(&r.Office, &r.ID, &ends, &r.KeyID, &r.Wrapped, &r.Text)
	r.Until = instant(ends)
	return r, err
}

// Contact implements people.ContactStore.
func (db *DB) Contact(ctx context.Context, w people.Whose) (people.ContactRow, error) {
	r, err := scanContact(db.row(ctx, `SELECT `+contactColumns+` FROM contact WHERE office = ? AND id = ?`,
		w.Office, w.ID).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = people.ErrNone
	}
	return r, err
}

// MoveContact implements people.ContactStore.
func (db *DB) MoveContact(ctx context.Context, from, to people.ContactRow) (moved bool, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`DELETE FROM contact WHERE office = ? AND id = ? AND wrapped = ?`, from.Office, from.ID, from.Wrapped)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		moved = true
		return putContact(tx, to)
	})
	return moved && err == nil, err
}

// KeepContact implements people.ContactStore.
func (db *DB) KeepContact(ctx context.Context, w people.Whose, until time.Time) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE contact SET ends = ? WHERE office = ? AND id = ?`, nanos(until), w.Office, w.ID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return people.ErrNone
	})
}

// FindContacts implements people.ContactStore.
func (db *DB) FindContacts(ctx context.Context, office string, hash []byte, limit int) ([]people.ContactRow, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT c.office, c.id, c.ends, c.key_id, c.wrapped, c.sealed
		FROM contact_hash h JOIN contact c ON c.office = h.office AND c.id = h.id
		WHERE h.office = ? AND h.hash = ? ORDER BY c.ends, c.id LIMIT ?`, office, hash, limit)
	return collect(rows, err, func(rows *sql.Rows) (people.ContactRow, error) { return scanContact(rows.Scan) })
}

// EraseContact implements people.ContactStore.
func (db *DB) EraseContact(ctx context.Context, e people.Erasing) (int, error) {
	return db.eraseContacts(ctx, e.At, func(tx *sql.Tx) ([]people.Erasing, error) {
		var there int
		err := tx.QueryRow(`SELECT count(*) FROM contact WHERE office = ? AND id = ?`, e.Office, e.ID).Scan(&there)
		if err != nil || there == 0 {
			return nil, err
		}
		return []people.Erasing{e}, nil
	})
}

// EraseContactsDue implements people.ContactStore.
func (db *DB) EraseContactsDue(ctx context.Context, now time.Time, day func(office string) string) (int, error) {
	return db.eraseContacts(ctx, now, func(tx *sql.Tx) ([]people.Erasing, error) {
		rows, err := tx.Query(`SELECT office, id FROM contact WHERE ends <= ?`, nanos(now))
		return collect(rows, err, func(rows *sql.Rows) (e people.Erasing, err error) {
			err = rows.Scan(&e.Office, &e.ID)
			e.Why, e.Day = people.ErasedTerm, day(e.Office)
			return e, err
		})
	})
}

// eraseContacts deletes what which names and counts it, and then rids the files
// of it. Also of what an earlier call deleted and could not scrub.
func (db *DB) eraseContacts(ctx context.Context, now time.Time, which func(tx *sql.Tx) ([]people.Erasing, error)) (n int, err error) {
	db.erasing.Lock()
	defer db.erasing.Unlock()
	err = db.write(ctx, func(tx *sql.Tx) error {
		all, err := which(tx)
		if err != nil {
			return err
		}
		for _, e := range all {
			if err := dropContact(tx, e.Whose); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO contact_erased (office, day, kind, why, n, scrubbed) VALUES (?, ?, ?, ?, 1, 0)
				ON CONFLICT (office, day, kind, why) DO UPDATE SET n = n + 1, scrubbed = 0`,
				e.Office, e.Day, e.Kind(), e.Why); err != nil {
				return err
			}
		}
		n = len(all)
		return nil
	})
	if err != nil {
		return 0, err
	}
	var open int
	if err := db.readers.QueryRowContext(ctx, `SELECT count(*) FROM contact_erased WHERE scrubbed = 0`).Scan(&open); err != nil || open == 0 {
		return n, err
	}
	if err := db.scrubAll(ctx); err != nil {
		return n, fmt.Errorf("scrub: %w", err)
	}
	return n, db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE contact_erased SET scrubbed = ? WHERE scrubbed = 0`, max(nanos(now), 1))
		return err
	})
}

// KeptContacts implements people.ContactStore.
func (db *DB) KeptContacts(ctx context.Context, office string) ([]people.KeptKind, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT kind, count(*), min(ends), max(ends) FROM contact WHERE office = ?
		GROUP BY kind ORDER BY kind`, office)
	return collect(rows, err, func(rows *sql.Rows) (k people.KeptKind, err error) {
		var first, last int64
		err = rows.Scan(&k.Kind, &k.Count, &first, &last)
		k.Earliest, k.Latest = instant(first), instant(last)
		return k, err
	})
}

// ErasedContacts implements people.ContactStore.
func (db *DB) ErasedContacts(ctx context.Context, office, since string) ([]people.ErasedDay, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT day, kind, why, n, scrubbed FROM contact_erased
		WHERE office = ? AND day >= ? ORDER BY day DESC, kind, why`, office, since)
	return collect(rows, err, func(rows *sql.Rows) (d people.ErasedDay, err error) {
		var at int64
		err = rows.Scan(&d.Day, &d.Kind, &d.Why, &d.Count, &at)
		d.Scrubbed = instant(at)
		return d, err
	})
}

// RewrapContacts implements people.ContactStore.
func (db *DB) RewrapContacts(ctx context.Context, keyID string, f func(people.ContactRow) (people.Sealed, error)) (int, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT `+contactColumns+` FROM contact WHERE key_id <> ?`, keyID)
	all, err := collect(rows, err, func(rows *sql.Rows) (people.ContactRow, error) { return scanContact(rows.Scan) })
	if err != nil {
		return 0, err
	}
	return rewrapAll(ctx, db, all, f, func(r people.ContactRow, s people.Sealed) (int, error) {
		return db.rewrap(ctx, `UPDATE contact SET key_id = ?, wrapped = ? WHERE office = ? AND id = ? AND wrapped = ?`,
			s.KeyID, s.Wrapped, r.Office, r.ID, r.Wrapped)
	})
}

func (db *DB) rewrap(ctx context.Context, query string, args ...any) (n int, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(query, args...)
		if err != nil {
			return err
		}
		changed, err := res.RowsAffected()
		n = int(changed)
		return err
	})
	return n, err
}
