package web

import (
	"strings"
	"testing"
)

func TestPlainRequestOfASocketIsRefusedInWords(t *testing.T) {
	h := newHouse(t)
	a := h.want(426, h.get("", "/live?topic=office:hall"))
	if title, _ := a.json(t)["title"].(string); title == "" || strings.HasPrefix(title, "error.") {
		t.Errorf("title %q", title)
	}
}
