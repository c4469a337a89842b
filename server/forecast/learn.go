package forecast

import (
	"math"
	"time"

	"aufruf/server/queue"
)

// Learn folds one record into the model. s is the state before the record. It
// is called for every record of an office in their order, on every node, and
// gives the same model on each.
func (m *Model) Learn(r *queue.Rules, s *queue.State, d *Day, meta queue.Meta, b queue.Body) {
	at := meta.At.UnixNano()
	freed := ""
	for _, e := range b.Events {
		switch e := e.(type) {
		case queue.TicketIssued:
			m.arrived(r, d, at, e)
		case queue.AppointmentAdded:
			m.bookedAhead(d, at, e.For, e.Services)
		case queue.AppointmentBooked:
			m.bookedAhead(d, at, e.For, e.Services)
		case queue.AppointmentArrived:
			m.habits().Came[m.leadOf(s, e.Appointment)]++
			m.visitors++
			m.habits().Offset.add(meta.At.Sub(e.For).Nanoseconds(), 1)
		case queue.AppointmentMissed:
			// One of a day on which nobody ran the program was perhaps kept.
			if a := s.Appointment(e.Appointment); a == nil || a.At.Before(d.Start.Add(25*time.Hour)) {
				m.habits().Missed[m.leadOf(s, e.Appointment)]++
			}
		case queue.TicketLeft:
			if t := s.Ticket(e.Ticket); t != nil && !t.Booked && t.State == queue.Waiting {
				m.Left++
				m.Waited += meta.At.Sub(t.Since).Minutes()
			}
			m.free(s, e.Ticket, at, AfterNoShow)
		case queue.TicketCalled:
			m.calls(r, s, e, at, freed != "")
		case queue.TicketStarted:
			if t := s.Ticket(e.Ticket); t != nil && t.Calls == 1 {
				m.learn(paceWalk, &m.Walk).add(at-t.CalledAt.UnixNano(), 1)
			}
		case queue.TicketFinished:
			freed = e.Ticket
			m.finished(r, s, e, meta)
		case queue.TicketTransferred:
			if t := s.Ticket(e.Ticket); t != nil && e.Next {
				m.measure(r, s, t, meta, t.StartedAt)
			}
			m.free(s, e.Ticket, at, AfterFinish)
		case queue.TicketNotShown:
			m.notShown(s, e, at)
		case queue.TicketParked:
			m.free(s, e.Ticket, at, AfterNoShow)
		case queue.TicketRequeued:
			m.free(s, e.Ticket, at, AfterNoShow)
		case queue.TicketSent:
			m.free(s, e.Ticket, at, AfterFinish)
		case queue.DeskUndone:
			m.undone(e)
		case queue.DeskOpened, queue.DeskPaused, queue.DeskResumed, queue.DeskClosed:
			m.attends(r, s, d, e, at)
		case queue.DayClosed:
			m.closeDay(r, d)
		case queue.DayOpened:
			m.openDay()
			m.openedAt = at
		}
	}
}

func (m *Model) leadOf(s *queue.State, appointment string) int {
	if a := s.Appointment(appointment); a != nil {
		return leadTime(a.BookedAt.UnixNano(), a.At.UnixNano())
	}
	return leadToday
}

// arrived counts a walk-in.
func (m *Model) arrived(r *queue.Rules, d *Day, at int64, e queue.TicketIssued) {
	m.visitors++
	if h := int((at - d.Start.UnixNano()) / (30 * minute)); h >= 0 && h < len(m.today) {
		m.today[h]++
	}
	if len(e.Services) > 0 {
		m.service(e.Services[0].Service).Came++
	}
}

// bookedAhead counts an appointment that is made for the day that runs.
func (m *Model) bookedAhead(d *Day, at int64, due time.Time, items []queue.Item) {
	h := int((due.UnixNano() - d.Start.UnixNano()) / (30 * minute))
	if len(items) > 0 {
		m.service(items[0].Service).Came++
	}
	if at <= m.openedAt || h < 0 || h >= len(m.booked) {
		return
	}
	habits := m.habits()
	habits.booked[h]++
	lead := int((due.UnixNano() - at) / (10 * minute))
	habits.Lead[min(max(lead, 0), leadBins-1)]++
}

