package door

import (
	"testing"
	"time"
)

func TestThePauseMeetsTheShare(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		wall  time.Duration // for a batch
		cpu   time.Duration // used by then
		cores int
		want  time.Duration
	}{
		{"a quarter of a core", 8 * ms, 2 * ms, 1, 0},
		{"just the share of one core", 10 * ms, 6 * ms, 1, 0},
		{"one core, all of it", 6 * ms, 6 * ms, 1, 4 * ms},
		{"two cores, one of them used", 6 * ms, 6 * ms, 2, 0},
		{"two cores, both used", 6 * ms, 12 * ms, 2, 4 * ms},
		{"eight cores, all used", 6 * ms, 48 * ms, 8, 4 * ms},
		{"no number of cores is told", 6 * ms, 6 * ms, 0, 4 * ms},
		{"the program did much else meanwhile", 20 * ms, 60 * ms, 1, pauseMost},
		{"the slowest stampede", 80 * ms, 80 * ms, 1, pauseMost},
		{"few come, and something else uses the cores", 81 * ms, 81 * ms, 1, 0},
		{"nobody came for an hour", time.Hour, time.Hour, 1, 0},
		{"the kernel's figure stood still", 5 * ms, 0, 1, 0},
	} {
		at := time.Unix(1_000, 0)
		p := pace{}
		if got := p.pause(at, time.Hour, c.cores); got != 0 {
			t.Errorf("%s: the first look, with nothing to compare, waits %v", c.name, got)
		}
		if got := p.pause(at.Add(c.wall), time.Hour+c.cpu, c.cores); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What connections cost while the door waits is paid by the next wait, so that
// the share holds in the long run.
func TestWhatIsUsedInAPauseIsPaidNext(t *testing.T) {
	const each = 300 * time.Microsecond // of a core
	now, cpu := time.Unix(1_000, 0), time.Duration(0)
	p := pace{}
	p.pause(now, cpu, 1)
	began, paused := now, time.Duration(0)
	for range 200 {
		now = now.Add(100 * time.Microsecond) // a batch is taken in at once and served in the pause
		wait := p.pause(now, cpu, 1)
		cpu += batch * each
		now = now.Add(wait)
		paused += wait
	}
	got := float64(cpu) / float64(now.Sub(began))
	if got < share-0.02 || got > share+0.02 {
		t.Errorf("it used %.2f of the core, want %.2f", got, share)
	}
	if paused == 0 {
		t.Error("it never waited")
	}
}

func TestABatchIsLookedAtOnce(t *testing.T) {
	p := pace{}
	looks := 0
	for range 5 * batch {
		if p.counted() {
			looks++
			p.pause(time.Unix(1, 0), 0, 1)
		}
	}
	if looks != 5 {
		t.Errorf("%d looks at 5 batches", looks)
	}
}
