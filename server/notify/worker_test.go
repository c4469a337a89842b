package notify_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/notify"
	"aufruf/server/queue"
)

// everyone books a handful of times and gives their ids.
func (f *town) everyone() []string {
	f.t.Helper()
	var ids []string
	for i := range 5 {
		p := person()
		p.Phone = fmt.Sprintf("+491511234567%d", i)
		ids = append(ids, f.book(fmt.Sprintf("fri 1%d:00", i), p))
	}
	return ids
}

// toldOnce checks that everybody got exactly one SMS and one mail.
func (f *town) toldOnce(ids []string) {
	f.t.Helper()
	per := map[string]int{}
	for _, m := range f.gate.got() {
		per[m.To]++
	}
	mails := map[string]int{}
	for _, m := range f.sink.got() {
		mails[header(f.t, m, "Message-ID")]++
	}
	if len(per) != len(ids) || len(mails) != len(ids) {
		f.t.Errorf("%d people got an SMS and %d a mail, of %d", len(per), len(mails), len(ids))
	}
	for who, n := range per {
		if n != 1 {
			f.t.Errorf("%s got %d SMS", who, n)
		}
	}
	for id, n := range mails {
		if n != 1 {
			f.t.Errorf("%s went %d times", id, n)
		}
	}
	for _, id := range ids {
		f.want(id, "booked sms sent, booked email sent, reminder_day sms waiting, reminder_hours sms waiting")
	}
}

func TestAGatewayThatIsDownForADayLosesNothingAndSendsNothingTwice(t *testing.T) {
	for what, down := range map[string]struct {
		status int
		header map[string]string
		mail   int
	}{
		"errors":              {status: 503, mail: 421},
		"asking for patience": {status: 429, header: map[string]string{"Retry-After": "3600"}, mail: 451},
		"a wrong key":         {status: 401, mail: 450},
	} {
		t.Run(what, func(t *testing.T) {
			f := newTown(t)
			f.gate.answers(down.status, down.header)
			f.sink.refuses(down.mail)
			ids := f.everyone()
			for at := local("mon 09:00"); at.Before(local("tue 09:00")); at = at.Add(7 * time.Minute) {
				f.send()
				f.pass(7 * time.Minute)
				if at.Minute() == 0 {
					f.restart()
				}
			}
			if len(f.gate.got())+len(f.sink.got()) > 0 {
				t.Fatal("something was taken while all was down")
			}
			calls := f.gate.calls
			f.gate.answers(200, nil)
			f.sink.refuses(0)
			for range 10 {
				f.pass(10 * time.Minute)
				f.send()
			}
			f.toldOnce(ids)
			if calls > 250 || down.header != nil && calls > 60 {
				t.Errorf("%d calls to a gateway that was down", calls)
			}
		})
	}
}

func TestAGatewayThatCannotBeReachedLosesNothing(t *testing.T) {
	f := newTown(t)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := dead.Addr().(*net.TCPAddr)
	dead.Close()
	url, port := f.settings.SMS.URL, f.settings.Email.Port
	f.settings.SMS.URL, f.settings.Email.Port = fmt.Sprintf("http://127.0.0.1:%d/send", address.Port), address.Port
	f.restart()
	id := f.book("thu 10:30", person())
	f.send()
	f.want(id, "booked sms waiting unreachable, booked email waiting unreachable, reminder_day sms waiting, reminder_hours sms waiting")
	f.settings.SMS.URL, f.settings.Email.Port = url, port
	f.restart()
	f.pass(time.Minute)
	f.send()
	f.want(id, "booked sms sent, booked email sent, reminder_day sms waiting, reminder_hours sms waiting")
}

