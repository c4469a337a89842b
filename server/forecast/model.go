package forecast

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"aufruf/server/queue"
)

// Model is what was learned of one office, from its records alone and in their
// order. It is bounded: by the services and desks of the office, and by bins.
// Old cases fade. It holds nothing of single clerks, and of desks only when
// PerDesk is set.
type Model struct {
	Version  int           `json:"version"`
	Days     float64       `json:"days"` // days with visitors, faded
	Services []ServiceStat `json:"services,omitempty"`
	Desks    []DeskStat    `json:"desks,omitempty"`
	Cases    float64       `json:"cases"`   // measured, faded
	Freedom  float64       `json:"freedom"` // degrees of freedom of Within, faded
	Within   float64       `json:"within"`  // sum of squares of the logarithms about their services' means

	Paces
	*Habits
	Planned float64 `json:"planned"` // desks that were to open
	Missing float64 `json:"missing"` // of them, those that never did

	// Together is how visits for several services differ from the sum of their
	// lengths, of the logarithm, and of how many that was learned.
	Together      float64 `json:"together"`
	TogetherCases float64 `json:"together_cases"`
	Waited        float64 `json:"waited"`       // minutes that walk-ins waited, together
	Lost          float64 `json:"lost"`         // walk-ins who did not come to the call
	Left          float64 `json:"left"`         // walk-ins who left and said so
	NoShowWait    float64 `json:"no_show_wait"` // seconds from call to no-show, mean
	Tested        float64 `json:"tested"`       // times that somebody could be called at a desk that stood free
	Empty         float64 `json:"empty"`        // of them, those when nobody was there

	Ledger Ledger `json:"ledger"`

	// Of today, made again from the day's records:
	watch    Watch
	today    [48]float64 // walk-ins
	visitors int
	opened   map[string]bool
	perDesk  bool
	openedAt int64

	minePaces             pace // no clone shares these
	mineHabits, mineWatch bool
}

// Paces are how long things take beside the cases. What clones share of a model
// is copied when one of them learns, each histogram by itself: nearly all of a
// model is bins, and an office with one command at a time would spend a third of
// its work on copying them.
type Paces struct {
	Walk     *Hist             `json:"walk"`
	After    [afterCount]*Hist `json:"after"`
	Reaction *Hist             `json:"reaction"`
	OpenLate *Hist             `json:"open_late"`
	BackLate *Hist             `json:"back_late"`
}

// pace names histograms, each by a bit.
type pace uint8

const (
	paceWalk pace = 1 << iota
	paceReaction
	paceOpenLate
	paceBackLate
	paceAfter // and the next ones, by what it is after
	paceAll   = paceAfter<<afterCount - 1
)

// each gives all histograms with their names.
func (p *Paces) each(do func(pace, **Hist)) {
	do(paceWalk, &p.Walk)
	do(paceReaction, &p.Reaction)
	do(paceOpenLate, &p.OpenLate)
	do(paceBackLate, &p.BackLate)
	for i := range p.After {
		do(paceAfter<<i, &p.After[i])
	}
}

// Habits are who comes when, and how far ahead they book.
type Habits struct {
	Offset Offsets `json:"offset"`

	Came   [leadTimes]float64 `json:"came"`   // booked people who came, by how long before they booked
	Missed [leadTimes]float64 `json:"missed"` // and who did not

	// Bookings for the same day, made while it runs: how many by the half hour
	// of the appointment, and how long before it, in steps of ten minutes.
	SameDay [48]float64       `json:"same_day"`
	Lead    [leadBins]float64 `json:"lead"`

	Arrivals [7][48]float64 `json:"arrivals"` // walk-ins by weekday and half hour
	Weekdays [7]float64     `json:"weekdays"` // days of each weekday

	booked [48]float64 // bookings of today for today
}

// learn is one of the model's paces for learning, by its name and where it is.
func (m *Model) learn(name pace, at **Hist) *Hist {
	if m.minePaces&name == 0 {
		c := **at
		*at, m.minePaces = &c, m.minePaces|name
	}
	return *at
}

// habits are for learning.
func (m *Model) habits() *Habits {
	if !m.mineHabits {
		c := *m.Habits
		m.Habits, m.mineHabits = &c, true
	}
	return m.Habits
}

// watched is what the model saw of the desks today, for learning.
func (m *Model) watched() *Watch {
	if !m.mineWatch {
		m.watch.desks, m.mineWatch = slices.Clone(m.watch.desks), true
	}
	return &m.watch
}

const leadBins = 72

// ServiceStat is what was measured of a service: the logarithm of minutes per
// unit over the planned minutes.
type ServiceStat struct {
	ID   string  `json:"id"`
	N    float64 `json:"n"` // cases, faded
	Mean float64 `json:"mean"`
	SS   float64 `json:"ss"`   // squares about the mean
	Came float64 `json:"came"` // walk-ins who wanted it
}

