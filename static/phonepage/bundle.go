package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// floor is the oldest language that browsers of README's floor understand.
const floor = api.ES2020

// bundle makes the files from the working copy at root, by their names in it.
func bundle(root string) (map[string][]byte, error) {
	script, err := build(root, api.BuildOptions{EntryPoints: []string{"static/js/phone.js"}, Format: api.FormatESModule})
	if err != nil {
		return nil, err
	}
	style, err := build(root, api.BuildOptions{Stdin: &api.StdinOptions{Loader: api.LoaderCSS, ResolveDir: filepath.Join(root, "static"),
		Contents: `@import "./css/tokens.css"; @import "./css/base.css"; @import "./css/phone.css";`}, External: []string{"*.woff2"}})
	if err != nil {
		return nil, err
	}
	var markup []byte
	for _, name := range []string{"layout", "phone"} {
		text, err := os.ReadFile(filepath.Join(root, "display/pages", name+".html"))
		if err != nil {
			return nil, err
		}
		markup = append(markup, text...)
	}
	used := usedIn(string(markup), string(script))
	keys, err := json.MarshalIndent(keysIn(script), "", "  ")
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"static/inline/phone.js":        script,
		"static/inline/phone.css":       []byte(used.keep(string(style)) + "\n"),
		"static/inline/phone.keys.json": append(keys, '\n'),
	}, nil
}

func build(root string, opt api.BuildOptions) ([]byte, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	opt.AbsWorkingDir = abs
	if opt.Stdin != nil {
		opt.Stdin.ResolveDir = filepath.Join(abs, "static")
	}
	opt.Bundle, opt.Target, opt.Charset, opt.LegalComments = true, floor, api.CharsetUTF8, api.LegalCommentsNone
	opt.MinifyIdentifiers, opt.MinifySyntax, opt.MinifyWhitespace = true, true, true
	result := api.Build(opt)
	for _, m := range result.Errors {
		return nil, errors.New(m.Text)
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("made %d files of one", len(result.OutputFiles))
	}
	return result.OutputFiles[0].Contents, nil
}

// said are the keys of words as they stand in a script: whole, or the beginning
// of one that ends with a dot or a line.
var said = regexp.MustCompile("[\"'`]((?:board|common|phone|reason|wait)\\.[a-z_]*)(?:[\"'`]|\\$\\{)")

func keysIn(script []byte) []string {
	keys := []string{}
	for _, m := range said.FindAllSubmatch(script, -1) {
		keys = append(keys, string(m[1]))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
