package slots

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A day that is filled in one walk comes out as one in which each visit in turn
// takes the first of its free times, and all are worked out anew every time.
func TestFillingADayIsTakingTheFirstFreeTimeAgainAndAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range daysAtOnce {
			d := drawDay(t)
			step := time.Duration(rapid.SampledFrom([]int{5, 10, 15, 7}).Draw(t, "step")) * time.Minute
			from := days[0].At(0, berlin)
			if len(d.Spans) > 0 {
				from = d.Spans[0].From.Add(time.Duration(rapid.IntRange(-60, 120).Draw(t, "from")) * time.Minute)
			}
			var wants [][]Part
			var kinds []*Kind
			for range rapid.IntRange(1, 3).Draw(t, "kinds") {
				parts := drawParts(t)
				wants, kinds = append(wants, parts), append(kinds, NewKind(parts))
			}
			filling, slow := d.Fill(step, from), *d
			for i, over := 0, 0; over < len(kinds); i = (i + 1) % len(kinds) {
				var first time.Time
				for _, at := range slow.Free(wants[i], step) {
					if !at.Before(from) {
						first = at
						break
					}
				}
				at, ok := filling.Take(kinds[i])
				if ok == first.IsZero() || ok && !at.Equal(first) {
					t.Fatalf("%+v\n%+v from %v: took %v, want %v", d, wants[i], from, at, first)
				}
				if over++; ok {
					over = 0
					slow.Taken = append(slow.Taken[:len(slow.Taken):len(slow.Taken)], Visit{at, wants[i]})
				}
			}
		}
	})
}
