package access

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"sync"
	"time"
)

// LimiterOptions: zero means the value in the comment.
type LimiterOptions struct {
	Free   int           // failures without a wait: 5
	First  time.Duration // wait after the first failure too many, then doubled: 1 s
	Max    time.Duration // longest wait: 15 min
	Forget time.Duration // failures are forgotten after this long without one: 1 h
	Keys   int           // keys remembered; the one that failed longest ago goes first: 10,000
}

// Limiter makes guessing slow: after some failures each further one doubles
// the wait. Keys are whatever the caller limits by. It may be used from
// anywhere at once.
type Limiter struct {
	opt  LimiterOptions
	mu   sync.Mutex
	keys map[string]*list.Element
	line *list.List // of failures, the newest first
}

type failures struct {
	key   string
	count int
	last  time.Time
}

// NewLimiter makes a limiter that has seen nothing yet.
func NewLimiter(opt LimiterOptions) *Limiter {
	if opt.Free == 0 {
		opt.Free = 5
	}
	if opt.First == 0 {
		opt.First = time.Second
	}
	if opt.Max == 0 {
		opt.Max = 15 * time.Minute
	}
	if opt.Forget == 0 {
		opt.Forget = time.Hour
	}
	if opt.Keys == 0 {
		opt.Keys = 10_000
	}
	return &Limiter{opt: opt, keys: map[string]*list.Element{}, line: list.New()}
}

// Wait is how long a key must wait before its next try; 0 means it may try.
func (l *Limiter) Wait(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.keys[key]
	if !ok {
		return 0
	}
	return l.wait(e.Value.(*failures), now)
}

func (l *Limiter) wait(f *failures, now time.Time) time.Duration {
	over := f.count - l.opt.Free
	if over < 0 || now.Sub(f.last) >= l.opt.Forget {
		return 0
	}
	delay := l.opt.Max
	if over < 30 {
		delay = min(delay, l.opt.First<<over)
	}
	return min(max(f.last.Add(delay).Sub(now), 0), delay) // a clock set back does not lengthen it
}

// Fail counts a failed try and returns the wait that follows it.
func (l *Limiter) Fail(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.keys[key]
	if !ok {
		if l.line.Len() >= l.opt.Keys {
			oldest := l.line.Back()
			delete(l.keys, l.line.Remove(oldest).(*failures).key)
		}
		e = l.line.PushFront(&failures{key: key})
		l.keys[key] = e
	}
	f := e.Value.(*failures)
	if now.Sub(f.last) >= l.opt.Forget {
		f.count = 0
	}
	f.count++
	f.last = now
	l.line.MoveToFront(e)
	return l.wait(f, now)
}

// Forgive forgets a key's failures, after a success.
func (l *Limiter) Forgive(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.keys[key]; ok {
		l.line.Remove(e)
		delete(l.keys, key)
	}
}

// ClientKey is the key of a client's address: all of an IPv4 address, and the
// /64 of an IPv6 address, which is what one household or house has.
func ClientKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64)
		return p.String()
	}
	return a.String()
}

// NameKey is the key of an account name; a hash, so that memory dumps and
// errors hold no names.
func NameKey(name string) string {
	h := sha256.Sum256([]byte(foldName(name)))
	return hex.EncodeToString(h[:])
}