// DeskStat is how a desk's cases differ from the office's, of the logarithm.
type DeskStat struct {
	ID   string  `json:"id"`
	N    float64 `json:"n"`
	Mean float64 `json:"mean"`
	Open float64 `json:"open"` // days on which it was open, faded
}

// modelVersion is written with a model; a newer one is refused.
const modelVersion = 1

// NewModel is a model that has seen nothing. With perDesk it learns how desks
// differ in speed, which towns switch on only with their works council.
func NewModel(perDesk bool) *Model {
	m := &Model{Version: modelVersion, perDesk: perDesk, Habits: new(Habits), minePaces: paceAll, mineHabits: true}
	m.Paces.each(func(_ pace, at **Hist) { *at = new(Hist) })
	return m
}

// Encode returns what was learned as bytes: equal models have equal bytes.
func (m *Model) Encode() []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // cannot happen: numbers are finite, see Learn
	}
	return b
}

// Decode reads what Encode wrote; nothing gives a new model. A model of a newer
// version is an error.
func Decode(b []byte, perDesk bool) (*Model, error) {
	m := NewModel(perDesk)
	if len(b) == 0 {
		return m, nil
	}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("decode what was learned: %w", err)
	}
	if m.Version > modelVersion {
		return nil, fmt.Errorf("what was learned has version %d, written by a newer program", m.Version)
	}
	m.Version = modelVersion
	return m, nil
}

// Clone returns a model that can learn without touching m. What the two share is
// copied when the clone learns, so m is not to learn any more as long as the
// clone is in use.
func (m *Model) Clone() *Model {
	c := *m
	c.minePaces, c.mineHabits, c.mineWatch = 0, false, false
	c.Services = slices.Clone(m.Services)
	c.Desks = slices.Clone(m.Desks)
	return &c
}

// Seasoned reports whether the model has seen a whole day: before, nobody knows
// how many people come without an appointment.
func (m *Model) Seasoned() bool { return m.Days > 0 }

// Rested is the model as it will be on another morning: without what was seen
// today.
func (m *Model) Rested() *Model {
	c := m.Clone()
	c.watch, c.today = Watch{}, [48]float64{}
	return c
}

// Watch is what the model saw of the desks today.
func (m *Model) Watch() *Watch { return &m.watch }

func (m *Model) service(id string) *ServiceStat {
	i, ok := slices.BinarySearchFunc(m.Services, id, func(s ServiceStat, id string) int { return cmp.Compare(s.ID, id) })
	if !ok {
		m.Services = slices.Insert(m.Services, i, ServiceStat{ID: id})
	}
	return &m.Services[i]
}

func (m *Model) deskAt(id string) (int, bool) {
	return slices.BinarySearchFunc(m.Desks, id, func(s DeskStat, id string) int { return cmp.Compare(s.ID, id) })
}

func (m *Model) desk(id string) *DeskStat {
	i, ok := m.deskAt(id)
	if !ok {
		m.Desks = slices.Insert(m.Desks, i, DeskStat{ID: id})
	}
	return &m.Desks[i]
}

// How quickly old days fade, as half-lives in days.
const (
	halfLifeCases = 25
	halfLifeDesks = 8
	halfLifeDays  = 40
)

func fading(halfLife float64) float64 { return math.Exp2(-1 / halfLife) }

// What is believed before anything was measured.
const (
	priorCases  = 4.0  // weight of the planned minutes, in cases
	priorWithin = 0.30 // variance of the logarithm within a service
	priorTau2   = 0.20 // variance between services
	priorSkew   = 0.30 // half of all the variance before anything was measured: the median lies so far below the planned mean
	leanFully   = 0.92
	sdOffice    = 0.14 // doubt about all services together
)

var (
	priorWalk = shape(lognormalPart{30 * second, 0.5, 1})
	priorWrap = shape(lognormalPart{36 * second, 0.7, 0.95}, lognormalPart{300 * second, 0.4, 0.05})
	priorNow  = shape(lognormalPart{2 * second, 0.7, 1})
	priorSoon = shape(lognormalPart{14 * second, 0.6, 1})
	priorLate = shape(lognormalPart{second / 2, 0.1, 0.3}, lognormalPart{95 * second, 0.7, 0.7})
	priorCome = func() *Offsets {
		o := new(Offsets)
		for k := range Paths {
			o.add(int64(float64(minute)*(-7+float64(5.5*normals[k]))), 0.9/Paths)
			o.add(int64(float64(minute)*float64(8*exponential[k])), 0.1/Paths)
		}
		return o
	}()
)

