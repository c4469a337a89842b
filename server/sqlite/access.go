package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aufruf/server/access"

	"github.com/mattn/go-sqlite3"
)

var _ access.Store = (*DB)(nil)

const accountColumns = `account.id, account.name, account.password, account.disabled, account.created, account.grants`

// scanner is a row of either kind.
type scanner interface{ Scan(dest ...any) error }

func scanAccount(row scanner) (a access.Account, err error) {
	var created int64
	var grants string
	if err = row.Scan(&a.ID, &a.Name, &a.Password, &a.Disabled, &created, &grants); err != nil {
		return a, unknown(err)
	}
	a.Created = instant(created)
	return a, json.Unmarshal([]byte(grants), &a.Grants)
}

// AddAccount implements access.Accounts.
func (db *DB) AddAccount(ctx context.Context, a access.Account, first bool) error {
	grants, err := json.Marshal(a.Grants)
	if err != nil {
		return err
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		if first {
			var n int
			if err := tx.QueryRow(`SELECT count(*) FROM account`).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return access.ErrSetupUsed
			}
		}
		_, err := tx.Exec(`INSERT INTO account (id, name, folded, password, disabled, created, grants) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.Name, a.FoldName(), a.Password, a.Disabled, a.Created.UnixNano(), string(grants))
		return err
	})
	var e sqlite3.Error
	if errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique {
		return access.ErrNameTaken // the driver's own text would name the column alone, but let nothing through
	}
	return err
}

// SetAccount implements access.Accounts.
func (db *DB) SetAccount(ctx context.Context, a access.Account) (ended []string, err error) {
	grants, err := json.Marshal(a.Grants)
	if err != nil {
		return nil, err
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE account SET password = ?, disabled = ?, grants = ? WHERE id = ?`,
			a.Password, a.Disabled, string(grants), a.ID)
		if err := oneRow(res, err); err != nil {
			return err
		}
		ended, err = texts(tx.Query(`DELETE FROM credential WHERE account = ? RETURNING id`, a.ID))
		return err
	})
	return ended, err
}

// AccountNamed implements access.Accounts.
func (db *DB) AccountNamed(ctx context.Context, name string) (access.Account, error) {
	return scanAccount(db.readers.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account WHERE folded = ?`,
		access.Account{Name: name}.FoldName()))
}

// Accounts implements access.Accounts.
func (db *DB) Accounts(ctx context.Context) ([]access.Account, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT `+accountColumns+` FROM account ORDER BY folded`)
	return collect(rows, err, func(rows *sql.Rows) (access.Account, error) { return scanAccount(rows) })
}

const credentialColumns = `credential.id, credential.kind, credential.hash, coalesce(credential.account, ''), credential.label,
	credential.grants, credential.created, credential.used, credential.ends`

func scanCredential(row scanner) (c access.Credential, err error) {
	var created, used, ends int64
	var hash []byte
	var grants string
	if err = row.Scan(&c.ID, &c.Kind, &hash, &c.Account, &c.Label, &grants, &created, &used, &ends); err != nil {
		return c, unknown(err)
	}
	if len(hash) != 32 {
		return c, fmt.Errorf("credential %s: %w", c.ID, ErrDamaged)
	}
	c.Hash = [32]byte(hash)
	c.Created, c.Used, c.Ends = instant(created), instant(used), instant(ends)
	return c, json.Unmarshal([]byte(grants), &c.Grants)
}

// AddCredential implements access.Credentials.
func (db *DB) AddCredential(ctx context.Context, c access.Credential) error {
	grants, err := json.Marshal(c.Grants)
	if err != nil {
		return err
	}
	account := sql.NullString{String: c.Account, Valid: c.Account != ""}
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM credential WHERE ends != 0 AND ends <= ?`, c.Created.UnixNano()); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO credential (id, kind, hash, account, label, grants, created, used, ends)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			c.ID, string(c.Kind), c.Hash[:], account, c.Label, string(grants), nanos(c.Created), nanos(c.Used), nanos(c.Ends))
		return err
	})
}

// Credential implements access.Credentials.
func (db *DB) Credential(ctx context.Context, kind access.Kind, hash [32]byte) (access.Credential, access.Account, error) {
	c, err := scanCredential(db.row(ctx, `SELECT `+credentialColumns+` FROM credential WHERE hash = ? AND kind = ?`,
		hash[:], string(kind)))
	if err != nil || c.Account == "" {
		return c, access.Account{}, err
	}
	a, err := scanAccount(db.row(ctx, `SELECT `+accountColumns+` FROM account WHERE id = ?`, c.Account))
	return c, a, err
}

// UseCredential implements access.Credentials.
func (db *DB) UseCredential(ctx context.Context, id string, at time.Time) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE credential SET used = max(used, ?) WHERE id = ?`, nanos(at), id)
		return err
	})
}

// EndCredential implements access.Credentials.
func (db *DB) EndCredential(ctx context.Context, id string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		return oneRow(tx.Exec(`DELETE FROM credential WHERE id = ?`, id))
	})
}

// Credentials implements access.Credentials.
func (db *DB) Credentials(ctx context.Context, kind access.Kind) ([]access.Credential, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT `+credentialColumns+` FROM credential WHERE kind = ? ORDER BY created, id`, string(kind))
	return collect(rows, err, func(rows *sql.Rows) (access.Credential, error) { return scanCredential(rows) })
}

// AddEntry implements access.Store.
func (db *DB) AddEntry(ctx context.Context, e access.Entry) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO audit (at, actor, act, object) VALUES (?, ?, ?, ?)`, nanos(e.At), e.Actor, e.Act, e.Object)
		return err
	})
}

// Entries implements access.Store.
func (db *DB) Entries(ctx context.Context, limit int) ([]access.Entry, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT at, actor, act, object FROM audit ORDER BY seq DESC LIMIT ?`, limit)
	return collect(rows, err, scanEntry)
}

// EntriesBetween implements access.Store.
func (db *DB) EntriesBetween(ctx context.Context, from, to time.Time, object string, limit int) ([]access.Entry, error) {
	rows, err := db.readers.QueryContext(ctx, `SELECT at, actor, act, object FROM audit
		WHERE at >= ? AND at < ? AND substr(object, 1, length(?)) = ? ORDER BY seq LIMIT ?`, nanos(from), nanos(to), object, object, limit)
	return collect(rows, err, scanEntry)
}

func scanEntry(rows *sql.Rows) (e access.Entry, err error) {
	var at int64
	err = rows.Scan(&at, &e.Actor, &e.Act, &e.Object)
	e.At = instant(at)
	return e, err
}
