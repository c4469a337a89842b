package office

import (
	"context"
	"errors"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/queue"
)

// A disk that is full at midnight keeps the day from being closed. Trying again
// must not fill log and processor.
func TestDayThatCannotBeClosedIsTriedInPeace(t *testing.T) {
	f, h := &faulty{Journal: new(journal.Memory)}, newHand()
	o := open(t, rules("hall", "A"), f, options(h.now))
	f.order(journal.ErrDiskFull, false)
	h.add(24 * time.Hour)
	if _, err := o.Do(context.Background(), request("full", queue.OpenOffice{}, "boss")); !errors.Is(err, ErrDiskFull) {
		t.Fatalf("a full disk gave %v", err)
	}
	if again := o.untilDue(); again < time.Second {
		t.Errorf("tried again after %v", again)
	}
	f.order(nil, false)
	press(t, o, queue.OpenOffice{}, "boss")
	if d := o.State().Day.String(); d != "2026-11-25" {
		t.Errorf("with room again the day is %s", d)
	}
}
