package access

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWhatNoGrantAllowsIsDenied(t *testing.T) {
	grants := map[string][]Grant{
		"nothing":          nil,
		"clerk of hall":    {{Role: Clerk, Office: "hall"}},
		"clerk of desk 2":  {{Role: Clerk, Office: "hall", Desk: "2"}},
		"clerk everywhere": {{Role: Clerk}},
		"admin of hall":    {{Role: Admin, Office: "hall"}},
		"two offices":      {{Role: Clerk, Office: "hall"}, {Role: Supervisor, Office: "pool"}},
		"unknown role":     {{Role: "root"}},
	}
	clerk, boss := []Role{Clerk}, []Role{Supervisor, Admin}
	for _, c := range []struct {
		who          string
		roles        []Role
		office, desk string
		want         bool
	}{
		{"nothing", Roles(), "hall", "", false}, {"unknown role", Roles(), "hall", "", false},
		{"clerk of hall", clerk, "hall", "", true}, {"clerk of hall", clerk, "hall", "7", true},
		{"clerk of hall", clerk, "pool", "", false}, {"clerk of hall", clerk, "", "", false},
		{"clerk of hall", boss, "hall", "", false}, {"clerk of hall", nil, "hall", "", false},
		{"clerk of desk 2", clerk, "hall", "2", true}, {"clerk of desk 2", clerk, "hall", "3", false},
		{"clerk of desk 2", clerk, "pool", "2", false}, {"clerk of desk 2", clerk, "hall", "", true},
		{"clerk everywhere", clerk, "pool", "3", true}, {"clerk everywhere", clerk, "", "", true},
		{"admin of hall", boss, "hall", "", true}, {"admin of hall", clerk, "hall", "", false},
		{"two offices", boss, "pool", "", true}, {"two offices", boss, "hall", "", false}, {"two offices", clerk, "pool", "", false},
	} {
		p := Principal{Grants: grants[c.who]}
		if got := p.CanAt(c.roles, c.office, c.desk); got != c.want {
			t.Errorf("%s, as %v at office %q desk %q: %v", c.who, c.roles, c.office, c.desk, got)
		}
	}
}

var noon = time.Date(2026, 3, 30, 10, 0, 0, 0, time.UTC)

func TestWaitsDoubleUpToTheLongest(t *testing.T) {
	l := NewLimiter(LimiterOptions{})
	want := []time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}
	for i, w := range want {
		if got := l.Fail("k", noon); got != w*time.Second {
			t.Fatalf("after %d failures the wait is %v, want %v", i+1, got, w*time.Second)
		}
	}
	if got := l.Wait("k", noon.Add(time.Minute)); got != 14*time.Minute {
		t.Fatalf("a minute later %v", got)
	}
	if got := l.Wait("k", noon.Add(-time.Hour)); got > 15*time.Minute {
		t.Fatalf("with the clock set back %v", got)
	}
	if got := l.Wait("k", noon.Add(15*time.Minute)); got != 0 {
		t.Fatalf("when it is over %v", got)
	}
	if got := l.Fail("k", noon.Add(2*time.Hour)); got != 0 {
		t.Fatalf("the first failure after a long rest: %v", got)
	}
}

func TestLimiterNeverForgetsWhoWaitsWhileItHasRoomNorGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 8
		l := NewLimiter(LimiterOptions{Keys: size})
		now, counts := noon, map[string]int{}
		last := map[string]time.Time{}
		keys := rapid.IntRange(1, size).Draw(t, "keys")
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "seconds")) * time.Second)
			k := fmt.Sprint(rapid.IntRange(1, keys).Draw(t, "key"))
			if rapid.IntRange(0, 9).Draw(t, "what") == 0 {
				l.Forgive(k)
				delete(counts, k)
			} else {
				if now.Sub(last[k]) >= time.Hour {
					counts[k] = 0
				}
				l.Fail(k, now)
				counts[k]++
				last[k] = now
			}
			if waits := l.Wait(k, now) > 0; waits != (counts[k] >= 5) {
				t.Fatalf("key %s with %d failures waits: %v", k, counts[k], waits)
			}
		}
		for i := range 100 {
			l.Fail(fmt.Sprint("other", i), now)
		}
		if len(l.keys) > size || l.line.Len() != len(l.keys) {
			t.Fatalf("%d keys remembered", len(l.keys))
		}
	})
}

func TestClientsAreToldApartByAddressOrPrefix(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false}, {"::ffff:192.0.2.1", "192.0.2.1", true},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true}, {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::1%eth1", true},
	} {
		if got := ClientKey(netip.MustParseAddr(c.a)) == ClientKey(netip.MustParseAddr(c.b)); got != c.same {
			t.Errorf("%s and %s are the same: %v", c.a, c.b, got)
		}
	}
	if ClientKey(netip.Addr{}) == "" {
		t.Error("an address that nobody knows must have a key of its own")
	}
}

