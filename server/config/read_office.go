package config

import (
	"time"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/queue"

	"github.com/goccy/go-yaml/ast"
)

// office is one office as the file says it.
type office struct {
	value
	id          name
	names       display.Names
	hours       calendar.Schedule
	series      []*series
	early       time.Duration
	grace       time.Duration
	ceiling     time.Duration
	undoWithin  time.Duration
	maxPriority time.Duration
	overrun     time.Duration
	target      time.Duration
	perDesk     bool
	noShowAfter int
	maxQuantity int
	maxServices int
	parkReasons []string
	receives    name
	categories  []*category
	services    []*service
	desks       []*desk
	desksAt     value
	booking     booking
}

type category struct {
	id         name
	letter     name
	names      display.Names
	contingent int
}

type service struct {
	id       name
	category name
	names    display.Names
	planned  time.Duration
	papers   []paper
	hints    []name
	words    []string
	address  string
}

// paper is a paper's id and the condition under which it is needed, if any.
type paper struct{ id, when name }

type desk struct {
	id        name
	names     display.Names
	direction string
	skills    []name // services, or categories for all of theirs
	quick     time.Duration
	keep      string
	roster    []*series
}

func (d *draft) office(v value) {
	o := &office{value: v, early: DefaultEarly, grace: DefaultGrace, ceiling: DefaultCeiling, noShowAfter: DefaultNoShowAfter,
		undoWithin: DefaultUndoWithin, maxPriority: DefaultMaxPriority, maxQuantity: DefaultMaxQuantity,
		maxServices: DefaultMaxServices, overrun: DefaultOverrun, target: DefaultTarget, booking: newBooking()}
	o.hours.Zone, _ = time.LoadLocation(DefaultZone) // zones are part of the program
	ok := v.keys(
		need("id", id(&o.id)),
		need("names", names(&o.names)),
		may("zone", zone(&o.hours.Zone)),
		may("land", choice(&o.hours.Land, calendar.Lands...)),
		may("local_holidays", choices(&o.hours.Local, calendar.LocalHolidays()...)),
		need("hours", func(v value) { v.each(readSeries(&o.series)) }),
		may("exceptions", func(v value) { v.each(o.readException) }),
		may("early", duration(&o.early, 0, 4*time.Hour, time.Minute)),
		may("grace", duration(&o.grace, 0, 4*time.Hour, time.Minute)),
		may("ceiling", duration(&o.ceiling, 0, 8*time.Hour, time.Minute)),
		may("overrun", duration(&o.overrun, 0, 8*time.Hour, time.Minute)),
		may("no_show_after", count(&o.noShowAfter, 1, 20)),
		may("undo_within", duration(&o.undoWithin, 0, 5*time.Minute, time.Second)),
		may("max_priority", duration(&o.maxPriority, 0, 8*time.Hour, time.Minute)),
		may("max_quantity", count(&o.maxQuantity, 1, 99)),
		may("max_services", count(&o.maxServices, 1, 20)),
		may("forecast", func(v value) {
			v.keys(
				may("target", duration(&o.target, 0, 8*time.Hour, time.Minute)),
				may("per_desk", yesNo(&o.perDesk)),
			)
		}),
		may("booking", o.booking.read),
		may("park_reasons", choices(&o.parkReasons, parkReasons()...)),
		may("receives", id(&o.receives)),
		need("categories", func(v value) { v.some(o.readCategory) }),
		need("services", func(v value) { v.some(o.readService) }),
		need("desks", func(v value) { o.desksAt = v; v.some(o.readDesk) }),
	)
	if ok {
		d.offices = append(d.offices, o)
	}
}

func (o *office) readCategory(v value) {
	c := &category{}
	ok := v.keys(
		need("id", id(&c.id)),
		need("letter", letter(&c.letter)),
		need("names", names(&c.names)),
		may("contingent", count(&c.contingent, 0, 9999)),
	)
	if ok {
		o.categories = append(o.categories, c)
	}
}

func (o *office) readService(v value) {
	s := &service{planned: DefaultPlanned, address: queue.AddressNeeded}
	ok := v.keys(
		need("id", id(&s.id)),
		need("category", id(&s.category)),
		need("names", names(&s.names)),
		may("minutes", minutes(&s.planned, 1, 480)),
		may("papers", func(v value) { v.each(s.readPaper) }),
		may("hints", ids(&s.hints)),
		may("words", texts(&s.words)),
		may("address", choice(&s.address, queue.AddressNeeded, queue.AddressOptional, queue.AddressNone)),
	)
	if ok {
		o.services = append(o.services, s)
	}
}

// readPaper reads "photo" or "{ paper: photo, when: first_application }".
func (s *service) readPaper(v value) {
	var p paper
	if _, alone := v.node.(*ast.StringNode); alone {
		id(&p.id)(v)
	} else if !v.keys(need("paper", id(&p.id)), need("when", id(&p.when))) {
		return
	}
	s.papers = append(s.papers, p)
}

func (o *office) readDesk(v value) {
	k := &desk{}
	ok := v.keys(
		need("id", id(&k.id)),
		need("names", names(&k.names)),
		may("direction", choice(&k.direction, "left", "right", "up", "down", "straight")),
		may("skills", ids(&k.skills)),
		may("quick", duration(&k.quick, time.Minute, 8*time.Hour, time.Minute)),
		may("keep", choice(&k.keep, "booked", "walk_in")),
		may("roster", func(v value) { v.some(readSeries(&k.roster)) }),
	)
	if ok {
		o.desks = append(o.desks, k)
	}
}
