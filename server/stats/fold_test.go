package stats

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"aufruf/server/queue"
)

// A record looks only at the tickets of which it can make rows. Whoever looks at
// all of them at each record makes the same rows at the same records.
func TestLookingAtFewTicketsMakesTheRowsOfLookingAtAll(t *testing.T) {
	made, undone := 0, 0
	for seed := range uint64(8) {
		h := newHall(t)
		h.randomDay(seed, 300)
		few, all := newFold(h.rules), newFold(h.rules)
		for rec, err := range h.journal.Read(t.Context(), "hall", 0) {
			if err != nil {
				t.Fatal(err)
			}
			body, err := queue.DecodeBody(rec.Body)
			if err != nil {
				t.Fatal(err)
			}
			few.add(rec.Seq, rec.At, body)
			all.look = slices.Collect(maps.Keys(all.tracks))
			all.add(rec.Seq, rec.At, body)
			rows := func(f *fold) Rows {
				r := Rows{Visits: slices.Clone(f.visits), Promises: slices.Clone(f.promises), Missing: slices.Clone(f.missed)}
				r.sort()
				return r
			}
			if a, b := rows(few), rows(all); !reflect.DeepEqual(a, b) {
				t.Fatalf("day %d, record %d (%s): %d and %d rows, want %d and %d", seed, rec.Seq, body.Kind, len(a.Visits), len(a.Promises), len(b.Visits), len(b.Promises))
			}
			if a, b := len(few.tracks), len(all.tracks); a != b {
				t.Fatalf("day %d, record %d: %d stories, want %d", seed, rec.Seq, a, b)
			}
			if body.Kind == (queue.UndoLast{}).Kind() {
				undone++
			}
		}
		made += len(few.visits) + len(few.promises)
	}
	if made == 0 || undone == 0 {
		t.Errorf("%d rows, %d presses taken back", made, undone)
	}
}

// A record costs as much at the end of a long day as at its beginning.
func BenchmarkARecordAtTheEndOfALongDay(b *testing.B) {
	f, nine := newFold(testRules()), time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	day := queue.Body{Kind: "issue_ticket", Events: []queue.Event{nil}}
	for i := range 5000 {
		day.Events[0] = queue.TicketIssued{Ticket: "t" + string(rune(i)), Promise: &queue.Promise{P90: 5}}
		f.add(uint64(i), nine, day)
	}
	b.ResetTimer()
	day.Events[0] = queue.NoticeSet{}
	for b.Loop() {
		f.add(9999, nine, day)
	}
}
