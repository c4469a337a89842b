package queue

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aufruf/server/calendar"
)

func drawAppointments(t *rapid.T) []*Appointment {
	instant := func(what string) time.Time {
		at := time.Unix(rapid.Int64Range(-1e9, 4e9).Draw(t, what), 0)
		if rapid.IntRange(0, 5).Draw(t, what+" odd") == 5 {
			at = at.Add(time.Duration(rapid.IntRange(1, 999_999_999).Draw(t, what+" nanos")))
		}
		return at.UTC()
	}
	n, list := 0, []*Appointment{}
	for range rapid.IntRange(1, 30).Draw(t, "appointments") {
		n += rapid.SampledFrom([]int{1, 1, 1, 2, 997, 9000}).Draw(t, "gap")
		a := &Appointment{ID: "hall-a" + pad4(n), At: instant("at"), BookedAt: instant("booked at"), Services: drawItems(t),
			Minutes: rapid.IntRange(0, 600).Draw(t, "minutes"), Channel: rapid.SampledFrom(append(Channels, "")).Draw(t, "channel")}
		if rapid.IntRange(0, 3).Draw(t, "rare") == 3 {
			a.ID = rapid.SampledFrom([]string{a.ID, "", "hall-a7", "hall-a00007", "x", "hall-a99999999999999999999"}).Draw(t, "id")
			a.CodeMAC = rapid.SampledFrom([]string{"", "c0de"}).Draw(t, "code")
			a.Ticket = rapid.SampledFrom([]string{"", "hall-20261124-0001"}).Draw(t, "ticket")
			a.Confirmed = rapid.Bool().Draw(t, "confirmed")
			a.Late, a.Moves = rapid.IntRange(0, 60).Draw(t, "late"), rapid.IntRange(0, 3).Draw(t, "moves")
			a.CodeDay = rapid.SampledFrom([]calendar.Date{{}, {Year: 2026, Month: 11, Day: 25}}).Draw(t, "code day")
			a.ConfirmBy = rapid.SampledFrom([]time.Time{{}, instant("confirm by")}).Draw(t, "confirm")
		}
		list = append(list, a)
	}
	return list
}

func TestAPackedBookIsTheSameBook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		book := Book{Appointments: drawAppointments(t), NextAppointment: 7, Notice: "back at two", Learned: []byte{1, 2}}
		body := Body{Kind: "tick", Events: []Event{DayOpened{Day: calendar.Date{Year: 2026, Month: 11, Day: 24}, Book: book}}}
		raw, err := body.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), `"appointments"`) {
			t.Fatalf("not packed: %q", raw)
		}
		plain, err := body.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for what, raw := range map[string][]byte{"stored": raw, "as earlier programs stored it": plain} {
			back, err := DecodeBody(raw)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(body, back) {
				a, _ := body.JSON()
				b, _ := back.JSON()
				t.Fatalf("%s\n have %s\n want %s", what, b, a)
			}
		}
	})
}

