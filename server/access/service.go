package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Options say how long sessions last. Zero means the value in the comment.
type Options struct {
	Idle     time.Duration // without use: 12 hours
	Absolute time.Duration // at all: 7 days
	Log      *slog.Logger  // the default logger
}

// useEvery is how coarse "last used" is, so that reading does not write.
const useEvery = time.Minute

// Service decides who may come in. Its methods may be called from anywhere at
// once.
type Service struct {
	store  Store
	opt    Options
	names  *Limiter // sign-ins, by hash of the name
	addrs  *Limiter // sign-ins, by client
	hashes *hasher

	mu       sync.Mutex
	setup    [32]byte // hash of the newest setup secret, zero when there is none
	onEnd    []func(credential string)
	pairings pairings
}

// New makes the service on its rows.
func New(store Store, opt Options) *Service {
	if opt.Idle == 0 {
		opt.Idle = 12 * time.Hour
	}
	if opt.Absolute == 0 {
		opt.Absolute = 7 * 24 * time.Hour
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Service{store: store, opt: opt, names: NewLimiter(LimiterOptions{}), addrs: NewLimiter(LimiterOptions{}),
		hashes: newHasher(), pairings: pairings{}}
}

// OnEnd registers what is called with a credential's id as soon as it ends
// within this process: by logout, disabling or revoking. Sockets close on it.
// What ends in another process, or by its age, is found by validating again,
// which whoever holds a socket does every minute. The function must not block.
func (s *Service) OnEnd(f func(credential string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onEnd = append(s.onEnd, f)
}

func (s *Service) ended(ids ...string) {
	s.mu.Lock()
	fs := s.onEnd
	s.mu.Unlock()
	for _, id := range ids {
		for _, f := range fs {
			f(id)
		}
	}
}

// Validate finds who holds a secret of this kind, or ErrUnknown: it never was,
// has ended, or its account is disabled.
func (s *Service) Validate(ctx context.Context, kind Kind, secret string, now time.Time) (Principal, error) {
	if len(secret) != secretLength || !strings.HasPrefix(secret, secretPrefix[kind]) {
		return Principal{}, ErrUnknown
	}
	c, a, err := s.store.Credential(ctx, kind, hash(secret))
	if err != nil {
		return Principal{}, err
	}
	if !c.Ends.IsZero() && !now.Before(c.Ends) || kind == Session && (a.Disabled || now.Sub(c.Used) >= s.opt.Idle) {
		return Principal{}, ErrUnknown
	}
	if now.Sub(c.Used) >= useEvery {
		// A full disk is no reason to turn people away.
		if err := s.store.UseCredential(ctx, c.ID, now); err != nil {
			s.opt.Log.Warn("note last use", "credential", c.ID, "error", err)
		}
	}
	if kind == Session {
		return Principal{ID: a.ID, Credential: c.ID, Kind: kind, Name: a.Name, Grants: a.Grants}, nil
	}
	return Principal{ID: c.ID, Credential: c.ID, Kind: kind, Name: c.Label, Grants: c.Grants}, nil
}

// Audit notes that somebody did something privileged. actor and object are
// opaque ids; by whom and to what, never a name. It is called before the act:
// an entry too many is better than one too few.
func (s *Service) Audit(ctx context.Context, actor, act, object string, now time.Time) error {
	return s.store.AddEntry(ctx, Entry{At: now, Actor: actor, Act: act, Object: object})
}

// AuditLog gives the newest entries, newest first.
func (s *Service) AuditLog(ctx context.Context, limit int) ([]Entry, error) {
	return s.store.Entries(ctx, limit)
}

// AuditBetween gives the entries from one instant to before another about what
// begins with object, oldest first.
func (s *Service) AuditBetween(ctx context.Context, from, to time.Time, object string, limit int) ([]Entry, error) {
	return s.store.EntriesBetween(ctx, from, to, object, limit)
}

// Every kind's secrets begin differently, so that a leaked one is recognised.
var secretPrefix = map[Kind]string{Session: "afs_", Token: "aft_", Device: "afd_"}

const secretLength = 4 + 52

// newSecret is a prefix and 260 random bits in base 32.
func newSecret(prefix string) string { return prefix + strings.ToLower(rand.Text()+rand.Text()) }

// newID is a prefix and 80 random bits.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:16]) }

func hash(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }
