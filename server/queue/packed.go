package queue

import (
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"aufruf/server/calendar"
)

// The book of an office that is booked out for a year holds tens of thousands of
// appointments, and every start reads it. As JSON that was 7 MB an office and most
// of a start; packed it is a twelfth, and read in a twenty-fifth of the time. So a
// record that opens a day is JSON, a zero byte, and its appointments packed; those
// that were written in the JSON are still read.
//
// The bytes: a version; a table of words (services, channels); a table of visits
// (services with quantities); the beginning of ids; how many appointments; of each
// a mask of what it has beyond the usual, and then numbers, mostly as differences
// from the one before. Numbers are varints of encoding/binary.

const packedVersion = 1

// What an appointment has, as bits of its mask.
const (
	hasOwnID   = 1 << iota // an id that does not follow the beginning
	hasCode                // a keyed hash of a code from outside
	hasTicket              // has arrived
	hasConfirm             // is to be confirmed
	hasWord                // said to come
	hasLate                // announced to come later
	hasMoves               // was moved
	hasNanos               // a time that is not whole seconds
	hasCodeDay             // a code of another day
)

// apart takes the appointments of a day's opening out of its events, packed.
func apart(events []wireEvent) (packed []byte) {
	for i, e := range events {
		if o, ok := e.Event.(DayOpened); ok && len(o.Book.Appointments) > 0 {
			packed = pack(o.Book.Appointments)
			o.Book.Appointments = nil
			events[i] = wireEvent{o}
			return packed
		}
	}
	return nil
}

// together puts them back.
func together(events []Event, packed []byte) error {
	list, err := unpack(packed)
	if err != nil {
		return err
	}
	for i, e := range events {
		if o, ok := e.(DayOpened); ok {
			o.Book.Appointments = list
			events[i] = o
			return nil
		}
	}
	return errPacked // of what day?
}

// packer collects the tables while the appointments are written.
type packer struct {
	words   []string
	byWord  map[string]uint64
	visits  [][]Item
	byVisit map[string]uint64
	bySlice map[*Item]uint64 // those that share their services are found without spelling them
	out     []byte
}

func (p *packer) word(s string) uint64 {
	n, ok := p.byWord[s]
	if !ok {
		n = uint64(len(p.words))
		p.byWord[s], p.words = n, append(p.words, s)
	}
	return n
}

func (p *packer) visit(items []Item) uint64 {
	if len(items) == 0 {
		return p.spell(items)
	}
	n, ok := p.bySlice[&items[0]]
	if !ok || len(p.visits[n]) != len(items) {
		n = p.spell(items)
		p.bySlice[&items[0]] = n
	}
	return n
}

// spell finds a visit by its words.
func (p *packer) spell(items []Item) uint64 {
	var key strings.Builder
	for _, it := range items {
		key.WriteString(strconv.FormatUint(p.word(it.Service), 10) + "*" + strconv.Itoa(it.Quantity) + " ")
	}
	n, ok := p.byVisit[key.String()]
	if !ok {
		n = uint64(len(p.visits))
		p.byVisit[key.String()], p.visits = n, append(p.visits, items)
	}
	return n
}

func (p *packer) uint(n uint64)   { p.out = binary.AppendUvarint(p.out, n) }
func (p *packer) int(n int64)     { p.out = binary.AppendVarint(p.out, n) }
func (p *packer) string(s string) { p.uint(uint64(len(s))); p.out = append(p.out, s...) }

// number is the number at the end of an id that begins like others.
func number(id, begin string) (uint64, bool) {
	digits, ok := strings.CutPrefix(id, begin)
	if !ok || len(digits) < 4 || len(digits) > 9 || len(digits) > 4 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return n, err == nil && digits[0] != '+'
}

// idBegin is what the ids of an office's appointments begin with.
func idBegin(id string) string {
	return strings.TrimRightFunc(id, func(r rune) bool { return r >= '0' && r <= '9' })
}

func pack(list []*Appointment) []byte {
	p := packer{byWord: map[string]uint64{}, byVisit: map[string]uint64{}, bySlice: map[*Item]uint64{}, out: make([]byte, 0, 16*len(list))}
	begin := idBegin(list[0].ID)
	var last uint64
	var at, bookedAt int64
	for _, a := range list {
		n, usual := number(a.ID, begin)
		mask := uint64(0)
		set := func(bit uint64, yes bool) {
			if yes {
				mask |= bit
			}
		}
		set(hasOwnID, !usual || n < last)
		set(hasCode, a.CodeMAC != "")
		set(hasTicket, a.Ticket != "")
		set(hasConfirm, !a.ConfirmBy.IsZero())
		set(hasWord, a.Confirmed)
		set(hasLate, a.Late != 0)
		set(hasMoves, a.Moves != 0)
		set(hasNanos, a.At.Nanosecond() != 0 || a.ConfirmBy.Nanosecond() != 0)
		set(hasCodeDay, !a.CodeDay.IsZero())
		p.uint(mask)
		if mask&hasOwnID != 0 {
			p.string(a.ID)
		} else {
			p.uint(n - last)
			last = n
		}
		p.int(a.At.Unix() - at)
		at = a.At.Unix()
		p.uint(p.visit(a.Services))
		p.int(a.BookedAt.Unix() - bookedAt)
		bookedAt = a.BookedAt.Unix()
		p.uint(uint64(a.BookedAt.Nanosecond()))
		p.int(int64(a.Minutes))
		p.uint(p.word(a.Channel))
		if mask&hasCode != 0 {
			p.string(a.CodeMAC)
		}
		if mask&hasTicket != 0 {
			p.string(a.Ticket)
		}
		if mask&hasConfirm != 0 {
			p.int(a.ConfirmBy.Unix() - bookedAt)
		}
		if mask&hasLate != 0 {
			p.int(int64(a.Late))
		}
		if mask&hasMoves != 0 {
			p.int(int64(a.Moves))
		}
		if mask&hasNanos != 0 {
			p.uint(uint64(a.At.Nanosecond()))
			p.uint(uint64(a.ConfirmBy.Nanosecond()))
		}
		if mask&hasCodeDay != 0 {
			p.int(int64(calendar.Date{Year: 1970, Month: time.January, Day: 1}.Days(a.CodeDay)))
		}
	}
	body := p.out
	p.out = make([]byte, 0, len(body)+4096)
	p.uint(packedVersion)
	p.uint(uint64(len(p.words)))
	for _, w := range p.words {
		p.string(w)
	}
	p.uint(uint64(len(p.visits)))
	for _, items := range p.visits {
		p.uint(uint64(len(items)))
		for _, it := range items {
			p.uint(p.byWord[it.Service])
			p.int(int64(it.Quantity))
		}
	}
	p.string(begin)
	p.uint(uint64(len(list)))
	return append(p.out, body...)
}

