// Package journal is the truth about a queue: per office an append-only list
// of records, each chained to its predecessor. It promises that what Append
// acknowledged is there and unchanged, or is named as damaged; what a record
// means is for others to know.
package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"
)

// LastOpening, given to Read, means: start at the newest opening record.
const LastOpening = math.MaxUint64

var (
	// ErrConflict: the newest sequence number is not the one the append named.
	// Nothing was stored; read on and decide again.
	ErrConflict = errors.New("journal: somebody else appended first")
	// ErrReadOnly: the disk failed, so nobody can say what of it lasts. Nothing
	// is accepted until the journal is opened anew; it is never tried again.
	ErrReadOnly = errors.New("journal: read-only after a disk fault")
	// ErrDiskFull: there was no room and nothing was stored. It works again when
	// there is room.
	ErrDiskFull = errors.New("journal: disk full")
	// ErrTrimmed: while a reader was under way, what it had still to read was
	// trimmed. Reading anew starts at the first kept record.
	ErrTrimmed = errors.New("journal: trimmed while being read")
	// ErrClosed: the journal was closed; nothing was stored.
	ErrClosed = errors.New("journal: closed")
)

// Record is one fact of one office. It holds no personal data: By is an opaque
// id, and Body is the business of package queue.
type Record struct {
	Office string
	// Seq is the place in the office's journal, from 1 on and growing; numbers
	// may be missing. Append assigns it.
	Seq uint64
	// At is UTC with nanoseconds, between the years 1678 and 2262; the caller
	// sees to it that it never goes back within an office.
	At time.Time
	// ID names the request, By who made it.
	ID, By string
	// Opening marks the first record of a day, which carries all that lives on.
	Opening bool
	// Hash is the SHA-256 of the request. Sum is the chain: the SHA-256 of the
	// predecessor's Sum and of every other field. Append assigns it.
	Hash, Sum [32]byte
	Body      []byte
}

// Journal keeps the records of all offices. Its methods may be called from
// anywhere at once.
type Journal interface {
	// Append stores records of one office, all or none, and returns the sequence
	// number of the last one when they are durable. It is refused with
	// ErrConflict unless the office's newest number is after (0: no record yet).
	// The records given are not changed. Where ctx ends first they may still be
	// read for a while, so the caller does not write to them then.
	//
	// When ctx ends the outcome is unknown: the records may be stored, or may be
	// stored a moment later. Whoever needs to know reads on, looks for its ID,
	// and appends after what it found: the number then decides that at most one
	// of the two is there. ErrReadOnly leaves the outcome open as well until the
	// journal is opened anew; after ErrConflict, ErrDiskFull and ErrClosed nothing
	// was stored.
	Append(ctx context.Context, rs []Record, after uint64) (seq uint64, err error)

	// Read gives the records with a number greater than after, in order, as far
	// as they are stored; with LastOpening it begins with the newest opening
	// record, or with the first record if there is no opening. What was trimmed
	// is not given. Every record is checked against its predecessor; a damaged
	// one ends the sequence with a *DamageError and is never skipped. Any error
	// is the last element.
	Read(ctx context.Context, office string, after uint64) iter.Seq2[Record, error]

	// Watch returns a channel that gets a poke after an append to the office:
	// nothing but a reason to read on. Pokes not yet taken are merged into one.
	// The channel is closed when ctx ends.
	Watch(ctx context.Context, office string) (<-chan struct{}, error)

	// Trim removes the records with a number less than before, but never the
	// newest opening record nor what follows it. What remains can still be
	// checked against what was removed.
	Trim(ctx context.Context, office string, before uint64) error
}

// DamageError names a record that is not as it was stored, or whose
// predecessor is not. It is a fault that a person must look at.
type DamageError struct {
	Office string
	Seq    uint64
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("journal of office %s is damaged at record %d", e.Office, e.Seq)
}
