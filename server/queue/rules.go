package queue

import (
	"time"

	"aufruf/server/calendar"
)

// MaxDesks is how many desks one office may have: the set of desks that can
// serve a ticket is one machine word.
const MaxDesks = 64

// Rules is what an office's configuration says about its line. It is read
// only once built with Compile; a change of configuration is a new Rules.
type Rules struct {
	Office     string
	Names      map[string]string // language → the office's name
	Hours      *calendar.Schedule
	Categories []Category
	Services   []Service
	Desks      []DeskRule

	Early       time.Duration // how long before the appointment a booked person may be called
	Grace       time.Duration // how long after the appointment a booked person still counts as on time
	Ceiling     time.Duration // longest wait of a walk-in before being due; 0: none
	NoShowAfter int           // calls after which the desk offers "no-show"
	UndoWithin  time.Duration // how long a desk's last press can be undone
	MaxPriority int           // minutes of priority that reception may give
	MaxQuantity int           // units of one service in one visit
	MaxServices int           // services in one visit
	Overrun     time.Duration // how far past closing the intake may plan; 0: nothing
	ParkReasons []string      // configured keys, in the order they are offered
	Booking     Booking       // how time is sold
	Target      time.Duration // longest wait of a newcomer that the house aims at; for forecasts, it steers nothing
	PerDesk     bool          // forecasts may learn how desks differ in speed
	Receives    string        // service given to a ticket that another office sends without naming one

	// Others names the other offices of the town, for transfers: office id →
	// its service ids.
	Others map[string][]string

	services   map[string]*Service
	desks      map[string]int
	categories map[string]*Category
}

// Category groups services and owns the letter of its numbers.
type Category struct {
	ID         string
	Letter     string // "A" … "Z", unique over the town's offices
	Names      map[string]string
	Contingent int // walk-in numbers a day; 0: no limit
}

// Service is one matter a person comes with.
type Service struct {
	ID       string
	Category string
	Names    map[string]string
	Planned  time.Duration // length of one unit
	Papers   []Paper
	Words    []string // everyday words that find it
	Address  string   // whether an address is asked for when booking: AddressNeeded, AddressOptional or AddressNone

	able uint64 // desks with this skill
}

// Paper is one document to bring. Hint marks a remark that is no paper.
type Paper struct {
	ID        string // unique in the town among papers, or among hints
	Names     map[string]string
	When      string            // id of the condition; empty: always
	Condition map[string]string // language → when it is needed
	Question  map[string]string // language → what is asked to find out; empty: not asked
	Hint      bool
}

// Whether an address is asked for when a service is booked.
const (
	AddressNeeded   = "needed"
	AddressOptional = "optional"
	AddressNone     = "none"
)

// DeskRule is a desk as configured.
type DeskRule struct {
	ID        string
	Names     map[string]string // language → what the screen prints, "Platz 3"
	Direction string            // left, right, up, down, straight, or empty
	Skills    []string          // service ids; empty: all of the office
	Quick     time.Duration     // only tickets of at most this planned length; 0: any
	Keep      string            // "booked", "walk_in" or empty
	// Roster is when the desk is meant to be there, for forecasts; it steers
	// nothing. Nil: not known.
	Roster *calendar.Schedule
}

// Compile builds the indexes that the methods of Rules need and returns r. The
// configuration has been checked before: unknown names are a programming error.
func (r *Rules) Compile() *Rules {
	r.services = make(map[string]*Service, len(r.Services))
	for i := range r.Services {
		r.services[r.Services[i].ID] = &r.Services[i]
	}
	r.categories = make(map[string]*Category, len(r.Categories))
	for i := range r.Categories {
		r.categories[r.Categories[i].ID] = &r.Categories[i]
	}
	r.desks = make(map[string]int, len(r.Desks))
	r.compileSkills()
	return r
}

func (r *Rules) compileSkills() {
	able := make(map[string]uint64, len(r.Services))
	for i, d := range r.Desks {
		r.desks[d.ID] = i
		skills := d.Skills
		if len(skills) == 0 {
			for _, s := range r.Services {
				skills = append(skills, s.ID)
			}
		}
		for _, s := range skills {
			able[s] |= 1 << i
		}
	}
	for i := range r.Services {
		r.Services[i].able = able[r.Services[i].ID]
	}
}

// Service returns the service with this id, or nil.
func (r *Rules) Service(id string) *Service { return r.services[id] }

// Category returns the category with this id, or nil.
func (r *Rules) Category(id string) *Category { return r.categories[id] }

// Desk returns the desk with this id, or nil.
func (r *Rules) Desk(id string) *DeskRule {
	i, ok := r.desks[id]
	if !ok {
		return nil
	}
	return &r.Desks[i]
}

// Able returns the set of desks, bit i being Desks[i], that may serve all of
// these services in one go. Where no desk of the office can, it is the set for
// the first service: the others follow by transfer.
func (r *Rules) Able(items []Item) uint64 {
	all := ^uint64(0)
	for _, it := range items {
		all &= r.able(it.Service)
	}
	if all&r.everyDesk() == 0 && len(items) > 0 {
		return r.able(items[0].Service)
	}
	return all & r.everyDesk()
}

// Leg returns what of a visit the desk at a position of Desks does in one go,
// and what goes on elsewhere afterwards.
func (r *Rules) Leg(desk int, items []Item) (now, later []Item) { return r.leg(desk, items) }

// leg returns which of the items a desk does in one go: all if it can, else
// those it can, and never none.
func (r *Rules) leg(desk int, items []Item) (now, later []Item) {
	for _, it := range items {
		if r.able(it.Service)&(1<<desk) != 0 {
			now = append(now, it)
		} else {
			later = append(later, it)
		}
	}
	if len(now) == 0 {
		return items, nil
	}
	return now, later
}

// able is the set of desks for one service. A service that the configuration
// no longer knows can be served anywhere, so that nobody is forgotten.
func (r *Rules) able(service string) uint64 {
	if s := r.services[service]; s != nil {
		return s.able
	}
	return ^uint64(0)
}

func (r *Rules) everyDesk() uint64 {
	if len(r.Desks) >= MaxDesks {
		return ^uint64(0)
	}
	return 1<<len(r.Desks) - 1
}
