// Package wire serves followers' sockets at what the kernel asks for it. What
// followers send is read here strictly, RFC 6455, and in any pieces.
package wire
