// Package calendar knows an office's local days: opening hours in series and
// exceptions, lunch breaks, public holidays of the 16 Länder, and summer time
// both ways. It is pure; instants are UTC, and only this package turns them
// into local days and back.
package calendar

import _ "time/tzdata" // a town's server may have no zone files
