package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"aufruf/server/access"
)

// nanos and instant are how rows hold times; 0 is no time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// row asks for one row with a statement that stays prepared: for what is asked
// for at each request, where preparing took half of the time.
func (db *DB) row(ctx context.Context, query string, args ...any) *sql.Row {
	kept, ok := db.prepared.Load(query)
	if !ok {
		stmt, err := db.readers.PrepareContext(context.WithoutCancel(ctx), query)
		if err != nil {
			return db.readers.QueryRowContext(ctx, query, args...) // which says why not
		}
		if kept, ok = db.prepared.LoadOrStore(query, stmt); ok {
			stmt.Close() // somebody else was first
		}
	}
	return kept.(*sql.Stmt).QueryRowContext(ctx, args...)
}

// unknown turns "no rows" into what access calls it.
func unknown(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return access.ErrUnknown
	}
	return err
}

// oneRow is access.ErrUnknown when a statement found nothing to change.
func oneRow(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = access.ErrUnknown
	}
	return err
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// texts reads one column of text.
func texts(rows *sql.Rows, err error) ([]string, error) {
	return collect(rows, err, func(rows *sql.Rows) (s string, err error) {
		err = rows.Scan(&s)
		return s, err
	})
}
