package notify_test

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/people"
	"aufruf/server/queue"

	_ "aufruf/server/sqlite"
)

func TestABookingIsToldOnceByEveryWay(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	const told = "booked sms sent, booked email sent, reminder_day sms waiting, reminder_hours sms waiting"
	f.want(id, told)
	f.send()
	f.restart()
	f.send()
	// A cursor that was lost, or stored before the rows were: all is read again.
	f.forget()
	f.restart()
	f.send()
	f.want(id, told)
	got := f.gate.got()
	if len(got) != 1 || len(f.sink.got()) != 1 {
		t.Fatalf("%d SMS, %d mails", len(got), len(f.sink.got()))
	}
	link := "https://termin.lindenau.example/a/" + f.secrets.AppointmentSecret(id)
	want := "Ihr Termin: Donnerstag, 26. November, 10:30 Uhr, Bürgerbüro. Code " + f.secrets.AppointmentCode(id) + ". Ändern/absagen: " + link
	if got[0].To != "+4915112345678" || got[0].Text != want {
		t.Errorf("%+v, want %s", got[0], want)
	}
	if at, there, _ := f.town.AppointmentBySecret(link[len(link)-26:]); at == nil || there != id {
		t.Errorf("the link leads to %q", there)
	}
}

// forget makes the follower read the journal from its last opening.
func (f *town) forget() {
	f.t.Helper()
	db, err := sql.Open("sqlite3", f.file())
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`DELETE FROM follower WHERE purpose = 'notify'`); err != nil {
		f.t.Fatal(err)
	}
}

