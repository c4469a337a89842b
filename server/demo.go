package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"aufruf/server/access"
	"aufruf/server/app"
	"aufruf/server/config"
	"aufruf/server/replay"
)

// replayDay plays a recorded day through the real program in a folder of its
// own.
type replayDay struct {
	File   string  `arg:"" help:"The day: day,ticket,service,arrive,start,end,desk,boost."`
	Speed  float64 `default:"60" help:"How many times faster than it was."`
	Listen string  `default:"127.0.0.1:0" help:"Address of the pages; any free port if not given." placeholder:"ADDR"`
}

func (c *replayDay) Run(ctx context.Context) error {
	if c.Speed < 1 || c.Speed > 3600 {
		return fmt.Errorf("--speed %v: want 1 to 3600", c.Speed)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	day, err := replay.ReadLog(f)
	if err != nil {
		return fmt.Errorf("read %s:\n%w", c.File, err)
	}
	text, err := day.Config()
	if err != nil {
		return err
	}
	cfg, problems := config.Parse("a day", []byte(text))
	if err := problems.Err("en"); err != nil {
		return err
	}
	fast := fastClock(day.Date.Add(day.Cases[0].Arrive-time.Minute), c.Speed)
	return stage(ctx, cfg, c.Listen, fast, func(a *app.App, p replay.Program) error {
		p.Office, p.Screens, p.Speed, p.Progress = replay.Office, replay.Screens, c.Speed, os.Stdout
		fmt.Printf("%d people on %s, at %g times the speed\n", len(day.Cases), day.Date.Format(time.DateOnly), c.Speed)
		for _, s := range p.Screens {
			fmt.Printf("  board  %s/board/%s\n", a.URL(), s)
		}
		r, err := replay.Play(ctx, p, day)
		if err != nil {
			return err
		}
		printPlay(os.Stdout, r)
		if !r.OK() {
			return fmt.Errorf("the day does not come out even")
		}
		return nil
	})
}

func printPlay(w io.Writer, r replay.Report) {
	fmt.Fprintf(w, "tickets          %d = %d served + %d left, %d open, %d called twice\n", r.Tickets, r.Served, r.Left, r.Open, r.Twice)
	fmt.Fprintf(w, "commands         %d\n", r.Commands)
	fmt.Fprintf(w, "mean wait        %s (in the day's own time)\n", r.MeanWait.Round(time.Second))
	fmt.Fprintf(w, "press → board    p50 %s, p99 %s\n", r.BoardP50.Round(10*time.Microsecond), r.BoardP99.Round(10*time.Microsecond))
	fmt.Fprintf(w, "frames           %d on boards and phones\n", r.Frames)
	if len(r.Differences) == 0 {
		fmt.Fprintln(w, "queue, boards and phones are equal")
	}
	for _, d := range r.Differences {
		fmt.Fprintln(w, "differs: "+d)
	}
}

// demo shows an invented morning in the configured town.
type demo struct {
	Config string  `default:"config.yaml" help:"The configuration; config.yaml if not given." placeholder:"FILE"`
	Speed  float64 `default:"30" help:"How many times faster than life."`
	Listen string  `default:"127.0.0.1:8080" help:"Address of the pages; 127.0.0.1:8080 if not given." placeholder:"ADDR"`
	Seed   uint64  `default:"1" help:"Which morning."`
}

func (c *demo) Run(ctx context.Context) error {
	if c.Speed < 1 || c.Speed > 3600 {
		return fmt.Errorf("--speed %v: want 1 to 3600", c.Speed)
	}
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	rules := cfg.AllRules()[0]
	y, m, d := app.Now().In(rules.Hours.Zone).Date()
	begin := time.Date(y, m, d, 7, 55, 0, 0, rules.Hours.Zone)
	fast := warmClock(begin, begin.Add(40*time.Minute), c.Speed)
	return stage(ctx, cfg, c.Listen, fast, func(a *app.App, p replay.Program) error {
		p.Office, p.Speed, p.Progress = rules.Office, c.Speed, os.Stdout
		fmt.Printf("An invented morning at %g times its speed. Open the board:\n\n", c.Speed)
		for _, s := range cfg.Screens() {
			if s.Office == rules.Office {
				fmt.Printf("  %s/board/%s\n", a.URL(), s.ID)
			}
		}
		fmt.Printf("\nSee it as its staff do, with an account that lasts as long as the morning:\n\n  %s\n", a.SetupLink())
		fmt.Printf("\nDraw a number of your own and follow it on a phone page:\n\n  %s/kiosk/%s\n\nCtrl-C ends it.\n\n", a.URL(), rules.Office)
		return replay.Demo(ctx, p, rules, c.Seed)
	})
}

// stage runs the program in a folder that is removed afterwards, on a clock of
// its own, with the tokens that a play needs.
func stage(ctx context.Context, cfg *config.Config, listen string, fast func() time.Time, play func(*app.App, replay.Program) error) error {
	dir, err := os.MkdirTemp("", "aufruf-play-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := app.Start(ctx, app.Options{Config: cfg, Data: dir, Listen: listen, OpenNow: "always", Clock: fast,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	defer a.Stop()
	fmt.Printf("listening %s\n", a.URL())
	p := replay.Program{URL: a.URL(), Now: fast, Real: app.Now}
	for role, to := range map[access.Role]*string{access.Clerk: &p.Clerk, access.Kiosk: &p.Kiosk, access.Reception: &p.Reception, access.Board: &p.Board} {
		if *to, _, err = a.Access().AddToken(ctx, by, "", access.Grant{Role: role}, fast()); err != nil {
			return err
		}
	}
	return play(a, p)
}

// fastClock begins at an instant and runs a number of times as fast as ours.
func fastClock(begin time.Time, speed float64) func() time.Time {
	real := app.Now()
	return func() time.Time {
		return begin.Add(time.Duration(float64(app.Now().Sub(real)) * speed)).UTC()
	}
}

// warmUp is how fast the quiet beginning of a demonstration goes by, so that a
// newcomer sees a full room after a few seconds.
const warmUp = 600

// warmClock begins at an instant, runs fast until another and then at speed.
func warmClock(begin, warm time.Time, speed float64) func() time.Time {
	real := app.Now()
	most := time.Duration(float64(warm.Sub(begin)) / warmUp)
	return func() time.Time {
		gone := app.Now().Sub(real)
		if gone < most {
			return begin.Add(gone * warmUp).UTC()
		}
		return warm.Add(time.Duration(float64(gone-most) * speed)).UTC()
	}
}
