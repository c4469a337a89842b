package office

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/queue"
)

// plain derives secrets that a test can read.
type plain struct{}

func (plain) TicketSecret(id string) string      { return "t" + id }
func (plain) AppointmentSecret(id string) string { return "a" + id }
func (plain) AppointmentCode(id string) string   { return "CODE" + id }
func (plain) CodeMAC(office, day, code string) string {
	return "mac:" + office + ":" + day + ":" + code
}

func town(t *testing.T, j journal.Journal, h *hand) *Town {
	t.Helper()
	tw, err := OpenTown(context.Background(), []*queue.Rules{rules("hall", "A", "works"), rules("works", "B", "hall")}, j, plain{}, options(h.now))
	if err != nil {
		t.Fatal(err)
	}
	return tw
}

// send puts a ticket on its way from hall to works.
func send(t *testing.T, tw *Town) string {
	t.Helper()
	hall, _ := tw.Office("hall")
	press(t, hall, queue.OpenOffice{}, "boss")
	draw(t, hall, 1)
	press(t, hall, queue.OpenDesk{Desk: "1"}, "clerk")
	id := press(t, hall, queue.CallNext{Desk: "1"}, "clerk").Answer.Desk.Ticket.ID
	press(t, hall, queue.Transfer{Desk: "1", Office: "works", Service: "works-service"}, "clerk")
	return id
}

// inCare counts the offices that have a ticket in their care.
func inCare(tw *Town, id string) (where []string) {
	for _, o := range tw.Offices() {
		if tk := o.State().Ticket(id); tk != nil && !tk.HandedOver() {
			where = append(where, o.ID())
		}
	}
	return where
}

func arrives(t *testing.T, tw *Town, id string) {
	t.Helper()
	works, _ := tw.Office("works")
	hall, _ := tw.Office("hall")
	deadline := time.Now().Add(20 * time.Second)
	for works.State().Ticket(id) == nil || !hall.State().Ticket(id).HandedOver() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not arrive", id)
		}
		time.Sleep(time.Millisecond)
	}
	if tk := works.State().Ticket(id); tk.State != queue.Waiting || tk.Number.String() != "A001" {
		t.Fatalf("arrived as %s %s", tk.Number, tk.State)
	}
}

func TestTicketGoesToTheOtherOfficeWithItsLink(t *testing.T) {
	h := newHand()
	tw := town(t, new(journal.Memory), h)
	defer tw.Close()
	id := send(t, tw)
	if o, _, ok := tw.Ticket("t" + id); !ok || o.ID() != "hall" {
		t.Fatal("a sent ticket left its office before it was handed over")
	}
	h.add(11 * time.Second)
	tw.couriers[0].poke()
	arrives(t, tw, id)
	if o, got, ok := tw.Ticket("t" + id); !ok || o.ID() != "works" || got != id {
		t.Fatal("the link does not follow the ticket")
	}
	if where := inCare(tw, id); len(where) != 1 {
		t.Fatalf("in the care of %v", where)
	}
}

func TestUndoTakesASentTicketBack(t *testing.T) {
	h := newHand()
	tw := town(t, new(journal.Memory), h)
	defer tw.Close()
	id := send(t, tw)
	hall, _ := tw.Office("hall")
	h.add(9 * time.Second)
	press(t, hall, queue.UndoLast{Desk: "1"}, "clerk")
	h.add(5 * time.Second)
	tw.couriers[0].poke()
	if tk := hall.State().Ticket(id); tk.State != queue.Called {
		t.Fatalf("taken back, and %s", tk.State)
	}
}

// dying stops the whole town at the n-th append, as a killed program would.
type dying struct {
	journal.Journal
	left *atomic.Int64
}

var errDead = errors.New("the program is dead")

func (d dying) Append(ctx context.Context, rs []journal.Record, after uint64) (uint64, error) {
	if d.left.Load() == 0 {
		return 0, errDead
	}
	seq, err := d.Journal.Append(ctx, rs, after)
	if d.left.Add(-1) == 0 && err == nil {
		return 0, errDead // stored, and nobody heard of it
	}
	return seq, err
}

