// Command sortwords puts the word files of the working copy in order, sorted
// by key and one key a line: go run ./server/words/sortwords
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"aufruf/server/words"
)

func main() {
	names, _ := filepath.Glob("display/words/*.json")
	if len(names) == 0 {
		fmt.Fprintln(os.Stderr, "sortwords: no display/words/*.json here; run it at the top of the working copy")
		os.Exit(1)
	}
	for _, name := range names {
		if err := sort(name); err != nil {
			fmt.Fprintf(os.Stderr, "sortwords: %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}

func sort(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	messages, err := words.Parse(text)
	if err != nil {
		return err
	}
	return os.WriteFile(name, words.Format(messages), 0o644)
}
