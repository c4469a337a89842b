package office

import (
	"testing"
	"time"
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