// Killed after any of the steps of a hand-over, the ticket is in exactly one
// office's care, and arrives once after the restart.
func TestHandOverSurvivesADeathAtEveryStep(t *testing.T) {
	for steps := range 4 {
		t.Run(fmt.Sprintf("after %d steps", steps), func(t *testing.T) {
			h, j := newHand(), new(journal.Memory)
			tw := town(t, j, h)
			id := send(t, tw)
			tw.Close()

			h.add(11 * time.Second)
			var left atomic.Int64
			left.Store(int64(steps))
			tw, err := OpenTown(context.Background(), []*queue.Rules{rules("hall", "A", "works"), rules("works", "B", "hall")}, dying{j, &left}, plain{}, options(h.now))
			if err != nil {
				t.Fatal(err)
			}
			deadline := time.Now().Add(10 * time.Second)
			hall, _ := tw.Office("hall")
			for left.Load() > 0 && !hall.State().Ticket(id).HandedOver() && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond)
			}
			tw.Close()

			tw = town(t, j, h)
			defer tw.Close()
			arrives(t, tw, id)
			if where := inCare(tw, id); len(where) != 1 || where[0] != "works" {
				t.Fatalf("in the care of %v", where)
			}
			works, _ := tw.Office("works")
			if n := len(works.State().Tickets); n != 1 {
				t.Fatalf("arrived %d times", n)
			}
		})
	}
}

