// Package office runs one line: one goroutine, one state, one journal. Do
// stores before it answers; State is the newest stored state, for anybody to
// read. What waits in the inbox is decided one after the other on a working
// copy and appended together; on conflict or fault the copy is thrown away.
//
// The order is always: store, apply, push, answer.
package office
