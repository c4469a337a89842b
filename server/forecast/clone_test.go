package forecast

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
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
	fill(reflect.ValueOf(m.Paces).Elem())
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
	paces, habits := *c.Paces, *c.Habits
	again := c.Clone()
	again.openDay()
	if *c.Paces != paces || *c.Habits != habits {
		t.Error("what a clone's clone learned is in the clone")
	}
	if paces == *again.Paces || habits == *again.Habits {
		t.Error("a new day faded nothing")
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
