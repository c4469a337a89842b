package replay

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// frame is the envelope that every screen gets.
type frame struct {
	Seq   uint64          `json:"seq"`
	Heart bool            `json:"heart"`
	View  json.RawMessage `json:"view"`
}

// follower keeps the newest view of a topic, coming back when the socket ends.
type follower struct {
	topic  string
	real   func() time.Time
	mu     sync.Mutex
	seq    uint64
	view   json.RawMessage
	frames int
	back   bool // a frame was older than one before
	each   func(view json.RawMessage, at time.Time)
}

func (f *follower) run(ctx context.Context, base, token string) {
	address := "ws" + strings.TrimPrefix(base, "http") + "/live?topic=" + url.QueryEscape(f.topic)
	for ctx.Err() == nil {
		f.read(ctx, address, token)
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (f *follower) read(ctx context.Context, address, token string) {
	head := http.Header{"Authorization": {"Bearer " + token}}
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPHeader: head})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var fr frame
		if json.Unmarshal(raw, &fr) != nil {
			return
		}
		f.take(fr, f.real())
	}
}

func (f *follower) take(fr frame, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frames++
	f.back = f.back || fr.Seq < f.seq
	f.seq = fr.Seq
	if !fr.Heart {
		f.view = fr.View
		if f.each != nil {
			f.each(fr.View, at)
		}
	}
}

func (f *follower) newest() (view json.RawMessage, seq uint64, wentBack bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view, f.seq, f.back
}
