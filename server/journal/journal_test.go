package journal_test

import (
	"fmt"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/journal/journaltest"

	"pgregory.net/rapid"
)

func TestMemoryIsAJournal(t *testing.T) {
	journaltest.Run(t, func(*testing.T) journal.Journal { return &journal.Memory{} })
}

// Every field must count: a change in any of them changes the sum, and moving
// a byte from one field to its neighbour does as well.
func TestChainCoversEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := journal.Record{
			Office: rapid.StringN(1, 8, -1).Draw(t, "office"), Seq: rapid.Uint64().Draw(t, "seq"),
			At: time.Unix(rapid.Int64Range(-1<<32, 1<<32).Draw(t, "at"), 5).UTC(),
			ID: rapid.String().Draw(t, "id"), By: rapid.String().Draw(t, "by"), Opening: rapid.Bool().Draw(t, "opening"),
			Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
		}
		var prev [32]byte
		changes := map[string]func(*journal.Record){
			"office": func(r *journal.Record) { r.Office += "x" }, "seq": func(r *journal.Record) { r.Seq++ },
			"at": func(r *journal.Record) { r.At = r.At.Add(1) }, "id": func(r *journal.Record) { r.ID += "x" },
			"by": func(r *journal.Record) { r.By += "x" }, "opening": func(r *journal.Record) { r.Opening = !r.Opening },
			"hash": func(r *journal.Record) { r.Hash[31] ^= 1 },
			"body": func(r *journal.Record) { r.Body = append([]byte{0}, r.Body...) },
			"moved": func(r *journal.Record) {
				r.ID, r.By = r.ID+r.By+"x", ""
			},
		}
		for name, change := range changes {
			c := r
			change(&c)
			if c.Chain(prev) == r.Chain(prev) {
				t.Fatalf("a change of %s is not seen", name)
			}
		}
		if other := [32]byte{1}; r.Chain(other) == r.Chain(prev) {
			t.Fatal("the predecessor is not seen")
		}
	})
}

func TestDamageIsNamed(t *testing.T) {
	err := error(&journal.DamageError{Office: "hall", Seq: 12})
	if got := fmt.Sprint(err); got != "journal of office hall is damaged at record 12" {
		t.Fatal(got)
	}
}