func TestARefusalIsFinalAndStopsNobodyElse(t *testing.T) {
	f := newTown(t)
	f.gate.answers(400, nil)
	f.sink.refuses(550)
	id := f.book("thu 10:30", person())
	f.send()
	f.pass(time.Hour)
	f.send()
	f.want(id, "booked sms failed http_400, booked email failed smtp_550, reminder_day sms waiting, reminder_hours sms waiting")
	if f.gate.calls != 1 {
		t.Errorf("%d calls", f.gate.calls)
	}
	f.gate.answers(200, nil)
	f.sink.refuses(0)
	other := f.book("thu 11:30", person())
	f.send()
	f.want(other, "booked sms sent, booked email sent, reminder_day sms waiting, reminder_hours sms waiting")
}

// A gateway that takes a message and never says so: where it does not know our
// reference, nobody may be told twice.
func TestAGatewayThatHangsSendsNothingTwice(t *testing.T) {
	for _, idempotent := range []bool{false, true} {
		f := newTown(t, func(f *town) { f.settings.SMS.Idempotent = idempotent })
		id := f.book("thu 10:30", person())
		f.hangUp()
		reminders := ", reminder_day sms waiting, reminder_hours sms waiting"
		if idempotent {
			f.want(id, "booked sms waiting unknown, booked email sent"+reminders)
		} else {
			f.want(id, "booked sms failed unknown, booked email sent"+reminders)
		}
		f.pass(time.Hour)
		f.send()
		refs := map[string]bool{}
		for _, m := range f.gate.got() {
			refs[m.Ref] = true
		}
		if len(refs) != 1 || !idempotent && len(f.gate.got()) != 1 {
			t.Errorf("idempotent %v: %+v", idempotent, f.gate.got())
		}
		if idempotent {
			f.want(id, "booked sms sent, booked email sent"+reminders)
		}
	}
}

// hangUp lets the gateway take one message, and cuts the connection before it
// answers.
func (f *town) hangUp() {
	f.t.Helper()
	f.gate.mu.Lock()
	f.gate.hang = make(chan struct{})
	f.gate.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() {
		<-f.gate.asked
		f.gate.CloseClientConnections()
	})
	f.send()
	wg.Wait()
	f.gate.mu.Lock()
	close(f.gate.hang)
	f.gate.hang = nil
	f.gate.mu.Unlock()
}

// The program is stopped, or killed, while a message is on its way.
func TestWhatWasCutOffIsResolvedAtTheNextStart(t *testing.T) {
	for _, idempotent := range []bool{false, true} {
		f := newTown(t, func(f *town) { f.settings.SMS.Idempotent = idempotent })
		id := f.book("thu 10:30", person())
		if err := f.notify.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		f.gate.mu.Lock()
		f.gate.hang = make(chan struct{})
		f.gate.mu.Unlock()
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			_, err := f.notify.Step(ctx)
			done <- err
		}()
		<-f.gate.asked
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got := f.rows(id); !strings.HasPrefix(got, "booked sms sending, ") {
			t.Fatalf("cut off: %s", got)
		}
		f.gate.mu.Lock()
		f.gate.hang = nil
		f.gate.mu.Unlock()
		f.restart()
		f.pass(time.Hour)
		f.send()
		f.pass(time.Hour)
		f.send()
		if want := map[bool]string{false: "booked sms failed unknown", true: "booked sms sent"}[idempotent]; !strings.HasPrefix(f.rows(id), want+", booked email sent") {
			t.Errorf("idempotent %v: %s", idempotent, f.rows(id))
		}
		refs := map[string]bool{}
		for _, m := range f.gate.got() {
			refs[m.Ref] = true
		}
		if len(refs) != 1 || !idempotent && len(f.gate.got()) != 1 {
			t.Errorf("idempotent %v: %+v", idempotent, f.gate.got())
		}
	}
}

