package web

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"aufruf/server/live"
	"aufruf/server/wire"
)

// paths are the ways in which a socket is served. Whatever is true of followers
// is tried on each.
var paths = []struct {
	name   string
	choose func(*Deps)
}{
	{"plain", func(*Deps) {}},
	{"taken over", takenOver},
}

// onEveryPath runs a test in a house of each.
func onEveryPath(t *testing.T, test func(t *testing.T, newHouse func(...func(*Deps)) *house)) {
	for _, p := range paths {
		t.Run(p.name, func(t *testing.T) {
			test(t, func(change ...func(*Deps)) *house { return newHouse(t, append(change, p.choose)...) })
		})
	}
}

// hear reads a follower's socket after its handshake to the end: what its
// pings were answered with, and the code of the close frame, 0 without one.
// stop ends it early. Every frame has to be one that a server may send.
func hear(r *bufio.Reader, pong func(string) (stop bool)) (code int, err error) {
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(r, head); err != nil {
			if errors.Is(err, io.EOF) {
				return 0, nil
			}
			return 0, err
		}
		n := int(head[1])
		switch {
		case head[0]&0xf0 != 0x80 || head[1]&0x80 != 0:
			return 0, fmt.Errorf("a frame begins with % x", head)
		case n == 127:
			return 0, errors.New("a frame of more than 64 KiB")
		case n == 126:
			var ext [2]byte
			if _, err := io.ReadFull(r, ext[:]); err != nil {
				return 0, err
			}
			n = int(binary.BigEndian.Uint16(ext[:]))
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return 0, err
		}
		switch head[0] & 15 {
		case 8:
			if len(body) == 1 || len(body) > 125 || len(body) > 2 && !utf8.Valid(body[2:]) {
				return 0, fmt.Errorf("a close frame with %q", body)
			}
			if len(body) == 0 {
				return 1005, nil
			}
			return int(binary.BigEndian.Uint16(body)), nil
		case 10:
			if pong(string(body)) {
				return 0, nil
			}
		case 1, 9:
		default:
			return 0, fmt.Errorf("an unexpected frame % x", head)
		}
	}
}

// play sends a case over a real connection; early puts its first piece into
// one segment with the handshake.
func (c *rawCase) play(h *house, early bool) error {
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	first, rest := h.handshake("office:hall"), c.pieces
	if early && len(rest) > 0 {
		first, rest = append(first, rest[0]...), rest[1:]
	}
	if _, err := conn.Write(first); err != nil {
		return err
	}
	r := bufio.NewReader(conn)
	if !early { // so that the pieces come when the socket is one
		if err := switched(r); err != nil {
			return err
		}
	}
	ping := c.code == 0 && c.leave == ""
	if ping {
		rest = append(slices.Clone(rest), masked(0x89, []byte(stillThere)))
	}
	sent := make(chan struct{})
	go func() { // it may be answered, and ended, before all is sent
		defer close(sent)
		for i, b := range rest {
			if i > 0 || early {
				time.Sleep(time.Millisecond) // in a segment of its own
			}
			if _, err := conn.Write(b); err != nil {
				return
			}
		}
		switch c.leave {
		case "fin":
			conn.(*net.TCPConn).CloseWrite()
		case "rst":
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}()
	defer func() { <-sent }()
	defer conn.Close()
	if c.leave == "rst" {
		return nil
	}
	if early {
		if err := switched(r); err != nil {
			return err
		}
	}
	var pongs []string
	alive := false
	code, err := hear(r, func(p string) bool {
		if alive = ping && p == stillThere; !alive {
			pongs = append(pongs, p)
		}
		return alive
	})
	if c.more && len(pongs) > len(c.pongs) {
		pongs = pongs[:len(c.pongs)]
	}
	switch {
	case err != nil:
		return err
	case code != c.code || ping && !alive:
		return fmt.Errorf("closed with %d, want %d", code, c.code)
	case !slices.Equal(pongs, c.pongs):
		return fmt.Errorf("pongs %q, want %q", pongs, c.pongs)
	case code == 0:
		return nil
	}
	// The server ends what it has closed, and sends nothing after it.
	conn.(*net.TCPConn).CloseWrite()
	if n, err := io.Copy(io.Discard, r); n > 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		return fmt.Errorf("after the close frame: %d bytes, %v", n, err)
	}
	return nil
}

func switched(r *bufio.Reader) error {
	resp, err := http.ReadResponse(r, nil)
	if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
		err = fmt.Errorf("status %d", resp.StatusCode)
	}
	return err
}

// pieceReader gives one piece with each read.
type pieceReader struct{ pieces [][]byte }

func (p *pieceReader) Read(b []byte) (int, error) {
	for len(p.pieces) > 0 && len(p.pieces[0]) == 0 {
		p.pieces = p.pieces[1:]
	}
	if len(p.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.pieces[0])
	p.pieces[0] = p.pieces[0][n:]
	return n, nil
}

// parse gives a case to the parser alone, without a network.
func (c *rawCase) parse() error {
	var pongs []string
	l := wire.Listener{Now: func() time.Time { return time.Time{} }, Heard: func() {}, Begun: func(bool) {}, Ping: func(p []byte) { pongs = append(pongs, string(p)) }}
	pieces := slices.Clone(c.pieces)
	for i := range pieces {
		pieces[i] = bytes.Clone(pieces[i]) // it is unmasked where it lies
	}
	if end := l.Listen(&pieceReader{pieces}); end.Code != c.code && c.leave != "rst" {
		return fmt.Errorf("closed with %d %q, want %d", end.Code, end.Reason, c.code)
	}
	if !slices.Equal(pongs, c.pongs) {
		return fmt.Errorf("pongs %q, want %q", pongs, c.pongs)
	}
	return nil
}

func TestEveryCaseOfRawFramesIsAnsweredByTheParser(t *testing.T) {
	names := map[string]bool{}
	for _, c := range rawCases() {
		if names[c.name] {
			t.Errorf("there are two of %q", c.name)
		}
		names[c.name] = true
		if err := c.parse(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if len(names) < 100 {
		t.Errorf("only %d cases", len(names))
	}
}

func TestInvalidFramesGetTheirCloseCode(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse()
		for _, c := range rawCases() {
			for _, early := range []bool{false, true} {
				if err := c.play(h, early); err != nil {
					t.Errorf("%s, with the handshake %v: %v", c.name, early, err)
				}
			}
		}
		h.empties()
	})
}

// empties waits until nobody follows any more.
func (h *house) empties() {
	h.t.Helper()
	for end := time.Now().Add(10 * time.Second); h.deps.Hub.Seats()[live.Office] > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("%d are still followers", h.deps.Hub.Seats()[live.Office])
		}
	}
}