// A hand-over that was cut off after the other office had the ticket, and is
// taken up again only when the answers of that day are forgotten.
func TestHandOverTakenUpAfterDaysArrivesOnce(t *testing.T) {
	h, j := newHand(), new(journal.Memory)
	tw := town(t, j, h)
	id := send(t, tw)
	tw.Close()
	h.add(11 * time.Second)
	var left atomic.Int64
	left.Store(2) // dispatched and received
	tw, err := OpenTown(context.Background(), []*queue.Rules{rules("hall", "A", "works"), rules("works", "B", "hall")}, dying{j, &left}, plain{}, options(h.now))
	if err != nil {
		t.Fatal(err)
	}
	within(t, "the ticket is received", func() bool { return left.Load() == 0 })
	tw.Close()

	h.add(50 * time.Hour)
	tw = town(t, j, h)
	defer tw.Close()
	hall, _ := tw.Office("hall")
	within(t, "the hand-over is closed", func() bool { tk := hall.State().Ticket(id); return tk == nil || tk.HandedOver() })
	received := 0
	for r, err := range j.Read(context.Background(), "works", 0) {
		if err != nil {
			t.Fatal(err)
		}
		body, err := queue.DecodeBody(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range body.Events {
			if _, ok := e.(queue.TicketReceived); ok {
				received++
			}
		}
	}
	if received != 1 {
		t.Fatalf("received %d times", received)
	}
}

func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAppointmentIsFoundByItsCodes(t *testing.T) {
	h := newHand()
	tw := town(t, new(journal.Memory), h)
	defer tw.Close()
	hall, _ := tw.Office("hall")
	at := h.now().Add(time.Hour)
	item := []queue.Item{{Service: "hall-service", Quantity: 1}}
	own := press(t, hall, queue.AddAppointment{At: at, Services: item}, "reception").Answer.Appointment
	given := press(t, hall, queue.AddAppointment{At: at, Services: item, CodeMAC: tw.CodeMAC("hall", hall.State().Day, "x-77")}, "reception").Answer.Appointment
	for code, want := range map[string]string{"CODE" + own: own, "code" + own: own, "X77": given, " x-77 ": given} {
		if got, ok := tw.AppointmentByCode("hall", code); !ok || got != want {
			t.Errorf("%q finds %q, want %q", code, got, want)
		}
	}
	if _, ok := tw.AppointmentByCode("works", "X77"); ok {
		t.Error("another office knows the code")
	}
	if o, got, ok := tw.AppointmentBySecret("a" + own); !ok || got != own || o.ID() != "hall" {
		t.Error("the link does not lead to the appointment")
	}
}

// What people hold in their hands leads to their appointment: over midnight, and
// after it was cancelled before anybody had opened its link.
func TestLinksOfWhatIsBookedLiveOnOverMidnight(t *testing.T) {
	h := newHand()
	tw, err := OpenTown(context.Background(), []*queue.Rules{bookable("hall", 2)}, new(journal.Memory), plain{}, options(h.now))
	if err != nil {
		t.Fatal(err)
	}
	defer tw.Close()
	hall, _ := tw.Office("hall")
	item := []queue.Item{{Service: "hall-service", Quantity: 1}}
	day := calendar.DateOf(h.now(), berlin)
	book := func(day calendar.Date, at calendar.TimeOfDay) string {
		held := press(t, hall, queue.HoldSlot{At: day.At(at, berlin), Services: item, Channel: queue.ChannelPhone}, "reception")
		return press(t, hall, queue.BookHold{Hold: held.Answer.Appointment}, "reception").Answer.Appointment
	}
	check := func(when, id string, byLink, byCode bool) {
		t.Helper()
		_, found, ok := tw.AppointmentBySecret(plain{}.AppointmentSecret(id))
		if ok != byLink || ok && found != id {
			t.Errorf("%s: the link of %s leads to %q, %v", when, id, found, ok)
		}
		found, ok = tw.AppointmentByCode("hall", plain{}.AppointmentCode(id))
		if ok != byCode || ok && found != id {
			t.Errorf("%s: the code of %s leads to %q, %v", when, id, found, ok)
		}
	}
	check("before", "hall-a0000", false, false)
	today, later, gone := book(day, 15*60), book(day.AddDays(3), 9*60), book(day.AddDays(3), 9*60)
	press(t, hall, queue.CancelAppointment{Appointment: gone}, "reception") // nobody has looked until now
	wish := press(t, hall, queue.AddWish{Services: item, From: day, To: day}, "somebody").Answer.Wish
	check("today", today, true, true)
	check("today", later, true, true)
	check("today", gone, true, false)
	if _, id, ok := tw.WishBySecret(plain{}.AppointmentSecret(wish)); !ok || id != wish {
		t.Errorf("the link of the wish leads to %q", id)
	}
	h.add(24 * time.Hour)
	press(t, hall, queue.SetNotice{Text: "a new day"}, "boss")
	check("tomorrow", today, false, false) // missed
	check("tomorrow", later, true, true)
	check("tomorrow", gone, true, false)
	if _, _, ok := tw.WishBySecret(plain{}.AppointmentSecret(wish)); ok {
		t.Error("a wish for yesterday is still found")
	}
	check("tomorrow", book(day.AddDays(3), 10*60), true, true)
	h.add(8 * 24 * time.Hour)
	press(t, hall, queue.SetNotice{Text: "a week on"}, "boss")
	check("a week on", gone, false, false)
}

// A code that came with a table counts for its day; moved to another, the person
// still has it, and the same table is still known.
func TestACodeFromOutsideGoesAlongWhenItsAppointmentIsMoved(t *testing.T) {
	h := newHand()
	j := new(journal.Memory)
	begin := func() *Town {
		tw, err := OpenTown(context.Background(), []*queue.Rules{bookable("hall", 1)}, j, plain{}, options(h.now))
		if err != nil {
			t.Fatal(err)
		}
		return tw
	}
	tw := begin()
	hall, _ := tw.Office("hall")
	day := calendar.DateOf(h.now(), berlin).AddDays(1)
	add := queue.AddAppointment{At: day.At(9*60, berlin), Services: []queue.Item{{Service: "hall-service", Quantity: 1}},
		CodeMAC: plain{}.CodeMAC("hall", day.String(), "X7")}
	id := press(t, hall, add, "import").Answer.Appointment
	for _, to := range []calendar.Date{day.AddDays(1), day.AddDays(2), day} {
		press(t, hall, queue.MoveAppointment{Appointment: id, At: to.At(10*60, berlin), Channel: queue.ChannelPhone}, "reception")
		for _, when := range []string{"at once", "after a restart"} {
			if found, ok := tw.AppointmentByCode("hall", "x7"); !ok || found != id {
				t.Errorf("moved to %v, %s the code leads to %q, %v", to, when, found, ok)
			}
			tw.Close()
			tw = begin()
			hall, _ = tw.Office("hall")
		}
		var no *queue.Refusal
		if _, err := hall.Do(context.Background(), request(fmt.Sprint("again ", to), add, "import")); !errors.As(err, &no) || no.Code != queue.RefusedCodeTaken {
			t.Errorf("moved to %v, the table was entered again: %v", to, err)
		}
	}
	tw.Close()
}
