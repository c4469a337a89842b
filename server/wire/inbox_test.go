package wire

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// outcome is what a follower's bytes came to.
type outcome struct {
	Pings    []string
	Code     int
	Answered bool
	Begun    bool // a frame or message is unfinished
}

func (o outcome) same(p outcome) bool {
	return slices.Equal(o.Pings, p.Pings) && o.Code == p.Code && o.Answered == p.Answered && o.Begun == p.Begun
}

// fed gives the pieces to an inbox one after the other. Each piece is spoilt
// when it was taken, as the shared buffer is by the next follower's bytes.
func fed(t testing.TB, pieces ...[]byte) (o outcome) {
	t.Helper()
	var in *inbox
	var a allowance
	for _, p := range pieces {
		lent := bytes.Clone(p)
		var end Closing
		in, end = in.feed(lent, &a, func(payload []byte) { o.Pings = append(o.Pings, string(payload)) })
		for i := range lent {
			lent[i] = 0xa5
		}
		if in != nil && (cap(in.control) > maxControl || in.size > maxMessage || len(in.head) > maxHeader) {
			t.Fatalf("the inbox keeps %d bytes of control, %d of a message", cap(in.control), in.size)
		}
		if o.Begun = in != nil; end.Code != 0 {
			if in != nil || end.Code != NoCode && end.Code < 1000 || len(end.Reason) > maxControl-2 || !utf8.ValidString(end.Reason) {
				t.Fatalf("an end of %+v keeps %v", end, in)
			}
			o.Code, o.Answered = end.Code, end.Answered
			return o
		}
	}
	return o
}

// reading is the same read from all bytes at once, straight from RFC 6455. It
// is written to be seen to be right, not to be quick.
func reading(all []byte) (o outcome) {
	var message []byte
	kind, frames := byte(0), 0 // kind of the message that has begun
	for {
		o.Begun = kind != 0 || len(all) > 0
		if len(all) < 2 {
			return o
		}
		fin, reserved, op := all[0]>>7 == 1, all[0]>>4&7, all[0]&15
		masked, short := all[1]>>7 == 1, int(all[1]&127)
		control := op == 8 || op == 9 || op == 10
		if reserved != 0 || !masked || !control && op > 2 || control && (!fin || short > 125) ||
			op == 0 && kind == 0 || (op == 1 || op == 2) && kind != 0 {
			return outcome{Pings: o.Pings, Code: 1002}
		}
		if op != 8 {
			if frames++; frames > 100 {
				return outcome{Pings: o.Pings, Code: 1008}
			}
		}
		if op == 1 || op == 2 {
			kind = op
			o.Begun = true
		}
		size, at := uint64(short), 2
		switch {
		case short == 126 && len(all) < 4, short == 127 && len(all) < 10:
			return o
		case short == 126:
			size, at = uint64(all[2])<<8+uint64(all[3]), 4
		case short == 127:
			size, at = binary.BigEndian.Uint64(all[2:10]), 10
		}
		if short == 126 && size < 126 || short == 127 && size <= 65535 || size > 1<<63-1 {
			return outcome{Pings: o.Pings, Code: 1002}
		}
		if !control && (size > 4096 || uint64(len(message))+size > 4096) {
			return outcome{Pings: o.Pings, Code: 1009}
		}
		if uint64(len(all)) < uint64(at)+4+size {
			return o
		}
		var body []byte
		for i := range int(size) {
			body = append(body, all[at+4+i]^all[at+i%4])
		}
		all = all[at+4+int(size):]
		switch op {
		case 8:
			return outcome{Pings: o.Pings, Code: answer(body), Answered: true}
		case 9:
			o.Pings = append(o.Pings, string(body))
		case 0, 1, 2:
			message = append(message, body...)
			if fin && kind == 1 && !utf8.Valid(message) {
				return outcome{Pings: o.Pings, Code: 1007}
			}
			if fin {
				return outcome{Pings: o.Pings, Code: 1008}
			}
		}
	}
}

// answer is the code that a close frame is answered with.
func answer(body []byte) int {
	switch len(body) {
	case 0:
		return 1005
	case 1:
		return 1002
	}
	code := int(binary.BigEndian.Uint16(body))
	if !slices.Contains([]int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}, code) && (code < 3000 || code >= 5000) {
		return 1002
	}
	if !utf8.Valid(body[2:]) {
		return 1007
	}
	return code
}

// frame is one frame of a client, with the shortest form of its length.
func frame(head byte, body string) []byte {
	b := []byte{head}
	switch n := len(body); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, mask[:]...)
	for i := range len(body) {
		b = append(b, body[i]^mask[i%4])
	}
	return b
}

