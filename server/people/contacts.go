package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ContactRow is a sealed contact as stored, with the hashes it is found by;
// reading does not bring the hashes.
type ContactRow struct {
	Whose
	Until time.Time
	Sealed
	Hashes [][]byte
}

// Erasing says whose contact goes, why, and when that is; Day is the local day
// under which it is counted.
type Erasing struct {
	Whose
	Why, Day string
	At       time.Time
}

// ContactStore keeps the rows. A row's hashes are put and go together with it.
type ContactStore interface {
	PutContact(ctx context.Context, r ContactRow) error // replaces
	Contact(ctx context.Context, w Whose) (ContactRow, error)
	// MoveContact puts to in place of from, if that is still the row that was
	// read; false if not.
	MoveContact(ctx context.Context, from, to ContactRow) (bool, error)
	KeepContact(ctx context.Context, w Whose, until time.Time) error // ErrNone
	// FindContacts are the rows of an office under a hash, those that end first
	// first.
	FindContacts(ctx context.Context, office string, hash []byte, limit int) ([]ContactRow, error)
	// EraseContact and EraseContactsDue return when nothing of the rows is in a
	// file any more, and count what they erased; zone gives an office's local
	// day. After an error the next call finishes what was begun.
	EraseContact(ctx context.Context, e Erasing) (int, error)
	EraseContactsDue(ctx context.Context, now time.Time, day func(office string) string) (int, error)
	KeptContacts(ctx context.Context, office string) ([]KeptKind, error)
	ErasedContacts(ctx context.Context, office, since string) ([]ErasedDay, error)
	// RewrapContacts puts what f makes of each row that another key wraps, if it
	// is still as it was read, and leaves no copy of the old one in a file.
	RewrapContacts(ctx context.Context, keyID string, f func(ContactRow) (Sealed, error)) (int, error)
}

// Contacts are how people are called and reached, each kept to its end.
type Contacts struct {
	store ContactStore
	seal  *Seal
	find  []byte
	// OnRead is told before a contact is given out to a person, and can refuse
	// it: the audit. by is an opaque id.
	OnRead func(ctx context.Context, by string, w Whose) error
	// Now is the time in an office's zone, for the days under which erased
	// contacts are counted. It is set before anything is erased.
	Now func(office string) time.Time
}

// NewContacts makes contacts on their rows; find is the key of the hashes they
// are found by, and stays the same for ever.
func NewContacts(store ContactStore, seal *Seal, find []byte) *Contacts {
	return &Contacts{store: store, seal: seal, find: find}
}

// Put stores a contact until then, in place of the one before.
func (c *Contacts) Put(ctx context.Context, w Whose, contact Contact, until time.Time) error {
	r, err := c.row(w, contact, until)
	if err != nil {
		return err
	}
	return c.store.PutContact(ctx, r)
}

func (c *Contacts) row(w Whose, contact Contact, until time.Time) (ContactRow, error) {
	text, err := json.Marshal(contact)
	if err != nil {
		return ContactRow{}, errors.New("a contact that cannot be written") // its error may name the person
	}
	sealed, err := c.seal.Close(text, w.context())
	if err != nil {
		return ContactRow{}, err
	}
	return ContactRow{Whose: w, Until: until, Sealed: sealed, Hashes: hashesOf(c.find, w.Office, contact)}, nil
}

func (c *Contacts) open(r ContactRow) (Contact, error) {
	text, err := c.seal.Open(r.Sealed, r.Whose.context())
	if err != nil {
		return Contact{}, fmt.Errorf("open contact: %w", err)
	}
	var contact Contact
	if json.Unmarshal(text, &contact) != nil {
		return Contact{}, errors.New("a contact that cannot be read")
	}
	return contact, nil
}

// Get gives a contact to by, an opaque id, or ErrNone. It is audited.
func (c *Contacts) Get(ctx context.Context, by string, w Whose) (Contact, error) {
	r, err := c.store.Contact(ctx, w)
	if err != nil {
		return Contact{}, err
	}
	if err := c.told(ctx, by, w); err != nil {
		return Contact{}, err
	}
	return c.open(r)
}

func (c *Contacts) told(ctx context.Context, by string, w Whose) error {
	if c.OnRead == nil {
		return nil
	}
	return c.OnRead(ctx, by, w)
}

// Recipient gives a contact to the program itself, for messages and for the
// marks of needs, or ErrNone. It is not audited; nobody may be shown what it
// gives.
func (c *Contacts) Recipient(ctx context.Context, w Whose) (Contact, error) {
	r, err := c.store.Contact(ctx, w)
	if err != nil {
		return Contact{}, err
	}
	return c.open(r)
}

const (
	foundMost    = 20
	searchedMost = 500 // rows that are opened for a search by letters
)