// free notes that a desk stands free from now on.
func (m *Model) free(s *queue.State, ticket string, at int64, after After) {
	t := s.Ticket(ticket)
	if t == nil || t.State != queue.Called && t.State != queue.Serving {
		return
	}
	w := m.watched().at(t.Desk)
	w.FreeSince, w.After = at, after
}

// maxGap is the longest pause before a call that counts as one: beyond it the
// clerk was away for a reason of its own.
const maxGap = 45 * minute

// calls measures how long a desk took to call somebody who could be called.
func (m *Model) calls(r *queue.Rules, s *queue.State, e queue.TicketCalled, at int64, ended bool) {
	t := s.Ticket(e.Ticket)
	if t == nil {
		return
	}
	w := m.watched().at(e.Desk)
	m.keep(r, w)
	key := t.Key()
	since := r.CallableAt(&key)
	if w.FreeSince > 0 && t.State == queue.Waiting {
		switch gap := at - w.FreeSince; {
		case gap < 0 || gap > maxGap:
		case since <= w.FreeSince:
			m.learn(paceAfter<<w.After, &m.After[w.After]).add(gap, 1)
		case since-w.FreeSince > surelyFree:
			m.learn(paceReaction, &m.Reaction).add(at-since, 1)
			m.Tested++
		}
		m.ignored(r, s, e.Desk, t, since, at)
	}
	w = m.watched().at(e.Desk)
	w.Away = false
	w.FreeSince = 0
	if !t.Booked {
		m.Waited += float64(at-key.Since) / float64(minute)
	}
	if t.State == queue.Waiting && t.Promise != nil && !t.IssuedAt.IsZero() {
		m.Ledger.called(t.Promise, float64(at-t.IssuedAt.UnixNano())/float64(minute))
	}
}

// A desk is surely free so long after its last case, and calls somebody within
// patient if anybody is there.
const (
	surelyFree = 3 * minute
	patient    = minute
)

// ignored finds desks that stood free while somebody waited for them until
// another desk was done: nobody is there, though nobody said so.
func (m *Model) ignored(r *queue.Rules, s *queue.State, desk string, t *queue.Ticket, since, at int64) {
	desks := m.watched().desks
	for i := range desks {
		w := &desks[i]
		if w.ID == desk || w.Away || w.FreeSince == 0 || since-w.FreeSince < surelyFree || at-since < patient {
			continue
		}
		if d := s.Desk(w.ID); d.Phase != queue.PhaseOpen || d.Ticket != "" || !r.May(s, w.ID, t) {
			continue
		}
		w.Away = true
		m.Tested++
		m.Empty++
	}
}

// finished measures a case. Where nobody pressed start, it lasted from the
// call, and the way to the desk is part of it.
func (m *Model) finished(r *queue.Rules, s *queue.State, e queue.TicketFinished, meta queue.Meta) {
	t := s.Ticket(e.Ticket)
	if t == nil {
		return
	}
	start := t.StartedAt
	if start.IsZero() {
		start = e.StartedAt
		if t.Calls == 1 {
			m.learn(paceWalk, &m.Walk).add(0, 1)
		}
	}
	m.measure(r, s, t, meta, start)
	m.free(s, e.Ticket, meta.At.UnixNano(), AfterFinish)
}

// measure keeps a case until it can no longer be taken back.
func (m *Model) measure(r *queue.Rules, s *queue.State, t *queue.Ticket, meta queue.Meta, start time.Time) {
	if start.IsZero() || len(t.Leg) == 0 {
		return
	}
	w := m.watched().at(t.Desk)
	m.keep(r, w)
	n := 0
	for _, it := range t.Leg {
		n += max(it.Quantity, 1)
	}
	w.sample = sample{seq: meta.Seq, items: t.Leg, units: float64(n),
		length: meta.At.Sub(start).Nanoseconds(), free: !suited(r, s, t.Desk, meta.At)}
}

