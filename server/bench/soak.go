package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"sync"
	"time"
)

// soakResult is what the run leaves in build/bench/soak.json.
type soakResult struct {
	Machine machine        `json:"machine"`
	Minutes float64        `json:"minutes"`
	Samples []sample       `json:"samples"`
	Cycles  int            `json:"cycles"`
	Presses int            `json:"presses"`
	Opened  int            `json:"opened"`
	Refused map[string]int `json:"refused"`
	Lost    map[string]int `json:"lost"`
}

// sample is the program at one moment.
type sample struct {
	At  float64 `json:"at"` // seconds since the beginning
	RSS int64   `json:"rss"`
	FDs int     `json:"fds"`
	Ebb bool    `json:"ebb"` // taken when only those who always stay are there
}

// Groups of the soak.
const (
	staying = 0 // follow all the time
	sick    = 1 // freeze, and vanish or wake up
	coming  = 2 // storm in, and vanish at once
)

// soak lets a town live on the real program for a while and judges whether
// memory and descriptors stay.
func soak(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("soak", flag.ContinueOnError)
	minutes := fs.Float64("minutes", 30, "how long")
	phones := fs.Int("phones", 16_000, "phones at high tide: three eighths stay, a sixteenth freezes, the rest storms")
	dir := fs.String("dir", "", "folder of the program's data (default build/bench)")
	out := fs.String("out", "", "folder of the results (default build/bench)")
	if err := fs.Parse(args); err != nil {
		return errHelp
	}
	s, err := openScene(ctx, *dir, 20)
	if err != nil {
		return err
	}
	defer s.close()
	res := soakResult{Machine: thisMachine(), Minutes: *minutes, Refused: map[string]int{}}
	run := &soaking{scene: s, res: &res, began: now(), until: now() + int64(*minutes*60e9), phones: *phones}
	if err := run.all(ctx); err != nil {
		return err
	}
	if err := save(*out, "soak", res); err != nil {
		return err
	}
	printGoals(res.goals())
	if !res.flat() {
		return errors.New("memory or descriptors do not stay")
	}
	return nil
}

type soaking struct {
	*scene
	mu     sync.Mutex // guards res
	res    *soakResult
	began  int64
	until  int64
	phones int
}

func (s *soaking) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.pressing(ctx); err != nil && ctx.Err() == nil {
			cancel(err)
		}
	})
	wg.Go(func() {
		for rest(ctx, 10*time.Second) == nil {
			s.sample(false)
		}
	})
	wg.Go(func() { // the screen's news, so that it never waits for room
		for {
			select {
			case <-s.screen.seen:
			case <-ctx.Done():
				return
			}
		}
	})
	var err error
	for n := 0; now() < s.until && err == nil && ctx.Err() == nil; n++ {
		err = s.cycle(ctx, n)
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause // what the others stopped for
	}
	cancel(nil)
	wg.Wait()
	return err
}

// pressing draws and calls in turn, so that the line stays as long as it is.
func (s *soaking) pressing(ctx context.Context) error {
	conn, err := net.Dial("tcp4", s.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	next, draw := s.call(conn, "clerk", "soak-n"), s.call(conn, "reception", "soak-d")
	draw.in = next.in
	for rest(ctx, 250*time.Millisecond) == nil {
		if err := draw.draw("hall"); err != nil {
			return err
		}
		if _, _, err := next.next("hall", 0); err != nil {
			return err
		}
		s.mu.Lock()
		s.res.Presses += 2
		s.mu.Unlock()
	}
	return nil
}

func (s *soaking) sample(ebb bool) {
	st := s.stats()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.res.Samples = append(s.res.Samples, sample{At: float64(now()-s.began) / 1e9, RSS: st.RSS, FDs: st.FDs, Ebb: ebb})
}

func (s *soaking) fill(group, n int) error {
	c, err := s.town.tellGroup("count", group)
	if err != nil || c.Open >= n {
		return err
	}
	t := s.crowd(n-c.Open, "hall")
	t.Group = group
	if group == sick {
		t.Receive = 1024
	}
	o, err := s.town.open(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.res.Opened += o.Open
	for why, n := range o.Refused {
		s.res.Refused[why] += n
	}
	return err
}

// cycle is one tide: connect, follow, freeze, storm, vanish.
func (s *soaking) cycle(ctx context.Context, n int) error {
	do := func(what string, group int) func() error {
		return func() error {
			c, err := s.town.tellGroup(what, group)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.res.Lost = c.Lost
			return err
		}
	}
	wait := func(d time.Duration) func() error { return func() error { return rest(ctx, d) } }
	steps := []func() error{
		func() error { return s.fill(staying, s.phones*3/8) },
		func() error { return s.fill(sick, s.phones/16) },
		do("freeze", sick),
		func() error { return s.fill(coming, s.phones*9/16) },
		wait(8 * time.Second),
		do("close", coming),
	}
	if n%2 == 1 { // every other time they wake up, and read what is there for them
		steps = append(steps, do("thaw", sick), wait(2*time.Second))
	}
	steps = append(steps, do("close", sick), wait(5*time.Second))
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	s.sample(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.res.Cycles++
	last := s.res.Samples[len(s.res.Samples)-1]
	progress("%4.0f s  tide %d: %.1f MB and %d descriptors at the ebb, refused %v, lost %v", last.At, s.res.Cycles, float64(last.RSS)/1e6, last.FDs, s.res.Refused, s.res.Lost)
	return nil
}

// drift compares the ebbs of the last third with those of the second one, the
// first being for warming up.
func (r soakResult) drift() (rss, fds float64) {
	var early, late, earlyFDs, lateFDs []float64
	end := r.Samples[len(r.Samples)-1].At
	for _, s := range r.Samples {
		switch {
		case !s.Ebb:
		case s.At > end*2/3:
			late, lateFDs = append(late, float64(s.RSS)), append(lateFDs, float64(s.FDs))
		case s.At > end/3:
			early, earlyFDs = append(early, float64(s.RSS)), append(earlyFDs, float64(s.FDs))
		}
	}
	// The medians lie a third of the time apart, and half of the presses drew.
	tickets := float64(r.Presses) / 2 / 3
	return (median(late) - tickets*ticketBytes) / median(early), median(lateFDs) - median(earlyFDs)
}

// ticketBytes is what the program keeps of a ticket until its day has ended, as
// VmRSS: about twice what the heap holds of it, since the collector lets the heap
// double. That is 1.6 kB for a number drawn and called, see
// BenchmarkATicketOfTheDay in server/app; VmRSS itself was measured as 5.0 kB when
// it was 2.5.
const ticketBytes = 3100

// flat allows for the collector's mood, and no descriptor that stays.
func (r soakResult) flat() bool {
	rss, fds := r.drift()
	return rss <= 1.05 && fds <= 4
}

func (r soakResult) goals() []goal {
	rss, fds := r.drift()
	return []goal{
		{"soak: memory at the ebb, less the day's tickets, last third / second", rss, "", 1.05, 0, fmt.Sprintf("%.0f min, %d tides, %s connects, %s commands", r.Minutes, r.Cycles, thousands(float64(r.Opened)), thousands(float64(r.Presses)))},
		{"soak: descriptors that stay", max(fds, 0), "", 4, 0, fmt.Sprintf("refused %v, lost %v", r.Refused, r.Lost)},
	}
}
