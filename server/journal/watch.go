package journal

import (
	"context"
	"sync"
)

// Pokes is for adapters: it tells the watchers of an office, within this
// process, that there is something to read. The zero value is ready.
type Pokes struct {
	mu       sync.Mutex
	watchers map[string]map[chan struct{}]bool
}

// Watch is Journal.Watch.
func (p *Pokes) Watch(ctx context.Context, office string) (<-chan struct{}, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ch := make(chan struct{}, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watchers == nil {
		p.watchers = map[string]map[chan struct{}]bool{}
	}
	if p.watchers[office] == nil {
		p.watchers[office] = map[chan struct{}]bool{}
	}
	p.watchers[office][ch] = true
	context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers[office], ch)
		close(ch)
	})
	return ch, nil
}

// Poke wakes the watchers of an office. It never blocks.
func (p *Pokes) Poke(office string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ch := range p.watchers[office] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
