package app

import (
	"context"

	"aufruf/server/office"
	"aufruf/server/queue"
)

// taking is an office that takes commands of a room of ours; by stands in their
// records.
type taking struct {
	*office.Office
	by string
}

// Give gives a command once under a key: given again, it is answered as it was.
func (t taking) Give(ctx context.Context, key string, c queue.Command) (*queue.Answer, error) {
	r, err := t.Do(ctx, office.Request{ID: office.RequestID(t.by, key), By: t.by, Command: c})
	return r.Answer, err
}
