package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// pinnedMark stands in the environment of a process that has its core.
const pinnedMark = "AUFRUF_BENCH_CORE"

// pinned becomes another program on one core: pinned CORE PROGRAM ARGS. The
// affinity is set before the program starts, so that a Go program sees one core
// and takes GOMAXPROCS=1. "-" is this program itself.
func pinned(args []string) error {
	core, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	// The thread that calls exec is the one that goes on.
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(core)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("take core %d: %w", core, err)
	}
	program := args[1]
	if program == "-" {
		if program, err = os.Executable(); err != nil {
			return err
		}
	}
	env := append(os.Environ(), pinnedMark+"="+args[0])
	return unix.Exec(program, append([]string{program}, args[2:]...), env)
}

// onCore is a command that runs pinned. Where there is one core only, the
// figures are of no use, but everything works.
func onCore(core int, program string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if os.Getenv(pinnedMark) == "" {
		if program == "-" {
			program = self
		}
		return exec.Command(program, args...), nil
	}
	return exec.Command(self, append([]string{"pinned", strconv.Itoa(core), program}, args...)...), nil
}

// sharp gives the calling thread the right of way before everything else on its
// core, where the system allows it: what measures an instant must not queue
// behind the crowd it shares a core with. The goroutine stays on its thread;
// threads and processes that come of it do not inherit the right.
func sharp() bool {
	runtime.LockOSThread()
	attr := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 5, Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	return unix.SchedSetAttr(0, attr, 0) == nil
}
