package web

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aufruf/server/door"
)

// silent opens a connection and says nothing on it.
func (h *house) silent() net.Conn {
	h.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

func TestConnectionsAreBoundedAndFollowersAreNotCountedAmongThem(t *testing.T) {
	h := newHouse(t, func(d *Deps) {
		d.Limits.Places = door.Fit(door.Machine{Descriptors: 300}, door.Want{Followers: 60, Reserved: 10, FollowerBytes: door.PlainBytes})
	})
	most := h.server.places.Connections
	if most != 48 {
		t.Fatalf("room for %d connections", most)
	}
	for range most + 10 { // more than there is room for
		h.follow("office:hall", "").next()
	}
	desk := h.silent()
	ask := func() *http.Response {
		t.Helper()
		fmt.Fprintf(desk, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(desk), nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		return resp
	}
	ask()
	ask()
	client.CloseIdleConnections()
	var flood []net.Conn
	for range 4 * most {
		flood = append(flood, h.silent())
		if len(flood)%most == 0 {
			ask() // a desk goes on, and is not idle for long
		}
	}
	refused := 0
	for _, c := range flood {
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		switch {
		case err == nil && resp.StatusCode == 503 && resp.Header.Get("Retry-After") != "":
			text, _ := io.ReadAll(resp.Body)
			if want := h.deps.Words.Text("de", "error.busy", nil); !strings.Contains(string(text), want) {
				t.Fatalf("told %q", text)
			}
			refused++
		case err == nil && resp.StatusCode == 408: // was in, and said nothing
		case err != nil:
			t.Fatalf("after %d were refused: %v", refused, err)
		default:
			t.Fatalf("after %d were refused: %v", refused, resp.Status)
		}
	}
	if refused < 2*most {
		t.Errorf("%d of %d were refused", refused, len(flood))
	}
	if resp := ask(); resp.StatusCode != 200 {
		t.Errorf("the desk: %s", resp.Status)
	}
	text := h.metrics()
	for _, want := range []string{
		"aufruf_followers_limit 60\n", "aufruf_followers_reserved 10\n", "aufruf_follower_bytes 25100\n", "aufruf_descriptors_limit 300\n",
		"aufruf_connections_limit 48\n", fmt.Sprintf("aufruf_connections_refused_total{reason=\"connections\"} %d\n", refused),
		`aufruf_connections_refused_total{reason="address"} 0`, `aufruf_connections_refused_total{reason="descriptors"} 0`,
		"aufruf_accept_pause_seconds_total ", "aufruf_connections_total ", "aufruf_connections ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %q", want)
		}
	}
}

func TestAProxyAndThisMachineAreNotCountedByAddress(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.TrustedProxies = []string{"192.0.2.1", "198.51.100.0/24"} })
	for addr, want := range map[string]string{
		"192.0.2.1": "", "198.51.100.77": "", "127.0.0.1": "", "::1": "",
		"192.0.2.2": "192.0.2.2", "2001:db8::1:2:3": "2001:db8::/64",
	} {
		if got := h.server.caller(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is counted under %q, want %q", addr, got, want)
		}
	}
}

func TestWhoMayNotFollowIsToldDifferentTimesToComeBack(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Limits.Sockets = SocketLimits{Total: 4, Reserve: 3} })
	h.follow("office:hall", "").next()
	times := map[string]bool{}
	for range 20 {
		tl, resp := h.upgrade("office:hall", "", header{"Origin", h.url})
		if tl != nil || resp.StatusCode != 503 {
			t.Fatalf("one phone too many: %v", resp)
		}
		times[resp.Header.Get("Retry-After")] = true
	}
	if len(times) < 3 || times[""] {
		t.Errorf("they come back after %v", times)
	}
}
