package wire

import "encoding/binary"

// Closing is how a socket is closed: what its close frame says.
type Closing struct {
	Code   int // 0: not at all; NoCode: the close frame is empty
	Reason string
	// Answered says that the other side has closed and Code is only the
	// answer: nothing more is to come, and nobody is to be waited for.
	Answered bool
}

// NoCode stands for a close frame without a code. It is never sent.
const NoCode = 1005

// How a Loop closes sockets by itself; docs/live.md tells followers what to do.
var (
	Slow = Closing{Code: 4001, Reason: "too slow"}
	Over = Closing{Code: 4102, Reason: "over"}
	// Unfinished is for a frame or message that does not come whole.
	Unfinished = Closing{Code: codePolicy, Reason: "not finished in time"}
)

// goodbye is the frame that says it, RFC 6455 5.5.1.
func goodbye(c Closing) []byte {
	if c.Code == NoCode {
		return []byte{0x80 | opClose, 0}
	}
	reason := c.Reason[:min(len(c.Reason), maxControl-2)]
	b := make([]byte, 4, 4+len(reason))
	b[0], b[1] = 0x80|opClose, byte(2+len(reason))
	binary.BigEndian.PutUint16(b[2:], uint16(c.Code))
	return append(b, reason...)
}
