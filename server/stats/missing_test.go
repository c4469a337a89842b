package stats

import (
	"reflect"
	"testing"
	"time"

	"aufruf/server/queue"
)

// papered is a hall with somebody at desk 1.
func papered(t *testing.T) *hall {
	h := newHall(t)
	h.at("08:00:00").must(queue.OpenDesk{Desk: "1"})
	return h
}

// over waits until nothing of the last press can be taken back.
func (h *hall) over() {
	h.t.Helper()
	h.must(queue.Finish{Desk: "1"})
	h.now = h.now.Add(time.Minute)
	h.draw("card", nil)
	h.must(queue.CallNext{Desk: "1"})
	h.must(queue.MarkNoShow{Desk: "1"})
}

func TestPapersThatWereMissingAreCountedOnceTheVisitIsOver(t *testing.T) {
	h := papered(t)
	h.must(queue.IssueTicket{Services: []queue.Item{{Service: "card", Quantity: 1}, {Service: "move", Quantity: 1}}})
	id := h.state.Tickets[0].ID
	h.must(queue.CallNext{Desk: "1"})
	h.must(queue.MarkPapers{Ticket: id, Papers: []string{"old_card"}})
	h.must(queue.MarkPapers{Ticket: id, Papers: []string{"contract", "photo"}})
	if rows := h.read(); len(rows.Missing) != 0 {
		t.Errorf("counted before the visit is over: %+v", rows.Missing)
	}
	h.over()
	rows := h.read()
	seq := rows.Visits[0].Seq
	want := []Missing{{"hall", seq, h.state.Day, "contract", "move"}, {"hall", seq, h.state.Day, "photo", "card"}}
	if !reflect.DeepEqual(rows.Missing, want) {
		t.Errorf("%+v, want %+v", rows.Missing, want)
	}
}

func TestWhatWasTakenBackWasNotMissing(t *testing.T) {
	h := papered(t)
	id := h.draw("card", nil)
	h.must(queue.CallNext{Desk: "1"})
	h.must(queue.MarkPapers{Ticket: id, Papers: []string{"photo"}})
	h.must(queue.MarkPapers{Ticket: id})
	h.over()
	if rows := h.read(); len(rows.Missing) != 0 {
		t.Errorf("%+v", rows.Missing)
	}
}

func TestTheMostMissedPapersComeFirst(t *testing.T) {
	m := func(paper, service string) Missing { return Missing{Paper: paper, Service: service} }
	got := missed([]Missing{m("photo", "move"), m("contract", "move"), m("photo", "card"), m("photo", "card"), m("old_card", "card")})
	want := []MissedPaper{{"photo", 3, []MissedFor{{"card", 2}, {"move", 1}}}, {"contract", 1, []MissedFor{{"move", 1}}}, {"old_card", 1, []MissedFor{{"card", 1}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := missed(nil); got == nil || len(got) != 0 {
		t.Errorf("nothing is %v", got)
	}
}
