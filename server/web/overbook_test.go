package web

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"aufruf/server/forecast"
	"aufruf/server/office"
	"aufruf/server/overbook"
	"aufruf/server/queue"
)

// experienced is an office that has learned how many do not come.
type experienced struct {
	*office.Office
	give func(queue.Command)
	m    *forecast.Model
}

func (e experienced) Snapshot() (*queue.State, *forecast.Model) { return e.State(), e.m }

func (e experienced) Give(_ context.Context, _ string, c queue.Command) (*queue.Answer, error) {
	e.give(c)
	return nil, nil
}

func TestThePlanSaysWhatIsSoldBeyondTheDesksAndWhy(t *testing.T) {
	var w *overbook.Worker
	var h *house
	h = newHouseOf(t, func(r *queue.Rules) {
		workdays(r)
		r.Booking.Terms.Overbook = true
		for i := range r.Desks {
			r.Desks[i].Roster = r.Hours // else nobody knows that anybody will be there
		}
	}, func(d *Deps) {
		o, _ := d.Town.Office("hall")
		m := forecast.NewModel(false)
		m.Days = 20
		for i := range m.Came {
			m.Came[i], m.Missed[i] = 400, 100
		}
		w = overbook.NewWorker([]overbook.Source{experienced{o, func(c queue.Command) { h.give(o, c) }, m}}, d.Now, slog.New(slog.DiscardHandler))
		d.Overbook = w
	})
	type plan = struct {
		Overbooking string
		Target      int `json:"target_minutes"`
		Days        []PlanDay
	}
	if p := answered[plan](h, "supervisor hall", "plan?day=2026-11-25"); p.Overbooking != "unknown" || p.Target != 30 || len(p.Days[0].Overbook) != 0 {
		t.Errorf("%+v", p)
	}
	for i := range 8 {
		h.want(201, h.post("reception hall", "/api/v1/offices/hall/appointments",
			fmt.Sprintf(`{"at":"2026-11-25T10:%02d:00+01:00","services":[{"id":"passport","quantity":1}]}`, i/2*10)))
	}
	if err := w.Look(t.Context(), "hall"); err != nil {
		t.Fatal(err)
	}
	p := answered[plan](h, "supervisor hall", "plan?day=2026-11-25")
	if p.Overbooking != "on" || len(p.Days[0].Overbook) != 1 {
		t.Fatalf("%+v", p)
	}
	m := p.Days[0].Overbook[0]
	if m.Hour != 10 || m.Booked != 8 || m.Missing < 1.4 || m.Missing > 1.8 || m.Extra != 1 || m.Why != "sold" || m.Wait > 30 {
		t.Errorf("%+v", m)
	}
	if hour := p.Days[0].Hours[2]; hour.Hour != 10 || hour.Extra != 1 {
		t.Errorf("%+v", hour)
	}
}
