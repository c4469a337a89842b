// Package calendar knows an office's local days: when it is open by its weekly
// series and their exceptions, which days are public holidays in its Land, and
// what both mean in instants when the clocks change.
//
// It is pure: it reads no clock and no file. The rules of time zones are part of
// the program, so that every machine reckons alike. What a supervisor opens or
// shuts on the spot is the queue's state; it comes in as intervals. Names of
// holidays are keys, their words are in the catalogue under "holiday.<key>".
package calendar

import _ "time/tzdata"
