package app_test

import (
	"strings"
	"testing"
)

func TestShowingAJournalThatIsNotThereSaysSo(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start("--open-now", "always")
	if out, err := p.run("journal", "show", "hall", "--data", p.data); err != nil || !strings.Contains(out, "day_opened") {
		t.Errorf("hall: %v\n%s", err, out)
	}
	if out, err := p.run("journal", "show", "moon", "--data", p.data); err == nil || !strings.Contains(out, "moon") {
		t.Errorf("an office that is not there: %v\n%s", err, out)
	}
}
