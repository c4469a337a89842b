package app_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"aufruf/server/app"
	"aufruf/server/people"
	"aufruf/server/sqlite"
)

// openPeople opens the contacts of a program beside it, with the keys of the
// environment.
func openPeople(t *testing.T, p *program) *people.Contacts {
	t.Helper()
	db, err := sqlite.Open(t.Context(), p.data, sqlite.Options{Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, contacts, err := app.OpenPeople(db, p.data)
	if err != nil {
		t.Fatal(err)
	}
	return contacts
}

func TestTheKeyOfContactsIsChangedOnTheCommandLineWhileTheServerRuns(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	w := people.Whose{Office: "hall", ID: "hall-a0001"}
	ctx := context.Background()
	if err := openPeople(t, p).Put(ctx, w, people.Contact{Surname: "Gabelmacher", Phone: "+4915112345678"}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	rewrap := func(key string) (string, error) {
		cmd := exec.Command(p.bin, "keys", "rewrap", "--config", p.config, "--data", p.data)
		cmd.Env = append(os.Environ(), people.KeyVariable+"="+key)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := rewrap("short"); err == nil || strings.Contains(out, "goroutine") {
		t.Errorf("a bad key: %v\n%s", err, out)
	}
	key := strings.Repeat("ab", 32)
	for _, want := range []string{"1 contacts", "0 contacts"} {
		if out, err := rewrap(key); err != nil || !strings.Contains(out, want) || strings.Contains(out, key) {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if _, err := openPeople(t, p).Recipient(ctx, w); err == nil {
		t.Error("the derived key still opens it")
	}
	t.Setenv(people.KeyVariable, key)
	if c, err := openPeople(t, p).Recipient(ctx, w); err != nil || c.Surname != "Gabelmacher" {
		t.Errorf("with the new key: %v", err)
	}
}

// What the program itself does hourly: a contact whose time is up goes, from
// every file.
func TestAContactGoesWhenItsTimeIsUp(t *testing.T) {
	p := newProgram(t, smallTown)
	p.start()
	w := people.Whose{Office: "hall", ID: "hall-a0001"}
	if err := openPeople(t, p).Put(t.Context(), w, people.Contact{Surname: "Gabelmacher"}, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	p.kill()
	p.start() // it looks at the start, and whenever a day opens
	contacts := openPeople(t, p)
	for deadline := time.Now().Add(20 * time.Second); ; {
		erased, err := contacts.Erased(t.Context(), "hall", "")
		if err != nil {
			t.Fatal(err)
		}
		if len(erased) == 1 && !erased[0].Scrubbed.IsZero() && erased[0].Why == people.ErasedTerm {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", erased)
		}
		time.Sleep(time.Millisecond)
	}
	if bytes.Contains([]byte(p.output.String()), []byte("Gabelmacher")) {
		t.Error("the log names it")
	}
}
