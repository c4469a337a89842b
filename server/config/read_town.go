package config

import (
	"aufruf/display"

	"github.com/goccy/go-yaml/ast"
)

// draft is what the file says, before it is known to be sound.
type draft struct {
	config     Config
	trustLocal value
	papers     table
	conditions table
	questions  table // by condition
	questioned []name
	hints      table
	offices    []*office
	screens    []*screen
	messages   messages
	imports    []*imported
}

// table holds texts that services name by id.
type table map[string]display.Names

type screen struct {
	id, office        name
	names             display.Names
	desks, categories []name
	languages         []string
	score             bool
}

// Parse reads the text of a configuration; name is what complaints call it. The
// Config is nil if there are any.
func Parse(name string, raw []byte) (*Config, Problems) {
	r := &reader{file: name}
	if root := r.tree(raw); root != nil {
		d := &draft{config: defaults(), papers: table{}, conditions: table{}, questions: table{}, hints: table{}, messages: newMessages()}
		d.read(value{r, root, ""})
		d.check()
		if len(r.problems) == 0 {
			return d.build(), nil
		}
	}
	r.problems.sort()
	return nil, r.problems
}

func (d *draft) read(root value) {
	c := &d.config
	root.keys(
		need("town", names(&c.Town)),
		may("server", d.server),
		may("devices", d.devices),
		may("speech", func(v value) { v.keys(may("command", command(&c.Speech.Command))) }),
		may("retention", d.retention),
		may("notify", d.messages.read),
		may("papers", d.papers.read),
		may("conditions", d.conditions.read),
		may("questions", d.readQuestions),
		may("hints", d.hints.read),
		need("offices", func(v value) { v.some(d.office) }),
		may("screens", func(v value) { v.each(d.screen) }),
		may("imports", func(v value) { v.each(d.readImport) }),
	)
}

func (d *draft) retention(v value) {
	r := &d.config.Retention
	v.keys(
		may("journal_days", count(&r.JournalDays, 0, 36_500)),
		may("statistics_days", count(&r.StatisticsDays, 0, 36_500)),
		may("contact_days", count(&r.ContactDays, 0, 30)),
	)
}

func (d *draft) server(v value) {
	s := &d.config.Server
	v.keys(
		may("public_url", origin(&s.PublicURL)),
		may("origins", origins(&s.Origins)),
		may("trusted_proxies", networks(&s.TrustedProxies)),
		may("limits", func(v value) {
			v.keys(
				may("read", rate(&s.Limits.Read)),
				may("write", rate(&s.Limits.Write)),
				may("draw", rate(&s.Limits.Draw)),
				may("kiosk", rate(&s.Limits.Kiosk)),
				may("sockets", func(v value) {
					v.keys(
						may("total", count(&s.Limits.Sockets.Total, 1, 19_000)),
						may("per_address", count(&s.Limits.Sockets.PerAddress, 1, 19_000)),
					)
				}),
			)
		}),
	)
}

func rate(to *Rate) func(value) {
	return func(v value) {
		v.keys(
			need("per_second", amount(&to.PerSecond, 1, 10_000)),
			need("burst", count(&to.Burst, 1, 100_000)),
		)
	}
}

func (d *draft) devices(v value) {
	v.keys(may("trust_local", func(v value) {
		d.trustLocal = v
		yesNo(&d.config.Devices.TrustLocal)(v)
	}))
}

// command reads a program with its arguments. An empty text is the program's
// own choice.
func command(to *string) func(value) {
	return func(v value) {
		if s, ok := v.node.(*ast.StringNode); !ok || s.Value != "" {
			text(to)(v)
		}
	}
}

func (t table) read(v value) {
	pairs, _ := v.pairs()
	for _, p := range pairs {
		if !idShape.MatchString(p.name) {
			p.key.complain("config.bad_id", map[string]any{"Value": short(p.name)})
			continue
		}
		var n display.Names
		names(&n)(p.value)
		t[p.name] = n
	}
}

func (d *draft) screen(v value) {
	s := &screen{}
	ok := v.keys(
		need("id", id(&s.id)),
		need("office", id(&s.office)),
		need("names", names(&s.names)),
		may("desks", ids(&s.desks)),
		may("categories", ids(&s.categories)),
		may("languages", choices(&s.languages, catalogue().Languages()...)),
		may("score", yesNo(&s.score)),
	)
	if ok {
		d.screens = append(d.screens, s)
	}
}
