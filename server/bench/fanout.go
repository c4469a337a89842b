package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// fanoutFlags are what may be asked differently; the defaults are what the
// published figures are measured with.
type fanoutFlags struct {
	conns    int
	rounds   int
	messages int
	size     int
	kinds    string
	idle     time.Duration
	together int
	pause    time.Duration
	window   int
	gentle   int
	out      string
}

func (f *fanoutFlags) parse(name string, args []string) ([]kind, error) {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.IntVar(&f.conns, "conns", 19_000, "followers of one server")
	fs.IntVar(&f.rounds, "rounds", 3, "rounds, each with every kind")
	fs.IntVar(&f.messages, "messages", 15, "messages to all followers in a round")
	fs.IntVar(&f.size, "size", 200, "bytes of a message")
	fs.StringVar(&f.kinds, "kinds", strings.Join(kindNames(), ","), "kinds to measure")
	fs.DurationVar(&f.idle, "idle", time.Minute, "how long followers are idle before memory is read; 0: not measured")
	fs.IntVar(&f.together, "together", 3, "how many servers are idle at once")
	fs.DurationVar(&f.pause, "pause", 60*time.Millisecond, "between messages; a follower gets at most one in 50 ms")
	fs.IntVar(&f.window, "window", 2000, "handshakes under way at once")
	fs.IntVar(&f.gentle, "gentle", 64, "the same where memory is measured: it is not to hold what a storm left behind")
	fs.StringVar(&f.out, "out", "", "folder of the results (default build/bench)")
	if err := fs.Parse(args); err != nil {
		return nil, errHelp
	}
	if f.conns > 19_500 {
		return nil, fmt.Errorf("a process may open 20,000 descriptors here: at most 19,500 followers")
	}
	var chosen []kind
	for name := range strings.SplitSeq(f.kinds, ",") {
		k, known := kindOf(name)
		if !known {
			return nil, fmt.Errorf("no kind %q; there are %s", name, strings.Join(kindNames(), ", "))
		}
		chosen = append(chosen, k)
	}
	if !slices.ContainsFunc(chosen, func(k kind) bool { return k.name == "ruler" }) {
		chosen = append([]kind{kinds[0]}, chosen...)
	}
	return chosen, nil
}

