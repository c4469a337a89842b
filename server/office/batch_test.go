package office

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/queue"
)

// gated is a journal whose appends wait at a gate and fail on order.
type gated struct {
	faulty
	gate chan struct{} // each append takes one
}

func (g *gated) Append(ctx context.Context, rs []journal.Record, after uint64) (uint64, error) {
	<-g.gate
	return g.faulty.Append(ctx, rs, after)
}

// What was decided together and could not be stored is dropped together: nobody
// saw it, the next numbers are the same ones, and the same keys may ask again.
func TestABatchThatCouldNotBeStoredIsDroppedWhole(t *testing.T) {
	g := &gated{faulty: faulty{Journal: new(journal.Memory)}, gate: make(chan struct{}, 1000)}
	pass := func(n int) {
		for range n {
			g.gate <- struct{}{}
		}
	}
	pass(100)
	o := open(t, rules("hall", "A"), g, options(newHand().now))
	press(t, o, queue.OpenOffice{}, "boss")
	draw(t, o, 1)
	for len(g.gate) > 0 {
		<-g.gate
	}
	before := string(o.State().Encode())
	issue := queue.IssueTicket{Services: []queue.Item{{Service: "hall-service", Quantity: 1}}}
	const people = 20
	ask := func(answered func(key int, rec Receipt, err error), let func()) {
		t.Helper()
		var wg sync.WaitGroup
		var mu sync.Mutex
		give := func(key int) {
			wg.Go(func() {
				rec, err := o.Do(context.Background(), request(string(rune('a'+key)), issue, "kiosk"))
				mu.Lock()
				defer mu.Unlock()
				answered(key, rec, err)
			})
		}
		give(0)
		for len(o.inbox) > 0 { // the first is at the gate, or on its way
			time.Sleep(time.Millisecond)
		}
		for key := range people {
			give(key) // the first one once more: the same key twice
		}
		let()
		wg.Wait()
	}
	g.order(journal.ErrDiskFull, false)
	ask(func(key int, _ Receipt, err error) {
		if !errors.Is(err, ErrDiskFull) {
			t.Errorf("key %d on a full disk: %v", key, err)
		}
	}, func() { pass(people + 1) })
	if string(o.State().Encode()) != before {
		t.Fatal("something that was not stored is seen")
	}
	for len(g.gate) > 0 {
		<-g.gate
	}
	g.order(nil, false)
	numbers, asked := map[int]int{}, map[int]int{}
	ask(func(key int, rec Receipt, err error) {
		if err != nil {
			t.Errorf("key %d with room again: %v", key, err)
			return
		}
		if n, twice := asked[key]; twice && n != rec.Answer.Number.N {
			t.Errorf("key %d got numbers %d and %d", key, n, rec.Answer.Number.N)
		}
		asked[key] = rec.Answer.Number.N
		numbers[rec.Answer.Number.N]++
	}, func() { pass(people + 1) })
	for n := 2; n <= people+1; n++ {
		if numbers[n] == 0 {
			t.Errorf("number %d was given to nobody: %v", n, numbers)
		}
	}
	if len(numbers) != people || len(o.State().Tickets) != people+1 {
		t.Errorf("%d numbers and %d tickets for %d people", len(numbers), len(o.State().Tickets), people)
	}
	pass(100) // for who closes
}
