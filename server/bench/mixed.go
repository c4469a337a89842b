package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"time"
)

// mixedResult is what the run leaves in build/bench/mixed.json.
type mixedResult struct {
	Machine machine   `json:"machine"`
	Phones  int       `json:"phones"`
	Line    int       `json:"line"`   // how many wait
	Unsure  int       `json:"unsure"` // presses left out since the commit was not seen at once
	Owners  int       `json:"owners"` // of them, follow a number of their own at the lobby's measurement
	Frozen  []frozen  `json:"frozen"`
	Screen  []float64 `json:"screen"` // commit to the lobby screen's socket, nanoseconds
	Phone   []float64 `json:"phone"`  // commit to the last phone, of the same presses
}

// frozen is a round without phones that do not read and one with them.
type frozen struct {
	Healthy int            `json:"healthy"`
	Frozen  int            `json:"frozen"`
	Without float64        `json:"without"` // commit to the last healthy phone, median, nanoseconds
	With    float64        `json:"with"`
	Before  int64          `json:"before"` // bytes resident
	Most    int64          `json:"most"`
	Lost    map[string]int `json:"lost"` // healthy ones; nobody should be
}

// scene is the real program with a town on it.
type scene struct {
	*program
	town    town
	clerk   *clerk
	screen  *screen
	drawer  *caller
	unsure  int
	secrets []string // of the numbers drawn, in the order of the line
}

func openScene(ctx context.Context, dir string, numbers int) (*scene, error) {
	p, err := startProgram(ctx, dir, []officeOf{{"hall", 4}})
	if err != nil {
		return nil, err
	}
	s := &scene{program: p}
	if err := s.people(ctx, numbers); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *scene) people(ctx context.Context, numbers int) (err error) {
	if s.town, err = startTown(ctx); err != nil {
		return err
	}
	if s.secrets, err = s.prepare("hall", 1, numbers); err != nil {
		return err
	}
	if s.screen, err = s.program.screen("board:hall:lobby"); err != nil {
		return err
	}
	if s.clerk, err = s.program.clerk(); err != nil {
		return err
	}
	conn, err := net.Dial("tcp4", s.address)
	if err != nil {
		return err
	}
	s.drawer = s.call(conn, "reception", fmt.Sprint("drawer", now()))
	_, err = s.clerk.press("hall", 0)
	return err
}

func (s *scene) close() {
	if s.drawer != nil {
		s.drawer.conn.Close()
	}
	if s.clerk != nil {
		s.clerk.close()
	}
	if s.screen != nil {
		s.screen.close()
	}
	if s.town.role != nil {
		s.town.stop()
	}
	s.program.stop()
}

// press presses next and says how long the screen waited after the commit, and
// the last of n phones of a group. Where the commit was not seen at once, it
// presses again.
func (s *scene) press(group, n int) (screen, last float64, err error) {
	for range 20 {
		sure := false
		if screen, last, sure, err = s.pressOnce(group, n); err != nil || sure {
			return screen, last, err
		}
		s.unsure++
		if err := s.drawer.draw("hall"); err != nil {
			return 0, 0, err
		}
	}
	return 0, 0, errors.New("commits cannot be seen in time: something else uses the core")
}

func (s *scene) pressOnce(group, n int) (screen, last float64, sure bool, err error) {
	newest, err := s.clerk.clock.last("hall")
	if err != nil {
		return 0, 0, false, err
	}
	if err := s.town.arm(group, newest+1); err != nil {
		return 0, 0, false, err
	}
	was, err := s.clerk.press("hall", 0)
	if err != nil {
		return 0, 0, false, err
	}
	at, err := s.screen.when(was.seq, 10*time.Second)
	if err != nil {
		return 0, 0, false, err
	}
	a, err := s.town.await(n, 20*time.Second)
	if err != nil {
		return 0, 0, false, err
	}
	if a.Got < n*99/100 {
		return 0, 0, false, fmt.Errorf("state %d came to %d of %d phones", was.seq, a.Got, n)
	}
	return float64(at - was.at), float64(a.Last - was.at), was.sure, nil
}

// breath draws a number for the one that was called, so that the line stays as
// long as it is, and lets the office's pause for phones pass.
func (s *scene) breath(ctx context.Context, i int) error {
	if err := s.drawer.draw("hall"); err != nil {
		return err
	}
	return rest(ctx, 250*time.Millisecond+time.Duration(i*37%100)*time.Millisecond)
}

