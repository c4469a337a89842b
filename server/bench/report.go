package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// figures are all that was measured and lies in build/bench; nil: not there.
type figures struct {
	fanout   *fanoutResult
	storm    *stormResult
	commands *commandsResult
	mixed    *mixedResult
	soak     *soakResult
}

// report writes docs/bench/*.svg and the part of docs/benchmarks.md between its
// marks.
func report(args []string) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	in := flags.String("in", "", "folder of the results (default build/bench)")
	docs := flags.String("docs", "", "folder of the documents (default docs)")
	if err := flags.Parse(args); err != nil {
		return errHelp
	}
	dir, err := results(*in)
	if err != nil {
		return err
	}
	if *docs == "" {
		top, err := root()
		if err != nil {
			return err
		}
		*docs = filepath.Join(top, "docs")
	}
	var f figures
	if err := errors.Join(read(dir, "fanout", &f.fanout), read(dir, "storm", &f.storm), read(dir, "commands", &f.commands), read(dir, "mixed", &f.mixed), read(dir, "soak", &f.soak)); err != nil {
		return err
	}
	return f.write(*docs)
}

func read[R any](dir, name string, to **R) error {
	raw, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	*to = new(R)
	return json.Unmarshal(raw, *to)
}

func (f figures) write(docs string) error {
	pictures := f.pictures()
	if err := os.MkdirAll(filepath.Join(docs, "bench"), 0o755); err != nil {
		return err
	}
	for name, c := range pictures {
		if err := os.WriteFile(filepath.Join(docs, "bench", name+".svg"), []byte(c.String()), 0o644); err != nil {
			return err
		}
	}
	path := filepath.Join(docs, "benchmarks.md")
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := between(string(old), f.text())
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// The marks in docs/benchmarks.md.
const (
	markBegin = "<!-- fanout:begin -->"
	markEnd   = "<!-- fanout:end -->"
)

func between(old, text string) (string, error) {
	begin, end := strings.Index(old, markBegin), strings.Index(old, markEnd)
	if begin < 0 || end < begin {
		return "", fmt.Errorf("docs/benchmarks.md has no %s and %s", markBegin, markEnd)
	}
	return old[:begin+len(markBegin)] + "\n\n" + strings.TrimSpace(text) + "\n\n" + old[end:], nil
}

func (f figures) pictures() map[string]chart {
	if f.fanout == nil {
		return nil
	}
	r := *f.fanout
	relative := func(of func(measured) float64) (bars []bar) {
		for _, name := range r.Kinds {
			all := r.relative(name, of)
			if len(all) == 0 {
				continue // not measured this time
			}
			bars = append(bars, bar{label: labelOf(name), value: median(all), least: slices.Min(all), most: slices.Max(all), said: fmt.Sprintf("%.2f", median(all)), ours: name == r.ours(), ruler: name == "ruler"})
		}
		return bars
	}
	pictures := map[string]chart{
		"message": {title: "Processor time for each delivered message", about: fmt.Sprintf("%s followers, %d bytes; the ruler, a bare send(2) for each, is 1; less is better.", thousands(float64(r.Conns)), r.Size),
			bars: relative(cpuOfMessage), goal: 1.10, hope: 0.85},
		"connect": {title: "Processor time for each connect in a storm", about: "The ruler, accept4, read, send and epoll_ctl, is 1; less is better.",
			bars: relative(cpuOfConnect), goal: 2.5, hope: 1.8},
		"last": {title: "Until the last follower has it", about: "From handing the message in to the last receive; the ruler is 1; less is better.", bars: relative(lastHas), goal: 1.25, hope: 1.0},
	}
	var bars []bar
	for _, name := range r.Kinds {
		if b, ok := r.Resident[name]; ok {
			bars = append(bars, bar{label: labelOf(name), value: b, said: thousands(b) + " B", ours: name == r.ours(), ruler: name == "ruler"})
		}
	}
	if len(bars) > 0 {
		pictures["memory"] = chart{title: "Memory for each idle follower", about: "Resident set of the process, without the kernel's share; less is better.", bars: bars, goal: 600, unit: " B"}
	}
	maps.DeleteFunc(pictures, func(_ string, c chart) bool { return len(c.bars) == 0 })
	return pictures
}

func labelOf(name string) string {
	if k, ok := kindOf(name); ok {
		return k.label
	}
	return name
}

// text is the part of the document.
func (f figures) text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var gs []goal
	var when []string
	add := func(name string, m machine, g []goal) {
		gs = append(gs, g...)
		when = append(when, fmt.Sprintf("%s on %s", name, m.Date))
	}
	var m machine
	if f.fanout != nil {
		m = f.fanout.Machine
		add("fan-out", m, f.fanout.goals())
	}
	if f.storm != nil {
		m = f.storm.Machine
		g := f.storm.goals()
		if f.fanout != nil {
			g = g[1:] // connects are measured in fanout as well, with all peers
		}
		add("storm", m, g)
	}
	if f.commands != nil {
		m = f.commands.Machine
		add("commands", m, f.commands.goals())
	}
	if f.mixed != nil {
		m = f.mixed.Machine
		add("mixed", m, f.mixed.goals())
	}
	if f.soak != nil {
		m = f.soak.Machine
		add("soak", m, f.soak.goals())
	}
	if len(gs) == 0 {
		return "Nothing was measured yet."
	}
	line("Measured: %s; %d cores (%s), Linux %s, %s. Server and client had a core each.\n", strings.Join(when, ", "), m.Cores, m.CPU, m.Kernel, strings.Replace(m.Go, "go", "Go ", 1))
	line("| | got | goal | hope | | |\n| --- | --- | --- | --- | --- | --- |")
	for _, g := range gs {
		line("| %s | %s | %s | %s | %s | %s |", g.What, g.number(g.Got), g.bound(g.Goal), g.bound(g.Hope), g.verdict(), g.Note)
	}
	if f.fanout != nil {
		f.peers(line)
	}
	line("%s", method)
	return b.String()
}

