package display

import (
	"testing"
	"time"
)

func day(from string, waits ...float64) []Later {
	at, err := time.Parse("2006-01-02 15:04", from)
	if err != nil {
		panic(err)
	}
	var list []Later
	for i, m := range waits {
		list = append(list, Later{At: at.Add(time.Duration(i) * slot), Known: m >= 0, Low: int(m) / 2, High: int(m) * 2, Middle: m})
	}
	return list
}

func TestTheBestTimesAreStretchesThatAreAlike(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 10, 0, 0, time.UTC)
	days := [][]Later{
		day("2026-11-24 10:00", 30, 28, 20, 9, 8, 10, 9, 22, -1, -1), // 11:30 to 13:30
		day("2026-11-25 08:00", 4, 5, 6, 20, 5, 30),                  // 8:00 to 9:30
		day("2026-11-26 08:00", -1, -1),                              // nothing is known
		day("2026-11-27 08:00", 20, 20, 19),                          // all of it
		day("2026-11-30 08:00", 1),
	}
	clock := func(w Window) string { return w.From.Format("2 15:04") + "–" + w.To.Format("15:04") }
	got := Best(days, now, &NewWait{State: WaitRange, Low: 20, High: 35})
	want := []string{"24 11:30–13:30", "25 08:00–09:30", "27 08:00–09:30"}
	if len(got) != len(want) {
		t.Fatalf("%d windows: %+v", len(got), got)
	}
	for i := range want {
		if clock(got[i]) != want[i] {
			t.Errorf("window %d is %s, want %s", i, clock(got[i]), want[i])
		}
	}
	if got[0].Low != 4 || got[0].High != 20 {
		t.Errorf("its wait is %d–%d", got[0].Low, got[0].High)
	}
	if later := Best(days, now, &NewWait{State: WaitRange, Low: 4, High: 10}); clock(later[0]) != want[1] {
		t.Errorf("later today is no better than now, and told: %s", clock(later[0]))
	}
	if nobody := Best(days[:1], now, &NewWait{State: WaitNobody}); len(nobody) != 1 {
		t.Error("nobody is there now: when somebody is, is not told")
	}
}

func TestTogetherIsTheLongestOfTheWaits(t *testing.T) {
	a, b := day("2026-11-24 10:00", 5, 9, -1), day("2026-11-24 10:00", 8, 2, 4)
	got := Together([][]Later{a, b})
	if got[0].Middle != 8 || got[0].Low != 2 || got[0].High != 16 || got[1].Middle != 9 || got[2].Known {
		t.Errorf("%+v", got)
	}
	if Together(nil) != nil {
		t.Error("of nothing something is made")
	}
}
