package sqlite

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"
)

// BenchmarkAppend measures durable appends: one after the other, and with 64
// callers waiting, of 64 offices or of one (where only one of those who wait
// can win, as an office itself appends what waits in one batch of its own).
func BenchmarkAppend(b *testing.B) {
	b.Run("one at a time", func(b *testing.B) { benchmarkAppend(b, 1, 1, 1) })
	b.Run("64 offices waiting", func(b *testing.B) { benchmarkAppend(b, 64, 64, 1) })
	b.Run("one office, 64 records a batch", func(b *testing.B) { benchmarkAppend(b, 1, 1, 64) })
	b.Run("one office, 64 rivals", func(b *testing.B) { benchmarkAppend(b, 64, 1, 1) })
}

func benchmarkAppend(b *testing.B, callers, offices, batch int) {
	j := openAt(b, b.TempDir(), Options{}).Journal()
	newest := make([]atomic.Uint64, offices)
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range callers {
		o := c % offices
		rs := journaltest.Make(fmt.Sprint("office", o), 1, batch)
		for i := range rs {
			rs[i].Body = make([]byte, 600)
		}
		wg.Go(func() {
			for left.Add(-int64(batch)) > -int64(batch) {
				for {
					seq, err := j.Append(b.Context(), rs, newest[o].Load())
					if err == nil {
						newest[o].Store(seq)
						break
					}
					if !errors.Is(err, journal.ErrConflict) {
						b.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkReadADay measures what a start reads: the newest day of each of 20
// offices whose records came in turn for a week, 600 a day.
func BenchmarkReadADay(b *testing.B) {
	const offices, days, perDay = 20, 7, 600
	dir := b.TempDir()
	db := openAt(b, dir, Options{})
	names := make([]string, offices)
	newest := make([]uint64, offices)
	for i := range names {
		names[i] = fmt.Sprint("office", i)
	}
	for n := 0; n < days*perDay; n += 10 {
		var wg sync.WaitGroup
		for o, name := range names {
			wg.Go(func() {
				rs := journaltest.Make(name, n, 10)
				for i := range rs {
					rs[i].Body, rs[i].Opening = make([]byte, 600), (n+i)%perDay == 0
				}
				seq, err := db.Journal().Append(b.Context(), rs, newest[o])
				if err != nil {
					b.Error(err)
				}
				newest[o] = seq
			})
		}
		wg.Wait()
	}
	db.Close()
	for b.Loop() {
		db, err := Open(b.Context(), dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, name := range names {
			for _, err := range db.Journal().Read(b.Context(), name, journal.LastOpening) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		if n != offices*perDay {
			b.Fatalf("read %d records", n)
		}
		db.Close()
	}
}
