package office

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
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
	raw    []byte // the record's body, where the answer in it was not decoded yet
}

// answers remembers what was answered in the last 24 hours, and where in the
// journal that begins.
type answers struct {
	byID  map[string]kept
	order []ordered // by sequence
}

type ordered struct {
	seq uint64
	at  time.Time
	id  string
}

func newAnswers() *answers { return &answers{byID: map[string]kept{}} }

func (a *answers) add(id string, k kept) {
	if _, there := a.byID[id]; there {
		return
	}
	a.byID[id] = k
	a.order = append(a.order, ordered{k.seq, k.at, id})
}

func (a *answers) get(id string) (kept, bool) {
	k, ok := a.byID[id]
	if ok && k.raw != nil {
		if body, err := queue.DecodeBody(k.raw); err == nil {
			k.answer, k.raw = body.Answer, nil
			a.byID[id] = k
		}
	}
	return k, ok
}

// from is the first record whose answer may still be asked for at now, and 0
// when there is none.
func (a *answers) from(now time.Time) uint64 {
	a.forget(now)
	if len(a.order) == 0 {
		return 0
	}
	return a.order[0].seq
}

// forget drops what is older than keepAnswers.
func (a *answers) forget(now time.Time) {
	n := sort.Search(len(a.order), func(i int) bool { return now.Sub(a.order[i].at) <= keepAnswers })
	for _, o := range a.order[:n] {
		delete(a.byID, o.id)
	}
	a.order = a.order[n:] // the next growth leaves the forgotten ones behind
}
