package main

import (
	"context"
	"fmt"

	"aufruf/server/app"
)

// keys are the keys that people's rows are sealed with.
type keys struct {
	Rewrap keysRewrap `cmd:"" help:"Seal people's rows with the newest town key, so that older ones may go. The server may run."`
}

type keysRewrap struct{ place }

func (c *keysRewrap) Run(ctx context.Context) error {
	db, err := c.openThere(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	notes, contacts, err := app.OpenPeople(db, c.Data)
	if err != nil {
		return err
	}
	n, err := contacts.Rewrap(ctx)
	if err != nil {
		return err
	}
	m, err := notes.Rewrap(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d contacts and %d notes are sealed with the newest key\n", n, m)
	return nil
}
