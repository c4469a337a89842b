package morning

import (
	"testing"
	"time"
)

func TestItIsMorningAtEveryHour(t *testing.T) {
	for hour := range 24 {
		for _, minute := range []int{0, 59} {
			now := time.Date(2026, 10, 24, hour, minute, 0, 0, time.UTC)
			if got := now.In(Zone(now)); got.Hour() != 10 || got.Minute() != minute {
				t.Errorf("at %v it is %v", now, got)
			}
		}
	}
}
