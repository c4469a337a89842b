// Score runs the yardstick: it gives office days to the systems and prints how
// good their answers were.
//
//	go run ./server/yardstick/score --days ../shared/forecast --exec "./aufruf forecast"
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"aufruf/server/yardstick"
)

// systems are what is measured. A system of ours is one line here.
var systems = yardstick.Known()

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func run() error {
	days := flag.String("days", "", "folder with NAME.jsonl and NAME.truth.jsonl")
	program := flag.String("exec", "", "a program that speaks the format, measured beside the others")
	only := flag.String("only", "", "these scenarios alone, by commas")
	bare := flag.Bool("bare", false, "no known rules, only ours and --exec")
	flag.Parse()

	makers := systems
	if *bare {
		makers = slices.DeleteFunc(slices.Clone(makers), known)
	}
	if *program != "" {
		makers = append(slices.Clone(makers), yardstick.Maker{Name: *program, New: func(*yardstick.Days) (yardstick.System, error) {
			return yardstick.StartProgram(*program)
		}})
	}
	if *days != "" {
		sources, err := yardstick.Folder(*days)
		if err != nil {
			return err
		}
		if err := measure("public days", sources, *only, makers); err != nil {
			return err
		}
	}
	return nil
}

func known(m yardstick.Maker) bool {
	return slices.ContainsFunc(yardstick.Known(), func(k yardstick.Maker) bool { return k.Name == m.Name })
}

func measure(title string, sources []yardstick.Source, only string, makers []yardstick.Maker) error {
	if only != "" {
		names := strings.Split(only, ",")
		sources = slices.DeleteFunc(sources, func(s yardstick.Source) bool { return !slices.Contains(names, s.Name) })
	}
	if len(sources) == 0 {
		return nil
	}
	sheet, err := yardstick.Measure(title, sources, makers, os.Stderr)
	if err != nil {
		return err
	}
	sheet.Write(os.Stdout)
	return nil
}
