package static

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
)

var sample = fstest.MapFS{
	"css/board.css":          {Data: []byte(strings.Repeat(".call { color: var(--color-call); }\n", 40))},
	"js/lib/live.js":         {Data: []byte(strings.Repeat("export const heart = 5000\n", 40))},
	"vendor/preact.mjs":      {Data: []byte("export{}")},
	"fonts/a.woff2":          {Data: bytes.Repeat([]byte("wOF2"), 100)},
	"icons/site.webmanifest": {Data: []byte(strings.Repeat(`{"name":"Aufruf"}`, 20))},
}

func sampleAssets(t *testing.T) *Assets {
	t.Helper()
	a, err := read(sample)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func compressAll(a *Assets) {
	for _, f := range a.files {
		f.compress()
	}
}

func TestEveryTypeIsNamedAsBrowsersWantIt(t *testing.T) {
	a := sampleAssets(t)
	for name, want := range map[string]string{
		"css/board.css":          "text/css; charset=utf-8",
		"js/lib/live.js":         "text/javascript; charset=utf-8",
		"vendor/preact.mjs":      "text/javascript; charset=utf-8",
		"fonts/a.woff2":          "font/woff2",
		"icons/site.webmanifest": "application/manifest+json",
	} {
		got, ok := a.Lookup(Prefix+a.Build()+"/"+name, "")
		if !ok || got.ContentType != want {
			t.Errorf("%s: %v %q, want %q", name, ok, got.ContentType, want)
		}
	}
}

func TestEncodingFollowsWhatTheBrowserAccepts(t *testing.T) {
	a := sampleAssets(t)
	compressAll(a)
	plain := sample["css/board.css"].Data
	for accept, want := range map[string]string{
		"":                       "",
		"identity":               "",
		"gzip":                   "gzip",
		"gzip, deflate, br":      "br",
		"br;q=0, gzip":           "gzip",
		"gzip;q=0, br;q=0":       "",
		"*":                      "br",
		"*;q=0":                  "",
		"br;q=rubbish":           "",
		"GZIP":                   "gzip",
		"deflate, br ; q=0.5":    "br",
		"gzip;q=0.2,*;q=0":       "gzip",
		";;;,,,":                 "",
		"brotli, gzip2, x-gzip;": "",
	} {
		got, _ := a.Lookup(Prefix+a.Build()+"/css/board.css", accept)
		if got.Encoding != want {
			t.Errorf("%q: encoding %q, want %q", accept, got.Encoding, want)
			continue
		}
		var r io.Reader = bytes.NewReader(got.Body)
		switch got.Encoding {
		case "br":
			r = brotli.NewReader(r)
		case "gzip":
			r, _ = gzip.NewReader(r)
		}
		if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, plain) {
			t.Errorf("%q: the body does not decode to the file: %v", accept, err)
		}
	}
}

func TestBeforeBrotliIsReadyGzipIsSent(t *testing.T) {
	a := sampleAssets(t)
	if got, _ := a.Lookup(Prefix+a.Build()+"/css/board.css", "br, gzip"); got.Encoding != "gzip" {
		t.Errorf("encoding %q, want gzip", got.Encoding)
	}
}

