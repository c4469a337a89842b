package queue

import (
	"slices"
	"testing"
)

func TestUndoneRequeueIsOnTheBoardAgain(t *testing.T) {
	w, id := busy(t)
	before := slices.Clone(w.state.Calls)
	w.must(t, Requeue{Desk: "1"}, "clerk")
	w.must(t, UndoLast{Desk: "1"}, "clerk")
	if w.state.Ticket(id).State != Called || !slices.Equal(before, w.state.Calls) {
		t.Fatalf("called before %v, after the undo %v", before, w.state.Calls)
	}
}
