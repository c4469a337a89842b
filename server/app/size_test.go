package app_test

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

var (
	inPage   = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)
	inScript = regexp.MustCompile(`(?:from|import)\s*\(?["'](\.[^"']+)["']`)
	inStyle  = regexp.MustCompile(`@import\s+(?:url\()?["']([^"')]+)["']`)
)

// TestPagesKeepTheirWeight adds up what a browser loads for a page, compressed,
// without fonts.
func TestPagesKeepTheirWeight(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	var drawn struct{ Link string }
	p.must(p.token("kiosk", "hall"), "one", ticketsPath, drawCard).into(t, &drawn)
	for _, c := range []struct {
		page  string
		limit int
	}{{"/board/lobby", 25_000}, {drawn.Link[strings.Index(drawn.Link, "/t/"):], 30_000}, {"/desk/hall/d1", 70_000}} {
		token := p.token("supervisor", "hall")
		seen := map[string]int{}
		p.weigh(t, token, c.page, seen)
		sum := 0
		for _, n := range seen {
			sum += n
		}
		if len(seen) < 3 {
			t.Errorf("%s loads only %v", c.page, seen)
		}
		if sum > c.limit {
			t.Errorf("%s weighs %d bytes of %d: %v", c.page, sum, c.limit, seen)
		}
		name, _, _ := strings.Cut(c.page[1:], "/")
		t.Logf("%s: %d bytes in %d files", name, sum, len(seen))
	}
}

// weigh notes the compressed size of an address and of what it loads.
func (p *program) weigh(t *testing.T, token, at string, seen map[string]int) {
	if _, ok := seen[at]; ok || strings.Contains(at, "/fonts/") || strings.Contains(at, "/icons/") {
		return
	}
	text, size, encoding := p.fetch(t, token, at)
	if strings.HasPrefix(at, "/static/") && encoding != "br" {
		// In its first seconds the program sends gzip; brotli is being prepared.
		until(t, at+" comes with brotli", func() bool {
			text, size, encoding = p.fetch(t, token, at)
			return encoding == "br"
		})
	}
	seen[at] = size
	for _, m := range inPage.FindAllStringSubmatch(text, -1) {
		p.weigh(t, token, m[1], seen)
	}
	if strings.HasSuffix(at, ".js") || strings.HasSuffix(at, ".mjs") {
		for _, m := range inScript.FindAllStringSubmatch(text, -1) {
			p.weigh(t, token, path.Join(path.Dir(at), m[1]), seen)
		}
	}
	if strings.HasSuffix(at, ".css") {
		for _, m := range inStyle.FindAllStringSubmatch(text, -1) {
			p.weigh(t, token, path.Join(path.Dir(at), m[1]), seen)
		}
	}
}

// fetch gets an address as a browser does and returns its text, how many bytes
// came over the wire, and in which encoding; what is not compressed there counts
// compressed.
func (p *program) fetch(t *testing.T, token, at string) (text string, size int, encoding string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, p.url+at, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "br, gzip")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := httpClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", at, resp.StatusCode, err)
	}
	body := raw
	encoding = resp.Header.Get("Content-Encoding")
	switch encoding {
	case "br":
		if body, err = io.ReadAll(brotli.NewReader(bytes.NewReader(raw))); err != nil {
			t.Fatal(err)
		}
		return string(body), len(raw), encoding
	case "":
		var small bytes.Buffer
		w := brotli.NewWriterLevel(&small, 5)
		w.Write(raw)
		w.Close()
		t.Logf("%s came without compression", at)
		return string(body), small.Len(), encoding
	}
	return p.plainText(t, token, at), len(raw), encoding
}

func (p *program) plainText(t *testing.T, token, at string) string {
	t.Helper()
	a := p.get(token, at)
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d", at, a.status)
	}
	return string(a.body)
}
