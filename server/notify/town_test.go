package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/config"
	"aufruf/server/notify"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
	"aufruf/server/sqlite"
	"aufruf/server/words"
)

// townFile is a town that sells its time by the hour.
const townFile = `
town: { de: Lindenau an der Au, en: Lindenau }
server: { public_url: "https://termin.lindenau.example" }
papers:
  id_card: { de: Personalausweis, en: Identity card }
  photo: { de: Biometrisches Lichtbild, en: Biometric photograph }
  birth: { de: Geburtsurkunde, en: Birth certificate }
  old: { de: Bisheriger Pass, en: Your present passport }
conditions:
  child: { de: bei Kindern, en: for children }
  lost: { de: falls verloren, en: if it was lost }
  old_there: { de: falls vorhanden, en: if there is one }
offices:
  - id: hall
    names: { de: Bürgerbüro, en: Citizens' office }
    hours:
      - weekdays: [monday, tuesday, wednesday, thursday, friday]
        spans: ["07:30-20:00"]
    booking: { online: true, days: 40, walk_in_share: 0, confirm: %s, hold: 10m, offer: 20m }
    categories:
      - { id: general, letter: A, names: { de: Allgemeines } }
    services:
      - { id: passport, category: general, names: { de: Reisepass, en: Passport }, minutes: 20, papers: [id_card, photo, { paper: birth, when: child }, { paper: id_card, when: lost }, { paper: old, when: old_there }] }
    desks:
      - { id: desk_1, names: { de: Platz 1 } }
`

// town is a real town on a real file, a clock that tests move, and what sends.
type town struct {
	t        *testing.T
	db       *sqlite.DB
	town     *office.Town
	contacts *people.Contacts
	secrets  *access.Secrets
	words    *words.Catalogue
	config   *config.Config
	settings notify.Settings
	notify   *notify.Notify
	gate     *gate
	sink     *sink
	log      *lines
	mu       sync.Mutex
	at       time.Time
	n        int
	dir      string
}

type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// local is an instant of the week in which the tests happen: "tue 10:30".
func local(text string) time.Time {
	day, clock, _ := strings.Cut(text, " ")
	t, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	n := map[string]int{"mon": 23, "tue": 24, "wed": 25, "thu": 26, "fri": 27, "mon2": 30}[day]
	return time.Date(2026, 11, n, t.Hour(), t.Minute(), 0, 0, berlin)
}

// newTown opens it on Monday at nine. change may change what the town says.
func newTown(t *testing.T, change ...func(*town)) *town {
	t.Helper()
	f := &town{t: t, at: local("mon 09:00"), gate: newGate(t), sink: newSink(t), log: &lines{}, settings: notify.Defaults()}
	f.settings.Email = notify.EmailSettings{How: notify.ViaSMTP, From: "Stadt Lindenau <termine@lindenau.example>", Host: "127.0.0.1", Port: f.sink.port, TLS: notify.NoTLS}
	f.settings.SMS = notify.SMSSettings{Preset: notify.Template, Method: "POST", URL: f.gate.URL + "/send",
		Body: `{"to":"{to}","text":"{text}","ref":"{reference}"}`, ID: "message.id", Price: 7.5}
	confirm := "0s"
	for _, c := range change {
		c(f)
	}
	if f.settings.Texts["confirm"] != nil { // a mark of the tests
		confirm = "30m"
		f.settings.Texts = nil
	}
	cfg, problems := config.Parse("town", fmt.Appendf(nil, townFile, confirm))
	if err := problems.Err("en"); err != nil {
		t.Fatal(err)
	}
	f.config = cfg
	ctx := context.Background()
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	f.dir = dir
	f.db, err = sqlite.Open(ctx, dir, sqlite.Options{Reserve: 1 << 16})
	must(err)
	f.secrets, err = access.LoadSecrets(dir)
	must(err)
	seal, err := people.NewSeal(f.secrets.PeopleKey())
	must(err)
	f.contacts = people.NewContacts(f.db, seal, f.secrets.FindKey())
	f.contacts.Now = func(string) time.Time { return f.now().In(berlin) }
	f.words, err = words.Load(display.Words())
	must(err)
	f.town, err = office.OpenTown(ctx, cfg.AllRules(), f.db.Journal(), f.secrets, office.Options{Now: f.now, Log: f.logger()})
	must(err)
	f.restart()
	t.Cleanup(func() {
		f.town.Close()
		if err := f.db.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(f.log.String())
		}
		for _, secret := range []string{"Lüdenscheidt", "15112345678", "zoe@example.org"} {
			if strings.Contains(f.log.String(), secret) {
				t.Errorf("the log names %s", secret)
			}
		}
	})
	return f
}

