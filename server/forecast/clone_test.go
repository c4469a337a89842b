package forecast

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"aufruf/server/queue"
)

// fill puts a figure into every exported bin.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		fill(v.Elem())
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Float64:
		v.SetFloat(3)
	}
}

func TestACloneLearnsAlone(t *testing.T) {
	m := NewModel(false)
	fill(reflect.ValueOf(&m.Paces))
	fill(reflect.ValueOf(m.Habits).Elem())
	before := string(m.Encode())
	c := m.Clone()
	if string(c.Encode()) != before {
		t.Fatal("a clone knows something else")
	}
	c.openDay() // fades every bin
	if string(m.Encode()) != before {
		t.Error("what a clone learned is in the model too")
	}
	knew, habits := string(c.Encode()), *c.Habits
	again := c.Clone()
	again.openDay()
	if string(c.Encode()) != knew || *c.Habits != habits {
		t.Error("what a clone's clone learned is in the clone")
	}
	if string(again.Encode()) == knew || habits == *again.Habits {
		t.Error("a new day faded nothing")
	}
}

// Each histogram is copied by itself when a clone learns, so each is tried.
func TestEachPaceOfACloneIsItsOwn(t *testing.T) {
	m := NewModel(false)
	before := string(m.Encode())
	n := 0
	var all pace
	m.Paces.each(func(name pace, _ **Hist) {
		n++
		if all&name != 0 || name&paceAll != name {
			t.Errorf("the name %b is taken, or no name", name)
		}
		all |= name
		c := m.Clone()
		c.Paces.each(func(other pace, at **Hist) {
			if other == name {
				c.learn(name, at).add(second, 1)
			}
		})
		if string(m.Encode()) != before {
			t.Fatalf("%b: what a clone learned is in the model too", name)
		}
		if string(c.Encode()) == before {
			t.Errorf("%b: nothing was learned", name)
		}
	})
	if want := reflect.TypeFor[Paces]().NumField() - 1 + int(afterCount); n != want || all != paceAll {
		t.Errorf("%d paces have a name, want %d", n, want)
	}
}

func TestWhatACloneWatchesTheModelDoesNotSee(t *testing.T) {
	m := NewModel(false)
	m.watched().at("1").Back = 5
	c := m.Clone()
	c.watched().at("1").Back = 7
	c.watched().at("2").Back = 7
	if d := m.Watch().desk("1"); d.Back != 5 || len(m.Watch().desks) != 1 {
		t.Errorf("the model saw %+v", m.Watch())
	}
	again := c.Clone()
	again.closeDay(new(queue.Rules), new(Day))
	again.openDay()
	if len(c.Watch().desks) != 2 || len(again.Watch().desks) != 0 {
		t.Errorf("a new day: the model saw %+v, its clone %+v", c.Watch(), again.Watch())
	}
}

// What clones share is written through paces and habits alone: a write to the
// field itself would reach states that people are looking at.
func TestSharedBinsAreWrittenThroughTheirOwners(t *testing.T) {
	var fields []string
	for _, part := range []reflect.Type{reflect.TypeFor[Paces](), reflect.TypeFor[Habits]()} {
		for i := range part.NumField() {
			fields = append(fields, part.Field(i).Name)
		}
	}
	write := regexp.MustCompile(`\bm\.(` + strings.Join(fields, "|") + `)\b(\[[^\]]*\])*(\.(add|fade)\(|\+\+| [-+*]?= |, m\.\w+(\[[^\]]*\])* = )`)
	if !write.MatchString("m.Walk.add(1, 1)") || !write.MatchString("m.Came[i]++") || !write.MatchString("m.Arrivals[d][h] += n") {
		t.Fatal("the pattern finds no write")
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range write.FindAll(src, -1) {
			t.Errorf("%s: %s", name, hit)
		}
	}
}
