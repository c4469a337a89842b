package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"aufruf/server/outlook"
)

// looksAhead gives a house the look ahead that it has in the program.
// Each new look is told to seen.
func looksAhead(t *testing.T, seen ...func(office string)) func(*Deps) {
	return func(d *Deps) {
		var sources []outlook.Source
		for _, o := range d.Town.Offices() {
			sources = append(sources, o)
		}
		d.Ahead = outlook.New(sources, outlook.Options{Now: d.Now, Seen: func(office string) {
			for _, f := range seen {
				f(office)
			}
		}})
		t.Cleanup(d.Ahead.Close)
	}
}

func answered[T any](h *house, role, path string) (body T) {
	h.t.Helper()
	if err := json.Unmarshal(h.want(200, h.get(role, "/api/v1/offices/hall/"+path)).body, &body); err != nil {
		h.t.Fatal(err)
	}
	return body
}

func TestWhatIfIsAQuestionOfWhichNoRecordIsMade(t *testing.T) {
	h := newHouse(t, looksAhead(t)).open()
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	for range 9 {
		h.draw("hall")
	}
	o, _ := h.deps.Town.Office("hall")
	seq := o.State().Seq
	type answer = struct {
		whatIfBody
	}
	began := time.Now()
	open := answered[answer](h, "clerk hall", "what-if?desk=2&do=open")
	if took := time.Since(began); took > 10*time.Second { // meant: well under one; here the machine may be busy
		t.Errorf("it takes %v", took)
	}
	if open.Waiting != 9 || *open.After.Mean >= *open.Before.Mean || open.Ceiling != 45 || open.Until != nil || len(open.After.Newcomers) != 2 {
		t.Errorf("%+v", open)
	}
	lunch := answered[answer](h, "supervisor hall", "what-if?desk=1&do=pause&minutes=45")
	if lunch.Until == nil || *lunch.After.Mean <= *lunch.Before.Mean+25 {
		t.Errorf("%+v", lunch)
	}
	shut := answered[answer](h, "admin hall", "what-if?desk=1&do=close")
	if shut.After.Staffed || shut.After.Mean != nil || shut.After.Newcomers[0].State != "nobody" {
		t.Errorf("%+v", shut)
	}
	if now := o.State().Seq; now != seq {
		t.Errorf("%d records were made", now-seq)
	}
	for query, code := range map[string]string{
		"desk=9&do=open": "unknown_desk", "desk=2&do=pause": "desk_closed", "desk=1&do=dance": "validation", "do=open": "validation",
		"desk=1&do=pause&minutes=0": "validation", "desk=1&do=pause&minutes=x": "validation", "desk=" + url.QueryEscape("'\x00") + "&do=open": "unknown_desk",
	} {
		if a := h.get("clerk hall", "/api/v1/offices/hall/what-if?"+query); a.code() != code {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	h.want(200, h.desk("clerk hall", "hall", "1", "next", `{}`))
	if a := h.get("clerk hall", "/api/v1/offices/hall/what-if?desk=1&do=close"); a.status != 409 || a.code() != "desk_calling" {
		t.Errorf("a desk that calls: %d %s", a.status, a.body)
	}
}

func TestTheNextHoursNameWhatIsTooLongAndWhatPreventsIt(t *testing.T) {
	h := newHouse(t, looksAhead(t))
	if a := answered[Ahead](h, "clerk hall", "ahead"); a.Staffed || len(a.Peaks) != 0 || a.Target != 30 {
		t.Errorf("a closed office: %+v", a)
	}
	h.open()
	h.now.pass(2 * time.Minute)
	if a := answered[Ahead](h, "clerk hall", "ahead"); len(a.Categories) != 2 || len(a.Categories[0].Steps) < 15 {
		t.Errorf("an office that is open without an end: %+v", a)
	}
	h.want(200, h.post("supervisor", "/api/v1/offices/hall/open", fmt.Sprintf(`{"until":%q}`, h.now.now().Add(6*time.Hour).Format(time.RFC3339))))
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	for range 5 {
		h.draw("hall")
	}
	h.now.pass(2 * time.Minute) // the last look was at a closed office
	a := answered[Ahead](h, "supervisor hall", "ahead")
	if !a.Staffed || len(a.Categories) != 2 || len(a.Categories[0].Steps) < 10 || len(a.Peaks) == 0 {
		t.Fatalf("%+v", a)
	}
	p := a.Peaks[0]
	if p.Worst <= 30 || p.Relief == nil || !p.Relief.Prevents || p.Relief.Desk != "2" || p.Relief.Worst > 30 || p.Relief.Minutes < 15 {
		t.Errorf("%+v, %+v", p, p.Relief)
	}
	if again := answered[Ahead](h, "supervisor hall", "ahead"); !again.At.Equal(a.At) {
		t.Error("made anew within a minute")
	}
}

func TestTheLedgerComparesWhatWasShownWithWhatCame(t *testing.T) {
	looked := make(chan bool, 100)
	h := newHouse(t, looksAhead(t, func(string) { looked <- true })).open()
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	type answer = struct {
		All struct {
			N          int
			Inside     float64
			Said, Came *float64
		}
		Hours []struct {
			Hour int
			N    int
		}
		Services []struct {
			Service string
			Names   map[string]string
		}
		Left int
	}
	if l := answered[answer](h, "supervisor hall", "ledger"); l.All.N != 0 || l.All.Said != nil {
		t.Errorf("before anything came: %+v", l)
	}
	h.deps.Ahead.Poke("hall")
	o, _ := h.deps.Town.Office("hall")
	for h.deps.Ahead.Latest("hall").State.Seq != o.State().Seq {
		select {
		case <-looked:
		case <-time.After(20 * time.Second):
			t.Fatal("nobody looks ahead")
		}
	}
	h.draw("hall")
	leaver := h.draw("hall")
	h.now.pass(4 * time.Minute)
	h.want(200, h.desk("clerk hall", "hall", "1", "next", `{}`))
	h.now.pass(time.Minute)
	h.want(200, h.desk("clerk hall", "hall", "1", "start", `{}`))
	h.want(200, h.post("reception hall", "/api/v1/offices/hall/tickets/"+leaver["id"].(string)+"/leave", `{}`))
	h.now.pass(time.Minute)
	h.draw("hall")
	l := answered[answer](h, "admin hall", "ledger")
	if l.All.N != 1 || l.Left != 1 || *l.All.Came < 4 || *l.All.Came > 4.2 || l.Hours[0].Hour != 10 || l.Services[0].Service != "passport" ||
		l.Services[0].Names["de"] == "" {
		t.Errorf("%+v", l)
	}
	if a := h.get("supervisor hall", "/api/v1/offices/hall/ledger?from=2026-13-01"); a.code() != "validation" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if l := answered[answer](h, "supervisor hall", "ledger?to=2026-11-01"); l.All.N != 0 {
		t.Errorf("another month: %+v", l)
	}
}
