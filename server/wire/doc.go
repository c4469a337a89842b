// Package wire serves followers' sockets at what the kernel asks for it: a
// descriptor and a hundred bytes each, no goroutine, no buffer.
//
// After the upgrade the descriptor is taken over from the server that answered
// the handshake, and everything else of the request is given back. One
// goroutine, the Loop's, owns all sockets: it reads them through one buffer,
// writes what their topics have to say, and keeps their times. So there are no
// locks around sockets and no descriptor is used after it was closed.
//
// Frames come in by topic, through the seats of package live; followers come in
// by Take. The room knows nothing else: not who may follow, not how many.
//
// A topic's frame is put together once and written to its followers one after
// the other, desks first, then screens, then phones, in small portions between
// which the Loop looks at what else has come. A socket that takes no more is
// marked and left alone until it has drained; it then gets the newest frame and
// never learns of those in between.
//
// Only Linux has what this stands on, and only a socket that is plain TCP can
// be taken over. Take says when it cannot, and the caller then serves the
// socket in the ordinary way.
package wire
