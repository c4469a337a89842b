package office

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/queue"
)

func TestAnswersThatStayAreNotCopiedAtEachBatch(t *testing.T) {
	a, now := newAnswers(), newHand().now()
	for i := range 5000 {
		a.add(RequestID("kiosk", string(rune(i))), told{seq: uint64(i + 1), at: now})
	}
	if n := testing.AllocsPerRun(10, func() { a.from(now.Add(time.Hour)) }); n > 0 {
		t.Errorf("%v allocations to forget nothing", n)
	}
	if a.from(now.Add(25*time.Hour)) != 0 || len(a.at) != 0 {
		t.Error("answers are kept beyond their time")
	}
}

// Ids that are no hashes, and hashes written in capitals, are ids of their own.
func TestAnswersAreToldApartByTheirWholeID(t *testing.T) {
	id := RequestID("kiosk", "key")
	seen := map[answerKey]string{}
	for _, id := range []string{id, strings.ToUpper(id), id[:31], id + "0", id[:31] + "g", "tick:2026-11-24:1", "tick:2026-11-24:12", ""} {
		if other, there := seen[keyOf(id)]; there {
			t.Errorf("%q and %q are the same", id, other)
		}
		seen[keyOf(id)] = id
	}
}

// Whatever was answered is known for a day, also where what was said is given up
// or numbers overflow; what the newest said is there.
func TestAnswersAreFoundHoweverManyThereAre(t *testing.T) {
	for _, first := range []uint32{0, math.MaxUint32 - 3000} {
		a, now := newAnswers(), newHand().now()
		a.first, a.near = first, first
		text := func(i int) []byte {
			if i%7 == 0 {
				return nil
			}
			return []byte(`{"ticket":"` + strings.Repeat("t", i%300) + `"}`)
		}
		const all, hours = 6000, 30
		at := func(i int) time.Time { return now.Add(time.Duration(i) * hours * time.Hour / all) }
		near := 0
		for i := range all {
			a.add(fmt.Sprint("id", i), told{seq: uint64(i + 1), at: at(i), text: text(i)})
			a.add(fmt.Sprint("id", i), told{seq: 1 << 40, at: at(i)}) // known already
			a.forget(at(i))
			if i%500 != 499 {
				continue
			}
			near = 0
			for k := range i + 1 {
				got, known := a.get(fmt.Sprint("id", k))
				if want := at(i).Sub(at(k)) <= keepAnswers; known != want {
					t.Fatalf("after %d, answer %d is known: %v", i, k, known)
				}
				if !known {
					continue
				}
				if got.seq != uint64(k+1) || !got.at.Equal(at(k)) {
					t.Fatalf("after %d, answer %d is %+v", i, k, got)
				}
				if text(k) == nil && (got.answer != nil || got.far) {
					t.Fatalf("after %d, answer %d says something", i, k)
				}
				if text(k) == nil || got.far {
					continue
				}
				near++
				if want, _ := queue.DecodeAnswer(text(k)); !reflect.DeepEqual(got.answer, want) {
					t.Fatalf("after %d, answer %d is %v, want %v", i, k, got.answer, want)
				}
			}
			if got, known := a.get(fmt.Sprint("id", i)); !known || got.far {
				t.Fatalf("the newest answer, %d, is far", i)
			}
		}
		if near < 100 || a.size > piecesKept+2*pieceMost {
			t.Errorf("what %d answers said is there, in %d bytes", near, a.size)
		}
		if a.forget(at(all).Add(2 * keepAnswers)); len(a.at)+len(a.list)+len(a.heap)+a.size > 0 {
			t.Errorf("%d answers, %d pieces, %d bytes are left", len(a.list), len(a.heap), a.size)
		}
	}
}

// An answer that was given long ago is read again in the journal, and is the same;
// where it cannot be read, nobody is told that nothing happened.
func TestAnAnswerOfLongAgoIsTheSame(t *testing.T) {
	j, h := new(journal.Memory), newHand()
	broken := &unreadable{Journal: j}
	o := open(t, rules("hall", "A"), broken, options(h.now))
	press(t, o, queue.OpenOffice{}, "boss")
	draw := func(i int) (Receipt, error) {
		return o.Do(t.Context(), request(fmt.Sprint("number ", i), queue.IssueTicket{Services: []queue.Item{{Service: "hall-service", Quantity: 1}}}, "kiosk"))
	}
	var first Receipt
	for i := range 4000 {
		got, err := draw(i)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = got
		}
	}
	first.Repeated = true
	if k, known := o.answers.get(request("number 0", queue.IssueTicket{}, "kiosk").ID); !known || !k.far {
		t.Fatalf("what the first number's answer said is still there: %+v, %v", k, known)
	}
	if again, err := draw(0); err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("again: %+v, %v\nfirst: %+v", again, err, first)
	}
	broken.now = true
	if again, err := draw(0); err != ErrUnknown {
		t.Errorf("from a journal that cannot be read: %+v, %v", again, err)
	}
	broken.now = false
	if again, err := draw(0); err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("when it can be read: %+v, %v", again, err)
	}
}

// unreadable is a journal that cannot be read for a while.
type unreadable struct {
	journal.Journal
	now bool
}

func (u *unreadable) Read(ctx context.Context, office string, after uint64) iter.Seq2[journal.Record, error] {
	if u.now {
		return func(yield func(journal.Record, error) bool) { yield(journal.Record{}, errors.New("no disk")) }
	}
	return u.Journal.Read(ctx, office, after)
}
