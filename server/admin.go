package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"aufruf/server/access"
	"aufruf/server/app"
	"aufruf/server/config"
	"aufruf/server/door"
	"aufruf/server/sqlite"
)

// open opens the data beside a server that may be running.
func (p place) open(ctx context.Context) (*sqlite.DB, error) {
	return sqlite.Open(ctx, p.Data, sqlite.Options{Shared: true, Log: quiet()})
}

// openThere opens data that must be there already. Else a command that is run in
// another folder would make an empty town, and back that up night after night.
func (p place) openThere(ctx context.Context) (*sqlite.DB, error) {
	if there, err := sqlite.Exists(p.Data); err != nil || !there {
		return nil, errors.Join(fmt.Errorf("there is no town's data in %s; say with --data where they are", p.Data), err)
	}
	return p.open(ctx)
}

// quiet is the log of the commands that print for people.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// by stands in the audit for what is done on the command line.
const by = "command_line"

// checkConfig says everything that is wrong with a configuration.
type checkConfig struct {
	File   string `arg:"" optional:"" help:"The configuration; or give it as --config."`
	Config string `default:"config.yaml" help:"The configuration." placeholder:"FILE"`
}

func (c *checkConfig) Run() error {
	if c.File == "" {
		c.File = c.Config
	}
	cfg, err := loadConfig(c.File)
	if err != nil {
		return err
	}
	fmt.Printf("%s: sound, %d offices, %d screens\n", c.File, len(cfg.AllRules()), len(cfg.Screens()))
	printPlaces(os.Stdout, cfg)
	return nil
}

// printPlaces says how many may follow at once on this machine, and what to
// change where it is fewer than configured.
func printPlaces(w io.Writer, cfg *config.Config) {
	p := app.Places(cfg, runtime.GOOS == "linux")
	fmt.Fprintf(w, "here %d screens and phones may follow at once, %d of these places are kept for who works here\n", p.Followers, p.Reserved)
	switch p.Bound {
	case door.ByDescriptors:
		fmt.Fprintf(w, "  %d are configured; more need more descriptors than %d (LimitNOFILE, ulimit -n)\n", cfg.Server.Limits.Sockets.Total, p.Descriptors)
	case door.ByMemory:
		fmt.Fprintf(w, "  %d are configured; more need more memory than %d MB\n", cfg.Server.Limits.Sockets.Total, p.Memory>>20)
	}
}

type account struct {
	Add accountAdd `cmd:"" help:"Make an account; the password is asked for, or read from stdin."`
}

type accountAdd struct {
	place
	Name   string   `arg:"" help:"The name to sign in with."`
	Role   []string `help:"What the account may do; all if not given." placeholder:"ROLE"`
	Office string   `help:"Only there; everywhere if not given." placeholder:"OFFICE"`
}

func (c *accountAdd) Run(ctx context.Context) error {
	grants, err := c.grants()
	if err != nil {
		return err
	}
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	password, err := askPassword()
	if err != nil {
		return err
	}
	a, err := access.New(db, access.Options{Log: quiet()}).AddAccount(ctx, by, c.Name, password, grants, app.Now())
	if err != nil {
		return err
	}
	fmt.Println(a.ID)
	return nil
}

// askPassword reads a line from stdin; at a terminal it is not shown.
func askPassword() (string, error) {
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprint(os.Stderr, "Password (at least 12 characters): ")
		defer fmt.Fprintln(os.Stderr)
		if echo("-echo") == nil {
			defer echo("echo")
		}
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// echo sets whether the terminal shows what is typed.
func echo(mode string) error {
	stty := exec.Command("stty", mode)
	stty.Stdin = os.Stdin
	return stty.Run()
}

func (c *accountAdd) grants() ([]access.Grant, error) {
	if len(c.Role) == 0 && c.Office == "" {
		return access.Everywhere(), nil
	}
	roles := c.Role
	if len(roles) == 0 {
		for _, r := range access.Roles() {
			roles = append(roles, string(r))
		}
	}
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return nil, err
	}
	var grants []access.Grant
	for _, r := range roles {
		if !access.Role(r).Known() {
			return nil, unknownRole(r)
		}
		grants = append(grants, access.Grant{Role: access.Role(r), Office: c.Office})
	}
	return grants, knownPlace(cfg, c.Office, "")
}

type token struct {
	Add tokenAdd `cmd:"" help:"Make a bearer token and print it; it is shown only once."`
}

type tokenAdd struct {
	place
	Role   string `required:"" help:"clerk, reception, supervisor, admin, board or kiosk."`
	Office string `help:"Only there; everywhere if not given."`
	Desk   string `help:"Only this desk."`
}

func (c *tokenAdd) Run(ctx context.Context) error {
	if !access.Role(c.Role).Known() {
		return unknownRole(c.Role)
	}
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if err := knownPlace(cfg, c.Office, c.Desk); err != nil {
		return err
	}
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	g := access.Grant{Role: access.Role(c.Role), Office: c.Office, Desk: c.Desk}
	secret, _, err := access.New(db, access.Options{Log: quiet()}).AddToken(ctx, by, "", g, app.Now())
	if err != nil {
		return err
	}
	fmt.Println(secret)
	return nil
}

func unknownRole(r string) error {
	var names []string
	for _, known := range access.Roles() {
		names = append(names, string(known))
	}
	slices.Sort(names)
	return fmt.Errorf("no role %q; there are %s", r, strings.Join(names, ", "))
}