func confirming(f *town) { f.settings.Texts = map[string]map[string]string{"confirm": {}} }

func (f *town) logger() *slog.Logger { return slog.New(slog.NewTextHandler(f.log, nil)) }

// restart makes what sends anew, as a start of the program does.
func (f *town) restart() {
	f.t.Helper()
	var offices []notify.Office
	for _, o := range f.town.Offices() {
		offices = append(offices, o)
	}
	n, err := notify.New(notify.Options{Settings: f.settings, Store: f.db, Journal: f.db.Journal(), Contacts: f.contacts, Offices: offices,
		Links: f.town, Words: f.words, Town: f.config.Town, Base: func() string { return f.config.Server.PublicURL }, ContactDays: 2,
		Hook: "hook", Token: "secret-token", Now: f.now, Jitter: func() float64 { return 1 }, Log: f.logger()})
	if err != nil {
		f.t.Fatal(err)
	}
	f.notify = n
}

func (f *town) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at.UTC()
}

// goTo sets the clock, also back.
func (f *town) goTo(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = local(text)
}

func (f *town) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.at.Add(d)
}

func (f *town) hall() *office.Office {
	o, _ := f.town.Office("hall")
	return o
}

// do gives a command.
func (f *town) do(c queue.Command) {
	f.t.Helper()
	f.n++
	if _, err := f.hall().Do(context.Background(), office.Request{ID: fmt.Sprint("test-", f.n), By: "test", Command: c}); err != nil {
		f.t.Fatalf("%s: %v", c.Kind(), err)
	}
}

// person has a telephone and an address, and wants reminders.
func person() people.Contact {
	return people.Contact{Surname: "Müller-Lüdenscheidt", FirstName: "Zoë", Phone: "+4915112345678", Mobile: true, Email: "zoe@example.org",
		Language: "de", Remind: true, Consent: "1"}
}

var passport = []queue.Item{{Service: "passport", Quantity: 1}}

// hold keeps a time for somebody and gives its id.
func (f *town) hold(at string) string {
	f.t.Helper()
	f.do(queue.HoldSlot{At: local(at), Services: passport, Channel: queue.ChannelOnline})
	holds := f.hall().State().Holds
	return holds[len(holds)-1].ID
}

func (f *town) put(id string, c people.Contact) {
	f.t.Helper()
	if err := f.contacts.Put(context.Background(), people.Whose{Office: "hall", ID: id}, c, f.now().Add(40*time.Minute)); err != nil {
		f.t.Fatal(err)
	}
}

// book makes an appointment as the pages do.
func (f *town) book(at string, c people.Contact) string {
	f.t.Helper()
	id := f.hold(at)
	f.put(id, c)
	f.do(queue.BookHold{Hold: id, Confirm: true})
	return id
}

// send reads the journal and sends what is due.
func (f *town) send() {
	f.t.Helper()
	if err := f.notify.CatchUp(context.Background()); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.notify.Step(context.Background()); err != nil {
		f.t.Fatal(err)
	}
}

// rows are the outbox in order, as "booked sms sent".
func (f *town) rows(id string) string {
	f.t.Helper()
	rows, err := f.db.OutboxOf(context.Background(), "hall", id)
	if err != nil {
		f.t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		s := fmt.Sprintf("%s %s %s", r.Kind, r.Channel, r.State)
		if r.Error != "" {
			s += " " + r.Error
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func (f *town) want(id, rows string) {
	f.t.Helper()
	if got := f.rows(id); got != rows {
		f.t.Errorf("outbox of %s:\n got %s\nwant %s", id, got, rows)
	}
}

// kept is whose contacts are kept, by a count.
func (f *town) kept(id string) bool {
	f.t.Helper()
	_, err := f.contacts.Recipient(context.Background(), people.Whose{Office: "hall", ID: id})
	return err == nil
}

// file is the database's.
func (f *town) file() string { return filepath.Join(f.dir, "aufruf.db") }
