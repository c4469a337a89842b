package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
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
	for _, c := range []struct {
		page  string
		limit int
	}{{"/board/lobby", 25_000}, {"/desk/hall/d1", 70_000}} {
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

// onPhone is what the first flight of a new connection holds.
const onPhone = 14_000

// TestThePhonePageIsOneSmallAnswer weighs the phone page of the whole town's
// configuration at its longest: three matters with all their papers, and as many
// ahead as are ever named.
func TestThePhonePageIsOneSmallAnswer(t *testing.T) {
	config, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t, string(config))
	p.start("--open-now", "always")
	kiosk, tickets := p.token("kiosk", "buergerbuero"), "/api/v1/offices/buergerbuero/tickets"
	kinds := []string{"residence_register_single", "id_card_apply", "passport_apply"}
	for i := range 32 {
		p.must(kiosk, fmt.Sprint("ahead", i), tickets, fmt.Sprintf(`{"services":[{"id":%q,"quantity":1}]}`, kinds[i%len(kinds)]))
	}
	var mine struct{ Link string }
	p.must(kiosk, "mine", tickets, `{"services":[{"id":"residence_register_family","quantity":1},{"id":"id_card_apply","quantity":2},{"id":"passport_apply","quantity":1}]}`).into(t, &mine)
	at := mine.Link[strings.Index(mine.Link, "/t/"):]
	for _, lang := range []string{"de", "en", "ar"} {
		for _, encoding := range []string{"br", "gzip"} {
			text, size := p.page(t, at+"?lang="+lang, encoding)
			if n := strings.Count(text, "<li><bdi class=\"ticket-number\">"); n != 30 {
				t.Errorf("%s: %d are named ahead, not the most there are", lang, n)
			}
			if size > onPhone {
				t.Errorf("%s, %s: %d bytes with its head, of %d", lang, encoding, size, onPhone)
			}
			if more := loads.FindString(text); more != "" {
				t.Errorf("%s: the page loads more: %s", lang, more)
			}
			t.Logf("%s, %s: %d bytes with its head, %d unpacked", lang, encoding, size, len(text))
		}
	}
}

// loads is what makes a browser ask for more.
var loads = regexp.MustCompile(`<link [^>]*rel="(?:stylesheet|preload|modulepreload|manifest)"[^>]*>|\bsrc="[^"]*"|url\(|@import|\bimport\b|<link rel="icon" href="/`)

// page gets a page in an encoding, and the size of the whole answer.
func (p *program) page(t *testing.T, at, encoding string) (text string, size int) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, p.url+at, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", encoding)
	resp, err := httpClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != encoding {
		t.Fatalf("%s: %d %v %v", at, resp.StatusCode, resp.Header, err)
	}
	var head bytes.Buffer
	resp.Header.Write(&head)
	var plain io.Reader = brotli.NewReader(bytes.NewReader(raw))
	if encoding == "gzip" {
		if plain, err = gzip.NewReader(bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), head.Len() + len("HTTP/1.1 200 OK\r\n\r\n") + len(raw)
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
