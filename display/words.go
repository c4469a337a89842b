package display

import (
	"embed"
	"io/fs"
)

//go:embed words/*.json
var wordFiles embed.FS

// Words are the files of the catalogue, one a language: "de.json" and so on.
func Words() fs.FS {
	files, err := fs.Sub(wordFiles, "words")
	if err != nil {
		panic(err) // cannot happen: the folder is embedded
	}
	return files
}
