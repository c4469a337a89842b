package web

import (
	"cmp"
	"net/netip"
	"sync"
	"time"

	"aufruf/server/access"
	"aufruf/server/door"
)

// Rate is how often something may be done: PerSecond in the long run, Burst at
// once. A zero Rate is the default in Limits.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits are meant to stop floods and never honest bulk.
type Limits struct {
	Read  Rate // of one address, what anybody may read: 100 a second, 400 at once
	Write Rate // of one address, what anybody may do: 5 a second, 50 at once
	Draw  Rate // numbers, of one token or account: 50 a second, 100 at once
	Kiosk Rate // numbers, of one paired or local kiosk: 1 a second, 5 at once
	// Hold is how often times are kept for people of one range of addresses who
	// show no proof of work, and Proved for those who do.
	Hold   Rate // 12 an hour, 6 at once
	Proved Rate // 6 a minute, 60 at once
	Move   Rate // of one appointment, by its link: 12 an hour, 12 at once
	Find   Rate // of one token or account, searches for people and looks at contacts: one in 2 seconds, 30 at once
	// Sockets bound the followers.
	Sockets SocketLimits
	// Places are what fits on this machine; zero: what is configured.
	Places door.Places
	// Codes slows the trying of appointment codes at one kiosk or desk.
	Codes access.LimiterOptions
	// Miss is how long a try takes to check in by a telephone number that finds
	// nobody: 400 ms.
	Miss time.Duration
}

func (r Rate) or(d Rate) Rate {
	if r.PerSecond <= 0 || r.Burst <= 0 {
		return d
	}
	return r
}

type limits struct {
	read, write, draw, kiosk *buckets
	hold, proved             *buckets
	move                     *buckets
	find                     *buckets
	codes                    *access.Limiter
	miss                     time.Duration
}

func newLimits(l Limits) *limits {
	if l.Codes == (access.LimiterOptions{}) {
		// A lobby's kiosk is everybody's: one who mistypes must not lock it.
		l.Codes = access.LimiterOptions{Free: 10, Max: 30 * time.Second}
	}
	return &limits{
		read: newBuckets(l.Read.or(Rate{100, 400})), write: newBuckets(l.Write.or(Rate{5, 50})),
		draw: newBuckets(l.Draw.or(Rate{50, 100})), kiosk: newBuckets(l.Kiosk.or(Rate{1, 5})),
		hold: newBuckets(l.Hold.or(Rate{12.0 / 3600, 6})), proved: newBuckets(l.Proved.or(Rate{0.1, 60})),
		move:  newBuckets(l.Move.or(Rate{12.0 / 3600, 12})),
		find:  newBuckets(l.Find.or(Rate{0.5, 30})),
		codes: access.NewLimiter(l.Codes), miss: cmp.Or(l.Miss, missWithin),
	}
}

// anonymous limits what is open to anybody, by address.
func (l *limits) anonymous(client netip.Addr, now time.Time, reads bool) error {
	b := l.write
	if reads {
		b = l.read
	}
	return b.take(access.ClientKey(client), now)
}

// drawing limits the drawing of numbers.
func (l *limits) drawing(p access.Principal, now time.Time) error {
	if p.Kind == access.Device || p.Kind == localKind {
		return l.kiosk.take(p.ID, now)
	}
	return l.draw.take(p.ID, now)
}

// bucketsMost bounds the memory; when it is reached, full buckets go first,
// and if none is full all go: then whoever floods gains a burst.
const bucketsMost = 20_000

// buckets are token buckets by key.
type buckets struct {
	rate Rate
	mu   sync.Mutex
	by   map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newBuckets(r Rate) *buckets { return &buckets{rate: r, by: map[string]bucket{}} }

func (b *buckets) take(key string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.by[key]
	if !ok {
		b.makeRoomLocked(now)
		k = bucket{float64(b.rate.Burst), now}
	}
	k = b.filled(k, now)
	if k.tokens < 1 {
		b.by[key] = k
		return tooMany(codeTooMany, int((1-k.tokens)/b.rate.PerSecond)+1)
	}
	k.tokens--
	b.by[key] = k
	return nil
}

func (b *buckets) filled(k bucket, now time.Time) bucket {
	if passed := now.Sub(k.at).Seconds(); passed > 0 {
		k.tokens = min(k.tokens+passed*b.rate.PerSecond, float64(b.rate.Burst))
	}
	k.at = now
	return k
}

func (b *buckets) makeRoomLocked(now time.Time) {
	if len(b.by) < bucketsMost {
		return
	}
	for key, k := range b.by {
		if b.filled(k, now).tokens >= float64(b.rate.Burst) {
			delete(b.by, key)
		}
	}
	if len(b.by) >= bucketsMost {
		clear(b.by)
	}
}