// suited reports whether anybody waits who may be called at a desk.
func suited(r *queue.Rules, s *queue.State, desk string, now time.Time) bool {
	for t := range s.Active {
		if t.State != queue.Waiting {
			continue
		}
		key := t.Key()
		if r.CallableAt(&key) <= now.UnixNano() && r.May(s, desk, t) {
			return true
		}
	}
	return false
}

// The shortest case that counts: anything below is a wrong press; and how far
// out a case may lie, in deviations, before it counts as a forgotten finish and
// is taken in.
const (
	shortestCase = 20 * second
	farOut       = 3.0
	takenIn      = 3.0
)

// keep learns from a desk's last case, once it cannot be taken back any more.
func (m *Model) keep(r *queue.Rules, w *DeskWatch) {
	c := w.sample
	w.sample = sample{}
	if c.seq == 0 || c.length < shortestCase {
		return
	}
	if len(c.items) > 1 {
		m.keepTogether(r, c)
		return
	}
	sv := r.Service(c.items[0].Service)
	if sv == nil {
		return
	}
	st := m.service(c.items[0].Service)
	base := math.Log(max(sv.Planned, time.Minute).Minutes()) - priorSkew
	x := logMinutes(c.length) - math.Log(c.units) - base
	within := m.within()
	mean := st.Mean
	spread := within
	if st.N < 3 {
		spread = within + priorTau2/(1+st.N)
		mean = float64(st.N*st.Mean) / (1 + st.N)
	}
	sd := math.Sqrt(spread)
	if m.perDesk {
		d := m.desk(w.ID)
		x -= d.Mean * d.N / (d.N + within/(0.15*0.15))
	}
	if x > mean+float64(farOut*sd) {
		x = mean + float64(takenIn*sd)
	}
	if x < mean-float64(3*sd) {
		x = mean - float64(3*sd)
	}
	if m.perDesk && st.N > 3 {
		d := m.desk(w.ID)
		d.N++
		d.Mean += (x - st.Mean) / d.N
	}
	m.Freedom += st.N / (st.N + 1)
	st.N++
	delta := x - st.Mean
	st.Mean += delta / st.N
	square := float64(delta * (x - st.Mean))
	st.SS += square
	m.Cases++
	m.Within += square
}

// keepTogether learns from a visit for several services how it differs from the
// sum of what they take alone.
func (m *Model) keepTogether(r *queue.Rules, c sample) {
	sum := 0.0
	for _, it := range c.items {
		sv := r.Service(it.Service)
		if sv == nil {
			return
		}
		st := m.service(it.Service)
		base := math.Log(max(sv.Planned, time.Minute).Minutes()) - priorSkew + float64(0.5*m.within())
		sum += float64(float64(max(it.Quantity, 1)) * exp(base+float64(st.N*st.Mean)/(priorCases+st.N)))
	}
	x := max(-1, min(1, logMinutes(c.length)-math.Log(sum)))
	m.TogetherCases++
	m.Together += (x - m.Together) / m.TogetherCases
}

func (m *Model) notShown(s *queue.State, e queue.TicketNotShown, at int64) {
	if t := s.Ticket(e.Ticket); t != nil && !t.Booked {
		m.Lost++
		m.NoShowWait += (float64(at-t.CalledAt.UnixNano())/float64(second) - m.NoShowWait) / m.Lost
	}
	m.free(s, e.Ticket, at, AfterNoShow)
}

func (m *Model) undone(e queue.DeskUndone) {
	w := m.watched().at(e.Desk)
	if w.sample.seq == e.Of {
		w.sample = sample{}
	}
	w.FreeSince = 0
}

