package door

import "time"

const (
	// batch is after how many connections the cost is looked at: asking the
	// kernel for it costs about a microsecond.
	batch = 16
	// share of its cores that the program may use while connections come in
	// like this. What is left is for those who are already there.
	share = 0.6
	// pauseMost bounds what a batch waits: 500 a second come in, whatever else
	// the program is doing.
	pauseMost = 32 * time.Millisecond
	// stampede is how fast a batch has to come to be one, 200 a second. Below it
	// something else uses the cores, and waiting would help nobody.
	stampede = 80 * time.Millisecond
)

// pace looks at what letting in has cost and says how long to wait.
type pace struct {
	n   int           // since the last look
	at  time.Time     // up to when the cost is paid
	cpu time.Duration // what the program had used at the last look
}

// counted says whether it is time for a look, after one more connection.
func (p *pace) counted() bool {
	p.n++
	return p.n >= batch
}

// pause is how long to wait so that what the program used since the last look
// was its share of so many cores. What the connections of this batch still cost
// while it waits counts for the next look.
func (p *pace) pause(now time.Time, cpu time.Duration, cores int) time.Duration {
	wall, used := now.Sub(p.at), cpu-p.cpu
	first := p.at.IsZero()
	p.n, p.at, p.cpu = 0, now, cpu
	if first || wall > stampede {
		return 0
	}
	wait := min(time.Duration(float64(used)/(share*float64(max(cores, 1))))-wall, pauseMost)
	if wait <= 0 {
		return 0
	}
	p.at = now.Add(wait)
	return wait
}
