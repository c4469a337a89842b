package live

import (
	"bytes"
	"strconv"
	"time"
)

// A patch says what is other in a view than in the one before it. It is made
// from the bytes of both, which a phone's round can afford for each phone.
//
//	{"a":P,"b":P}       of an object: these members, each by a patch of its own
//	{"3":P}             of a list: these elements
//	[at,n,[…],at,n,[…]] of a list: from at on, n elements give way to these; in
//	                    this order, each on what the one before made
//	n, a number         of an instant, whole seconds in UTC: so many seconds later
//	[value]             this value instead, whatever was there
//	anything else       itself instead
//
// Members are never taken away: an object that loses one is replaced.

// patchEnvelope wraps a patch. It is short, because most of what phones get is
// shorter than an envelope: the instant in milliseconds, and neither version nor
// build, which came with the whole view.
func patchEnvelope(seq uint64, at time.Time, patch []byte) []byte {
	b := make([]byte, 0, len(patch)+64)
	b = append(b, `{"seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, at.UnixMilli(), 10)
	b = append(b, `,"patch":`...)
	b = append(b, patch...)
	return append(b, '}')
}

// patch is the form of a frame for who has taken the frame before it.
type patch struct {
	wire []byte
	once once
}

// since is the frame as what is other than in the one before; nil where the
// whole view is no longer than that.
func (f Frame) since(before Frame) *patch {
	var room [512]byte
	text := appendPatch(room[:0], before.View, f.View)
	if text[0] != '{' || len(text) >= len(f.View) {
		return nil
	}
	return &patch{wire: patchEnvelope(f.Seq, f.At, text)}
}

// frame is the frame in this form.
func (p *patch) frame(f Frame) Frame {
	f.Wire, f.once = p.wire, &p.once
	return f
}

// appendPatch appends what makes the second of two different JSON values, both
// without white space, of the first.
func appendPatch(to, before, after []byte) []byte {
	from := len(to)
	switch b, a := before[0], after[0]; {
	case b == '{' && a == '{':
		if p, ok := appendMembers(to, before, after); ok {
			to = p
		}
	case b == '[' && a == '[':
		to = appendList(to, before, after)
	case b == '"' && a == '"':
		if later, ok := secondsBetween(before, after); ok {
			to = strconv.AppendInt(to, later, 10)
		}
	}
	if whole := len(after) + len("[]"); len(to) == from || len(to)-from > whole {
		return appendValue(to[:from], before, after)
	}
	return to
}

// appendValue appends a value that takes another one's place.
func appendValue(to, before, after []byte) []byte {
	switch a := after[0]; {
	case a == '{' || a == '[', before[0] == '"' && (a == '-' || a >= '0' && a <= '9'):
		to = append(to, '[')
		to = append(to, after...)
		return append(to, ']')
	}
	return append(to, after...)
}

// secondsBetween is how much later one instant is than another, where both are
// in UTC and of whole seconds.
func secondsBetween(before, after []byte) (int64, bool) {
	const form = `"2006-01-02T15:04:05Z"`
	if len(before) != len(form) || len(after) != len(form) {
		return 0, false
	}
	b, err := time.Parse(form, string(before))
	if err != nil {
		return 0, false
	}
	a, err := time.Parse(form, string(after))
	if err != nil {
		return 0, false
	}
	return a.Unix() - b.Unix(), true
}

// member is one of an object; its name is quoted.
type member struct{ name, value []byte }

// appendMembers appends the members that changed; ok is false when one is gone.
func appendMembers(to, before, after []byte) ([]byte, bool) {
	var b, a [24]member
	old, kept, comma := membersOf(b[:0], before), 0, false
	to = append(to, '{')
	for i, m := range membersOf(a[:0], after) {
		was := find(old, m.name, i)
		if was != nil {
			kept++
			if bytes.Equal(was, m.value) {
				continue
			}
		}
		if comma {
			to = append(to, ',')
		}
		comma = true
		to = append(to, m.name...)
		to = append(to, ':')
		if was == nil {
			to = append(to, '[')
			to = append(to, m.value...)
			to = append(to, ']')
			continue
		}
		to = appendPatch(to, was, m.value)
	}
	return append(to, '}'), kept == len(old)
}

// find gives a member's value; it most likely stands where it stood.
func find(list []member, name []byte, at int) []byte {
	if at < len(list) && bytes.Equal(list[at].name, name) {
		return list[at].value
	}
	for _, m := range list {
		if bytes.Equal(m.name, name) {
			return m.value
		}
	}
	return nil
}

// appendList appends what is other in a list, in the shorter of two ways.
func appendList(to, before, after []byte) []byte {
	var b, a [64][]byte
	old, now := elementsOf(b[:0], before), elementsOf(a[:0], after)
	from := len(to)
	to = appendSplices(to, old, now)
	if len(old) != len(now) {
		return to
	}
	spliced := len(to)
	comma := byte('{')
	for i := range now {
		if bytes.Equal(old[i], now[i]) {
			continue
		}
		to = append(to, comma, '"')
		to = strconv.AppendInt(to, int64(i), 10)
		to = append(to, `":`...)
		to = appendPatch(to, old[i], now[i])
		comma = ','
	}
	to = append(to, '}')
	if len(to)-spliced < spliced-from {
		return append(to[:from], to[spliced:]...)
	}
	return to[:spliced]
}

// near is how far is looked for an element that moved.
const near = 8

func appendSplices(to []byte, old, now [][]byte) []byte {
	comma := byte('[')
	for i, j := 0, 0; i < len(old) || j < len(now); {
		if i < len(old) && j < len(now) && bytes.Equal(old[i], now[j]) {
			i, j = i+1, j+1
			continue
		}
		gone, come := until(old[i:], now[j:])
		to = append(to, comma)
		to = strconv.AppendInt(to, int64(j), 10)
		to = append(to, ',')
		to = strconv.AppendInt(to, int64(gone), 10)
		to = append(to, ",["...)
		to = append(to, bytes.Join(now[j:j+come], []byte{','})...)
		to = append(to, ']')
		i, j, comma = i+gone, j+come, ','
	}
	return append(to, ']')
}

// until is how many elements go and come before both lists have the same one;
// all of them where none is near.
func until(old, now [][]byte) (gone, come int) {
	for d := 1; d <= near; d++ {
		for gone = 0; gone <= d; gone++ {
			if come = d - gone; gone < len(old) && come < len(now) && bytes.Equal(old[gone], now[come]) {
				return gone, come
			}
		}
	}
	return len(old), len(now)
}

// membersOf appends the members of an object.
func membersOf(list []member, object []byte) []member {
	for i := 1; object[i] != '}'; {
		if object[i] == ',' {
			i++
		}
		colon := endOf(object, i)
		end := endOf(object, colon+1)
		list = append(list, member{object[i:colon], object[colon+1 : end]})
		i = end
	}
	return list
}

// elementsOf appends the elements of a list.
func elementsOf(all [][]byte, list []byte) [][]byte {
	for i := 1; list[i] != ']'; {
		if list[i] == ',' {
			i++
		}
		end := endOf(list, i)
		all = append(all, list[i:end])
		i = end
	}
	return all
}

// endOf is where the value ends that begins at i.
func endOf(b []byte, i int) int {
	for depth := 0; ; {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			i++
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':':
			i++
		default: // a number, true, false or null
			for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
}
