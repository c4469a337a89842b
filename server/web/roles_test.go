package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"aufruf/server/access"
)

// fill puts an office and what is there into a route's pattern.
func fill(path, office string) string {
	return strings.NewReplacer(":office", office, ":desk", "1", ":service", "passport", ":screen", map[string]string{"hall": "lobby", "works": "yard"}[office],
		":id", "nothing", ":code", "NOTHING", ":secret", "nothing", ":poll", "nothing", ":lang", "de", ":clip", "x.wav", "*", "test/css/base.css").Replace(path)
}

// roleFor is somebody whom a rule lets in.
func roleFor(r rule, office string) string {
	if r.roles == nil {
		return ""
	}
	return string(r.roles[0]) + " " + office
}

// Every route that is registered, asked by everybody: the table rules.
func TestEveryRouteAndRoleAsTheTableSays(t *testing.T) {
	h := newHouse(t)
	registered := map[string]bool{}
	for _, r := range h.server.app.GetRoutes(true) {
		registered[routeName(r.Method, r.Path)] = true
	}
	if len(registered) < 40 {
		t.Fatalf("only %d routes", len(registered))
	}
	for name := range registered {
		r, ok := table[name]
		if !ok {
			t.Errorf("%s has no rule", name)
			continue
		}
		method, path, _ := strings.Cut(name, " ")
		for _, role := range append([]access.Role{""}, access.Roles()...) {
			for _, own := range []bool{true, false} {
				who := string(role)
				if who != "" {
					who += " " + map[bool]string{true: "hall", false: "works"}[own]
				}
				a := h.send(method, who, fill(path, "hall"), "", "", header{"Sec-Fetch-Site", "same-origin"})
				inOffice := strings.Contains(path, ":office") || strings.Contains(path, ":screen")
				var want string
				switch {
				case r.roles == nil:
					want = "let in"
				case role == "":
					want = "401"
				case inOffice && !own:
					want = "404"
				case !slices.Contains(r.roles, role):
					want = "403"
				default:
					want = "let in"
				}
				got := h.guarded(who, a)
				if got != want && !(want == "401" && a.status == 303) { // a browser is sent to sign in
					t.Errorf("%s by %q: %s (%d %s), want %s", name, who, got, a.status, a.body, want)
				}
			}
		}
	}
}

// guarded is what a route's guard did with the last request. Whom it lets in is
// somebody in the log line; whom it turns away stays nobody, so that a 404 of
// the guard is not taken for that of an object that is not there.
func (h *house) guarded(who string, a answer) string {
	all := strings.Split(strings.TrimSpace(h.log.String()), "\n")
	if strings.Contains(all[len(all)-1], "who=token") || who == "" && a.status != 401 && a.status != 403 && a.status != 303 {
		return "let in"
	}
	return fmt.Sprint(a.status)
}

func TestATokenBoundToADeskPressesThereAlone(t *testing.T) {
	h := newHouse(t)
	h.want(200, h.desk("clerk hall 1", "hall", "1", "open", `{}`))
	if a := h.desk("clerk hall 1", "hall", "2", "open", `{}`); a.status != 403 {
		t.Errorf("another desk: %d %s", a.status, a.body)
	}
	h.want(200, h.get("clerk hall 1", "/api/v1/offices/hall/queue"))
}

func TestASecondPersonDoesNotGetTheDesk(t *testing.T) {
	h := newHouse(t)
	h.want(200, h.desk("clerk hall", "hall", "1", "open", `{}`))
	if a := h.desk("clerk hall 1", "hall", "1", "next", `{}`); a.status != 409 || a.code() != "desk_taken" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.desk("clerk hall 1", "hall", "1", "close", `{}`); a.status != 409 {
		t.Errorf("a clerk closes a foreign desk: %d %s", a.status, a.body)
	}
	h.want(200, h.desk("supervisor hall", "hall", "1", "close", `{}`))
}

func TestPriorityIsGivenByReceptionAlone(t *testing.T) {
	h := newHouse(t).open()
	const body = `{"services":[{"id":"passport","quantity":1}],"priority":10}`
	if a := h.post("kiosk hall", "/api/v1/offices/hall/tickets", body); a.status != 403 {
		t.Errorf("kiosk: %d %s", a.status, a.body)
	}
	h.want(201, h.post("reception hall", "/api/v1/offices/hall/tickets", body))
}

func TestCookiesCountOnlyFromOurOwnPages(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.Origins = []string{"https://town.example"} })
	ctx := t.Context()
	if _, err := h.deps.Access.AddAccount(ctx, "test", "Ada", "correct horse battery", access.Everywhere(), h.now.now()); err != nil {
		t.Fatal(err)
	}
	secret, _, err := h.deps.Access.SignIn(ctx, "Ada", "correct horse battery", someClient, h.now.now())
	if err != nil {
		t.Fatal(err)
	}
	cookie := header{"Cookie", sessionCookie + "=" + secret}
	for _, c := range []struct {
		name   string
		more   []header
		status int
	}{
		{"our page", []header{{"Sec-Fetch-Site", "same-origin"}}, 200},
		{"our page, an older browser", []header{{"Origin", h.url}}, 200},
		{"a listed origin", []header{{"Origin", "https://town.example"}}, 200},
		{"a foreign page", []header{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}}, 403},
		{"a foreign page that claims our origin", []header{{"Sec-Fetch-Site", "cross-site"}, {"Origin", h.url}}, 403},
		{"a foreign page, an older browser", []header{{"Origin", "https://evil.example"}}, 403},
		{"a page in a box", []header{{"Origin", "null"}}, 403},
		{"no proof", nil, 403},
	} {
		a := h.post("", "/api/v1/offices/hall/notice", `{"text":"x"}`, append(c.more, cookie)...)
		if a.status != c.status {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
	}
	h.want(200, h.get("", "/api/v1/offices/hall/queue", cookie))
	if a := h.get("", "/api/v1/offices/hall/queue", header{"Cookie", sessionCookie + "=" + h.token("clerk hall")}); a.status != 401 {
		t.Errorf("a token as a cookie: %d", a.status)
	}
}

func TestTrustLocalIsForThisMachineAlone(t *testing.T) {
	if _, err := New(Deps{Town: newHouse(t).deps.Town}); err == nil {
		t.Error("a server without its parts starts")
	}
	h := newHouse(t, func(d *Deps) { d.TrustLocal = true })
	h.open()
	own := header{"Sec-Fetch-Site", "same-origin"}
	const path, body = "/api/v1/offices/hall/tickets", `{"services":[{"id":"passport","quantity":1}]}`
	h.want(201, h.post("", path, body, own))
	for name, more := range map[string][]header{
		"a foreign page":   {{"Sec-Fetch-Site", "cross-site"}},
		"no proof":         {},
		"forwarded":        {own, {"X-Forwarded-For", "127.0.0.1"}},
		"forwarded, newer": {own, {"Forwarded", "for=127.0.0.1"}},
	} {
		if a := h.post("", path, body, more...); a.status != 401 && a.status != 403 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	a := h.raw("GET /api/v1/me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(a, "HTTP/1.1 401") {
		t.Errorf("a name that somebody pointed here: %s", a)
	}
	d := h.deps
	d.TrustedProxies = []string{"127.0.0.1"}
	if _, err := New(d); err == nil {
		t.Error("trust_local starts with trusted proxies")
	}
}
