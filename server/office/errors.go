package office

import "errors"

// Faults of Do, besides a *queue.Refusal. The words for them are in the
// catalogue under "error.".
var (
	// ErrKeyReused: the request's id was used before for something else.
	ErrKeyReused = errors.New("idempotency key reused with another request")
	// ErrReadOnly: the disk failed; nothing is accepted until the program is
	// started again. Reads and screens go on.
	ErrReadOnly = errors.New("office is read-only after a disk fault")
	// ErrDiskFull: nothing was stored; it works again when there is room.
	ErrDiskFull = errors.New("disk full")
	// ErrUnknown: no answer in time. The command may or may not have happened;
	// the same id may be given again and will get the true answer.
	ErrUnknown = errors.New("outcome unknown")
	// ErrBusy: too much is waiting already; nothing happened.
	ErrBusy = errors.New("office busy")
	// ErrStopped: the program is shutting down; nothing happened.
	ErrStopped = errors.New("office stopped")
)
