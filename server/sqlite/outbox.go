package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"aufruf/server/notify"
)

var _ notify.Store = (*DB)(nil)

// NotifyCursor implements notify.Store.
func (db *DB) NotifyCursor(ctx context.Context, office string) (c notify.Cursor, err error) {
	err = db.readers.QueryRowContext(ctx, `SELECT seq, opening FROM follower WHERE office = ? AND purpose = 'notify'`, office).
		Scan(&c.Seq, &c.Opening)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return c, err
}

// PutOutbox implements notify.Store.
func (db *DB) PutOutbox(ctx context.Context, b notify.Batch) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		for i := range b.Rows {
			if err := putOutbox(tx, &b.Rows[i]); err != nil {
				return err
			}
		}
		for _, whose := range b.Over {
			if _, err := tx.Exec(`UPDATE outbox SET state = 'dropped', error = ?, changed = ?
				WHERE office = ? AND whose = ? AND state = 'waiting' AND kind <> 'cancelled'`,
				notify.CodeGone, nanos(b.At), b.Office, whose); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT OR REPLACE INTO follower (office, purpose, seq, opening) VALUES (?, 'notify', ?, ?)`,
			b.Office, b.Cursor.Seq, b.Cursor.Opening)
		return err
	})
}

// putOutbox inserts a row that is not there yet.
func putOutbox(tx *sql.Tx, r *notify.Row) error {
	_, err := tx.Exec(`INSERT OR IGNORE INTO outbox (office, seq, whose, kind, channel, asked, about, made, until, next, state, attempts,
		error, reference, provider, report, segments, price, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Office, int64(r.Seq), r.Whose, r.Kind, r.Channel, r.Asked, nanos(r.About), nanos(r.Made), nanos(r.Until), nanos(r.Next),
		r.State, r.Attempts, r.Error, r.Reference, r.Provider, r.Report, r.Segments, r.Price, nanos(r.Changed))
	return err
}

// AddOutbox implements notify.Store.
func (db *DB) AddOutbox(ctx context.Context, rows []notify.Row) (all []notify.Row, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		for i := range rows {
			if err := putOutbox(tx, &rows[i]); err != nil {
				return err
			}
		}
		r := &rows[0]
		found, err := tx.Query(`SELECT `+outboxColumns+` FROM outbox WHERE office = ? AND seq = 0 AND whose = ? AND kind = ? AND asked = ? ORDER BY id`,
			r.Office, r.Whose, r.Kind, r.Asked)
		all, err = collect(found, err, scanOutbox)
		return err
	})
	return all, err
}

const outboxColumns = `id, office, seq, whose, kind, channel, asked, about, made, until, next, state, attempts, error, reference,
	provider, report, segments, price, changed`

func scanOutbox(rows *sql.Rows) (r notify.Row, err error) {
	var seq, about, made, until, next, changed int64
	err = rows.Scan(&r.ID, &r.Office, &seq, &r.Whose, &r.Kind, &r.Channel, &r.Asked, &about, &made, &until, &next, &r.State,
		&r.Attempts, &r.Error, &r.Reference, &r.Provider, &r.Report, &r.Segments, &r.Price, &changed)
	r.Seq = uint64(seq)
	r.About, r.Made, r.Until, r.Next, r.Changed = instant(about), instant(made), instant(until), instant(next), instant(changed)
	return r, err
}

// outboxRows reads the rows that a condition names.
func (db *DB) outboxRows(ctx context.Context, where string, args ...any) ([]notify.Row, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT `+outboxColumns+` FROM outbox WHERE `+where, args...)
	return collect(rows, err, scanOutbox)
}

// OutboxDue implements notify.Store.
func (db *DB) OutboxDue(ctx context.Context, c notify.Channel, now time.Time, limit int) (due []notify.Row, next time.Time, err error) {
	due, err = db.outboxRows(ctx, `channel = ? AND state = 'waiting' AND next <= ? ORDER BY next, id LIMIT ?`, c, nanos(now), limit)
	if err != nil {
		return nil, next, err
	}
	var first sql.NullInt64
	err = db.readers.QueryRowContext(ctx, `SELECT min(next) FROM outbox WHERE channel = ? AND state = 'waiting' AND next > ?`, c, nanos(now)).Scan(&first)
	return due, instant(first.Int64), err
}

// OutboxIn implements notify.Store.
func (db *DB) OutboxIn(ctx context.Context, c notify.Channel, s notify.State) ([]notify.Row, error) {
	return db.outboxRows(ctx, `channel = ? AND state = ? ORDER BY id`, c, s)
}

// ChangeOutbox implements notify.Store.
func (db *DB) ChangeOutbox(ctx context.Context, r notify.Row, from notify.State) (changed bool, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE outbox SET state = ?, attempts = ?, next = ?, until = ?, error = ?, reference = ?, provider = ?, report = ?,
			segments = ?, price = ?, changed = ? WHERE id = ? AND state = ?`, r.State, r.Attempts, nanos(r.Next), nanos(r.Until), r.Error,
			r.Reference, r.Provider, r.Report, r.Segments, r.Price, nanos(r.Changed), r.ID, from)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		changed = n > 0
		return err
	})
	return changed && err == nil, err
}

