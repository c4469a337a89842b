package forecast

import (
	"slices"

	"aufruf/server/queue"
)

// Watch is what the records say about the desks beyond the state, today.
type Watch struct{ desks []DeskWatch }

// DeskWatch is one desk as watched.
type DeskWatch struct {
	ID        string
	FreeSince int64 // last finish, no-show, opening or return; 0: none today, or busy since
	After     After
	Back      int64  // last opening or return
	Away      bool   // somebody waited while it stood free, and it did not call
	sample    sample // the last case, until nobody can take it back
}

// sample is one measured case that may still be undone.
type sample struct {
	seq    uint64
	units  float64
	items  []queue.Item
	length int64
	free   bool // nobody who could be called there waited meanwhile
}

func (w *Watch) desk(id string) DeskWatch {
	if w != nil {
		for i := range w.desks {
			if w.desks[i].ID == id {
				return w.desks[i]
			}
		}
	}
	return DeskWatch{ID: id}
}

// at is the place of a desk, made if it is not there.
func (w *Watch) at(id string) *DeskWatch {
	i := slices.IndexFunc(w.desks, func(d DeskWatch) bool { return d.ID == id })
	if i < 0 {
		i = len(w.desks)
		w.desks = append(w.desks, DeskWatch{ID: id})
	}
	return &w.desks[i]
}
