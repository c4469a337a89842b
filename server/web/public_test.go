package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	compiler "github.com/santhosh-tekuri/jsonschema/v6"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/live"
	"aufruf/server/office"
	"aufruf/server/outlook"
	"aufruf/server/queue"
)

// ahead lets a house look ahead, and its screens show it.
func ahead(t *testing.T) func(*Deps) {
	return func(d *Deps) {
		var looked []outlook.Source
		var shown []live.Source
		for _, o := range d.Town.Offices() {
			looked, shown = append(looked, o), append(shown, o)
		}
		d.Ahead = outlook.New(looked, outlook.Options{Now: d.Now})
		d.Town.Observe(func(o *office.Office, _ *queue.State, _ []office.Stored) { d.Ahead.Poke(o.ID()) })
		d.Cast = live.NewCast(d.Hub, shown, live.Options{Screens: d.Screens, Build: "test", Now: d.Now, Log: d.Log,
			Waits: func(office string) display.Waits { return d.Ahead.Latest(office) }})
		t.Cleanup(func() { d.Ahead.Close(); d.Cast.Close() })
	}
}

// busy is a house with one desk open and people waiting, looked at since.
func busy(t *testing.T, change ...func(*Deps)) *house {
	t.Helper()
	h := newHouse(t, append([]func(*Deps){ahead(t)}, change...)...).open()
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	for range 4 {
		h.want(201, h.post("kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1}]}`))
	}
	o, _ := h.deps.Town.Office("hall")
	for start := time.Now(); h.deps.Ahead.Latest("hall").State != o.State(); time.Sleep(time.Millisecond) {
		if time.Since(start) > 10*time.Second {
			t.Fatal("nobody looks ahead")
		}
	}
	return h
}

// validate holds an answer against a schema of the API's document.
func (h *house) validate(schema string, body []byte) {
	h.t.Helper()
	doc, err := compiler.UnmarshalJSON(bytes.NewReader(h.server.OpenAPI()))
	if err != nil {
		h.t.Fatal(err)
	}
	c := compiler.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		h.t.Fatal(err)
	}
	s, err := c.Compile("openapi.json#/components/schemas/" + schema)
	if err != nil {
		h.t.Fatal(err)
	}
	value, err := compiler.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		h.t.Errorf("%s: %v\n%s", schema, err, body)
	}
}

func TestOpenDataHasItsShapeAndIsForEverySite(t *testing.T) {
	h := busy(t)
	a := h.want(200, h.get("", "/public/hall.json", header{"Origin", "https://town.example"}))
	h.validate("PublicState", a.body)
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin",
		"Cache-Control": "public, max-age=10", "Access-Control-Allow-Credentials": "", "Set-Cookie": ""} {
		if got := a.head.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	v := a.json(t)
	if v["desks_open"] != 1.0 || v["waiting"].(map[string]any)["walk_in"] != 4.0 {
		t.Errorf("%s", a.body)
	}
	papers := v["categories"].([]any)[0].(map[string]any)
	wait := papers["wait"].(map[string]any)
	if wait["state"] != "range" || wait["high"].(float64) < 20 || wait["low"].(float64) > wait["high"].(float64) {
		t.Errorf("four wait for one desk, and a newcomer's wait is %v", wait)
	}
	if len(papers["services"].([]any)) != 2 {
		t.Errorf("%v", papers["services"])
	}
	if a := h.get("", "/public/nowhere.json", header{"Origin", "https://town.example"}); a.status != 404 || a.head.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("an unknown office: %d %v", a.status, a.head)
	}
	// Nobody is at a desk: no figure is told.
	h.want(200, h.desk("clerk hall", "hall", "1", "close", `{}`))
	papers = h.want(200, h.get("", "/public/hall.json")).json(t)["categories"].([]any)[0].(map[string]any)
	if wait := papers["wait"].(map[string]any); wait["state"] != "nobody" || wait["high"] != 0.0 {
		t.Errorf("no desk is staffed, and %v is told", wait)
	}
}

func TestAServiceTellsItsWaitNowAndLater(t *testing.T) {
	h := busy(t)
	a := h.want(200, h.get("", "/api/v1/offices/hall/services/passport"))
	h.validate("ServiceState", a.body)
	public := h.want(200, h.get("", "/public/hall.json")).json(t)["categories"].([]any)[0].(map[string]any)
	now := a.json(t)["wait"].(map[string]any)
	if want := public["wait"].(map[string]any); now["low"] != want["low"] || now["high"] != want["high"] {
		t.Errorf("one address says %v, the other %v", now, want)
	}
	if a := h.get("", "/api/v1/offices/hall/services/nothing"); a.status != 404 {
		t.Errorf("%d", a.status)
	}
}

