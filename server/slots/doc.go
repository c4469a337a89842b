// Package slots finds the times at which an office can take one more booked
// visit: its hours, the desks that are planned and what they can do, less what
// is booked and held. It is pure and knows neither offices nor appointments:
// whoever asks brings a Day.
//
// At every minute the visits that run then must find a desk each, all of them
// different: a matching of visits with desks. People are not tied to a desk
// beforehand, the live line calls them to whichever is free, so a matching at
// each minute is what is asked, and not a timetable of each desk.
package slots
