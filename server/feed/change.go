package feed

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Known is what is remembered of an event that was taken over: enough to see
// what has changed in the calendar, whatever happened to the appointment here.
type Known struct {
	UID         string
	Appointment string
	At          time.Time
	Services    string // as writeItems writes them
	Code        string // a keyed hash of the code; empty: none
	Gone        string // GoneThere, GoneHere, or empty while it stands
	Turn        int    // how often something was done about it
}

// Why an event that was taken over is no longer in the line.
const (
	GoneThere = "there" // the calendar cancelled it, or has it no more
	GoneHere  = "here"  // it was cancelled in this program: the calendar does not bring it back
)

// What is to be done about an event.
const (
	add    = "add"
	move   = "move"
	cancel = "cancel"
	forget = "forget" // it was cancelled here: only to be remembered
	update = "update" // it is gone there, and gone or arrived here: only to be remembered
)

type change struct {
	do    string
	known Known // as it is remembered; of one that is new, what will be
	event Event
}

// Of what a calendar held, so much may be gone at once without being asked
// about: a calendar that suddenly is nearly empty is more often a fault there
// than a day off.
const (
	vanishFree  = 5
	vanishShare = 0.5
	vanishTimes = 3 // reads in a row after which it is believed
)

// view is what a calendar is compared with.
type view struct {
	rules *queue.Rules
	state *queue.State
	known map[string]Known
	now   time.Time
	// doubted is how often in a row too many were gone.
	doubted int
}

// changes are what a calendar asks for, in the order of the events' times, and
// whether too many are gone to be believed yet.
func (v *view) changes(c *Calendar) (list []change, doubt bool) {
	for i := range c.Events {
		if ch, ok := v.changeOf(&c.Events[i], c.Notes); ok {
			list = append(list, ch)
		}
	}
	standing, vanished := 0, []change{}
	for _, uid := range slices.Sorted(maps.Keys(v.known)) {
		k := v.known[uid]
		if k.Gone != "" || !k.At.After(v.now) {
			continue // what has begun may leave a calendar that shows only what comes
		}
		standing++
		if !c.Seen[uid] {
			vanished = append(vanished, change{do: v.cancelOr(k), known: k})
		}
	}
	if n := len(vanished); n > vanishFree && float64(n) > vanishShare*float64(standing) && v.doubted+1 < vanishTimes {
		c.Notes[NoteVanished] = n
		vanished, doubt = nil, true
	}
	list = append(list, vanished...)
	slices.SortStableFunc(list, func(a, b change) int { return cmp.Compare(order(a.do), order(b.do)) })
	return list, doubt
}

// order lets times become free before others are taken.
func order(do string) int { return slices.Index([]string{forget, update, cancel, move, add}, do) }

// cancelOr is what is to be done about an event that is no longer to be.
func (v *view) cancelOr(k Known) string {
	if a := v.state.Appointment(k.Appointment); a == nil || a.Ticket != "" {
		return update
	}
	return cancel
}

func (v *view) changeOf(e *Event, notes Notes) (change, bool) {
	k, there := v.known[e.UID]
	today := v.state.Day.Start(v.rules.Hours.Zone)
	switch {
	case e.At.After(v.now.AddDate(1, 0, 0)):
		if !e.Cancelled {
			notes[NoteTooFar]++
		}
		return change{}, false
	case there && k.Gone == GoneHere && !k.At.Equal(e.At):
		// Given another time there after it was cancelled here: a new wish.
		fallthrough
	case there && k.Gone == GoneThere, !there:
		if e.Cancelled || e.At.Before(v.now.Add(-v.rules.Grace)) || e.At.Before(today) {
			return change{}, false
		}
		return change{do: add, event: *e, known: Known{UID: e.UID, Turn: k.Turn}}, true
	case k.Gone == GoneHere:
		return change{}, false
	case e.Cancelled:
		return change{do: v.cancelOr(k), known: k, event: *e}, true
	}
	a := v.state.Appointment(k.Appointment)
	same := k.At.Equal(e.At) && k.Services == writeItems(e.Services) && k.Code == e.code
	switch {
	case a == nil && !same && e.At.After(v.now):
		// Was missed or cancelled here and got another time; or a move that was
		// cut short is done again.
		return change{do: add, event: *e, known: k}, true
	case a == nil && k.At.Before(today):
		return change{}, false
	case a == nil:
		return change{do: forget, known: k}, true
	case same || a.Ticket != "" || e.At.Before(today):
		return change{}, false
	}
	return change{do: move, known: k, event: *e}, true
}

// sameDay tells whether a move keeps the day and what somebody comes for: then
// the appointment itself moves, with its code.
func (v *view) sameDay(c *change) bool {
	zone := v.rules.Hours.Zone
	return calendar.DateOf(c.known.At, zone) == calendar.DateOf(c.event.At, zone) && c.known.Services == writeItems(c.event.Services) && c.known.Code == c.event.code
}

func writeItems(items []queue.Item) string {
	var parts []string
	for _, it := range items {
		parts = append(parts, it.Service+"*"+strconv.Itoa(it.Quantity))
	}
	return strings.Join(parts, ",")
}
