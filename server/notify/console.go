package notify

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// consoleKept is how many messages the console remembers.
const consoleKept = 200

// Shown is a message as the console shows it. It is personal and lies in memory
// alone.
type Shown struct {
	N        int
	At       time.Time
	Office   string
	Kind     Kind
	Channel  Channel
	Lang     string
	To       string
	Subject  string
	Text     string
	HTML     string
	ICS      string
	Segments int
	GSM      bool
}

// ConsoleBox takes messages where nothing shall leave the house.
type ConsoleBox struct {
	mu   sync.Mutex
	n    int
	kept []Shown
}

func (b *ConsoleBox) again() bool { return true }

func (b *ConsoleBox) send(_ context.Context, m *message) (receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	s := Shown{N: b.n, At: m.row.Changed, Office: m.row.Office, Kind: m.row.Kind, Channel: m.row.Channel, Lang: m.lang, To: m.to,
		Subject: m.subject, Text: m.text, HTML: m.html, ICS: m.ics, Segments: m.segments}
	if m.row.Channel == SMS {
		_, s.GSM = Segments(m.text)
	}
	b.kept = append(b.kept, s)
	b.kept = b.kept[max(0, len(b.kept)-consoleKept):]
	return receipt{id: fmt.Sprint("console-", b.n)}, nil
}

// Messages are those that were taken, the newest first.
func (b *ConsoleBox) Messages() []Shown {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Clone(b.kept)
	slices.Reverse(all)
	return all
}

// Console is the box of the channels that are one, or nil.
func (n *Notify) Console() *ConsoleBox { return n.console }
