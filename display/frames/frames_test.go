package frames

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the schemas anew")

func TestSchemasInTheDocsAreThoseOfTheViews(t *testing.T) {
	for _, kind := range Kinds() {
		want, err := Schema(kind)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("../../docs/schema", kind+".json")
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the views say (%v); write it with -update and read the difference", name, err)
		}
	}
}

func TestWhatIsNotNamedIsRefused(t *testing.T) {
	for _, wire := range []string{
		`{"v":1,"seq":1,"at":"2026-11-24T09:00:00Z","build":"b","heart":true}`,
		`{"seq":1,"at":1795424403000,"patch":{"notice":"a"}}`,
	} {
		if err := Validate("board", []byte(wire)); err != nil {
			t.Errorf("%s: %v", wire, err)
		}
	}
	for _, wire := range []string{
		`{}`, `null`, `[]`, `{"v":1`,
		`{"v":2,"seq":1,"at":"2026-11-24T09:00:00Z","build":"b","heart":true}`,
		`{"v":1,"seq":-1,"at":"2026-11-24T09:00:00Z","build":"b","heart":true}`,
		`{"v":1,"seq":1,"at":"today","build":"b","heart":true}`,
		`{"v":1,"seq":1,"at":"2026-11-24T09:00:00Z","build":"b","heart":true,"name":"Anna"}`,
		`{"v":1,"seq":1,"at":"2026-11-24T09:00:00Z","build":"b","view":{}}`,
		`{"v":1,"seq":1,"at":"2026-11-24T09:00:00Z","build":"b","view":null}`,
		`{"seq":1,"at":1795424403000,"patch":{}}`,
		`{"seq":1,"at":"2026-11-24T09:00:00Z","patch":{"notice":"a"}}`,
		`{"seq":1,"at":1795424403000,"patch":{"notice":"a"},"name":"Anna"}`,
	} {
		if Validate("board", []byte(wire)) == nil {
			t.Errorf("%s was taken", wire)
		}
	}
	if Validate("garden", []byte(`{}`)) == nil {
		t.Error("an unknown kind was taken")
	}
}

func TestGoldenViewsAreValid(t *testing.T) {
	kindOf := map[string]string{"phone": "ticket"} // of the others the file bears the name
	files, err := filepath.Glob("../testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden views: %v", err)
	}
	for _, file := range files {
		view, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(filepath.Base(file), ".")
		if other, ok := kindOf[kind]; ok {
			kind = other
		}
		wire := fmt.Appendf(nil, `{"v":1,"seq":1,"at":"2026-11-24T09:00:00Z","build":"b","view":%s}`, view)
		if err := Validate(kind, wire); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