// World makes what was learned ready to be drawn from, for an instant of a day.
func (m *Model) World(r *queue.Rules, d *Day, now time.Time) *World {
	w := &World{
		Ledger:   m.Ledger,
		Walk:     m.Walk.table(priorWalk, 12),
		Reaction: m.Reaction.table(priorSoon, 12),
		OpenLate: m.OpenLate.table(priorLate, 6),
		BackLate: m.BackLate.table(priorLate, 6),
		Offset:   m.Offset.table(priorCome, 12),
		NoShow:   m.noShow(),
		Together: float64(m.Together*m.TogetherCases) / (m.TogetherCases + 6),
		Absent:   (m.Missing + 0.2) / (m.Planned + 20),
	}
	w.Comes = make(map[string]float64, len(r.Desks))
	for i := range r.Desks {
		open := 0.0
		if j, ok := m.deskAt(r.Desks[i].ID); ok {
			open = m.Desks[j].Open
		}
		w.Comes[r.Desks[i].ID] = (open + 0.5) / (m.Days + 1)
	}
	w.After[AfterFinish] = m.After[AfterFinish].table(priorWrap, 12)
	w.After[AfterNoShow] = m.After[AfterNoShow].table(priorNow, 4)
	w.After[AfterOpening] = m.After[AfterOpening].table(priorNow, 4)
	waited := (m.Waited + 600) * float64(minute)
	w.Silent = (m.Lost + 1) / waited
	w.Cancel = (m.Left + 0.6) / waited
	w.NoShowWait = int64((m.NoShowWait*m.Lost + 120*2) / (m.Lost + 2) * float64(second))
	w.Empty = (m.Empty + 0.1) / (m.Tested + 10)
	w.Idle = 0.01
	m.sameDay(w, d, now)
	// On the first days the tail is doubt about the office more than about the
	// wait, and the middle stays where it is.
	w.Lean = leanFully * min(1, m.Days/4)
	m.lengths(w, r)
	m.mix(w, r)
	m.arrivals(w, r, d, now)
	return w
}

// Lead times of bookings, for who does not come: the longer ago somebody booked,
// the likelier the person has forgotten.
const (
	leadToday = iota // booked on the day itself
	leadWeek         // up to a week before
	leadLonger
	leadTimes
)

// leadTime is how long before its time an appointment was booked.
func leadTime(booked, at int64) int {
	switch d := at - booked; {
	case d < 24*60*minute:
		return leadToday
	case d <= 7*24*60*minute:
		return leadWeek
	default:
		return leadLonger
	}
}

// noShow is the share of the booked who do not come, by lead time: shrunk
// towards the office's, which begins at what is usual in practice.
func (m *Model) noShow() (share [leadTimes]float64) {
	came, missed := 0.0, 0.0
	for i := range m.Came {
		came += m.Came[i]
		missed += m.Missed[i]
	}
	all := (missed + 1.5) / (came + missed + 10)
	const like = 20 // bookings that all others count against those of one lead time
	for i := range share {
		share[i] = (m.Missed[i] + float64(like*all)) / (m.Came[i] + m.Missed[i] + like)
	}
	return share
}

// Kept is of how many booked people the model has learned whether they came,
// old ones faded, and how many of them did not.
func (m *Model) Kept() (all, missed float64) {
	for i := range m.Came {
		all += m.Came[i] + m.Missed[i]
		missed += m.Missed[i]
	}
	return all, missed
}

// within is the variance of the logarithm within a service.
func (m *Model) within() float64 { return (m.Within + 8*priorWithin) / (m.Freedom + 8) }

// lengths shrinks each service's mean towards its category's, that towards the
// office's, and that towards the planned minutes (empirical Bayes on
// log-minutes).
func (m *Model) lengths(w *World, r *queue.Rules) {
	type group struct{ n, sum float64 }
	var all group
	within := m.within()
	cats := map[string]group{}
	for i := range m.Services {
		s := &m.Services[i]
		sv := r.Service(s.ID)
		if sv == nil || s.N == 0 {
			continue
		}
		// A service counts as its own mean: many cases of one say little about
		// the others.
		k := 1 / (priorTau2 + within/s.N)
		all.n += k
		all.sum += float64(k * s.Mean)
		c := cats[sv.Category]
		c.n += k
		c.sum += float64(k * s.Mean)
		cats[sv.Category] = c
	}
	const doubt = 1 / (sdOffice * sdOffice)
	office := all.sum / (all.n + doubt)
	w.SdOffice = math.Sqrt(1 / (all.n + doubt))
	tau2 := m.between(r, office, within)
	k := within / tau2
	own := func(id string, planned time.Duration, category string) Length {
		base := math.Log(planned.Minutes()) - priorSkew
		mean := office
		if c := cats[category]; c.n > 0 {
			const kin = 1 / (0.1 * 0.1) // categories differ little once services are known
			mean = (float64(kin*office) + c.sum) / (kin + c.n)
		}
		var n, mu, ss float64
		if i, ok := slices.BinarySearchFunc(m.Services, id, func(s ServiceStat, id string) int { return cmp.Compare(s.ID, id) }); ok {
			n, mu, ss = m.Services[i].N, m.Services[i].Mean, m.Services[i].SS
		}
		sigma2 := (ss + float64(8*within)) / (max(n-1, 0) + 8)
		return Length{Mu: base + (float64(k*mean)+float64(n*mu))/(k+n), Sigma: math.Sqrt(sigma2), Sd: math.Sqrt(within / (k + n))}
	}
	w.Lengths = make(map[string]Length, len(r.Services))
	for i := range r.Services {
		sv := &r.Services[i]
		w.Lengths[sv.ID] = own(sv.ID, max(sv.Planned, time.Minute), sv.Category)
	}
	w.Unknown = own("", 10*time.Minute, "")
	if m.perDesk {
		w.DeskSkew = make(map[string]float64, len(m.Desks))
		for _, d := range m.Desks {
			w.DeskSkew[d.ID] = d.Mean * d.N / (d.N + within/(0.15*0.15))
		}
	}
}

