package wire

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
