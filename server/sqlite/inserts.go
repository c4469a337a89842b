package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aufruf/server/journal"

	"github.com/mattn/go-sqlite3"
)

// errOneByOne: a batch has something special in it and must be looked at append
// by append. Nothing of it was stored.
var errOneByOne = errors.New("to be stored one by one")

// storeTogether commits a batch of offices whose newest records are known, in
// as few statements as can be: usually one, which begins, inserts, commits and
// waits for the disk in a single step.
func (j *Journal) storeTogether(batch []*request) ([]result, error) {
	results := slices.Grow(j.results[:0], len(batch))[:len(batch)]
	clear(results)
	j.results = results
	tips, linked := j.tipsNow, j.linked[:0]
	clear(tips)
	defer func() { clear(linked); j.linked = linked[:0] }()
	for i, r := range batch {
		if r.left.Load() {
			results[i].err = context.Canceled
			continue
		}
		var office string
		if len(r.records) > 0 { // else Link says what is wrong
			office = r.records[0].Office
		}
		t, ok := tips[office]
		if !ok {
			t, ok = j.tips[office]
		}
		if !ok && office != "" {
			return nil, errOneByOne
		}
		if t.seq != r.after && office != "" {
			results[i].err = journal.ErrConflict
			continue
		}
		var err error
		if linked, err = journal.LinkTo(linked, r.records, t.seq, t.sum); err != nil {
			results[i].err = err
			continue
		}
		last := &linked[len(linked)-1]
		tips[office], results[i].seq = tip{last.Seq, last.Sum}, last.Seq
	}
	if len(linked) == 0 {
		return results, nil
	}
	err := j.db.twice(func() error { return j.insertAll(linked) })
	if isDuplicate(err) {
		return nil, errOneByOne // somebody else wrote into the file
	}
	if err != nil {
		return nil, err
	}
	for office, t := range tips {
		j.tips[office] = t
	}
	return results, nil
}

// insertAll stores linked records, all or none.
func (j *Journal) insertAll(rs []journal.Record) error {
	if err := j.db.Fault(); err != nil {
		return err
	}
	conn, err := j.db.writer.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		return j.db.judge(j.inserts.store(c.(*sqlite3.SQLiteConn), rs))
	})
}

// rowsTogether is how many records one statement inserts at most.
const rowsTogether = 64

// inserts are the prepared statements that store records. They go around
// database/sql and use the driver's Query, which binds a statement's values and
// steps it in one crossing from Go to C; Exec takes one for each value.
type inserts struct {
	conn  *sqlite3.SQLiteConn
	stmts map[string]driver.Stmt
	rows  [rowsTogether + 1]string // the statement that inserts so many rows
	args  []driver.NamedValue
}

// store inserts records in one transaction.
func (s *inserts) store(c *sqlite3.SQLiteConn, rs []journal.Record) error {
	if s.conn != c { // the pool opened a new connection
		s.close()
		s.conn, s.stmts = c, map[string]driver.Stmt{}
	}
	if len(rs) <= rowsTogether {
		return s.insert(rs)
	}
	if err := s.run("BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	for len(rs) > 0 {
		n := min(len(rs), rowsTogether)
		if err := s.insert(rs[:n]); err != nil {
			s.run("ROLLBACK", nil)
			return err
		}
		rs = rs[n:]
	}
	if err := s.run("COMMIT", nil); err != nil {
		s.run("ROLLBACK", nil)
		return err
	}
	return nil
}

// columnsOfRecord is how many values a record has.
const columnsOfRecord = 9

// insert inserts at most rowsTogether records with one statement.
func (s *inserts) insert(rs []journal.Record) error {
	query := &s.rows[len(rs)]
	if *query == "" {
		*query = `INSERT INTO journal (office, seq, at, id, actor, opening, hash, sum, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)` +
			strings.Repeat(`, (?, ?, ?, ?, ?, ?, ?, ?, ?)`, len(rs)-1)
	}
	if s.args == nil {
		s.args = make([]driver.NamedValue, rowsTogether*columnsOfRecord)
		for i := range s.args {
			s.args[i].Ordinal = i + 1
		}
	}
	args := s.args[:len(rs)*columnsOfRecord]
	defer func() {
		for i := range args {
			args[i].Value = nil
		}
	}()
	for i := range rs {
		r := &rs[i]
		for k, v := range [columnsOfRecord]driver.Value{r.Office, int64(r.Seq), r.At.UnixNano(), r.ID, r.By, r.Opening, r.Hash[:], r.Sum[:], body(*r)} {
			args[i*columnsOfRecord+k].Value = v
		}
	}
	return s.run(*query, args)
}

// run steps a statement to its end.
func (s *inserts) run(query string, args []driver.NamedValue) error {
	stmt, ok := s.stmts[query]
	if !ok {
		var err error
		if stmt, err = s.conn.Prepare(query); err != nil {
			return err
		}
		s.stmts[query] = stmt
	}
	q, ok := stmt.(driver.StmtQueryContext)
	if !ok {
		return fmt.Errorf("the driver's %T cannot query", stmt)
	}
	rows, err := q.QueryContext(context.Background(), args)
	if err != nil {
		return err
	}
	return rows.Close()
}

func (s *inserts) close() {
	for _, stmt := range s.stmts {
		stmt.Close()
	}
	s.stmts, s.conn = nil, nil
}
