package door

import (
	"context"
	"net"
)

// Listen opens the port that a Door stands before.
//
// There is no keep-alive of TCP's: it costs calls at each connection, and with
// hundreds of thousands it was seen to end healthy ones. Followers have a heart,
// and other connections end when they are idle.
//
// Where the kernel can, it keeps a connection to itself until the first bytes of
// its request are there, a second at most; then the request is read at once. A
// connection that has said nothing yet would cost a goroutine that begins to
// read, is put to sleep and woken again, with all that it holds meanwhile: in a
// storm a fifth of a connect.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	return (&net.ListenConfig{KeepAlive: -1, Control: deferred}).Listen(ctx, "tcp", address)
}
