package web

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The document is made from the code; redocly, a program of others, must find
// nothing wrong with it.
func TestTheDocumentIsLintedByAnotherProgram(t *testing.T) {
	h := newHouse(t)
	a := h.want(200, h.get("", "/api/v1/openapi.json"))
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, a.body, 0o600); err != nil {
		t.Fatal(err)
	}
	bin, err := filepath.Abs("../../node_modules/.bin/redocly")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		t.Fatalf("redocly is missing: run npm ci (%v)", err)
	}
	cmd := exec.Command(bin, "lint", "--max-problems=100", file)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1", "CI=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "You have") {
		t.Fatalf("redocly: %v\n%s", err, out)
	}
}

// Every operation says who may use it and how it fails.
func TestEveryOperationIsDescribed(t *testing.T) {
	h := newHouse(t)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string                  `json:"operationId"`
			Summary     string                  `json:"summary"`
			Security    *[]any                  `json:"security"`
			Responses   map[string]struct{}     `json:"responses"`
			Parameters  []struct{ Name string } `json:"parameters"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(h.server.OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("it is OpenAPI %s", doc.OpenAPI)
	}
	documented := map[string]bool{}
	for path, item := range doc.Paths {
		for method, op := range item {
			name := routeName(strings.ToUpper(method), strings.NewReplacer("{", ":", "}", "").Replace(path))
			documented[name] = true
			if op.OperationID == "" || op.Summary == "" || op.Security == nil {
				t.Errorf("%s lacks an id, a summary or its security", name)
			}
			if _, ok := op.Responses["400"]; !ok {
				t.Errorf("%s does not say how it fails", name)
			}
			if method == "post" {
				found := false
				for _, p := range op.Parameters {
					found = found || p.Name == "Idempotency-Key"
				}
				if !found {
					t.Errorf("%s takes no Idempotency-Key", name)
				}
			}
		}
	}
	for name := range table {
		if strings.Contains(name, " /api/") && !documented[name] && name != "GET /api/v1/openapi.json" {
			t.Errorf("%s is not in the document", name)
		}
	}
}
