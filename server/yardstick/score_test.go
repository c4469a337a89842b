package yardstick

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"aufruf/server/exchange"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func said(p10, p50, p80, p90 float64) exchange.Quantiles {
	return exchange.Quantiles{P10: p10, P50: p50, P80: p80, P90: p90}
}

func TestScoresAreThoseOfTheFormat(t *testing.T) {
	s := Of([]Case{
		{Truth{Key: "a", At: 0, Minutes: 12}, said(5, 10, 15, 20)},
		{Truth{Key: "b", At: 0, Minutes: 30}, said(5, 10, 15, 20)},
		{Truth{Key: "c", At: 0, Minutes: 0, Trivial: true}, said(50, 50, 50, 50)},
	})
	if s.N != 2 || s.Faults != 0 {
		t.Fatalf("%d cases with %d faults, want 2 without", s.N, s.Faults)
	}
	near(t, "mean wait", s.MeanWait, 21)
	near(t, "MAE", s.MAE, 11)
	near(t, "RMSE", s.RMSE, math.Sqrt((4+400)/2.))
	near(t, "bias", s.Bias, -11)
	near(t, "coverage", s.Cover, .5)
	near(t, "width", s.Width, 15)
	near(t, "at or below p50", s.Under[1], 0)
	near(t, "at or below p80", s.Under[2], .5)
	near(t, "pinball of p10", s.Pinball[0], (.1*7+.1*25)/2)
	near(t, "pinball of p80", s.Pinball[2], (.2*3+.8*15)/2)
	near(t, "CRPS", s.CRPS, 2*(.30*1.6+.35*5.5+.20*6.3+.15*(.1*8+.9*10)/2))
}

func TestAMoveOfTheShownCallTimeUpByMoreThanFiveMinutesIsAJump(t *testing.T) {
	at := func(key string, at int, p50 float64) Case {
		return Case{Truth{Key: key, At: at, Minutes: 1}, said(0, p50, p50, p50)}
	}
	s := Of([]Case{
		at("a", 0, 20), at("b", 100, 10),
		at("a", 300, 20.1), // call time 5.1 minutes later: a jump
		at("b", 300, 10),   // 3.3 minutes later
		at("a", 600, 15.1), // as before
		at("b", 600, 10),   // exactly five: none
		at("a", 1200, 60),  // not within a step: no update
	})
	if s.Updates != 4 {
		t.Fatalf("%d updates, want 4", s.Updates)
	}
	near(t, "jumps", s.Jump5, .25)
}

func TestAnswersThatAreNoQuantilesAreCounted(t *testing.T) {
	s := Of([]Case{
		{Truth{Key: "a"}, said(-1, 1, 2, 3)},
		{Truth{Key: "b"}, said(1, 3, 2, 4)},
		{Truth{Key: "c"}, said(1, 1, 1, 1)},
	})
	if s.Faults != 2 {
		t.Errorf("%d faults, want 2", s.Faults)
	}
}

func TestErlangHasTheQuantilesOfItsSums(t *testing.T) {
	near(t, "median of one", erlang(1, 10).P50, 10*math.Ln2)
	q := erlang(400, 1)
	if math.Abs(q.P50-400) > 1 || math.Abs(q.P90-400-1.2816*20) > 1 {
		t.Errorf("400 spans give %v, want nearly normal ones", q)
	}
}

// small is one morning with one desk: somebody is served when two more come.
const small = `{"ev":"hello","at":0,"hello":{"format":1,"office":"o","policy":{"late_grace_s":900,"early_call_s":1200,"no_show_wait_s":120},"services":[{"id":"S","group":0,"minutes":10}]}}
{"ev":"day","at":0,"day":{"date":"d","open":28800,"close":57600,"intake":55800,"plan_known":true,"desks":[{"id":"D","groups":[0],"plan":[[28800,57600]]}]}}
{"ev":"desk_open","at":28800,"desk":"D"}
{"ev":"ticket","at":28800,"ticket":"a","kind":"walkin","service":"S"}
{"ev":"called","at":28810,"desk":"D","ticket":"a"}
{"ev":"served","at":28830,"desk":"D","ticket":"a"}
{"ev":"ticket","at":28900,"ticket":"b","kind":"walkin","service":"S"}
{"ev":"predict","at":28900,"id":1,"for":[{"ticket":"b"},{"new":"S"}]}
`

const smallTruth = `{"id":1,"i":0,"key":"0/b","class":"walkin","issue":true,"trivial":false,"at":28900,"minutes":9,"scenario":"s"}
{"id":1,"i":1,"key":"0/N","class":"new","issue":true,"trivial":false,"at":28900,"minutes":20,"scenario":"s"}
`

func TestKnownRulesSayWhatTheyAreKnownToSay(t *testing.T) {
	d, err := ReadDays("s", strings.NewReader(small), strings.NewReader(smallTruth))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]float64{
		"ZMS rule, 10 min": {10, 20}, // one slot, two slots
		"queue length":     {10.5 * math.Ln2, 10.5 * 1.6783469900166612},
		"LES":              {.92 * 10. / 60, .92 * 10. / 60},
		"HOL":              {0, 0},
	}
	for _, m := range Known() {
		s, err := m.New(d)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := d.Run(s)
		if err != nil {
			t.Fatal(err)
		}
		if w, ok := want[m.Name]; ok {
			near(t, m.Name+" for the waiting one", cases[0].Said.P50, w[0])
			near(t, m.Name+" for a newcomer", cases[1].Said.P50, w[1])
		}
	}
}

func TestASystemThatDoesNotAnswerIsAnError(t *testing.T) {
	d, err := ReadDays("s", strings.NewReader(small), strings.NewReader(smallTruth))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(silent{}); err == nil {
		t.Error("no error")
	}
	p, err := StartProgram("true")
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Run(p)
	if e := p.Close(); err == nil || e == nil {
		t.Errorf("a program that ends at once: %v and %v, want two errors", err, e)
	}
}

type silent struct{}

func (silent) Take(*exchange.Line) *exchange.Answer { return nil }

func TestASheetMeasuresAgainstTheOracleAndPools(t *testing.T) {
	load := func() (*Days, error) {
		d, err := ReadDays("s", strings.NewReader(small), strings.NewReader(smallTruth))
		if err == nil {
			d.Limit = &Score{MAE: 2, CRPS: 1}
		}
		return d, err
	}
	var progress bytes.Buffer
	sheet, err := Measure("test", []Source{{"s", load}, {"t", load}}, Known()[:1], &progress)
	if err != nil {
		t.Fatal(err)
	}
	e := sheet.At("s", "ZMS rule, 10 min")
	near(t, "MAE", e.MAE, .5)
	near(t, "its ratio", e.MAERatio, .25)
	if p := sheet.At(Pooled, "ZMS rule, 10 min"); p == nil || p.N != 4 {
		t.Errorf("pooled: %+v, want 4 cases", p)
	}
	if n := strings.Count(progress.String(), "\n"); n != 2 {
		t.Errorf("%d lines of progress, want 2", n)
	}
}
