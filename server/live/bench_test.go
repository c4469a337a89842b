package live

import (
	"log/slog"
	"testing"
	"time"

	"aufruf/display"
	"aufruf/server/queue"
)

// followed is an office in which n people wait and follow their tickets, with a
// board.
func followed(b *testing.B, n int) (h *house, c *Cast, lobby *Seat) {
	b.Helper()
	h = newHouse("hall", "A") // not in the cast's care yet
	h.press(queue.OpenDesk{Desk: "2"})
	var tickets []string
	for range n {
		tickets = append(tickets, h.draw("pass"))
	}
	c = NewCast(NewHub(), []Source{h}, Options{Screens: []display.Screen{{ID: "lobby", Office: "hall", Languages: []string{"de"}}},
		Build: "b1", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	h.cast = c
	b.Cleanup(c.Close)
	for _, id := range tickets {
		if _, err := c.Follow(phone(id)); err != nil {
			b.Fatal(err)
		}
	}
	lobby, err := c.Follow(board)
	if err != nil {
		b.Fatal(err)
	}
	return h, c, lobby
}

// From a stored state to the board's frame, while 500 phones follow.
func BenchmarkCallToBoard(b *testing.B) {
	h, _, lobby := followed(b, 500)
	h.press(queue.CallNext{Desk: "2"})
	for b.Loop() {
		h.press(queue.Recall{Desk: "2"}) // each is news on the board
		want := h.State().Seq
		for {
			f, err := lobby.Next(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if f.Seq == want {
				break
			}
		}
	}
}

// One round of all phones, which runs at most five times a second.
func BenchmarkRoundOf500Phones(b *testing.B) {
	_, c, _ := followed(b, 500)
	k := c.offices[0]
	c.Close()
	for b.Loop() {
		k.phones(c.moment())
	}
}

// What a follower costs besides its socket.
func BenchmarkJoin(b *testing.B) {
	_, c, _ := followed(b, 500)
	b.ReportAllocs()
	for b.Loop() {
		c.hub.Join(board).Leave()
	}
}
