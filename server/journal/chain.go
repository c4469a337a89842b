package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Chain computes what r.Sum must be after a predecessor with the sum prev
// (zero for the first record of all). Every field goes in with its length
// before it, so that no two records share an input.
func (r *Record) Chain(prev [32]byte) [32]byte {
	var number [8]byte
	buf := make([]byte, 0, 2048) // on the stack; a day's opening grows out of it
	add := func(field []byte) {
		buf = binary.BigEndian.AppendUint64(buf, uint64(len(field)))
		buf = append(buf, field...)
	}
	add(prev[:])
	add([]byte(r.Office))
	binary.BigEndian.PutUint64(number[:], r.Seq)
	add(number[:])
	binary.BigEndian.PutUint64(number[:], uint64(r.At.UnixNano()))
	add(number[:])
	add([]byte(r.ID))
	add([]byte(r.By))
	if r.Opening {
		add([]byte{1})
	} else {
		add([]byte{0})
	}
	add(r.Hash[:])
	add(r.Body)
	return sha256.Sum256(buf)
}

// Link is for adapters: it returns copies of rs numbered from after+1 on and
// chained to a predecessor with the sum prev, with their times in UTC. It
// refuses what no adapter may store: an empty batch, two offices in one batch,
// a record without office or with a time that cannot be kept.
func Link(rs []Record, after uint64, prev [32]byte) ([]Record, error) {
	return LinkTo(make([]Record, 0, len(rs)), rs, after, prev)
}

// LinkTo is Link with the copies put behind what is in to. It gives to as it was
// beside an error.
func LinkTo(to, rs []Record, after uint64, prev [32]byte) ([]Record, error) {
	if len(rs) == 0 {
		return to, errors.New("append: no records")
	}
	linked := to
	for i := range rs {
		r := rs[i]
		if r.Office == "" || r.Office != rs[0].Office {
			return to, errors.New("append: records must be of one office")
		}
		if y := r.At.Year(); y < 1678 || y > 2261 {
			return to, fmt.Errorf("append: record time in the year %d", y)
		}
		r.At = time.Unix(0, r.At.UnixNano()).UTC()
		r.Seq = after + uint64(i) + 1
		r.Sum = r.Chain(prev)
		prev = r.Sum
		linked = append(linked, r)
	}
	return linked, nil
}
