package office

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"aufruf/server/queue"
)

// keepAnswers is how long an answer can be asked for again.
const keepAnswers = 24 * time.Hour

// RequestID names a request by its caller and the key the caller chose. It is
// a hash, since a key is free text and the journal holds no free text of
// strangers.
func RequestID(caller, key string) string {
	h := sha256.New()
	h.Write([]byte(caller))
	h.Write([]byte{0})
	h.Write([]byte(key))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// kept is an answer as remembered.
type kept struct {
	hash   [32]byte
	seq    uint64
	at     time.Time
	answer *queue.Answer
	far    bool // the answer is to be read in the journal
}

// answers remembers which requests of the last 24 hours have an answer, and what
// the newest answers say. Hardly any is asked for again, and a day has many: what
// older ones say stands in the journal, and what is kept of them has no pointer
// that the collector would have to follow.
type answers struct {
	of     map[answerKey]line
	order  []answerKey // by sequence
	newest [newestKept]struct {
		seq    uint64
		answer *queue.Answer
	} // by sequence, round and round
}

// newestKept is how many answers an office can give again without reading: who
// lost one asks again soon.
const newestKept = 128

// line is where in the journal an answer stands, and to what.
type line struct {
	hash [32]byte
	seq  uint64
	at   int64 // nanoseconds
}

// answerKey is a request's id in 16 bytes. What RequestID made is taken as it is.
type answerKey [16]byte

func keyOf(id string) (k answerKey) {
	if len(id) == 2*len(k) && !strings.ContainsAny(id, "ABCDEF") {
		if _, err := hex.Decode(k[:], []byte(id)); err == nil {
			return k
		}
	}
	sum := sha256.Sum256([]byte(id))
	return answerKey(sum[:16])
}

func newAnswers() *answers { return &answers{of: map[answerKey]line{}} }

// add remembers that a record answers a request. The first record counts.
func (a *answers) add(id string, hash [32]byte, seq uint64, at time.Time) {
	key := keyOf(id)
	if _, there := a.of[key]; there {
		return
	}
	a.of[key] = line{hash: hash, seq: seq, at: at.UnixNano()}
	a.order = append(a.order, key)
}

// says remembers what the answer in a record says.
func (a *answers) says(seq uint64, answer *queue.Answer) {
	n := &a.newest[seq%newestKept]
	n.seq, n.answer = seq, answer
}

func (a *answers) get(id string) (kept, bool) {
	l, ok := a.of[keyOf(id)]
	if !ok {
		return kept{}, false
	}
	k := kept{hash: l.hash, seq: l.seq, at: time.Unix(0, l.at).UTC(), far: true}
	if n := &a.newest[l.seq%newestKept]; n.seq == l.seq {
		k.answer, k.far = n.answer, false
	}
	return k, true
}

// from is the first record whose answer may still be asked for at now, and 0
// when there is none.
func (a *answers) from(now time.Time) uint64 {
	a.forget(now)
	if len(a.order) == 0 {
		return 0
	}
	return a.of[a.order[0]].seq
}

// forget drops what is older than keepAnswers.
func (a *answers) forget(now time.Time) {
	old := now.Add(-keepAnswers).UnixNano()
	n := 0
	for n < len(a.order) && a.of[a.order[n]].at < old {
		delete(a.of, a.order[n])
		n++
	}
	a.order = a.order[n:] // the next growth leaves the forgotten ones behind
}
