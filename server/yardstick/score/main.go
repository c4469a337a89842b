// Score runs the yardstick: it gives office days to the systems and prints how
// good their answers were.
//
//	go run ./server/yardstick/score --days ../shared/forecast --exec "./aufruf forecast"
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"aufruf/server/yardstick"
)

// systems are what is measured. A system of ours is one line here; an oracle
// takes the true parameters from the Towns of the days, and has Limit set.
var systems = append(yardstick.Known(), yardstick.Oracle(), yardstick.Ours(false))

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

type flags struct {
	days, exec, only, write, out string
	seeds                        int
	bare, quick                  bool
}

func parse() flags {
	var f flags
	flag.StringVar(&f.days, "days", "", "folder with NAME.jsonl and NAME.truth.jsonl")
	flag.StringVar(&f.exec, "exec", "", "a program that speaks the format, measured beside the others")
	flag.StringVar(&f.only, "only", "", "these scenarios alone, by commas")
	flag.IntVar(&f.seeds, "seeds", 1, "seeds of each invented scenario; 0: no invented days")
	flag.StringVar(&f.write, "write", "", "write the invented days into this folder and stop")
	flag.StringVar(&f.out, "out", "", "folder for forecast.md and its pictures")
	flag.BoolVar(&f.quick, "quick", false, "six of the invented scenarios")
	flag.BoolVar(&f.bare, "bare", false, "leave out the known rules")
	flag.Parse()
	return f
}

func run() error {
	f := parse()
	if f.quick && f.only == "" {
		f.only = quick
	}
	invented := only(yardstick.Invented(f.seeds), f.only)
	if f.seeds <= 0 {
		invented = nil
	}
	if f.write != "" {
		return write(invented, f.write)
	}
	var published []yardstick.Source
	if f.days != "" {
		all, err := yardstick.Folder(f.days)
		if err != nil {
			return err
		}
		published = all
		if !f.quick {
			published = only(all, f.only)
		}
	}
	if len(published)+len(invented) == 0 {
		return errors.New("no such days")
	}
	makers := f.makers()
	var parts []yardstick.Part
	for _, p := range []struct {
		short, title string
		sources      []yardstick.Source
		bounds       yardstick.Bounds
	}{
		{"public", "public days", published, yardstick.PublicBounds},
		{"invented", "invented days", invented, yardstick.InventedBounds},
	} {
		if len(p.sources) == 0 {
			continue
		}
		sheet, err := yardstick.Measure(p.title, p.sources, makers, os.Stderr)
		if err != nil {
			return err
		}
		sheet.Write(os.Stdout)
		for _, g := range sheet.Goals(p.bounds) {
			fmt.Printf("%-8s %-48s %-14s %s\n", map[bool]string{true: "reached", false: "MISSED"}[g.Reached], g.What, g.Want, g.Got)
		}
		parts = append(parts, yardstick.Part{Short: p.short, Sheet: sheet, Bounds: p.bounds})
	}
	if f.out == "" {
		return nil
	}
	return yardstick.WriteReport(f.out, parts)
}

// quick are a few scenarios that differ.
const quick = "ordinary,pair,booked,overload,forgotten,first_day"

// makers are the systems that the flags ask for.
func (f flags) makers() []yardstick.Maker {
	makers := slices.Clone(systems)
	if f.bare {
		makers = slices.DeleteFunc(makers, func(m yardstick.Maker) bool {
			return slices.ContainsFunc(yardstick.Known(), func(k yardstick.Maker) bool { return k.Name == m.Name })
		})
	}
	if f.exec != "" {
		makers = append(makers, yardstick.Maker{Name: f.exec, Ours: true, New: func(*yardstick.Days) (yardstick.System, error) {
			return yardstick.StartProgram(f.exec)
		}})
	}
	return makers
}

// only keeps the sources that are named, or all.
func only(sources []yardstick.Source, names string) []yardstick.Source {
	if names == "" {
		return sources
	}
	list := strings.Split(names, ",")
	return slices.DeleteFunc(sources, func(s yardstick.Source) bool { return !slices.Contains(list, s.Name) })
}

func write(sources []yardstick.Source, dir string) error {
	for _, s := range sources {
		d, err := s.Load()
		if err != nil {
			return err
		}
		if err := d.WriteTo(dir); err != nil {
			return err
		}
	}
	return nil
}
