// Package static holds what browsers fetch as it lies: styles, scripts, fonts,
// icons. It embeds its own folders and answers, for a request path and an
// Accept-Encoding, which bytes to send with which headers. It knows no web
// framework; whoever serves copies an Asset into the answer.
//
// One hash over everything is part of each address (/static/<build>/css/…), so
// that the relative imports of ES modules and url() in styles stay inside one
// build, and everything may be cached for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/andybalholm/brotli"
)

//go:embed css fonts icons inline js vendor
var embedded embed.FS

// Prefix begins the address of every asset; the build follows it.
const Prefix = "/static/"

const (
	forever  = "public, max-age=31536000, immutable"
	askAgain = "no-cache"
)

// Asset is one answer: bytes that must not be changed, and the headers that
// belong to them. Encoding is "" for the file as it lies. Every answer for an
// asset carries "Vary: Accept-Encoding", also when Encoding is "".
type Asset struct {
	Body         []byte
	ContentType  string
	Encoding     string // Content-Encoding: "", "br" or "gzip"
	ETag         string // quoted, different for each encoding
	CacheControl string
}

// Assets is a tree of files ready to be served. All methods may be called from
// many goroutines at once.
type Assets struct {
	build  string
	files  map[string]*file
	wanted chan *file // for Compress; each file at most once
}

type file struct {
	hash        string
	contentType string
	plain       []byte
	gzip        []byte                 // nil if it would not be smaller
	brotli      atomic.Pointer[[]byte] // nil until Compress has come by
	asked       atomic.Bool            // somebody wanted brotli: it is with Compress or done
}

// Load reads the embedded tree. It compresses with gzip, which takes some ten
// milliseconds; brotli at its best takes seconds in all and is left to Compress.
func Load() (*Assets, error) { return read(embedded) }

func read(tree fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]*file{}}
	var names []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		plain, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		f := &file{plain: plain, contentType: contentType(name), hash: hashOf(plain)}
		if compresses(f.contentType) {
			f.gzip = gzipped(plain)
		}
		a.files[name] = f
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	a.wanted = make(chan *file, len(names))
	sort.Strings(names)
	whole := sha256.New()
	for _, name := range names {
		fmt.Fprintf(whole, "%s %s\n", name, a.files[name].hash)
	}
	a.build = hex.EncodeToString(whole.Sum(nil))[:16]
	return a, nil
}

// Build is 16 hexadecimal digits over all names and contents: two programs
// with the same Build serve the same pages. It is the "build" of live frames.
func (a *Assets) Build() string { return a.build }

// URL is the address of a file such as "css/board.css". An unknown name is an
// error, so that a page with a dead link fails in its first test.
func (a *Assets) URL(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return Prefix + a.build + "/" + name, nil
}

// Text is what a file holds, to stand inside a page. An unknown name is an
// error.
func (a *Assets) Text(name string) (string, error) {
	f, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return string(f.plain), nil
}

// Lookup finds the answer for a request's path and its Accept-Encoding header.
// The path of another build is answered too, with what lies here today and
// without leave to keep it: a page loaded just before an update still gets the
// modules it asks for late. False means there is no such file.
func (a *Assets) Lookup(requestPath, acceptEncoding string) (Asset, bool) {
	rest, ok := strings.CutPrefix(requestPath, Prefix)
	if !ok {
		return Asset{}, false
	}
	build, name, ok := strings.Cut(rest, "/")
	if !ok {
		return Asset{}, false
	}
	f, ok := a.files[name]
	if !ok {
		return Asset{}, false
	}
	asset := f.answer(acceptEncoding)
	asset.CacheControl = askAgain
	if build == a.build {
		asset.CacheControl = forever
	}
	if !f.asked.Load() && accepted(acceptEncoding)["br"] > 0 && !f.asked.Swap(true) {
		a.wanted <- f // has room for every file
	}
	return asset, true
}

// Compress prepares the brotli answer of each file that a browser has asked
// for; whoever asks before it is ready gets gzip. A start is when all screens
// come back at once: what nobody asks for takes no time from them. It returns
// when ctx ends. One call is enough; run it in a goroutine beside the start.
func (a *Assets) Compress(ctx context.Context) {
	for {
		select {
		case f := <-a.wanted:
			f.compress()
		case <-ctx.Done():
			return
		}
	}
}

func (f *file) compress() {
	if !compresses(f.contentType) {
		return
	}
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotli.BestCompression)
	w.Write(f.plain)
	w.Close()
	if small := out.Bytes(); len(small) < len(f.plain) {
		f.brotli.Store(&small)
	}
}

func (f *file) answer(acceptEncoding string) Asset {
	asset := Asset{Body: f.plain, ContentType: f.contentType}
	weights := accepted(acceptEncoding)
	if b := f.brotli.Load(); b != nil && weights["br"] > 0 {
		asset.Body, asset.Encoding = *b, "br"
	} else if f.gzip != nil && weights["gzip"] > 0 {
		asset.Body, asset.Encoding = f.gzip, "gzip"
	}
	asset.ETag = `"` + f.hash
	if asset.Encoding != "" {
		asset.ETag += "-" + asset.Encoding
	}
	asset.ETag += `"`
	return asset
}

// accepted reads an Accept-Encoding header into weights for br and gzip. What
// cannot be read counts as not accepted: the plain file is always right.
func accepted(header string) map[string]float64 {
	weights := map[string]float64{}
	for part := range strings.SplitSeq(header, ",") {
		name, param, _ := strings.Cut(strings.TrimSpace(part), ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(param), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				weight = 0
			}
		}
		weights[strings.ToLower(strings.TrimSpace(name))] = weight
	}
	if star, ok := weights["*"]; ok {
		for _, name := range []string{"br", "gzip"} {
			if _, named := weights[name]; !named {
				weights[name] = star
			}
		}
	}
	return weights
}

// contentType is decided here and not by the machine's mime tables, which
// differ and do not know manifests.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".wav":
		return "audio/wav"
	case ".md":
		return "text/markdown; charset=utf-8"
	default:
		return "text/plain; charset=utf-8"
	}
}

// compresses tells text from what is compressed already.
func compresses(contentType string) bool {
	switch contentType {
	case "image/png", "image/x-icon", "font/woff2":
		return false
	}
	return true
}

func gzipped(plain []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	w.Write(plain)
	w.Close()
	if out.Len() >= len(plain) {
		return nil
	}
	return out.Bytes()
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:16]
}
