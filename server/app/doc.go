// Package app makes one program of the rooms: it chooses the adapters, wires
// them, reads the clock for all of them, and starts and stops them in order.
// Nobody else imports web, sqlite and the rest together.
package app
