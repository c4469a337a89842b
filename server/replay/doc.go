// Package replay plays a recorded or invented day through the real program
// over its HTTP API, with phones and boards following, and says afterwards
// whether everybody was dealt with and whether all screens agree. It knows the
// program only from outside.
package replay
