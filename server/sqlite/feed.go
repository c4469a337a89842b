package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aufruf/server/feed"
)

var _ feed.Store = (*DB)(nil)

// FeedStatus implements feed.Store.
func (db *DB) FeedStatus(ctx context.Context, source string) (s feed.Status, err error) {
	var text string
	err = db.readers.QueryRowContext(ctx, `SELECT status FROM feed WHERE source = ?`, source).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		err = fmt.Errorf("read status of calendar: %w", err)
	}
	return s, err
}

// PutFeedStatus implements feed.Store.
func (db *DB) PutFeedStatus(ctx context.Context, source string, s feed.Status) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO feed (source, status) VALUES (?, ?)`, source, string(text))
		return err
	})
}

// FeedKnown implements feed.Store.
func (db *DB) FeedKnown(ctx context.Context, source string) (map[string]feed.Known, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT uid, appointment, at, services, code, gone, turn FROM feed_event WHERE source = ?`, source)
	list, err := collect(rows, err, func(rows *sql.Rows) (k feed.Known, err error) {
		var at int64
		err = rows.Scan(&k.UID, &k.Appointment, &at, &k.Services, &k.Code, &k.Gone, &k.Turn)
		k.At = instant(at)
		return k, err
	})
	known := make(map[string]feed.Known, len(list))
	for _, k := range list {
		known[k.UID] = k
	}
	return known, err
}

// PutFeedKnown implements feed.Store.
func (db *DB) PutFeedKnown(ctx context.Context, source string, k feed.Known) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO feed_event (source, uid, appointment, at, services, code, gone, turn)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, source, k.UID, k.Appointment, nanos(k.At), k.Services, k.Code, k.Gone, k.Turn)
		return err
	})
}

// DropFeedKnown implements feed.Store.
func (db *DB) DropFeedKnown(ctx context.Context, source string, before time.Time) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM feed_event WHERE source = ? AND at < ?`, source, nanos(before))
		return err
	})
}
