package door

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
)

func TestWhatFitsIsTheLeastOfAll(t *testing.T) {
	const gb = 1 << 30
	for _, c := range []struct {
		name                             string
		machine                          Machine
		want                             Want
		followers, reserved, connections int
		perAddress                       int
		bound                            Bound
	}{
		{"nothing is known of the machine", Machine{}, Want{19_000, 500, PlainBytes}, 19_000, 500, 2_000, 600, ByConfiguration},
		{"a large machine", Machine{524_288, 64 * gb}, Want{19_000, 500, PlainBytes}, 19_000, 500, 2_000, 600, ByConfiguration},
		{"20,000 descriptors", Machine{20_000, 4 * gb}, Want{19_000, 500, TakenBytes}, 19_000, 500, 808, 600, ByConfiguration},
		{"4,096 descriptors", Machine{4_096, 4 * gb}, Want{19_000, 500, TakenBytes}, 3_104, 500, 800, 600, ByDescriptors},
		{"1,024 descriptors", Machine{1_024, 4 * gb}, Want{19_000, 500, TakenBytes}, 555, 138, 277, 208, ByDescriptors},
		{"256 descriptors", Machine{256, 4 * gb}, Want{19_000, 500, TakenBytes}, 43, 10, 21, 16, ByDescriptors},
		{"fewer than the program needs", Machine{100, 4 * gb}, Want{19_000, 500, TakenBytes}, 1, 0, 1, 1, ByDescriptors},
		{"512 MB, followers with a goroutine", Machine{524_288, gb / 2}, Want{19_000, 500, PlainBytes}, 10_694, 500, 2_000, 600, ByMemory},
		{"512 MB, followers taken over", Machine{524_288, gb / 2}, Want{19_000, 500, TakenBytes}, 19_000, 500, 2_000, 600, ByConfiguration},
		{"less than the program needs", Machine{524_288, 64 << 20}, Want{19_000, 500, PlainBytes}, 668, 167, 2_000, 600, ByMemory},
		{"next to no memory", Machine{524_288, 1}, Want{19_000, 500, PlainBytes}, 1, 0, 2_000, 600, ByMemory},
		{"descriptors and memory, the former less", Machine{1_024, gb / 2}, Want{19_000, 500, PlainBytes}, 555, 138, 277, 208, ByDescriptors},
		{"few are configured", Machine{20_000, 4 * gb}, Want{200, 500, PlainBytes}, 200, 50, 2_000, 600, ByConfiguration},
		{"none is configured", Machine{20_000, 4 * gb}, Want{0, 0, 0}, 1, 0, 2_000, 600, ByConfiguration},
	} {
		got := Fit(c.machine, c.want)
		want := Places{Machine: c.machine, Followers: c.followers, Reserved: c.reserved, Connections: c.connections, PerAddress: c.perAddress,
			FollowerBytes: max(c.want.FollowerBytes, 1), Bound: c.bound}
		if got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, want)
		}
		if d := c.machine.Descriptors; d > otherDescriptors+2 && got.Followers+got.Connections+otherDescriptors > d {
			t.Errorf("%s: more than the %d descriptors", c.name, d)
		}
	}
}

func TestMemoryIsWhatTheGroupMayUse(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	meminfo := file("MemTotal:        4096 kB\nMemFree: 12 kB\n")
	for _, c := range []struct {
		name string
		fs   fstest.MapFS
		want int64
	}{
		{"nothing is told", fstest.MapFS{}, 0},
		{"no groups", fstest.MapFS{"proc/meminfo": meminfo}, 4096 << 10},
		{"version 2, no limit", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n")}, 4096 << 10},
		{"version 2", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("1048576\n")}, 1 << 20},
		{"version 2, a limit above", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n"), "sys/fs/cgroup/a/memory.max": file("2097152\n")}, 2 << 20},
		{"version 2 in a container", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/\n"),
			"sys/fs/cgroup/memory.max": file("1048576\n")}, 1 << 20},
		{"version 1", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("5:cpu,cpuacct:/x\n4:memory:/a\n"),
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": file("1048576\n")}, 1 << 20},
		{"version 1, no limit", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("4:memory:/a\n"),
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": file("9223372036854771712\n")}, 4096 << 10},
		{"a path of the host's in a container", fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("4:memory:/docker/4f\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("1048576\n")}, 1 << 20},
		{"lines of which nothing can be made", fstest.MapFS{"proc/meminfo": file("MemTotal: much kB\n"), "proc/self/cgroup": file("0\n\n::\n0::../../x\n"),
			"sys/fs/cgroup/memory.max": file("-5\n")}, 0},
	} {
		if got := memory(c.fs); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestThisMachineSaysWhatItHas(t *testing.T) {
	m := ReadMachine(os.DirFS("/").(fs.FS))
	if m.Descriptors < 64 || m.Memory < 64<<20 {
		t.Errorf("read %+v", m)
	}
}
