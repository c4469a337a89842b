package yardstick

import (
	"cmp"
	"math"
	"slices"

	"aufruf/server/exchange"
)

// ZMS is the estimate of the municipal queue software of Berlin and Munich:
// one average for everything, desks that become free in even steps. It says
// its optimistic figure as p10 and its shown estimate for all else.
//
// Where the rule leaves something open it does what reproduces the figures
// published with the public days: an expected person stands in the list until
// they are late by the policy's grace, and every desk counts that is not on a
// break, opened or not.
type ZMS struct {
	floor   floor
	average float64 // minutes; 0 takes the measured mean
	lengths mean
}

// NewZMS makes the rule with the one average, in minutes, that an administrator
// typed in.
func NewZMS(average float64) *ZMS { return &ZMS{average: average} }

// NewMeasuredZMS makes the rule with the mean of the lengths seen so far in
// place of a typed average.
func NewMeasuredZMS() *ZMS { return &ZMS{} }

// Take implements System.
func (z *ZMS) Take(l *exchange.Line) *exchange.Answer {
	if l.Ev == exchange.EvHello {
		*z = ZMS{average: z.average}
		z.floor.onFinish = func(t *ticket) { z.lengths.add(float64(z.floor.now-t.servedAt) / 60) }
	}
	z.floor.take(l)
	return z.floor.answer(l, func(t *ticket) exchange.Quantiles {
		optimistic, estimate := z.estimate(t)
		return exchange.Quantiles{P10: min(optimistic, estimate), P50: estimate, P80: estimate, P90: estimate}
	})
}

// slot is how many seconds lie between two free desks.
func (z *ZMS) slot(desks int) float64 {
	average := z.average
	if average == 0 {
		average = z.lengths.or(10)
	}
	return average * 60 / float64(max(1, desks))
}

// lists returns the rule's two lists, each in its own order: booked people by
// appointment, walk-ins by the moment they drew their number.
func (z *ZMS) lists(target *ticket) (booked, walkins []*ticket) {
	f := &z.floor
	for _, t := range f.order {
		due := t.phase == expected && t.appt >= f.now-f.policy.LateGraceS
		switch {
		case t.phase != waiting && !due:
		case t.booked:
			booked = append(booked, t)
		default:
			walkins = append(walkins, t)
		}
	}
	if !target.booked && !slices.Contains(walkins, target) {
		walkins = append(walkins, target)
	}
	slices.SortStableFunc(booked, func(a, b *ticket) int { return cmp.Compare(a.appt, b.appt) })
	slices.SortStableFunc(walkins, func(a, b *ticket) int { return cmp.Compare(a.since, b.since) })
	return booked, walkins
}

// estimate plays the rule's one pass up to a ticket and returns its optimistic
// and its shown minutes.
func (z *ZMS) estimate(target *ticket) (optimistic, estimate float64) {
	booked, walkins := z.lists(target)
	desks := z.floor.present(-1)
	slot := z.slot(desks)
	now := float64(z.floor.now)
	due, best, worst := now+120, now, now+slot
	for skip, round := desks, 0; len(booked)+len(walkins) > 0; round++ {
		var t *ticket
		switch {
		case len(booked) > 0 && float64(booked[0].appt) <= due:
			t, booked = booked[0], booked[1:]
		case len(walkins) > 0:
			t, walkins = walkins[0], walkins[1:]
		}
		if t == target {
			optimistic, estimate = math.Floor((best-now)/60), math.Floor((worst-now)/60)
			if t.booked && best <= float64(t.appt) {
				estimate = 0
				if round > 0 {
					estimate = math.Ceil((due - now) / 60)
				}
				optimistic = min(optimistic, max(0, float64(t.appt)-now)/60)
			}
			return optimistic, estimate
		}
		if skip--; skip <= 0 {
			best += .8 * slot
		}
		worst += slot
		due += slot
	}
	return 0, 0
}