func TestTheKeyFileIsMadeOnceAndReadStrictly(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	made := make([]string, 8)
	for i := range made {
		wg.Go(func() {
			s, err := LoadSecrets(dir)
			if err != nil {
				t.Error(err)
				return
			}
			made[i] = s.TicketSecret("t1")
		})
	}
	wg.Wait()
	for _, m := range made {
		if m != made[0] {
			t.Fatal("two starts at once made two keys")
		}
	}
	path := filepath.Join(dir, KeyFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Fatalf("%v, %v", info, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Fatalf("%d files", len(left))
	}
	for name, spoil := range map[string]func() error{
		"group may read":  func() error { return os.Chmod(path, 0o640) },
		"others may read": func() error { return os.Chmod(path, 0o604) },
		"too short":       func() error { return os.WriteFile(path, make([]byte, 31), 0o600) },
		"too long":        func() error { return os.WriteFile(path, make([]byte, 33), 0o600) },
		"empty":           func() error { return os.WriteFile(path, nil, 0o600) },
		"a folder": func() error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o700)
		},
	} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, 32), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadSecrets(dir); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadSecrets(dir); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestSecretsHaveTheirFormAndNothingInCommon(t *testing.T) {
	s, err := NewSecrets([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := NewSecrets([]byte("0123456789abcdef0123456789abcdeF"))
	link := regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{26}$`)
	code := regexp.MustCompile(`^[A-HJKMNP-Z2-9]{8}$`)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		a, b, c := s.TicketSecret(id), s.AppointmentSecret(id), s.AppointmentCode(id)
		if !link.MatchString(a) || !link.MatchString(b) || !code.MatchString(c) {
			t.Fatalf("%q %q %q", a, b, c)
		}
		if a == b || a == other.TicketSecret(id) || a == s.TicketSecret(id+"x") || c == other.AppointmentCode(id) {
			t.Fatal("two secrets are the same")
		}
		if a != s.TicketSecret(id) || c != s.AppointmentCode(id) {
			t.Fatal("the same id gives another secret")
		}
	})
	macs := map[string]bool{}
	for _, p := range [][3]string{{"hall", "2026-03-30", "AB"}, {"hall", "2026-03-30", "AC"}, {"hall", "2026-03-31", "AB"}, {"pool", "2026-03-30", "AB"}, {"hal", "l2026-03-30", "AB"}} {
		m := s.CodeMAC(p[0], p[1], p[2])
		if macs[m] || strings.Contains(m, "AB") {
			t.Fatalf("%v: %s", p, m)
		}
		macs[m] = true
	}
}

// The links that hang on people's phones must not change with the program.
func TestSecretsStayTheSameFromVersionToVersion(t *testing.T) {
	s, _ := NewSecrets(make([]byte, 32))
	got := []string{s.TicketSecret("t1"), s.AppointmentSecret("a1"), s.AppointmentCode("a1"), s.CodeMAC("hall", "2026-03-30", "AB12")}
	want := []string{"adhss3qyhqsrway5gksvhx3804", "00f25j73gdcv1tj4z2fd6enx94", "ND734MMZ", "34d40c0d45a3e8f788bd8668d63b8adf"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("secret %d is %s, was %s", i, got[i], want[i])
		}
	}
}

func TestPasswordHashesHaveTheirParametersAndSalt(t *testing.T) {
	h := newHasher()
	a, err := h.make(t.Context(), "correct horse battery")
	if err != nil || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", a, err)
	}
	b, _ := h.make(t.Context(), "correct horse battery")
	if a == b {
		t.Fatal("no salt")
	}
	if !check(a, "correct horse battery") || check(a, "correct horse batterz") || check("", "") || check("", "correct horse battery") ||
		check("$argon2id$v=19$m=x$y$z", "correct horse battery") {
		t.Fatal("a password is judged wrongly")
	}
}

func TestCodesAreDrawnEvenly(t *testing.T) {
	seen := map[rune]int{}
	for range 3000 {
		for _, r := range newCode() {
			seen[r]++
		}
	}
	mean := 3000 * 6 / len(codeAlphabet)
	for _, r := range codeAlphabet {
		if seen[r] < mean/2 || seen[r] > mean*2 {
			t.Errorf("%c came %d times, the mean is %d", r, seen[r], mean)
		}
	}
	if len(seen) != len(codeAlphabet) {
		t.Errorf("%d characters of %d", len(seen), len(codeAlphabet))
	}
}
