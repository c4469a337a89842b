package yardstick

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aufruf/server/exchange"
	"aufruf/server/simday"
)

// Days is a stream of office days with its truth.
type Days struct {
	Name  string
	Lines []exchange.Line
	Truth []Truth
	// Towns are the true parameters of the offices, one for each hello, where
	// the days were invented here.
	Towns []*simday.Truth
	// Limit is what the oracle scores on these days where only its figures are
	// known and not the true parameters.
	Limit *Score
}

// Source is days by name that are read or invented when they are needed.
type Source struct {
	Name string
	Load func() (*Days, error)
}

// ReadDays reads a stream and its truth.
func ReadDays(name string, lines, truth io.Reader) (*Days, error) {
	d := &Days{Name: name}
	err := exchange.Read(lines, func(l *exchange.Line) error {
		d.Lines = append(d.Lines, *l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if d.Truth, err = ReadTruth(truth); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

const (
	streamEnd = ".jsonl"
	truthEnd  = ".truth.jsonl"
)

// Folder returns the days of a folder, a pair of files each: NAME.jsonl and
// NAME.truth.jsonl. The published days come first, in the order in which they
// were published.
func Folder(dir string) ([]Source, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"+truthEnd))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no days in %s: want NAME%s and NAME%s", dir, streamEnd, truthEnd)
	}
	var all []Source
	for _, file := range files {
		base := strings.TrimSuffix(file, truthEnd)
		name := filepath.Base(base)
		all = append(all, Source{Name: name, Load: func() (*Days, error) { return openDays(name, base) }})
	}
	slices.SortStableFunc(all, func(a, b Source) int { return publishedPlace(a.Name) - publishedPlace(b.Name) })
	return all, nil
}

func openDays(name, base string) (d *Days, err error) {
	lines, err := os.Open(base + streamEnd)
	if err != nil {
		return nil, err
	}
	truth, err := os.Open(base + truthEnd)
	if err != nil {
		return nil, errors.Join(err, lines.Close())
	}
	defer func() { err = errors.Join(err, lines.Close(), truth.Close()) }()
	d, err = ReadDays(name, lines, truth)
	if err == nil {
		d.Limit = PublishedLimit(d)
	}
	return d, err
}
