package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"sync"
	"sync/atomic"

	"aufruf/server/journal"

	"github.com/mattn/go-sqlite3"
)

// batchRecords bounds how many records one transaction takes on.
const batchRecords = 4096

// waitingAppends is how many appends may wait without their callers being held
// up a second time: one office has one under way.
const waitingAppends = 256

// Journal is journal.Journal in a file. One goroutine commits: it takes all
// appends that wait, of whatever offices, in one transaction. A disk's fsync
// then serves everybody who waits for it.
type Journal struct {
	db       *DB
	pokes    journal.Pokes
	requests chan *request
	closing  chan struct{}
	stopped  chan struct{}
	once     sync.Once

	// Of the committer:
	insert  *sql.Stmt
	inserts inserts
	tips    map[string]tip // what is newest, by office
	tipsNow map[string]tip // the same after the batch under way
	linked  []journal.Record
	batch   []*request
	results []result
}

// request is one append that waits. Who has got its result gives it back to
// requests; one that was left is left to the collector.
type request struct {
	records []journal.Record
	after   uint64
	left    atomic.Bool // nobody waits any more
	done    chan result
}

var requests = sync.Pool{New: func() any { return &request{done: make(chan result, 1)} }}

type result struct {
	seq uint64
	err error
}

// tip is an office's newest record.
type tip struct {
	seq uint64
	sum [32]byte
}

func newJournal(db *DB) *Journal {
	return &Journal{db: db, requests: make(chan *request, waitingAppends), closing: make(chan struct{}), stopped: make(chan struct{}),
		tips: map[string]tip{}, tipsNow: map[string]tip{}}
}

