package app

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"aufruf/display"
	"aufruf/server/calendar"
)

// scores are what screens tell of how often the waits that were told came true,
// by office. Only offices with a screen that tells it are in there.
type scores map[string]*atomic.Int64

const (
	scoreEvery = time.Minute
	scoreDays  = 28 // that count
	scoreFew   = 50 // promises; fewer say nothing
)

func newScores(screens []display.Screen) scores {
	s := scores{}
	for i := range screens {
		sc := &screens[i]
		if !sc.Score {
			continue
		}
		if s[sc.Office] == nil {
			s[sc.Office] = &atomic.Int64{}
		}
		told := s[sc.Office]
		sc.Told = func() int { return int(told.Load()) }
	}
	return s
}

// run works the scores out now and every so often, until ctx ends.
func (s scores) run(ctx context.Context, a *App) {
	for len(s) > 0 {
		for office, told := range s {
			if err := s.workOut(ctx, a, office, told); err != nil && ctx.Err() == nil {
				a.log.Error("work out the score for a screen", "office", office, "error", err)
			}
		}
		pause := time.NewTimer(scoreEvery)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

func (s scores) workOut(ctx context.Context, a *App, office string, told *atomic.Int64) error {
	if err := a.stats.CatchUp(ctx, office); err != nil {
		return err
	}
	o, _ := a.town.Office(office)
	today := calendar.DateOf(a.now(), o.Rules().Hours.Zone)
	l, err := a.stats.Ledger(ctx, office, today.AddDays(-scoreDays), today)
	if err != nil {
		return err
	}
	score := int64(0)
	if l.All.N >= scoreFew {
		score = int64(math.Round(100 * l.All.Inside))
	}
	if told.Swap(score) != score {
		a.cast.Poke(office)
	}
	return nil
}