// ReportOutbox implements notify.Store.
func (db *DB) ReportOutbox(ctx context.Context, provider, report string) (known bool, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM outbox WHERE provider = ? AND channel = 'sms'`, provider).Scan(&n); err != nil || n == 0 {
			return err
		}
		known = true
		_, err := tx.Exec(`UPDATE outbox SET report = ? WHERE provider = ? AND channel = 'sms' AND report NOT IN (?, ?)`,
			report, provider, notify.Delivered, notify.Undelivered)
		return err
	})
	return known, err
}

// OutboxCancels implements notify.Store.
func (db *DB) OutboxCancels(ctx context.Context) ([]notify.Row, error) {
	return db.outboxRows(ctx, `kind = 'cancelled' AND erased = 0 AND NOT EXISTS (SELECT 1 FROM outbox o
		WHERE o.office = outbox.office AND o.whose = outbox.whose AND o.kind = 'cancelled' AND o.erased = 0 AND o.state IN ('waiting', 'sending'))
		GROUP BY office, whose`)
}

// OutboxErased implements notify.Store.
func (db *DB) OutboxErased(ctx context.Context, office, whose string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE outbox SET erased = 1 WHERE office = ? AND whose = ? AND kind = 'cancelled' AND erased = 0`, office, whose)
		return err
	})
}

// OutboxRow implements notify.Store.
func (db *DB) OutboxRow(ctx context.Context, office string, id int64) (r notify.Row, ok bool, err error) {
	rows, err := db.outboxRows(ctx, `office = ? AND id = ?`, office, id)
	if err != nil || len(rows) == 0 {
		return r, false, err
	}
	return rows[0], true, nil
}

// OutboxOf implements notify.Store.
func (db *DB) OutboxOf(ctx context.Context, office, whose string) ([]notify.Row, error) {
	return db.outboxRows(ctx, `office = ? AND whose = ? ORDER BY id`, office, whose)
}

// OutboxNewest implements notify.Store.
func (db *DB) OutboxNewest(ctx context.Context, office string, before int64, limit int) ([]notify.Row, error) {
	if before <= 0 {
		return db.outboxRows(ctx, `office = ? ORDER BY id DESC LIMIT ?`, office, limit)
	}
	return db.outboxRows(ctx, `office = ? AND id < ? ORDER BY id DESC LIMIT ?`, office, before, limit)
}

// OutboxSums implements notify.Store.
func (db *DB) OutboxSums(ctx context.Context, office string, from, to time.Time) ([]notify.Sums, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT channel, state, count(*), sum(segments), sum(price) FROM outbox
		WHERE office = ? AND changed >= ? AND changed < ? GROUP BY channel, state ORDER BY channel, state`, office, nanos(from), nanos(to))
	return collect(rows, err, func(rows *sql.Rows) (s notify.Sums, err error) {
		err = rows.Scan(&s.Channel, &s.State, &s.Count, &s.Segments, &s.Price)
		return s, err
	})
}

// OutboxCounts implements notify.Store.
func (db *DB) OutboxCounts(ctx context.Context) (map[notify.State]int, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT state, count(*) FROM outbox GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	defer rows.Close()
	counts := map[notify.State]int{}
	for rows.Next() {
		var s notify.State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return nil, err
		}
		counts[s] = n
	}
	return counts, rows.Err()
}

// EraseOutbox implements notify.Store.
func (db *DB) EraseOutbox(ctx context.Context, office string, before time.Time) (n int, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`DELETE FROM outbox WHERE office = ? AND made < ? AND state IN ('sent', 'failed', 'dropped')`, office, nanos(before))
		if err != nil {
			return err
		}
		gone, err := res.RowsAffected()
		n = int(gone)
		return err
	})
	return n, err
}
