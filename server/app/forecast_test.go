package app_test

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"aufruf/server/exchange"
	"aufruf/server/simday"
)

// The command speaks the exchange format: one answer for each question, the
// same bytes for the same stream, and a line that is none is named, exit code 2.
func TestTheForecastAnswersAStreamAndNamesABadLine(t *testing.T) {
	p := newProgram(t, smallTown)
	ask := func(stream string) (stdout, stderr string, code int) {
		cmd := exec.Command(p.bin, "forecast")
		var out, bad bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stream), &out, &bad
		var exit *exec.ExitError
		if err := cmd.Run(); errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		return out.String(), bad.String(), code
	}
	var lines bytes.Buffer
	asked := 0
	for _, l := range (simday.Office{Name: "small", Desks: 2, Groups: 2, Load: 0.9, Booked: 0.3, Learn: 1, Judged: 1}).Play(1).Lines {
		if l.Ev == exchange.EvPredict {
			asked++
		}
		if err := exchange.Write(&lines, l); err != nil {
			t.Fatal(err)
		}
	}
	first, _, code := ask(lines.String())
	if code != 0 || strings.Count(first, "\n") != asked || asked == 0 {
		t.Fatalf("exit %d, %d answers to %d questions", code, strings.Count(first, "\n"), asked)
	}
	if again, _, _ := ask(lines.String()); again != first {
		t.Error("the same stream gave other bytes")
	}
	hello, _, _ := strings.Cut(lines.String(), "\n")
	if out, bad, code := ask(hello + "\n\n{\"ev\":\"lunch\"}\n"); code != 2 || !strings.Contains(bad, "line 3: ") || strings.Contains(bad, "goroutine") || out != "" {
		t.Errorf("exit %d, %q", code, bad)
	}
}
