package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// patched is what a follower makes of a value and a patch, as docs/live.md says.
func patched(before, patch any) any {
	switch p := patch.(type) {
	case []any:
		if len(p) == 1 {
			return p[0]
		}
		list := slices.Clone(before.([]any))
		for ; len(p) > 0; p = p[3:] {
			at := int(p[0].(float64))
			list = slices.Replace(list, at, at+int(p[1].(float64)), p[2].([]any)...)
		}
		return list
	case map[string]any:
		if list, ok := before.([]any); ok {
			list = slices.Clone(list)
			for k, v := range p {
				i, _ := strconv.Atoi(k)
				list[i] = patched(list[i], v)
			}
			return list
		}
		object := maps.Clone(before.(map[string]any))
		for k, v := range p {
			object[k] = patched(object[k], v)
		}
		return object
	case float64:
		if at, ok := before.(string); ok {
			t, err := time.Parse(time.RFC3339, at)
			if err != nil {
				panic(err)
			}
			return time.Unix(t.Unix()+int64(p), 0).UTC().Format(time.RFC3339)
		}
	}
	return patch
}

func compact(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(t interface{ Fatalf(string, ...any) }, text []byte) (value any) {
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// The same table is read by the scripts' test of patches.
func TestPatchesAreAsTheTableSays(t *testing.T) {
	text, err := os.ReadFile("testdata/patches.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		What                 string
		Before, After, Patch json.RawMessage
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		got := string(appendPatch(nil, compact(t, c.Before), compact(t, c.After)))
		if want := string(compact(t, c.Patch)); got != want {
			t.Errorf("%s: %s, want %s", c.What, got, want)
		}
		if made := patched(decoded(t, c.Before), decoded(t, c.Patch)); !reflect.DeepEqual(made, decoded(t, c.After)) {
			t.Errorf("%s: makes %v", c.What, made)
		}
	}
}

// values are JSON values that look like views: few names, so that they meet.
func values() *rapid.Generator[any] {
	scalars := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.IntRange(-2, 3), func(n int) any { return float64(n) }),
		rapid.SampledFrom([]any{"", "a", "\"}],", "2026-11-24T10:00:00Z", "2026-11-24T10:00:05Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T10:00:00Z", 0.5e-9}))
	var deep func(depth int) *rapid.Generator[any]
	deep = func(depth int) *rapid.Generator[any] {
		if depth == 0 {
			return scalars
		}
		below := deep(depth - 1)
		return rapid.OneOf(scalars, scalars,
			rapid.Map(rapid.SliceOfN(below, 0, 14), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d:", "0"}), below, 0, 5), func(m map[string]any) any { return m }))
	}
	return deep(3)
}

func TestAPatchMakesTheLaterValueOfTheEarlier(t *testing.T) {
	gen := values()
	rapid.Check(t, func(t *rapid.T) {
		before, _ := json.Marshal(gen.Draw(t, "before"))
		after, _ := json.Marshal(gen.Draw(t, "after"))
		if bytes.Equal(before, after) {
			return
		}
		patch := appendPatch(nil, before, after)
		if made := patched(decoded(t, before), decoded(t, patch)); !reflect.DeepEqual(made, decoded(t, after)) {
			t.Fatalf("%s with %s makes %v, not %s", before, patch, made, after)
		}
		if len(patch) > len(after)+len("[]") {
			t.Fatalf("%s is longer than %s", patch, after)
		}
	})
}

// Whatever is published, and whoever takes it when: who takes patches ends with
// the views that who takes whole frames ends with, and both with the newest.
func TestWhoTakesPatchesSeesTheSame(t *testing.T) {
	member := values()
	rapid.Check(t, func(t *rapid.T) {
		h := NewHub()
		views := rapid.SliceOfN(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), member, 0, 3), 1, 4).Draw(t, "views")
		type follower struct {
			seat *Seat
			view any
		}
		var all []*follower
		join := func(patches bool) {
			f := &follower{seat: h.Join(hall)}
			if patches {
				f.seat.TakePatches()
			}
			all = append(all, f)
		}
		take := func(f *follower) {
			m, ok, err := f.seat.Newest()
			if err != nil {
				t.Fatalf("%v", err)
			}
			if !ok || m.Heart() {
				return
			}
			var wire struct{ View, Patch json.RawMessage }
			if err := json.Unmarshal(m.Wire, &wire); err != nil {
				t.Fatalf("%s: %v", m.Wire, err)
			}
			if wire.Patch == nil {
				f.view = decoded(t, wire.View)
				return
			}
			if !f.seat.patches {
				t.Fatalf("a patch for who takes none: %s", m.Wire)
			}
			f.view = patched(f.view, decoded(t, wire.Patch))
		}
		join(false)
		join(true)
		var newest []byte
		for i := range uint64(rapid.IntRange(1, 20).Draw(t, "steps")) {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				join(rapid.Bool().Draw(t, "patches"))
			case 1, 2:
				newest, _ = json.Marshal(rapid.SampledFrom(views).Draw(t, "view"))
				h.Publish(hall, NewFrame(i, i, monday, "b1", newest))
			case 3:
				h.Beat(hall, monday.Add(time.Duration(i)*time.Hour), "b1", time.Second)
			case 4:
				take(rapid.SampledFrom(all).Draw(t, "who"))
			}
		}
		if newest == nil {
			return
		}
		for i, f := range all {
			take(f)
			if !reflect.DeepEqual(f.view, decoded(t, newest)) {
				t.Fatalf("follower %d sees %v, not %s", i, f.view, newest)
			}
		}
	})
}

func TestAPatchIsForWhoHasTakenExactlyTheFrameBefore(t *testing.T) {
	h := NewHub()
	prompt, slow, plain := h.Join(hall), h.Join(hall), h.Join(hall)
	for _, s := range []*Seat{prompt, slow, plain} {
		defer s.Leave()
	}
	prompt.TakePatches()
	slow.TakePatches()
	publish := func(seq uint64) {
		h.Publish(hall, NewFrame(seq, seq, monday.Add(time.Duration(seq)*time.Second), "b1",
			fmt.Appendf(nil, `{"n":%d,"name":{"de":"Bürgerbüro"}}`, seq)))
	}
	publish(1)
	take(t, prompt)
	take(t, slow)
	take(t, plain)
	publish(2)
	take(t, prompt)
	publish(3)
	late := h.Join(hall)
	defer late.Leave()
	late.TakePatches()
	if f := take(t, prompt); string(f.Wire) != `{"seq":3,"at":1795424403000,"patch":{"n":3}}` {
		t.Errorf("who has taken the frame before gets %s", f.Wire)
	}
	for who, s := range map[string]*Seat{"who missed one": slow, "who takes no patches": plain, "who comes": late} {
		if f := take(t, s); !bytes.Contains(f.Wire, []byte(`"view":{"n":3,`)) {
			t.Errorf("%s gets %s", who, f.Wire)
		}
	}
}

func TestAPatchNoShorterThanTheViewIsNotSent(t *testing.T) {
	h := NewHub()
	s := h.Join(hall)
	defer s.Leave()
	s.TakePatches()
	h.Publish(hall, frame(1))
	take(t, s)
	h.Publish(hall, frame(2))
	if f := take(t, s); string(f.View) != `{"n":2}` || !bytes.Contains(f.Wire, f.View) {
		t.Errorf("got %s", f.Wire)
	}
}
