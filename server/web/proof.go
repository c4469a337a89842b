package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Proof of work instead of pictures with traffic lights: a page gets a
// challenge, its script looks for a number whose hash together with the
// challenge begins with so many zero bits, and sends it along. That takes a
// phone about a second and nobody's eyes; who asks for thousands of times pays
// for each. Whoever has no script goes on without, a few times an hour.

// proofBits is how many zero bits are wanted, about 2^17 hashes of one block.
const proofBits = 17

// proofFor is how long a challenge may be answered, once.
const proofFor = 30 * time.Minute

// proofs gives out challenges and checks their answers. The key lives as long
// as the program.
type proofs struct {
	key  [32]byte
	mu   sync.Mutex
	used map[string]spent // challenges that were answered
}

// spent is what a challenge was answered for, and when it ends.
type spent struct {
	command string
	end     time.Time
}

func newProofs() *proofs {
	p := &proofs{used: map[string]spent{}}
	rand.Read(p.key[:])
	return p
}

func (p *proofs) challenge(now time.Time) string {
	text := strconv.FormatInt(now.Add(proofFor).Unix(), 10) + "." + rand.Text()[:12]
	return text + "." + p.mac(text)
}

func (p *proofs) mac(text string) string {
	h := hmac.New(sha256.New, p.key[:])
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// check takes "challenge:number" for a command. A challenge counts for one: sent
// again, by a double press or after a lost answer, it counts again.
func (p *proofs) check(proof, command string, now time.Time) bool {
	challenge, _, ok := strings.Cut(proof, ":")
	if !ok || len(proof) > 200 {
		return false
	}
	cut := strings.LastIndexByte(challenge, '.')
	if cut < 0 || !hmac.Equal([]byte(p.mac(challenge[:cut])), []byte(challenge[cut+1:])) {
		return false
	}
	unix, err := strconv.ParseInt(challenge[:strings.IndexByte(challenge, '.')], 10, 64)
	end := time.Unix(unix, 0)
	if err != nil || !now.Before(end) || zeroBits(sha256.Sum256([]byte(proof))) < proofBits {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for c, a := range p.used {
		if !now.Before(a.end) {
			delete(p.used, c)
		}
	}
	if a, used := p.used[challenge]; used {
		return a.command == command
	}
	p.used[challenge] = spent{command, end}
	return true
}

func zeroBits(sum [32]byte) int {
	n := 0
	for _, b := range sum {
		if b != 0 {
			return n + bits.LeadingZeros8(b)
		}
		n += 8
	}
	return n
}

// proved says whether a proof of work is good for the command of a key.
func (s *Server) proved(proof, key string) bool {
	return proof != "" && s.proofs.check(proof, key, s.deps.Clock())
}
