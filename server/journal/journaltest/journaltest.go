// Package journaltest holds what every journal adapter must do.
package journaltest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"aufruf/server/journal"
)

var start = time.Date(2026, 3, 29, 0, 59, 59, 999_999_999, time.UTC)

// Run checks an adapter. open gives an empty journal, closed by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) journal.Journal) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, journal.Journal)
	}{
		{"WhatWasAppendedIsReadInOrderFieldByField", fields},
		{"AppendAfterAnotherNumberIsAConflictAndStoresNothing", conflict},
		{"AnUnacceptableBatchStoresNothing", unacceptable},
		{"RecordsAreChained", chained},
		{"OfficesDoNotTouchEachOther", apart},
		{"OfTwoAppendersExactlyOneWinsEachRound", race},
		{"ManyOfficesAppendAtOnce", many},
		{"ReadingStartsAfterAnyNumber", starts},
		{"ReadingFromTheLastOpeningStartsAtIt", lastOpening},
		{"AWatcherIsPokedAndPokesAreMerged", watch},
		{"TrimKeepsTheNewestOpeningAndTheChain", trim},
		{"AnEndedContextStoresNothing", cancelled},
		{"ReadingEndsWithItsContext", readCancelled},
		{"BigBodiesComeBackWhole", big},
		{"TheCallerKeepsItsBytes", aliasing},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// Make makes n records of an office, number i of the whole test from first on.
func Make(office string, first, n int) []journal.Record {
	rs := make([]journal.Record, n)
	for i := range rs {
		k := first + i
		rs[i] = journal.Record{Office: office, At: start.Add(time.Duration(k) * time.Second), ID: fmt.Sprintf("%s-%d", office, k),
			By: "acc_1", Hash: sha256.Sum256(fmt.Append(nil, k)), Body: fmt.Appendf(nil, `{"n":%d}`, k)}
	}
	return rs
}

// Add appends and fails the test if that is refused.
func Add(t *testing.T, j journal.Journal, rs []journal.Record, after uint64) uint64 {
	t.Helper()
	seq, err := j.Append(t.Context(), rs, after)
	if err != nil {
		t.Fatalf("append after %d: %v", after, err)
	}
	return seq
}

// All reads all records after a number and fails the test on an error.
func All(t *testing.T, j journal.Journal, office string, after uint64) []journal.Record {
	t.Helper()
	var rs []journal.Record
	for r, err := range j.Read(t.Context(), office, after) {
		if err != nil {
			t.Fatalf("read %s after %d: %v", office, after, err)
		}
		rs = append(rs, r)
	}
	return rs
}

func ids(rs []journal.Record) []string {
	out := []string{}
	for _, r := range rs {
		out = append(out, r.ID)
	}
	return out
}

func wantIDs(t *testing.T, got []journal.Record, want []journal.Record) {
	t.Helper()
	if !slices.Equal(ids(got), ids(want)) {
		t.Fatalf("got records %v, want %v", ids(got), ids(want))
	}
}

func fields(t *testing.T, j journal.Journal) {
	rs := Make("a", 1, 3)
	rs[0].Opening = true
	rs[1].At = rs[1].At.In(time.FixedZone("elsewhere", 3600))
	rs[2].Body = nil
	last := Add(t, j, rs, 0)
	got := All(t, j, "a", 0)
	if len(got) != 3 || got[2].Seq != last {
		t.Fatalf("got %d records ending at %d, answered %d", len(got), got[len(got)-1].Seq, last)
	}
	var seq uint64
	for i, g := range got {
		w := rs[i]
		if g.Seq <= seq {
			t.Errorf("sequence goes from %d to %d", seq, g.Seq)
		}
		seq = g.Seq
		if g.Office != w.Office || !g.At.Equal(w.At) || g.At.Location() != time.UTC || g.ID != w.ID || g.By != w.By ||
			g.Opening != w.Opening || g.Hash != w.Hash || !bytes.Equal(g.Body, w.Body) {
			t.Errorf("record %d came back as %+v, want %+v", i, g, w)
		}
	}
	if rs[0].Seq != 0 || rs[0].Sum != [32]byte{} {
		t.Error("Append changed the caller's record")
	}
}

func conflict(t *testing.T, j journal.Journal) {
	if _, err := j.Append(t.Context(), Make("a", 1, 1), 7); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("append after 7 to an empty journal: %v", err)
	}
	first := Add(t, j, Make("a", 1, 2), 0)
	second := Add(t, j, Make("a", 3, 1), first)
	for _, after := range []uint64{0, first, second + 1, journal.LastOpening} {
		if _, err := j.Append(t.Context(), Make("a", 9, 2), after); !errors.Is(err, journal.ErrConflict) {
			t.Errorf("append after %d with newest %d: %v", after, second, err)
		}
	}
	wantIDs(t, All(t, j, "a", 0), Make("a", 1, 3))
}

