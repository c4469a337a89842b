package web

import (
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"aufruf/display"
	"aufruf/server/live"
)

// toFirstFrame reads a raw socket to its first frame, so that it is a follower.
func toFirstFrame(t *testing.T, conn net.Conn) {
	t.Helper()
	var seen strings.Builder
	for b := make([]byte, 1); !strings.Contains(seen.String(), "\r\n\r\n\x81"); {
		if _, err := conn.Read(b); err != nil {
			t.Fatalf("no first frame: %v after %q", err, seen.String())
		}
		seen.Write(b)
	}
}

func (h *house) notice(text string) {
	h.t.Helper()
	body, _ := json.Marshal(map[string]string{"text": text})
	h.want(200, h.post("supervisor", "/api/v1/offices/hall/notice", string(body)))
}

func TestWhoBeginsAFrameHasToEndIt(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets.pace = pace{whole: 100 * time.Millisecond, bye: 50 * time.Millisecond} })
		silent := h.follow("office:hall", "") // nothing is asked of who sends nothing
		silent.next()
		for name, b := range map[string][]byte{
			"a byte":                   {0x89},
			"a header":                 ping("ping")[:6],
			"half a ping":              ping("ping")[:8],
			"a fragment":               begin("x"),
			"a fragment and a ping":    append(begin("x"), ping("")...),
			"a fragment and fragments": append(begin("x"), goOn("y")...),
		} {
			c := rawCase{pieces: [][]byte{b}, code: 1008}
			if strings.HasSuffix(name, "and a ping") {
				c.pongs = []string{""}
			}
			for _, early := range []bool{false, true} {
				if err := c.play(h, early); err != nil {
					t.Errorf("%s, with the handshake %v: %v", name, early, err)
				}
			}
		}
		h.open().notice("still here")
		until(silent, func(v display.Office) bool { return v.Notice == "still here" })
	})
}

// What comes of a frame does not prolong its time.
func TestAFollowerThatSendsAByteNowAndThenIsCutOffAllTheSame(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets.pace = pace{whole: 60 * time.Millisecond, bye: 50 * time.Millisecond} })
		conn := h.rawSocket("office:hall")
		toFirstFrame(t, conn)
		go func() { // a byte of a long text with each round, never done
			for _, b := range crumbs(text(strings.Repeat("x", 4096))) {
				if _, err := conn.Write(b); err != nil {
					return
				}
				for range 20 {
					time.Sleep(time.Millisecond)
				}
			}
		}()
		h.empties()
	})
}

func TestFollowersThatNeverReadCostNoMemoryAndDelayNobody(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets.pace = pace{frame: time.Hour, ping: time.Hour, dead: time.Hour} }).open()
		quick := h.follow("desk:hall", "clerk hall") // phones may have to wait a little
		quick.next()
		const deaf, rounds = 100, 300
		for range deaf {
			conn := h.rawSocket("office:hall")
			conn.(*net.TCPConn).SetReadBuffer(1024)
			toFirstFrame(t, conn)
		}
		filler := strings.Repeat("x", 270)
		round := func(i int) {
			h.notice(fmt.Sprint(i, filler))
			until(quick, func(v display.Desks) bool { return strings.HasPrefix(v.Notice, fmt.Sprint(i, "x")) })
		}
		round(0)
		before := heap()
		for i := range rounds {
			round(i + 1)
		}
		// One that kept what it could not send would hold 100 × 300 frames of
		// more than 300 bytes, 9 MB; the journal and the day's state grow too.
		if grown := heap() - before; grown > 4<<20 {
			t.Errorf("the heap has grown by %d kB", grown>>10)
		}
		if n := h.deps.Hub.Seats()[live.Office]; n != deaf {
			t.Errorf("%d followers are left", n)
		}
	})
}

// heap is what is in use when all is swept that nobody holds.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestFollowersThatPingAndNeverReadAreCutOff(t *testing.T) {
	onEveryPath(t, func(t *testing.T, newHouse func(...func(*Deps)) *house) {
		h := newHouse(func(d *Deps) { d.Limits.Sockets.pace = pace{frame: 200 * time.Millisecond, bye: 50 * time.Millisecond} }).open()
		quick := h.follow("desk:hall", "clerk hall")
		quick.next()
		flood := make([]byte, 0, 300*131)
		for range 300 {
			flood = append(flood, ping(strings.Repeat("p", 125))...)
		}
		for range 20 {
			conn := h.rawSocket("office:hall")
			conn.(*net.TCPConn).SetReadBuffer(1024)
			toFirstFrame(t, conn)
			go func() {
				for {
					if _, err := conn.Write(flood); err != nil {
						return
					}
				}
			}()
		}
		for i := range 20 {
			h.notice(fmt.Sprint("round ", i))
			until(quick, func(v display.Desks) bool { return v.Notice == fmt.Sprint("round ", i) })
		}
		h.empties()
	})
}
