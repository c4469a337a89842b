package live

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aufruf/display"
	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// told says the same wait of everybody.
type told struct{ shown forecast.Shown }

func (w *told) Ticket(string) (forecast.Shown, bool)      { return w.shown, true }
func (w *told) Appointment(string) (forecast.Shown, bool) { return w.shown, true }
func (w *told) Newcomer(string) (forecast.Shown, bool)    { return w.shown, true }

// A new look ahead is on the phones within their pause, though nothing was
// stored.
func TestANewLookComesToThePhonesSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse("hall", "A")
		c, _ := newCast(t, h)
		c.Close()
		var newest atomic.Pointer[told]
		c.opt.Waits = func(string) display.Waits {
			if w := newest.Load(); w != nil {
				return w
			}
			return nil
		}
		c = NewCast(c.hub, []Source{h}, c.opt)
		h.cast = c
		defer c.Close()
		mine := h.draw("pass")
		h.press(queue.OpenDesk{Desk: "2"})
		p := follow(t, c, phone(mine))
		defer p.Leave()
		synctest.Wait()
		if v := view[display.Phone](t, take(t, p)); v.Wait != nil {
			t.Fatalf("before any look the wait is %+v", v.Wait)
		}
		now := time.Now()
		newest.Store(&told{forecast.Shown{From: now, Likely: now.Add(5 * time.Minute), To: now.Add(9 * time.Minute)}})
		c.Poke("hall")
		f, err := p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v := view[display.Phone](t, f); v.Wait == nil || v.Wait.State != display.WaitRange || time.Since(now) > phonesPause {
			t.Fatalf("after %v the phone is told %s", time.Since(now), f.Wire)
		}
	})
}
