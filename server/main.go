// Command aufruf is the waiting-room queue and live board of a town hall: the
// server, and what an operator does beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line; each command is a struct with a Run method in a
// file of its own.
type cli struct {
	Serve        serve          `cmd:"" default:"withargs" help:"Run the server (the default)."`
	Demo         demo           `cmd:"" help:"Show an invented morning that runs by itself."`
	Replay       replayDay      `cmd:"" help:"Play a recorded day through the real program."`
	CheckConfig  checkConfig    `cmd:"" name:"check-config" help:"Say everything that is wrong with a configuration."`
	Account      account        `cmd:"" help:"Accounts."`
	Token        token          `cmd:"" help:"Bearer tokens."`
	Appointments appointments   `cmd:"" help:"Appointments."`
	Journal      journals       `cmd:"" help:"Look into the journals."`
	Keys         keys           `cmd:"" help:"The keys that contacts and notes are sealed with."`
	Forecast     forecastStream `cmd:"" help:"Answer a stream of office days, line by line."`
	Backup       backup         `cmd:"" help:"Write a whole copy of the data while the server runs."`
	Restore      restore        `cmd:"" help:"Put a backup into an empty folder."`
}

// place is where configuration and data are, common to most commands.
type place struct {
	Config string `default:"config.yaml" help:"The configuration; config.yaml if not given." placeholder:"FILE"`
	Data   string `default:"data" help:"The folder with the data; data if not given." placeholder:"DIR"`
}

// leastAtOnce is how much Go code may run at once at least. With one core and one
// place, a thread that waits for the disk keeps the place until the scheduler
// takes it away, which is longer than a commit: nothing else is decided
// meanwhile, and nothing is there to be committed together. Measured on one
// core, 64 offices: 17,800 commands a second with two places, 7,300 with one.
const leastAtOnce = 2

func main() {
	if runtime.GOMAXPROCS(0) < leastAtOnce {
		runtime.GOMAXPROCS(leastAtOnce)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("aufruf"), kong.Description("The waiting-room queue and live board for town halls."),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "aufruf: "+err.Error())
		if errors.As(err, new(streamFault)) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}
