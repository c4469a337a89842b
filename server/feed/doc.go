// Package feed brings the appointments of another system into an office's line:
// it reads a calendar (ICS) from one configured address every so often, and
// gives the office a command for each event that is new, has moved or is gone.
//
// Nothing personal comes in. Of an event it looks at identity, time, status,
// and at the words that say what somebody comes for; of these only a keyed hash
// of the identity, the time and the services are kept. Names, descriptions and
// attendees are dropped before anything reads them.
//
// A calendar that cannot be fetched or read changes nothing. What could not be
// taken over of one that can is told to the supervisor, counted by reason.
package feed