func TestRowsHoldNobodysData(t *testing.T) {
	f := newTown(t)
	f.book("thu 10:30", person())
	f.send()
	db, err := sql.Open("sqlite3", f.file())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT * FROM outbox`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	n := 0
	for rows.Next() {
		n++
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(string)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			for _, secret := range []string{"Müller", "Zoë", "15112345678", "zoe@", "Reisepass", f.secrets.AppointmentCode("hall-a0000"), f.secrets.AppointmentSecret("hall-a0000")} {
				if strings.Contains(*v.(*string), secret) {
					t.Errorf("%s holds %s", columns[i], secret)
				}
			}
		}
	}
	if n != 4 {
		t.Errorf("%d rows", n)
	}
}

func TestWhatIsToldFollowsTheAppointment(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.do(queue.MoveAppointment{Appointment: id, At: local("fri 11:00"), Channel: queue.ChannelOnline})
	f.send()
	// The booking was moved before it was told: only the new time is.
	f.want(id, "booked sms dropped gone, booked email dropped gone, reminder_day sms waiting, reminder_hours sms waiting, "+
		"moved sms sent, moved email sent, reminder_day sms waiting, reminder_hours sms waiting")
	if got := f.gate.got(); len(got) != 1 || !strings.Contains(got[0].Text, "Neue Zeit: Freitag, 27. November, 11:00 Uhr") {
		t.Fatalf("%+v", got)
	}
	f.do(queue.CancelAppointment{Appointment: id})
	f.send()
	f.want(id, "booked sms dropped gone, booked email dropped gone, reminder_day sms dropped gone, reminder_hours sms dropped gone, "+
		"moved sms sent, moved email sent, reminder_day sms dropped gone, reminder_hours sms dropped gone, cancelled sms sent, cancelled email sent")
	if f.kept(id) {
		t.Error("the contact of a cancelled appointment is kept after it was told")
	}
	erased, err := f.contacts.Erased(context.Background(), "hall", "")
	if err != nil || len(erased) != 1 || erased[0].Why != people.ErasedCancelled || erased[0].Scrubbed.IsZero() {
		t.Errorf("%+v, %v", erased, err)
	}
	f.goTo("fri 10:00")
	f.send()
	if len(f.gate.got()) != 2 || len(f.sink.got()) != 2 {
		t.Errorf("%d SMS, %d mails", len(f.gate.got()), len(f.sink.got()))
	}
}

func TestAReminderOfACancelledAppointmentIsNeverSent(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	f.gate.answers(503, nil)
	f.goTo("wed 17:00")
	f.send() // the gateway is down: the reminder waits, tried once
	f.do(queue.CancelAppointment{Appointment: id})
	f.gate.answers(200, nil)
	for _, at := range []string{"wed 17:20", "wed 18:00", "thu 08:30", "thu 10:00"} {
		f.goTo(at)
		f.send()
	}
	for _, m := range f.gate.got() {
		if strings.Contains(m.Text, "Erinnerung") || strings.Contains(m.Text, "Heute") {
			t.Errorf("reminded: %s", m.Text)
		}
	}
}

func TestPeopleAreRemindedTheDayBeforeAndHoursBefore(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	silent := person()
	silent.Remind = false
	quiet := f.book("thu 11:30", silent)
	f.send()
	for _, step := range []struct{ at, rows string }{
		{"wed 16:59", "reminder_day sms waiting, reminder_hours sms waiting"},
		{"wed 17:00", "reminder_day sms sent, reminder_hours sms waiting"},
		{"thu 08:29", "reminder_day sms sent, reminder_hours sms waiting"},
		{"thu 08:30", "reminder_day sms sent, reminder_hours sms sent"},
	} {
		f.goTo(step.at)
		f.send()
		f.want(id, "booked sms sent, booked email sent, "+step.rows)
	}
	f.want(quiet, "booked sms sent, booked email sent")
	texts := f.gate.got()
	if len(texts) != 4 || !strings.HasPrefix(texts[2].Text, "Erinnerung: Donnerstag, 26. November, 10:30 Uhr") || !strings.HasPrefix(texts[3].Text, "Heute um 10:30 Uhr") {
		t.Errorf("%+v", texts)
	}
}

func TestWhoNoLongerWantsRemindersGetsNone(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	silent := person()
	silent.Remind = false
	f.put(id, silent)
	if err := f.contacts.Keep(context.Background(), people.Whose{Office: "hall", ID: id}, local("fri 10:00")); err != nil {
		t.Fatal(err)
	}
	f.goTo("wed 17:00")
	f.send()
	f.want(id, "booked sms sent, booked email sent, reminder_day sms dropped not_wanted, reminder_hours sms waiting")
}

func TestMovedAwayAndBackRemindsOnce(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	f.do(queue.MoveAppointment{Appointment: id, At: local("fri 11:00"), Channel: queue.ChannelOnline})
	f.send()
	f.do(queue.MoveAppointment{Appointment: id, At: local("thu 10:30"), Channel: queue.ChannelOnline})
	f.send()
	f.goTo("wed 17:00")
	f.send()
	f.goTo("thu 08:30")
	f.send()
	reminded := 0
	for _, m := range f.gate.got() {
		if strings.Contains(m.Text, "Erinnerung") || strings.Contains(m.Text, "Heute") {
			reminded++
		}
	}
	if reminded != 2 {
		t.Errorf("reminded %d times: %s", reminded, f.rows(id))
	}
}

func TestAClockThatJumpsDoublesNothing(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	for _, at := range []string{"mon 09:00", "wed 17:01", "mon 10:00", "wed 17:02", "thu 08:31", "tue 12:00", "thu 08:40", "thu 10:05"} {
		f.goTo(at)
		f.send()
		f.restart()
		f.send()
	}
	f.want(id, "booked sms sent, booked email sent, reminder_day sms sent, reminder_hours sms sent")
	if len(f.gate.got()) != 3 || len(f.sink.got()) != 1 {
		t.Errorf("%d SMS, %d mails", len(f.gate.got()), len(f.sink.got()))
	}
}

func TestABookingIsToldInFullWhenItIsConfirmed(t *testing.T) {
	f := newTown(t, confirming)
	id := f.book("thu 10:30", person())
	f.send()
	f.want(id, "confirm sms sent, reminder_day sms waiting, reminder_hours sms waiting")
	if text := f.gate.got()[0].Text; !strings.HasPrefix(text, "Bitte bis 09:30 Uhr bestätigen: https://termin.lindenau.example/a/") {
		t.Error(text)
	}
	f.do(queue.ConfirmAppointment{Appointment: id})
	f.send()
	f.do(queue.ConfirmAppointment{Appointment: id}) // "still coming? yes"
	f.send()
	f.want(id, "confirm sms sent, reminder_day sms waiting, reminder_hours sms waiting, booked sms sent, booked email sent")
}

func TestWhoNeverConfirmsHearsNothingMoreAndIsForgotten(t *testing.T) {
	f := newTown(t, confirming)
	id := f.book("thu 10:30", person())
	f.send()
	f.pass(31 * time.Minute)
	f.do(queue.SetBooking{}) // a command, before which the clock decides what fell due
	f.send()
	f.want(id, "confirm sms sent, reminder_day sms dropped gone, reminder_hours sms dropped gone")
	if f.kept(id) {
		t.Error("the contact is kept")
	}
}

func TestAnOfferGoesToWhoWaitsAndTheirContactGoesAlong(t *testing.T) {
	f := newTown(t)
	first := f.book("thu 10:30", person())
	day := calendar.DateOf(local("thu 10:30"), berlin)
	f.do(queue.AddWish{Services: passport, From: day, To: day})
	const wish = "hall-w0000"
	waiting := person()
	waiting.Surname, waiting.Email = "Warter", ""
	f.put(wish, waiting)
	f.send()
	f.want(wish, "wish sms sent")
	f.do(queue.CancelAppointment{Appointment: first, Hide: time.Hour})
	f.pass(time.Minute)
	f.do(queue.SetBooking{})
	f.send()
	f.want(wish, "wish sms sent, offer sms sent")
	got := f.gate.got()
	offer := got[len(got)-1].Text
	if !strings.Contains(offer, "Frei geworden: Donnerstag, 26. November, 10:30 Uhr") || !strings.Contains(offer, "/w/"+f.secrets.AppointmentSecret(wish)) ||
		!strings.Contains(offer, "Bis 09:21 Uhr") {
		t.Error(offer)
	}
	held := f.hall().State().Offer(wish)
	f.do(queue.BookHold{Hold: held.ID})
	f.send()
	if f.kept(wish) || !f.kept(held.ID) {
		t.Error("the contact did not go along")
	}
	f.want(held.ID, "booked sms sent, reminder_day sms waiting, reminder_hours sms waiting")
}

func TestAnOfferThatIsNoLongerKeptIsNotSent(t *testing.T) {
	f := newTown(t)
	first := f.book("thu 10:30", person())
	day := calendar.DateOf(local("thu 10:30"), berlin)
	f.do(queue.AddWish{Services: passport, From: day, To: day})
	const wish = "hall-w0000"
	f.put(wish, person())
	f.do(queue.CancelAppointment{Appointment: first, Hide: time.Hour})
	f.pass(time.Minute)
	f.do(queue.SetBooking{})
	f.do(queue.WithdrawWish{Wish: wish})
	f.send()
	f.want(wish, "wish sms dropped gone, offer sms dropped gone")
	if f.kept(wish) {
		t.Error("the contact of a withdrawn wish is kept")
	}
	if erased, err := f.contacts.Erased(context.Background(), "hall", ""); err != nil || len(erased) != 2 || erased[1].Why != people.ErasedWithdrawn {
		t.Errorf("%+v, %v", erased, err)
	}
}

func TestContactsEndWithTheirVisits(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.do(queue.IssueTicket{Services: passport})
	ticket := f.hall().State().Tickets[0].ID
	f.put(ticket, person())
	f.send()
	ends := func() map[string]time.Time {
		kept, err := f.contacts.Kept(context.Background(), "hall")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]time.Time{}
		for _, k := range kept {
			m[k.Kind] = k.Latest
		}
		return m
	}
	// Thursday's end and two days; today's end.
	if e := ends(); !e["appointment"].Equal(time.Date(2026, 11, 29, 0, 0, 0, 0, berlin)) || !e["ticket"].Equal(time.Date(2026, 11, 24, 0, 0, 0, 0, berlin)) {
		t.Errorf("%v", e)
	}
	f.do(queue.MoveAppointment{Appointment: id, At: local("fri 11:00"), Channel: queue.ChannelOnline})
	f.send()
	if e := ends(); !e["appointment"].Equal(time.Date(2026, 11, 30, 0, 0, 0, 0, berlin)) {
		t.Errorf("%v", e)
	}
}

func TestACancellingThatNobodyCanBeToldOfErasesAtOnce(t *testing.T) {
	f := newTown(t)
	mute := person()
	mute.Phone, mute.Mobile, mute.Email = "+4930901820", false, ""
	id := f.book("thu 10:30", mute)
	f.send()
	f.want(id, "")
	f.do(queue.CancelAppointment{Appointment: id, Staff: true})
	f.send()
	if f.kept(id) {
		t.Error("the contact is kept")
	}
}

func TestACancellingThatCannotBeToldIsGivenUpAfterADay(t *testing.T) {
	f := newTown(t)
	id := f.book("fri 10:30", person())
	f.send()
	f.do(queue.CancelAppointment{Appointment: id})
	f.gate.answers(500, nil)
	f.sink.refuses(451)
	f.send()
	f.pass(23 * time.Hour)
	f.send()
	if !f.kept(id) {
		t.Fatal("erased while it was still being told")
	}
	f.pass(90 * time.Minute)
	f.send()
	if f.kept(id) || !strings.HasSuffix(f.rows(id), "cancelled sms failed deadline, cancelled email failed deadline") {
		t.Errorf("kept %v, %s", f.kept(id), f.rows(id))
	}
}

func TestABookingThatIsMovedBeforeItIsConfirmedIsToldInFull(t *testing.T) {
	f := newTown(t, confirming)
	id := f.book("thu 10:30", person())
	f.send()
	f.do(queue.MoveAppointment{Appointment: id, At: local("thu 11:30"), Channel: queue.ChannelOnline})
	f.send()
	f.do(queue.ConfirmAppointment{Appointment: id})
	f.send()
	if rows := f.rows(id); !strings.Contains(rows, "booked sms sent, booked email sent") {
		t.Error(rows)
	}
	got := f.gate.got()
	if text := got[len(got)-1].Text; !strings.Contains(text, "11:30") {
		t.Error(text)
	}
}

// A record is decoded only where it mentions an event of which something is made:
// the list of these and what take knows are the same.
func TestWhatIsTakenIsLookedFor(t *testing.T) {
	src, err := os.ReadFile("follow.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(src), "func (f *follower) take(")
	rest, _, _ = strings.Cut(rest, "\n}\n")
	known := regexp.MustCompile(`case queue\.(\w+):`).FindAllStringSubmatch(rest, -1)
	list, _, _ := strings.Cut(string(src), "all = append(all, queue.Mention(e))")
	looked := regexp.MustCompile(`queue\.(\w+)\{\}`).FindAllStringSubmatch(list, -1)
	if len(known) == 0 || len(known) != len(looked) {
		t.Errorf("take knows %d events, %d are looked for", len(known), len(looked))
	}
	for _, k := range known {
		if !slices.ContainsFunc(looked, func(l []string) bool { return l[1] == k[1] }) {
			t.Errorf("%s is not looked for", k[1])
		}
	}
}
