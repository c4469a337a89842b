package office

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"aufruf/server/journal"
	"aufruf/server/queue"
)

// What six desks and two kiosks saw, each only its own answers and when they
// came, must be explicable by one order of all commands: I12. The model is a
// line of numbers: draw appends the next one, next takes the first.
func TestHistoryIsLinearizable(t *testing.T) {
	j, h := new(journal.Memory), newHand()
	opt := options(h.now)
	opt.Shared = true
	nodes := []*Office{open(t, rules("hall", "A"), j, opt), open(t, rules("hall", "A"), j, opt)}
	press(t, nodes[0], queue.OpenOffice{}, "boss")
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			o, desk := nodes[c%2], fmt.Sprint(c+1)
			rng := rand.New(rand.NewPCG(uint64(c), 1))
			if c < 6 {
				press(t, o, queue.OpenDesk{Desk: desk}, desk)
			}
			for range 25 {
				var cmd queue.Command = queue.IssueTicket{Services: []queue.Item{{Service: "hall-service", Quantity: 1}}}
				if c < 6 {
					cmd = queue.CallNext{Desk: desk}
				}
				call := time.Since(began).Nanoseconds()
				rec := press(t, o, cmd, desk)
				end := time.Since(began).Nanoseconds()
				out := 0
				switch {
				case c >= 6:
					out = rec.Answer.Number.N
				case rec.Answer.Desk.Ticket != nil:
					out = rec.Answer.Desk.Ticket.Number.N
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: c, Input: c >= 6, Call: call, Output: out, Return: end})
				mu.Unlock()
				if rng.IntN(3) == 0 {
					h.add(time.Second)
				}
			}
		})
	}
	wg.Wait()
	type line struct{ drawn, called int }
	model := porcupine.Model{
		Init: func() any { return line{} },
		Step: func(state, input, output any) (bool, any) {
			s, n := state.(line), output.(int)
			if input.(bool) {
				return n == s.drawn+1, line{s.drawn + 1, s.called}
			}
			if n == 0 {
				return s.drawn == s.called, s
			}
			return n == s.called+1 && n <= s.drawn, line{s.drawn, s.called + 1}
		},
	}
	if got := porcupine.CheckOperationsTimeout(model, history, 30*time.Second); got != porcupine.Ok {
		t.Fatalf("no order explains what was seen: %v", got)
	}
}
