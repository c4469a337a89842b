package queue

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Every event type of event.go is in the codec's list, so that none can be
// stored that cannot be read.
func TestEveryEventIsKnownToTheCodec(t *testing.T) {
	src, err := os.ReadFile("event.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`func \((\w+)\) name\(\)`).FindAllStringSubmatch(string(src), -1)
	if len(names) != len(events) {
		t.Errorf("event.go names %d events, the codec lists %d", len(names), len(events))
	}
	for _, m := range names {
		found := false
		for _, e := range events {
			found = found || reflect.TypeOf(e).Name() == m[1]
		}
		if !found {
			t.Errorf("%s is not in the codec's list", m[1])
		}
	}
}

// No event may carry a field that could hold a person: only ids, numbers,
// times, services, codes, and the public notice.
func TestEventsHoldNoFreeTextButThePublicNotice(t *testing.T) {
	for _, e := range events {
		rt := reflect.TypeOf(e)
		for i := range rt.NumField() {
			f := rt.Field(i)
			if n := strings.ToLower(f.Name); strings.Contains(n, "name") || strings.Contains(n, "phone") || strings.Contains(n, "mail") || strings.Contains(n, "note") && n != "notice" {
				t.Errorf("%s.%s looks personal", rt.Name(), f.Name)
			}
		}
	}
}

func TestUnknownEventStopsTheReader(t *testing.T) {
	if _, err := DecodeBody([]byte(`{"kind":"x","events":[{"ticket_teleported":{}}]}`)); err == nil {
		t.Fatal("an unknown event was read as if it were nothing")
	}
}

func TestBodyComesBackAsItWent(t *testing.T) {
	b := Body{Kind: "call_next", Desk: "1", Answer: &Answer{Desk: &DeskAnswer{Desk: "1", Phase: PhaseOpen}}}
	for _, e := range events {
		b.Events = append(b.Events, e)
	}
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeBody(raw)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := back.Encode()
	if string(again) != string(raw) {
		t.Fatalf("have %s\nwant %s", again, raw)
	}
}

// asJSON encodes a record and sees that json would have made the same bytes.
func asJSON(t *testing.T, b Body) []byte {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(b.wire())
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) != string(want) {
		t.Fatalf("have %s\nwant %s", raw, want)
	}
	return raw
}

// Records are put together by hand, and stay what json makes of them: whoever
// reads them with other means must not see a difference.
func TestARecordIsTheVeryBytesOfJSON(t *testing.T) {
	all := Body{Kind: "call_next", Desk: "1", Answer: &Answer{Desk: &DeskAnswer{Desk: "1", Phase: PhaseOpen}}}
	all.Events = append(all.Events, events...)
	for _, b := range []Body{
		all,
		{Kind: "tick", Events: []Event{NoticeSet{Text: "<b> & \u2028 \" ü"}}},
		{Kind: `odd "<kind>`, Desk: "<&>", Events: []Event{DeskOpened{Desk: "<&>"}, NobodyWaited{Desk: "2"}}},
		{},
	} {
		asJSON(t, b)
	}
}

// A record is looked through for an event without being decoded: what is in it is
// found, and a text that looks like one is not.
func TestARecordMentionsWhatIsInIt(t *testing.T) {
	for _, e := range events {
		raw, err := Body{Kind: "x", Events: []Event{NobodyWaited{}, e}}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range events {
			want := reflect.TypeOf(other) == reflect.TypeOf(e) || reflect.TypeOf(other) == reflect.TypeFor[NobodyWaited]()
			if got := Mentions(raw, [][]byte{Mention(other)}); got != want {
				t.Errorf("a record of %s mentions %s: %v", EventName(e), EventName(other), got)
			}
		}
	}
	raw, _ := Body{Kind: "set_notice", Events: []Event{NoticeSet{Text: string(Mention(SlotHeld{})) + `{}}`}}}.Encode()
	if Mentions(raw, [][]byte{Mention(SlotHeld{})}) {
		t.Errorf("a notice is taken for an event: %s", raw)
	}
}
