package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// program is the real one, built from this source, with a folder of its own that
// is removed at the end.
type program struct {
	cmd     *exec.Cmd
	bin     string
	dir     string
	address string // host:port
	stderr  *os.File
	tokens  map[string]string
}

// officeOf is one office of the configuration that is measured.
type officeOf struct {
	id    string
	desks int
}

// letters are what numbers may begin with. Each belongs to one office of a town,
// so that a configuration has at most so many offices.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// configuration writes a town of such offices in which nothing is held back that
// a crowd of one machine would otherwise hit: numbers drawn with one token.
func configuration(offices []officeOf) string {
	var b strings.Builder
	b.WriteString(`town: { de: Messstadt, en: Measured }
server:
  limits:
    read: { per_second: 10000, burst: 100000 }
    draw: { per_second: 10000, burst: 100000 }
devices: { trust_local: false }
speech: { command: 'no-voice {lang} {file} {text}' }
offices:
`)
	for i, o := range offices {
		fmt.Fprintf(&b, `  - id: %s
    names: { de: Amt, en: Office }
    zone: %s
    hours: []
    categories:
      - { id: cards%d, letter: %c, names: { de: Ausweise, en: Cards } }
    services:
      - { id: card, category: cards%d, names: { de: Personalausweis, en: ID card } }
    desks:
`, o.id, noonZone(), i, letters[i], i)
		for d := range o.desks {
			fmt.Fprintf(&b, "      - { id: d%d, names: { de: Platz %d, en: Desk %d } }\n", d, d+1, d+1)
		}
	}
	b.WriteString("screens:\n")
	fmt.Fprintf(&b, "  - { id: lobby, office: %s, names: { de: Halle, en: Lobby }, languages: [de, en] }\n", offices[0].id)
	return b.String()
}

// noonZone is a zone in which it is about noon: a measurement must not run into
// midnight, when an office closes its day and all desks with it.
func noonZone() string {
	switch ahead := 12 - wallClock().Hour(); {
	case ahead > 0:
		return fmt.Sprintf("Etc/GMT-%d", ahead) // these names count the other way
	case ahead < 0:
		return fmt.Sprintf("Etc/GMT+%d", -ahead)
	}
	return "Etc/GMT"
}

// startProgram builds the program and starts it on the server's core. under is
// the folder below which its data lies; "" is build/bench.
func startProgram(ctx context.Context, under string, offices []officeOf) (*program, error) {
	top, err := root()
	if err != nil {
		return nil, err
	}
	out, err := results(under)
	if err != nil {
		return nil, err
	}
	p := &program{bin: filepath.Join(out, "aufruf"), tokens: map[string]string{}}
	build := exec.CommandContext(ctx, "go", "build", "-C", top, "-o", p.bin, "./server")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build the program: %w", err)
	}
	if p.dir, err = os.MkdirTemp(out, "data-"); err != nil {
		return nil, err
	}
	if err := p.start(ctx, offices); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *program) config() string { return filepath.Join(p.dir, "config.yaml") }
func (p *program) data() string   { return filepath.Join(p.dir, "data") }

func (p *program) start(ctx context.Context, offices []officeOf) (err error) {
	if err := os.WriteFile(p.config(), []byte(configuration(offices)), 0o600); err != nil {
		return err
	}
	if p.stderr, err = os.Create(filepath.Join(p.dir, "log")); err != nil {
		return err
	}
	cmd, err := onCore(serverCore, p.bin, "serve", "--config", p.config(), "--data", p.data(), "--listen", "127.0.0.1:0", "--open-now", "always")
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = p.stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd = cmd
	listening := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "listening http://"); ok {
				listening <- strings.TrimSuffix(url, "/")
			}
		}
		close(listening)
	}()
	select {
	case address, ok := <-listening:
		if !ok {
			log, _ := os.ReadFile(p.stderr.Name())
			return fmt.Errorf("the program ended without listening: %s", log)
		}
		p.address = address
	case <-time.After(time.Minute):
		return errors.New("the program does not listen")
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, role := range []string{"clerk", "reception", "board"} {
		out, err := exec.CommandContext(ctx, p.bin, "token", "add", "--config", p.config(), "--data", p.data(), "--role", role).Output()
		if err != nil {
			return fmt.Errorf("make a token: %w", err)
		}
		p.tokens[role] = strings.TrimSpace(string(out))
	}
	return nil
}

