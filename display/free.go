package display

import (
	"slices"
	"sync"
	"time"

	"aufruf/server/queue"
)

// Vacancy keeps what was counted last of an office's free appointments: counting
// takes milliseconds, and most new states have nothing to do with what is
// booked. It may be asked from anywhere at once; a nil one counts every time.
type Vacancy struct {
	mu     sync.Mutex
	state  *queue.State
	minute time.Time
	key    []vacant
	free   *queue.Free
}

// vacant is one of all the things on which the count depends.
type vacant struct {
	from, until int64
	minutes     int
	what        string
}

// Of is how many appointments citizens can still have today; nil where they
// book nothing.
func (v *Vacancy) Of(r *queue.Rules, s *queue.State, now time.Time) *queue.Free {
	if v == nil {
		return r.FreeOf(s, now)
	}
	// Times and leads are whole minutes: by the clock alone, what is free
	// changes once a minute.
	minute := now.Add(-1).Truncate(time.Minute)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.minute.Equal(minute) && v.state == s {
		return v.free
	}
	key := sold(r, s, now)
	if !v.minute.Equal(minute) || !slices.Equal(key, v.key) {
		v.free = r.FreeOf(s, now)
	}
	v.state, v.minute, v.key = s, minute, key
	return v.free
}

// sold lists what of a state the count depends on: what is booked, held and
// hidden today, and on which terms more is sold.
func sold(r *queue.Rules, s *queue.State, now time.Time) []vacant {
	from, to := s.Day.Start(r.Hours.Zone), s.Day.AddDays(1).Start(r.Hours.Zone)
	var key []vacant
	add := func(at time.Time, items []queue.Item, minutes int, until time.Time) {
		if at.Before(from) || !at.Before(to) {
			return
		}
		for _, it := range items {
			key = append(key, vacant{at.Unix(), until.Unix(), minutes, it.Service})
			key = append(key, vacant{minutes: it.Quantity})
		}
	}
	for _, a := range s.Between(from, to) {
		add(a.At, a.Services, a.Minutes, time.Time{})
	}
	for _, h := range s.Holds {
		if h.Until.After(now) {
			add(h.For, h.Services, h.Minutes, h.Until)
		}
	}
	for _, f := range s.Freed {
		if f.Until.After(now) {
			add(f.For, f.Services, f.Minutes, f.Until)
		}
	}
	shut := 0
	if s.Shut {
		shut = 1
	}
	key = append(key, vacant{from: from.Unix(), until: s.TermsAt.UnixNano(), minutes: shut})
	for _, e := range s.Extra {
		key = append(key, vacant{from: e.Day.Start(r.Hours.Zone).Unix(), minutes: e.N, until: int64(e.Hour)})
	}
	for i := range r.Services {
		key = append(key, vacant{from: int64(r.PlannedOn(s, r.Services[i].ID, s.Day))})
	}
	return key
}

// FreeText says how many appointments are still to be had today; "" where
// citizens book none.
func FreeText(texts Texts, lang string, n *int) string {
	return freeIn(texts, lang, n, "board.free_today", "board.free_none")
}

// FreeShort says it in a line with other things.
func FreeShort(texts Texts, lang string, n *int) string {
	return freeIn(texts, lang, n, "public.free_today", "public.free_none")
}

func freeIn(texts Texts, lang string, n *int, some, none string) string {
	switch {
	case n == nil:
		return ""
	case *n == 0:
		return texts.Text(lang, none, nil)
	}
	return texts.Text(lang, some, map[string]any{"Count": *n})
}
