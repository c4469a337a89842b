package display

import "time"

// Outbox is the page of messages that are not sent, for trying out. It names
// the people they are for, and is for who leads the office.
type Outbox struct {
	Messages []OutboxMessage `json:"messages"` // newest first
}

// OutboxMessage is one of them.
type OutboxMessage struct {
	N        int               `json:"n"`
	At       time.Time         `json:"at"`
	Office   map[string]string `json:"office"`
	Kind     string            `json:"kind"`
	Channel  string            `json:"channel"`
	Lang     string            `json:"lang"`
	To       string            `json:"to"`
	Subject  string            `json:"subject"` // of a mail
	Text     string            `json:"text"`
	ICS      string            `json:"ics"`  // of a mail; empty: none
	HTML     bool              `json:"html"` // it can be seen as a page
	Segments int               `json:"segments"`
	Unicode  bool              `json:"unicode"` // an SMS of 16-bit letters
}
