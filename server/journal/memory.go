package journal

import (
	"bytes"
	"context"
	"iter"
	"sort"
	"sync"
)

// Memory is a journal that lasts as long as the process: for tests and
// invented days. The zero value is ready.
type Memory struct {
	pokes Pokes
	mu    sync.Mutex
	books map[string]book
}

// book is one office's records and the sum before the first of them. It is
// replaced, never changed, so that readers need no lock.
type book struct {
	records []Record
	base    [32]byte
}

func (b book) newest() (seq uint64, sum [32]byte) {
	if n := len(b.records); n > 0 {
		return b.records[n-1].Seq, b.records[n-1].Sum
	}
	return 0, b.base
}

// lastOpening is the index of the newest opening record, -1 if there is none.
func (b book) lastOpening() int {
	for i := len(b.records) - 1; i >= 0; i-- {
		if b.records[i].Opening {
			return i
		}
	}
	return -1
}

// from is the index of the first record with a number greater than after.
func (b book) from(after uint64) int {
	if after == LastOpening {
		return max(b.lastOpening(), 0)
	}
	return sort.Search(len(b.records), func(i int) bool { return b.records[i].Seq > after })
}

func (m *Memory) book(office string) book {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.books[office]
}

// Append implements Journal.
func (m *Memory) Append(ctx context.Context, rs []Record, after uint64) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if _, err := Link(rs, 0, [32]byte{}); err != nil {
		return 0, err
	}
	office := rs[0].Office
	seq, err := m.append(office, rs, after)
	if err != nil {
		return 0, err
	}
	m.pokes.Poke(office)
	return seq, nil
}

func (m *Memory) append(office string, rs []Record, after uint64) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.books[office]
	seq, sum := b.newest()
	if seq != after {
		return 0, ErrConflict
	}
	linked, err := Link(rs, after, sum)
	if err != nil {
		return 0, err
	}
	for i := range linked {
		linked[i].Body = bytes.Clone(linked[i].Body)
	}
	b.records = append(b.records, linked...)
	if m.books == nil {
		m.books = map[string]book{}
	}
	m.books[office] = b
	return after + uint64(len(linked)), nil
}

// Read implements Journal. It gives what was stored when the reading began.
func (m *Memory) Read(ctx context.Context, office string, after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		b := m.book(office)
		i := b.from(after)
		prev := b.base
		if i > 0 {
			prev = b.records[i-1].Sum
		}
		for _, r := range b.records[i:] {
			if err := ctx.Err(); err != nil {
				yield(Record{}, err)
				return
			}
			if r.Chain(prev) != r.Sum {
				yield(Record{}, &DamageError{Office: office, Seq: r.Seq})
				return
			}
			prev = r.Sum
			r.Body = bytes.Clone(r.Body)
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Watch implements Journal.
func (m *Memory) Watch(ctx context.Context, office string) (<-chan struct{}, error) {
	return m.pokes.Watch(ctx, office)
}

// Trim implements Journal.
func (m *Memory) Trim(ctx context.Context, office string, before uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.books[office]
	n := sort.Search(len(b.records), func(i int) bool { return b.records[i].Seq >= before })
	n = min(n, max(b.lastOpening(), 0))
	if n == 0 {
		return nil
	}
	b.base = b.records[n-1].Sum
	b.records = append([]Record(nil), b.records[n:]...)
	m.books[office] = b
	return nil
}
