package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/people"
)

var (
	noon   = time.Date(2026, 3, 30, 10, 0, 0, 0, time.UTC)
	client = netip.MustParseAddr("192.0.2.7")
)

const password = "correct horse battery"

func entry(object string) access.Entry {
	return access.Entry{At: noon, Actor: "acc_1", Act: "test", Object: object}
}

// ended collects what OnEnd says.
type ended struct {
	mu  sync.Mutex
	ids []string
}

func (e *ended) add(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ids = append(e.ids, id)
}

func newAccess(t *testing.T) (*access.Service, *DB, *ended) {
	t.Helper()
	db := openAt(t, t.TempDir(), Options{})
	s, e := access.New(db, access.Options{}), &ended{}
	s.OnEnd(e.add)
	return s, db, e
}

func signIn(t *testing.T, s *access.Service, name string, now time.Time) (string, access.Principal) {
	t.Helper()
	secret, p, err := s.SignIn(t.Context(), name, password, client, now)
	if err != nil {
		t.Fatalf("sign in: %v", err)
	}
	return secret, p
}

func addClerk(t *testing.T, s *access.Service, name string) access.Account {
	t.Helper()
	a, err := s.AddAccount(t.Context(), "cli", name, password, []access.Grant{{Role: access.Clerk, Office: "hall"}}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheSetupLinkMakesTheFirstAccountOnce(t *testing.T) {
	s, _, _ := newAccess(t)
	ctx := t.Context()
	old, err := s.SetupSecret(ctx)
	if err != nil || len(old) != 26 {
		t.Fatalf("%q, %v", old, err)
	}
	secret, _ := s.SetupSecret(ctx)
	if _, err := s.SetUp(ctx, old, "anna", password, noon); !errors.Is(err, access.ErrSetupUsed) {
		t.Fatalf("with the older link: %v", err)
	}
	if _, err := s.SetUp(ctx, "", "anna", password, noon); !errors.Is(err, access.ErrSetupUsed) {
		t.Fatalf("without a secret: %v", err)
	}
	if _, err := s.SetUp(ctx, secret, "anna", "short", noon); !errors.Is(err, access.ErrWeakPassword) || !s.SetupOpen(secret) {
		t.Fatalf("a weak password must not use up the link: %v", err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.SetUp(ctx, secret, fmt.Sprint("anna", i), password, noon) })
	}
	wg.Wait()
	as, _ := s.Accounts(ctx)
	if len(as) != 1 || as[0].Password != "" {
		t.Fatalf("%d accounts: %v", len(as), errs)
	}
	for _, r := range access.Roles() {
		if !(access.Principal{Grants: as[0].Grants}).Can([]access.Role{r}, "") {
			t.Errorf("the first account is not %s everywhere", r)
		}
	}
	if again, err := s.SetupSecret(ctx); again != "" || err != nil {
		t.Fatalf("another link though there is an account: %q, %v", again, err)
	}
}

func TestPasswordsAndNamesHaveRules(t *testing.T) {
	s, _, _ := newAccess(t)
	g := []access.Grant{{Role: access.Clerk, Office: "hall"}}
	addClerk(t, s, "Jörg") // one letter ö
	for _, c := range []struct {
		name, password string
		grants         []access.Grant
		want           error
	}{
		{"a", "elf Zeichen", g, access.ErrWeakPassword}, {"a", strings.Repeat("ä", 11), g, access.ErrWeakPassword},
		{"a", strings.Repeat("x", 1025), g, access.ErrLongPassword}, {"b", strings.Repeat("ä", 12), g, nil},
		{" ", password, g, access.ErrBadName}, {strings.Repeat("n", 65), password, g, access.ErrBadName},
		{"a\x00b", password, g, access.ErrBadName}, {"a\u202eb", password, g, access.ErrBadName}, {"\xff", password, g, access.ErrBadName},
		{"JO\u0308RG ", password, g, access.ErrNameTaken}, // o and two dots
		{"c", password, nil, access.ErrBadGrant}, {"c", password, []access.Grant{{Role: "boss"}}, access.ErrBadGrant},
		{"c", password, []access.Grant{{Role: access.Clerk, Desk: "1"}}, access.ErrBadGrant},
	} {
		if _, err := s.AddAccount(t.Context(), "cli", c.name, c.password, c.grants, noon); !errors.Is(err, c.want) {
			t.Errorf("name %q, password of %d bytes: %v, want %v", c.name, len(c.password), err, c.want)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		name string
		end  func(s *access.Service, secret string, p access.Principal) error
		told bool
		at   time.Duration
	}{
		{"by signing out", func(s *access.Service, secret string, p access.Principal) error { return s.SignOut(ctx, secret) }, true, 0},
		{"by disabling", func(s *access.Service, _ string, p access.Principal) error {
			return s.DisableAccount(ctx, "acc_x", p.ID, noon)
		}, true, 0},
		{"by a new password", func(s *access.Service, _ string, p access.Principal) error {
			return s.ChangePassword(ctx, p, password, "another good password", noon)
		}, true, 0},
		{"by other grants", func(s *access.Service, _ string, p access.Principal) error {
			return s.SetGrants(ctx, "acc_x", p.ID, []access.Grant{{Role: access.Reception, Office: "hall"}}, noon)
		}, true, 0},
		{"by revoking", func(s *access.Service, _ string, p access.Principal) error {
			return s.Revoke(ctx, "acc_x", p.Credential, noon)
		}, true, 0},
		{"by idling", nil, false, 12 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, e := newAccess(t)
			addClerk(t, s, "anna")
			secret, p := signIn(t, s, "ANNA", noon)
			used := noon.Add(12*time.Hour - 1)
			if got, err := s.Validate(ctx, access.Session, secret, used); err != nil || got.ID != p.ID {
				t.Fatalf("before: %+v, %v", got, err)
			}
			if c.end != nil {
				if err := c.end(s, secret, p); err != nil {
					t.Fatal(err)
				}
			}
			at := used.Add(c.at)
			if _, err := s.Validate(ctx, access.Session, secret, at); !errors.Is(err, access.ErrUnknown) {
				t.Fatalf("after: %v", err)
			}
			if slices.Contains(e.ids, p.Credential) != c.told {
				t.Fatalf("told of the end of %v, want %s: %v", e.ids, p.Credential, c.told)
			}
		})
	}
}

func TestASessionLastsSevenDaysHoweverBusy(t *testing.T) {
	s, _, _ := newAccess(t)
	addClerk(t, s, "anna")
	secret, _ := signIn(t, s, "anna", noon)
	at := noon
	for ; at.Before(noon.Add(7 * 24 * time.Hour)); at = at.Add(11 * time.Hour) {
		if _, err := s.Validate(t.Context(), access.Session, secret, at); err != nil {
			t.Fatalf("after %v: %v", at.Sub(noon), err)
		}
	}
	if _, err := s.Validate(t.Context(), access.Session, secret, noon.Add(7*24*time.Hour)); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("after 7 days: %v", err)
	}
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	s, db, _ := newAccess(t)
	secret, _, err := s.AddToken(t.Context(), "cli", "api", access.Grant{Role: access.Kiosk, Office: "hall"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	changes := func() (n int) {
		if err := db.writer.QueryRow(`SELECT total_changes()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := changes()
	for i := range 120 {
		if _, err := s.Validate(t.Context(), access.Token, secret, noon.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if n := changes() - before; n != 1 {
		t.Fatalf("%d writes in two minutes of reading", n)
	}
	if ts, _ := s.Tokens(t.Context()); !ts[0].Used.Equal(noon.Add(time.Minute)) {
		t.Fatalf("last used %v", ts[0].Used)
	}
}

func TestATokenMadeInAnotherProcessIsGoodAtOnceAndEndsWhenRevoked(t *testing.T) {
	s, db, e := newAccess(t)
	tool := access.New(openAt(t, db.dir, Options{Shared: true}), access.Options{})
	g := access.Grant{Role: access.Clerk, Office: "hall", Desk: "2"}
	secret, id, err := tool.AddToken(t.Context(), "cli", "desk 2", g, noon)
	if err != nil || !strings.HasPrefix(secret, "aft_") {
		t.Fatal(err)
	}
	p, err := s.Validate(t.Context(), access.Token, secret, noon)
	if err != nil || p.ID != id || !slices.Equal(p.Grants, []access.Grant{g}) {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, kind := range []access.Kind{access.Session, access.Device} {
		if _, err := s.Validate(t.Context(), kind, secret, noon); !errors.Is(err, access.ErrUnknown) {
			t.Fatalf("a token is taken for a %s: %v", kind, err)
		}
	}
	if err := s.Revoke(t.Context(), "acc_1", id, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Validate(t.Context(), access.Token, secret, noon); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("after revoking: %v", err)
	}
	if err := s.Revoke(t.Context(), "acc_1", id, noon); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("revoked twice: %v", err)
	}
	if !slices.Equal(e.ids, []string{id}) {
		t.Fatalf("ended %v", e.ids)
	}
}

func TestWrongSecretsAreUnknown(t *testing.T) {
	s, _, _ := newAccess(t)
	secret, _, _ := s.AddToken(t.Context(), "cli", "x", access.Grant{Role: access.Board, Office: "hall"}, noon)
	last := byte('a')
	if secret[len(secret)-1] == last {
		last = 'b'
	}
	for _, wrong := range []string{"", "aft_", secret[:55], secret + "a", strings.ToUpper(secret), secret[:55] + string(last)} {
		if _, err := s.Validate(t.Context(), access.Token, wrong, noon); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestGuessingAPasswordGetsSlowForNameAndClient(t *testing.T) {
	s, _, _ := newAccess(t)
	addClerk(t, s, "anna")
	try := func(name, pw, from string, at time.Duration) error {
		_, _, err := s.SignIn(t.Context(), name, pw, netip.MustParseAddr(from), noon.Add(at))
		return err
	}
	for i := range 5 {
		if err := try("anna", "wrong password", fmt.Sprintf("192.0.2.%d", i), 0); !errors.Is(err, access.ErrWrong) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	var wait *access.WaitError
	if err := try("Anna", password, "198.51.100.1", 0); !errors.As(err, &wait) || wait.Seconds() != 1 {
		t.Fatalf("the right password, too early: %v", err)
	}
	if err := try("anna", "wrong password", "198.51.100.1", time.Second); !errors.Is(err, access.ErrWrong) {
		t.Fatal(err)
	}
	if err := try("anna", password, "198.51.100.1", 2*time.Second); !errors.As(err, &wait) || wait.Seconds() != 1 {
		t.Fatalf("two seconds after the sixth: %v", err)
	}
	if err := try("anna", password, "198.51.100.1", 3*time.Second); err != nil {
		t.Fatal(err)
	}
	// Names that do not exist cost the client as well, whatever host of its /64 it uses.
	for i := range 5 {
		if err := try(fmt.Sprint("nobody", i), "wrong password", fmt.Sprintf("2001:db8::%d", i), 0); !errors.Is(err, access.ErrWrong) {
			t.Fatal(err)
		}
	}
	if err := try("anna", password, "2001:db8::ffff:1", 0); !errors.As(err, &wait) {
		t.Fatalf("from the same /64: %v", err)
	}
	if err := try("anna", password, "2001:db8:0:1::1", 0); err != nil {
		t.Fatalf("from another /64: %v", err)
	}
}

func TestManyGuessesAtOnceDoNotPassTogether(t *testing.T) {
	s, _, _ := newAccess(t)
	addClerk(t, s, "anna")
	var wg sync.WaitGroup
	var mu sync.Mutex
	tried := 0
	for range 30 {
		wg.Go(func() {
			_, _, err := s.SignIn(context.Background(), "anna", "wrong password", client, noon)
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, access.ErrWrong) {
				tried++
			}
		})
	}
	wg.Wait()
	if tried < 5 || tried > 6 { // two hash at once, so one more may have begun
		t.Fatalf("%d of 30 guesses were tried", tried)
	}
}

func TestADisabledAccountCannotSignIn(t *testing.T) {
	s, _, _ := newAccess(t)
	a := addClerk(t, s, "anna")
	if err := s.DisableAccount(t.Context(), "acc_x", a.ID, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SignIn(t.Context(), "anna", password, client, noon); !errors.Is(err, access.ErrWrong) {
		t.Fatal(err)
	}
	if err := s.EnableAccount(t.Context(), "acc_x", a.ID, noon); err != nil {
		t.Fatal(err)
	}
	signIn(t, s, "anna", noon)
	if err := s.DisableAccount(t.Context(), "acc_x", "acc_none", noon); !errors.Is(err, access.ErrUnknown) {
		t.Fatal(err)
	}
}

func TestADeviceIsPairedByItsCode(t *testing.T) {
	s, _, e := newAccess(t)
	ctx := t.Context()
	boss := access.Principal{ID: "acc_boss", Grants: []access.Grant{{Role: access.Supervisor, Office: "hall"}}}
	clerk := access.Principal{ID: "acc_clerk", Grants: []access.Grant{{Role: access.Clerk}}}
	board := access.Grant{Role: access.Board, Office: "hall", Screen: "lobby"}
	p, err := s.Pair(client, noon)
	if err != nil || len(p.Code) != 6 || strings.ContainsAny(p.Code, "0O1IL") {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := s.Claim(ctx, p.Secret, noon); !errors.Is(err, access.ErrPending) {
		t.Fatalf("before approval: %v", err)
	}
	for _, c := range []struct {
		by    access.Principal
		code  string
		grant access.Grant
		want  error
	}{
		{clerk, p.Code, board, access.ErrDenied},
		{boss, p.Code, access.Grant{Role: access.Board, Office: "elsewhere", Screen: "lobby"}, access.ErrDenied},
		{boss, p.Code, access.Grant{Role: access.Clerk, Office: "hall"}, access.ErrBadGrant},
		{boss, p.Code, access.Grant{Role: access.Board, Office: "hall"}, access.ErrBadGrant},
		{boss, p.Code, access.Grant{Role: access.Kiosk}, access.ErrBadGrant},
		{boss, "AAAAAA", board, access.ErrUnknown},
	} {
		if _, err := s.Approve(ctx, c.by, c.code, "TV", c.grant, noon); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.grant, err, c.want)
		}
	}
	id, err := s.Approve(ctx, boss, " "+strings.ToLower(p.Code[:3])+" "+p.Code[3:], "TV", board, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Approve(ctx, boss, p.Code, "TV", board, noon); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("approved twice: %v", err)
	}
	if _, err := s.Claim(ctx, p.Code, noon); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("the code is no secret: %v", err)
	}
	secret, err := s.Claim(ctx, p.Secret, noon)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Claim(ctx, p.Secret, noon); again != secret || err != nil {
		t.Fatalf("a lost answer asked for again: %v", err)
	}
	got, err := s.Validate(ctx, access.Device, secret, noon.Add(90*24*time.Hour))
	if err != nil || got.ID != id || !slices.Equal(got.Grants, []access.Grant{board}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if ds, _ := s.Devices(ctx); len(ds) != 1 || ds[0].Label != "TV" || !ds[0].Used.Equal(noon.Add(90*24*time.Hour)) {
		t.Fatalf("%+v", ds)
	}
	if err := s.Revoke(ctx, boss.ID, id, noon); err != nil || !slices.Equal(e.ids, []string{id}) {
		t.Fatalf("%v, ended %v", err, e.ids)
	}
	if _, err := s.Validate(ctx, access.Device, secret, noon); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("after revoking: %v", err)
	}
}

func TestAHouseMayPairAllItsScreensInAMorning(t *testing.T) {
	s, _, _ := newAccess(t)
	boss := access.Principal{ID: "acc_boss", Grants: []access.Grant{{Role: access.Supervisor}}}
	for i := range 60 {
		p, err := s.Pair(client, noon)
		if err != nil {
			t.Fatalf("screen %d: %v", i+1, err)
		}
		if _, err := s.Approve(t.Context(), boss, p.Code, "TV", access.Grant{Role: access.Kiosk, Office: "hall"}, noon); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenPairingsAreFewAndEnd(t *testing.T) {
	s, _, _ := newAccess(t)
	var first access.Pairing
	for i := range 12 {
		p, err := s.Pair(client, noon)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = p
		}
	}
	if _, err := s.Pair(client, noon); !errors.Is(err, access.ErrTooMany) {
		t.Fatalf("a thirteenth of one client: %v", err)
	}
	for i := range 38 {
		if _, err := s.Pair(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Pair(netip.MustParseAddr("10.0.1.1"), noon); !errors.Is(err, access.ErrTooMany) {
		t.Fatalf("a fifty-first: %v", err)
	}
	later := noon.Add(10 * time.Minute)
	if _, err := s.Claim(t.Context(), first.Secret, later); !errors.Is(err, access.ErrUnknown) {
		t.Fatalf("after ten minutes: %v", err)
	}
	if _, err := s.Pair(client, later); err != nil {
		t.Fatal(err)
	}
}

func TestNothingIsRemovedFromTheAudit(t *testing.T) {
	s, db, _ := newAccess(t)
	a := addClerk(t, s, "Erika Mustermann")
	if err := s.Audit(t.Context(), "acc_1", "note_read", "t_1", noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{`DELETE FROM audit`, `UPDATE audit SET actor = 'x'`, `INSERT OR REPLACE INTO audit (seq, at, actor, act, object) VALUES (1, 0, '', '', '')`} {
		if _, err := db.writer.Exec(q); err == nil {
			t.Errorf("%s was done", q)
		}
	}
	log, err := s.AuditLog(t.Context(), 10)
	want := []access.Entry{{At: noon.Add(time.Second), Actor: "acc_1", Act: "note_read", Object: "t_1"},
		{At: noon, Actor: "cli", Act: "account_add", Object: a.ID}}
	if err != nil || !slices.Equal(log, want) {
		t.Fatalf("%+v, %v", log, err)
	}
}

func newNotes(t *testing.T, db *DB) *people.Notes {
	t.Helper()
	secrets, err := access.LoadSecrets(db.dir)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := people.NewSeal(secrets.PeopleKey())
	if err != nil {
		t.Fatal(err)
	}
	return people.NewNotes(db, seal)
}

func TestNotesAreKeptPerTicketAndReadingIsAudited(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	notes := newNotes(t, db)
	ctx, k := t.Context(), people.Key{Office: "hall", Ticket: "t1"}
	var read []string
	refuse := false
	notes.OnRead = func(_ context.Context, by string, k people.Key) error {
		if refuse {
			return errors.New("no audit, no note")
		}
		read = append(read, by+" "+k.Ticket)
		return nil
	}
	if _, err := notes.Get(ctx, "acc_1", k); !errors.Is(err, people.ErrNone) {
		t.Fatal(err)
	}
	for _, text := range []string{"brings the papers at 3", "came back"} {
		if err := notes.Put(ctx, k, "2026-03-30", text); err != nil {
			t.Fatal(err)
		}
		if got, err := notes.Get(ctx, "acc_1", k); got != text || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if _, err := notes.Get(ctx, "acc_1", people.Key{Office: "other", Ticket: "t1"}); !errors.Is(err, people.ErrNone) {
		t.Fatalf("in another office: %v", err)
	}
	if err := notes.Put(ctx, k, "2026-03-30", strings.Repeat("x", 2001)); !errors.Is(err, people.ErrLong) {
		t.Fatal(err)
	}
	if !slices.Equal(read, []string{"acc_1 t1", "acc_1 t1"}) {
		t.Fatalf("audited %v", read)
	}
	refuse = true
	if text, err := notes.Get(ctx, "acc_1", k); err == nil || text != "" {
		t.Fatal("given out without an audit")
	}
	refuse = false
	// A row put in another's place is not opened as its.
	if _, err := db.writer.Exec(`UPDATE note SET ticket = 't2'`); err != nil {
		t.Fatal(err)
	}
	if _, err := notes.Get(ctx, "acc_1", people.Key{Office: "hall", Ticket: "t2"}); !errors.Is(err, people.ErrSealed) {
		t.Fatal(err)
	}
	if err := notes.Put(ctx, people.Key{Office: "hall", Ticket: "t2"}, "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := notes.Get(ctx, "acc_1", people.Key{Office: "hall", Ticket: "t2"}); !errors.Is(err, people.ErrNone) {
		t.Fatal(err)
	}
}

// holds says which files of a directory contain one of the needles.
func holds(t *testing.T, dir string, needles ...[]byte) (found []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, needle := range needles {
			if bytes.Contains(raw, needle) {
				found = append(found, filepath.Base(n))
				break
			}
		}
	}
	return found
}

func TestNoNoteIsReadableInTheFilesAndNothingOfItIsLeftAfterErasing(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	notes := newNotes(t, db)
	ctx := t.Context()
	const mark = "Gundula Gabelmacher"
	var needles [][]byte
	for i := range 400 {
		k := people.Key{Office: "hall", Ticket: fmt.Sprintf("t%d", i*7919%400)}
		day := fmt.Sprintf("2026-03-%02d", 1+i%20)
		if err := notes.Put(ctx, k, day, strings.Repeat(mark+" ", 1+i%40)); err != nil {
			t.Fatal(err)
		}
		if i%20 < 10 { // erased below
			row, err := db.Note(ctx, k)
			if err != nil {
				t.Fatal(err)
			}
			needles = append(needles, row.Wrapped, row.Text[:32])
		}
	}
	if found := holds(t, db.dir, []byte(mark)); len(found) > 0 {
		t.Fatalf("a name stands in %v", found)
	}
	if found := holds(t, db.dir, needles...); len(found) == 0 {
		t.Fatal("the sealed rows are not where this test looks for them")
	}
	// A migration's copy holds what is erased, too.
	if err := os.WriteFile(filepath.Join(db.dir, "aufruf.db.schema2"), needles[0], 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := notes.EraseDay(ctx, "hall", "2026-03-10")
	if err != nil || n != 200 {
		t.Fatalf("erased %d, %v", n, err)
	}
	if found := holds(t, db.dir, needles...); len(found) > 0 {
		t.Fatalf("sealed rows are left in %v", found)
	}
	if n, err := notes.EraseDay(ctx, "hall", "2026-03-10"); err != nil || n != 0 {
		t.Fatalf("erased again: %d, %v", n, err)
	}
	if n, err := notes.EraseDay(ctx, "hall", "2026-03-31"); err != nil || n != 200 {
		t.Fatalf("the rest: %d, %v", n, err)
	}
}
