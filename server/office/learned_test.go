package office

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"aufruf/server/journal"
	"aufruf/server/queue"
)

// What was learned is folded from the records: an office that is opened again,
// in the middle of a day and after several, has learned the same to the bit, and
// so has another node on the same journal.
func TestAnOfficeThatIsOpenedAgainHasLearnedTheSame(t *testing.T) {
	j, h := new(journal.Memory), newHand()
	r := rules("hall", "A")
	opt := options(h.now)
	o := open(t, r, j, opt)
	shared := opt
	shared.Shared = true
	other := open(t, r, j, shared)
	for day := range 3 {
		press(t, o, queue.OpenOffice{}, "boss")
		press(t, o, queue.OpenDesk{Desk: "1"}, "clerk")
		for i := range 12 {
			press(t, o, queue.IssueTicket{Services: []queue.Item{{Service: "hall-service", Quantity: 1}},
				Promise: &queue.Promise{Low: 1, High: 9, P10: 1, P50: 4, P80: 7, P90: 9}}, "kiosk")
			h.add(time.Duration(20+i) * time.Second)
			press(t, o, queue.CallNext{Desk: "1"}, "clerk")
			h.add(40 * time.Second)
			press(t, o, queue.Start{Desk: "1"}, "clerk")
			h.add(time.Duration(2+i*day) * time.Minute)
		}
		_, m := o.Snapshot()
		if m.Ledger.Kept == 0 || len(m.Services) == 0 {
			t.Fatalf("day %d taught nothing: %+v", day, m.Ledger)
		}
		same := func(what string, again *Office) {
			t.Helper()
			if _, b := again.Snapshot(); !bytes.Equal(m.Encode(), b.Encode()) || fmt.Sprint(m.Watch()) != fmt.Sprint(b.Watch()) {
				t.Errorf("day %d, %s has learned otherwise:\n%s\n%s", day, what, m.Encode(), b.Encode())
			}
		}
		same("the one opened again", open(t, r, j, opt))
		// The other node follows by its own decision at the latest.
		press(t, other, queue.SetIntake{Open: true}, "boss")
		press(t, o, queue.SetIntake{Open: true}, "boss")
		_, m = o.Snapshot()
		press(t, other, queue.SetIntake{Open: true}, "boss")
		same("the other node", other)
		h.set(time.Date(2026, 11, 25+day, 9, 0, 0, 0, time.UTC))
	}
}
