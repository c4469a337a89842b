package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"aufruf/server/app"
	"aufruf/server/config"
)

// serve runs the server until it is told to stop.
type serve struct {
	place
	Listen       string `default:"127.0.0.1:8080" help:"Address of the pages; 127.0.0.1:8080 if not given." placeholder:"ADDR"`
	Metrics      string `help:"Address of /metrics; none if not given." placeholder:"ADDR"`
	At           string `help:"For trying out: the program's clock begins at this time of the first office and runs on." placeholder:"2026-12-24T07:55"`
	PlainSockets bool   `name:"plain-sockets" help:"Leave followers' sockets with the web server, a goroutine each."`
	OpenNow      string `name:"open-now" help:"Open all offices now, until HH:MM or always." placeholder:"HH:MM|always"`
}

func (s *serve) Run(ctx context.Context) error {
	cfg, err := loadConfig(s.Config)
	if err != nil {
		return err
	}
	clock, err := s.clock(cfg)
	if err != nil {
		return err
	}
	a, err := app.Start(ctx, app.Options{Config: cfg, Data: s.Data, Listen: s.Listen, Metrics: s.Metrics, OpenNow: s.OpenNow, PlainSockets: s.PlainSockets,
		Clock: clock, Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	fmt.Printf("listening %s\n", a.URL())
	printAddresses(os.Stdout, a, cfg)
	select {
	case <-ctx.Done():
		return a.Stop()
	case err := <-a.Failed():
		a.Stop()
		return err
	}
}

// clock is the machine's, nil, or one that begins at another time: to see a
// reminder go out, or a holiday, without waiting for it.
func (s *serve) clock(cfg *config.Config) (func() time.Time, error) {
	if s.At == "" {
		return nil, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", s.At, cfg.AllRules()[0].Hours.Zone)
	if err != nil {
		return nil, fmt.Errorf("--at wants a day and a time such as 2026-12-24T07:55, not %q", s.At)
	}
	ahead := at.Sub(app.Now())
	return func() time.Time { return app.Now().Add(ahead) }, nil
}

// printAddresses says where everything is.
func printAddresses(w io.Writer, a *app.App, cfg *config.Config) {
	row := func(what, path string) { fmt.Fprintf(w, "  %-12s %s%s\n", what, a.URL(), path) }
	for _, s := range cfg.Screens() {
		row("board", "/board/"+s.ID)
	}
	for _, r := range cfg.AllRules() {
		row("kiosk", "/kiosk/"+r.Office)
		row("desk", "/desk/"+r.Office)
		row("reception", "/reception/"+r.Office)
		row("supervisor", "/supervisor/"+r.Office)
	}
	if a.Console() {
		row("messages", "/dev/outbox (nothing is sent: notify says console)")
	}
	if at := a.MetricsURL(); at != "" {
		fmt.Fprintf(w, "  %-12s %s\n", "metrics", at)
	}
	row("phone", "/t/… (the link that every number carries)")
	if hook := a.HookLink(); hook != "" {
		fmt.Fprintf(w, "  %-12s %s\n", "SMS reports", hook)
	}
	if link := a.SetupLink(); link != "" {
		fmt.Fprintf(w, "\nThere is no account yet. This link makes the first one, once:\n  %s\n", link)
	}
}

// loadConfig reads a configuration; its error holds every complaint, a line
// each, in the operator's language.
func loadConfig(path string) (*config.Config, error) {
	cfg, err := config.Load(path)
	var bad *config.Invalid
	if errors.As(err, &bad) && language() == "de" {
		bad.Lang = "de"
	}
	return cfg, err
}

// language is the operator's.
func language() string {
	if strings.HasPrefix(os.Getenv("LANG"), "de") {
		return "de"
	}
	return "en"
}
