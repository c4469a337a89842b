package web

import (
	"bytes"
	"strings"
	"testing"
)

func TestANumberIsDrawnCalledAndServed(t *testing.T) {
	h := newHouse(t).open()
	drawn := h.draw("hall")
	if drawn["number"] != "A001" || !strings.HasPrefix(drawn["link"].(string), "/t/") || len(drawn["link"].(string)) != len("/t/")+26 {
		t.Fatalf("drawn %v", drawn)
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	called := h.want(200, h.desk("clerk hall", "hall", "1", "next", ``)).json(t)
	ticket, _ := called["ticket"].(map[string]any)
	if ticket == nil || ticket["number"] != "A001" || ticket["state"] != "called" || ticket["started_at"] != nil {
		t.Fatalf("called %v", called)
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "start", `{}`))
	empty := h.want(200, h.desk("clerk hall", "hall", "1", "next", `{}`))
	if got := empty.json(t); got["ticket"] != nil || got["next"] != nil {
		t.Fatalf("an empty line gives %v", got)
	}
	line := h.want(200, h.get("reception hall", "/api/v1/offices/hall/queue"))
	if !bytes.Contains(line.body, []byte(`"state":"done"`)) {
		t.Fatalf("queue %s", line.body)
	}
}
