package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"syscall"

	"aufruf/server/journal"

	"github.com/mattn/go-sqlite3"
)

// fail makes the file read-only for the rest of this process. After a failed
// write or fsync nobody knows what of it lasts, and the kernel may report
// success the next time without having written anything.
func (db *DB) fail(err error) error {
	fault := fmt.Errorf("%w: %w", journal.ErrReadOnly, err)
	if db.fault.CompareAndSwap(nil, &fault) {
		db.log.Error("disk fault, read-only from now on", "error", err)
	}
	return fault
}

// judge turns what SQLite said into what callers know: journal.ErrDiskFull,
// journal.ErrReadOnly (from now on), or the error as it is when the statement
// was refused and nothing is wrong with the disk.
func (db *DB) judge(err error) error {
	var e sqlite3.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return journal.ErrDiskFull
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrConstraint, sqlite3.ErrInterrupt, sqlite3.ErrTooBig,
		sqlite3.ErrError, sqlite3.ErrMismatch, sqlite3.ErrMisuse, sqlite3.ErrRange, sqlite3.ErrSchema, sqlite3.ErrAbort:
		return err
	case sqlite3.ErrIoErr:
		// No room for the log's index or for a write is a full disk; a failed
		// fsync never is.
		if e.SystemErrno == syscall.ENOSPC && e.ExtendedCode != sqlite3.ErrIoErrFsync && e.ExtendedCode != sqlite3.ErrIoErrDirFsync {
			return journal.ErrDiskFull
		}
	}
	return db.fail(err)
}

// write runs f in a transaction of the one writing connection. It is stored
// whole and durably when write returns nil, and not at all otherwise, except
// after journal.ErrReadOnly, when nobody knows. ctx bounds the waiting, not
// the writing. A full disk gives up the reserve once.
func (db *DB) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	return db.twice(func() error { return db.tryWrite(ctx, f) })
}

// twice tries a write, and once more when a full disk gave up the reserve.
func (db *DB) twice(try func() error) error {
	err := try()
	if errors.Is(err, journal.ErrDiskFull) && db.room.giveUp() {
		db.log.Warn("disk full, reserve given up")
		err = try()
	}
	return err
}

func (db *DB) tryWrite(ctx context.Context, f func(tx *sql.Tx) error) error {
	if err := db.Fault(); err != nil {
		return err
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return db.judge(err)
	}
	if err := f(tx); err != nil {
		tx.Rollback()
		return db.judge(err)
	}
	return db.judge(tx.Commit())
}
