package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"
)

// stormResult is what the run leaves in build/bench/storm.json.
type stormResult struct {
	Machine machine       `json:"machine"`
	Kinds   fanoutResult  `json:"kinds"`
	Phones  int           `json:"phones"`
	Rounds  []stormOfTown `json:"rounds"`
}

// stormOfTown is one storm on the real program; nanoseconds.
type stormOfTown struct {
	Connect  float64        `json:"connect"` // processor time of the program for each, commands and frames included
	Took     float64        `json:"took"`
	FirstP50 float64        `json:"first_p50"`
	FirstP99 float64        `json:"first_p99"`
	Refused  map[string]int `json:"refused"`
	Before   []float64      `json:"before"` // next pressed while nobody connects
	During   []float64      `json:"during"`
	Lost     map[string]int `json:"lost"`
	Resident float64        `json:"resident"` // bytes for each follower, at the end
}

// storm measures connects of some kinds, and next pressed at the real program
// while a town connects to it.
func storm(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("storm", flag.ContinueOnError)
	conns := fs.Int("conns", 19_000, "followers of one server of the kinds")
	phones := fs.Int("phones", 18_400, "phones of the real program, which keeps places for staff")
	rounds := fs.Int("rounds", 3, "rounds")
	names := fs.String("kinds", strings.Join(present("ruler", "ours", "plain", "gobwas", "centrifuge"), ","), "kinds to measure")
	every := fs.Duration("every", 10*time.Millisecond, "between two presses of next")
	dir := fs.String("dir", "", "folder of the program's data (default build/bench)")
	out := fs.String("out", "", "folder of the results (default build/bench)")
	if err := fs.Parse(args); err != nil {
		return errHelp
	}
	f := fanoutFlags{}
	chosen, err := f.parse("storm", []string{"--conns", fmt.Sprint(*conns), "--rounds", fmt.Sprint(*rounds), "--messages", "0", "--kinds", *names})
	if err != nil {
		return err
	}
	res := stormResult{Machine: thisMachine(), Phones: *phones, Kinds: fanoutResult{Conns: *conns, Rounds: map[string][]measured{}}}
	for _, k := range chosen {
		res.Kinds.Kinds = append(res.Kinds.Kinds, k.name)
	}
	if err := f.run(ctx, chosen, &res.Kinds); err != nil {
		return err
	}
	for round := range *rounds {
		s, isSharp, err := stormOnce(ctx, *dir, *phones, *every)
		if err != nil {
			return err
		}
		res.Machine.Sharp = isSharp
		res.Rounds = append(res.Rounds, s)
		progress("storm %d of %d: %d phones in %.1f s, %.1f µs each, next p50 %s p99 %s (before %s, %s), refused %v lost %v", round+1, *rounds, *phones, s.Took/1e9, s.Connect/1e3,
			milliseconds(median(s.During)), milliseconds(quantile(s.During, 0.99)), milliseconds(median(s.Before)), milliseconds(quantile(s.Before, 0.99)), s.Refused, s.Lost)
	}
	if err := save(*out, "storm", res); err != nil {
		return err
	}
	printGoals(res.goals())
	return nil
}

// present are those names that are kinds of this build.
func present(names ...string) (there []string) {
	for _, n := range names {
		if _, known := kindOf(n); known {
			there = append(there, n)
		}
	}
	return there
}

// presser presses next until it is told to stop and notes how long each took.
type presser struct {
	stop  chan struct{}
	done  chan error
	times []float64
	sharp bool
}

func (p *program) press(office string, every time.Duration) *presser {
	pr := &presser{stop: make(chan struct{}), done: make(chan error, 1)}
	go func() { pr.done <- pr.run(p, office, every) }()
	return pr
}

func (pr *presser) run(p *program, office string, every time.Duration) error {
	pr.sharp = sharp()
	conn, err := dialBlocking(p.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	clerk := p.call(conn, "clerk", fmt.Sprint("press", now()))
	for {
		began := now()
		if _, _, err := clerk.next(office, 0); err != nil {
			return err
		}
		took := now() - began
		pr.times = append(pr.times, float64(took))
		select {
		case <-pr.stop:
			return nil
		case <-time.After(every - span(took)):
		}
	}
}

func (pr *presser) end() ([]float64, error) {
	close(pr.stop)
	err := <-pr.done
	return pr.times, err
}

// prepare opens the desk and draws so many numbers.
func (p *program) prepare(office string, desks, numbers int) error {
	conn, err := dialBlocking(p.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	clerk := p.call(conn, "clerk", fmt.Sprint("open", now()))
	for d := range desks {
		if err := clerk.open(office, d); err != nil {
			return err
		}
	}
	reception := p.call(conn, "reception", fmt.Sprint("draw", now()))
	for range numbers {
		if err := reception.draw(office); err != nil {
			return err
		}
	}
	return nil
}

func stormOnce(ctx context.Context, dir string, phones int, every time.Duration) (s stormOfTown, isSharp bool, err error) {
	p, err := startProgram(ctx, dir, []officeOf{{"hall", 4}})
	if err != nil {
		return s, false, err
	}
	defer p.stop()
	t, err := startTown(ctx)
	if err != nil {
		return s, false, err
	}
	defer t.stop()
	if err := p.prepare("hall", 1, 600); err != nil {
		return s, false, err
	}
	quiet := p.press("hall", every)
	if err := rest(ctx, 2*time.Second); err != nil {
		return s, false, err
	}
	if s.Before, err = quiet.end(); err != nil {
		return s, false, err
	}
	before := p.stats()
	pressing := p.press("hall", every)
	o, err := t.open(p.crowd(phones, "hall"))
	if err != nil {
		return s, false, err
	}
	if s.During, err = pressing.end(); err != nil {
		return s, false, err
	}
	after := p.stats()
	s.Connect = float64(after.CPU-before.CPU) / float64(max(o.Open, 1))
	s.Took, s.FirstP50, s.FirstP99, s.Refused = float64(o.Took), float64(o.P50), float64(o.P99), o.Refused
	c, err := t.tellGroup("count", 0)
	s.Lost = c.Lost
	s.Resident = float64(p.stats().RSS-before.RSS) / float64(max(o.Open, 1))
	return s, pressing.sharp, err
}

func (r stormResult) goals() []goal {
	us := r.Kinds.ours()
	var p50, p99, during []float64
	refused := 0
	for _, s := range r.Rounds {
		p50, p99 = append(p50, median(s.During)/1e6), append(p99, quantile(s.During, 0.99)/1e6)
		during = append(during, s.Took/1e9)
		for _, n := range s.Refused {
			refused += n
		}
	}
	return []goal{
		{"CPU per connect, ruler = 1", median(r.Kinds.relative(us, cpuOfConnect)), "", 2.5, 1.8, fmt.Sprintf("%s, %d refused", us, r.Kinds.refused(us))},
		{"next during the storm, p99", median(p99), "ms", 100, 20, fmt.Sprintf("p50 %.2f ms, %d phones in %.1f s, %d refused", median(p50), r.Phones, median(during), refused)},
	}
}
