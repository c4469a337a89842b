package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// hasty is smallTown where a press can be taken back for a second only, so that
// a ticket sent to the other office is on its way soon.
var hasty = strings.Replace(smallTown, "    park_reasons:", "    undo_within: 1s\n    park_reasons:", 1)

// standing is a ticket as staff sees it.
type standing struct {
	ID, Number, State string
	Desk              *string
	CheckedInAt       *time.Time `json:"checked_in_at"`
	AppointmentAt     *time.Time `json:"appointment_at"`
	DueAt             *time.Time `json:"due_at"`
	StartedAt         *time.Time `json:"started_at"`
	Reason            *struct{ Code string }
}

func (p *program) tickets(office string) (seq uint64, list []standing) {
	p.t.Helper()
	var q struct {
		Seq     uint64
		Tickets []standing
	}
	p.get(p.token("reception"), "/api/v1/offices/"+office+"/queue").into(p.t, &q)
	return q.Seq, q.Tickets
}

func (p *program) ticket(office, id string) *standing {
	p.t.Helper()
	_, list := p.tickets(office)
	for i := range list {
		if list[i].ID == id {
			return &list[i]
		}
	}
	return nil
}

// A ticket sent to another office arrives there with its number and its link,
// is done here, and is called there before whoever came later.
func TestATicketTravelsToTheOtherOfficeWithItsNumberAndPlace(t *testing.T) {
	p := newProgram(t, hasty)
	p.start("--open-now", "always")
	kiosk, clerk := p.token("kiosk"), p.token("clerk")
	var drawn struct{ ID, Number, Link string }
	p.must(kiosk, "a", ticketsPath, drawCard).into(t, &drawn)
	p.must(kiosk, "w", "/api/v1/offices/works/tickets", `{"services":[{"id":"permit","quantity":1}]}`)
	press := func(office, desk, verb, body string) answer {
		t.Helper()
		return p.must(clerk, office+verb+fmt.Sprint(time.Now().UnixNano()), "/api/v1/offices/"+office+"/desks/"+desk+"/"+verb, body)
	}
	press("hall", "d1", "open", `{}`)
	press("hall", "d1", "next", `{}`)
	press("hall", "d1", "transfer", `{"office":"works","service":"permit"}`)
	if at := p.ticket("hall", drawn.ID); at == nil || at.State != "sent" {
		t.Fatalf("sent, and %+v", at)
	}
	press("hall", "d1", "undo", `{}`)
	if at := p.ticket("hall", drawn.ID); at.State != "called" {
		t.Fatalf("taken back, and %s", at.State)
	}
	press("hall", "d1", "transfer", `{"office":"works","service":"permit"}`)
	until(t, "it arrives", func() bool { at := p.ticket("works", drawn.ID); return at != nil && at.State == "waiting" })
	until(t, "it is done here", func() bool { at := p.ticket("hall", drawn.ID); return at == nil || at.State == "done" })
	if a, err := p.post(context.Background(), clerk, "late", "/api/v1/offices/hall/desks/d1/undo", `{}`); err != nil || a.status != http.StatusConflict {
		t.Errorf("undo after it has gone: %d %s %v", a.status, a.body, err)
	}
	secret := drawn.Link[strings.LastIndexByte(drawn.Link, '/')+1:]
	if a := p.get("", "/t/"+secret); a.status != http.StatusOK || !bytes.Contains(a.body, []byte("Bauamt")) {
		t.Errorf("the link does not lead to the other office: %d", a.status)
	}
	press("works", "d1", "open", `{}`)
	var called struct{ Ticket *struct{ ID, Number string } }
	press("works", "d1", "next", `{}`).into(t, &called)
	if called.Ticket == nil || called.Ticket.ID != drawn.ID || called.Ticket.Number != drawn.Number {
		t.Errorf("first called at the other office: %+v, sent was %s", called.Ticket, drawn.Number)
	}
}

