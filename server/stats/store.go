package stats

import (
	"context"
	"sync"

	"aufruf/server/calendar"
)

// Cursor is how far an office's journal was read. Opening is the newest opening
// of a day in there: a ticket's story lies within a day, so reading on begins
// with it.
type Cursor struct{ Seq, Opening uint64 }

// Rows are rows of one office.
type Rows struct {
	Visits   []Visit
	Promises []Promise
	Missing  []Missing
}

// Store keeps the rows. Its methods may be called from anywhere at once.
type Store interface {
	// StatsCursor is the zero Cursor for an office that was never read.
	StatsCursor(ctx context.Context, office string) (Cursor, error)
	// PutStats stores rows and cursor together, durably, all or none. A row that
	// is there stays as it is.
	PutStats(ctx context.Context, office string, rows Rows, c Cursor) error
	// StatsRows are an office's rows of the days from first to last.
	StatsRows(ctx context.Context, office string, first, last calendar.Date) (Rows, error)
	// EraseStats removes the rows of the days before one and says how many there
	// were.
	EraseStats(ctx context.Context, office string, before calendar.Date) (int, error)
}

// Memory is a Store that forgets when the program ends.
type Memory struct {
	mu       sync.Mutex
	cursors  map[string]Cursor
	visits   map[key]Visit
	promises map[key]Promise
	missing  map[paperKey]Missing
}

type key struct {
	office string
	seq    uint64
}

type paperKey struct {
	key
	paper string
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{cursors: map[string]Cursor{}, visits: map[key]Visit{}, promises: map[key]Promise{}, missing: map[paperKey]Missing{}}
}

// StatsCursor implements Store.
func (m *Memory) StatsCursor(_ context.Context, office string) (Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursors[office], nil
}

// PutStats implements Store.
func (m *Memory) PutStats(_ context.Context, office string, rows Rows, c Cursor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range rows.Visits {
		if _, there := m.visits[key{office, v.Seq}]; !there {
			m.visits[key{office, v.Seq}] = v
		}
	}
	for _, p := range rows.Promises {
		if _, there := m.promises[key{office, p.Seq}]; !there {
			m.promises[key{office, p.Seq}] = p
		}
	}
	for _, p := range rows.Missing {
		k := paperKey{key{office, p.Seq}, p.Paper}
		if _, there := m.missing[k]; !there {
			m.missing[k] = p
		}
	}
	m.cursors[office] = c
	return nil
}

// StatsRows implements Store.
func (m *Memory) StatsRows(_ context.Context, office string, first, last calendar.Date) (Rows, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var rows Rows
	on := func(of string, day calendar.Date) bool {
		return of == office && !day.Before(first) && !day.After(last)
	}
	in := func(r Row) bool { return on(r.Office, r.Day) }
	for _, v := range m.visits {
		if in(v.Row) {
			rows.Visits = append(rows.Visits, v)
		}
	}
	for _, p := range m.promises {
		if in(p.Row) {
			rows.Promises = append(rows.Promises, p)
		}
	}
	for _, p := range m.missing {
		if on(p.Office, p.Day) {
			rows.Missing = append(rows.Missing, p)
		}
	}
	rows.sort()
	return rows, nil
}

// EraseStats implements Store.
func (m *Memory) EraseStats(_ context.Context, office string, before calendar.Date) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for k, v := range m.visits {
		if k.office == office && v.Day.Before(before) {
			delete(m.visits, k)
			n++
		}
	}
	for k, p := range m.promises {
		if k.office == office && p.Day.Before(before) {
			delete(m.promises, k)
			n++
		}
	}
	for k, p := range m.missing {
		if k.office == office && p.Day.Before(before) {
			delete(m.missing, k)
			n++
		}
	}
	return n, nil
}
