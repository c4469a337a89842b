package display

import (
	"time"

	"aufruf/server/queue"
)

// Office is the public state of an office: what a kiosk, a town's site or a
// stranger's phone may know.
type Office struct {
	Office     string           `json:"office"`
	Name       Names            `json:"name"`
	Hours      Hours            `json:"hours"`
	Notice     string           `json:"notice"`
	Categories []OfficeCategory `json:"categories"`
	Waiting    Count            `json:"waiting"`
	DesksOpen  int              `json:"desks_open"`
	// FreeToday is how many people more get an appointment today; null where
	// citizens book none.
	FreeToday *int `json:"free_today"`
}

// OfficeCategory is a category with how many wait, and whether a walk-in for
// its first service gets a number now: "" or the code of the refusal.
type OfficeCategory struct {
	Category
	Refusal string `json:"refusal"`
	// FreeToday is how many people more get an appointment today for the first of
	// its services that citizens book; null: they book none of them.
	FreeToday *int `json:"free_today" doc:"how many more get an appointment today; null: nothing of it is booked by citizens"`
}

// ShowOffice makes the public view.
func ShowOffice(r *queue.Rules, s *queue.State, w Waits, free *queue.Free, now time.Time) Office {
	o := Office{FreeToday: free.All(), Office: r.Office, Name: r.Names, Hours: hours(r, s, now), Notice: s.Notice}
	cats, all := waitingByCategory(r, s, w, nil)
	o.Waiting = all
	first := map[string]string{}
	for _, sv := range r.Services {
		if first[sv.Category] == "" {
			first[sv.Category] = sv.ID
		}
	}
	for _, c := range cats {
		oc := OfficeCategory{Category: c, FreeToday: free.Of(c.ID)}
		if sv := first[c.ID]; sv != "" {
			if refused, ok := queue.Intake(r, s, []queue.Item{{Service: sv, Quantity: 1}}, now).(*queue.Refusal); ok {
				oc.Refusal = refused.Code
			}
		}
		o.Categories = append(o.Categories, oc)
	}
	for _, d := range s.Desks {
		if d.Phase == queue.PhaseOpen {
			o.DesksOpen++
		}
	}
	return o
}
