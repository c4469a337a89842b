package replay

import (
	"container/heap"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"aufruf/server/queue"
	"aufruf/server/simday"
)

// Demo lets an invented morning happen in the program's first office until ctx
// ends or everybody has gone: people draw numbers and check in, and at every
// desk a clerk calls, serves, waits for those who do not come, and calls again.
func Demo(ctx context.Context, p Program, r *queue.Rules, seed uint64) error {
	keys := &atomic.Int64{}
	hc := &http.Client{Timeout: 30 * time.Second}
	defer hc.CloseIdleConnections()
	y, m, d := p.Now().In(r.Hours.Zone).Date()
	pl := &player{p: p, ctx: ctx, clerk: &client{p.URL, p.Clerk, hc, keys}, kiosk: &client{p.URL, p.Kiosk, hc, keys},
		front: &client{p.URL, p.Reception, hc, keys}, midnight: time.Date(y, m, d, 0, 0, 0, 0, r.Hours.Zone)}
	sc := simday.Morning(len(r.Desks), wishes(r))
	de := &demo{player: pl, people: map[string]simday.Person{}, close: sc.Close + time.Hour}
	for _, person := range simday.People(sc, seed) {
		de.invite(person)
	}
	for i, desk := range r.Desks {
		de.at(sc.Open+time.Duration(i)*4*time.Minute, 3, func() error { return de.begin(desk.ID) })
	}
	if err := de.perform(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

type demo struct {
	*player
	people map[string]simday.Person // by ticket
	close  time.Duration            // when the clerks go home
}

// wishes makes the first services of each category the ones people come for.
func wishes(r *queue.Rules) []simday.Service {
	var list []simday.Service
	seen := map[string]int{}
	for _, s := range r.Services {
		if seen[s.Category]++; seen[s.Category] <= 3 {
			list = append(list, simday.Service{ID: s.ID, Mean: s.Planned * 9 / 10, Weight: 4 / float64(seen[s.Category])})
		}
	}
	return list
}

// perform does what is due, in order, at the program's clock. A refusal by the
// program is part of a morning: the intake closes, somebody has left already.
func (d *demo) perform() error {
	told := time.Duration(0)
	for d.agenda.Len() > 0 {
		a := heap.Pop(&d.agenda).(act)
		if !d.wait(a.at) {
			return nil
		}
		if err := a.do(); err != nil && d.ctx.Err() != nil {
			return nil
		}
		if d.p.Progress != nil && len(d.people) > 0 && a.at-told >= 10*time.Minute {
			told = a.at
			fmt.Fprintf(d.p.Progress, "%s  %d people so far\n", clock(a.at), len(d.people))
		}
	}
	return nil
}

// wait waits for an instant of the day, in short steps, since the program's
// clock may run faster at first; it returns false when ctx ends.
func (d *demo) wait(at time.Duration) bool {
	for {
		left := d.midnight.Add(at).Sub(d.p.Now())
		if left <= 0 {
			return d.ctx.Err() == nil
		}
		select {
		case <-time.After(min(time.Duration(float64(left)/d.p.Speed), 20*time.Millisecond)):
		case <-d.ctx.Done():
			return false
		}
	}
}

func (d *demo) invite(person simday.Person) {
	if !person.Booked {
		d.at(person.Arrive, 0, func() error {
			var t drawn
			err := d.kiosk.post(d.ctx, d.office("/tickets"), d.wish(person, "priority", 0), &t)
			return d.arrived(person, t, err)
		})
		return
	}
	d.at(d.begins(person), 0, func() error {
		var a struct {
			Code string `json:"code"`
		}
		at := d.midnight.Add(person.Appointment).UTC()
		if err := d.front.post(d.ctx, d.office("/appointments"), d.wish(person, "at", at), &a); err != nil || person.Absent {
			return err
		}
		d.at(person.Arrive, 0, func() error {
			var t drawn
			err := d.kiosk.post(d.ctx, d.office("/appointments/"+a.Code+"/check-in"), map[string]any{}, &t)
			return d.arrived(person, t, err)
		})
		return nil
	})
}

// begins is when an appointment is entered: before the office opens.
func (d *demo) begins(person simday.Person) time.Duration {
	return min(person.Arrive, person.Appointment) - 4*time.Hour
}

func (d *demo) wish(person simday.Person, key string, value any) map[string]any {
	return map[string]any{"services": []map[string]any{{"id": person.Service, "quantity": 1}}, key: value}
}

func (d *demo) office(path string) string { return "/api/v1/offices/" + d.p.Office + path }

func (d *demo) arrived(person simday.Person, t drawn, err error) error {
	if err != nil {
		return err
	}
	d.people[t.ID] = person
	if person.Leaves > 0 {
		d.at(person.Leaves, 1, func() error {
			return d.kiosk.post(d.ctx, "/api/v1/tickets/"+secretOf(t.Link)+"/leave", map[string]any{}, nil)
		})
	}
	return nil
}

func (d *demo) now() time.Duration { return d.p.Now().Sub(d.midnight) }

func (d *demo) press(desk, verb string, answer any) error {
	return d.clerk.post(d.ctx, d.office("/desks/"+desk+"/"+verb), map[string]any{}, answer)
}

func (d *demo) begin(desk string) error {
	if err := d.press(desk, "open", nil); err != nil {
		return err
	}
	return d.call(desk)
}

// call presses next; who comes is served, who does not is called twice more
// and given up. With nobody there the clerk looks again in a minute.
func (d *demo) call(desk string) error {
	if d.now() > d.close {
		return d.press(desk, "close", nil)
	}
	var a deskAnswer
	if err := d.press(desk, "next", &a); err != nil || a.Ticket == nil {
		d.at(d.now()+time.Minute, 3, func() error { return d.call(desk) })
		return err
	}
	person, known := d.people[a.Ticket.ID]
	if !known {
		person = simday.Person{Length: 6 * time.Minute, Walk: 20 * time.Second} // somebody real, at the kiosk
	}
	if person.Misses {
		d.at(d.now()+45*time.Second, 3, func() error { return d.press(desk, "recall", nil) })
		d.at(d.now()+90*time.Second, 3, func() error { return d.press(desk, "recall", nil) })
		d.at(d.now()+150*time.Second, 3, func() error {
			if err := d.press(desk, "no-show", nil); err != nil {
				return err
			}
			return d.call(desk)
		})
		return nil
	}
	d.at(d.now()+person.Walk, 3, func() error { return d.press(desk, "start", nil) })
	d.at(d.now()+person.Walk+person.Length, 3, func() error {
		if err := d.press(desk, "finish", nil); err != nil {
			return err
		}
		d.at(d.now()+20*time.Second, 3, func() error { return d.call(desk) })
		return nil
	})
	return nil
}
