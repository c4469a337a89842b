// Command phonepage makes what stands inside the phone page: its script with
// all modules it imports, the style rules that can apply there, and the keys of
// the words its script says. Run it at the top of the working copy:
//
//	go run ./static/phonepage
//
// The files it writes into static/inline are kept beside the sources they are
// made from; a test holds them together. So the program carries no bundler,
// and a phone makes one request.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	files, err := bundle(".")
	if err == nil {
		err = write(files)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "phonepage: %v\n", err)
		os.Exit(1)
	}
}

func write(files map[string][]byte) error {
	for name, text := range files {
		if err := os.WriteFile(filepath.FromSlash(name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
