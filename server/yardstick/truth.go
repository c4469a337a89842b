package yardstick

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// Truth is what came of one question: the I-th of the predict with this ID.
type Truth struct {
	ID       int     `json:"id"`
	I        int     `json:"i"`
	Key      string  `json:"key"`     // whom it is about: the same ticket has the same key
	Class    string  `json:"class"`   // "booked", "walkin" or "new"
	Issue    bool    `json:"issue"`   // asked at issue or check-in, or by a newcomer
	Trivial  bool    `json:"trivial"` // a desk that could serve this person stood idle
	At       int     `json:"at"`
	Minutes  float64 `json:"minutes"` // the offered wait from At
	Scenario string  `json:"scenario"`
}

// ReadTruth reads one truth a line.
func ReadTruth(r io.Reader) ([]Truth, error) {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), 1<<20)
	var all []Truth
	for n := 1; in.Scan(); n++ {
		if len(in.Bytes()) == 0 {
			continue
		}
		var t Truth
		if err := json.Unmarshal(in.Bytes(), &t); err != nil {
			return nil, fmt.Errorf("truth, line %d: %w", n, err)
		}
		if math.IsNaN(t.Minutes) || t.Minutes < 0 || t.I < 0 {
			return nil, fmt.Errorf("truth, line %d: no wait", n)
		}
		all = append(all, t)
	}
	return all, in.Err()
}
