package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// now is the machine's monotonic clock in nanoseconds: the same for all
// processes, which Go's own monotonic reading is not.
func now() int64 {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return t.Nano()
}

// processorTime is what this process has used of its core, in nanoseconds.
func processorTime() int64 {
	var u unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// stats are what a process costs.
type stats struct {
	CPU  int64 `json:"cpu"` // nanoseconds
	RSS  int64 `json:"rss"` // bytes
	FDs  int   `json:"fds"`
	Open int   `json:"open"` // followers, where the process counts them
}

// statsOf reads another process's figures, or one's own.
func statsOf(pid int) stats {
	dir := "/proc/" + strconv.Itoa(pid)
	return stats{CPU: cpuOf(pid), RSS: rssOf(dir), FDs: descriptorsOf(dir)}
}

func rssOf(dir string) int64 {
	text, _ := os.ReadFile(dir + "/status")
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}

func descriptorsOf(dir string) int {
	d, err := os.Open(dir + "/fd")
	if err != nil {
		return 0
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	return len(names)
}

// cpuOf is exact to the nanosecond for the threads there are; what ended threads
// used is missing, and Go ends hardly any.
func cpuOf(pid int) int64 {
	tasks, _ := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	var sum int64
	for _, t := range tasks {
		text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/task/" + t.Name() + "/schedstat")
		if first, _, ok := strings.Cut(string(text), " "); ok {
			n, _ := strconv.ParseInt(first, 10, 64)
			sum += n
		}
	}
	return sum
}

// seconds and so on write a span of nanoseconds.
func milliseconds(ns float64) string { return strconv.FormatFloat(ns/1e6, 'f', 2, 64) + " ms" }

func span(ns int64) time.Duration { return time.Duration(ns) }

// today is the date of a measurement, by the machine's clock.
func today() string {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_REALTIME, &t)
	return time.Unix(t.Sec, 0).UTC().Format("2 January 2006")
}
