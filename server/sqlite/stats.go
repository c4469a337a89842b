package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/stats"
)

var _ stats.Store = (*DB)(nil)

// StatsCursor implements stats.Store.
func (db *DB) StatsCursor(ctx context.Context, office string) (c stats.Cursor, err error) {
	err = db.readers.QueryRowContext(ctx, `SELECT seq, opening FROM follower WHERE office = ? AND purpose = 'stats'`, office).
		Scan(&c.Seq, &c.Opening)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return c, err
}

// PutStats implements stats.Store.
func (db *DB) PutStats(ctx context.Context, office string, rows stats.Rows, c stats.Cursor) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		for _, v := range rows.Visits {
			if _, err := tx.Exec(`INSERT OR IGNORE INTO visit
				(office, seq, day, hour, service, category, booked, arrival, wait, served, outcome)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				office, v.Seq, v.Day.String(), v.Hour, v.Service, v.Category, v.Booked, string(v.Arrival),
				seconds(v.Wait), seconds(v.Served), string(v.Outcome)); err != nil {
				return err
			}
		}
		for _, p := range rows.Promises {
			if _, err := tx.Exec(`INSERT OR IGNORE INTO promise
				(office, seq, day, hour, service, low, high, p10, p50, p80, p90, came, outcome)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				office, p.Seq, p.Day.String(), p.Hour, p.Service, p.Low, p.High, p.P10, p.P50, p.P80, p.P90,
				seconds(p.Came), string(p.Outcome)); err != nil {
				return err
			}
		}
		for _, m := range rows.Missing {
			if _, err := tx.Exec(`INSERT OR IGNORE INTO missing (office, seq, paper, day, service) VALUES (?, ?, ?, ?, ?)`,
				office, m.Seq, m.Paper, m.Day.String(), m.Service); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT OR REPLACE INTO follower (office, purpose, seq, opening) VALUES (?, 'stats', ?, ?)`,
			office, c.Seq, c.Opening)
		return err
	})
}

// StatsRows implements stats.Store.
func (db *DB) StatsRows(ctx context.Context, office string, first, last calendar.Date) (all stats.Rows, err error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT seq, day, hour, service, category, booked, arrival, wait, served, outcome
		FROM visit WHERE office = ? AND day BETWEEN ? AND ? ORDER BY seq`, office, first.String(), last.String())
	all.Visits, err = collect(rows, err, func(rows *sql.Rows) (v stats.Visit, err error) {
		v.Office = office
		var day string
		var wait, served float64
		if err = rows.Scan(&v.Seq, &day, &v.Hour, &v.Service, &v.Category, &v.Booked, &v.Arrival, &wait, &served, &v.Outcome); err != nil {
			return v, err
		}
		v.Wait, v.Served = lasting(wait), lasting(served)
		v.Day, err = calendar.ParseDate(day)
		return v, err
	})
	if err != nil {
		return all, fmt.Errorf("read visits: %w", err)
	}
	rows, err = db.readers.QueryContext(ctx, `SELECT seq, day, hour, service, low, high, p10, p50, p80, p90, came, outcome
		FROM promise WHERE office = ? AND day BETWEEN ? AND ? ORDER BY seq`, office, first.String(), last.String())
	all.Promises, err = collect(rows, err, func(rows *sql.Rows) (p stats.Promise, err error) {
		p.Office = office
		var day string
		var came float64
		if err = rows.Scan(&p.Seq, &day, &p.Hour, &p.Service, &p.Low, &p.High, &p.P10, &p.P50, &p.P80, &p.P90, &came, &p.Outcome); err != nil {
			return p, err
		}
		p.Came = lasting(came)
		p.Day, err = calendar.ParseDate(day)
		return p, err
	})
	if err != nil {
		return all, fmt.Errorf("read promises: %w", err)
	}
	rows, err = db.readers.QueryContext(ctx, `SELECT seq, paper, day, service FROM missing
		WHERE office = ? AND day BETWEEN ? AND ? ORDER BY seq, paper`, office, first.String(), last.String())
	all.Missing, err = collect(rows, err, func(rows *sql.Rows) (m stats.Missing, err error) {
		m.Office = office
		var day string
		if err = rows.Scan(&m.Seq, &m.Paper, &day, &m.Service); err != nil {
			return m, err
		}
		m.Day, err = calendar.ParseDate(day)
		return m, err
	})
	if err != nil {
		return all, fmt.Errorf("read missing papers: %w", err)
	}
	return all, nil
}

// EraseStats implements stats.Store.
func (db *DB) EraseStats(ctx context.Context, office string, before calendar.Date) (int, error) {
	var n int64
	for _, query := range []string{`DELETE FROM visit WHERE office = ? AND day < ?`, `DELETE FROM promise WHERE office = ? AND day < ?`,
		`DELETE FROM missing WHERE office = ? AND day < ?`} {
		err := db.write(ctx, func(tx *sql.Tx) error {
			res, err := tx.Exec(query, office, before.String())
			if err != nil {
				return err
			}
			gone, err := res.RowsAffected()
			n += gone
			return err
		})
		if err != nil {
			return int(n), err
		}
	}
	return int(n), nil
}

// seconds and lasting are how rows hold durations; -1 is none.
func seconds(d time.Duration) float64 {
	if d == stats.None {
		return -1
	}
	return d.Seconds()
}

func lasting(s float64) time.Duration {
	if s < 0 {
		return stats.None
	}
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}