// Two desks press in the same instant, again and again: two people each time.
func TestTwoDesksPressingTogetherGetTwoPeople(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	reception, clerk := p.token("reception"), p.token("clerk")
	const rounds = 15
	for i := range 2 * rounds {
		p.must(reception, fmt.Sprint(i), ticketsPath, drawCard)
	}
	called := map[string]string{}
	for _, desk := range []string{"d1", "d2"} {
		p.must(clerk, "open"+desk, "/api/v1/offices/hall/desks/"+desk+"/open", `{}`)
	}
	for i := range rounds {
		var wg sync.WaitGroup
		var got [2]answer
		gun := make(chan struct{})
		for d, desk := range []string{"d1", "d2"} {
			wg.Go(func() {
				<-gun
				got[d], _ = p.post(context.Background(), clerk, fmt.Sprint(desk, i), "/api/v1/offices/hall/desks/"+desk+"/next", `{}`)
			})
		}
		close(gun)
		wg.Wait()
		for d, a := range got {
			var at struct{ Ticket *struct{ Number string } }
			if a.status != http.StatusOK || json.Unmarshal(a.body, &at) != nil || at.Ticket == nil {
				t.Fatalf("round %d: %d %s", i, a.status, a.body)
			}
			if other := called[at.Ticket.Number]; other != "" {
				t.Errorf("%s was called by %s and desk %d", at.Ticket.Number, other, d+1)
			}
			called[at.Ticket.Number] = fmt.Sprintf("desk %d", d+1)
		}
	}
}

// Early, on time and late are told apart at check-in, stand in the queue with
// their times, and who is late has not lost the place.
func TestBookedPeopleAreEarlyOnTimeOrLate(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	reception, kiosk := p.token("reception", "hall"), p.token("kiosk", "hall")
	now := time.Now().UTC().Truncate(time.Second)
	for i, c := range []struct {
		in   time.Duration
		want string
	}{{time.Hour, "early"}, {5 * time.Minute, "on_time"}, {-5 * time.Minute, "on_time"}, {-30 * time.Minute, "late"}} {
		at := now.Add(c.in)
		var booked struct{ Code, Link string }
		p.must(reception, fmt.Sprint("b", i), "/api/v1/offices/hall/appointments",
			fmt.Sprintf(`{"at":%q,"services":[{"id":"card","quantity":1}]}`, at.Format(time.RFC3339))).into(t, &booked)
		var in struct{ ID, Number, Arrival string }
		p.must(kiosk, fmt.Sprint("c", i), "/api/v1/offices/hall/appointments/"+booked.Code+"/check-in", `{}`).into(t, &in)
		if in.Arrival != c.want {
			t.Errorf("%v before the appointment: %s, want %s", c.in, in.Arrival, c.want)
		}
		tk := p.ticket("hall", in.ID)
		if tk == nil || tk.State != "waiting" || tk.CheckedInAt == nil || tk.AppointmentAt == nil || !tk.AppointmentAt.Equal(at) {
			t.Fatalf("%s stands in the queue as %+v", c.want, tk)
		}
		switch {
		case c.want == "late" && (tk.DueAt == nil || !tk.DueAt.After(at)): // the place slides, counted from check-in
			t.Errorf("late, due %v", tk.DueAt)
		case c.want != "late" && (tk.DueAt == nil || !tk.DueAt.Equal(at)):
			t.Errorf("%s, due %v", c.want, tk.DueAt)
		}
	}
}

// Who takes a person out of order, or opens the office out of hours, stands in
// the journal with the act, as an opaque id.
func TestActsOutOfOrderStandInTheJournalWithWhoDidThem(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	boss, clerk, kiosk := p.token("supervisor", "hall"), p.token("clerk", "hall"), p.token("kiosk", "hall")
	p.must(boss, "open", "/api/v1/offices/hall/open", `{}`)
	p.must(kiosk, "1", ticketsPath, drawCard)
	var second struct{ ID string }
	p.must(kiosk, "2", ticketsPath, drawCard).into(t, &second)
	p.must(clerk, "open", "/api/v1/offices/hall/desks/d1/open", `{}`)
	p.must(clerk, "take", "/api/v1/offices/hall/desks/d1/take", `{"ticket":"`+second.ID+`"}`)
	out, err := p.run("journal", "show", "hall", "--config", p.config, "--data", p.data)
	if err != nil {
		t.Fatal(err)
	}
	whoIs := func(token string) string {
		var me struct{ ID string }
		p.get(token, "/api/v1/me").into(t, &me)
		return me.ID
	}
	for what, want := range map[string]struct{ by, text string }{
		"the opening": {whoIs(boss), `"office_opened"`},
		"the taking":  {whoIs(clerk), `"taken"`},
	} {
		found := false
		for _, line := range strings.Split(out, "\n") {
			found = found || strings.Contains(line, `"by":"`+want.by+`"`) && strings.Contains(line, want.text)
		}
		if !found || want.by == "" {
			t.Errorf("%s by %q does not stand in the journal:\n%s", what, want.by, out)
		}
	}
}
