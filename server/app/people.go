package app

import (
	"context"
	"os"
	"time"

	"aufruf/server/access"
	"aufruf/server/people"
	"aufruf/server/sqlite"
)

// OpenPeople are notes and contacts in a file, sealed with the town's keys: for
// the server, and for the command that changes keys.
func OpenPeople(db *sqlite.DB, data string) (*people.Notes, *people.Contacts, error) {
	secrets, err := access.LoadSecrets(data)
	if err != nil {
		return nil, nil, err
	}
	return openPeople(db, secrets)
}

func openPeople(db *sqlite.DB, secrets *access.Secrets) (*people.Notes, *people.Contacts, error) {
	keys, err := people.TownKeys(os.Getenv, secrets.PeopleKey())
	if err != nil {
		return nil, nil, err
	}
	seal, err := people.NewSeal(keys...)
	if err != nil {
		return nil, nil, err
	}
	return people.NewNotes(db, seal), people.NewContacts(db, seal, secrets.FindKey()), nil
}

// startPeople opens them with the audit of every look.
func (a *App) startPeople(secrets *access.Secrets) (err error) {
	if a.notes, a.people, err = openPeople(a.db, secrets); err != nil {
		return err
	}
	a.notes.OnRead = func(ctx context.Context, by string, k people.Key) error {
		return a.access.Audit(ctx, by, "read_note", k.Ticket, a.now())
	}
	a.people.OnRead = func(ctx context.Context, by string, w people.Whose) error {
		return a.access.Audit(ctx, by, "read_contact", w.ID, a.now())
	}
	a.people.Now = a.nowIn
	return nil
}

// nowIn is the time in an office's zone.
func (a *App) nowIn(office string) time.Time {
	for _, r := range a.opt.Config.AllRules() {
		if r.Office == office {
			return a.now().In(r.Hours.Zone)
		}
	}
	return a.now()
}
