package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"aufruf/server/access"
	"aufruf/server/config"
	"aufruf/server/journal"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/sqlite"

	"golang.org/x/sys/unix"
)

// townOrder is a command to the process that holds a town without HTTP.
type townOrder struct {
	Do      string `json:"do"` // latency, commands
	Waiting int    `json:"waiting"`
	Span    int64  `json:"span"`
	Samples int    `json:"samples"`
}

// inside is a town on its journal on disk, and nothing in front of it.
type inside struct {
	dir  string
	db   *sqlite.DB
	town *office.Town
	keys atomic.Int64
}

// serveTown is the subprocess with such a town: serve town FOLDER WAITING.
func serveTown(args []string) error {
	runtime.GOMAXPROCS(2) // as the program does on one core, see server/main.go
	waiting, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	in, err := openTown(args[0], waiting)
	if err != nil {
		return err
	}
	defer in.close()
	if err := say(struct{}{}); err != nil {
		return err
	}
	return answers(func(o townOrder) (any, error) {
		switch o.Do {
		case "latency":
			return in.latency(o.Samples)
		case "commands":
			return in.commands(o.Waiting, time.Duration(o.Span))
		}
		return nil, fmt.Errorf("a town does not know %q", o.Do)
	})
}

func openTown(dir string, waiting int) (*inside, error) {
	ctx := context.Background()
	log := slog.New(slog.DiscardHandler)
	cfg, problems := config.Parse("bench", []byte(configuration(officesFor(waiting))))
	if err := problems.Err("en"); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, dir, sqlite.Options{Log: log})
	if err != nil {
		return nil, err
	}
	secrets, err := access.LoadSecrets(dir)
	if err != nil {
		return nil, err
	}
	// A configuration has letters for 26 offices; the rules know no such bound.
	rules := cfg.AllRules()
	for i := officesMost; i < waiting; i++ {
		r := *rules[len(rules)-1]
		r.Office = fmt.Sprint("of", i)
		rules = append(rules, r.Compile())
	}
	town, err := office.OpenTown(ctx, rules, db.Journal(), secrets, office.Options{Now: wallClock, Log: log})
	if err != nil {
		return nil, err
	}
	in := &inside{dir: dir, db: db, town: town}
	for _, o := range town.Offices() {
		if err := in.do(o.ID(), queue.OpenOffice{}); err != nil {
			return nil, err
		}
		for _, d := range o.Rules().Desks {
			if err := in.do(o.ID(), queue.OpenDesk{Desk: d.ID}); err != nil {
				return nil, err
			}
		}
	}
	return in, nil
}

func (in *inside) close() {
	in.town.Close()
	in.db.Close()
}

// wallClock is the time of day.
func wallClock() time.Time {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_REALTIME, &t)
	return time.Unix(t.Unix()).UTC()
}

func (in *inside) do(id string, c queue.Command) error {
	o, ok := in.town.Office(id)
	if !ok {
		return fmt.Errorf("no office %q", id)
	}
	_, err := o.Do(context.Background(), office.Request{ID: office.RequestID("bench", strconv.FormatInt(in.keys.Add(1), 10)), By: "bench", Command: c})
	return err
}

func drawing() queue.Command {
	return queue.IssueTicket{Services: []queue.Item{{Service: "card", Quantity: 1}}}
}

func (in *inside) commands(waiting int, span time.Duration) (pace, error) {
	return allThree(func(n int, at func(i int) (string, int)) (rate, cpu float64, err error) {
		var callers []func() error
		for i := range n {
			office, desk := at(i)
			draw := false
			callers = append(callers, func() error {
				if draw = !draw; draw {
					return in.do(office, drawing())
				}
				return in.do(office, queue.CallNext{Desk: fmt.Sprint("d", desk)})
			})
		}
		return perSecond(context.Background(), callers, span, processorTime)
	}, waiting, waiting)
}

// latency gives one command after the other and measures beside each what the
// disk takes for the least that can be durable. All take turns, so that a disk
// that changes its mind changes it for all.
func (in *inside) latency(samples int) (a alone, err error) {
	over, err := os.OpenFile(filepath.Join(in.dir, "over"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return a, err
	}
	defer over.Close()
	const size = 4 << 20
	noise := make([]byte, size)
	rand.Read(noise)
	if _, err := over.Write(noise); err != nil {
		return a, err
	}
	grow, err := os.OpenFile(filepath.Join(in.dir, "grow"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return a, err
	}
	defer grow.Close()
	other, err := sql.Open("sqlite3", "file:"+filepath.Join(in.dir, "other.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		return a, err
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`CREATE TABLE record (n INTEGER PRIMARY KEY, body BLOB NOT NULL)`); err != nil {
		return a, err
	}
	insert, err := other.Prepare(`INSERT INTO record (body) VALUES (?)`)
	if err != nil {
		return a, err
	}
	defer insert.Close()
	draw := false
	var seq uint64
	steps := []struct {
		median *float64
		do     func(i int) error
	}{
		{&a.Sync, func(i int) error {
			if _, err := over.WriteAt(noise[:4096], int64(i%(size/4096))*4096); err != nil {
				return err
			}
			return unix.Fdatasync(int(over.Fd()))
		}},
		{&a.Grow, func(int) error {
			if _, err := grow.Write(noise[:4096]); err != nil {
				return err
			}
			return unix.Fdatasync(int(grow.Fd()))
		}},
		{&a.SQLite, func(int) error { _, err := insert.Exec(noise[:600]); return err }},
		{&a.Append, func(i int) error {
			var err error
			seq, err = in.db.Journal().Append(context.Background(), []journal.Record{{Office: "records", At: wallClock(), ID: fmt.Sprint("record ", i), By: "bench", Body: noise[:600]}}, seq)
			return err
		}},
		{&a.Do, func(int) error {
			if draw = !draw; draw {
				return in.do("alone", drawing())
			}
			return in.do("alone", queue.CallNext{Desk: "d0"})
		}},
	}
	times := make([][]float64, len(steps))
	for i := range samples {
		for s := range steps {
			step := (s + i) % len(steps)
			began := now()
			if err := steps[step].do(i); err != nil {
				return a, errors.Join(fmt.Errorf("step %d", step), err)
			}
			times[step] = append(times[step], float64(now()-began))
		}
	}
	for s := range steps {
		*steps[s].median = median(times[s])
	}
	return a, nil
}
