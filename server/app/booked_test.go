package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aufruf/server/config"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

// The plug is pulled right after a booking, and for hours: its contact is kept
// for the visit, and not let go with the hold.
func TestWhoBookedJustBeforeAStopIsNotForgotten(t *testing.T) {
	cfg, problems := config.Parse("test", []byte(strings.Replace(oneOffice, "hours: []", `hours: [{ weekdays: [tuesday, thursday], spans: ["08:00-18:00"] }]`, 1)))
	if err := problems.Err("en"); err != nil {
		t.Fatal(err)
	}
	var at atomic.Int64
	at.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	dir := t.TempDir()
	start := func() *App {
		a, err := Start(t.Context(), Options{Config: cfg, Data: dir, Listen: "127.0.0.1:0", Mute: true,
			Clock: func() time.Time { return time.Unix(0, at.Load()).UTC() }, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := start()
	do := func(id string, c queue.Command) *queue.Answer {
		t.Helper()
		r, err := a.town.Offices()[0].Do(t.Context(), office.Request{ID: office.RequestID("test", id), By: "test", Hash: sha256.Sum256([]byte(id)), Command: c})
		if err != nil {
			t.Fatal(err)
		}
		return r.Answer
	}
	card := []queue.Item{{Service: "card", Quantity: 1}}
	hold := do("hold", queue.HoldSlot{At: time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC), Services: card, Channel: queue.ChannelPhone})
	whose := people.Whose{Office: "hall", ID: hold.Appointment}
	if err := a.people.Put(t.Context(), whose, people.Contact{Surname: "Meier"}, hold.Until.Add(30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	orphan := people.Whose{Office: "hall", ID: "hall-a9999"}
	if err := a.people.Put(t.Context(), orphan, people.Contact{Surname: "Niemand"}, hold.Until.Add(30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	do("book", queue.BookHold{Hold: hold.Appointment})
	a.Stop()
	at.Add(int64(3 * time.Hour))
	a = start()
	defer a.Stop()
	eventually(t, "what nobody booked is erased", func() bool {
		_, err := a.people.Recipient(context.Background(), orphan)
		return errors.Is(err, people.ErrNone)
	})
	if _, err := a.people.Recipient(context.Background(), whose); err != nil {
		t.Errorf("the contact of who booked: %v", err)
	}
}
