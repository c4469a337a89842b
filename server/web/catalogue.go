package web

import (
	"time"

	"aufruf/display"
	"aufruf/server/office"
)

// restFor is how long the button next rests after an answer, so that a double
// click calls one person.
const restFor = 700 * time.Millisecond

// Catalogue is what an office offers, for pages and programs. It changes with
// the configuration alone.
type Catalogue struct {
	Categories  []CatalogueCategory `json:"categories"`
	Services    []CatalogueService  `json:"services"`
	Desks       []Named             `json:"desks"`
	ParkReasons []string            `json:"park_reasons" doc:"keys, in the order they are offered"`
	Offices     []CatalogueOffice   `json:"offices" doc:"the town's other offices, for transfers"`
	Limits      CatalogueLimits     `json:"limits"`
	NoShowAfter int                 `json:"no_show_after" doc:"calls after which a desk offers no-show"`
	RestMillis  int                 `json:"rest_ms" doc:"how long a button rests after an answer"`
}

// CatalogueCategory groups services and owns a letter.
type CatalogueCategory struct {
	ID     string        `json:"id"`
	Letter string        `json:"letter"`
	Names  display.Names `json:"names"`
}

// CatalogueService is one matter.
type CatalogueService struct {
	ID             string           `json:"id"`
	Category       string           `json:"category"`
	Names          display.Names    `json:"names"`
	PlannedMinutes int              `json:"planned_minutes"`
	Papers         []CataloguePaper `json:"papers"`
	Words          []string         `json:"words" doc:"everyday words that find it"`
}

// CataloguePaper is one document to bring.
type CataloguePaper struct {
	ID        string        `json:"id" doc:"unique in the town among papers, or among hints"`
	Names     display.Names `json:"names"`
	When      string        `json:"when,omitempty" doc:"id of the condition; missing: always"`
	Condition display.Names `json:"condition,omitempty" doc:"when it is needed; missing: always"`
	Question  display.Names `json:"question,omitempty" doc:"what is asked to find out; missing: not asked"`
	Hint      bool          `json:"hint,omitempty" doc:"a remark, no paper"`
}

// CatalogueOffice is another office.
type CatalogueOffice struct {
	ID       string        `json:"id"`
	Names    display.Names `json:"names"`
	Services []Named       `json:"services"`
}

// CatalogueLimits bound one visit.
type CatalogueLimits struct {
	MaxQuantity int `json:"max_quantity"`
	MaxServices int `json:"max_services"`
	MaxPriority int `json:"max_priority" doc:"minutes"`
}

type catalogueOut struct{ Body Catalogue }

// catalogue makes an office's catalogue.
func (s *Server) catalogue(o *office.Office) Catalogue {
	r, st := o.Rules(), o.State()
	c := Catalogue{Categories: []CatalogueCategory{}, Services: []CatalogueService{}, Desks: []Named{}, Offices: []CatalogueOffice{},
		ParkReasons: append([]string{}, r.ParkReasons...), NoShowAfter: r.NoShowAfter, RestMillis: int(restFor / time.Millisecond),
		Limits: CatalogueLimits{MaxQuantity: r.MaxQuantity, MaxServices: r.MaxServices, MaxPriority: r.MaxPriority}}
	for _, cat := range r.Categories {
		c.Categories = append(c.Categories, CatalogueCategory{ID: cat.ID, Letter: cat.Letter, Names: cat.Names})
	}
	for _, sv := range r.Services {
		cs := CatalogueService{ID: sv.ID, Category: sv.Category, Names: sv.Names, PlannedMinutes: int(r.PlannedOn(st, sv.ID, st.Day) / time.Minute),
			Papers: []CataloguePaper{}, Words: append([]string{}, sv.Words...)}
		for _, p := range sv.Papers {
			cs.Papers = append(cs.Papers, CataloguePaper{ID: p.ID, Names: p.Names, When: p.When, Condition: p.Condition, Question: p.Question, Hint: p.Hint})
		}
		c.Services = append(c.Services, cs)
	}
	for _, d := range r.Desks {
		c.Desks = append(c.Desks, Named{ID: d.ID, Names: d.Names})
	}
	for _, other := range s.deps.Town.Offices() {
		if other.ID() == o.ID() {
			continue
		}
		co := CatalogueOffice{ID: other.ID(), Names: other.Rules().Names, Services: []Named{}}
		for _, sv := range other.Rules().Services {
			co.Services = append(co.Services, Named{ID: sv.ID, Names: sv.Names})
		}
		c.Offices = append(c.Offices, co)
	}
	return c
}
