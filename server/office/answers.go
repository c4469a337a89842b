package office

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
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

// answers remembers what was answered in the last 24 hours, and where in the
// journal that begins. Hardly any of it is asked for again, and a day has many:
// what the newest say lies as bytes in a few pieces, so that the collector has
// nothing to follow, and is decoded when it is asked for; what older ones say
// stands in the journal.
type answers struct {
	at    map[answerKey]uint32 // counted from the first of all; overflows, as does first
	list  []line               // by sequence
	first uint32               // the number of list[0]
	heap  []*piece             // what the newest say, in their order
	size  int                  // of all pieces
	near  uint32               // the number from which on it is there
}

// line is one answer without what it says.
type line struct {
	key  answerKey
	hash [32]byte
	seq  uint64
	at   int64  // nanoseconds
	text uint32 // where in its piece it begins
	size uint32 // 0: nothing was said
	far  bool   // what was said stands in the journal alone
}

// piece is what some answers say, one after the other.
type piece struct {
	bytes []byte
	last  uint32 // the number of the last answer in it
}

// The first piece is small, since most offices are; no piece is larger than the
// next bound, unless one answer is. What is kept of all is some four hundred
// answers: who lost one asks again soon.
const (
	pieceLeast = 4 << 10
	pieceMost  = 32 << 10
	piecesKept = 128 << 10
)

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

func newAnswers() *answers { return &answers{at: map[answerKey]uint32{}} }

// told is what is to be remembered of a record: its answer as it stands there,
// or that there may be one.
type told struct {
	hash [32]byte
	seq  uint64
	at   time.Time
	text []byte
	far  bool
}

func (a *answers) add(id string, t told) {
	key := keyOf(id)
	if _, there := a.at[key]; there {
		return
	}
	number := a.first + uint32(len(a.list))
	a.at[key] = number
	l := line{key: key, hash: t.hash, seq: t.seq, at: t.at.UnixNano(), size: uint32(len(t.text)), far: t.far}
	if l.size > 0 {
		p := a.room(len(t.text))
		l.text, p.last = uint32(len(p.bytes)), number
		p.bytes = append(p.bytes, t.text...)
	}
	a.list = append(a.list, l)
}

// room is a piece that takes so many bytes more without growing.
func (a *answers) room(size int) *piece {
	next := pieceLeast
	if n := len(a.heap); n > 0 {
		p := a.heap[n-1]
		if len(p.bytes)+size <= cap(p.bytes) {
			return p
		}
		next = min(2*cap(p.bytes), pieceMost)
	}
	p := &piece{bytes: make([]byte, 0, max(next, size))}
	a.heap, a.size = append(a.heap, p), a.size+cap(p.bytes)
	for first := a.heap[0]; first != p && a.size-cap(first.bytes) >= piecesKept; first = a.heap[0] {
		a.near = first.last + 1
		a.drop(1)
	}
	return p
}

// drop gives up the first pieces.
func (a *answers) drop(n int) {
	for _, p := range a.heap[:n] {
		a.size -= cap(p.bytes)
	}
	a.heap = slices.Delete(a.heap, 0, n)
}

func (a *answers) get(id string) (kept, bool) {
	number, ok := a.at[keyOf(id)]
	if !ok {
		return kept{}, false
	}
	l := &a.list[number-a.first]
	k := kept{hash: l.hash, seq: l.seq, at: time.Unix(0, l.at).UTC(), far: l.far}
	if l.size == 0 {
		return k, true
	}
	if int32(number-a.near) < 0 {
		k.far = true
		return k, true
	}
	// The first piece that does not end before it. A number counts from first, so
	// that it may overflow.
	i := sort.Search(len(a.heap), func(i int) bool { return a.heap[i].last-a.first >= number-a.first })
	answer, err := queue.DecodeAnswer(a.heap[i].bytes[l.text : l.text+l.size])
	k.answer, k.far = answer, err != nil // who reads it again says what is wrong
	return k, true
}

// from is the first record whose answer may still be asked for at now, and 0
// when there is none.
func (a *answers) from(now time.Time) uint64 {
	a.forget(now)
	if len(a.list) == 0 {
		return 0
	}
	return a.list[0].seq
}

// forget drops what is older than keepAnswers.
func (a *answers) forget(now time.Time) {
	old := now.Add(-keepAnswers).UnixNano()
	if len(a.list) == 0 || a.list[0].at >= old {
		return
	}
	n := sort.Search(len(a.list), func(i int) bool { return a.list[i].at >= old })
	for _, l := range a.list[:n] {
		delete(a.at, l.key)
	}
	whole := 0
	for whole < len(a.heap) && a.heap[whole].last-a.first < uint32(n) {
		whole++
	}
	a.drop(whole)
	a.list = a.list[n:] // the next growth leaves the forgotten ones behind
	if a.first += uint32(n); int32(a.near-a.first) < 0 {
		a.near = a.first
	}
}