// between estimates how much services differ, from their means (DerSimonian and
// Laird's moments), shrunk towards what is believed beforehand.
func (m *Model) between(r *queue.Rules, office, within float64) float64 {
	n, sum := 6.0, 6*priorTau2
	for i := range m.Services {
		s := &m.Services[i]
		if s.N < 3 || r.Service(s.ID) == nil {
			continue
		}
		d := s.Mean - office
		sum += float64(d*d) - within/s.N
		n++
	}
	return max(0.02, sum/n)
}

// mix lists what walk-ins come for, each service as often as it is wanted.
func (m *Model) mix(w *World, r *queue.Rules) {
	total := 0.0
	wanted := make([]float64, len(r.Services))
	for i := range r.Services {
		wanted[i] = 0.2
		if j, ok := slices.BinarySearchFunc(m.Services, r.Services[i].ID, func(s ServiceStat, id string) int { return cmp.Compare(s.ID, id) }); ok {
			wanted[i] += m.Services[j].Came
		}
		total += wanted[i]
	}
	if total == 0 {
		return
	}
	w.Mix = make([]string, 0, Paths)
	below := 0.0
	for i := range r.Services {
		below += wanted[i]
		for len(w.Mix) < Paths && float64(level(uint8(len(w.Mix)))*total) < below {
			w.Mix = append(w.Mix, r.Services[i].ID)
		}
	}
}

// arrivals is how many walk-ins take a number in each half hour: of this
// weekday, shrunk towards all days, and moved by how busy today is so far.
func (m *Model) arrivals(w *World, r *queue.Rules, d *Day, now time.Time) {
	wd := int(d.Weekday)
	days := 0.0
	for _, n := range m.Weekdays {
		days += n
	}
	at := int(now.Sub(d.Start) / (30 * time.Minute))
	so, want := 0.0, 0.0
	for h := range w.Arrivals {
		all := 0.0
		for k := range m.Arrivals {
			all += m.Arrivals[k][h]
		}
		if days > 0 {
			const like = 3 // days that all others count against one weekday
			w.Arrivals[h] = (m.Arrivals[wd][h] + float64(like*all/days)) / (m.Weekdays[wd] + like)
		}
		if h < at {
			so += m.today[h]
			want += w.Arrivals[h]
		}
	}
	if days == 0 {
		// The first day ever: as it has been so far.
		first := slices.IndexFunc(m.today[:], func(n float64) bool { return n > 0 })
		if first >= 0 && at > first {
			for h := range w.Arrivals {
				w.Arrivals[h] = so / float64(at-first)
			}
		}
		return
	}
	const calm = 20 // walk-ins by which today is believed to be like any day
	factor := (so + calm) / (want + calm)
	for h := range w.Arrivals {
		w.Arrivals[h] = float64(w.Arrivals[h] * factor)
	}
}

// sameDay is how many bookings that nobody knows of yet may still come for each
// half hour of today.
func (m *Model) sameDay(w *World, d *Day, now time.Time) {
	if m.Days == 0 {
		return
	}
	leads := 0.0
	for _, n := range m.Lead {
		leads += n
	}
	if leads == 0 {
		return
	}
	total := 0.0
	for h, n := range m.SameDay {
		total += n
		middle := d.Start.Add(time.Duration(h)*30*time.Minute + 15*time.Minute)
		shorter := 0.0
		for i, n := range m.Lead {
			if time.Duration(i)*10*time.Minute < middle.Sub(now) {
				shorter += n
			}
		}
		w.SameDay[h] = n / m.Days * shorter / leads
	}
}
