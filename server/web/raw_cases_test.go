package web

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// rawCase is what a follower sends, byte for byte, and what it gets. Each is
// tried on every path of a socket, and with its first piece in one segment with
// the handshake.
type rawCase struct {
	name   string
	pieces [][]byte // each in a segment of its own
	leave  string   // after them: "" stays, "fin" ends its side, "rst" resets
	pongs  []string // what its pings are answered with, in order
	more   bool     // pongs after these do not matter
	code   int      // of the close frame; 1005: an empty one; 0: none
}

// stillThere is the ping that ends every case in which the socket stays open.
const stillThere = "still there?"

// masked is one frame of a client, its length in the shortest form.
func masked(head byte, body []byte) []byte {
	switch n := len(body); {
	case n < 126:
		return payload([]byte{head, 0x80 | byte(n)}, body)
	case n < 1<<16:
		return payload(binary.BigEndian.AppendUint16([]byte{head, 0x80 | 126}, uint16(n)), body)
	default:
		return long(head, uint64(n), body)
	}
}

// medium and long claim a length in 16 and 64 bits, whatever it is.
func medium(head byte, n uint16, body []byte) []byte {
	return payload(binary.BigEndian.AppendUint16([]byte{head, 0x80 | 126}, n), body)
}

func long(head byte, n uint64, body []byte) []byte {
	return payload(binary.BigEndian.AppendUint64([]byte{head, 0x80 | 127}, n), body)
}

func payload(head, body []byte) []byte {
	b := append(head, 1, 2, 3, 4)
	for i, c := range body {
		b = append(b, c^byte(i%4+1))
	}
	return b
}

func ping(body string) []byte  { return masked(0x89, []byte(body)) }
func text(body string) []byte  { return masked(0x81, []byte(body)) }
func begin(body string) []byte { return masked(0x01, []byte(body)) }
func goOn(body string) []byte  { return masked(0x00, []byte(body)) }
func last(body string) []byte  { return masked(0x80, []byte(body)) }
func goodbye(code int) []byte  { return farewell(code, "") }
func farewell(code int, s string) []byte {
	return masked(0x88, append([]byte{byte(code >> 8), byte(code)}, s...))
}

// cut gives b in two pieces.
func cut(b []byte, at int) [][]byte { return [][]byte{b[:at], b[at:]} }

// crumbs gives every byte a piece.
func crumbs(b []byte) (list [][]byte) {
	for i := range b {
		list = append(list, b[i:i+1])
	}
	return list
}

// ends and stays are most cases: all in one segment.
func ends(code int, name string, parts ...[]byte) rawCase {
	return rawCase{name: name, pieces: [][]byte{slices.Concat(parts...)}, code: code}
}

func stays(name string, pongs []string, parts ...[]byte) rawCase {
	return rawCase{name: name, pieces: [][]byte{slices.Concat(parts...)}, pongs: pongs}
}

func rawCases() []rawCase {
	return slices.Concat(opcodeCases(), lengthCases(), fragmentCases(), textCases(), controlCases(), closeCases(), cutCases(), leavingCases())
}