func unacceptable(t *testing.T, j journal.Journal) {
	two := append(Make("a", 1, 1), Make("b", 1, 1)...)
	timeless := Make("a", 1, 2)
	timeless[1].At = time.Time{}
	for name, rs := range map[string][]journal.Record{
		"nothing": nil, "two offices": two, "no time": timeless, "no office": Make("", 1, 1),
	} {
		if _, err := j.Append(t.Context(), rs, 0); err == nil || errors.Is(err, journal.ErrReadOnly) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if got := append(All(t, j, "a", 0), All(t, j, "b", 0)...); len(got) != 0 {
		t.Fatalf("%d records were stored", len(got))
	}
	Add(t, j, Make("a", 1, 1), 0)
}

func chained(t *testing.T, j journal.Journal) {
	var newest uint64
	for i := range 5 {
		newest = Add(t, j, Make("a", i*3, 3), newest)
	}
	var prev [32]byte
	for _, r := range All(t, j, "a", 0) {
		if r.Chain(prev) != r.Sum {
			t.Fatalf("record %d is not chained to its predecessor", r.Seq)
		}
		prev = r.Sum
	}
	rep, err := journal.Verify(t.Context(), j, "a")
	if err != nil || rep.Records != 15 || rep.Damage != nil || rep.Last != newest {
		t.Fatalf("verify: %+v, %v", rep, err)
	}
}

func apart(t *testing.T, j journal.Journal) {
	a := Add(t, j, Make("a", 1, 2), 0)
	b := Add(t, j, Make("b", 1, 1), 0)
	Add(t, j, Make("a", 3, 1), a)
	Add(t, j, Make("b", 2, 2), b)
	wantIDs(t, All(t, j, "a", 0), Make("a", 1, 3))
	wantIDs(t, All(t, j, "b", 0), Make("b", 1, 3))
	wantIDs(t, All(t, j, "c", 0), nil)
}

func race(t *testing.T, j journal.Journal) {
	var newest uint64
	for round := range 50 {
		var wg sync.WaitGroup
		seqs, errs := [2]uint64{}, [2]error{}
		for i := range 2 {
			wg.Go(func() {
				rs := Make("a", round*2, 1+i)
				rs[0].By = fmt.Sprint(i)
				seqs[i], errs[i] = j.Append(t.Context(), rs, newest)
			})
		}
		wg.Wait()
		won := 0
		for i := range errs {
			switch {
			case errs[i] == nil:
				won++
				got := All(t, j, "a", newest)
				if len(got) != 1+i || got[0].By != fmt.Sprint(i) {
					t.Fatalf("round %d: appender %d won, but %d records are there", round, i, len(got))
				}
			case !errors.Is(errs[i], journal.ErrConflict):
				t.Fatalf("round %d: %v", round, errs[i])
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d appenders won", round, won)
		}
		newest = max(seqs[0], seqs[1])
	}
}

func many(t *testing.T, j journal.Journal) {
	var wg sync.WaitGroup
	for o := range 8 {
		office := fmt.Sprint("office", o)
		wg.Go(func() {
			var newest uint64
			for i := range 20 {
				// A stale number among the good ones: its refusal is nobody else's.
				if _, err := j.Append(t.Context(), Make(office, i, 1), newest+3); !errors.Is(err, journal.ErrConflict) {
					t.Errorf("%s: stale append: %v", office, err)
				}
				seq, err := j.Append(t.Context(), Make(office, i, 1), newest)
				if err != nil {
					t.Errorf("%s: %v", office, err)
					return
				}
				newest = seq
			}
		})
	}
	wg.Wait()
	for o := range 8 {
		office := fmt.Sprint("office", o)
		wantIDs(t, All(t, j, office, 0), Make(office, 0, 20))
	}
}

func starts(t *testing.T, j journal.Journal) {
	const n = 1300 // more than an adapter is likely to read at once
	Add(t, j, Make("a", 0, n), 0)
	all := All(t, j, "a", 0)
	wantIDs(t, all, Make("a", 0, n))
	for _, i := range []int{0, 1, 511, 512, 1023, n - 2, n - 1} {
		wantIDs(t, All(t, j, "a", all[i].Seq), all[i+1:])
	}
	wantIDs(t, All(t, j, "a", all[n-1].Seq+10), nil)
	read := 0
	for range j.Read(t.Context(), "a", 0) {
		if read++; read == 3 {
			break
		}
	}
}

func lastOpening(t *testing.T, j journal.Journal) {
	wantIDs(t, All(t, j, "a", journal.LastOpening), nil)
	newest := Add(t, j, Make("a", 0, 2), 0)
	wantIDs(t, All(t, j, "a", journal.LastOpening), Make("a", 0, 2))
	for i := range 3 {
		rs := Make("a", 2+4*i, 4)
		rs[1].Opening = true
		newest = Add(t, j, rs, newest)
	}
	wantIDs(t, All(t, j, "a", journal.LastOpening), Make("a", 11, 3))
}

func watch(t *testing.T, j journal.Journal) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	poke, err := j.Watch(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	newest := uint64(0)
	for i := range 5 {
		newest = Add(t, j, Make("a", i, 1), newest)
	}
	wait(t, poke, true)
	other, err := j.Watch(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	Add(t, j, Make("b", 1, 1), 0)
	wait(t, other, true)
	// A follower that reads on after each poke misses nothing.
	for seen := uint64(0); seen < newest; {
		for _, r := range All(t, j, "a", seen) {
			seen = r.Seq
		}
	}
	cancel()
	drain(t, poke)
	drain(t, other)
}

// drain waits until a channel is closed; a poke or two may still be in it.
func drain(t *testing.T, ch <-chan struct{}) {
	t.Helper()
	end := time.After(10 * time.Second)
	for {
		select {
		case _, ok := <-ch:
			if !ok {
				return
			}
		case <-end:
			t.Fatal("the channel was not closed with its context")
		}
	}
}

func wait(t *testing.T, ch <-chan struct{}, want bool) {
	t.Helper()
	select {
	case _, ok := <-ch:
		if ok != want {
			t.Fatalf("poke %v, want %v", ok, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no poke")
	}
}

func trim(t *testing.T, j journal.Journal) {
	if err := j.Trim(t.Context(), "a", journal.LastOpening); err != nil {
		t.Fatalf("trim an empty journal: %v", err)
	}
	newest := Add(t, j, Make("a", 0, 3), 0)
	if err := j.Trim(t.Context(), "a", newest); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, All(t, j, "a", 0), Make("a", 0, 3)) // no opening, nothing may go
	for i := range 2 {
		rs := Make("a", 3+3*i, 3)
		rs[0].Opening = true
		newest = Add(t, j, rs, newest)
	}
	all := All(t, j, "a", 0)
	if err := j.Trim(t.Context(), "a", all[2].Seq); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, All(t, j, "a", 0), all[2:])
	if err := j.Trim(t.Context(), "a", newest); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, All(t, j, "a", 0), all[6:])
	wantIDs(t, All(t, j, "a", all[1].Seq), all[6:])
	wantIDs(t, All(t, j, "a", journal.LastOpening), all[6:])
	if err := j.Trim(t.Context(), "a", all[1].Seq); err != nil {
		t.Fatalf("trim what is gone: %v", err)
	}
	if rest := All(t, j, "a", 0); rest[0].Chain(all[5].Sum) != rest[0].Sum {
		t.Fatal("the first kept record lost its tie to what was removed")
	}
	Add(t, j, Make("a", 9, 1), newest)
	wantIDs(t, All(t, j, "a", 0), append(slices.Clone(all[6:]), Make("a", 9, 1)...))
}

func cancelled(t *testing.T, j journal.Journal) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(ctx, Make("a", 1, 1), 0); !errors.Is(err, context.Canceled) {
		t.Fatalf("append with an ended context: %v", err)
	}
	if err := j.Trim(ctx, "a", 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("trim with an ended context: %v", err)
	}
	if _, err := j.Watch(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Fatalf("watch with an ended context: %v", err)
	}
	wantIDs(t, All(t, j, "a", 0), nil)
	Add(t, j, Make("a", 1, 1), 0)
}

func readCancelled(t *testing.T, j journal.Journal) {
	Add(t, j, Make("a", 0, 1300), 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, last := 0, error(nil)
	for _, err := range j.Read(ctx, "a", 0) {
		if last != nil {
			t.Fatal("something came after an error")
		}
		if last = err; err == nil {
			n++
		}
		cancel()
	}
	if !errors.Is(last, context.Canceled) || n == 0 || n == 1300 {
		t.Fatalf("reading gave %d records and ended with %v", n, last)
	}
}

func big(t *testing.T, j journal.Journal) {
	rs := Make("a", 0, 3)
	for i := range rs {
		rs[i].Body = bytes.Repeat([]byte{byte(i), 0, 0xff, '\n'}, 120_000)
	}
	Add(t, j, rs, 0)
	for i, r := range All(t, j, "a", 0) {
		if !bytes.Equal(r.Body, rs[i].Body) {
			t.Fatalf("body %d came back changed", i)
		}
	}
}

func aliasing(t *testing.T, j journal.Journal) {
	rs := Make("a", 0, 1)
	want := string(rs[0].Body)
	Add(t, j, rs, 0)
	rs[0].Body[0] = 'X'
	got := All(t, j, "a", 0)
	got[0].Body[1] = 'Y'
	if again := All(t, j, "a", 0); string(again[0].Body) != want {
		t.Fatalf("the stored body became %q", again[0].Body)
	}
}
