package sqlite

import (
	"reflect"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
	"aufruf/server/stats"
)

func TestRowsOfStatisticsAreThereOnceAndGoByDay(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	row := func(seq uint64, day calendar.Date) stats.Row {
		return stats.Row{Office: "hall", Seq: seq, Day: day, Hour: 9, Service: "card", Outcome: stats.Done}
	}
	old := stats.Visit{Row: row(1, day.AddDays(-800)), Category: "cards", Wait: stats.None, Served: stats.None}
	rows := stats.Rows{
		Visits: []stats.Visit{{Row: row(2, day), Category: "cards", Booked: true, Arrival: queue.ArrivalLate, Wait: 61500 * time.Millisecond, Served: 10 * time.Minute}},
		Promises: []stats.Promise{{Row: row(2, day), Promise: queue.Promise{Low: 10, High: 20, P10: 10.1, P50: 14.5, P80: 18.2, P90: 19.9},
			Came: 61500 * time.Millisecond}},
		Missing: []stats.Missing{{Office: "hall", Seq: 2, Day: day, Paper: "photo", Service: "card"}},
	}
	gone := stats.Missing{Office: "hall", Seq: 1, Day: day.AddDays(-800), Paper: "photo", Service: "card"}
	all := stats.Rows{Visits: append([]stats.Visit{old}, rows.Visits...), Promises: rows.Promises, Missing: append([]stats.Missing{gone}, rows.Missing...)}
	if err := db.PutStats(t.Context(), "hall", all, stats.Cursor{Seq: 7, Opening: 3}); err != nil {
		t.Fatal(err)
	}
	again := rows
	again.Visits = []stats.Visit{rows.Visits[0]}
	again.Visits[0].Wait = time.Hour
	if err := db.PutStats(t.Context(), "hall", again, stats.Cursor{Seq: 9, Opening: 3}); err != nil {
		t.Fatal(err)
	}
	db.Close()
	db = openAt(t, dir, Options{})
	if c, err := db.StatsCursor(t.Context(), "hall"); err != nil || c != (stats.Cursor{Seq: 9, Opening: 3}) {
		t.Errorf("%v, %v", c, err)
	}
	if c, err := db.StatsCursor(t.Context(), "works"); err != nil || c != (stats.Cursor{}) {
		t.Errorf("%v, %v", c, err)
	}
	n, err := db.EraseStats(t.Context(), "hall", day.AddDays(-730))
	if err != nil || n != 2 {
		t.Errorf("%d erased, %v", n, err)
	}
	got, err := db.StatsRows(t.Context(), "hall", day.AddDays(-1000), day)
	if err != nil || !reflect.DeepEqual(got, rows) {
		t.Errorf("%+v, %v", got, err)
	}
}
