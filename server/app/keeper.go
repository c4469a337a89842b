package app

import (
	"context"
	"time"

	"aufruf/server/office"
	"aufruf/server/queue"
)

// keeper lets go what may be kept no longer: contacts when their end has come,
// notes when their day is closed, journals and statistics when their retention
// ends. It looks at start, whenever a day opens and every hour, and tries again
// after a fault.
type keeper struct {
	app  *App
	wake chan struct{}
}

func newKeeper(a *App) *keeper {
	k := &keeper{app: a, wake: make(chan struct{}, 1)}
	a.town.Observe(func(_ *office.Office, _ *queue.State, stored []office.Stored) {
		for _, s := range stored {
			for _, e := range s.Body.Events {
				if _, ok := e.(queue.DayOpened); ok {
					k.poke()
				}
			}
		}
	})
	k.poke()
	return k
}

func (k *keeper) poke() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func (k *keeper) run(ctx context.Context) {
	retry := time.NewTimer(time.Hour)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		case <-retry.C:
		}
		again := time.Hour
		// Who booked just before a stop has a contact whose end is still that of
		// the hold. A journal that cannot be read keeps nobody's contact for ever.
		if err := k.app.notify.Settle(ctx); err != nil && ctx.Err() == nil {
			k.app.log.Error("read what was booked before contacts are erased", "error", err)
			again = time.Minute
		}
		if _, err := k.app.people.EraseDue(ctx, k.app.now()); err != nil && ctx.Err() == nil {
			k.app.log.Error("erase contacts whose time is up", "error", err)
			again = time.Minute
		}
		for _, o := range k.app.town.Offices() {
			if err := k.keep(ctx, o); err != nil && ctx.Err() == nil {
				k.app.log.Error("let go what may not be kept", "office", o.ID(), "error", err)
				again = time.Minute
			}
		}
		retry.Reset(again)
	}
}

func (k *keeper) keep(ctx context.Context, o *office.Office) error {
	day := o.State().Day
	if _, err := k.app.notes.EraseDay(ctx, o.ID(), day.AddDays(-1).String()); err != nil {
		return err
	}
	if days := k.app.opt.Config.Retention.StatisticsDays; days > 0 {
		if _, err := k.app.stats.Erase(ctx, o.ID(), day.AddDays(-days)); err != nil {
			return err
		}
	}
	days := k.app.opt.Config.Retention.JournalDays
	if days == 0 {
		return nil
	}
	oldest := day.AddDays(-days).Start(o.Rules().Hours.Zone)
	if _, err := k.app.notify.Erase(ctx, o.ID(), oldest); err != nil {
		return err
	}
	var before uint64
	for rec, err := range k.app.db.Journal().Read(ctx, o.ID(), 0) {
		if err != nil {
			return err
		}
		if !rec.At.Before(oldest) {
			break
		}
		if rec.Opening {
			before = rec.Seq
		}
	}
	if before == 0 {
		return nil
	}
	return k.app.db.Journal().Trim(ctx, o.ID(), before)
}