func closeFrame(code int, reason string) []byte {
	return frame(0x88, string(binary.BigEndian.AppendUint16(nil, uint16(code)))+reason)
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// pieces cuts b at random places.
func pieces(b []byte, r *rand.Rand) (list [][]byte) {
	for len(b) > 0 {
		n := 1 + r.IntN(min(len(b), 1+r.IntN(40)))
		list = append(list, b[:n])
		b = b[n:]
	}
	return list
}

func single(b []byte) (list [][]byte) {
	for i := range b {
		list = append(list, b[i:i+1])
	}
	return list
}

// agrees checks that the bytes come to the same however they come, and to what
// the plain reading says.
func agrees(t *testing.T, b []byte, seed uint64) outcome {
	t.Helper()
	want := reading(b)
	r := rand.New(rand.NewPCG(seed, 1))
	for how, list := range map[string][][]byte{"whole": {b}, "byte by byte": single(b), "in pieces": pieces(b, r)} {
		if got := fed(t, list...); !got.same(want) {
			t.Fatalf("% x\n%s: %+v\nwant %+v", b, how, got, want)
		}
	}
	return want
}

var seeds = [][]byte{
	nil,
	{0x89},
	frame(0x89, "ping"), frame(0x8a, ""), frame(0x8a, strings.Repeat("o", 125)),
	frame(0x81, "hello"), frame(0x82, "\xff"), frame(0x81, "\xff"), frame(0x81, "grüße"),
	join(frame(0x01, "gr\xc3"), frame(0x89, "between"), frame(0x80, "\xbc\xc3\x9fe")),
	join(frame(0x01, "\xf0\x9f"), frame(0x00, "\x98"), frame(0x80, "\x80")),
	join(frame(0x01, "\xe2\x82"), frame(0x80, "")),
	join(frame(0x01, ""), frame(0x01, "x")), frame(0x80, "x"), frame(0x00, "x"),
	frame(0x81, strings.Repeat("x", 4096)), frame(0x81, strings.Repeat("x", 4097)), frame(0x82, strings.Repeat("x", 70_000))[:300],
	join(frame(0x01, strings.Repeat("x", 4096)), frame(0x80, ""))[:4200],
	join(frame(0x02, strings.Repeat("x", 3000)), frame(0x80, strings.Repeat("x", 3000))),
	frame(0x88, ""), frame(0x88, "\x03"), closeFrame(1000, ""), closeFrame(1001, "going"), closeFrame(1005, ""), closeFrame(4999, "\xff"), closeFrame(5000, ""),
	join(closeFrame(1000, "ü"), frame(0x81, "after")),
	{0x81, 1, 'x'}, frame(0xc1, "x"), frame(0xa1, "x"), frame(0x91, "x"), frame(0x83, "x"), frame(0x8b, ""), frame(0x09, "x"), frame(0x89, strings.Repeat("x", 126)),
	{0x81, 0xfe, 0, 5, 1, 2, 3, 4}, {0x81, 0xff, 0, 0, 0, 0, 0, 0, 1, 0}, {0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}, {0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0},
	bytes.Repeat(frame(0x89, ""), 101), bytes.Repeat(frame(0x8a, "x"), 100),
	join(frame(0x01, ""), bytes.Repeat(frame(0x00, ""), 100)),
}

// FuzzInbox: whatever a follower sends comes to the same in whatever pieces,
// and to what the standard says.
func FuzzInbox(f *testing.F) {
	for i, b := range seeds {
		f.Add(b, uint64(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		if len(b) > 1<<14 {
			return
		}
		agrees(t, b, seed)
	})
}

// Bytes drawn at random break the rules at once; these are mostly frames that
// are almost right, so that what is behind the first of them is reached.
func TestFramesThatAreAlmostRightComeToTheSameInAnyPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(20261124, 5))
	heads := []byte{0x89, 0x8a, 0x89, 0x8a, 0x01, 0x02, 0x00, 0x00, 0x80, 0x81, 0x82, 0x88, 0x83, 0xc9}
	texts := []string{"", "x", "ü", "\xc3", "\xbc", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xac", strings.Repeat("ß", 62), strings.Repeat("y", 126), strings.Repeat("z", 2000), strings.Repeat("q", 4090), strings.Repeat("r", 4097), "\x03\xe8", "\x03\xed", "\x03"}
	ends := map[int]int{}
	for i := range 6000 {
		var b []byte
		for range 1 + r.IntN(6) {
			f := frame(heads[r.IntN(len(heads))], texts[r.IntN(len(texts))])
			if r.IntN(20) == 0 {
				f[r.IntN(len(f))] ^= 1 << r.IntN(8)
			}
			b = append(b, f...)
		}
		if r.IntN(3) == 0 {
			b = b[:r.IntN(len(b))]
		}
		ends[agrees(t, b, uint64(i)).Code]++
	}
	for _, code := range []int{0, 1000, 1002, 1005, 1007, 1008, 1009} {
		if ends[code] < 10 {
			t.Errorf("only %d of the frames came to %d: %v", ends[code], code, ends)
		}
	}
}

func TestEveryCloseCodeIsAnsweredAsTheStandardSays(t *testing.T) {
	for code := range 1 << 16 {
		want := code
		if code < 1000 || code > 4999 || code > 1014 && code < 3000 || code >= 1004 && code <= 1006 {
			want = codeProtocol
		}
		if got := fed(t, closeFrame(code, "")); got.Code != want || !got.Answered {
			t.Fatalf("%d is answered with %+v, want %d", code, got, want)
		}
	}
}

func TestTextIsJudgedTheSameWhereverItIsCut(t *testing.T) {
	alphabet := []byte{'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff}
	r := rand.New(rand.NewPCG(7, 7))
	good := 0
	for range 100_000 {
		b := make([]byte, 1+r.IntN(6))
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		for _, list := range [][][]byte{{b}, single(b), pieces(b, r)} {
			var check textCheck
			for _, p := range list {
				check.feed(p)
			}
			if check.whole() != utf8.Valid(b) {
				t.Fatalf("% x in %d pieces is %v", b, len(list), check.whole())
			}
		}
		if utf8.Valid(b) && b[0] > 0x7f {
			good++
		}
	}
	if good < 200 {
		t.Errorf("only %d texts were good ones", good)
	}
}

func TestWhoIsSilentKeepsNothing(t *testing.T) {
	var a allowance
	var in *inbox
	stream := join(frame(0x8a, "x"), frame(0x89, strings.Repeat("p", 125)), frame(0x8a, ""))
	lent := make([]byte, len(stream))
	pinged := 0
	ping := func([]byte) { pinged++ }
	if n := testing.AllocsPerRun(100, func() {
		copy(lent, stream)
		a.spent = 0
		in, _ = in.feed(lent, &a, ping)
	}); n != 0 || in != nil || pinged == 0 {
		t.Errorf("whole frames cost %v allocations and leave %v, %d pings", n, in, pinged)
	}
	for _, b := range single(frame(0x89, "pieces")) {
		in, _ = in.feed(b, &a, ping)
	}
	if in != nil {
		t.Errorf("a frame that has ended leaves %+v", in)
	}
	if n := unsafe.Sizeof(inbox{}); n > 64 {
		t.Errorf("an unfinished frame costs %d bytes", n)
	}
	if n := unsafe.Sizeof(allowance{}); n > 8 {
		t.Errorf("every follower's allowance is %d bytes", n)
	}
}

func TestWhatBeginsAnewIsToldByAnotherInbox(t *testing.T) {
	var a allowance
	ping := func([]byte) {}
	one, _ := (*inbox)(nil).feed(frame(0x89, "one")[:5], &a, ping)
	same, _ := one.feed(frame(0x89, "one")[5:8], &a, ping)
	if one == nil || same != one {
		t.Fatalf("a frame that goes on: %p, %p", one, same)
	}
	two, _ := same.feed(join(frame(0x89, "one")[8:], frame(0x8a, "two")[:3]), &a, ping)
	if two == nil || two == one {
		t.Errorf("another frame: %p, %p", one, two)
	}
	text, _ := two.feed(join(frame(0x8a, "two")[3:], frame(0x01, "text")), &a, ping)
	if text == nil || text == two {
		t.Errorf("a message: %p, %p", two, text)
	}
	on, _ := text.feed(join(frame(0x89, "between"), frame(0x00, "goes on"), frame(0x8a, "")[:1]), &a, ping)
	if on != text {
		t.Errorf("a message that goes on: %p, %p", text, on)
	}
}

func TestAnAllowanceComesBackWithTime(t *testing.T) {
	var a allowance
	takes := func() (n int) {
		for a.spend() {
			n++
		}
		return n
	}
	if n := takes(); n != 100 {
		t.Fatalf("%d at once", n)
	}
	for _, c := range []struct {
		second uint32
		want   int
	}{{0, 0}, {1, 2}, {1, 0}, {4, 6}, {53, 98}, {1000, 100}, {1<<32 - 1, 100}} {
		if a.renew(c.second); takes() != c.want {
			t.Errorf("at %d s not %d more", c.second, c.want)
		}
	}
}

func TestEndlessFramesEndTheSocket(t *testing.T) {
	for name, f := range map[string][]byte{"pings": frame(0x89, "x"), "pongs": frame(0x8a, ""), "fragments": frame(0x00, "")} {
		many := bytes.Repeat(f, 99)
		if got := fed(t, frame(0x01, ""), many); got.Code != 0 {
			t.Errorf("%s: a burst comes to %+v", name, got)
		}
		if got := fed(t, frame(0x01, ""), many, f); got.Code != codePolicy {
			t.Errorf("%s: more than a burst comes to %+v", name, got)
		}
	}
	if got := fed(t, join(bytes.Repeat(frame(0x8a, ""), 100), closeFrame(1001, ""))); got.Code != 1001 || !got.Answered {
		t.Errorf("a goodbye after a burst comes to %+v", got)
	}
}

func BenchmarkInbox(b *testing.B) {
	for name, f := range map[string][]byte{"pong": frame(0x8a, ""), "pong of 4 bytes": frame(0x8a, "1234"), "ping of 4 bytes": frame(0x89, "1234"), "ping of 125 bytes": frame(0x89, strings.Repeat("x", 125))} {
		b.Run(name, func(b *testing.B) {
			var in *inbox
			lent := make([]byte, len(f))
			ping := func([]byte) {}
			for b.Loop() {
				var a allowance
				copy(lent, f)
				in, _ = in.feed(lent, &a, ping)
			}
			if in != nil {
				b.Fatal("not whole")
			}
		})
	}
}
