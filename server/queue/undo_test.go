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

// Closing ends the case that runs, so it must be possible to take it back; but
// only for whom the desk was, and not once somebody else has it.
func TestClosedDeskIsOpenAgainAfterItsUndo(t *testing.T) {
	w, id := busy(t)
	w.must(t, Start{Desk: "1"}, "clerk")
	w.must(t, CloseDesk{Desk: "1"}, "clerk")
	if _, err := w.do(UndoLast{Desk: "1"}, "other"); err == nil {
		t.Fatal("a stranger undid the closing")
	}
	w.must(t, UndoLast{Desk: "1"}, "clerk")
	if d, tk := w.state.Desk("1"), w.state.Ticket(id); d.Phase != PhaseOpen || d.By != "clerk" || d.Ticket != id || tk.State != Serving {
		t.Fatalf("after the undo the desk is %+v, the ticket %s", d, tk.State)
	}
	w.must(t, CloseDesk{Desk: "1"}, "clerk")
	w.must(t, OpenDesk{Desk: "1"}, "other")
	if _, err := w.do(UndoLast{Desk: "1"}, "clerk"); err == nil {
		t.Fatal("a closing was undone at a desk that somebody else has")
	}
	if err := w.state.Check(); err != nil {
		t.Error(err)
	}
}
