// Package people keeps what is personal and must be erased: how people are
// called and reached, and clerks' notes on tickets. Every row is sealed with a
// key of its own, which is wrapped with the town's key, so that a copied
// database betrays nothing.
package people

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

var (
	// ErrNone: there is no note, or no contact.
	ErrNone = errors.New("nothing is kept of this")
	// ErrLong: a note has at most 2000 characters.
	ErrLong = errors.New("a note has at most 2000 characters")
)

const longestNote = 2000 // characters

// Key names a note: one per ticket of an office.
type Key struct{ Office, Ticket string }

func (k Key) context() string { return fmt.Sprintf("note %d:%s %s", len(k.Office), k.Office, k.Ticket) }

// Row is a sealed note as stored.
type Row struct {
	Key
	Day string // the office's local day, "2026-03-29"
	Sealed
}

// Store keeps the rows.
type Store interface {
	PutNote(ctx context.Context, r Row) error                        // replaces
	Note(ctx context.Context, k Key) (Row, error)                    // ErrNone
	EraseNote(ctx context.Context, k Key) error                      // erased like EraseNotes; none there is fine
	EraseNotes(ctx context.Context, office, day string) (int, error) // of this day and before; gone from the file when it returns
	// RewrapNotes puts what f makes of each row that another key wraps, if it is
	// still as it was read, and leaves no copy of the old one in a file.
	RewrapNotes(ctx context.Context, keyID string, f func(Row) (Sealed, error)) (int, error)
}

// Notes are clerks' notes on tickets.
type Notes struct {
	store Store
	seal  *Seal
	// OnRead is told before a note is given out, and can refuse it: the audit.
	OnRead func(ctx context.Context, by string, k Key) error
}

// NewNotes makes notes on their rows.
func NewNotes(store Store, seal *Seal) *Notes { return &Notes{store: store, seal: seal} }

// Put stores a ticket's note in place of the one before; an empty text erases
// it. day is the office's local day, "2026-03-29".
func (n *Notes) Put(ctx context.Context, k Key, day, text string) error {
	if text == "" {
		return n.store.EraseNote(ctx, k)
	}
	if utf8.RuneCountInString(text) > longestNote {
		return ErrLong
	}
	sealed, err := n.seal.Close([]byte(text), k.context())
	if err != nil {
		return err
	}
	return n.store.PutNote(ctx, Row{Key: k, Day: day, Sealed: sealed})
}

// Get gives a ticket's note to by, an opaque id, or ErrNone.
func (n *Notes) Get(ctx context.Context, by string, k Key) (string, error) {
	r, err := n.store.Note(ctx, k)
	if err != nil {
		return "", err
	}
	if n.OnRead != nil {
		if err := n.OnRead(ctx, by, k); err != nil {
			return "", err
		}
	}
	text, err := n.seal.Open(r.Sealed, k.context())
	if err != nil {
		return "", fmt.Errorf("open note: %w", err)
	}
	return string(text), nil
}

// EraseDay erases the notes of an office of a day and of all days before, and
// says how many. They are gone from the file when it returns; on an error call
// it again, it then finishes what was begun.
func (n *Notes) EraseDay(ctx context.Context, office, day string) (int, error) {
	return n.store.EraseNotes(ctx, office, day)
}

// Rewrap seals the data keys of all notes with the newest town key, and says
// how many it changed.
func (n *Notes) Rewrap(ctx context.Context) (int, error) {
	return n.store.RewrapNotes(ctx, n.seal.newest, func(r Row) (Sealed, error) { return n.seal.Rewrap(r.Sealed, r.Key.context()) })
}
