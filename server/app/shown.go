package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aufruf/server/forecast"
)

// The minutes that people were shown are no truth: a look ahead makes them anew.
// They are kept beside the database so that a start goes on from them in calm
// steps, and nobody sees a restart. Tickets stand in there by ids, which grant
// nothing; the file may be deleted.
const (
	shownFile  = "shown.json"
	shownEvery = 5 * time.Second // what a kill may cost is a step of this age
)

// loadShown reads what was shown last; nil when there is nothing to go on from.
func (a *App) loadShown() map[string]map[string]forecast.Shown {
	text, err := os.ReadFile(filepath.Join(a.opt.Data, shownFile))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			a.log.Warn("read what was shown", "error", err)
		}
		return nil
	}
	var kept map[string]map[string]forecast.Shown
	if err := json.Unmarshal(text, &kept); err != nil {
		a.log.Warn("read what was shown", "error", err)
		return nil
	}
	return kept
}

// keepShown writes it now and then until ctx ends.
func (a *App) keepShown(ctx context.Context) {
	tick := time.NewTicker(shownEvery)
	defer tick.Stop()
	var last []byte
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			last = a.saveShown(last)
		}
	}
}

// saveShown writes what is shown now, unless it is what was written last; it
// gives what stands in the file.
func (a *App) saveShown(last []byte) []byte {
	text, err := json.Marshal(a.ahead.Kept())
	if err == nil && bytes.Equal(text, last) {
		return last
	}
	if err == nil {
		err = replaceFile(filepath.Join(a.opt.Data, shownFile), text)
	}
	if err != nil {
		a.log.Warn("keep what is shown", "error", err)
		return last
	}
	return text
}

// replaceFile puts a text in a file's place, whole or not at all.
func replaceFile(name string, text []byte) error {
	draft := name + ".new"
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", draft, err)
	}
	return os.Rename(draft, name)
}
