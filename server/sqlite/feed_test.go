package sqlite

import (
	"testing"
	"time"

	"aufruf/server/feed"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsRememberedOfACalendarIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	db := openAt(t, dir, Options{})
	if st, err := db.FeedStatus(ctx, "one"); err != nil || !cmp.Equal(st, feed.Status{}) {
		t.Fatalf("%+v, %v", st, err)
	}
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	status := feed.Status{Tried: at, Good: at, Fault: &feed.Fault{Code: feed.FaultBroken, Params: map[string]any{"Line": 3.0}}, Fails: 2, Notes: feed.Notes{feed.NoteAllDay: 4}, ETag: `"x"`, Digest: "d"}
	one := feed.Known{UID: "u1", Appointment: "hall-a0001", At: at, Services: "card*1", Code: "c", Turn: 1}
	two := feed.Known{UID: "u2", At: at.Add(-time.Hour), Gone: feed.GoneHere, Turn: 7}
	for _, err := range []error{db.PutFeedStatus(ctx, "one", status), db.PutFeedKnown(ctx, "one", one), db.PutFeedKnown(ctx, "one", two), db.PutFeedKnown(ctx, "other", one)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	one.Turn = 2
	if err := db.PutFeedKnown(ctx, "one", one); err != nil {
		t.Fatal(err)
	}
	db.Close()
	db = openAt(t, dir, Options{})
	got, err := db.FeedStatus(ctx, "one")
	if err != nil || !cmp.Equal(got, status) {
		t.Errorf("%v, %s", err, cmp.Diff(status, got))
	}
	known, err := db.FeedKnown(ctx, "one")
	if err != nil || !cmp.Equal(known, map[string]feed.Known{"u1": one, "u2": two}) {
		t.Errorf("%v, %+v", err, known)
	}
	if err := db.DropFeedKnown(ctx, "one", at); err != nil {
		t.Fatal(err)
	}
	if known, err = db.FeedKnown(ctx, "one"); err != nil || len(known) != 1 {
		t.Errorf("%v, %+v", err, known)
	}
}