// What earlier programs wrote is read as it stands.
func TestABookThatIsNotPackedIsRead(t *testing.T) {
	body, err := DecodeBody([]byte(`{"kind":"tick","events":[{"day_opened":{"day":"2026-11-24","book":{"appointments":[
		{"id":"hall-a0007","at":"2026-11-25T09:00:00Z","services":[{"service":"card","quantity":1}],"booked_at":"2026-11-24T08:00:00.5Z"}],
		"next_appointment":8,"notice":"back at two"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b := body.Events[0].(DayOpened).Book
	if len(b.Appointments) != 1 || b.Appointments[0].ID != "hall-a0007" || b.NextAppointment != 8 || b.Notice != "back at two" {
		t.Fatalf("%+v", b)
	}
}

func TestPackedAppointmentsThatAreDamagedOrOfNoDayAreAnError(t *testing.T) {
	whole, err := Body{Kind: "tick", Events: []Event{DayOpened{Book: yearAhead(3)}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string][]byte{
		"cut":                     whole[:len(whole)-1],
		"too long":                append(slices.Clone(whole), 0),
		"nothing behind the zero": append([]byte(`{"kind":"tick","events":[{"day_opened":{}}]}`), 0),
		"a newer version":         append([]byte(`{"kind":"tick","events":[{"day_opened":{}}]}`), 0, 9),
		"no day is opened":        append([]byte(`{"kind":"tick","events":[{"office_closed":{}}]}`), whole[bytes.IndexByte(whole, 0):]...),
	} {
		if b, err := DecodeBody(raw); err == nil {
			t.Errorf("%s: read as %+v", what, b)
		}
	}
}

// A field that is added to Appointment must be packed too.
func TestEveryFieldOfAnAppointmentIsPacked(t *testing.T) {
	var a Appointment
	v := reflect.ValueOf(&a).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case string:
			f.SetString(fmt.Sprint("text", i))
		case int:
			f.SetInt(int64(i) + 3)
		case bool:
			f.SetBool(true)
		case time.Time:
			f.Set(reflect.ValueOf(time.Unix(int64(1e9+i), int64(i)).UTC()))
		case calendar.Date:
			f.Set(reflect.ValueOf(calendar.Date{Year: 2028, Month: 2, Day: 29}))
		case []Item:
			f.Set(reflect.ValueOf([]Item{{"card", 2}, {"move", 1}}))
		default:
			t.Fatalf("%s: a kind of field that is not packed", v.Type().Field(i).Name)
		}
	}
	back, err := unpack(pack([]*Appointment{&a}))
	if err != nil || !reflect.DeepEqual(*back[0], a) {
		t.Fatalf("have %+v, %v\nwant %+v", *back[0], err, a)
	}
}

// FuzzUnpack: bytes that were damaged are an error, never a panic or a book of
// gigabytes.
func FuzzUnpack(f *testing.F) {
	some := []*Appointment{{ID: "hall-a0001", Services: []Item{{"card", 1}}}, {ID: "hall-a0002", Services: []Item{{"card", 1}, {"move", 2}}, Late: 5}}
	whole := pack(some)
	f.Add(whole)
	for i := range whole {
		f.Add(whole[:i])
	}
	f.Add([]byte{1, 0, 0, 0, 255, 255, 255, 255, 7})
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := unpack(raw)
		if err != nil {
			return
		}
		if len(list) == 0 {
			return
		}
		again, err := unpack(pack(list))
		if err != nil || !reflect.DeepEqual(again, list) {
			t.Fatalf("%v\n have %+v\n want %+v", err, again, list)
		}
	})
}

// yearAhead is a book with so many appointments, each a minute after the other.
func yearAhead(n int) Book {
	b := Book{NextAppointment: n}
	start := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for i := range n {
		b.Appointments = append(b.Appointments, &Appointment{ID: "buergerbuero-a" + pad4(i), At: start.Add(time.Duration(i*7919%100_000) * 5 * time.Minute),
			BookedAt: start.Add(-time.Duration(n-i)*4*time.Minute + time.Duration(i*1_234_567)), Minutes: 10, Channel: Channels[i%2],
			Services: []Item{{fmt.Sprint("service_", i%60), 1}}})
	}
	return b
}

func BenchmarkBook(b *testing.B) {
	const n = 37_000
	body := Body{Kind: "tick", Events: []Event{DayOpened{Book: yearAhead(n)}}}
	raw, err := body.Encode()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			body.Encode()
		}
		b.ReportMetric(float64(len(raw))/n, "B/appointment")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeBody(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("unpack", func(b *testing.B) {
		packed := pack(yearAhead(n).Appointments)
		for b.Loop() {
			if _, err := unpack(packed); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("apply", func(b *testing.B) {
		back, _ := DecodeBody(raw)
		for b.Loop() {
			New("buergerbuero").Apply(Meta{Seq: 1}, back)
		}
	})
}
