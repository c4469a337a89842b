package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"aufruf/server/journal"

	"github.com/mattn/go-sqlite3"
)

// A page is at most this many records, and ends early when it grows heavy.
const (
	pageRecords = 512
	pageBytes   = 4 << 20
)

// pager reads one office's records page by page and checks their chain.
type pager struct {
	db     *DB
	office string
	after  uint64
	prev   [32]byte // sum of record after, once begun
	begun  bool
	done   bool
}

// next gives the sound records of the next page, and the error after them.
func (p *pager) next(ctx context.Context) ([]journal.Record, error) {
	tx, err := p.db.readers.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if err := p.place(ctx, tx); err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT seq, at, id, actor, opening, hash, sum, body FROM journal
		WHERE office = ? AND seq > ? ORDER BY seq LIMIT ?`, p.office, int64(p.after), pageRecords)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var rs []journal.Record
	size := 0
	for size < pageBytes && rows.Next() {
		r, ok := p.scan(rows)
		if !ok {
			return rs, &journal.DamageError{Office: p.office, Seq: max(r.Seq, p.after+1)}
		}
		rs, size = append(rs, r), size+len(r.Body)
		p.after, p.prev = r.Seq, r.Sum
	}
	if err := rows.Err(); err != nil {
		var e sqlite3.Error
		if errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB) {
			return rs, &journal.DamageError{Office: p.office, Seq: p.after + 1}
		}
		return rs, err
	}
	p.done = len(rs) < pageRecords && size < pageBytes
	return rs, nil
}

// scan reads one row and checks it against its predecessor.
func (p *pager) scan(rows *sql.Rows) (journal.Record, bool) {
	var seq, at int64
	var opening bool
	var hash, sum []byte
	r := journal.Record{Office: p.office}
	if err := rows.Scan(&seq, &at, &r.ID, &r.By, &opening, &hash, &sum, &r.Body); err != nil {
		return r, false
	}
	r.Seq, r.At, r.Opening = uint64(seq), time.Unix(0, at).UTC(), opening
	if len(hash) != 32 || len(sum) != 32 {
		return r, false
	}
	r.Hash, r.Sum = [32]byte(hash), [32]byte(sum)
	return r, r.Chain(p.prev) == r.Sum
}

// place finds where the first page begins, and sees to it that nothing was
// trimmed under the pages that follow.
func (p *pager) place(ctx context.Context, tx *sql.Tx) error {
	base, baseSum, err := p.sumAt(ctx, tx, `SELECT seq, sum FROM journal_base WHERE office = ?`, p.office)
	if err != nil {
		return err
	}
	if p.begun {
		if base > p.after {
			return journal.ErrTrimmed
		}
		return nil
	}
	p.begun = true
	if p.after == journal.LastOpening {
		var opening sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT max(seq) FROM journal WHERE office = ? AND opening = 1`, p.office).Scan(&opening); err != nil {
			return err
		}
		p.after = uint64(max(opening.Int64-1, 0))
	}
	p.after = min(max(p.after, base), 1<<63-1)
	_, p.prev, err = p.sumAt(ctx, tx, `SELECT seq, sum FROM journal WHERE office = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`,
		p.office, int64(p.after))
	if p.prev == ([32]byte{}) {
		p.prev = baseSum
	}
	return err
}

func (p *pager) sumAt(ctx context.Context, tx *sql.Tx, query string, args ...any) (uint64, [32]byte, error) {
	var seq int64
	var sum []byte
	err := tx.QueryRowContext(ctx, query, args...).Scan(&seq, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, [32]byte{}, nil
	}
	if err == nil && len(sum) != 32 {
		err = &journal.DamageError{Office: p.office, Seq: uint64(seq)}
	}
	if err != nil {
		return 0, [32]byte{}, err
	}
	return uint64(seq), [32]byte(sum), nil
}