// What is promised with a number is what was told before it, stands on the slip,
// and is in the hands of who holds the link.
func TestThePromiseIsWhatWasTold(t *testing.T) {
	h := busy(t)
	told := h.want(200, h.get("", "/api/v1/offices/hall/services/passport")).json(t)["wait"].(map[string]any)
	drawn := h.want(201, h.post("kiosk hall", "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1}]}`)).json(t)
	link := drawn["link"].(string)
	a := h.want(200, h.get("", "/api/v1/tickets/"+link[strings.LastIndex(link, "/")+1:]))
	h.validate("TicketState", a.body)
	promised := a.json(t)["promised"].(map[string]any)
	if promised["low"] != told["low"] || promised["high"] != told["high"] {
		t.Errorf("promised %v, told before %v", promised, told)
	}
	state := display.NewWait{State: "range", Low: int(promised["low"].(float64)), High: int(promised["high"].(float64))}
	words := h.deps.Words.Text("de", "wait.long_"+state.Tell().Kind, map[string]any{"Low": state.Low, "Count": state.High})
	slip := string(h.want(200, h.page(link[strings.Index(link, "/t/"):]+"/print", "")).body)
	if !strings.Contains(slip, "Wartezeit "+words+", Stand ") {
		t.Errorf("the slip does not say %q: %s", words, slip)
	}
	if a := h.get("", "/api/v1/tickets/00000000000000000000000000"); a.status != 404 {
		t.Errorf("%d", a.status)
	}
}

func TestOnlyTheBadgeMayBeFramed(t *testing.T) {
	h := busy(t)
	for path, framed := range map[string]bool{"/public/hall": false, "/public/hall/badge": true, "/": false, "/sign-in": false, "/public/hall/badge.svg": false} {
		policy := h.want(200, h.page(path, "")).head.Get("Content-Security-Policy")
		if strings.Contains(policy, "frame-ancestors *") != framed {
			t.Errorf("%s: %s", path, policy)
		}
	}
	svg := h.want(200, h.get("", "/public/hall/badge.svg?lang=ar"))
	if svg.head.Get("Content-Type") != "image/svg+xml" || svg.head.Get("Cross-Origin-Resource-Policy") != "cross-origin" ||
		svg.head.Get("Cache-Control") != "public, max-age=10" || svg.head.Get("Set-Cookie") != "" {
		t.Errorf("%v", svg.head)
	}
	if !bytes.Contains(svg.body, []byte(`direction="rtl"`)) || bytes.Contains(svg.body, []byte("<script")) || bytes.Contains(svg.body, []byte("wait.")) {
		t.Errorf("%s", svg.body)
	}
}

// typicalWaits is a record of some weeks, or a fault.
type typicalWaits struct {
	asked int
	fails bool
}

func (w *typicalWaits) Typical(context.Context, string, calendar.Date) ([]display.TypicalHour, error) {
	w.asked++
	if w.fails {
		return nil, errors.New("the disk is gone")
	}
	return []display.TypicalHour{{Weekday: time.Monday, Hour: 9, Visits: 40, Median: 12 * time.Minute, P80: 27 * time.Minute},
		{Weekday: time.Thursday, Hour: 16, Visits: 3, Median: 50 * time.Minute, P80: 90 * time.Minute}}, nil
}

func TestThePublicPageIsWholeWithoutScriptInThreeLanguages(t *testing.T) {
	record := &typicalWaits{}
	h := busy(t, func(d *Deps) { d.Typical = record })
	for lang, want := range map[string][]string{"de": {"Wartezeit jetzt", "4 Personen warten", "Ein Platz ist besetzt", "Montag"}, "en": {"Waiting time now", "4 people are waiting", "Monday"}, "ar": {`dir="rtl"`, "مدة الانتظار الآن"}} {
		page := string(h.want(200, h.page("/public/hall?lang="+lang, "")).body)
		for _, text := range append(want, `<option value="passport">`, ">27<", "12 <span") {
			if !strings.Contains(page, text) {
				t.Errorf("%s: %q is missing", lang, text)
			}
		}
		if strings.Contains(page, ">90<") {
			t.Errorf("%s: three visits make no picture", lang)
		}
	}
	if record.asked != 1 {
		t.Errorf("the record was asked %d times", record.asked)
	}
	chosen := string(h.want(200, h.page("/public/hall?service=passport", "")).body)
	if !strings.Contains(chosen, `<option value="passport" selected>`) || !strings.Contains(chosen, `class="wait__left`) {
		t.Errorf("what was chosen is not told: %s", chosen)
	}
	h.want(http.StatusOK, h.page("/public/hall?service=%22%3E%3Cb%3E", ""))
	if a := h.page("/public/nowhere", ""); a.status != 404 {
		t.Errorf("%d", a.status)
	}

	faulty := busy(t, func(d *Deps) { d.Typical = &typicalWaits{fails: true} })
	if page := string(faulty.want(200, faulty.page("/public/hall", "")).body); strings.Contains(page, `class="typical"`) {
		t.Error("a fault of the record is drawn")
	}
}
