package door

import "syscall"

// deferSeconds is how long the kernel keeps a connection that says nothing. Then
// it comes in all the same, and the door deals with it.
const deferSeconds = 1

// deferred is best effort: without it connections come in as they are made.
func deferred(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_DEFER_ACCEPT, deferSeconds)
	})
}
