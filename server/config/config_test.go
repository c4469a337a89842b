package config

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aufruf/display"
	"aufruf/server/calendar"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is expected of the bad files")

// The complaints about each bad file stand beside it, in English and German.
func TestEveryFaultIsSaidInPlainWordsWithLineAndColumn(t *testing.T) {
	files, err := filepath.Glob("testdata/bad.*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, problems := Parse(filepath.Base(file), raw)
			if c != nil || len(problems) == 0 {
				t.Fatal("the file was taken")
			}
			got := problems.Err("en").Error() + "\n\n" + problems.Err("de").Error() + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every complaint that can be made is made by one of the bad files, or by a
// test that says so.
func TestEveryComplaintHasItsFile(t *testing.T) {
	elsewhere := map[string]bool{ // see the tests below
		"config.did_you_mean": true, "config.more": true, "config.too_large": true, "config.too_many_keys": true,
		"config.text_too_long": true,
	}
	files, _ := filepath.Glob("testdata/bad.*.yaml")
	made := map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, problems := Parse(file, raw)
		for _, p := range problems {
			made[p.Code] = true
		}
	}
	for key := range catalogue().For("de", "config.") {
		if !made[key] && !elsewhere[key] {
			t.Errorf("no bad file makes the complaint %s", key)
		}
	}
}

func TestSevenFaultsAreSevenLines(t *testing.T) {
	_, err := Load("testdata/bad.seven.yaml")
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("%v is no *Invalid", err)
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 7 || len(invalid.Problems) != 7 {
		t.Fatalf("%d lines:\n%v", len(lines), err)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "testdata/bad.seven.yaml:") {
			t.Errorf("%q does not begin with its place", line)
		}
	}
}

func TestTooMuchIsRefusedAtOnce(t *testing.T) {
	minimal, err := os.ReadFile("testdata/good.minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for code, text := range map[string]string{
		"config.too_large":     string(minimal) + strings.Repeat("# more\n", largest/7),
		"config.too_many_keys": strings.Repeat("a: b\n", mostKeys+1),
		"config.too_deep":      strings.Repeat("[", 10*deepest),
		"config.forbidden":     strings.Repeat("&a ", 100) + "\n",
		"config.text_too_long": strings.Replace(string(minimal), "Kleinstadt", strings.Repeat("Klein", longestText), 1),
	} {
		if _, problems := Parse("file", []byte(text)); len(problems) == 0 || len(problems) > mostLines || problems[0].Code != code {
			t.Errorf("%s: %d problems, first %+v", code, len(problems), problems[:min(1, len(problems))])
		}
	}
}

func TestEndlessComplaintsAreCutShort(t *testing.T) {
	_, problems := Parse("file", []byte(strings.Repeat("a: b\n", 500)))
	lines := strings.Split(problems.Err("en").Error(), "\n")
	if len(lines) != mostLines+1 || !strings.Contains(lines[mostLines], "more") {
		t.Errorf("%d lines, last %q", len(lines), lines[len(lines)-1])
	}
}

func TestFileThatIsNotThereIsSaidSo(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestWindowsFilesAreReadAlike(t *testing.T) {
	raw, err := os.ReadFile("testdata/good.minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	raw = append([]byte("\uFEFF"), bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))...)
	if _, problems := Parse("file", raw); len(problems) > 0 {
		t.Error(problems.Err("en"))
	}
}

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	c, err := Load("testdata/good.minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := c.Rules("town_hall")
	got := []any{r.Early, r.Grace, r.Ceiling, r.Overrun, r.UndoWithin, r.NoShowAfter, r.MaxPriority, r.MaxQuantity, r.MaxServices,
		r.Receives, r.Services[0].Planned, r.Hours.Zone.String(), c.Devices.TrustLocal, c.Retention.JournalDays, c.Retention.StatisticsDays, r.Target, r.PerDesk, c.Screens(), c.Server.Limits.Draw}
	want := []any{15 * time.Minute, 10 * time.Minute, 45 * time.Minute, 15 * time.Minute, 10 * time.Second, 3, 60, 9, 5,
		"information", 10 * time.Minute, "Europe/Berlin", false, 400, 730, 30 * time.Minute, false, []display.Screen(nil), Rate{50, 100}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Rules("annex") != nil {
		t.Error("an office that is not there has rules")
	}
}

func TestHoursReachTheCalendar(t *testing.T) {
	c := town(t)
	hours := c.AllRules()[0].Hours
	if err := hours.Check(); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]int{
		"2026-11-24": 2, // a Tuesday with its lunch break
		"2026-11-25": 1, // a Wednesday
		"2026-11-28": 0, // the fourth Saturday of the month
		"2026-12-05": 1, // the first
		"2026-12-24": 0, // closed by custom
		"2026-12-29": 1, // an exception
		"2027-06-09": 0, // the staff's outing
		"2027-10-03": 0,
	} {
		d, err := calendar.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(hours.OpenSpans(d)); got != want {
			t.Errorf("%s has %d spans, want %d", day, got, want)
		}
	}
}

// FuzzParse: whatever stands in the file, it is either a configuration or
// complaints that have a place and words.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 8<<10 {
			return // long files cost time and find nothing that short ones do not
		}
		c, problems := Parse("file", raw)
		if (c == nil) == (len(problems) == 0) {
			t.Fatalf("config %v with %d problems", c != nil, len(problems))
		}
		for _, p := range problems {
			text := p.Text("de")
			if p.Line < 1 || p.Col < 1 || strings.ContainsAny(text, "\n\x1b") || strings.HasSuffix(text, p.Code) {
				t.Errorf("complaint without a place or words: %q", text)
			}
		}
	})
}
