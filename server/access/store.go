package access

import (
	"context"
	"time"
)

// Account is a row of a person who works here.
type Account struct {
	ID       string
	Name     string // as typed, normalised; unique without regard to case
	Password string // argon2id with its parameters and salt
	Disabled bool
	Created  time.Time
	Grants   []Grant
}

// Credential is a row of a secret that was given out: a session, a token or a
// device. The row lives as long as the secret is good.
type Credential struct {
	ID      string // "ses_…", "tok_…", "dev_…"
	Kind    Kind
	Hash    [32]byte // SHA-256 of the secret
	Account string   // of a session
	Label   string   // of a token or device
	Grants  []Grant  // of a token or device; a session has its account's
	Created time.Time
	Used    time.Time // coarse: at most once a minute
	Ends    time.Time // zero: never
}

// Entry is one line of the audit. Actor and Object are opaque ids, never
// names.
type Entry struct {
	At                 time.Time
	Actor, Act, Object string
}

// Store keeps the rows. Every method is one transaction; a lookup without a
// find is ErrUnknown. It may be used by several processes at once.
type Store interface {
	Accounts
	Credentials
	// AddEntry appends to the audit, from which nothing can be removed.
	AddEntry(ctx context.Context, e Entry) error
	// Entries gives the newest lines of the audit, newest first.
	Entries(ctx context.Context, limit int) ([]Entry, error)
	// EntriesBetween gives the lines from one instant to before another whose
	// object begins so, oldest first.
	EntriesBetween(ctx context.Context, from, to time.Time, object string, limit int) ([]Entry, error)
}

// Accounts keeps the rows of accounts.
type Accounts interface {
	// AddAccount is refused with ErrNameTaken, and with ErrSetupUsed if it is to
	// be the first and is not.
	AddAccount(ctx context.Context, a Account, first bool) error
	// SetAccount replaces password, grants and disabled of the account with this
	// id and ends its sessions; it returns their ids.
	SetAccount(ctx context.Context, a Account) (ended []string, err error)
	// AccountNamed finds by name without regard to case.
	AccountNamed(ctx context.Context, name string) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)
}

// Credentials keeps the rows of sessions, tokens and devices.
type Credentials interface {
	// AddCredential also removes those that ended before this one was created.
	AddCredential(ctx context.Context, c Credential) error
	// Credential finds by the secret's hash; for a session with its account.
	Credential(ctx context.Context, kind Kind, hash [32]byte) (Credential, Account, error)
	// UseCredential notes when it was last used.
	UseCredential(ctx context.Context, id string, at time.Time) error
	// EndCredential removes the one with this id.
	EndCredential(ctx context.Context, id string) error
	Credentials(ctx context.Context, kind Kind) ([]Credential, error)
}