func TestBrotliIsPreparedForWhatIsAskedForAlone(t *testing.T) {
	a := sampleAssets(t)
	lookup := func(name, accept string) string {
		got, _ := a.Lookup(Prefix+a.Build()+"/"+name, accept)
		return got.Encoding
	}
	lookup("icons/site.webmanifest", "gzip") // asked for by somebody who cannot read brotli
	for range 3 {
		lookup("css/board.css", "br, gzip")
		lookup("fonts/a.woff2", "br, gzip") // is never compressed
	}
	if n := len(a.wanted); n != 2 {
		t.Errorf("%d files wait to be compressed, want each once", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { a.Compress(ctx); close(ended) }()
	for end := time.Now().Add(30 * time.Second); lookup("css/board.css", "br, gzip") != "br"; {
		if time.Now().After(end) {
			t.Fatal("brotli never comes")
		}
		runtime.Gosched()
	}
	for len(a.wanted) > 0 {
		runtime.Gosched()
	}
	cancel()
	<-ended
	for name, f := range a.files {
		if got := f.brotli.Load() != nil; got != (name == "css/board.css") {
			t.Errorf("%s is prepared: %v", name, got)
		}
	}
}

func TestFontsAreSentAsTheyLie(t *testing.T) {
	a := sampleAssets(t)
	compressAll(a)
	if got, _ := a.Lookup(Prefix+a.Build()+"/fonts/a.woff2", "br, gzip"); got.Encoding != "" {
		t.Errorf("encoding %q, want none", got.Encoding)
	}
}

func TestOnlyTheOwnBuildMayBeKept(t *testing.T) {
	a := sampleAssets(t)
	own, _ := a.Lookup(Prefix+a.Build()+"/css/board.css", "")
	if !strings.Contains(own.CacheControl, "immutable") {
		t.Errorf("own build: %q", own.CacheControl)
	}
	old, ok := a.Lookup(Prefix+"0123456789abcdef/css/board.css", "")
	if !ok || old.CacheControl != "no-cache" {
		t.Errorf("other build: %v %q, want no-cache", ok, old.CacheControl)
	}
}

func TestNothingOutsideTheTreeIsFound(t *testing.T) {
	a := sampleAssets(t)
	for _, path := range []string{
		"", "/", "/static", "/static/", "/static/css/board.css", "/css/board.css",
		Prefix + a.Build(), Prefix + a.Build() + "/", Prefix + a.Build() + "/css", Prefix + a.Build() + "/css/",
		Prefix + a.Build() + "/../static.go", Prefix + a.Build() + "//css/board.css", Prefix + a.Build() + "/css/../css/board.css",
		Prefix + a.Build() + "/css/board.css\x00",
	} {
		if _, ok := a.Lookup(path, "br"); ok {
			t.Errorf("%q is answered", path)
		}
	}
}

func TestEachEncodingHasItsOwnETag(t *testing.T) {
	a := sampleAssets(t)
	compressAll(a)
	seen := map[string]string{}
	for _, accept := range []string{"", "gzip", "br"} {
		got, _ := a.Lookup(Prefix+a.Build()+"/css/board.css", accept)
		if before, twice := seen[got.ETag]; twice {
			t.Errorf("%q and %q share the ETag %s", before, accept, got.ETag)
		}
		seen[got.ETag] = accept
	}
}

func TestBuildChangesWithAnyByteAndAnyName(t *testing.T) {
	first := sampleAssets(t).Build()
	for what, change := range map[string]fstest.MapFS{
		"a byte": {"css/board.css": {Data: []byte("x")}},
		"a name": {"css/board2.css": sample["css/board.css"]},
	} {
		tree := fstest.MapFS{}
		for name, f := range sample {
			tree[name] = f
		}
		for name, f := range change {
			tree[name] = f
		}
		a, err := read(tree)
		if err != nil {
			t.Fatal(err)
		}
		if a.Build() == first {
			t.Errorf("%s changed and the build did not", what)
		}
	}
}

func TestUnknownNameHasNoURL(t *testing.T) {
	a := sampleAssets(t)
	if url, err := a.URL("css/bord.css"); err == nil {
		t.Errorf("got %s", url)
	}
	if url, err := a.URL("css/board.css"); err != nil || url != "/static/"+a.Build()+"/css/board.css" {
		t.Errorf("got %s, %v", url, err)
	}
}

func TestEmbeddedTreeLoadsAndLeavesTestsOut(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"css/tokens.css", "css/base.css", "vendor/preact.mjs", "js/lib/live.js"} {
		if _, err := a.URL(name); err != nil {
			t.Error(err)
		}
	}
	for name := range a.files {
		if strings.Contains(name, ".test.") {
			t.Errorf("%s would be served", name)
		}
	}
}

// Every module and every url() that a file names must lie in the tree under
// exactly that relative path: there is no build step that would notice.
func TestRelativeReferencesLeadSomewhere(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range a.files {
		for _, target := range references(name, string(f.plain)) {
			if _, ok := a.files[target]; !ok {
				t.Errorf("%s refers to %s, which is not there", name, target)
			}
		}
	}
}
