package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/people"
)

func newContacts(t *testing.T, db *DB, keys ...[]byte) *people.Contacts {
	t.Helper()
	secrets, err := access.LoadSecrets(db.dir)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := people.NewSeal(append(keys, secrets.PeopleKey())...)
	if err != nil {
		t.Fatal(err)
	}
	c := people.NewContacts(db, seal, secrets.FindKey())
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c.Now = func(string) time.Time { return noon.In(zone) }
	return c
}

func hall(id string) people.Whose { return people.Whose{Office: "hall", ID: id} }

func someone(surname, phone string) people.Contact {
	return people.Contact{Surname: surname, FirstName: "Zoë", Phone: phone, Mobile: true, Language: "de", Needs: []string{"fetch_me"}, ConsentAt: noon}
}

// put stores contacts and fails the test when it cannot.
func put(t *testing.T, c *people.Contacts, w people.Whose, contact people.Contact, until time.Time) {
	t.Helper()
	if err := c.Put(t.Context(), w, contact, until); err != nil {
		t.Fatal(err)
	}
}

func TestAContactIsKeptReplacedAndMoved(t *testing.T) {
	c := newContacts(t, openAt(t, t.TempDir(), Options{}))
	ctx := t.Context()
	for _, name := range []string{"Meier", "Mayer"} {
		put(t, c, hall("hall-w0001"), someone(name, "+4915112345678"), noon.Add(time.Hour))
		if got, err := c.Recipient(ctx, hall("hall-w0001")); err != nil || !reflect.DeepEqual(got, someone(name, "+4915112345678")) {
			t.Fatalf("%v", err)
		}
	}
	if _, err := c.Recipient(ctx, people.Whose{Office: "other", ID: "hall-w0001"}); !errors.Is(err, people.ErrNone) {
		t.Fatal(err)
	}
	if err := c.Move(ctx, hall("hall-w0001"), hall("hall-a0007"), noon.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Recipient(ctx, hall("hall-w0001")); !errors.Is(err, people.ErrNone) {
		t.Fatal(err)
	}
	if got, err := c.Recipient(ctx, hall("hall-a0007")); err != nil || got.Surname != "Mayer" {
		t.Fatal(err)
	}
	if held, err := c.OfPhone(ctx, "hall", "0151 12345678"); err != nil || !slices.Equal(held, []people.Whose{hall("hall-a0007")}) {
		t.Fatalf("%v, %v", held, err)
	}
	if err := c.SetRemind(ctx, hall("hall-a0007"), true); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Recipient(ctx, hall("hall-a0007")); err != nil || !got.Remind || got.Surname != "Mayer" {
		t.Fatal(err)
	}
	if kept, err := c.Kept(ctx, "hall"); err != nil || len(kept) != 1 || !kept[0].Latest.Equal(noon.Add(48*time.Hour)) {
		t.Fatalf("%+v, %v", kept, err)
	}
	for what, err := range map[string]error{
		"remind": c.SetRemind(ctx, hall("hall-w0001"), true),
		"move":   c.Move(ctx, hall("hall-w0001"), hall("hall-a0008"), noon), "keep": c.Keep(ctx, hall("hall-w0001"), noon),
	} {
		if !errors.Is(err, people.ErrNone) {
			t.Errorf("%s what is not there: %v", what, err)
		}
	}
}

func TestAContactIsFoundByWhatIsKnownOfIt(t *testing.T) {
	c := newContacts(t, openAt(t, t.TempDir(), Options{}))
	ctx := t.Context()
	for i, p := range []struct{ name, phone string }{
		{"Müller", "+4915112345678"}, {"Mueller", "+4915187654321"}, {"MÜLLER-Strauß", "+4930901820"}, {"Muller", ""},
		{"d’Hervé", "+33142685300"}, {"Ng", "+4915199999999"}, {"الحسيني", "+4915100005678"}, {"Mühsam", "+4915112345678"},
	} {
		put(t, c, hall(fmt.Sprintf("hall-a%04d", i)), someone(p.name, p.phone), noon.Add(time.Duration(i)*time.Hour))
	}
	put(t, c, people.Whose{Office: "other", ID: "other-a0000"}, someone("Müller", "+4915112345678"), noon)
	for text, want := range map[string]string{
		"Müller": "0 1 2", "MUELLER": "0 1 2", "mül": "0 1 2", "mü": "0 1 2 7", "mue": "0 1 2 7", "Müller Strauss": "2", "müller-strauß": "2",
		"mu": "", "Muller": "3", "DHERVE": "4", "ng": "5", "الحسيني": "6", "الح": "6", "Müllermeister": "", "": "", "---": "", "🎉": "",
		"0151 12345678": "0 7", "+49 151 87654321": "1", "030/901820": "2", "+4930901821": "", "%": "", "x' OR 1=1": "",
	} {
		var read, got []string
		c.OnRead = func(_ context.Context, by string, w people.Whose) error {
			read = append(read, strings.TrimLeft(w.ID[len("hall-a"):], "0")+by)
			return nil
		}
		found, err := c.Find(ctx, "", "hall", text)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			got = append(got, strings.TrimLeft(f.ID[len("hall-a"):], "0"))
		}
		want := strings.Fields(strings.ReplaceAll(" "+want, " 0", " _"))
		for i := range got {
			if got[i] == "" {
				got[i] = "_"
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(read) != len(found) {
			t.Errorf("%q finds %v, want %v; audited %v", text, got, want, read)
		}
	}
	c.OnRead = func(context.Context, string, people.Whose) error { return errors.New("no audit") }
	if found, err := c.Find(ctx, "acc_1", "hall", "Müller"); err == nil || len(found) > 0 {
		t.Error("found without an audit")
	}
	if _, err := c.Get(ctx, "acc_1", hall("hall-a0000")); err == nil || errors.Is(err, people.ErrNone) {
		t.Error("given out without an audit")
	}
	for _, tc := range []struct {
		digits, initial string
		want            int
	}{
		{"5678", "m", 2}, {"5678", "M", 2}, {"5678", "ا", 1}, {"1234 5678", "Müller", 2}, {"0151 12345678", "m", 2}, {"9912345678", "m", 0},
		{"678", "m", 0}, {"5678", "", 0}, {"5678", "x", 0}, {"5678", "'", 0}, {"", "", 0}, {"5300", "d", 1},
	} {
		if held, err := c.OfPhoneEnd(ctx, "hall", tc.digits, tc.initial); err != nil || len(held) != tc.want {
			t.Errorf("%s and %s hold %v, %v", tc.digits, tc.initial, held, err)
		}
	}
	if held, err := c.OfPhone(ctx, "hall", "no number"); err != nil || held != nil {
		t.Errorf("%v, %v", held, err)
	}
}

func TestAtMostTwentyAreFound(t *testing.T) {
	c := newContacts(t, openAt(t, t.TempDir(), Options{}))
	for i := range 50 {
		put(t, c, hall(fmt.Sprintf("hall-a%04d", 49-i)), someone(fmt.Sprintf("Sch%c", 'a'+i%2), "+4915112345678"), noon.Add(time.Duration(-i)*time.Minute))
	}
	n := 0
	c.OnRead = func(context.Context, string, people.Whose) error { n++; return nil }
	for _, text := range []string{"sch", "Scha", "015112345678"} {
		n = 0
		found, err := c.Find(t.Context(), "acc_1", "hall", text)
		if err != nil || len(found) != 20 || n != 20 {
			t.Fatalf("%s: %d found, %d audited, %v", text, len(found), n, err)
		}
		if text != "Scha" && found[0].ID != "hall-a0000" {
			t.Errorf("%s: first comes %s", text, found[0].ID)
		}
	}
}

func TestARowPutInAnothersPlaceIsNotOpened(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	c := newContacts(t, db)
	put(t, c, hall("hall-a0001"), someone("Meier", "+4915112345678"), noon)
	if err := db.write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO contact SELECT office, 'hall-a0002', kind, ends, key_id, wrapped, sealed FROM contact`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Recipient(t.Context(), hall("hall-a0002")); !errors.Is(err, people.ErrSealed) {
		t.Fatal(err)
	}
}

// sealedBytes are what is stored of a contact: its sealed text, its wrapped key
// and its hashes.
func sealedBytes(t *testing.T, db *DB, w people.Whose) [][]byte {
	t.Helper()
	r, err := db.Contact(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.readers.Query(`SELECT hash FROM contact_hash WHERE office = ? AND id = ?`, w.Office, w.ID)
	hashes, err := collect(rows, err, func(rows *sql.Rows) (b []byte, err error) { err = rows.Scan(&b); return b, err })
	if err != nil || len(hashes) != 4 {
		t.Fatalf("%d hashes, %v", len(hashes), err)
	}
	return append(hashes, r.Wrapped, r.Text[:32])
}

func TestNothingOfAnErasedContactIsInAnyFile(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	c := newContacts(t, db)
	ctx := t.Context()
	var needles [][]byte
	for i := range 200 {
		w := hall(fmt.Sprintf("hall-a%04d", i*79%200))
		put(t, c, w, someone(fmt.Sprintf("%03d %s", i, strings.Repeat("Gabelmacher ", 1+i%6)), fmt.Sprintf("+4915112%06d", i)), noon.Add(time.Duration(i)*time.Minute))
		if i < 100 {
			needles = append(needles, sealedBytes(t, db, w)...)
		}
	}
	if found := holds(t, db.dir, []byte("Gabelmacher"), []byte("4915112000"), []byte("gabelmacher")); len(found) > 0 {
		t.Fatalf("a name stands in %v", found)
	}
	if found := holds(t, db.dir, needles...); len(found) == 0 {
		t.Fatal("the sealed rows are not where this test looks for them")
	}
	n, err := c.EraseDue(ctx, noon.Add(99*time.Minute))
	if err != nil || n != 100 {
		t.Fatalf("erased %d, %v", n, err)
	}
	if found := holds(t, db.dir, needles...); len(found) > 0 {
		t.Fatalf("something is left in %v", found)
	}
	one := hall(fmt.Sprintf("hall-a%04d", 150*79%200))
	needles = sealedBytes(t, db, one)
	for range 2 { // none is fine
		if err := c.Erase(ctx, one, people.ErasedRequest); err != nil {
			t.Fatal(err)
		}
		if found := holds(t, db.dir, needles...); len(found) > 0 {
			t.Fatalf("something is left in %v", found)
		}
	}
	kept, err := c.Kept(ctx, "hall")
	if err != nil || !slices.Equal(kept, []people.KeptKind{{Kind: "appointment", Count: 99, Earliest: noon.Add(100 * time.Minute), Latest: noon.Add(199 * time.Minute)}}) {
		t.Fatalf("%+v, %v", kept, err)
	}
	erased, err := c.Erased(ctx, "hall", "2026-01-01")
	day := noon.Format(time.DateOnly)
	want := []people.ErasedDay{{Day: day, Kind: "appointment", Why: "request", Count: 1, Scrubbed: noon},
		{Day: day, Kind: "appointment", Why: "term", Count: 100, Scrubbed: noon.Add(99 * time.Minute)}}
	if err != nil || !slices.Equal(erased, want) {
		t.Fatalf("%+v, %v", erased, err)
	}
	if erased, err := c.Erased(ctx, "hall", "2099-01-01"); err != nil || len(erased) > 0 {
		t.Fatalf("%+v, %v", erased, err)
	}
}

// A reader that holds an old state keeps the log from being cut. The erasing
// says so, and the next one finishes it.
func TestAnErasingCutShortIsFinishedByTheNext(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	c := newContacts(t, db)
	put(t, c, hall("hall-a0001"), someone("Meier", "+4915112345678"), noon)
	needles := sealedBytes(t, db, hall("hall-a0001"))
	old, err := db.readers.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := old.QueryRow(`SELECT count(*) FROM contact`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Erase(short, hall("hall-a0001"), people.ErasedCancelled); err == nil {
		t.Fatal("the log could be cut under a reader")
	}
	erased, err := c.Erased(t.Context(), "hall", "")
	if err != nil || len(erased) != 1 || !erased[0].Scrubbed.IsZero() {
		t.Fatalf("%+v, %v", erased, err)
	}
	if err := old.Rollback(); err != nil {
		t.Fatal(err)
	}
	if n, err := c.EraseDue(t.Context(), noon); err != nil || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	if found := holds(t, db.dir, needles...); len(found) > 0 {
		t.Fatalf("something is left in %v", found)
	}
	if erased, _ := c.Erased(t.Context(), "hall", ""); len(erased) != 1 || !erased[0].Scrubbed.Equal(noon) {
		t.Fatalf("%+v", erased)
	}
}

func TestTheTownKeyOfContactsAndNotesIsChangedWhileTheServerRuns(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	first, second := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	ctx := t.Context()
	derived, notes := newContacts(t, db), newNotes(t, db)
	put(t, derived, hall("hall-a0001"), someone("Meier", "+4915112345678"), noon)
	if err := notes.Put(ctx, people.Key{Office: "hall", Ticket: "t1"}, "2026-03-30", "note"); err != nil {
		t.Fatal(err)
	}
	one := newContacts(t, db, first)
	put(t, one, hall("hall-a0002"), someone("Mayer", "+4915112345678"), noon)
	needles := append(sealedBytes(t, db, hall("hall-a0001"))[4:5], sealedBytes(t, db, hall("hall-a0002"))[4])
	tool, err := Open(ctx, db.dir, Options{Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	two := newContacts(t, tool, second, first)
	if n, err := two.Rewrap(ctx); err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := two.Rewrap(ctx); err != nil || n != 0 {
		t.Fatalf("again: %d, %v", n, err)
	}
	if err := tool.Close(); err != nil {
		t.Fatal(err)
	}
	if found := holds(t, db.dir, needles...); len(found) > 0 {
		t.Errorf("keys wrapped with the old one are left in %v", found)
	}
	seal, err := people.NewSeal(second)
	if err != nil {
		t.Fatal(err)
	}
	secrets, _ := access.LoadSecrets(db.dir)
	alone := people.NewContacts(db, seal, secrets.FindKey())
	for _, id := range []string{"hall-a0001", "hall-a0002"} {
		if _, err := alone.Recipient(ctx, hall(id)); err != nil {
			t.Errorf("%s with the newest key alone: %v", id, err)
		}
		if _, err := one.Recipient(ctx, hall(id)); !errors.Is(err, people.ErrSealed) {
			t.Errorf("%s with the old key: %v", id, err)
		}
	}
	if held, err := alone.OfPhone(ctx, "hall", "015112345678"); err != nil || len(held) != 2 {
		t.Errorf("found after the change: %v, %v", held, err)
	}
	both, err := people.NewSeal(second, secrets.PeopleKey())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := people.NewNotes(db, both).Rewrap(ctx); err != nil || n != 1 {
		t.Fatalf("%d notes, %v", n, err)
	}
	if text, err := people.NewNotes(db, seal).Get(ctx, "acc_1", people.Key{Office: "hall", Ticket: "t1"}); err != nil || text != "note" {
		t.Fatalf("%q, %v", text, err)
	}
}

func TestContactsMoveAndGoWhileOthersDo(t *testing.T) {
	db := openAt(t, t.TempDir(), Options{})
	c := newContacts(t, db)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 10 {
				wish, booked := hall(fmt.Sprintf("hall-w%d%d", g, i)), hall(fmt.Sprintf("hall-a%d%d", g, i))
				err := c.Put(t.Context(), wish, someone("Meier", "+4915112345678"), noon)
				err = errors.Join(err, c.Move(t.Context(), wish, booked, noon.Add(time.Hour)))
				if i%2 == 0 {
					err = errors.Join(err, c.Erase(t.Context(), booked, people.ErasedCancelled))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	kept, err := c.Kept(t.Context(), "hall")
	if err != nil || len(kept) != 1 || kept[0].Count != 20 {
		t.Fatalf("%+v, %v", kept, err)
	}
	erased, err := c.Erased(t.Context(), "hall", "")
	if err != nil || len(erased) != 1 || erased[0].Count != 20 {
		t.Fatalf("%+v, %v", erased, err)
	}
	var orphans int
	if err := db.readers.QueryRow(`SELECT count(*) FROM contact_hash h WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = h.id)`).Scan(&orphans); err != nil || orphans > 0 {
		t.Fatalf("%d hashes of nobody, %v", orphans, err)
	}
}