// attends follows a desk's coming and going.
func (m *Model) attends(r *queue.Rules, s *queue.State, d *Day, e queue.Event, at int64) {
	switch e := e.(type) {
	case queue.DeskOpened:
		w := m.watched().at(e.Desk)
		plan := d.plan(deskIndex(r, e.Desk))
		if len(plan) == 0 {
			plan = d.Hours
		}
		if w.Back == 0 && len(plan) > 0 {
			m.learn(paceOpenLate, &m.OpenLate).add(max(0, at-plan[0].From.UnixNano()), 1)
		}
		w.FreeSince, w.After, w.Back, w.Away = at, AfterOpening, at, false
	case queue.DeskResumed:
		w := m.watched().at(e.Desk)
		if desk := s.Desk(e.Desk); !desk.Until.IsZero() {
			var spans []span
			for _, p := range d.plan(deskIndex(r, e.Desk)) {
				spans = append(spans, span{p.From.UnixNano(), p.To.UnixNano()})
			}
			m.learn(paceBackLate, &m.BackLate).add(max(0, at-backAt(spans, desk)), 1)
		}
		w.FreeSince, w.After, w.Back, w.Away = at, AfterOpening, at, false
	case queue.DeskPaused:
		w := m.watched().at(e.Desk)
		w.FreeSince = 0
	case queue.DeskClosed:
		m.watched().at(e.Desk).FreeSince = 0
	}
}

func deskIndex(r *queue.Rules, desk string) int {
	for i := range r.Desks {
		if r.Desks[i].ID == desk {
			return i
		}
	}
	return -1
}

// closeDay folds the day's counts.
func (m *Model) closeDay(r *queue.Rules, d *Day) {
	desks := m.watched().desks
	for i := range desks {
		m.keep(r, &desks[i])
	}
	if m.visitors == 0 {
		return
	}
	m.Days++
	habits := m.habits()
	habits.Weekdays[d.Weekday]++
	for h, n := range m.today {
		habits.Arrivals[d.Weekday][h] += n
		habits.SameDay[h] += habits.booked[h]
	}
	for i := range r.Desks {
		came := m.watch.desk(r.Desks[i].ID).Back != 0
		if came {
			m.desk(r.Desks[i].ID).Open++
		}
		if len(d.plan(i)) > 0 {
			m.Planned++
			if !came {
				m.Missing++
			}
		}
	}
}

// openDay lets old days fade and forgets what was of yesterday alone.
func (m *Model) openDay() {
	habits := m.habits()
	m.watch, m.mineWatch = Watch{}, true
	m.today, habits.booked, m.visitors = [48]float64{}, [48]float64{}, 0
	cases, days := fading(halfLifeCases), fading(halfLifeDays)
	for i := range m.Services {
		s := &m.Services[i]
		s.N, s.SS, s.Came = float64(s.N*cases), float64(s.SS*cases), float64(s.Came*days)
	}
	m.Cases, m.Within, m.Freedom = float64(m.Cases*cases), float64(m.Within*cases), float64(m.Freedom*cases)
	for i := range m.Desks {
		m.Desks[i].N = float64(m.Desks[i].N * fading(halfLifeDesks))
		m.Desks[i].Open = float64(m.Desks[i].Open * days)
	}
	m.Paces.each(func(name pace, at **Hist) { m.learn(name, at).fade(days) })
	habits.Offset.fade(days)
	for i := range habits.Came {
		habits.Came[i], habits.Missed[i] = float64(habits.Came[i]*days), float64(habits.Missed[i]*days)
	}
	m.TogetherCases = float64(m.TogetherCases * cases)
	for _, n := range []*float64{&m.Days, &m.Waited, &m.Lost, &m.Left, &m.Planned, &m.Missing, &m.Tested, &m.Empty} {
		*n = float64(*n * days)
	}
	for h := range habits.SameDay {
		habits.SameDay[h] = float64(habits.SameDay[h] * days)
	}
	for i := range habits.Lead {
		habits.Lead[i] = float64(habits.Lead[i] * days)
	}
	m.Ledger.Kept = float64(m.Ledger.Kept * days)
	for wd := range habits.Arrivals {
		habits.Weekdays[wd] = float64(habits.Weekdays[wd] * days)
		for h := range habits.Arrivals[wd] {
			habits.Arrivals[wd][h] = float64(habits.Arrivals[wd][h] * days)
		}
	}
}
