package yardstick

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aufruf/server/simday"
)

// Part is one sheet of a report: its short name stands in the names of its
// pictures.
type Part struct {
	Short  string
	Sheet  *Sheet
	Bounds Bounds
}

// What stands between the marks is written by the yardstick; what stands
// around them by people, and stays.
const (
	markBegin = "<!-- measured: written by make bench-forecast, do not edit -->"
	markEnd   = "<!-- end of measured -->"
)

const preface = `# How good the waits are

Predicted waits are held against what came: on the public forecast days, and on
scenarios of our own (` + "`server/simday`" + `) where an oracle that knows the true
parameters is the limit. ` + "`make bench-forecast DAYS=folder`" + ` measures anew and
writes what stands below. The main view is *queued*: figures told while no desk
that could serve this person stood idle.

`

// WriteReport writes forecast.md into a folder, and its pictures into the
// folder forecast beside it. Text outside the marks of an older report stays.
func WriteReport(dir string, parts []Part) error {
	if err := os.MkdirAll(filepath.Join(dir, "forecast"), 0o755); err != nil {
		return err
	}
	var b strings.Builder
	for _, p := range parts {
		pictures := p.Sheet.Pictures()
		for name, svg := range pictures {
			file := filepath.Join(dir, "forecast", p.Short+"-"+name+".svg")
			if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
				return err
			}
		}
		p.write(&b, pictures)
	}
	b.WriteString(columns)
	file := filepath.Join(dir, "forecast.md")
	old, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		old, err = []byte(preface+markBegin+"\n"+markEnd+"\n"), nil
	}
	if err != nil {
		return err
	}
	text, err := between(string(old), b.String())
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// between puts a text between the marks of an older one.
func between(old, text string) (string, error) {
	begin, end := strings.Index(old, markBegin), strings.Index(old, markEnd)
	if begin < 0 || end < begin {
		return "", errors.New("the marks between which to write are missing")
	}
	return old[:begin+len(markBegin)] + "\n\n" + text + "\n" + old[end:], nil
}

func (p Part) write(b *strings.Builder, pictures map[string]string) {
	sh := p.Sheet
	fmt.Fprintf(b, "## %s\n\n", strings.ToUpper(sh.Title[:1])+sh.Title[1:])
	if goals := sh.Goals(p.Bounds); len(goals) > 0 {
		fmt.Fprintf(b, "| goal of %s | wanted | measured | |\n|---|---|---|---|\n", sh.Ours)
		for _, g := range goals {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", g.What, g.Want, g.Got, map[bool]string{true: "reached", false: "**missed**"}[g.Reached])
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "%s:\n\n", strings.ToUpper(sh.rows()[0][:1])+sh.rows()[0][1:])
	b.WriteString("| system |" + scoreHead)
	for _, system := range sh.series() {
		if e := sh.At(sh.rows()[0], system); e != nil {
			fmt.Fprintf(b, "| %s |%s", system, scoreRow(e))
		}
	}
	b.WriteString("\n")
	for _, name := range []string{"mae", "coverage", "longer", "calibration"} {
		if _, ok := pictures[name]; ok {
			fmt.Fprintf(b, "![%s](forecast/%s-%s.svg)\n\n", captions[name], p.Short, name)
		}
	}
	p.scenarios(b)
	p.matrix(b)
}

var captions = map[string]string{
	"mae": "Error against the oracle's by scenario", "coverage": "Share within the range by scenario",
	"longer": "Share longer than p80 by scenario", "calibration": "Told levels and what came",
}

const scoreHead = " n | mean wait | MAE | × oracle | CRPS | × oracle | bias | within p10–p90 % | width | > p80 % | jumps % |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"

func scoreRow(e *Entry) string {
	return fmt.Sprintf(" %d | %s | %.2f | %s | %.2f | %s | %+.2f | %.1f | %s | %.1f | %.1f |\n", e.N, known(e.MeanWait),
		e.MAE, ratio(e.MAERatio), e.CRPS, ratio(e.CRPSRatio), e.Bias, 100*e.Cover, known(e.Width), 100*(1-e.Under[2]), 100*e.Jump5)
}

// scenarios is ours, scenario by scenario.
func (p Part) scenarios(b *strings.Builder) {
	sh := p.Sheet
	if sh.Ours == "" {
		return
	}
	fmt.Fprintf(b, "%s by scenario:\n\n| scenario |%s", sh.Ours, scoreHead)
	for _, s := range sh.rows() {
		if e := sh.At(s, sh.Ours); e != nil {
			fmt.Fprintf(b, "| %s |%s", s, scoreRow(e))
		}
	}
	b.WriteString("\n")
}

// matrix is the error of every system in every scenario.
func (p Part) matrix(b *strings.Builder) {
	sh := p.Sheet
	about := map[string]string{}
	for _, o := range simday.Scenarios() {
		about[o.Name] = o.About
	}
	systems := sh.series()
	fmt.Fprintf(b, "MAE in minutes:\n\n| scenario | | mean wait | %s |\n|---|---|--:|%s\n", strings.Join(systems, " | "), strings.Repeat("--:|", len(systems)))
	for _, s := range sh.rows() {
		wait := "-"
		if i := slices.IndexFunc(sh.Entries, func(e Entry) bool { return e.Scenario == s && e.MeanWait > 0 }); i >= 0 {
			wait = known(sh.Entries[i].MeanWait)
		}
		fmt.Fprintf(b, "| %s | %s | %s |", s, about[s], wait)
		for _, system := range systems {
			if e := sh.At(s, system); e != nil {
				fmt.Fprintf(b, " %.2f |", e.MAE)
			} else {
				b.WriteString(" - |")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

const columns = `## What the columns mean

All figures are minutes unless they say otherwise. **MAE** and **bias** are of the
median p50; bias is told less true. **CRPS** is twice the pinball loss of p10, p50,
p80 and p90, weighted .30 .35 .20 .15. **Within** is the share of true waits
between p10 and p90, **width** their mean distance, **> p80** the share that
waited longer than p80 said. **Jumps** is the share of updates of one ticket, five
minutes apart at most, that move its shown call time up by more than five
minutes. **Oracle** knows the true parameters and sees what all see; on the public
days its figures are those published with the days.
`
