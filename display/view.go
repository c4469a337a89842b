package display

import (
	"time"

	"aufruf/server/queue"
)

// Names is a text in several languages, by language code; "de" is always
// there.
type Names map[string]string

// In is the text in a language, or in German.
func (n Names) In(lang string) string {
	if t, ok := n[lang]; ok {
		return t
	}
	return n["de"]
}

// Number is a ticket's number, in parts so that a screen can set and speak it.
type Number struct {
	Letter string `json:"letter"`
	N      int    `json:"n"`
	Text   string `json:"text"` // "A017"
}

func number(n queue.Number) Number { return Number{Letter: n.Letter, N: n.N, Text: n.String()} }

// Hours is whether an office is open, common to all views.
type Hours struct {
	Open   bool       `json:"open"`
	Until  *time.Time `json:"until"`  // end of the opening, null when none is in sight
	Opens  *time.Time `json:"opens"`  // when closed: the next opening by the hours
	Shut   bool       `json:"shut"`   // closed by a supervisor
	Intake bool       `json:"intake"` // walk-in numbers are given at all
}

func hours(r *queue.Rules, s *queue.State, now time.Time) Hours {
	st := queue.StatusAt(r, s, now)
	return Hours{Open: st.Open, Until: instant(st.Until), Opens: instant(st.Opens), Shut: st.Shut,
		Intake: st.Open && !s.IntakeClosed}
}

// instant is a time for JSON: null when zero.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Place is where to go: a desk's names, and a direction for an arrow.
type Place struct {
	Desk      string `json:"desk"`
	Names     Names  `json:"names"`
	Direction string `json:"direction,omitempty"`
}

func place(r *queue.Rules, desk string) Place {
	if d := r.Desk(desk); d != nil {
		return Place{Desk: desk, Names: d.Names, Direction: d.Direction}
	}
	return Place{Desk: desk, Names: Names{"de": desk}}
}

// Count is how many wait, booked and walk-in told apart.
type Count struct {
	Booked int `json:"booked"`
	WalkIn int `json:"walk_in"`
}

// Total is both kinds together.
func (c Count) Total() int { return c.Booked + c.WalkIn }

func (c *Count) add(t *queue.Ticket) {
	if t.Booked {
		c.Booked++
	} else {
		c.WalkIn++
	}
}

// Category is one category with how many wait for it.
type Category struct {
	ID      string `json:"id"`
	Letter  string `json:"letter"`
	Names   Names  `json:"names"`
	Waiting Count  `json:"waiting"`
	// Wait is what somebody would wait who took a number for the category's
	// first service now; null where nothing is known.
	Wait *NewWait `json:"wait" doc:"of who takes a number now; null: nothing is known"`
}

// waitingByCategory counts those who wait, by the letter of their number, in
// the configured order; keep may leave tickets out.
func waitingByCategory(r *queue.Rules, s *queue.State, w Waits, keep func(*queue.Ticket) bool) (cats []Category, all Count) {
	at := map[string]int{}
	for i, c := range r.Categories {
		cats = append(cats, Category{ID: c.ID, Letter: c.Letter, Names: c.Names})
		at[c.ID] = i
	}
	for t := range s.Active {
		if t.State != queue.Waiting || keep != nil && !keep(t) || len(t.Remaining) == 0 {
			continue
		}
		all.add(t)
		if sv := r.Service(t.Remaining[0].Service); sv != nil {
			cats[at[sv.Category]].Waiting.add(t)
		}
	}
	for i := range r.Services {
		if c := &cats[at[r.Services[i].Category]]; c.Wait == nil {
			c.Wait = NewcomerWait(r, s, w, r.Services[i].ID)
		}
	}
	return cats, all
}
