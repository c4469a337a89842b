package main

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// commitClock sees from outside when the program has stored a record: SQLite
// raises a counter in the WAL's index, which all its readers share, right after
// the fsync. Statistics and others commit too, so at each change the journal is
// asked whether there is a new record.
type commitClock struct {
	index  []byte
	change *uint32
	db     *sql.DB
	newest *sql.Stmt
}

// changeAt is where the counter lies in the index.
const changeAt = 8

func watchCommits(data string) (*commitClock, error) {
	path := filepath.Join(data, "aufruf.db")
	fd, err := unix.Open(path+"-shm", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("the WAL's index: %w", err)
	}
	defer unix.Close(fd)
	index, err := unix.Mmap(fd, 0, 4096, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	c := &commitClock{index: index, change: (*uint32)(unsafe.Pointer(&index[changeAt]))}
	if c.db, err = sql.Open("sqlite3", "file:"+path+"?mode=ro&_query_only=1&_busy_timeout=5000"); err != nil {
		return nil, err
	}
	c.db.SetMaxOpenConns(1)
	if c.newest, err = c.db.Prepare(`SELECT max(seq) FROM journal WHERE office = ?`); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *commitClock) close() {
	c.newest.Close()
	c.db.Close()
	unix.Munmap(c.index)
}

func (c *commitClock) read() uint32 { return atomic.LoadUint32(c.change) }

// last is the newest stored record of an office.
func (c *commitClock) last(office string) (seq uint64, err error) {
	err = c.newest.QueryRow(office).Scan(&seq)
	return seq, err
}

// after waits until an office has a newer record and says when the counter was
// seen to rise for it. It looks every 20 µs, which leaves the core to the town.
// sure is false where it could not look for more than sureWithin before: then
// the commit may have been earlier.
func (c *commitClock) after(office string, last uint64, was uint32) (at int64, sure bool, err error) {
	looked := now()
	for until := looked + int64(10*time.Second); looked < until; {
		change := c.read()
		at := now()
		if change == was {
			looked = at
			unix.Nanosleep(&unix.Timespec{Nsec: 20_000}, nil)
			continue
		}
		seq, err := c.last(office)
		if err != nil || seq > last {
			return at, at-looked < int64(sureWithin), err
		}
		was = change
	}
	return 0, false, errors.New("nothing was stored")
}

const sureWithin = 300 * time.Microsecond

// stored is one command: when it was durable and which state it made.
type stored struct {
	at   int64
	seq  uint64
	sure bool // at is exact
}

// clerk gives commands one at a time and sees when each is stored, on a thread
// of its own.
type clerk struct {
	*caller
	clock *commitClock
	last  uint64
	work  chan func()
	sharp bool
}

func (p *program) clerk() (*clerk, error) {
	conn, err := dialBlocking(p.address)
	if err != nil {
		return nil, err
	}
	clock, err := watchCommits(p.data())
	if err != nil {
		conn.Close()
		return nil, err
	}
	c := &clerk{caller: p.call(conn, "clerk", fmt.Sprint("clerk", now())), clock: clock, work: make(chan func())}
	ready := make(chan bool)
	go func() {
		ready <- sharp()
		for do := range c.work {
			do()
		}
	}()
	c.sharp = <-ready
	return c, nil
}

func (c *clerk) close() {
	close(c.work)
	c.conn.Close()
	c.clock.close()
}

// press calls next, which changes what boards and phones see.
func (c *clerk) press(office string, desk int) (s stored, err error) {
	done := make(chan struct{})
	c.work <- func() {
		defer close(done)
		s, err = c.pressed(office, desk)
	}
	<-done
	return s, err
}

func (c *clerk) pressed(office string, desk int) (s stored, err error) {
	last, err := c.clock.last(office)
	if err != nil {
		return s, err
	}
	was := c.clock.read()
	if err := c.send(fmt.Sprintf("/api/v1/offices/%s/desks/d%d/next", office, desk), `{}`); err != nil {
		return s, err
	}
	if s.at, s.sure, err = c.clock.after(office, last, was); err != nil {
		return s, err
	}
	raw, err := c.answer()
	if err != nil {
		return s, err
	}
	var a struct {
		Seq uint64 `json:"seq"`
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return s, err
	}
	s.seq = a.Seq
	c.last = s.seq
	return s, nil
}

// screen is a lobby screen: it notes when each state came to its socket.
type screen struct {
	conn  blocking
	seen  chan stored // at: when; buffered, the oldest are dropped by who asks
	sharp bool
}

func (p *program) screen(topic string) (*screen, error) {
	conn, err := dialBlocking(p.address)
	if err != nil {
		return nil, err
	}
	s := &screen{conn: conn, seen: make(chan stored, 4096)}
	t := task{Address: p.address, Paths: []string{"/live?topic=" + topic}, Head: "Authorization: Bearer " + p.tokens["board"] + "\r\n"}
	if _, err := conn.Write(t.request(0)); err != nil {
		return nil, err
	}
	up := make(chan error, 1)
	go s.run(up)
	return s, <-up
}

func (s *screen) close() { s.conn.Close() }

func (s *screen) run(up chan<- error) {
	s.sharp = sharp()
	buf := make([]byte, 0, 256<<10)
	open := false
	defer close(s.seen)
	for {
		if len(buf) == cap(buf) {
			return
		}
		n, err := s.conn.Read(buf[len(buf):cap(buf)])
		at := now()
		if err != nil {
			if !open {
				up <- err
			}
			return
		}
		buf = buf[:len(buf)+n]
		if !open {
			end := bytes.Index(buf, []byte("\r\n\r\n"))
			if end < 0 {
				continue
			}
			if !bytes.HasPrefix(buf, []byte("HTTP/1.1 101 ")) {
				up <- errors.New("the screen was refused: " + string(buf[:end]))
				return
			}
			open = true
			up <- nil
			buf = buf[:copy(buf, buf[end+4:])]
		}
		for {
			head, payload, ok := wholeFrame(buf)
			if !ok {
				break
			}
			switch head & 0x0f {
			case 1:
				if !bytes.HasSuffix(payload, []byte(`"heart":true}`)) {
					s.seen <- stored{at: at, seq: seqOf(payload)}
				}
			case 9:
				s.conn.Write(masked(10, payload))
			}
			rest := buf[frameLength(payload):]
			buf = buf[:copy(buf, rest)]
		}
	}
}

// frameLength is how long a frame from a server with this payload is.
func frameLength(payload []byte) int {
	switch n := len(payload); {
	case n < 126:
		return n + 2
	case n < 1<<16:
		return n + 4
	default:
		return n + 10
	}
}

// wholeFrame cuts the first frame off, if it is there whole.
func wholeFrame(b []byte) (head byte, payload []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, false
	}
	at, size := 2, int(b[1]&0x7f)
	switch {
	case size == 126 && len(b) >= 4:
		at, size = 4, int(binary.BigEndian.Uint16(b[2:]))
	case size == 127 && len(b) >= 10:
		at, size = 10, int(binary.BigEndian.Uint64(b[2:]))
	case size >= 126:
		return 0, nil, false
	}
	if len(b) < at+size {
		return 0, nil, false
	}
	return b[0], b[at : at+size], true
}

// when waits for the first state that is not older than seq.
func (s *screen) when(seq uint64, within time.Duration) (int64, error) {
	late := time.After(within)
	for {
		select {
		case got, ok := <-s.seen:
			if !ok {
				return 0, errors.New("the screen's socket ended")
			}
			if got.seq >= seq {
				return got.at, nil
			}
		case <-late:
			return 0, fmt.Errorf("state %d did not come to the screen", seq)
		}
	}
}
