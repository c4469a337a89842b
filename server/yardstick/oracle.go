package yardstick

import (
	"math"
	"time"

	"aufruf/server/exchange"
	"aufruf/server/forecast"
	"aufruf/server/respond"
	"aufruf/server/simday"
)

// Ours is the system of the product, as "aufruf forecast" runs it.
func Ours(perDesk bool) Maker {
	name := "Aufruf"
	if perDesk {
		name = "Aufruf, desks told apart"
	}
	return Maker{Name: name, Ours: !perDesk, New: func(*Days) (System, error) { return &answering{s: respond.New(perDesk)}, nil }}
}

// Oracle is the limit: the same look ahead, from the same visible state, with
// the true parameters instead of learned ones.
func Oracle() Maker {
	return Maker{Name: LimitName, Limit: true, New: func(d *Days) (System, error) {
		if d.Towns == nil {
			return nil, nil
		}
		worlds := make([]forecast.World, len(d.Towns))
		for i, t := range d.Towns {
			worlds[i] = worldOf(t)
		}
		s := respond.New(false)
		s.Know = func(office int, learned *forecast.World) {
			true := worlds[office]
			// Bookings that are still to be made: how many there are a day is
			// visible, and not a parameter.
			true.SameDay, true.Comes = learned.SameDay, learned.Comes
			*learned = true
		}
		return &answering{s: s}, nil
	}}
}

// answering is a respond.System whose lines are known to be good.
type answering struct{ s *respond.System }

func (a *answering) Take(l *exchange.Line) *exchange.Answer {
	answer, err := a.s.Take(l)
	if err != nil {
		panic(err) // cannot happen: the days were checked when they were read or made
	}
	return answer
}

// fine is how many middles of strata a true distribution is made from.
const fine = 96

func middle(k, n int) float64 { return (float64(k) + 0.5) / float64(n) }

// z is the quantile of the standard normal distribution.
func z(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func tableOf(l simday.Lognormal) *forecast.Table {
	var all []time.Duration
	for k := range fine * 8 {
		all = append(all, seconds(l.At(z(middle(k, fine*8)))))
	}
	return forecast.TableOf(all)
}

// worldOf is what a simulation really does, as the forecast draws from it.
func worldOf(t *simday.Truth) forecast.World {
	w := forecast.World{Lengths: map[string]forecast.Length{}, DeskSkew: map[string]float64{},
		Unknown: forecast.Length{Mu: math.Log(8), Sigma: 0.6},
		Walk:    tableOf(t.Walk), Reaction: tableOf(t.React), Absent: t.AbsentShare, NoShow: forecast.NoShowOf(t.NoShow),
		NoShowWait: int64(seconds(float64(t.Policy.NoShowWaitS))), Arrivals: t.WalkIns, Idle: t.Forget}
	below := 0.0
	for _, s := range t.Services {
		w.Lengths[s.ID] = forecast.Length{Mu: s.Mu, Sigma: s.Sigma}
		below += s.Share
		for len(w.Mix) < fine*4 && middle(len(w.Mix), fine*4) < below {
			w.Mix = append(w.Mix, s.ID)
		}
	}
	for _, d := range t.Desks {
		w.DeskSkew[d.ID] = math.Log(d.Factor)
	}
	var wrap, settle, open, offset []time.Duration
	for i := range fine {
		ready := t.Wrap.At(z(middle(i, fine)))
		for j := range fine {
			u := middle(j, fine)
			away := 0.0
			if u > 1-t.AbsenceShare {
				away = t.Absence.At(z((u - 1 + t.AbsenceShare) / t.AbsenceShare))
			}
			wrap = append(wrap, seconds(ready+away))
			late := t.Settle.At(z(middle(i, fine)))
			settle = append(settle, seconds(late))
			if u > 1-t.LateShare {
				late = t.LateOpen.At(z((u - 1 + t.LateShare) / t.LateShare))
			}
			open = append(open, seconds(late))
			offset = append(offset, seconds(t.Offset.At(middle((j*37+i)%fine, fine), z(middle(i, fine)), -math.Log(1-u))))
		}
	}
	now := forecast.TableOf([]time.Duration{0})
	w.After = [...]*forecast.Table{forecast.AfterFinish: forecast.TableOf(wrap), forecast.AfterNoShow: now, forecast.AfterOpening: now}
	w.OpenLate, w.BackLate, w.Offset = forecast.TableOf(open), forecast.TableOf(settle), forecast.TableOf(offset)
	if t.Patience > 0 {
		hazard := 1 / (t.Patience * float64(time.Second))
		w.Silent, w.Cancel = hazard*(1-t.SaysSo), hazard*t.SaysSo
	}
	return w
}
