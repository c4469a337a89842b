package respond

import (
	"bytes"
	"strings"
	"testing"

	"aufruf/server/exchange"
	"aufruf/server/simday"
)

// answers gives a stream to a new system and returns its answers as lines.
func answers(t *testing.T, lines []exchange.Line) string {
	t.Helper()
	var out bytes.Buffer
	s := New(false)
	for i := range lines {
		a, err := s.Take(&lines[i])
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if (a != nil) != (lines[i].Ev == exchange.EvPredict) {
			t.Fatalf("line %d, %s: answered %v", i+1, lines[i].Ev, a)
		}
		if a != nil {
			if len(a.A) != len(lines[i].For) {
				t.Fatalf("line %d asks for %d and gets %d", i+1, len(lines[i].For), len(a.A))
			}
			for _, q := range a.A {
				if q.P10 < 0 || q.P10 > q.P50 || q.P50 > q.P80 || q.P80 > q.P90 || q.P90 != q.P90 {
					t.Fatalf("line %d: %+v", i+1, q)
				}
			}
			if err := exchange.Write(&out, a); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out.String()
}

func TestSameStreamSameBytes(t *testing.T) {
	o := simday.Office{Name: "test", Desks: 3, Load: 0.95, Booked: 0.5, Learn: 1, Judged: 1}
	lines := o.Play(1).Lines
	if a, b := answers(t, lines), answers(t, lines); a != b || a == "" {
		t.Fatal("the answers differ")
	}
}

func TestLinesThatDoNotFitAreErrors(t *testing.T) {
	const hello = `{"ev":"hello","at":0,"hello":{"format":1,"office":"o","policy":{},"services":[{"id":"a","group":0,"minutes":10}]}}` + "\n"
	const day = hello + `{"ev":"day","at":100,"day":{"date":"x","open":100,"close":9000,"intake":9000,"desks":[{"id":"D","groups":[0],"plan":[]}]}}` + "\n"
	for name, stream := range map[string]string{
		"a day before hello":    `{"ev":"day","at":1,"day":{"open":1,"close":2}}`,
		"an event before a day": hello + `{"ev":"ticket","at":1,"ticket":"t","kind":"walkin","service":"a"}`,
		"an unknown service":    day + `{"ev":"ticket","at":101,"ticket":"t","kind":"walkin","service":"b"}`,
		"an unknown desk":       day + `{"ev":"desk_open","at":101,"desk":"E"}`,
		"an unknown ticket":     day + `{"ev":"called","at":101,"desk":"D","ticket":"t"}`,
		"a ticket twice":        day + strings.Repeat(`{"ev":"ticket","at":101,"ticket":"t","kind":"walkin","service":"a"}`+"\n", 2),
		"nobody booked":         day + `{"ev":"checked_in","at":101,"ticket":"t"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := New(false)
			err := exchange.Read(strings.NewReader(stream), func(l *exchange.Line) error { _, err := s.Take(l); return err })
			if err == nil || !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// A log without desks' comings and goings is answered all the same.
func TestALogWithoutPresenceIsAnswered(t *testing.T) {
	o := simday.Office{Name: "log", Desks: 3, Load: 0.95, Learn: 1, Judged: 1, PlanUnknown: true}
	var lines []exchange.Line
	for _, l := range o.Play(2).Lines {
		switch l.Ev {
		case exchange.EvDeskOpen, exchange.EvDeskPause, exchange.EvDeskResume, exchange.EvDeskClose:
			continue
		}
		lines = append(lines, l)
	}
	if answers(t, lines) == "" {
		t.Fatal("no answers")
	}
}
