// Command bench measures what docs/benchmarks.md says of fan-out: our own way of
// writing to followers, a ruler of bare system calls and the peers, in one run,
// and the real program under a storm, under commands and among frozen phones.
//
//	go run . fanout      CPU for each delivered message and each connect, memory of an idle follower
//	go run . storm       connects alone, and next pressed while a town connects
//	go run . commands    durable commands a second, and what group commit adds for one client
//	go run . mixed       frozen phones, and the lobby screen's latency
//	go run . soak        connect, follow, freeze, vanish, storm, for --minutes
//	go run . report      docs/benchmarks.md and docs/bench/*.svg from what was measured
//
// It is a module of its own, so that the product does not depend on the peers.
// Everything runs on loopback; server and client are processes with a core each.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// The cores of servers and of everything that stands for the town.
const (
	serverCore = 0
	clientCore = 1
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	raiseDescriptors()
	name, args := os.Args[1], os.Args[2:]
	var err error
	switch name {
	case "pinned":
		err = pinned(args)
	case "serve":
		err = serve(args)
	case "load":
		err = load()
	case "report":
		err = report(args)
	default:
		run, known := scenarios[name]
		if !known {
			usage()
		}
		if os.Getenv(pinnedMark) == "" && runtime.NumCPU() > 1 {
			err = pinned(append([]string{strconv.Itoa(clientCore), "-"}, os.Args[1:]...))
			break
		}
		// On one core, and yet each thread that takes an instant has a P of its
		// own: it must not wait for one that a thread without the right of way holds.
		runtime.GOMAXPROCS(8)
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = run(ctx, args)
	}
	if err != nil && !errors.Is(err, errHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var scenarios = map[string]func(ctx context.Context, args []string) error{
	"fanout": fanout, "storm": storm, "commands": commands, "mixed": mixed, "soak": soak,
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run . fanout|storm|commands|mixed|soak|report [flags]; -h after a word lists its flags")
	os.Exit(2)
}

// raiseDescriptors takes as many descriptors as the system lets us.
func raiseDescriptors() {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) == nil && l.Cur < l.Max {
		l.Cur = l.Max
		unix.Setrlimit(unix.RLIMIT_NOFILE, &l)
	}
}
