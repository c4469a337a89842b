// Package setup holds the script that readies a machine, and the tests of the
// house rules that no compiler knows.
package setup

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The patterns are written so that this file does not break its own rules.
var forbidden = []struct {
	pattern *regexp.Regexp
	files   *regexp.Regexp // nil: all
	except  *regexp.Regexp // nil: none
	why     string
}{
	{regexp.MustCompile(`registry[.]np[m]js[.]org|registry[.]yarn[p]kg[.]com|proxy[.]go[l]ang[.]org|sum[.]go[l]ang[.]org|gopro[x]y[.]|artif[a]ctory`), nil, nil,
		"where packages come from is the machine's business"},
	{regexp.MustCompile(`/ho[m]e/[a-z]|/wo[r]k/|/ro[o]t/`), nil, nil,
		"a path of somebody's machine"},
	{regexp.MustCompile(`\bTO[D]O\b|\bFIX[M]E\b|\bX[X]X\b`), regexp.MustCompile(`\.(go|js|mjs|css|html|sql|sh|yaml)$|Makefile$`), nil,
		"what is left undone stands in an issue"},
	{regexp.MustCompile(`\bt\.Ski[p](f|Now)?\(|test\.ski[p]\(|test\.onl[y]\(`), regexp.MustCompile(`(_test\.go|\.test\.mjs)$`), nil,
		"a test that may pass by not running"},
	{regexp.MustCompile(`\btime\.No[w]\(`), regexp.MustCompile(`^(server|display|static)/.*\.go$`), regexp.MustCompile(`_test\.go$|^server/app/`),
		"only server/app reads the clock"},
	// One millisecond is let through: the step of a loop that asks until a
	// deadline. In the files let out the clock is the one of synctest.
	{regexp.MustCompile(`\btime\.Slee[p]\((?:[^t]|time\.[^M]|time\.Millisecond[^)])`), regexp.MustCompile(`_test\.go$`), regexp.MustCompile(`^server/(live/cast|office/lapse)_test\.go$`),
		"a test waits for what happens, not for time to pass"},
}

func TestNoFileBreaksAHouseRule(t *testing.T) {
	for name, text := range tree(t) {
		for _, rule := range forbidden {
			if rule.files != nil && !rule.files.MatchString(name) || rule.except != nil && rule.except.MatchString(name) {
				continue
			}
			for i, line := range bytes.Split(text, []byte("\n")) {
				if hit := rule.pattern.Find(line); hit != nil {
					t.Errorf("%s:%d: %q: %s", name, i+1, hit, rule.why)
				}
			}
		}
	}
}

func TestNpmPackagesArePinnedAndComeFromNowhereInParticular(t *testing.T) {
	var pack struct {
		Private         bool
		Dependencies    map[string]string
		DevDependencies map[string]string
	}
	text, err := os.ReadFile("../package.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &pack); err != nil {
		t.Fatal(err)
	}
	if !pack.Private || len(pack.Dependencies) > 0 || len(pack.DevDependencies) == 0 {
		t.Errorf("package.json is private and has devDependencies alone: %+v", pack)
	}
	for name, version := range pack.DevDependencies {
		if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
			t.Errorf("%s is not pinned exactly: %q", name, version)
		}
	}
	lock, err := os.ReadFile("../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(lock, []byte(`"resolved"`)) {
		t.Error("package-lock.json names addresses; .npmrc has omit-lockfile-registry-resolved")
	}
}

