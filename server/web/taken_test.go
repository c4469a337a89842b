package web

import (
	"testing"

	"aufruf/display"
)

// The socket is the same for who follows, whichever path serves it.
func TestATakenOverSocketGetsWhatHappens(t *testing.T) {
	h := newHouse(t, takenOver).open()
	drawn := h.draw("hall")
	phone := h.follow("ticket:"+secretOf(drawn["link"]), "")
	until(phone, func(v display.Phone) bool { return v.Place == 1 && v.State == "waiting" })
	if n := h.deps.Wire.Followers(); n != 1 {
		t.Fatalf("%d sockets were taken over", n)
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	h.want(200, h.desk("clerk hall", "hall", "1", "next", ``))
	until(phone, func(v display.Phone) bool { return v.State == "called" && v.Desk.Desk == "1" })
}
