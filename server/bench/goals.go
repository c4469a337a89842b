package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// goal is one row of the table of numbers to reach. All are better when less,
// unless More is said by a negative goal: then the figure must reach its amount.
type goal struct {
	What string  `json:"what"`
	Got  float64 `json:"got"`
	Unit string  `json:"unit"`
	Goal float64 `json:"goal"`
	Hope float64 `json:"hope"`
	Note string  `json:"note"`
}

func (g goal) met(than float64) bool {
	if than < 0 {
		return g.Got >= -than
	}
	return g.Got <= than
}

func (g goal) verdict() string {
	switch {
	case math.IsNaN(g.Got):
		return "not measured"
	case g.Hope != 0 && g.met(g.Hope):
		return "hope met"
	case g.Goal != 0 && g.met(g.Goal):
		return "met"
	case g.Goal == 0:
		return ""
	}
	return "missed"
}

func (g goal) bound(than float64) string {
	switch {
	case than == 0:
		return ""
	case than < 0:
		return "≥ " + g.number(-than)
	}
	return "≤ " + g.number(than)
}

func (g goal) number(n float64) string {
	var s string
	switch {
	case math.IsNaN(n):
		return "–"
	case math.Abs(n) >= 100:
		s = thousands(n)
	default:
		s = fmt.Sprintf("%.2f", n)
	}
	if g.Unit != "" {
		s += " " + g.Unit
	}
	return s
}

// thousands writes 15000 as 15,000.
func thousands(n float64) string {
	s := fmt.Sprintf("%.0f", n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func printGoals(gs []goal) {
	fmt.Printf("\n%-46s  %12s  %12s  %12s  %-12s  %s\n", "", "got", "goal", "hope", "", "")
	for _, g := range gs {
		fmt.Printf("%-46s  %12s  %12s  %12s  %-12s  %s\n", g.What, g.number(g.Got), g.bound(g.Goal), g.bound(g.Hope), g.verdict(), g.Note)
	}
}

// quantile of figures in any order; NaN of none.
func quantile(all []float64, q float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(all))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 == len(s) {
		return s[i]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

func median(all []float64) float64 { return quantile(all, 0.5) }

// ratio divides round by round.
func ratio(a, b []float64) (all []float64) {
	for i := range min(len(a), len(b)) {
		all = append(all, a[i]/b[i])
	}
	return all
}

// spread writes a median with the least and the most.
func spread(all []float64) string {
	if len(all) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", median(all), slices.Min(all), slices.Max(all))
}

// root is the folder of the repository.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module aufruf\n") {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("this is not within Aufruf's source")
		}
		dir = up
	}
}

// results is the folder in which figures are left.
func results(dir string) (string, error) {
	if dir == "" {
		top, err := root()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(top, "build", "bench")
	}
	return dir, os.MkdirAll(dir, 0o755)
}

func save(dir, name string, result any) error {
	dir, err := results(dir)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".json"), append(raw, '\n'), 0o644)
}

func processorName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "unknown"
}

func coresOnline() (n int) {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return strings.Count("\n"+string(text), "\nprocessor")
}

func kernelRelease() string {
	var u unix.Utsname
	unix.Uname(&u)
	return unix.ByteSliceToString(u.Release[:])
}
