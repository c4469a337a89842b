package app_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// phone asks to follow the public wait, and gets a socket or the answer that
// came instead.
func (p *program) phone(t *testing.T) (*tail, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.url, "http")+"/live?topic=office:hall",
		&websocket.DialOptions{HTTPHeader: http.Header{"Origin": {p.url}}})
	if resp == nil {
		t.Fatal(err)
	}
	if err != nil {
		return nil, resp
	}
	t.Cleanup(func() { conn.CloseNow() })
	return &tail{t: t, conn: conn}, resp
}

// With 320 descriptors the program holds 86 followers and 42 other
// connections. Before descriptors run out phones are told to come back, desks
// still come in, and a thousand connections that say nothing delay nobody for
// long and leave nothing behind.
func TestTheProgramKeepsWithinItsDescriptors(t *testing.T) {
	p := newProgram(t, smallTown)
	if err := p.tryStart([]string{"sh", "-c", `ulimit -n 320; exec "$@"`, "sh"}, "--open-now", "always", "--metrics", "127.0.0.1:0"); err != nil {
		t.Fatalf("%v\n%s", err, p.output)
	}
	clerk := p.token("clerk", "hall")
	if said := p.output.String(); !strings.Contains(said, `"msg":"places","followers":86,"bound_by":"descriptors","reserved":21,`) {
		t.Errorf("the log does not say what fits:\n%s", said)
	}
	phones := 0
	for range 120 {
		tl, resp := p.phone(t)
		switch {
		case tl != nil:
			phones++
		case resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "":
			t.Fatalf("after %d phones: %s, Retry-After %q", phones, resp.Status, resp.Header.Get("Retry-After"))
		}
	}
	if phones != 86-21 {
		t.Errorf("%d phones follow", phones)
	}
	p.tail(t, clerk, "desk:hall").reach(0, 10*time.Second)

	desk, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	desk.SetDeadline(time.Now().Add(30 * time.Second))
	answers := bufio.NewReader(desk)
	press := func(n int) int {
		t.Helper()
		fmt.Fprintf(desk, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: flood-%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			ticketsPath, p.token("reception", "hall"), n, len(drawCard), drawCard)
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
	press(0)
	press(1) // comes again, so it is no one that only looked
	var flood []net.Conn
	for n := range 1_000 {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "G") // and no more; without a byte the kernel would keep it for a second
		flood = append(flood, c)
		if n%50 == 49 {
			if status := press(n); status != 201 {
				t.Fatalf("a press while %d connections say next to nothing: %d", n, status)
			}
		}
	}
	if text := p.metrics(t); !strings.Contains(text, "aufruf_followers_limit 86\n") || !strings.Contains(text, `aufruf_connections_refused_total{reason="descriptors"} 0`) ||
		strings.Contains(text, `aufruf_connections_refused_total{reason="connections"} 0`) {
		t.Errorf("the metrics say otherwise:\n%s", text)
	}
	for _, c := range flood {
		c.Close()
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if resp, err := http.Get(p.url + "/healthz"); err == nil && resp.StatusCode == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody gets in after the flood")
		}
	}
}
