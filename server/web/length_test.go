package web

import "testing"

func TestAPlannedLengthIsSetListedAndTakenBack(t *testing.T) {
	h := newHouse(t).open()
	const path = "/api/v1/offices/hall/services/passport/planned"
	type answer = struct {
		Services []MeasuredLength
		Few      int
		Today    string
		Set      []SetLength
	}
	l := answered[answer](h, "admin hall", "lengths")
	if len(l.Services) != 0 || l.Few != 3 || len(l.Set) != 0 || l.Today != "2026-11-24" {
		t.Errorf("%+v", l)
	}
	h.want(200, h.post("supervisor hall", path, `{"minutes":14,"from":"2026-11-24"}`))
	h.want(200, h.post("supervisor hall", path, `{"minutes":12,"from":"2026-12-01"}`))
	l = answered[answer](h, "supervisor hall", "lengths")
	if len(l.Set) != 2 || !l.Set[0].Counts || l.Set[0].Minutes != 14 || l.Set[1].Counts || l.Set[1].From != "2026-12-01" || l.Set[0].Names["de"] == "" {
		t.Errorf("%+v", l.Set)
	}
	planned := func() float64 {
		t.Helper()
		return h.want(200, h.get("", "/api/v1/offices/hall/catalogue")).json(t)["services"].([]any)[0].(map[string]any)["planned_minutes"].(float64)
	}
	if got := planned(); got != 14 {
		t.Errorf("the catalogue says %v", got)
	}
	for body, code := range map[string]string{
		`{"minutes":481,"from":"2026-11-24"}`: "validation", `{"minutes":5,"from":"2026-11-23"}`: "planned_day", `{"minutes":5,"from":"soon"}`: "validation",
		`{"minutes":0,"from":"2026-11-25"}`: "planned_none", `{"minutes":5}`: "validation",
	} {
		if a := h.post("supervisor hall", path, body); a.code() != code {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	if a := h.post("supervisor hall", "/api/v1/offices/hall/services/soup/planned", `{"minutes":5,"from":"2026-11-24"}`); a.code() != "unknown_service" {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.want(200, h.post("supervisor hall", path, `{"minutes":0,"from":"2026-11-24"}`))
	if got := planned(); got != 10 {
		t.Errorf("taken back, the catalogue says %v", got)
	}
	h.restart()
	if l = answered[answer](h, "supervisor hall", "lengths"); len(l.Set) != 1 || l.Set[0].Minutes != 12 {
		t.Errorf("after a restart: %+v", l.Set)
	}
}
