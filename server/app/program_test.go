package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the real program, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "aufruf-test")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "aufruf")
	cmd := exec.Command("go", "build", "-o", path, "aufruf/server")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// program is one running program on its own folder.
type program struct {
	t      *testing.T
	bin    string
	config string
	data   string
	cmd    *exec.Cmd
	url    string
	output *buffer
	tokens map[string]string
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newProgram(t *testing.T, config string) *program {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := &program{t: t, bin: bin, config: filepath.Join(dir, "config.yaml"), data: filepath.Join(dir, "data"),
		output: &buffer{}, tokens: map[string]string{}}
	if err := os.WriteFile(p.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	return p
}

// start runs the program until it says where it listens.
func (p *program) start(args ...string) {
	p.t.Helper()
	if err := p.tryStart(nil, args...); err != nil {
		p.t.Fatalf("start: %v\n%s", err, p.output)
	}
}

func (p *program) tryStart(wrap []string, args ...string) error {
	line := append(append([]string{}, wrap...), p.bin, "serve", "--config", p.config, "--data", p.data, "--listen", "127.0.0.1:0")
	line = append(line, args...)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = p.output
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd = cmd
	first := make(chan string, 1)
	go func() {
		sc := bufio.NewScanner(io.TeeReader(out, p.output))
		for sc.Scan() {
			if url, ok := strings.CutPrefix(sc.Text(), "listening "); ok {
				first <- url
			}
		}
		close(first)
	}()
	select {
	case url, ok := <-first:
		if !ok {
			return errors.New("it ended without listening")
		}
		p.url = strings.TrimSuffix(url, "/")
		return nil
	case <-time.After(30 * time.Second):
		return errors.New("it does not listen")
	}
}

// kill ends the program as a power cut would.
func (p *program) kill() {
	if p.cmd == nil {
		return
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	p.cmd.Wait()
	p.cmd = nil
}

// stop ends the program politely and returns how long that took.
func (p *program) stop() (time.Duration, error) {
	began := time.Now()
	p.cmd.Process.Signal(syscall.SIGTERM)
	err := p.cmd.Wait()
	p.cmd = nil
	return time.Since(began), err
}

// run runs one of the program's other commands and returns what it prints.
func (p *program) run(args ...string) (string, error) {
	cmd := exec.Command(p.bin, args...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// token makes a bearer token; its role may be followed by office and desk.
func (p *program) token(role string, bind ...string) string {
	p.t.Helper()
	name := role + strings.Join(bind, "/")
	if tok, ok := p.tokens[name]; ok {
		return tok
	}
	args := []string{"token", "add", "--config", p.config, "--data", p.data, "--role", role}
	for i, flag := range []string{"--office", "--desk"} {
		if i < len(bind) {
			args = append(args, flag, bind[i])
		}
	}
	out, err := p.run(args...)
	if err != nil {
		p.t.Fatalf("token add: %v\n%s", err, out)
	}
	p.tokens[name] = strings.TrimSpace(out)
	return p.tokens[name]
}

// answer is what a request brought.
type answer struct {
	status int
	body   []byte
	head   http.Header
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
}

// post sends a command; an error means that no answer came.
func (p *program) post(ctx context.Context, token, key, path, body string) (answer, error) {
	return p.send(ctx, http.MethodPost, token, key, path, body)
}

func (p *program) get(token, path string) answer {
	p.t.Helper()
	a, err := p.send(context.Background(), http.MethodGet, token, "", path, "")
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

var httpClient = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

func (p *program) send(ctx context.Context, method, token, key, path, body string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := httpClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, raw, resp.Header}, err
}

// must posts and expects success.
func (p *program) must(token, key, path, body string) answer {
	p.t.Helper()
	a, err := p.post(context.Background(), token, key, path, body)
	if err != nil || a.status >= 300 {
		p.t.Fatalf("POST %s: %d %s %v", path, a.status, a.body, err)
	}
	return a
}
