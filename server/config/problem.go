package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"aufruf/display"
	"aufruf/server/words"
)

// Problem is one complaint about a configuration.
type Problem struct {
	File      string
	Line, Col int    // from 1
	Path      string // of the key, such as "offices.town_hall.desks.desk_3.skills"; may be empty
	Code      string // key of the sentence in the catalogue
	Params    map[string]any
	Near      string // what was probably meant; may be empty
}

// catalogue is read once; that it can be read is tested where it is made.
var catalogue = sync.OnceValue(func() *words.Catalogue {
	c, err := words.Load(display.Words())
	if err != nil {
		panic(fmt.Sprintf("words of this program: %v", err))
	}
	return c
})

// Text is the complaint as a line: place, path and a plain sentence.
func (p Problem) Text(lang string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Col)
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(catalogue().Text(lang, p.Code, p.Params))
	if p.Near != "" {
		b.WriteString(" " + catalogue().Text(lang, "config.did_you_mean", map[string]any{"Near": p.Near}))
	}
	return b.String()
}

// Problems are all complaints, in the order of the file.
type Problems []Problem

// Err is nil without complaints, else an *Invalid that speaks this language.
func (ps Problems) Err(lang string) error {
	if len(ps) == 0 {
		return nil
	}
	return &Invalid{Problems: ps, Lang: lang}
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col)) })
}

// Invalid is the error for a configuration that is not sound.
type Invalid struct {
	Problems Problems
	Lang     string // of Error; a language of the catalogue
}

// mostLines bounds what is printed of a file that is something else altogether.
const mostLines = 100

// Error has a line for each complaint.
func (e *Invalid) Error() string {
	var lines []string
	for i, p := range e.Problems {
		if i == mostLines {
			lines = append(lines, catalogue().Text(e.Lang, "config.more", map[string]any{"Count": len(e.Problems) - mostLines}))
			break
		}
		lines = append(lines, p.Text(e.Lang))
	}
	return strings.Join(lines, "\n")
}
