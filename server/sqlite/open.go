package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	_ "github.com/mattn/go-sqlite3" // registers the driver "sqlite3"
)

const (
	fileName    = "aufruf.db"
	lockName    = "aufruf.lock"
	reserveName = "reserve.bin"
)

// checkAtOpen is the size in bytes up to which the file is checked before Open
// returns: about 0.1 s. A bigger one is checked while work goes on, since a
// start with 30 days of 20 offices must not take seconds; every record that
// is read is checked by its chain in any case.
const checkAtOpen = 64 << 20

var (
	// ErrInUse: another server works in the directory.
	ErrInUse = errors.New("another server is already running on this data directory")
	// ErrNewerSchema: the file was written by a newer program.
	ErrNewerSchema = errors.New("the database was written by a newer version of this program")
	// ErrOlderSchema: the running server is older than this program.
	ErrOlderSchema = errors.New("the running server is older than this program: restart it with the same version first")
	// ErrDamaged: the file is not as it was written.
	ErrDamaged = errors.New("the database file is damaged")
)

// Options say how to open.
type Options struct {
	// Shared opens beside a running server, for an operator's command: no lock
	// is taken, rows may be read and written, journals only read.
	Shared bool
	Log    *slog.Logger // nil: the default logger
	// Reserve is the size in bytes of the file that is given up when the disk is
	// full; 0 means 16 MiB. It is never more than a quarter of the free room.
	Reserve int64
}

// DB is the open file. Its methods may be called from anywhere at once.
type DB struct {
	dir     string
	log     *slog.Logger
	shared  bool
	writer  *sql.DB // one connection
	readers *sql.DB
	lock    *os.File
	room    *room
	fault   atomic.Pointer[error]
	journal *Journal
	erasing sync.Mutex // of contacts: who scrubs has scrubbed what was deleted before
	cancel  context.CancelFunc
	tasks   sync.WaitGroup
}

// Open opens or makes the file in dir, brings its schema up to date (with a
// copy of the old file beside it) and checks it. Its errors are for the
// operator to read; among them are ErrInUse, ErrNewerSchema, ErrOlderSchema
// and ErrDamaged.
func Open(ctx context.Context, dir string, opt Options) (*DB, error) {
	db, err := open(ctx, dir, opt)
	if err != nil {
		return nil, fmt.Errorf("open data directory %s: %w", dir, err)
	}
	return db, nil
}

// Exists says whether a folder holds a town's data.
func Exists(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, fileName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func open(ctx context.Context, dir string, opt Options) (db *DB, err error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Reserve == 0 {
		opt.Reserve = 16 << 20
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	db = &DB{dir: dir, log: opt.Log, shared: opt.Shared}
	defer func(opened *DB) {
		if err != nil {
			opened.Close()
		}
	}(db)
	if !opt.Shared {
		if db.lock, err = takeLock(filepath.Join(dir, lockName)); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(dir, fileName)
	if err := makeFile(path); err != nil {
		return nil, err
	}
	if db.writer, err = sql.Open("sqlite3", source(path, "immediate", "")); err != nil {
		return nil, err
	}
	db.writer.SetMaxOpenConns(1)
	if err := db.migrate(ctx); err != nil {
		return nil, err
	}
	if db.readers, err = sql.Open("sqlite3", source(path, "deferred", "&_query_only=1")); err != nil {
		return nil, err
	}
	db.readers.SetMaxOpenConns(2 + 2*runtime.GOMAXPROCS(0))
	db.readers.SetMaxIdleConns(2 + 2*runtime.GOMAXPROCS(0))
	if opt.Shared {
		db.room = &room{}
		db.journal = newJournal(db)
		return db, nil
	}
	run, cancel := context.WithCancel(context.Background())
	db.cancel = cancel
	if err := db.check(ctx, run, path); err != nil {
		return nil, err
	}
	db.room = newRoom(dir, opt.Reserve)
	db.journal = newJournal(db)
	if err := db.journal.start(); err != nil {
		return nil, err
	}
	return db, nil
}

// Close finishes what waits and closes the file.
func (db *DB) Close() error {
	if db.journal != nil {
		db.journal.close()
	}
	if db.cancel != nil {
		db.cancel()
	}
	db.tasks.Wait()
	var errs []error
	for _, pool := range []*sql.DB{db.readers, db.writer} { // the writer last: it takes the log in
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// Journal is the journal in this file.
func (db *DB) Journal() *Journal { return db.journal }

// Fault is nil, or why nothing is written any more.
func (db *DB) Fault() error {
	if p := db.fault.Load(); p != nil {
		return *p
	}
	return nil
}

// Full says that the disk is full: the reserve is in use.
func (db *DB) Full() bool { return db.room.gone() }

// Ping answers whether the file can be read.
func (db *DB) Ping(ctx context.Context) error {
	var n int
	return db.readers.QueryRowContext(ctx, `SELECT count(*) FROM journal_base`).Scan(&n)
}

// check looks for damaged pages: at once in a small file, beside the work in a
// big one, where a find makes the file read-only.
func (db *DB) check(ctx, run context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() <= checkAtOpen {
		return quickCheck(ctx, db.readers, "quick_check")
	}
	db.tasks.Go(func() {
		if err := quickCheck(run, db.readers, "quick_check"); err != nil && run.Err() == nil {
			db.fail(err)
		}
	})
	return nil
}

func quickCheck(ctx context.Context, pool *sql.DB, pragma string) error {
	var found string
	if err := pool.QueryRowContext(ctx, `PRAGMA `+pragma+`(1)`).Scan(&found); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, found)
	}
	return nil
}

// source is the driver's name for the file. go-sqlite3 means NORMAL in WAL
// mode unless asked, and a deleted row stays readable unless asked.
func source(path, txlock, more string) string {
	u := url.URL{Path: path}
	return "file:" + u.EscapedPath() + "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_secure_delete=on" +
		"&_foreign_keys=on&_txlock=" + txlock + more
}

// makeFile makes an empty file that only its owner reads, if there is none;
// SQLite gives its log the same rights.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a name in a directory last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