func (f figures) peers(line func(string, ...any)) {
	r := *f.fanout
	line("\n### Beside the peers\n")
	line("%s followers, %d bytes, %d rounds, the kinds in turn; the ruler of the same round is 1.00. Median, least and most.\n", thousands(float64(r.Conns)), r.Size, len(r.Rounds["ruler"]))
	line("| | CPU for each message | the last has it | CPU for each connect | memory, idle | right after a storm | refused |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, name := range r.Kinds {
		memory := "–"
		if b, ok := r.Resident[name]; ok && !math.IsNaN(b) {
			memory = thousands(b) + " B"
		}
		line("| %s | %s | %s | %s | %s | %s B | %d |", labelOf(name), spread(r.relative(name, cpuOfMessage)), spread(r.relative(name, lastHas)), spread(r.relative(name, cpuOfConnect)), memory, thousands(r.right(name)), r.refused(name))
	}
	absolute := func(of func(measured) float64) float64 {
		var all []float64
		for _, m := range r.Rounds["ruler"] {
			all = append(all, of(m))
		}
		return median(all)
	}
	line("\nThe ruler itself took %.2f µs of processor for a message, %.1f µs for a connect, and %.0f ms until the last had it.\n", absolute(cpuOfMessage)/1e3, absolute(cpuOfConnect)/1e3, absolute(lastHas)/1e6)
	for _, name := range []string{"message", "last", "connect", "memory"} {
		if c, ok := f.pictures()[name]; ok {
			line("![%s](bench/%s.svg)", c.title, name)
		}
	}
}

// method is how it was measured, and what the figures do not say.
const method = `
### How it is measured

* Everything runs on loopback. The server is a process on core 0, the town one
  on core 1: raw sockets in one epoll set, a handshake by hand, a reader that
  looks at frames' heads only. Its addresses are 127.0.x.y, 200 phones each.
* **The ruler** is a server of the same shape that does nothing but system calls:
  accept4, one read, SHA-1, one send with the answer and the first state, one
  epoll_ctl; and for a message one sendto with MSG_DONTWAIT for each descriptor. It is
  written in Go with raw system calls; the same loop in C took as long (2.6 and
  2.5 µs a send, side by side, on a busy machine).
* Processor time is the server's own, user and system, from getrusage; on
  loopback it holds much of what the receiver's kernel does, for all alike.
* Every kind gives each follower a first state of 200 bytes after the handshake.
  Heartbeats are off where the library lets us. Each peer is used as its own
  documentation does, with its prepared or compiled message where it has one.
* Each round starts every server anew; the order turns. Figures are divided by
  the ruler's of the same round and then the median is taken.
* Memory is VmRSS after all followers were idle, less VmRSS after ten had come
  and gone, by their number; they connect 64 at a time, since what a storm leaves
  to the collector is another question. The kernel's own share, about 5 kB a socket, is in
  no process's figure.
* *next* during the storm, commands over HTTP, frozen phones, the lobby screen
  and the soak run against the real program with a configuration of its own.
  Phones follow the public state of one office, at the lobby screen's measurement
  100 of them a number of their own. Instants are taken by threads
  that have the right of way on the town's core.
* The commit is seen from outside: in SQLite's WAL index, whose counter rises
  right after the fsync, and a reader that asks whether it was for a record of the
  office. Screens' latencies count from there. Where the counter was not looked at
  for 0.3 ms, the press is left out.
* A ticket stays in memory until its day has ended: 1.6 kB of the heap each
  (BenchmarkATicketOfTheDay in server/app), about twice that of the process. The soak
  draws thousands, and its drift is told without them.
* Frozen phones have the smallest receive buffer and never read; the healthy ones
  are the same in both halves of a round.
* Commands are numbers drawn and *next* pressed in turn. "One fsync" is 4 KiB
  written over an old block and fdatasync; it and the command take turns in one
  loop. A town's configuration has letters for 26 offices, so over HTTP the
  callers share those that there are.

### What the figures do not say

Loopback has no losses, no radio and no distance. The client's core is shared by
the town and by those who press; what a phone waits for its own network is not in
any figure. Absolute times belong to this machine; ratios travel better.
`
