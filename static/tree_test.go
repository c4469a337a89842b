package static

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	imported = regexp.MustCompile(`(?m)(?:^|[;\s}])(?:import|export)\b[^;'"()]*?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)`)
	linked   = regexp.MustCompile(`url\("([^"]+)"\)`)
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/|(?m)^\s*//.*$`)
)

// references lists the tree's names that a script or style refers to.
func references(name, text string) []string {
	var pattern *regexp.Regexp
	switch path.Ext(name) {
	case ".js", ".mjs":
		pattern = imported
	case ".css":
		pattern = linked
	default:
		return nil
	}
	var found []string
	for _, m := range pattern.FindAllStringSubmatch(comment.ReplaceAllString(text, ""), -1) {
		target := strings.Join(m[1:], "")
		if strings.HasPrefix(target, "data:") {
			continue
		}
		found = append(found, path.Join(path.Dir(name), target))
	}
	return found
}

func TestReferencesAreRead(t *testing.T) {
	got := references("js/desk.js", "import { follow } from './lib/live.js'\nexport { h } from \"../vendor/preact.mjs\"\nconst x = import('./lib/late.js')\n// import './no.js'\n")
	want := []string{"js/lib/live.js", "vendor/preact.mjs", "js/lib/late.js"}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A vendored file that somebody edited, replaced or added is found here; see
// the table's own words for how to take a newer version.
func TestVendoredFilesAreWhatTheirTableSays(t *testing.T) {
	for _, folder := range []string{"vendor", "fonts"} {
		table, err := fs.ReadFile(embedded, folder+"/VENDOR.md")
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]string{}
		for line := range strings.SplitSeq(string(table), "\n") {
			cells := strings.Split(line, "|")
			if len(cells) != 9 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "File" {
				continue
			}
			for i, cell := range cells[1:8] {
				if strings.TrimSpace(cell) == "" {
					t.Errorf("%s: column %d of %s is empty", folder, i+1, cells[1])
				}
			}
			listed[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[7])
		}
		if len(listed) == 0 {
			t.Errorf("%s/VENDOR.md lists nothing", folder)
		}
		err = fs.WalkDir(embedded, folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Base(name) == "VENDOR.md" {
				return err
			}
			body, err := fs.ReadFile(embedded, name)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(body)
			key := strings.TrimPrefix(name, folder+"/")
			switch want, ok := listed[key]; {
			case !ok:
				t.Errorf("%s is not listed in %s/VENDOR.md", name, folder)
			case want != hex.EncodeToString(sum[:]):
				t.Errorf("%s differs from %s/VENDOR.md: it is %x", name, folder, sum)
			}
			delete(listed, key)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name := range listed {
			t.Errorf("%s/%s is listed and not there", folder, name)
		}
	}
}

// Pages mirror for right-to-left scripts only if no style names a side.
func TestStylesUseLogicalPropertiesOnly(t *testing.T) {
	sided := regexp.MustCompile(`(?m)^\s*(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)[a-z-]*|left|right|float|clear)\s*:|text-align\s*:\s*(?:left|right)|!important`)
	styles, err := fs.Glob(embedded, "css/*.css")
	if err != nil || len(styles) < 2 {
		t.Fatalf("styles: %v, %v", styles, err)
	}
	for _, name := range styles {
		text, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range sided.FindAllString(comment.ReplaceAllString(string(text), ""), -1) {
			t.Errorf("%s: %q", name, strings.TrimSpace(hit))
		}
	}
}
