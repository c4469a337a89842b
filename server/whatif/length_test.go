package whatif

import (
	"fmt"
	"math"
	"testing"
	"time"

	"aufruf/server/forecast"
	"aufruf/server/queue"
)

// measure lets a desk serve so many cards, each as long as the draw says.
func (o *Office) measure(cases int, mean, sigma float64) {
	day := forecast.DayOf(o.Rules, o.State)
	at := o.Now
	record := func(e ...queue.Event) {
		meta, body := queue.Meta{Seq: o.State.Seq + 1, At: at, By: "somebody"}, queue.Body{Events: e, Desk: "1"}
		o.Model.Learn(o.Rules, o.State, &day, meta, body)
		o.State.Apply(meta, body)
	}
	for i := range cases {
		id := fmt.Sprintf("hall-20261124-%04d", len(o.State.Tickets))
		item := []queue.Item{{Service: "card", Quantity: 1}}
		record(queue.TicketIssued{Ticket: id, Number: queue.Number{Letter: "A", N: i + 1}, Category: "cards", Services: item})
		record(queue.TicketCalled{Ticket: id, Desk: "1", Leg: item})
		at = at.Add(20 * time.Second)
		record(queue.TicketStarted{Ticket: id})
		at = at.Add(time.Duration(mean * math.Exp(sigma*normal((float64(i*37%cases)+0.5)/float64(cases))) * float64(time.Minute)))
		record(queue.TicketFinished{Ticket: id})
		at = at.Add(30 * time.Second)
	}
	o.Now = at
}

func TestALengthIsProposedOnceEnoughWasMeasured(t *testing.T) {
	o := room(0)
	o.measure(20, 15, 0.4)
	if enough, few := o.Lengths(); len(enough) != 0 || few != 2 {
		t.Errorf("of 20 cases: %+v, %d", enough, few)
	}
	o.measure(200, 15, 0.4)
	enough, few := o.Lengths()
	if len(enough) != 1 || few != 1 {
		t.Fatalf("%+v, %d", enough, few)
	}
	l := enough[0]
	// The true median is 15, the quantiles 9.0 and 25.0, the proposed one 17.5.
	if math.Abs(l.Median-15) > 1 || math.Abs(l.P10-9) > 1 || math.Abs(l.P90-25) > 2 || l.Now.Minutes != 10 || l.Then.Minutes < 16 || l.Then.Minutes > 19 {
		t.Errorf("%+v", l)
	}
	if l.Now.Over < 0.75 || math.Abs(l.Then.Over-0.35) > 0.03 || l.Then.PerHour >= l.Now.PerHour || l.Now.Wait < 30 || l.Then.Wait > 15 {
		t.Errorf("planned %+v, proposed %+v", l.Now, l.Then)
	}
}

// What is accepted changes what is planned, and nothing of what is measured.
func TestTheForecastIsNotTouchedByWhatIsPlanned(t *testing.T) {
	o := room(8)
	o.measure(60, 15, 0.4)
	before := o.mustAsk(t, "2", Open, time.Time{})
	lengths, _ := o.Lengths()
	then := o.after([]queue.Event{queue.ServicePlanned{Service: "card", Minutes: 17, From: o.State.Day}})
	after, err := then.Ask("2", Open, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if *after.Before.Mean != *before.Before.Mean || after.Before.Newcomers[0] != before.Before.Newcomers[0] {
		t.Errorf("%+v became %+v", before.Before, after.Before)
	}
	planned, _ := then.Lengths()
	if planned[0].Now.Minutes != 17 || planned[0].Median != lengths[0].Median || planned[0].Then != lengths[0].Then {
		t.Errorf("%+v became %+v", lengths[0], planned[0])
	}
}

// The mean wait in a row agrees with what is known of it: none where the
// length is far too long, and growing by the excess where it is too short.
func TestTheRowOfAppointmentsIsRight(t *testing.T) {
	l := forecast.Length{Mu: math.Log(10), Sigma: 0.01}
	if s := slot(l, 20); s.Wait != 0 || s.Over != 0 || s.PerHour != 3 {
		t.Errorf("%+v", s)
	}
	if s := slot(l, 9); math.Abs(s.Wait-9.5) > 0.5 || s.Over != 1 { // twenty people, a minute more each: 0 to 19
		t.Errorf("%+v", s)
	}
}
