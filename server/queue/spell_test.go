package queue

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// odd fills a value with anything that its type can hold: nothing, the usual,
// and what has to be escaped or written otherwise.
func odd(dice *rand.Rand, v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		at := []time.Time{{}, time.Date(2026, 11, 27, 9, 5, 7, 0, time.UTC), time.Unix(1795424445, 120_000_000).UTC(),
			time.Unix(1795424445, 1).UTC(), time.Date(812, 1, 2, 3, 4, 5, 6, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 5, time.FixedZone("", 7200))}
		v.Set(reflect.ValueOf(at[dice.IntN(len(at))]))
		return
	}
	switch v.Kind() {
	case reflect.String:
		texts := []string{"", "d1", "hall-20261127-0012", "\"", `\`, "<b>", "a&b", "ü", "\u2028", "\x01\n", "\xff", "A~ z", "\x7f"}
		v.SetString(texts[dice.IntN(len(texts))])
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, -3, 45, 1 << 40}[dice.IntN(5)])
	case reflect.Uint64:
		v.SetUint(dice.Uint64N(3))
	case reflect.Float64:
		v.SetFloat([]float64{0, 1, -2.5, 7.123456789, 1e-7, 1e21, -1e-9, 123456789.25, 1e-6, 1.0 / 3}[dice.IntN(10)])
	case reflect.Bool:
		v.SetBool(dice.IntN(2) == 0)
	case reflect.Pointer:
		if dice.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			odd(dice, v.Elem())
		}
	case reflect.Slice:
		if n := dice.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
			for i := range n - 1 {
				odd(dice, v.Index(i))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			odd(dice, v.Field(i))
		}
	default:
		panic(v.Type())
	}
}

// Records that are spelled by hand are, to the byte, what json makes of them, and
// DecodeParts finds the answer in them, with whatever is in it. A field that is
// new and not spelled is found here.
func TestWhatIsSpelledByHandIsWhatJSONMakes(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 27))
	spelled := []Event{TicketIssued{}, TicketCalled{}, TicketStarted{}, TicketFinished{}}
	answers := 0
	for range 4000 {
		var b Body
		odd(dice, reflect.ValueOf(&b.Kind).Elem())
		odd(dice, reflect.ValueOf(&b.Desk).Elem())
		odd(dice, reflect.ValueOf(&b.Answer).Elem())
		for range dice.IntN(3) {
			e := reflect.New(reflect.TypeOf(spelled[dice.IntN(len(spelled))])).Elem()
			odd(dice, e)
			b.Events = append(b.Events, e.Interface().(Event))
		}
		raw := asJSON(t, b)
		_, answer, err := DecodeParts(raw)
		if err != nil {
			t.Fatal(err)
		}
		if b.Answer == nil {
			if len(answer) > 0 {
				t.Fatalf("no answer is %s", answer)
			}
			continue
		}
		answers++
		if want, _ := json.Marshal(b.Answer); string(answer) != string(want) {
			t.Fatalf("the answer is %s\nwant %s", answer, want)
		}
	}
	if answers == 0 {
		t.Error("nothing was answered")
	}
}

// A time that cannot be written is an error, as it is for json.
func TestATimeThatCannotBeWrittenIsAnError(t *testing.T) {
	b := Body{Kind: "finish", Events: []Event{TicketFinished{StartedAt: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}}}
	if raw, err := b.Encode(); err == nil {
		t.Errorf("it was written as %s", raw)
	}
}
