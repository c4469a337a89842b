package yardstick

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aufruf/server/simday"
)

// sheet is two short invented offices with all known rules, the first of them
// taken for ours and the queue length for the limit.
func sheet(t *testing.T) *Sheet {
	t.Helper()
	var sources []Source
	for _, o := range simday.Scenarios()[:2] {
		o.Learn, o.Judged = -1, 1
		sources = append(sources, Source{Name: o.Name, Load: func() (*Days, error) { return invent(o, 1), nil }})
	}
	makers := Known()
	makers[0].Ours = true
	makers[2].Limit = true
	sh, err := Measure("some days", sources, makers, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

func TestPicturesAreWellFormedAndTheSameEachTime(t *testing.T) {
	sh := sheet(t)
	pictures := sh.Pictures()
	for _, name := range []string{"mae", "coverage", "longer", "calibration"} {
		svg := pictures[name]
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !strings.Contains(svg, "ZMS rule, 10 min") || strings.Contains(svg, "NaN") {
			t.Errorf("%s names no system or holds a figure that is none", name)
		}
		if svg != sh.Pictures()[name] {
			t.Errorf("%s is drawn differently the second time", name)
		}
	}
}

func TestAReportKeepsWhatPeopleWrote(t *testing.T) {
	dir := t.TempDir()
	parts := []Part{{Short: "some", Sheet: sheet(t), Bounds: InventedBounds}}
	if err := WriteReport(dir, parts); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "forecast.md")
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(first), "| pooled |") || !strings.Contains(string(first), "forecast/some-mae.svg") {
		t.Error("no pooled row or no picture in the report")
	}
	written := strings.Replace(string(first), markEnd, markEnd+"\n\nWhy it misses: by hand.\n", 1)
	if err := os.WriteFile(file, []byte(written), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteReport(dir, parts); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile(file); err != nil || string(second) != written {
		t.Errorf("the report changed what it should keep (%v)", err)
	}
	if err := os.WriteFile(file, []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteReport(dir, parts); err == nil {
		t.Error("no error for a report without marks")
	}
}

func TestGoalsNameTheWorstScenario(t *testing.T) {
	sh := &Sheet{Scenarios: []string{"a", "first_b"}, Ours: "o", Entries: []Entry{
		{Scenario: "a", System: "o", MAERatio: 1.3, CRPSRatio: 1, Score: Score{Cover: .80}},
		{Scenario: "first_b", System: "o", MAERatio: 1.29, CRPSRatio: 1, Score: Score{Cover: .71}},
		{Scenario: Pooled, System: "o", MAERatio: 1.05, CRPSRatio: 1.11, Score: Score{Cover: .8, Under: [4]float64{0, 0, .8, 0}}},
	}}
	want := map[string]bool{
		"pooled MAE over the oracle's":                true,
		"pooled CRPS over the oracle's":               false,
		"MAE over the oracle's, learned scenarios":    false,
		"MAE over the oracle's, first days":           true,
		"share within p10 to p90 of each scenario, %": false,
		"pooled share longer than p80, %":             true,
	}
	found := 0
	for _, g := range sh.Goals(PublicBounds) {
		if reached, ok := want[g.What]; ok {
			found++
			if g.Reached != reached {
				t.Errorf("%s: got %s of %s, reached %v", g.What, g.Got, g.Want, g.Reached)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d goals", found, len(want))
	}
}

func TestDaysThatAreWrittenAreReadAgain(t *testing.T) {
	o := simday.Scenarios()[1]
	o.Learn, o.Judged = -1, 1
	d, dir := invent(o, 1), t.TempDir()
	if err := d.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	sources, err := Folder(dir)
	if err != nil || len(sources) != 1 {
		t.Fatalf("%d sources: %v", len(sources), err)
	}
	again, err := sources[0].Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := d.Run(NewLES())
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.Run(NewLES())
	if err != nil {
		t.Fatal(err)
	}
	if Of(a) != Of(b) {
		t.Errorf("%+v when read again, was %+v", Of(b), Of(a))
	}
	if _, err := Folder(t.TempDir()); err == nil {
		t.Error("no error for a folder without days")
	}
}
