package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"aufruf/server/config"
	"aufruf/server/journal"
	"aufruf/server/office"
	"aufruf/server/queue"
	"aufruf/server/sqlite"
)

type journals struct {
	Show   journalShow   `cmd:"" help:"Print the records of an office, or its state at an instant."`
	Verify journalVerify `cmd:"" help:"Check every record of every office."`
}

type journalShow struct {
	place
	Office string `arg:"" help:"The office's id."`
	At     string `help:"Print the state at this instant instead, as 2026-11-24T10:00:00Z." placeholder:"TIME"`
}

func (c *journalShow) Run(ctx context.Context) error {
	db, err := c.openThere(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if known, err := db.Journal().Offices(ctx); err != nil {
		return err
	} else if !slices.Contains(known, c.Office) {
		return fmt.Errorf("no journal of an office %q; there are %s", c.Office, strings.Join(known, ", "))
	}
	if c.At == "" {
		out := json.NewEncoder(os.Stdout)
		_, err := office.Replay(ctx, db.Journal(), c.Office, func(rec journal.Record, b queue.Body) bool {
			body, err := b.JSON()
			return err == nil && out.Encode(map[string]any{"seq": rec.Seq, "at": rec.At, "by": rec.By, "opening": rec.Opening,
				"body": json.RawMessage(body)}) == nil
		})
		return err
	}
	at, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return errors.New("--at: want an instant such as 2026-11-24T10:00:00Z")
	}
	s, err := office.Replay(ctx, db.Journal(), c.Office, func(rec journal.Record, _ queue.Body) bool { return !rec.At.After(at) })
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(s)
}

type journalVerify struct{ place }

func (c *journalVerify) Run(ctx context.Context) error {
	db, err := c.openThere(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	offices, err := db.Journal().Offices(ctx)
	if err != nil {
		return err
	}
	var damaged error
	for _, id := range offices {
		r, err := journal.Verify(ctx, db.Journal(), id)
		if err != nil {
			return err
		}
		damaged = errors.Join(damaged, printReport(r))
	}
	return damaged
}

// printReport prints what was found in one office; a damage is also an error.
func printReport(r journal.Report) error {
	if r.Damage != nil {
		fmt.Printf("%s: damaged at record %d; the %d before it are sound\n", r.Office, r.Damage.Seq, r.Records)
		return r.Damage
	}
	fmt.Printf("%s: %d records in %d days, %d to %d, sound\n", r.Office, r.Records, r.Openings, r.First, r.Last)
	return nil
}

// backup writes a whole copy while people press next.
type backup struct {
	place
	Dir     string `arg:"" help:"Folder for the copy; made if it is not there."`
	WithKey bool   `help:"Also copy secret.key. Better kept elsewhere: with both, every note can be read."`
}

func (c *backup) Run(ctx context.Context) error {
	db, err := c.openThere(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	path, err := db.Backup(ctx, c.Dir, sqlite.BackupOptions{SecretKey: c.WithKey, Progress: func(done, total int64) {
		fmt.Fprintf(os.Stderr, "\r%d of %d KiB", done>>10, total>>10)
	}})
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr)
	fmt.Println(path)
	return nil
}

// restore puts a backup into an empty folder, checked before it counts.
type restore struct {
	Dir  string `arg:"" help:"Folder of the backup."`
	Data string `default:"data" help:"Empty folder to restore into." placeholder:"DIR"`
}

func (c *restore) Run(ctx context.Context) error {
	reports, err := sqlite.Restore(ctx, c.Dir, c.Data)
	for _, r := range reports {
		printReport(r)
	}
	return err
}

// knownPlace refuses an office or a desk that the configuration does not have.
func knownPlace(cfg *config.Config, officeID, desk string) error {
	if officeID == "" {
		if desk != "" {
			return errors.New("a desk needs an office")
		}
		return nil
	}
	for _, r := range cfg.AllRules() {
		if r.Office != officeID {
			continue
		}
		if desk != "" && r.Desk(desk) == nil {
			return fmt.Errorf("office %s has no desk %q", officeID, desk)
		}
		return nil
	}
	return fmt.Errorf("no office %q", officeID)
}
