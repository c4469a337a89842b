package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"aufruf/server/queue"
)

// lineText is a line's number for a sentence, without the grouping of digits
// that numbers get.
func lineText(line int) string { return strconv.Itoa(line) }

// parkReasons are those that the catalogue has words for.
func parkReasons() []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(catalogue().For("de", "park."))) {
		list = append(list, strings.TrimPrefix(key, "park."))
	}
	return list
}

// check looks for what contradicts itself. What could not be read has been
// complained about and is left out, so that one fault is one complaint.
func (d *draft) check() {
	if d.config.Devices.TrustLocal && len(d.config.Server.TrustedProxies) > 0 {
		d.trustLocal.complain("config.trust_behind_proxy", nil)
	}
	d.messages.check(d.config.Server.PublicURL)
	for _, q := range d.questioned {
		scopeOf(d.conditions).find(q, "config.unknown_condition")
	}
	offices, screens := scope{}, scope{}
	letters := scope{}
	for _, o := range d.offices {
		offices.own(o.id)
	}
	for _, o := range d.offices {
		for _, c := range o.categories {
			letters.claim(c.letter, "config.letter_taken")
		}
		d.checkOffice(o)
	}
	for _, s := range d.screens {
		screens.own(s.id)
		d.checkScreen(s, offices)
	}
	for _, i := range d.imports {
		i.check(d, offices)
	}
}

func (d *draft) checkOffice(o *office) {
	checkHours(o.series)
	if len(o.desks) > queue.MaxDesks {
		o.desksAt.complain("config.too_many_desks", map[string]any{"Count": len(o.desks), "Limit": queue.MaxDesks})
	}
	// Services and categories share a scope: a desk's skills name either.
	skills, categories, services, desks := scope{}, scope{}, scope{}, scope{}
	for _, c := range o.categories {
		skills.own(c.id)
		categories.add(c.id)
	}
	for _, s := range o.services {
		skills.own(s.id)
		services.add(s.id)
	}
	for _, k := range o.desks {
		desks.own(k.id)
		checkHours(k.roster)
	}
	services.find(o.receives, "config.unknown_service")
	o.booking.check(services, categories)
	sound := true
	for _, s := range o.services {
		sound = categories.find(s.category, "config.unknown_category") && sound
		d.checkPapers(s)
	}
	if sound {
		o.checkFilled()
	}
	sound = len(o.desks) > 0 && sound
	for _, k := range o.desks {
		listed := scope{}
		for _, skill := range k.skills {
			sound = skills.find(skill, "config.unknown_skill") && sound
			listed.claim(skill, "config.listed_twice")
		}
	}
	if sound {
		o.checkServed()
	}
}

func (d *draft) checkPapers(s *service) {
	listed := scope{}
	for _, p := range s.papers {
		scopeOf(d.papers).find(p.id, "config.unknown_paper")
		scopeOf(d.conditions).find(p.when, "config.unknown_condition")
		if p.when.id == "" {
			listed.claim(p.id, "config.listed_twice")
		}
	}
	for _, h := range s.hints {
		scopeOf(d.hints).find(h, "config.unknown_hint")
		listed.claim(h, "config.listed_twice")
	}
}

// checkFilled wants a service in every category.
func (o *office) checkFilled() {
	for _, c := range o.categories {
		if c.id.id != "" && !slices.ContainsFunc(o.services, func(s *service) bool { return s.category.id == c.id.id }) {
			c.id.complain("config.category_empty", map[string]any{"Value": c.id.id})
		}
	}
}

// checkServed wants a desk for every service.
func (o *office) checkServed() {
	for _, s := range o.services {
		serves := func(k *desk) bool { return k.can(s) && (k.quick == 0 || s.planned <= k.quick) }
		if s.id.id != "" && !slices.ContainsFunc(o.desks, serves) {
			s.id.complain("config.nobody_serves", map[string]any{"Value": s.id.id})
		}
	}
}

// can tells whether a desk has the skill for a service.
func (k *desk) can(s *service) bool {
	return len(k.skills) == 0 || slices.ContainsFunc(k.skills, func(n name) bool { return n.id == s.id.id || n.id == s.category.id })
}

func (d *draft) checkScreen(s *screen, offices scope) {
	if !offices.find(s.office, "config.unknown_office") {
		return
	}
	for _, o := range d.offices {
		if o.id.id != s.office.id {
			continue
		}
		desks, categories := scope{}, scope{}
		for _, k := range o.desks {
			desks.add(k.id)
		}
		for _, c := range o.categories {
			categories.add(c.id)
		}
		for _, n := range s.desks {
			desks.find(n, "config.unknown_desk")
		}
		for _, n := range s.categories {
			categories.find(n, "config.unknown_category")
		}
		return
	}
}

// scope is names that must differ, each with the line of its first use.
type scope map[string]int

func scopeOf(t table) scope {
	s := scope{}
	for id := range t {
		s[id] = 1
	}
	return s
}

// own complains about an id that is taken.
func (s scope) own(n name) { s.claim(n, "config.duplicate_id") }

// claim is own with another complaint.
func (s scope) claim(n name, code string) {
	if n.id == "" {
		return
	}
	if line := s[n.id]; line > 0 {
		n.complain(code, map[string]any{"Value": n.id, "Line": lineText(line)})
		return
	}
	s.add(n)
}

// add takes a name without asking.
func (s scope) add(n name) {
	if n.id != "" && s[n.id] == 0 {
		s[n.id], _ = n.place()
	}
}

// find complains about a name that is not there. A name that is missing or
// could not be read is no new fault; it is not sound either.
func (s scope) find(n name, code string) bool {
	if n.id == "" {
		return n.node == nil // missing where it may be: nothing to find
	}
	if s[n.id] == 0 {
		n.complainUnknown(code, n.id, slices.Sorted(maps.Keys(s)))
		return false
	}
	return true
}
