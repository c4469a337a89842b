package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A backup is taken while six desks press next. Restored elsewhere it verifies
// clean and holds every command that was answered before it began.
func TestBackupUnderLoadHoldsWhatWasAnsweredBefore(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	clerk, reception := p.token("clerk", "hall"), p.token("reception", "hall")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var mu sync.Mutex
	var answered []*pressed
	var wg sync.WaitGroup
	for w := range 7 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				c, token := command(w, 0, i), clerk
				if w == 6 {
					token = reception
				}
				a, err := p.post(ctx, token, c.key, c.path, c.body)
				if err == nil && a.status < 300 {
					c.answer = a.body
					mu.Lock()
					answered = append(answered, c)
					mu.Unlock()
				}
			}
		})
	}
	enough := func() int { mu.Lock(); defer mu.Unlock(); return len(answered) }
	until(t, "the desks are busy", func() bool { return enough() > 200 })
	mu.Lock()
	before := append([]*pressed(nil), answered...)
	mu.Unlock()
	dir := t.TempDir()
	out, err := p.run("backup", filepath.Join(dir, "copy"), "--config", p.config, "--data", p.data, "--with-key")
	if err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	busy := enough()
	until(t, "pressing goes on", func() bool { return enough() > busy })
	cancel()
	wg.Wait()
	p.kill()

	restored := &program{t: t, bin: p.bin, config: p.config, data: filepath.Join(dir, "data"), output: &buffer{}, tokens: p.tokens}
	if out, err := p.run("restore", filepath.Join(dir, "copy"), "--data", restored.data); err != nil || !strings.Contains(out, "sound") {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	if out, err := p.run("restore", filepath.Join(dir, "copy"), "--data", restored.data); err == nil {
		t.Fatalf("a second restore overwrote the first\n%s", out)
	}
	restored.start()
	defer restored.kill()
	for _, c := range before {
		restored.sameAgain(t, clerk, reception, c)
	}
	checkFates(t, restored, clerk, before)
	if out, err := p.run("journal", "verify", "--config", p.config, "--data", restored.data); err != nil {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	t.Log(fmt.Sprint(len(before), " commands answered before the backup, all in it"))
}
