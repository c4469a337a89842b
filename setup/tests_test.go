package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is a test as docs/tests.md names it: `file: name`.
var named = regexp.MustCompile("`([a-z][a-z0-9_./-]*[.](?:go|mjs|day)): ([^`]+)`")

// docs/tests.md says which test fails when a promise is broken. Every test it
// names is there, every line names one, and every invariant of this program has
// its line.
func TestEveryPromiseNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("../docs/tests.md")
	if err != nil {
		t.Fatal(err)
	}
	files, names := map[string]string{}, 0
	rows := map[string]bool{}
	for i, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || cells[len(cells)-1] == "fails when it is broken" {
			continue
		}
		rows[cells[0]] = true
		found := named.FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(found) == 0 || len(found) != strings.Count(cells[len(cells)-1], "`")/2 {
			t.Errorf("docs/tests.md:%d names no test, or something that is none: %s", i+1, line)
		}
		for _, ref := range found {
			file, name := ref[1], ref[2]
			if _, read := files[file]; !read {
				raw, err := os.ReadFile(filepath.Join("..", file))
				if err != nil {
					t.Errorf("docs/tests.md:%d: %v", i+1, err)
				}
				files[file] = string(raw)
			}
			names++
			if !declares(files[file], file, name) {
				t.Errorf("docs/tests.md:%d: %s has no test %q", i+1, file, name)
			}
		}
	}
	if names < 150 {
		t.Errorf("only %d tests are named", names)
	}
	for n := 1; n <= 32; n++ {
		if id := fmt.Sprint("I", n); !rows[id] && n != 31 { // of many nodes
			t.Errorf("%s has no line", id)
		}
	}
}

// declares reports whether a file holds the test.
func declares(text, file, name string) bool {
	switch filepath.Ext(file) {
	case ".go":
		return strings.Contains(text, "\nfunc "+name+"(t *testing.T)") || strings.Contains(text, "\nfunc "+name+"(f *testing.F)")
	case ".mjs":
		return strings.Contains(text, "test('"+name+"'") || strings.Contains(text, "test(`"+name+"`")
	}
	return strings.Contains(text, name) // a line of a scripted day
}