// mixed measures the lobby screen among all phones, and healthy phones among
// frozen ones.
func mixed(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("mixed", flag.ContinueOnError)
	phones := fs.Int("phones", 18_400, "phones of the real program, which keeps places for staff")
	share := fs.Float64("frozen", 0.1, "share of phones that never read")
	rounds := fs.Int("rounds", 3, "rounds without and with frozen phones")
	presses := fs.Int("presses", 20, "presses of next in each half of a round")
	lobby := fs.Int("lobby", 200, "presses for the lobby screen's latency")
	owners := fs.Int("owners", 100, "phones among them that follow a number of their own, at the lobby's measurement")
	line := fs.Int("line", 100, "how many wait in the office")
	dir := fs.String("dir", "", "folder of the program's data (default build/bench)")
	out := fs.String("out", "", "folder of the results (default build/bench)")
	if err := fs.Parse(args); err != nil {
		return errHelp
	}
	res := mixedResult{Machine: thisMachine(), Phones: *phones, Line: max(*owners, *line)}
	s, err := openScene(ctx, *dir, max(*owners, *line))
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.frozen(ctx, &res, *rounds, *presses, int(float64(*phones)**share)); err != nil {
		return err
	}
	if err := s.lobby(ctx, &res, *lobby, *owners); err != nil {
		return err
	}
	res.Unsure = s.unsure
	res.Machine.Sharp = s.screen.sharp && s.clerk.sharp
	if err := save(*out, "mixed", res); err != nil {
		return err
	}
	printGoals(res.goals())
	return nil
}

// frozen compares rounds: the healthy phones alone, then the same ones while
// others have stopped reading with a receive buffer of the smallest size, so
// that they are full soon.
func (s *scene) frozen(ctx context.Context, res *mixedResult, rounds, presses, sick int) error {
	healthy := res.Phones - sick
	o, err := s.town.open(s.crowd(healthy, "hall"))
	if err != nil {
		return err
	}
	if o.Open < healthy {
		return fmt.Errorf("only %d of %d phones are in: %v", o.Open, healthy, o.Refused)
	}
	half := func() (float64, int64, error) {
		var lasts []float64
		var most int64
		for i := range presses {
			_, last, err := s.press(0, healthy)
			if err != nil {
				return 0, 0, err
			}
			lasts = append(lasts, last)
			most = max(most, s.stats().RSS)
			if err := s.breath(ctx, i); err != nil {
				return 0, 0, err
			}
		}
		return median(lasts), most, nil
	}
	for round := range rounds {
		r := frozen{Healthy: healthy}
		var err error
		if r.Without, r.Before, err = half(); err != nil {
			return err
		}
		t := s.crowd(sick, "hall")
		t.Group, t.Receive = 1, 1024
		if o, err = s.town.open(t); err != nil {
			return err
		}
		r.Frozen = o.Open
		if _, err := s.town.tellGroup("freeze", 1); err != nil {
			return err
		}
		if r.With, r.Most, err = half(); err != nil {
			return err
		}
		c, err := s.town.tellGroup("close", 1)
		if err != nil {
			return err
		}
		r.Lost = c.Lost
		res.Frozen = append(res.Frozen, r)
		progress("round %d of %d: last of %d healthy phones %s without, %s with %d frozen ones; resident %.1f and %.1f MB, lost %v", round+1, rounds, healthy,
			milliseconds(r.Without), milliseconds(r.With), r.Frozen, float64(r.Before)/1e6, float64(r.Most)/1e6, r.Lost)
		if err := rest(ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// lobby measures the screen with all phones following.
func (s *scene) lobby(ctx context.Context, res *mixedResult, presses, owners int) error {
	res.Owners = min(owners, res.Phones-res.Frozen[0].Healthy, len(s.secrets))
	public := s.crowd(res.Phones-res.Frozen[0].Healthy-res.Owners, "hall")
	own := s.owners(s.secrets[len(s.secrets)-res.Owners:]) // the last of the line
	public.Group, own.Group = 2, 3
	for _, t := range []task{public, own} {
		o, err := s.town.open(t)
		if err != nil {
			return err
		}
		if o.Open < t.N {
			return fmt.Errorf("only %d of %d phones more are in: %v", o.Open, t.N, o.Refused)
		}
	}
	for i := range presses {
		screen, phone, err := s.press(0, res.Frozen[0].Healthy)
		if err != nil {
			return err
		}
		res.Screen, res.Phone = append(res.Screen, screen), append(res.Phone, phone)
		if err := s.drawer.draw("hall"); err != nil {
			return err
		}
		// Sometimes before the phones' round is over, sometimes after.
		if err := rest(ctx, time.Duration(20+i*53%230)*time.Millisecond); err != nil {
			return err
		}
	}
	progress("lobby screen with %d phones: p50 %s p99 %s", res.Phones, milliseconds(median(res.Screen)), milliseconds(quantile(res.Screen, 0.99)))
	return nil
}

func (r mixedResult) goals() []goal {
	var slower, memory []float64
	lost := 0
	for _, f := range r.Frozen {
		slower, memory = append(slower, f.With/f.Without), append(memory, float64(f.Most-f.Before)/1e6)
		for _, n := range f.Lost {
			lost += n
		}
	}
	return []goal{
		{"10 % frozen: last healthy phone, without = 1", median(slower), "", 1.1, 0, fmt.Sprintf("memory %+.1f MB for %d frozen, %d healthy ones lost", median(memory), r.Frozen[0].Frozen, lost)},
		{"lobby screen after the commit, p99", quantile(r.Screen, 0.99) / 1e6, "ms", 5, 1, fmt.Sprintf("p50 %.2f ms, %d phones, %d with a number of their own, %d waiting, last phone p50 %.0f ms", median(r.Screen)/1e6, r.Phones, r.Owners, r.Line, median(r.Phone)/1e6)},
	}
}
