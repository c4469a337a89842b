package display_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"aufruf/display"
	"aufruf/server/words"
)

// noFiles stands for static files that nobody looks into.
type noFiles struct{}

func (noFiles) URL(name string) (string, error) { return "/static/b/" + name, nil }
func (noFiles) Text(string) (string, error)     { return "", nil }

func staffPages(t *testing.T) *display.Pages {
	t.Helper()
	catalogue, err := words.Load(display.Words())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := display.LoadPages(catalogue, noFiles{})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func written(t *testing.T, pages *display.Pages, name string, page display.Page) string {
	t.Helper()
	page.Lang, page.Dir, page.Key, page.Path, page.Zone = "de", "ltr", "k1", "/here", time.UTC
	var out bytes.Buffer
	if err := pages.Write(&out, name, page); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHomeShowsOnlyTheDoorsThatOpen(t *testing.T) {
	pages := staffPages(t)
	until := time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC)
	home := display.Home{Town: display.Names{"de": "Lindenau"}, Offices: []display.HomeOffice{{
		Public: display.Office{Office: "hall", Name: display.Names{"de": "Bürgerbüro"}, Hours: display.Hours{Open: true, Until: &until},
			Waiting: display.Count{Booked: 3, WalkIn: 11}},
	}}}
	stranger := written(t, pages, "home", display.Page{View: home})
	for _, want := range []string{"Lindenau", "Bürgerbüro", "16:00", ">3<", ">11<", `href="/sign-in"`} {
		if !strings.Contains(stranger, want) {
			t.Errorf("a stranger's page lacks %q", want)
		}
	}
	for _, secret := range []string{"/desk/", "/reception/", "/supervisor/", "/kiosk/", "/board/", "/sign-out"} {
		if strings.Contains(stranger, secret) {
			t.Errorf("a stranger is shown %q", secret)
		}
	}
	home.Person = "ada"
	home.Offices[0].Desk, home.Offices[0].Kiosk = true, true
	clerk := written(t, pages, "home", display.Page{View: home})
	for _, want := range []string{`href="/desk/hall"`, `href="/kiosk/hall"`, `action="/sign-out"`, "ada"} {
		if !strings.Contains(clerk, want) {
			t.Errorf("a clerk's page lacks %q", want)
		}
	}
	if strings.Contains(clerk, "/supervisor/") {
		t.Error("a clerk is shown the supervisor's door")
	}
}

func TestSignInSaysWhyNotAndKeepsTheNameAlone(t *testing.T) {
	got := written(t, staffPages(t), "sign_in", display.Page{View: display.SignIn{Name: `a"da`, Next: "/desk/hall"}, Refused: "Name oder Passwort stimmt nicht."})
	for _, want := range []string{`role="alert">Name oder`, `value="a&#34;da"`, `name="next" value="/desk/hall"`, `name="key" value="k1"`, `type="password" autocomplete="current-password" required aria-invalid="true">`} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestSetupAsksForAnAccountThenOffersToOpen(t *testing.T) {
	pages := staffPages(t)
	before := written(t, pages, "setup", display.Page{View: display.Setup{}})
	if !strings.Contains(before, `minlength="12"`) || strings.Contains(before, `name="open"`) {
		t.Errorf("before the account: %s", before)
	}
	after := written(t, pages, "setup", display.Page{View: display.Setup{Done: true, Offices: []display.HomeOffice{
		{Public: display.Office{Office: "hall", Name: display.Names{"de": "Bürgerbüro"}}, Supervisor: true},
		{Public: display.Office{Office: "dogs", Name: display.Names{"de": "Hundeamt"}, Hours: display.Hours{Open: true}}},
	}}})
	if !strings.Contains(after, `name="open" value="hall"`) || strings.Contains(after, `name="open" value="dogs"`) || strings.Contains(after, `type="password"`) {
		t.Errorf("after the account: %s", after)
	}
}

func TestStaffPagesCarryTheirBootAsData(t *testing.T) {
	pages := staffPages(t)
	for _, name := range []string{"desk", "reception", "supervisor"} {
		got := written(t, pages, name, display.Page{Office: display.PageOffice{ID: "hall", Names: display.Names{"de": "Bürgerbüro"}},
			Boot: map[string]string{"notice": "</script><b>"}})
		if !strings.Contains(got, `id="app"`) || !strings.Contains(got, "/static/b/js/"+name+".js") {
			t.Errorf("%s: %s", name, got)
		}
		if strings.Contains(got, "</script><b>") {
			t.Errorf("%s: what people typed ends the script", name)
		}
	}
}
