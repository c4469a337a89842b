package web

import "testing"

// After a transfer the list says what the person waits for now.
func TestListShowsWhatATransferredTicketWaitsFor(t *testing.T) {
	h := newHouse(t)
	h.open()
	h.draw("hall")
	for _, verb := range []string{"open", "next", "start"} {
		h.want(200, h.desk("clerk hall", "hall", "1", verb, ""))
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "transfer", `{"service":"residence"}`))
	q := h.want(200, h.get("clerk hall", "/api/v1/offices/hall/queue")).json(t)
	ticket := q["tickets"].([]any)[0].(map[string]any)
	item := ticket["services"].([]any)[0].(map[string]any)
	if ticket["state"] != "waiting" || item["id"] != "residence" {
		t.Errorf("%v waits for %v", ticket["state"], ticket["services"])
	}
}