// Find searches an office's contacts by a telephone number or by a surname:
// whole, or its first three letters and more. At most 20 are given out to by,
// those that end first first, each of them audited.
func (c *Contacts) Find(ctx context.Context, by, office, text string) ([]Found, error) {
	found, err := c.search(ctx, office, strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	found = found[:min(len(found), foundMost)]
	for _, f := range found {
		if err := c.told(ctx, by, f.Whose); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (c *Contacts) search(ctx context.Context, office, text string) ([]Found, error) {
	if number, _, code := parsePhone(text); code == "" {
		return c.under(ctx, office, byPhone, number, foundMost)
	}
	name := foldName(text)
	if name == "" {
		return nil, nil
	}
	found, err := c.under(ctx, office, bySurname, name, foundMost)
	if err != nil || len(found) == foundMost || len([]rune(name)) < lettersSearched {
		return found, err
	}
	alike, err := c.under(ctx, office, byLetters, firstLetters(name), searchedMost)
	for _, f := range alike {
		if folded := foldName(f.Surname); folded != name && strings.HasPrefix(folded, name) {
			found = append(found, f)
		}
	}
	return found, err
}

// under opens the contacts under a hash.
func (c *Contacts) under(ctx context.Context, office, purpose, text string, limit int) ([]Found, error) {
	rows, err := c.store.FindContacts(ctx, office, hashOf(c.find, office, purpose, text), limit)
	if err != nil {
		return nil, err
	}
	var found []Found
	for _, r := range rows {
		contact, err := c.open(r)
		if err != nil {
			return nil, err
		}
		found = append(found, Found{Whose: r.Whose, Contact: contact})
	}
	return found, nil
}

// heldMost bounds how much one telephone number is said to hold.
const heldMost = 1000

// OfPhone is all that a telephone number holds in an office. Nothing of it is
// opened. A text that is no number holds nothing.
func (c *Contacts) OfPhone(ctx context.Context, office, phone string) ([]Whose, error) {
	number, _, code := parsePhone(strings.TrimSpace(phone))
	if code != "" {
		return nil, nil
	}
	rows, err := c.store.FindContacts(ctx, office, hashOf(c.find, office, byPhone, number), heldMost)
	var all []Whose
	for _, r := range rows {
		all = append(all, r.Whose)
	}
	return all, err
}

// OfPhoneEnd is what is held under the last digits of a telephone number, four
// or more, and the first letter of a surname: check-in at the kiosk. Nothing of
// a contact is given out. Fewer digits or no letter find nothing.
func (c *Contacts) OfPhoneEnd(ctx context.Context, office, digits, initial string) ([]Whose, error) {
	digits = strings.Map(digit, digits)
	letter := []rune(foldName(initial))
	if len(digits) < endDigits || len(letter) == 0 {
		return nil, nil
	}
	found, err := c.under(ctx, office, byEnd, endOf(digits, letter[0]), heldMost)
	var all []Whose
	for _, f := range found {
		whole := strings.Map(digit, f.Phone)
		// A number typed as it is dialled at home begins with a zero that it has not.
		if strings.HasSuffix(whole, digits) || len(digits) > 7 && strings.HasSuffix(whole, strings.TrimLeft(digits, "0")) {
			all = append(all, f.Whose)
		}
	}
	return all, err
}

// SetRemind sets whether a person is reminded, or is ErrNone. The rest of the
// contact stays, and so does its end.
func (c *Contacts) SetRemind(ctx context.Context, w Whose, remind bool) error {
	for {
		old, err := c.store.Contact(ctx, w)
		if err != nil {
			return err
		}
		contact, err := c.open(old)
		if err != nil || contact.Remind == remind {
			return err
		}
		contact.Remind = remind
		r, err := c.row(w, contact, old.Until)
		if err != nil {
			return err
		}
		if changed, err := c.store.MoveContact(ctx, old, r); err != nil || changed {
			return err
		}
		if err := ctx.Err(); err != nil { // it was changed meanwhile: once more
			return err
		}
	}
}

// Keep gives a contact another end, or is ErrNone.
func (c *Contacts) Keep(ctx context.Context, w Whose, until time.Time) error {
	return c.store.KeepContact(ctx, w, until)
}

// Move puts a contact under another id with another end: a wish becomes an
// appointment. What was there is replaced. ErrNone: there is none to move.
func (c *Contacts) Move(ctx context.Context, from, to Whose, until time.Time) error {
	if from == to {
		return c.Keep(ctx, to, until)
	}
	for {
		old, err := c.store.Contact(ctx, from)
		if err != nil {
			return err
		}
		contact, err := c.open(old)
		if err != nil {
			return err
		}
		r, err := c.row(to, contact, until)
		if err != nil {
			return err
		}
		if moved, err := c.store.MoveContact(ctx, old, r); err != nil || moved {
			return err
		}
		if err := ctx.Err(); err != nil { // it was changed meanwhile: once more
			return err
		}
	}
}

// Erase erases a contact at once: the row, its key and its hashes are in no
// file when it returns. None is fine.
func (c *Contacts) Erase(ctx context.Context, w Whose, why string) error {
	now := c.now(w.Office)
	_, err := c.store.EraseContact(ctx, Erasing{Whose: w, Why: why, Day: dayOf(now), At: now})
	return err
}

// EraseDue erases the contacts whose time is up, and says how many.
func (c *Contacts) EraseDue(ctx context.Context, now time.Time) (int, error) {
	return c.store.EraseContactsDue(ctx, now, func(office string) string { return dayOf(now.In(c.now(office).Location())) })
}

func (c *Contacts) now(office string) time.Time {
	if c.Now == nil {
		return time.Time{}
	}
	return c.Now(office)
}

func dayOf(t time.Time) string { return t.Format(time.DateOnly) }

// Kept says how many contacts of each kind an office keeps.
func (c *Contacts) Kept(ctx context.Context, office string) ([]KeptKind, error) {
	return c.store.KeptContacts(ctx, office)
}

// Erased says what an office erased since a day, "2026-03-29", the newest day
// first. No id of anybody is in it.
func (c *Contacts) Erased(ctx context.Context, office string, since string) ([]ErasedDay, error) {
	return c.store.ErasedContacts(ctx, office, since)
}

// Rewrap seals the data keys of all contacts with the newest town key, and says
// how many it changed; then the older keys may go.
func (c *Contacts) Rewrap(ctx context.Context) (int, error) {
	return c.store.RewrapContacts(ctx, c.seal.newest, func(r ContactRow) (Sealed, error) {
		return c.seal.Rewrap(r.Sealed, r.Whose.context())
	})
}