func kindNames() (names []string) {
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// measured is one kind in one round; nanoseconds unless said.
type measured struct {
	Connect  float64 `json:"connect"` // processor time for each connect
	Message  float64 `json:"message"` // processor time for each delivered message
	Last     float64 `json:"last"`    // until the last has it, median of the messages
	LastP90  float64 `json:"last_p90"`
	Storm    float64 `json:"storm"` // until all are in
	FirstP99 float64 `json:"first_p99"`
	Refused  int     `json:"refused"`
}

// fanoutResult is what the run leaves in build/bench/fanout.json.
type fanoutResult struct {
	Machine  machine               `json:"machine"`
	Conns    int                   `json:"conns"`
	Messages int                   `json:"messages"`
	Size     int                   `json:"size"`
	Idle     float64               `json:"idle"` // seconds
	Kinds    []string              `json:"kinds"`
	Rounds   map[string][]measured `json:"rounds"`
	Resident map[string]float64    `json:"resident"` // bytes for each idle follower
}

// fanout measures every kind in turn, several times.
func fanout(ctx context.Context, args []string) error {
	var f fanoutFlags
	chosen, err := f.parse("fanout", args)
	if err != nil {
		return err
	}
	res := fanoutResult{Machine: thisMachine(), Conns: f.conns, Messages: f.messages, Size: f.size, Idle: f.idle.Seconds(),
		Rounds: map[string][]measured{}, Resident: map[string]float64{}}
	for _, k := range chosen {
		res.Kinds = append(res.Kinds, k.name)
	}
	if err := f.run(ctx, chosen, &res); err != nil {
		return err
	}
	if err := f.resident(ctx, chosen, &res); err != nil {
		return err
	}
	if err := save(f.out, "fanout", res); err != nil {
		return err
	}
	res.print()
	return nil
}

// run goes through the rounds. The order turns, so that no kind always follows
// the same other.
func (f *fanoutFlags) run(ctx context.Context, chosen []kind, res *fanoutResult) error {
	for round := range f.rounds {
		for i := range chosen {
			k := chosen[(i+round)%len(chosen)]
			m, err := f.one(ctx, k)
			if err != nil {
				return err
			}
			res.Rounds[k.name] = append(res.Rounds[k.name], m)
			progress("round %d of %d  %-10s  message %6.0f ns  last %7.2f ms  connect %6.1f µs  refused %d", round+1, f.rounds, k.name, m.Message, m.Last/1e6, m.Connect/1e3, m.Refused)
		}
	}
	return nil
}

func (f *fanoutFlags) one(ctx context.Context, k kind) (m measured, err error) {
	p, err := startPair(ctx, k)
	if err != nil {
		return m, err
	}
	defer p.stop()
	before, err := p.stats()
	if err != nil {
		return m, err
	}
	o, err := p.town.open(p.crowd(f.conns, f.window))
	if err != nil {
		return m, err
	}
	after, err := p.stats()
	if err != nil {
		return m, err
	}
	m = measured{Connect: float64(after.CPU-before.CPU) / float64(max(o.Open, 1)), Storm: float64(o.Took), FirstP99: float64(o.P99), Refused: o.refused()}
	if m.Refused > 0 {
		progress("%s refused %v", k.name, o.Refused)
	}
	if f.messages == 0 || o.Open == 0 {
		return m, nil
	}
	if err := rest(ctx, 300*time.Millisecond); err != nil {
		return m, err
	}
	for i := range 2 { // what is done once is done
		if _, err := p.deliver(i+1, f.size, o.Open); err != nil {
			return m, err
		}
		if err := rest(ctx, f.pause); err != nil {
			return m, err
		}
	}
	before, err = p.stats()
	if err != nil {
		return m, err
	}
	var lasts []float64
	for i := range f.messages {
		last, err := p.deliver(i+3, f.size, o.Open)
		if err != nil {
			return m, err
		}
		lasts = append(lasts, float64(last))
		if err := rest(ctx, f.pause); err != nil {
			return m, err
		}
	}
	after, err = p.stats()
	m.Message = float64(after.CPU-before.CPU) / float64(o.Open*f.messages)
	m.Last, m.LastP90 = quantile(lasts, 0.5), quantile(lasts, 0.9)
	return m, err
}

// resident measures memory: a few servers are idle at the same time, so that
// nine minutes become three. Before counts after ten followers have come and
// gone, so that the pages of the program itself are in memory.
func (f *fanoutFlags) resident(ctx context.Context, chosen []kind, res *fanoutResult) error {
	if f.idle == 0 {
		return nil
	}
	for group := range slices.Chunk(chosen, max(f.together, 1)) {
		if err := f.residentOf(ctx, group, res); err != nil {
			return err
		}
	}
	return nil
}

func (f *fanoutFlags) residentOf(ctx context.Context, group []kind, res *fanoutResult) error {
	var pairs []pair
	var before []stats
	defer func() {
		for _, p := range pairs {
			p.stop()
		}
	}()
	for _, k := range group {
		p, err := startPair(ctx, k)
		if err != nil {
			return err
		}
		pairs = append(pairs, p)
		if _, err := p.town.open(p.crowd(10, f.gentle)); err != nil {
			return err
		}
		if _, err := p.deliver(1, f.size, 10); err != nil {
			return err
		}
		if _, err := p.town.tellGroup("close", 0); err != nil {
			return err
		}
		if err := rest(ctx, 200*time.Millisecond); err != nil {
			return err
		}
		s, err := p.stats()
		if err != nil {
			return err
		}
		before = append(before, s)
		o, err := p.town.open(p.crowd(f.conns, f.gentle))
		if err != nil {
			return err
		}
		if _, err := p.deliver(2, f.size, o.Open); err != nil {
			return err
		}
	}
	progress("idle for %v: %d servers with %d followers each", f.idle, len(group), f.conns)
	if err := rest(ctx, f.idle); err != nil {
		return err
	}
	for i, p := range pairs {
		s, err := p.stats()
		if err != nil {
			return err
		}
		if s.Open < f.conns*99/100 {
			return fmt.Errorf("%s: only %d of %d are still there", p.kind.name, s.Open, f.conns)
		}
		res.Resident[p.kind.name] = float64(s.RSS-before[i].RSS) / float64(s.Open)
		progress("%-10s  %6.0f B of memory for each idle follower", p.kind.name, res.Resident[p.kind.name])
	}
	return nil
}

// relative gives a figure of a kind by that of the ruler in the same round.
func (r fanoutResult) relative(name string, of func(measured) float64) (all []float64) {
	ruler := r.Rounds["ruler"]
	for i, m := range r.Rounds[name] {
		if i < len(ruler) && of(ruler[i]) > 0 {
			all = append(all, of(m)/of(ruler[i]))
		}
	}
	return all
}

func cpuOfMessage(m measured) float64 { return m.Message }
func cpuOfConnect(m measured) float64 { return m.Connect }
func lastHas(m measured) float64      { return m.Last }

func (r fanoutResult) refused(name string) (n int) {
	for _, m := range r.Rounds[name] {
		n += m.Refused
	}
	return n
}

func (r fanoutResult) print() {
	fmt.Printf("\n%d followers, %d B, %d rounds; ruler = 1.00 in each round; median (least–most)\n", r.Conns, r.Size, len(r.Rounds["ruler"]))
	fmt.Printf("%-10s  %-24s  %-24s  %-24s  %9s  %s\n", "kind", "CPU per message", "last has it", "CPU per connect", "idle RSS", "refused")
	for _, name := range r.Kinds {
		rss := "–"
		if b, ok := r.Resident[name]; ok {
			rss = fmt.Sprintf("%.0f B", b)
		}
		fmt.Printf("%-10s  %-24s  %-24s  %-24s  %9s  %d\n", name, spread(r.relative(name, cpuOfMessage)), spread(r.relative(name, lastHas)),
			spread(r.relative(name, cpuOfConnect)), rss, r.refused(name))
	}
	printGoals(r.goals())
}

// ours is the kind that is judged: the room of the product, and as long as it is
// not measured, the plain path.
func (r fanoutResult) ours() string {
	if _, ok := r.Rounds["ours"]; ok {
		return "ours"
	}
	return "plain"
}

func (r fanoutResult) goals() []goal {
	us := r.ours()
	var gs []goal
	message := median(r.relative(us, cpuOfMessage))
	gs = append(gs, goal{"CPU per delivered message, ruler = 1", message, "", 1.10, 0.85, "us: " + us})
	if c := r.relative("centrifuge", cpuOfMessage); len(c) > 0 {
		gs = append(gs, goal{"the same, centrifuge = 1", median(ratio(r.relative(us, cpuOfMessage), c)), "", 0.55, 0, ""})
	}
	gs = append(gs, goal{"the last has it, ruler = 1", median(r.relative(us, lastHas)), "", 1.25, 1.0, ""})
	if b, ok := r.Resident[us]; ok {
		gs = append(gs, goal{"memory of an idle follower", b, "B", 600, 256, fmt.Sprintf("%.0f s idle", r.Idle)})
	}
	return append(gs, goal{"CPU per connect, ruler = 1", median(r.relative(us, cpuOfConnect)), "", 2.5, 1.8, fmt.Sprintf("%d refused", r.refused(us))})
}

// machine is what was measured on.
type machine struct {
	Date   string `json:"date"`
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Sharp  bool   `json:"sharp"` // instants were taken with the right of way
}

func thisMachine() machine {
	return machine{Date: today(), CPU: processorName(), Cores: coresOnline(), Kernel: kernelRelease(), Go: runtime.Version()}
}