func (j *Journal) start() (err error) {
	j.insert, err = j.db.writer.Prepare(`INSERT INTO journal (office, seq, at, id, actor, opening, hash, sum, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err == nil {
		go j.run()
	}
	return err
}

// close finishes what waits.
func (j *Journal) close() {
	j.once.Do(func() { close(j.closing) })
	if j.insert != nil {
		<-j.stopped
		j.insert.Close()
		j.inserts.close()
	}
}

// Append implements journal.Journal. An append whose ctx ends before its
// transaction began was not stored.
func (j *Journal) Append(ctx context.Context, rs []journal.Record, after uint64) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if j.db.shared {
		return 0, errors.New("append: the file is open beside a server, its journals are only read")
	}
	req := requests.Get().(*request)
	req.records, req.after = rs, after
	select {
	case j.requests <- req:
	case <-j.closing:
		return 0, journal.ErrClosed
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case r := <-req.done:
		req.records = nil
		requests.Put(req)
		return r.seq, r.err
	case <-ctx.Done():
		req.left.Store(true)
		return 0, ctx.Err()
	case <-j.stopped:
		// The committer answers everything it took before it ends.
		select {
		case r := <-req.done:
			return r.seq, r.err
		default:
			return 0, journal.ErrClosed
		}
	}
}

// run is the committer.
func (j *Journal) run() {
	defer close(j.stopped)
	for {
		select {
		case first := <-j.requests:
			j.serve(j.collect(first))
		case <-j.closing:
			return
		}
	}
}

// collect takes what waits at this moment; nobody is waited for.
func (j *Journal) collect(first *request) []*request {
	clear(j.batch)
	batch, n := append(j.batch[:0], first), len(first.records)
	defer func() { j.batch = batch }()
	for n < batchRecords {
		select {
		case r := <-j.requests:
			batch, n = append(batch, r), n+len(r.records)
		default:
			return batch
		}
	}
	return batch
}

// serve stores a batch and answers everybody in it.
func (j *Journal) serve(batch []*request) {
	results, err := j.store(batch)
	if err == nil {
		for i, r := range batch {
			if results[i].err == nil {
				j.pokes.Poke(r.records[0].Office)
			}
		}
	}
	for i, r := range batch { // who is answered may use its request again
		if err != nil {
			r.done <- result{err: err}
		} else {
			r.done <- results[i]
		}
	}
}

// store commits a batch. Its error is everybody's; a result is one's own.
func (j *Journal) store(batch []*request) ([]result, error) {
	if err := j.db.Fault(); err != nil {
		return nil, err
	}
	if !j.db.room.enough() {
		return nil, journal.ErrDiskFull
	}
	if results, err := j.storeTogether(batch); !errors.Is(err, errOneByOne) {
		return results, err
	}
	var results []result
	var tips map[string]tip
	err := j.db.write(context.Background(), func(tx *sql.Tx) error {
		results, tips = make([]result, len(batch)), map[string]tip{}
		for i, r := range batch {
			var err error
			if results[i], err = j.appendOne(tx, tips, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for office, t := range tips {
		j.tips[office] = t
	}
	return results, nil
}

// appendOne inserts one request's records if they follow the newest. tips are
// those of this transaction. An error ends the whole transaction.
func (j *Journal) appendOne(tx *sql.Tx, tips map[string]tip, r *request) (result, error) {
	if r.left.Load() {
		return result{err: context.Canceled}, nil
	}
	if len(r.records) == 0 {
		_, err := journal.Link(nil, 0, [32]byte{})
		return result{err: err}, nil
	}
	office := r.records[0].Office
	t, ok := tips[office]
	if !ok {
		t, ok = j.tips[office]
	}
	if !ok {
		var err error
		var damage *journal.DamageError
		if t, err = newest(tx, office); errors.As(err, &damage) {
			return result{err: err}, nil
		} else if err != nil {
			return result{}, err
		}
	}
	tips[office] = t
	if t.seq != r.after {
		return result{err: journal.ErrConflict}, nil
	}
	linked, err := journal.Link(r.records, t.seq, t.sum)
	if err != nil {
		return result{err: err}, nil
	}
	insert := tx.Stmt(j.insert)
	for i, rec := range linked {
		_, err := insert.Exec(rec.Office, int64(rec.Seq), rec.At.UnixNano(), rec.ID, rec.By, rec.Opening, rec.Hash[:], rec.Sum[:], body(rec))
		if isDuplicate(err) && i == 0 {
			// Somebody else wrote into the file. Nothing of this request is in yet.
			if tips[office], err = newest(tx, office); err != nil {
				return result{}, err
			}
			return result{err: journal.ErrConflict}, nil
		}
		if err != nil {
			return result{}, err
		}
		t = tip{rec.Seq, rec.Sum}
	}
	tips[office] = t
	return result{seq: t.seq}, nil
}

func body(r journal.Record) []byte {
	if r.Body == nil {
		return []byte{}
	}
	return r.Body
}

func isDuplicate(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint && e.ExtendedCode == sqlite3.ErrConstraintUnique
}

// newest reads an office's tip from the file.
func newest(tx *sql.Tx, office string) (tip, error) {
	var seq int64
	var sum []byte
	err := tx.QueryRow(`SELECT seq, sum FROM journal WHERE office = ? ORDER BY seq DESC LIMIT 1`, office).Scan(&seq, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return tip{}, nil
	}
	if err != nil {
		return tip{}, err
	}
	if len(sum) != 32 {
		return tip{}, &journal.DamageError{Office: office, Seq: uint64(seq)}
	}
	return tip{uint64(seq), [32]byte(sum)}, nil
}

// Watch implements journal.Journal, for appends of this process.
func (j *Journal) Watch(ctx context.Context, office string) (<-chan struct{}, error) {
	return j.pokes.Watch(ctx, office)
}

// Trim implements journal.Journal.
func (j *Journal) Trim(ctx context.Context, office string, before uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return j.db.write(ctx, func(tx *sql.Tx) error {
		var opening sql.NullInt64
		if err := tx.QueryRow(`SELECT max(seq) FROM journal WHERE office = ? AND opening = 1`, office).Scan(&opening); err != nil {
			return err
		}
		cut := int64(min(before, uint64(opening.Int64)))
		_, err := tx.Exec(`INSERT OR REPLACE INTO journal_base (office, seq, sum)
			SELECT office, seq, sum FROM journal WHERE office = ? AND seq < ? ORDER BY seq DESC LIMIT 1`, office, cut)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM journal WHERE office = ? AND seq < ?`, office, cut)
		return err
	})
}

// Offices lists the offices that have records, by id.
func (j *Journal) Offices(ctx context.Context) ([]string, error) {
	return texts(j.db.readers.QueryContext(ctx, `WITH RECURSIVE known (name) AS (
			SELECT min(office) FROM journal
			UNION ALL
			SELECT (SELECT min(office) FROM journal WHERE office > known.name) FROM known WHERE known.name IS NOT NULL)
		SELECT name FROM known WHERE name IS NOT NULL`))
}

var _ journal.Journal = (*Journal)(nil)

// Read implements journal.Journal. It reads page by page and holds neither a
// connection nor a snapshot while the caller works.
func (j *Journal) Read(ctx context.Context, office string, after uint64) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		p := pager{db: j.db, office: office, after: after}
		for !p.done {
			rs, err := p.next(ctx)
			for _, r := range rs {
				if ctx.Err() != nil {
					err = ctx.Err()
					break
				}
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(journal.Record{}, err)
				return
			}
		}
	}
}
