// Package queue holds the rules of a waiting line and nothing else: it is
// pure. Decide turns a command into events or refuses it in words a person can
// read; Apply folds stored events into the state; Pick and Line say who is
// next and why. There is no clock, no I/O and no randomness here: time is an
// argument, and what had to be decided stands in the event, so that a replay
// never decides again and a changed configuration never changes the past.
//
// A *State is never changed once it has been handed out: the owner clones it,
// applies to the clone and hands out the clone. Tickets, appointments and
// desks inside a state are values that are replaced, never written to.
package queue
