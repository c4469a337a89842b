package display

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"
)

// toldTable is what both this room and the browser's lib/wait.js must tell.
type toldTable struct {
	Waits []struct {
		Name string
		Now  time.Time
		Wait Wait
		Told Told
	}
	Newcomers []struct {
		Name string
		Wait NewWait
		Told Told
	}
}

func TestWaitsAreToldAsInTheTable(t *testing.T) {
	raw, err := os.ReadFile("testdata/told/waits.json")
	if err != nil {
		t.Fatal(err)
	}
	var table toldTable
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Waits) < 15 || len(table.Newcomers) < 5 {
		t.Fatal("the table is short")
	}
	for _, c := range table.Waits {
		if got := c.Wait.Tell(c.Now); !reflect.DeepEqual(*got, c.Told) {
			t.Errorf("%s: %+v at %v, want %+v at %v", c.Name, *got, got.At, c.Told, c.Told.At)
		}
	}
	for _, c := range table.Newcomers {
		if got := c.Wait.Tell(); !reflect.DeepEqual(*got, c.Told) {
			t.Errorf("%s: %+v, want %+v", c.Name, *got, c.Told)
		}
	}
	if (*Wait)(nil).Tell(time.Now()) != nil || (*NewWait)(nil).Tell() != nil {
		t.Error("nothing is known, and something is told")
	}
}

// A wait runs down to its end without a word of no minutes, and never grows.
func TestAWaitRunsDownCalmly(t *testing.T) {
	from := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	at := func(minutes int) *time.Time { return instant(from.Add(time.Duration(minutes) * time.Minute)) }
	w := Wait{State: WaitRange, From: at(22), Likely: at(31), To: at(44)}
	low, high := 1000, 1000
	for now := from; now.Before(from.Add(time.Hour)); now = now.Add(time.Second) {
		told := w.Tell(now)
		if told.Kind != toldSoon && told.High == 0 || told.Kind == toldRange && told.Low == 0 {
			t.Fatalf("no minutes are told: %+v", told)
		}
		if told.Kind != toldSoon && (told.Low > low || told.High > high) {
			t.Fatalf("at %s it grows from %d–%d to %d–%d", now, low, high, told.Low, told.High)
		}
		low, high = told.Low, told.High
	}
}
