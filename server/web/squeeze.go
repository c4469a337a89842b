package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

// pageQuality is how hard brotli tries for a page, which is made for one
// request: docs/benchmarks.md has what each step costs and brings.
const pageQuality = 5

// squeezer compresses one answer after the other; making one costs more than a
// page does.
type squeezer interface {
	io.WriteCloser
	Reset(w io.Writer)
}

var squeezers = map[string]*sync.Pool{
	"br":   {New: func() any { return brotli.NewWriterLevel(nil, pageQuality) }},
	"gzip": {New: func() any { return gzip.NewWriter(nil) }},
}

// squeeze compresses a body as the request allows, brotli before gzip; encoding
// is "" where it allows neither.
func squeeze(c *fiber.Ctx, body []byte) (small []byte, encoding string, err error) {
	for _, encoding := range []string{"br", "gzip"} {
		if c.AcceptsEncodings(encoding) != encoding {
			continue
		}
		pool := squeezers[encoding]
		w := pool.Get().(squeezer)
		defer pool.Put(w)
		var out bytes.Buffer
		w.Reset(&out)
		if _, err := w.Write(body); err != nil {
			return nil, "", err
		}
		if err := w.Close(); err != nil {
			return nil, "", err
		}
		return out.Bytes(), encoding, nil
	}
	return body, "", nil
}
