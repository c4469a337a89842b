package yardstick

import (
	"errors"
	"os"
	"path/filepath"

	"aufruf/server/exchange"
	"aufruf/server/simday"
)

// Invented returns the named scenarios of simday as sources, each played with
// the seeds from 1 to so many.
func Invented(seeds int) []Source {
	var all []Source
	for _, o := range simday.Scenarios() {
		all = append(all, Source{Name: o.Name, Load: func() (*Days, error) { return invent(o, seeds), nil }})
	}
	return all
}

func invent(o simday.Office, seeds int) *Days {
	list := make([]uint64, seeds)
	for i := range list {
		list[i] = uint64(i + 1)
	}
	st := o.Play(list...)
	d := &Days{Name: st.Name, Lines: st.Lines, Towns: st.Towns}
	for _, a := range st.Asked {
		d.Truth = append(d.Truth, Truth{ID: a.ID, I: a.I, Key: a.Key, Class: a.Class, Issue: a.Issue,
			Trivial: a.Trivial, At: a.At, Minutes: a.Minutes, Scenario: st.Name})
	}
	return d
}

// WriteTo writes days as a pair of files into a folder.
func (d *Days) WriteTo(dir string) error {
	return errors.Join(
		writeLines(filepath.Join(dir, d.Name+streamEnd), d.Lines),
		writeLines(filepath.Join(dir, d.Name+truthEnd), d.Truth))
}

func writeLines[T any](file string, lines []T) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	for i := range lines {
		if err = exchange.Write(f, lines[i]); err != nil {
			break
		}
	}
	return errors.Join(err, f.Close())
}