var errPacked = errors.New("packed appointments do not hold what they say")

// unpacker reads; after a fault it reads zeros, and ok is false.
type unpacker struct {
	in  []byte
	bad bool
}

func (u *unpacker) uint() uint64 {
	if len(u.in) > 0 && u.in[0] < 0x80 {
		n := uint64(u.in[0])
		u.in = u.in[1:]
		return n
	}
	return u.long()
}

func (u *unpacker) long() uint64 {
	n, size := binary.Uvarint(u.in)
	if size <= 0 {
		u.bad, u.in = true, nil
		return 0
	}
	u.in = u.in[size:]
	return n
}

func (u *unpacker) int() int64 {
	n := u.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// count is a number of things that take at least a byte each.
func (u *unpacker) count() int {
	n := u.uint()
	if n > uint64(len(u.in)) {
		u.bad = true
		return 0
	}
	return int(n)
}

func (u *unpacker) string() string {
	n := u.count()
	s := string(u.in[:n])
	u.in = u.in[n:]
	return s
}

// unpack reads what pack wrote. Its appointments lie side by side, and equal
// visits share their services, which nobody writes to.
func unpack(raw []byte) ([]*Appointment, error) {
	u := unpacker{in: raw}
	if u.uint() != packedVersion {
		return nil, errors.New("packed appointments of a newer version")
	}
	words := make([]string, u.count())
	for i := range words {
		words[i] = u.string()
	}
	word := func() string {
		n := u.uint()
		if n >= uint64(len(words)) {
			u.bad = true
			return ""
		}
		return words[n]
	}
	visits := make([][]Item, u.count())
	for i := range visits {
		items := make([]Item, u.count())
		for j := range items {
			items[j] = Item{Service: word(), Quantity: int(u.int())}
		}
		visits[i] = slices.Clip(items)
	}
	begin := u.string()
	n := u.count()
	all, list := make([]Appointment, n), make([]*Appointment, n)
	ids := ids{room: make([]byte, 0, n*(len(begin)+5)), begin: begin, ends: make([]int, 0, n)}
	var last uint64
	var at, bookedAt int64
	for i := range all {
		a := &all[i]
		list[i] = a
		mask := u.uint()
		if mask&hasOwnID != 0 {
			ids.own(u.string())
		} else {
			last += u.uint()
			ids.next(last)
		}
		at += u.int()
		visit := u.uint()
		if visit >= uint64(len(visits)) {
			return nil, errPacked
		}
		a.Services = visits[visit]
		bookedAt += u.int()
		a.BookedAt = time.Unix(bookedAt, int64(u.uint())).UTC()
		a.Minutes = int(u.int())
		a.Channel = word()
		if mask&hasCode != 0 {
			a.CodeMAC = u.string()
		}
		if mask&hasTicket != 0 {
			a.Ticket = u.string()
		}
		var confirm, atNanos, confirmNanos int64
		if mask&hasConfirm != 0 {
			confirm = bookedAt + u.int()
		}
		a.Confirmed = mask&hasWord != 0
		if mask&hasLate != 0 {
			a.Late = int(u.int())
		}
		if mask&hasMoves != 0 {
			a.Moves = int(u.int())
		}
		if mask&hasNanos != 0 {
			atNanos, confirmNanos = int64(u.uint()), int64(u.uint())
		}
		if mask&hasCodeDay != 0 {
			days := u.int()
			u.bad = u.bad || days < -1e6 || days > 1e6
			a.CodeDay = calendar.Date{Year: 1970, Month: time.January, Day: 1}.AddDays(int(max(-1e6, min(1e6, days))))
		}
		a.At = time.Unix(at, atNanos).UTC()
		if mask&hasConfirm != 0 {
			a.ConfirmBy = time.Unix(confirm, confirmNanos).UTC()
		}
	}
	if u.bad || len(u.in) > 0 {
		return nil, errPacked
	}
	ids.give(all)
	return list, nil
}

// ids makes all ids in one piece of memory.
type ids struct {
	begin string
	room  []byte
	ends  []int
}

func (d *ids) own(id string) { d.room = append(d.room, id...); d.ends = append(d.ends, len(d.room)) }

func (d *ids) next(n uint64) {
	d.room = append(d.room, d.begin...)
	for pad := uint64(1000); pad > max(n, 1) && pad > 1; pad /= 10 {
		d.room = append(d.room, '0')
	}
	d.room = strconv.AppendUint(d.room, n, 10)
	d.ends = append(d.ends, len(d.room))
}

func (d *ids) give(all []Appointment) {
	text, from := string(d.room), 0
	for i, to := range d.ends {
		all[i].ID = text[from:to]
		from = to
	}
}
