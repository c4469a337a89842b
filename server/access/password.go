package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// argon2id with 19 MiB, two passes and one lane is OWASP's first choice; about
// 30 ms on a small server.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLanes  = 1
)

const (
	shortestPassword = 12   // characters
	longestPassword  = 1024 // bytes
)

// hasher bounds how many hashes are made at once, each of which takes 19 MiB,
// and how many may wait for their turn.
type hasher struct {
	turn chan struct{}
	line chan struct{}
}

func newHasher() *hasher {
	return &hasher{turn: make(chan struct{}, 2), line: make(chan struct{}, 64)}
}

// alone runs f when it is its turn. It is refused with ErrBusy when too many
// wait.
func (h *hasher) alone(ctx context.Context, f func() error) error {
	select {
	case h.line <- struct{}{}:
		defer func() { <-h.line }()
	default:
		return ErrBusy
	}
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return f()
}

// make checks a new password and hashes it.
func (h *hasher) make(ctx context.Context, password string) (hashed string, err error) {
	if len(password) > longestPassword {
		return "", ErrLongPassword
	}
	if utf8.RuneCountInString(password) < shortestPassword {
		return "", ErrWeakPassword
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	err = h.alone(ctx, func() error {
		hashed = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashLanes,
			base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(derive(password, salt, hashPasses, hashMemory, hashLanes)))
		return nil
	})
	return hashed, err
}

func derive(password string, salt []byte, passes, memory uint32, lanes uint8) []byte {
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, passes, memory, lanes, 32)
}

// check says whether a password is the hashed one. Without a hash it takes the
// same time and says no.
func check(hashed, password string) bool {
	salt, want := make([]byte, 16), make([]byte, 32)
	memory, passes, lanes := uint32(hashMemory), uint32(hashPasses), uint8(hashLanes)
	known := false
	if parts := strings.Split(hashed, "$"); len(parts) == 6 {
		_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes)
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		w, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		if known = err == nil && err1 == nil && err2 == nil && parts[1] == "argon2id"; known {
			salt, want = s, w
		}
	}
	got := derive(password, salt, passes, memory, lanes)
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}
