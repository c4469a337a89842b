package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// commandsResult is what the run leaves in build/bench/commands.json. Commands
// are numbers drawn and next pressed in turn, each stored before its answer.
type commandsResult struct {
	Machine machine `json:"machine"`
	Waiting int     `json:"waiting"`
	HTTP    []pace  `json:"http"`
	Offices int     `json:"offices"` // over HTTP: a town's configuration has no more
	Inside  []pace  `json:"inside"`  // without HTTP: office.Do, an office for each caller
	Latency []alone `json:"latency"`
}

// pace is commands a second in one round.
type pace struct {
	One  float64 `json:"one"`  // one caller, one command at a time
	Same float64 `json:"same"` // all callers at one office
	Many float64 `json:"many"` // each caller at an office of its own

	// Processor time of the process for each command, in nanoseconds: it tells more
	// than the pace where others work on the machine.
	OneCPU  float64 `json:"one_cpu"`
	SameCPU float64 `json:"same_cpu"`
	ManyCPU float64 `json:"many_cpu"`
}

// alone is what one caller waits, beside what the disk takes in the same loop;
// medians in nanoseconds.
type alone struct {
	Sync   float64 `json:"sync"`   // 4 KiB written over and fdatasync
	Grow   float64 `json:"grow"`   // 4 KiB appended and fdatasync
	SQLite float64 `json:"sqlite"` // one insert, one transaction, WAL, FULL
	Append float64 `json:"append"` // journal.Append of one record
	Do     float64 `json:"do"`     // office.Do of one command
}

// commands measures how many commands can be stored a second.
func commands(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("commands", flag.ContinueOnError)
	waiting := fs.Int("waiting", 64, "callers at once")
	rounds := fs.Int("rounds", 3, "rounds")
	for_ := fs.Duration("for", 2*time.Second, "how long each measurement takes")
	samples := fs.Int("samples", 400, "commands of one caller beside one fsync each, in a round")
	dir := fs.String("dir", "", "folder of the program's data, on the disk to be measured (default build/bench)")
	out := fs.String("out", "", "folder of the results (default build/bench)")
	if err := fs.Parse(args); err != nil {
		return errHelp
	}
	res := commandsResult{Machine: thisMachine(), Waiting: *waiting, Offices: min(*waiting, officesMost)}
	for round := range *rounds {
		h, err := commandsOverHTTP(ctx, *dir, *waiting, *for_)
		if err != nil {
			return err
		}
		res.HTTP = append(res.HTTP, h)
		in, lat, err := commandsInside(ctx, *dir, *waiting, *samples, *for_)
		if err != nil {
			return err
		}
		res.Inside, res.Latency = append(res.Inside, in), append(res.Latency, lat)
		progress("round %d of %d: over HTTP one at a time %.0f/s, one office %.0f/s, %d offices %.0f/s; inside %.0f, %.0f, %.0f", round+1, *rounds, h.One, h.Same, res.Offices, h.Many, in.One, in.Same, in.Many)
		progress("  processor time a command: over HTTP %.0f, %.0f, %.0f µs; inside %.0f, %.0f, %.0f µs", h.OneCPU/1e3, h.SameCPU/1e3, h.ManyCPU/1e3, in.OneCPU/1e3, in.SameCPU/1e3, in.ManyCPU/1e3)
		progress("  one caller: fdatasync %s, appended %s, SQLite's insert %s, append %s, do %s", milliseconds(lat.Sync), milliseconds(lat.Grow), milliseconds(lat.SQLite), milliseconds(lat.Append), milliseconds(lat.Do))
	}
	if err := save(*out, "commands", res); err != nil {
		return err
	}
	printGoals(res.goals())
	return nil
}

// officesMost is for how many offices there are letters, besides the two that
// are measured with one office.
const officesMost = len(letters) - 2

// officesFor are the offices of a measurement: one for one caller, one with a
// desk for each, and some over which all are spread.
func officesFor(waiting int) []officeOf {
	offices := []officeOf{{"alone", 1}, {"same", waiting}}
	n := min(waiting, officesMost)
	for i := range n {
		offices = append(offices, officeOf{fmt.Sprint("of", i), (waiting + n - 1) / n})
	}
	return offices
}

func commandsOverHTTP(ctx context.Context, dir string, waiting int, span time.Duration) (r pace, err error) {
	p, err := startProgram(ctx, dir, officesFor(waiting))
	if err != nil {
		return r, err
	}
	defer p.stop()
	// At its start the program looks ahead for every office at once.
	if err := rest(ctx, 3*time.Second); err != nil {
		return r, err
	}
	measure := func(n int, at func(i int) (office string, desk int)) (rate, cpu float64, err error) {
		var callers []func() error
		for i := range n {
			conn, err := net.Dial("tcp4", p.address)
			if err != nil {
				return 0, 0, err
			}
			defer conn.Close()
			office, desk := at(i)
			name := fmt.Sprint(office, i)
			clerk, reception := p.call(conn, "clerk", name+"n"), p.call(conn, "reception", name+"d")
			reception.in = clerk.in
			if err := clerk.open(office, desk); err != nil {
				return 0, 0, err
			}
			draw := false
			callers = append(callers, func() error {
				if draw = !draw; draw {
					return reception.draw(office)
				}
				_, _, err := clerk.next(office, desk)
				return err
			})
		}
		return perSecond(ctx, callers, span, func() int64 { return p.stats().CPU })
	}
	return allThree(measure, waiting, min(waiting, officesMost))
}