func opcodeCases() (cs []rawCase) {
	answers := map[int]int{1: 1008, 2: 1008, 8: 3104, 9: 0, 10: 0}
	for op := range 16 {
		body := []byte{0x0c, 0x20} // a close code, 3104, and a text
		code, known := answers[op]
		if !known {
			code = 1002
		}
		c := ends(code, fmt.Sprintf("opcode %d", op), masked(0x80|byte(op), body))
		if op == 9 {
			c.pongs = []string{string(body)}
		}
		cs = append(cs, c,
			ends(1002, fmt.Sprintf("opcode %d, not masked", op), append([]byte{0x80 | byte(op), 2}, body...)),
			ends(1002, fmt.Sprintf("opcode %d, not masked and empty", op), []byte{0x80 | byte(op), 0}))
		switch op {
		case 1, 2:
			code = 1008 // when it has ended
		default:
			code = 1002
		}
		cs = append(cs, ends(code, fmt.Sprintf("opcode %d in fragments", op), masked(byte(op), body), last("")))
	}
	for bits := byte(1); bits < 8; bits++ {
		cs = append(cs,
			ends(1002, fmt.Sprintf("reserved bits %03b on a text", bits), masked(0x81|bits<<4, []byte("x"))),
			ends(1002, fmt.Sprintf("reserved bits %03b on a ping", bits), masked(0x89|bits<<4, nil)))
	}
	return append(cs,
		ends(1002, "a reserved bit on a close", masked(0xc8, []byte{3, 232})),
		ends(1002, "a reserved bit on a pong", masked(0xca, nil)),
		ends(1002, "a reserved bit on a continuation", begin("x"), masked(0xc0, []byte("x"))),
		ends(1002, "all bits set", []byte{0xff, 0xff, 0xff, 0xff}),
		ends(1002, "a request for a page", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
		ends(1002, "a greeting of TLS", []byte{0x16, 0x03, 0x01, 0x02, 0x00, 0x01}),
		ends(1002, "nothing but zeros", make([]byte, 64)))
}

func lengthCases() (cs []rawCase) {
	for _, n := range []int{0, 1, 125, 126, 127, 4095, 4096} {
		cs = append(cs,
			ends(1008, fmt.Sprintf("a text of %d bytes", n), text(strings.Repeat("x", n))),
			ends(1008, fmt.Sprintf("%d bytes", n), masked(0x82, make([]byte, n))))
	}
	for _, n := range []int{4097, 5000, 65_535, 65_536, 200_000} {
		cs = append(cs, ends(1009, fmt.Sprintf("a text of %d bytes", n), text(strings.Repeat("x", n))))
	}
	for _, n := range []int{0, 1, 125} {
		body := make([]byte, n)
		cs = append(cs,
			ends(1002, fmt.Sprintf("%d bytes with a length of 16 bits", n), medium(0x82, uint16(n), body)),
			ends(1002, fmt.Sprintf("%d bytes with a length of 64 bits", n), long(0x82, uint64(n), body)),
			ends(1002, fmt.Sprintf("a ping of %d bytes with a length of 16 bits", n), medium(0x89, uint16(n), body)),
			ends(1002, fmt.Sprintf("a ping of %d bytes with a length of 64 bits", n), long(0x89, uint64(n), body)))
	}
	for _, n := range []int{126, 4096, 65_535} {
		cs = append(cs, ends(1002, fmt.Sprintf("%d bytes with a length of 64 bits", n), long(0x82, uint64(n), make([]byte, n))))
	}
	return append(cs,
		ends(1009, "a claim of 65535 bytes", medium(0x81, 65_535, nil)[:4]),
		ends(1009, "a claim of 65536 bytes", long(0x81, 65_536, nil)[:10]),
		ends(1009, "a claim of a terabyte", long(0x81, 1<<40, nil)),
		ends(1009, "a claim of 63 bits", long(0x82, 1<<63-1, nil)),
		ends(1002, "a claim of 64 bits", long(0x82, 1<<63, nil)),
		ends(1002, "a claim of 64 bits, all set", long(0x81, 1<<64-1, nil)),
		ends(1009, "a claim of 63 bits after a fragment", begin("x"), long(0x80, 1<<63-1, nil)),
		ends(1002, "a claim of 64 bits after a fragment", begin("x"), long(0x80, 1<<64-1, nil)))
}

func fragmentCases() []rawCase {
	x := func(n int) string { return strings.Repeat("x", n) }
	return []rawCase{
		ends(1008, "a text in two", begin("hel"), last("lo")),
		ends(1008, "a text in four", begin("h"), goOn("el"), goOn("l"), last("o")),
		ends(1008, "bytes in two", masked(0x02, []byte{0xff}), last("\xfe")),
		ends(1008, "empty fragments", begin(""), goOn(""), last("")),
		ends(1008, "a fragment and an empty last one", begin("hello"), last("")),
		ends(1008, "4096 bytes in fragments", begin(x(4000)), goOn(x(90)), last(x(6))),
		ends(1009, "4097 bytes in fragments", begin(x(4000)), goOn(x(90)), last(x(7))),
		ends(1009, "6000 bytes in fragments", begin(x(3000)), last(x(3000))),
		ends(1009, "6000 bytes in fragments that go on", begin(x(3000)), goOn(x(3000))),
		ends(1009, "bytes too many in fragments", masked(0x02, make([]byte, 4096)), goOn("x")),
		{name: "a ping between fragments", pieces: [][]byte{begin("a"), ping("between"), last("b")}, pongs: []string{"between"}, code: 1008},
		{name: "pings between fragments", pieces: [][]byte{slices.Concat(begin("a"), ping("1"), goOn("b"), ping("2"), masked(0x8a, nil), ping("3"), last("c"))},
			pongs: []string{"1", "2", "3"}, code: 1008},
		ends(1001, "a close between fragments", begin("a"), goodbye(1001)),
		ends(1002, "a continuation of naught", last("x")),
		ends(1002, "a continuation of naught that goes on", goOn("x")),
		ends(1002, "a continuation of naught after a ping", masked(0x8a, nil), last("x")),
		ends(1002, "a text inside a text", begin("a"), text("b")),
		ends(1002, "another text begun inside a text", begin("a"), begin("b")),
		ends(1002, "bytes inside a text", begin("a"), masked(0x82, nil)),
		ends(1002, "a text inside bytes", masked(0x02, nil), text("")),
		ends(1002, "an unknown opcode inside a text", begin("a"), masked(0x83, nil)),
		ends(1002, "a fragmented ping", masked(0x09, []byte("x"))),
		ends(1002, "a fragmented ping inside a text", begin("a"), masked(0x09, []byte("x"))),
		ends(1002, "not masked inside a text", begin("a"), []byte{0x80, 1, 'b'}),
		ends(1008, "fragments without end", begin(""), slices.Repeat(goOn(""), 300)),
	}
}

func textCases() (cs []rawCase) {
	for name, s := range map[string]string{
		"bytes that never stand in a text": "\xff\xfe", "a lone continuation": "\x80", "a continuation too many": "a\xbf",
		"an overlong slash of two": "\xc0\xaf", "an overlong zero": "\xc0\x80", "an overlong letter": "\xc1\xbf",
		"an overlong of three": "\xe0\x80\x80", "the last overlong of three": "\xe0\x9f\xbf",
		"an overlong of four": "\xf0\x80\x80\x80", "the last overlong of four": "\xf0\x8f\xbf\xbf",
		"the first surrogate": "\xed\xa0\x80", "the last surrogate": "\xed\xbf\xbf", "a pair of surrogates": "\xed\xa0\xbd\xed\xb8\x80",
		"more than there are characters": "\xf4\x90\x80\x80", "a lead byte beyond all": "\xf5\x80\x80\x80", "a form of five": "\xf8\x88\x80\x80\x80",
		"half of two": "\xc3", "two of three": "\xe2\x82", "three of four": "\xf0\x9f\x98", "a letter in a character": "\xe2\x82a", "bad in the middle": "all good \xed\xa0\x80 and on",
	} {
		cs = append(cs, ends(1007, name, text(s)))
		if len(s) > 1 {
			cs = append(cs, ends(1007, name+", in fragments", begin(s[:1]), goOn(s[1:]), last("")))
		}
	}
	for name, s := range map[string]string{
		"the first of two": "\xc2\x80", "the last of two": "\xdf\xbf", "the first of three": "\xe0\xa0\x80", "before the surrogates": "\xed\x9f\xbf",
		"after the surrogates": "\xee\x80\x80", "the last of three": "\xef\xbf\xbf", "the first of four": "\xf0\x90\x80\x80", "the last character": "\xf4\x8f\xbf\xbf",
		"a byte order mark": "\xef\xbb\xbf", "a zero": "\x00",
	} {
		cs = append(cs, ends(1008, name, text(s)))
		for i := 1; i < len(s); i++ {
			cs = append(cs, ends(1008, fmt.Sprintf("%s, in fragments after %d", name, i), begin(s[:i]), last(s[i:])))
		}
	}
	slices.SortFunc(cs, func(a, b rawCase) int { return strings.Compare(a.name, b.name) })
	return append(cs,
		ends(1007, "a character that the last fragment does not end", begin("\xe2\x82"), last("")),
		ends(1009, "bad and too long", begin("\xff"), long(0x80, 70_000, nil)),
		ends(1008, "bytes need not be text", masked(0x82, []byte{0xff, 0xfe})))
}

func controlCases() []rawCase {
	full := strings.Repeat("p", 125)
	var binary strings.Builder
	for i := range 125 {
		binary.WriteByte(byte(i * 2))
	}
	burst := rawCase{name: "pings without end", pieces: [][]byte{slices.Repeat(ping("x"), 300)}, pongs: slices.Repeat([]string{"x"}, 100), more: true, code: 1008}
	return []rawCase{
		stays("nothing", nil),
		stays("an empty ping", []string{""}, ping("")),
		stays("a ping of one byte", []string{"x"}, ping("x")),
		stays("a ping of 125 bytes", []string{full}, ping(full)),
		stays("a ping of any bytes", []string{binary.String()}, ping(binary.String())),
		stays("three pings", []string{"1", "2", "3"}, ping("1"), ping("2"), ping("3")),
		stays("sixty pings", slices.Repeat([]string{"x"}, 60), slices.Repeat(ping("x"), 60)),
		stays("an empty pong", nil, masked(0x8a, nil)),
		stays("a pong nobody asked for", nil, masked(0x8a, []byte("here I am"))),
		stays("a pong of 125 bytes", nil, masked(0x8a, []byte(full))),
		stays("pongs and a ping", []string{"p"}, masked(0x8a, nil), ping("p"), masked(0x8a, []byte("x"))),
		ends(1002, "a ping of 126 bytes", masked(0x89, make([]byte, 126))),
		ends(1002, "a ping of 200 bytes", masked(0x89, make([]byte, 200))),
		ends(1002, "a ping of 70000 bytes", masked(0x89, make([]byte, 70_000))),
		ends(1002, "a pong of 126 bytes", masked(0x8a, make([]byte, 126))),
		{name: "a ping and then a text", pieces: [][]byte{slices.Concat(ping("p"), text("t"))}, pongs: []string{"p"}, code: 1008},
		burst,
		ends(1008, "pongs without end", slices.Repeat(masked(0x8a, nil), 300)),
	}
}

func closeCases() (cs []rawCase) {
	for code, want := range map[int]int{
		0: 1002, 1: 1002, 999: 1002, 1000: 1000, 1001: 1001, 1002: 1002, 1003: 1003, 1004: 1002, 1005: 1002, 1006: 1002, 1007: 1007, 1008: 1008, 1009: 1009,
		1010: 1010, 1011: 1011, 1012: 1012, 1013: 1013, 1014: 1014, 1015: 1002, 1016: 1002, 1100: 1002, 1999: 1002, 2000: 1002, 2999: 1002,
		3000: 3000, 3999: 3999, 4000: 4000, 4999: 4999, 5000: 1002, 65_535: 1002,
	} {
		cs = append(cs, ends(want, fmt.Sprintf("a close with %d", code), goodbye(code)))
	}
	slices.SortFunc(cs, func(a, b rawCase) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len("ü€😀"); i++ {
		f := farewell(1000, "ü€😀")
		cs = append(cs, rawCase{name: fmt.Sprintf("a reason cut after its byte %d", i), pieces: cut(f, 8+i), code: 1000})
	}
	full := strings.Repeat("r", 123)
	return append(cs,
		ends(1005, "a close without a code", masked(0x88, nil)),
		ends(1002, "a close with half a code", masked(0x88, []byte{3})),
		ends(1001, "a close with a reason", farewell(1001, "going away")),
		ends(1000, "a close with the longest reason", farewell(1000, full)),
		ends(1002, "a close with a reason too long", farewell(1000, full+"r")),
		ends(1007, "a reason that is no text", farewell(1000, "\xff")),
		ends(1007, "a reason with a surrogate", farewell(1000, "x\xed\xa0\x80")),
		ends(1007, "a reason cut in a character", farewell(1000, "\xe2\x82")),
		ends(1002, "no such code and no text", farewell(1006, "\xff")),
		ends(1002, "a close in fragments", masked(0x08, []byte{3, 232})),
		ends(1002, "a close not masked", []byte{0x88, 2, 3, 232}),
		ends(1000, "a text after the close", goodbye(1000), text("more")),
		ends(1000, "a ping after the close", goodbye(1000), ping("more")),
		ends(1000, "rubbish after the close", goodbye(1000), []byte{0xff, 0xff, 0xff}),
		ends(1000, "two closes", goodbye(1000), goodbye(1001)),
		rawCase{name: "a ping before the close", pieces: [][]byte{slices.Concat(ping("p"), goodbye(1000))}, pongs: []string{"p"}, code: 1000},
	)
}

// cutCases come in pieces; the pieces of a frame are the frame.
func cutCases() (cs []rawCase) {
	for i := range len(ping("12345")) - 1 {
		cs = append(cs, rawCase{name: fmt.Sprintf("a ping cut after its byte %d", i+1), pieces: cut(ping("12345"), i+1), pongs: []string{"12345"}})
	}
	for i := range 8 {
		cs = append(cs, rawCase{name: fmt.Sprintf("a text of 300 bytes cut after its byte %d", i+1), pieces: cut(text(strings.Repeat("ß", 150)), i+1), code: 1008})
	}
	for i := range 10 {
		cs = append(cs, rawCase{name: fmt.Sprintf("a text of 70000 bytes cut after its byte %d", i+1), pieces: cut(text(strings.Repeat("x", 70_000)), i+1), code: 1009})
	}
	for i := range 7 {
		cs = append(cs, rawCase{name: fmt.Sprintf("a close cut after its byte %d", i+1), pieces: cut(goodbye(1001), i+1), code: 1001})
	}
	return append(cs,
		rawCase{name: "pings byte by byte", pieces: crumbs(slices.Concat(ping("one"), ping(""), ping("two"))), pongs: []string{"one", "", "two"}},
		rawCase{name: "a text byte by byte", pieces: crumbs(text("Grüße 😀")), code: 1008},
		rawCase{name: "no text byte by byte", pieces: crumbs(text("Gr\xc3")), code: 1007},
		rawCase{name: "fragments byte by byte", pieces: crumbs(slices.Concat(begin("Gr\xc3"), ping("p"), last("\xbc"))), pongs: []string{"p"}, code: 1008},
		rawCase{name: "not masked byte by byte", pieces: crumbs([]byte{0x81, 1}), code: 1002},
		rawCase{name: "the end of one ping and the beginning of the next", pieces: [][]byte{ping("one")[:8], slices.Concat(ping("one")[8:], ping("two")[:3]), ping("two")[3:]},
			pongs: []string{"one", "two"}})
}

// leavingCases end in the middle of something.
func leavingCases() (cs []rawCase) {
	for name, b := range map[string][]byte{
		"nothing": nil, "one byte": {0x89}, "two bytes": ping("x")[:2], "half a mask": ping("x")[:4], "a header": ping("x")[:6], "half a ping": ping("ping")[:8],
		"half a close": goodbye(1000)[:7], "a fragment": begin("x"), "a fragment and half a ping": slices.Concat(begin("x"), ping("ping")[:7]),
		"half a text": text(strings.Repeat("x", 4096))[:2000],
	} {
		cs = append(cs,
			rawCase{name: name + " and then an end", pieces: [][]byte{b}, leave: "fin"},
			rawCase{name: name + " and then a reset", pieces: [][]byte{b}, leave: "rst"})
	}
	slices.SortFunc(cs, func(a, b rawCase) int { return strings.Compare(a.name, b.name) })
	return append(cs,
		rawCase{name: "a ping and then an end", pieces: [][]byte{ping("p")}, leave: "fin", pongs: []string{"p"}},
		rawCase{name: "a text and then an end", pieces: [][]byte{text("t")}, leave: "fin", code: 1008},
		rawCase{name: "a close and then an end", pieces: [][]byte{goodbye(1000)}, leave: "fin", code: 1000},
		rawCase{name: "a text and then a reset", pieces: [][]byte{text("t")}, leave: "rst"})
}