// stop ends the program and removes its folder.
func (p *program) stop() {
	if p.cmd != nil {
		p.cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(15*time.Second, func() { p.cmd.Process.Kill() })
		p.cmd.Wait()
		late.Stop()
	}
	if p.stderr != nil {
		p.stderr.Close()
	}
	os.RemoveAll(p.dir)
}

func (p *program) stats() stats { return statsOf(p.cmd.Process.Pid) }

// crowd is how phones follow the public state of an office.
func (p *program) crowd(n int, office string) task {
	return task{N: n, Address: p.address, Paths: []string{"/live?topic=office:" + office}, Head: "Origin: http://" + p.address + "\r\n"}
}

// caller speaks HTTP over one connection that stays open, and costs little.
type caller struct {
	conn  io.ReadWriteCloser
	in    *bufio.Reader
	head  string // the lines that stay
	name  string
	count int
	out   []byte
	body  []byte
}

// call is a caller with a token over a connection; its name makes its commands'
// keys its own.
func (p *program) call(conn io.ReadWriteCloser, role, name string) *caller {
	return &caller{conn: conn, in: bufio.NewReaderSize(conn, 16<<10), name: name,
		head: " HTTP/1.1\r\nHost: " + p.address + "\r\nAuthorization: Bearer " + p.tokens[role] + "\r\nContent-Type: application/json\r\n"}
}

// post gives a command and returns the answer, which is valid until the next.
func (c *caller) post(path, body string) ([]byte, error) {
	if err := c.send(path, body); err != nil {
		return nil, err
	}
	return c.answer()
}

func (c *caller) send(path, body string) error {
	c.count++
	c.out = fmt.Appendf(c.out[:0], "POST %s%sIdempotency-Key: %s-%d\r\nContent-Length: %d\r\n\r\n%s", path, c.head, c.name, c.count, len(body), body)
	_, err := c.conn.Write(c.out)
	return err
}

func (c *caller) answer() ([]byte, error) {
	status, length := 0, -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, fmt.Errorf("read an answer: %w", err)
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		if status == 0 {
			if _, err := fmt.Sscanf(text, "HTTP/1.1 %d", &status); err != nil {
				return nil, fmt.Errorf("not an answer: %q", text)
			}
		} else if name, value, _ := strings.Cut(text, ": "); strings.EqualFold(name, "Content-Length") {
			fmt.Sscan(value, &length)
		}
	}
	if length < 0 {
		return nil, errors.New("an answer without its length")
	}
	if cap(c.body) < length {
		c.body = make([]byte, length, 2*length)
	}
	c.body = c.body[:length]
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return nil, err
	}
	if status >= 300 {
		return nil, fmt.Errorf("status %d: %s", status, c.body)
	}
	return c.body, nil
}

// draw takes a number, next calls one to a desk, open opens a desk.
func (c *caller) draw(office string) error {
	_, err := c.post("/api/v1/offices/"+office+"/tickets", `{"services":[{"id":"card","quantity":1}],"priority":0}`)
	return err
}

func (c *caller) open(office string, desk int) error {
	_, err := c.post(fmt.Sprintf("/api/v1/offices/%s/desks/d%d/open", office, desk), `{}`)
	return err
}

// next says which record it became and whether somebody was called.
func (c *caller) next(office string, desk int) (seq uint64, called bool, err error) {
	raw, err := c.post(fmt.Sprintf("/api/v1/offices/%s/desks/d%d/next", office, desk), `{}`)
	if err != nil {
		return 0, false, err
	}
	var a struct {
		Seq    uint64    `json:"seq"`
		Ticket *struct{} `json:"ticket"`
	}
	err = json.Unmarshal(raw, &a)
	return a.Seq, a.Ticket != nil, err
}