// allThree measures one caller, all at one office, and each at its own.
func allThree(measure func(n int, at func(i int) (string, int)) (rate, cpu float64, err error), waiting, offices int) (r pace, err error) {
	if r.One, r.OneCPU, err = measure(1, func(int) (string, int) { return "alone", 0 }); err != nil {
		return r, err
	}
	if r.Same, r.SameCPU, err = measure(waiting, func(i int) (string, int) { return "same", i }); err != nil {
		return r, err
	}
	r.Many, r.ManyCPU, err = measure(waiting, func(i int) (string, int) { return fmt.Sprint("of", i%offices), i / offices })
	return r, err
}

// perSecond lets all callers go on for a while, each with its next as soon as
// the last was answered, and counts the answers. cpu is what they cost each, of
// the time that used tells.
func perSecond(ctx context.Context, callers []func() error, span time.Duration, used func() int64) (rate, cpu float64, err error) {
	var wg sync.WaitGroup
	var stop atomic.Bool
	var done atomic.Int64
	faults := make(chan error, len(callers))
	began, before := now(), used()
	for _, call := range callers {
		wg.Go(func() {
			for !stop.Load() {
				if err := call(); err != nil {
					stop.Store(true)
					faults <- err
					return
				}
				done.Add(1)
			}
		})
	}
	err = rest(ctx, span)
	stop.Store(true)
	wg.Wait()
	took, n := now()-began, float64(done.Load())
	cpu = float64(used()-before) / max(n, 1)
	select {
	case fault := <-faults:
		return 0, 0, fault
	default:
	}
	return n / (float64(took) / 1e9), cpu, err
}

// commandsInside measures the same without HTTP, in a process of its own.
func commandsInside(ctx context.Context, dir string, waiting, samples int, span time.Duration) (r pace, lat alone, err error) {
	out, err := results(dir)
	if err != nil {
		return r, lat, err
	}
	data, err := os.MkdirTemp(out, "data-")
	if err != nil {
		return r, lat, err
	}
	defer os.RemoveAll(data)
	s, err := startRole(ctx, serverCore, "serve", "town", filepath.Join(data, "data"), fmt.Sprint(waiting))
	if err != nil {
		return r, lat, err
	}
	defer s.stop()
	if err := s.hear(nil); err != nil {
		return r, lat, err
	}
	if err := s.ask(townOrder{Do: "latency", Samples: samples}, &lat); err != nil {
		return r, lat, err
	}
	err = s.ask(townOrder{Do: "commands", Waiting: waiting, Span: int64(span)}, &r)
	return r, lat, err
}

func (r commandsResult) goals() []goal {
	var same, many, sameTimes, manyTimes, syncs, inserts, appends []float64
	for _, p := range r.HTTP {
		same, many = append(same, p.Same), append(many, p.Many)
		sameTimes, manyTimes = append(sameTimes, p.Same/p.One), append(manyTimes, p.Many/p.One)
	}
	var insideSame, insideMany []float64
	for _, p := range r.Inside {
		insideSame, insideMany = append(insideSame, p.Same), append(insideMany, p.Many)
	}
	for _, l := range r.Latency {
		syncs, inserts, appends = append(syncs, l.Do/l.Sync), append(inserts, l.Do/l.SQLite), append(appends, l.Append/l.Sync)
	}
	waiting := fmt.Sprintf("durable commands, %d waiting, ", r.Waiting)
	of := func(paces []pace, cpu func(pace) float64) (all []float64) {
		for _, p := range paces {
			all = append(all, cpu(p)/1e3)
		}
		return all
	}
	times := func(all, cpu []float64) string {
		return fmt.Sprintf("%.1f × one at a time (goal 4); %.0f µs of processor each", median(all), median(cpu))
	}
	sameCPU, manyCPU := func(p pace) float64 { return p.SameCPU }, func(p pace) float64 { return p.ManyCPU }
	var insideSameTimes, insideManyTimes []float64
	for _, p := range r.Inside {
		insideSameTimes, insideManyTimes = append(insideSameTimes, p.Same/p.One), append(insideManyTimes, p.Many/p.One)
	}
	return []goal{
		{waiting + "one office", median(insideSame), "/s", -15_000, -30_000, times(insideSameTimes, of(r.Inside, sameCPU))},
		{waiting + fmt.Sprint(r.Waiting, " offices"), median(insideMany), "/s", -15_000, -30_000, times(insideManyTimes, of(r.Inside, manyCPU))},
		{"the same over HTTP, one office", median(same), "/s", -15_000, -30_000, times(sameTimes, of(r.HTTP, sameCPU))},
		{fmt.Sprintf("the same over HTTP, %d offices", r.Offices), median(many), "/s", -15_000, -30_000, times(manyTimes, of(r.HTTP, manyCPU))},
		{"group commit, one caller: append, one fsync = 1", median(appends), "", 1.2, 1.05, fmt.Sprintf("the whole command %.2f; SQLite's own insert = 1: %.2f", median(syncs), median(inserts))},
	}
}