func TestAMailCutOffGoesAgainUnderTheSameMessageID(t *testing.T) {
	f := newTown(t, func(f *town) { f.settings.SMS.Preset = notify.Off })
	id := f.book("thu 10:30", person())
	f.send()
	// As a kill between the server's word and the noting of it leaves it.
	rows, err := f.db.OutboxOf(context.Background(), "hall", id)
	if err != nil || rows[0].State != notify.Sent {
		t.Fatalf("%+v, %v", rows, err)
	}
	rows[0].State = notify.Sending
	if ok, err := f.db.ChangeOutbox(context.Background(), rows[0], notify.Sent); err != nil || !ok {
		t.Fatal(err)
	}
	f.restart()
	f.send()
	f.pass(time.Minute)
	f.send()
	mails := f.sink.got()
	if len(mails) != 2 || header(t, mails[0], "Message-ID") != header(t, mails[1], "Message-ID") {
		t.Errorf("%d mails", len(mails))
	}
	f.want(id, "booked email sent, reminder_day email waiting, reminder_hours email waiting")
}

func TestAMessageIsSentOnceWhoeverAsksForIt(t *testing.T) {
	f := newTown(t)
	ids := f.everyone()
	if err := f.notify.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := f.notify.Step(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f.toldOnce(ids)
}

func TestADeadlineEndsTheTrying(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.gate.answers(500, nil)
	f.sink.refuses(451)
	f.send()
	f.goTo("tue 11:30")
	f.send()
	f.want(id, "booked sms failed deadline, booked email failed deadline, reminder_day sms waiting, reminder_hours sms waiting")
	f.goTo("wed 17:00")
	f.send()
	f.goTo("thu 08:30") // the reminder of today says all that yesterday's would
	f.send()
	f.goTo("thu 10:01")
	f.send()
	f.want(id, "booked sms failed deadline, booked email failed deadline, reminder_day sms dropped superseded, reminder_hours sms dropped late")
}

func TestNobodyIsRemindedByNight(t *testing.T) {
	f := newTown(t, func(f *town) {
		f.settings.Reminders = notify.Reminders{Day: true, DayAt: 22 * 60, HoursLead: 2 * time.Hour}
	})
	early := f.book("thu 08:30", person()) // two hours before is 06:30, and 08:00 leaves 30 minutes
	later := f.book("thu 09:00", person()) // 07:00 becomes 08:00
	f.send()
	f.want(early, "booked sms sent, booked email sent")
	f.want(later, "booked sms sent, booked email sent, reminder_day sms waiting, reminder_hours sms waiting")
	f.goTo("wed 22:00")
	f.send()
	f.goTo("thu 07:59")
	f.send()
	if n := len(f.gate.got()); n != 2 {
		t.Errorf("%d SMS by night", n-2)
	}
	f.goTo("thu 08:00")
	f.send()
	f.want(later, "booked sms sent, booked email sent, reminder_day sms dropped superseded, reminder_hours sms sent")
}

func TestAReminderThatWasLateIsNotSentByNight(t *testing.T) {
	f := newTown(t, func(f *town) { f.settings.Reminders.HoursLead = 0 })
	id := f.book("thu 10:30", person())
	f.send()
	f.goTo("wed 23:30") // the program was away at 17:00
	f.send()
	f.want(id, "booked sms sent, booked email sent, reminder_day sms waiting")
	f.goTo("thu 08:00")
	f.send()
	f.want(id, "booked sms sent, booked email sent, reminder_day sms sent")
}

func TestWhoHasJustBeenToldIsNotReminded(t *testing.T) {
	f := newTown(t)
	f.goTo("mon 14:30")
	today := f.book("mon 16:30", person())    // two hours before is now
	tomorrow := f.book("tue 10:30", person()) // 17:00 is too near, tomorrow 08:30 is not
	f.send()
	f.want(today, "booked sms sent, booked email sent")
	f.want(tomorrow, "booked sms sent, booked email sent, reminder_hours sms waiting")
}

func TestWhoIsThereIsNotReminded(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	f.goTo("thu 08:00")
	f.do(queue.OpenOffice{Until: local("thu 18:00")})
	f.do(queue.CheckIn{Appointment: id})
	f.goTo("thu 08:30")
	f.send()
	f.want(id, "booked sms sent, booked email sent, reminder_day sms dropped arrived, reminder_hours sms dropped arrived")
}

func TestAFailedMessageIsTriedAgainByHand(t *testing.T) {
	f := newTown(t)
	ctx := context.Background()
	f.gate.answers(400, nil)
	id := f.book("thu 10:30", person())
	f.send()
	rows, err := f.notify.Messages(ctx, "hall", 0, 10)
	if err != nil || len(rows) != 4 || rows[3].State != notify.Failed {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, r := range rows[:3] {
		if got, err := f.notify.Retry(ctx, "hall", r.ID); r.State == notify.Sent && !errors.Is(err, notify.ErrNotFailed) || r.State == notify.Waiting && got.State != notify.Waiting {
			t.Errorf("%s: %v", r.State, err)
		}
	}
	if _, err := f.notify.Retry(ctx, "other", rows[3].ID); !errors.Is(err, notify.ErrNone) {
		t.Error(err)
	}
	f.gate.answers(200, nil)
	for range 2 {
		if r, err := f.notify.Retry(ctx, "hall", rows[3].ID); err != nil || r.State != notify.Waiting {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	f.send()
	f.want(id, "booked sms sent, booked email sent, reminder_day sms waiting, reminder_hours sms waiting")
}

func TestAConfirmationIsSentAgainOnRequestAndOnceForEach(t *testing.T) {
	f := newTown(t)
	ctx := context.Background()
	id := f.book("thu 10:30", person())
	f.send()
	for _, asked := range []string{"a", "a", "b"} {
		if rows, err := f.notify.Again(ctx, "hall", id, notify.Booked, asked); err != nil || len(rows) != 2 {
			t.Fatalf("%+v, %v", rows, err)
		}
		f.send()
	}
	if len(f.gate.got()) != 3 || len(f.sink.got()) != 3 {
		t.Errorf("%d SMS, %d mails", len(f.gate.got()), len(f.sink.got()))
	}
	if _, err := f.notify.Again(ctx, "hall", "hall-a9999", notify.Booked, "c"); !errors.Is(err, notify.ErrKind) {
		t.Error(err)
	}
	if _, err := f.notify.Again(ctx, "hall", id, notify.ReminderDay, "c"); !errors.Is(err, notify.ErrKind) {
		t.Error(err)
	}
	held := f.hold("thu 13:00")
	f.do(queue.BookHold{Hold: held})
	if _, err := f.notify.Again(ctx, "hall", held, notify.Booked, "c"); !errors.Is(err, notify.ErrNobody) {
		t.Error(err)
	}
}

func TestTheMonthsCostIsTheSumOfItsSegments(t *testing.T) {
	f := newTown(t)
	f.everyone()
	f.send()
	sums, err := f.notify.Month(context.Background(), "hall", f.now())
	if err != nil || len(sums) != 3 {
		t.Fatalf("%+v, %v", sums, err)
	}
	if s := sums[1]; s.Channel != notify.SMS || s.State != notify.Sent || s.Count != 5 || s.Segments != 5 || s.Price != 37.5 {
		t.Errorf("%+v", s)
	}
	f.pass(10 * 24 * time.Hour)
	if sums, err := f.notify.Month(context.Background(), "hall", f.now()); err != nil || len(sums) != 0 {
		t.Errorf("in December: %+v, %v", sums, err)
	}
}

func TestWhatWasSentLongAgoIsErased(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	if n, err := f.notify.Erase(context.Background(), "hall", f.now().Add(time.Hour)); err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	f.want(id, "reminder_day sms waiting, reminder_hours sms waiting")
}

// Run does by itself what the other tests do step by step.
func TestMessagesGoByThemselves(t *testing.T) {
	f := newTown(t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.notify.Run(ctx)
	}()
	id := f.book("thu 10:30", person())
	f.pass(2 * time.Second)
	<-f.gate.asked
	for deadline := time.Now().Add(20 * time.Second); !strings.HasPrefix(f.rows(id), "booked sms sent, booked email sent"); {
		if time.Now().After(deadline) {
			t.Fatal(f.rows(id))
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	<-done
}
