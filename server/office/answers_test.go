package office

import (
	"context"
	"errors"
	"fmt"
	"iter"
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
		a.add(RequestID("kiosk", string(rune(i))), [32]byte{}, uint64(i+1), now)
	}
	if n := testing.AllocsPerRun(10, func() { a.from(now.Add(time.Hour)) }); n > 0 {
		t.Errorf("%v allocations to forget nothing", n)
	}
	if a.from(now.Add(25*time.Hour)) != 0 || len(a.of) != 0 {
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

// Whatever was answered is known for a day, and what the newest said is there.
func TestAnswersAreFoundHoweverManyThereAre(t *testing.T) {
	a, now := newAnswers(), newHand().now()
	const all, hours = 6000, 30
	at := func(i int) time.Time { return now.Add(time.Duration(i) * hours * time.Hour / all) }
	for i := range all {
		id, seq := fmt.Sprint("id", i), uint64(i+1)
		a.add(id, [32]byte{}, seq, at(i))
		a.add(id, [32]byte{}, 1<<40, at(i)) // known already
		a.says(seq, &queue.Answer{Ticket: id})
		a.forget(at(i))
		if i%500 != 499 {
			continue
		}
		for k := range i + 1 {
			id := fmt.Sprint("id", k)
			got, known := a.get(id)
			if want := at(i).Sub(at(k)) <= keepAnswers; known != want {
				t.Fatalf("after %d, answer %d is known: %v", i, k, known)
			}
			if !known {
				continue
			}
			if got.seq != uint64(k+1) || !got.at.Equal(at(k)) || got.far != (k <= i-newestKept) {
				t.Fatalf("after %d, answer %d is %+v", i, k, got)
			}
			if !got.far && got.answer.Ticket != id {
				t.Fatalf("after %d, answer %d is %v", i, k, got.answer)
			}
		}
	}
	if a.forget(at(all).Add(2 * keepAnswers)); len(a.of)+len(a.order) > 0 {
		t.Errorf("%d answers are left", len(a.order))
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
	for i := range 2 * newestKept {
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