func TestScriptsAreExecutableAndParse(t *testing.T) {
	for _, name := range []string{"packages.sh", "../.ci/run"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o111 == 0 {
			t.Errorf("%s is not executable", name)
		}
		if out, err := exec.Command("bash", "-n", name).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// stubs makes a folder of commands that answer as told, to stand for a machine.
func stubs(t *testing.T, commands map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range commands {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bash", "sort", "head", "sed", "grep", "env"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMissingPackagesAreInstalledOrNamed(t *testing.T) {
	machine := func(changes map[string]string) map[string]string {
		all := map[string]string{
			"go": "echo go1.26.8", "gcc": "", "espeak-ng": "", "chromium-headless-shell": "", "strace": "", "sox": "", "node": "echo 20", "npm": "",
			"id": "echo 0", "apt-get": `echo "apt-get $*"`, "apt-cache": "echo '  Candidate: 20.19.2'",
		}
		for name, script := range changes {
			if script == "-" {
				delete(all, name)
			} else {
				all[name] = script
			}
		}
		return all
	}
	for what, tc := range map[string]struct {
		mode    string
		changes map[string]string
		fails   bool
		says    string
		not     string
	}{
		"all is there":                {"test", nil, false, "", "apt-get"},
		"go is old":                   {"run", map[string]string{"go": "echo go1.19.8"}, true, "this is Go 1.19.8, Aufruf needs Go 1.26 or newer", "apt-get"},
		"go is newer":                 {"run", map[string]string{"go": "echo go1.30"}, false, "", "needs"},
		"go is missing":               {"run", map[string]string{"go": "-"}, true, "Go is not installed", ""},
		"one package, as root":        {"run", map[string]string{"espeak-ng": "-"}, false, "install -qy --no-install-recommends espeak-ng", "gcc"},
		"two packages, by sudo":       {"test", map[string]string{"sox": "-", "strace": "-", "id": "echo 1000", "sudo": `echo "sudo $*"; "$@"`}, false, "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends strace sox", ""},
		"neither root nor sudo":       {"test", map[string]string{"chromium-headless-shell": "-", "id": "echo 1000"}, true, "missing: chromium-headless-shell", ""},
		"another browser will do":     {"test", map[string]string{"chromium-headless-shell": "-", "chromium": "", "id": "echo 1000"}, false, "use chromium and take longer", ""},
		"the lighter browser first":   {"test", map[string]string{"chromium-headless-shell": "-", "chromium": ""}, false, "install -qy --no-install-recommends chromium-headless-shell", "longer"},
		"no voice is no obstacle":     {"run", map[string]string{"espeak-ng": "-", "id": "echo 1000"}, false, "gong and no voice", ""},
		"a compiler is one":           {"run", map[string]string{"gcc": "-", "id": "echo 1000"}, true, "missing: gcc", ""},
		"tests' tools not for run":    {"run", map[string]string{"chromium-headless-shell": "-", "node": "-", "npm": "-"}, false, "", "apt-get"},
		"node from the system":        {"test", map[string]string{"node": "-", "npm": "-"}, false, "nodejs npm", ""},
		"no node to be had":           {"test", map[string]string{"node": "echo 18", "apt-cache": "echo '  Candidate: 18.20.4'"}, true, "Node 20 or newer", "apt-get install"},
		"installing itself fails":     {"run", map[string]string{"gcc": "-", "apt-get": "exit 100"}, true, "missing: gcc", ""},
		"a library of Python's":       {"test", map[string]string{"PYTHON_ICALENDAR": "/none", "apt-get": "-"}, true, "missing: python3-icalendar", ""},
		"a word that is not a mode":   {"everything", nil, true, "unknown mode", ""},
		"the machine is not Debian's": {"run", map[string]string{"gcc": "-", "apt-get": "-"}, true, "missing: gcc", ""},
	} {
		bash, _ := exec.LookPath("bash")
		cmd := exec.Command(bash, "packages.sh", tc.mode)
		icalendar := "/dev/null" // is there
		if elsewhere, ok := tc.changes["PYTHON_ICALENDAR"]; ok {
			icalendar = elsewhere
			delete(tc.changes, "PYTHON_ICALENDAR")
		}
		cmd.Env = []string{"PATH=" + stubs(t, machine(tc.changes)), "OS_RELEASE=/dev/null", "PYTHON_ICALENDAR=" + icalendar}
		out, err := cmd.CombinedOutput()
		if (err != nil) != tc.fails {
			t.Errorf("%s: fails is %v: %s", what, err, out)
		}
		if !strings.Contains(string(out), tc.says) {
			t.Errorf("%s: says %q, want %q", what, out, tc.says)
		}
		if tc.not != "" && strings.Contains(string(out), tc.not) {
			t.Errorf("%s: says %q, and should not say %q", what, out, tc.not)
		}
	}
}

// tree reads what belongs to the project, by name from its top.
func tree(t *testing.T) map[string][]byte {
	t.Helper()
	outside := []string{".git", "node_modules", "data", "build"}
	files := map[string][]byte{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ = filepath.Rel("..", name)
		if d.IsDir() {
			if slices.Contains(outside, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || name == "aufruf" || slices.Contains([]string{".woff2", ".png", ".db", ".test", ".prof"}, filepath.Ext(name)) {
			return nil
		}
		files[name], err = os.ReadFile(filepath.Join("..", name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d files found", len(files))
	}
	return files
}
