package config

import (
	"time"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// build makes the configuration of a draft without complaints.
func (d *draft) build() *Config {
	c := d.config
	c.Notify = d.messages.settings
	for _, o := range d.offices {
		c.rules = append(c.rules, d.rules(o))
	}
	for _, i := range d.imports {
		c.Imports = append(c.Imports, i.build())
	}
	for _, s := range d.screens {
		languages := s.languages
		if len(languages) == 0 {
			languages = []string{"de", "en"}
		}
		c.screens = append(c.screens, display.Screen{ID: s.id.id, Office: s.office.id, Names: s.names,
			Desks: plainIDs(s.desks), Categories: plainIDs(s.categories), Languages: languages, Score: s.score})
	}
	return &c
}

func (d *draft) rules(o *office) *queue.Rules {
	hours := o.schedule(o.series)
	r := &queue.Rules{
		Office: o.id.id, Names: o.names, Hours: hours,
		Early: o.early, Grace: o.grace, Ceiling: o.ceiling, Overrun: o.overrun,
		Target: o.target, PerDesk: o.perDesk,
		NoShowAfter: o.noShowAfter, UndoWithin: o.undoWithin,
		MaxPriority: int(o.maxPriority / time.Minute), MaxQuantity: o.maxQuantity, MaxServices: o.maxServices,
		Booking: o.booking.build(), ParkReasons: o.parkReasons, Receives: o.receives.id, Others: d.others(o),
	}
	for _, c := range o.categories {
		r.Categories = append(r.Categories, queue.Category{ID: c.id.id, Letter: c.letter.id, Names: c.names, Contingent: c.contingent})
	}
	for _, s := range o.services {
		r.Services = append(r.Services, queue.Service{ID: s.id.id, Category: s.category.id, Names: s.names,
			Planned: s.planned, Papers: d.papersOf(s), Words: s.words, Address: s.address})
	}
	for _, k := range o.desks {
		rule := queue.DeskRule{ID: k.id.id, Names: k.names, Direction: k.direction,
			Skills: o.skills(k), Quick: k.quick, Keep: k.keep}
		if len(k.roster) > 0 {
			rule.Roster = o.schedule(k.roster)
		}
		r.Desks = append(r.Desks, rule)
	}
	if r.Receives == "" {
		r.Receives = r.Services[0].ID
	}
	return r.Compile()
}

// schedule is hours where the office lies: in its zone, with the holidays and
// exceptions that count there.
func (o *office) schedule(list []*series) *calendar.Schedule {
	s := o.hours
	for _, one := range list {
		s.Series = append(s.Series, one.Series)
	}
	return &s
}

// skills are the services of a desk, in the order of the office, or none for
// all of them.
func (o *office) skills(k *desk) []string {
	if len(k.skills) == 0 {
		return nil
	}
	var list []string
	for _, s := range o.services {
		if k.can(s) {
			list = append(list, s.id.id)
		}
	}
	return list
}

func (d *draft) papersOf(s *service) []queue.Paper {
	var list []queue.Paper
	for _, p := range s.papers {
		list = append(list, queue.Paper{ID: p.id.id, Names: d.papers[p.id.id],
			When: p.when.id, Condition: d.conditions[p.when.id], Question: d.questions[p.when.id]})
	}
	for _, h := range s.hints {
		list = append(list, queue.Paper{ID: h.id, Names: d.hints[h.id], Hint: true})
	}
	return list
}

// others are the services of the town's other offices.
func (d *draft) others(o *office) map[string][]string {
	m := map[string][]string{}
	for _, other := range d.offices {
		if other == o {
			continue
		}
		for _, s := range other.services {
			m[other.id.id] = append(m[other.id.id], s.id.id)
		}
	}
	return m
}

func plainIDs(list []name) []string {
	var ids []string
	for _, n := range list {
		ids = append(ids, n.id)
	}
	return ids
}
