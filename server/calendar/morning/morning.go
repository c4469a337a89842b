// Package morning gives tests that run by the machine's clock a day that
// does not end in the middle of them.
package morning

import (
	"fmt"
	"time"

	_ "aufruf/server/calendar" // the zones are part of it
)

// Name is the name of a zone where it is between ten and eleven in the
// morning at the instant now. It has no summer time.
func Name(now time.Time) string {
	east := (10-now.UTC().Hour()+12+24)%24 - 12 // -12 to 11 hours
	return fmt.Sprintf("Etc/GMT%+d", -east)     // named with the sign turned round, as POSIX has it
}

// Zone is the zone of that name.
func Zone(now time.Time) *time.Location {
	zone, err := time.LoadLocation(Name(now))
	if err != nil {
		panic(err)
	}
	return zone
}
