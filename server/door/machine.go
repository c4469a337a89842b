package door

import (
	"bufio"
	"bytes"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ReadMachine reads what the program may use. root is the root of the file
// system, where the kernel says how much memory there is.
func ReadMachine(root fs.FS) Machine {
	return Machine{Descriptors: descriptors(), Memory: memory(root)}
}

// descriptors is the limit of open files. Go has raised the soft one to the hard
// one before main, and gives child processes the old one; setting it here would
// end that.
func descriptors() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return int(min(uint64(l.Cur), math.MaxInt32))
}

// memory is the smallest of what the machine has and what the control groups of
// this program allow, in both versions of these; 0 if nothing is told.
func memory(root fs.FS) int64 {
	least := int64(0)
	lower := func(n int64, ok bool) {
		if ok && n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	lower(memTotal(root))
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return least
	}
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // 0::/system.slice/aufruf.service
		if len(parts) != 3 {
			continue
		}
		mount, file := "", ""
		switch {
		case parts[0] == "0" && parts[1] == "":
			mount, file = "sys/fs/cgroup", "memory.max"
		case strings.Contains(","+parts[1]+",", ",memory,"):
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		// A limit of a group holds for all below it. In a container the path may
		// be the host's and not there; the mount's own root then is the group.
		for at := path.Join("/", parts[2]); ; at = path.Dir(at) {
			lower(number(root, path.Join(mount, at, file)))
			if at == "/" {
				break
			}
		}
	}
	return least
}

// number reads a file that holds one; "max" is none.
func number(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

func memTotal(root fs.FS) (int64, bool) {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, false
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n << 10, err == nil && n < math.MaxInt64>>10
		}
	}
	return 0, false
}

// used is the processor time that this program has used, its own and what the
// kernel did for it.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
