package replay

import (
	"container/heap"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Program is the real program as a replay sees it: its address and the tokens
// it was given.
type Program struct {
	URL       string
	Office    string
	Clerk     string // token, for all desks
	Kiosk     string // token
	Reception string // token
	Screens   []string
	Board     string           // token
	Now       func() time.Time // the program's clock, which runs Speed times as fast
	Real      func() time.Time // the machine's clock
	Speed     float64
	Progress  io.Writer // a line now and then; nil: none
}

// Report is what came of a day.
type Report struct {
	Tickets, Served, Left, Open, Twice int
	Commands                           int
	MeanWait                           time.Duration // from the number to the first call, in the day's own time
	BoardP50, BoardP99                 time.Duration // next pressed to the frame at a board, in real time
	Frames                             int
	Differences                        []string // where a screen and the queue disagree at the end
}

// OK reports whether everybody was dealt with once and all screens agree.
func (r Report) OK() bool {
	return r.Open == 0 && r.Twice == 0 && r.Tickets == r.Served+r.Left && len(r.Differences) == 0
}

// phonesFollowing is how many tickets are followed to the end.
const phonesFollowing = 50

// act is one thing to do at an instant of the day.
type act struct {
	at   time.Duration
	rank int // within an instant: draw, leave, finish, press
	n    int
	do   func() error
}

type agenda []act

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if a[i].at != a[j].at {
		return a[i].at < a[j].at
	}
	if a[i].rank != a[j].rank {
		return a[i].rank < a[j].rank
	}
	return a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(act)) }
func (a *agenda) Pop() any     { old := *a; x := old[len(old)-1]; *a = old[:len(old)-1]; return x }

type player struct {
	p        Program
	log      *Log
	ctx      context.Context
	clerk    *client
	kiosk    *client
	front    *client // reception: gives priority
	agenda   agenda
	n        int
	midnight time.Time

	caseOf   map[string]int // ticket id → case
	link     map[string]string
	called   map[string]int // ticket id → calls by next
	atDesk   map[string]string
	starts   map[string][]time.Duration // desk → logged starts still to come
	waits    []time.Duration
	commands int

	boards []*follower
	phones []*follower
	follow sync.WaitGroup

	mu      sync.Mutex
	pressed map[string]time.Time // number → when next was pressed
	seen    []time.Duration
}

// Play plays a day and reports. Its error is a fault of the play; a day that
// does not come out even is in the report.
func Play(ctx context.Context, p Program, log *Log) (Report, error) {
	keys := &atomic.Int64{}
	hc := &http.Client{Timeout: 30 * time.Second}
	follow, stop := context.WithCancel(ctx)
	pl := &player{p: p, log: log, ctx: ctx,
		clerk: &client{p.URL, p.Clerk, hc, keys}, kiosk: &client{p.URL, p.Kiosk, hc, keys}, front: &client{p.URL, p.Reception, hc, keys},
		caseOf: map[string]int{}, link: map[string]string{}, called: map[string]int{}, atDesk: map[string]string{},
		starts: map[string][]time.Duration{}, pressed: map[string]time.Time{}}
	defer func() { stop(); pl.follow.Wait(); hc.CloseIdleConnections() }()
	now := p.Now()
	pl.midnight = now.Add(-log.Cases[0].Arrive + 30*time.Second) // the first arrival is half a minute off
	for _, screen := range p.Screens {
		f := &follower{real: p.Real, topic: "board:" + p.Office + ":" + screen}
		if len(pl.boards) == 0 {
			f.each = pl.boardFrame
		}
		pl.boards = append(pl.boards, f)
		pl.start(follow, f, p.Board)
	}
	if err := pl.open(); err != nil {
		return Report{}, err
	}
	pl.plan(follow)
	if err := pl.run(); err != nil {
		return Report{}, err
	}
	return pl.report()
}

func (pl *player) start(ctx context.Context, f *follower, token string) {
	pl.follow.Go(func() { f.run(ctx, pl.p.URL, token) })
}

func (pl *player) at(when time.Duration, rank int, do func() error) {
	pl.n++
	heap.Push(&pl.agenda, act{when, rank, pl.n, do})
}

func (pl *player) open() error {
	for _, d := range pl.log.Desks() {
		if err := pl.desk(d, "open", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// plan puts the day on the agenda: arrivals, and the starts of each desk.
func (pl *player) plan(follow context.Context) {
	for i, c := range pl.log.Cases {
		pl.at(c.Arrive, 0, func() error { return pl.draw(follow, i) })
		if !c.Left {
			pl.starts[c.Desk] = append(pl.starts[c.Desk], c.Start)
		}
	}
	for d, starts := range pl.starts {
		slices.Sort(starts)
		for _, at := range starts {
			pl.at(at, 3, func() error { return pl.next(d, at) })
		}
	}
}

// run does what is due, in order, at the program's own clock.
func (pl *player) run() error {
	told := pl.p.Real()
	for pl.agenda.Len() > 0 {
		a := heap.Pop(&pl.agenda).(act)
		if wait := pl.midnight.Add(a.at).Sub(pl.p.Now()); wait > 0 {
			select {
			case <-time.After(time.Duration(float64(wait) / pl.p.Speed)):
			case <-pl.ctx.Done():
				return pl.ctx.Err()
			}
		}
		if err := a.do(); err != nil {
			return err
		}
		if pl.p.Progress != nil && pl.p.Real().Sub(told) > 10*time.Second {
			told = pl.p.Real()
			fmt.Fprintf(pl.p.Progress, "%s  %d of %d came, %d calls\n", clock(a.at), len(pl.caseOf), len(pl.log.Cases), len(pl.called))
		}
	}
	return pl.empty()
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

func (pl *player) draw(follow context.Context, i int) error {
	c := pl.log.Cases[i]
	var t drawn
	pl.commands++
	priority := int((c.Boost + 30*time.Second) / time.Minute)
	speaker := pl.kiosk
	if priority > 0 {
		speaker = pl.front
	}
	if err := speaker.post(pl.ctx, "/api/v1/offices/"+pl.p.Office+"/tickets", map[string]any{
		"services": []map[string]any{{"id": serviceID(c.Service), "quantity": 1}}, "priority": priority}, &t); err != nil {
		return err
	}
	pl.caseOf[t.ID], pl.link[t.ID] = i, t.Link
	if len(pl.phones) < phonesFollowing && i%max(1, len(pl.log.Cases)/phonesFollowing) == 0 {
		f := &follower{real: pl.p.Real, topic: "ticket:" + secretOf(t.Link)}
		pl.phones = append(pl.phones, f)
		pl.start(follow, f, pl.p.Kiosk)
	}
	if c.Left {
		pl.at(c.End, 1, func() error { return pl.leave(t.ID) })
	}
	return nil
}

// leave takes somebody out who left in the log, if they still wait.
func (pl *player) leave(id string) error {
	if pl.called[id] > 0 {
		return nil
	}
	pl.commands++
	return pl.kiosk.post(pl.ctx, "/api/v1/tickets/"+secretOf(pl.link[id])+"/leave", map[string]any{}, nil)
}

// next lets a desk press next at a logged start. Whom the rule gives keeps the
// desk for as long as the log says for that person, or until this desk's next
// logged start.
func (pl *player) next(desk string, at time.Duration) error {
	pl.starts[desk] = pl.starts[desk][1:]
	id, err := pl.press(desk)
	if err != nil || id == "" {
		return err
	}
	c := pl.log.Cases[pl.caseOf[id]]
	if c.Left {
		return nil // no length is known: until the next start
	}
	end := at + c.End - c.Start
	if later := pl.starts[desk]; len(later) > 0 && later[0] <= end {
		return nil
	}
	pl.at(end, 2, func() error {
		if pl.atDesk[desk] != id {
			return nil
		}
		pl.atDesk[desk] = ""
		return pl.desk(desk, "finish", nil, nil)
	})
	return nil
}

// press presses next and returns whom it called, or "".
func (pl *player) press(desk string) (string, error) {
	began := pl.p.Real()
	var a deskAnswer
	if err := pl.desk(desk, "next", map[string]any{}, &a); err != nil {
		return "", err
	}
	if a.Ticket == nil {
		pl.atDesk[desk] = ""
		return "", nil
	}
	pl.mu.Lock()
	if first, ok := pl.pressed[a.Ticket.Number]; ok && !first.IsZero() && first.After(began) {
		pl.seen = append(pl.seen, first.Sub(began)) // the frame was faster than the answer
	}
	pl.pressed[a.Ticket.Number] = began
	pl.mu.Unlock()
	pl.atDesk[desk] = a.Ticket.ID
	pl.called[a.Ticket.ID]++
	return a.Ticket.ID, nil
}

// boardFrame notes when a board learnt of a call.
func (pl *player) boardFrame(view json.RawMessage, at time.Time) {
	var v struct {
		Calls []struct {
			Number struct {
				Text string `json:"text"`
			} `json:"number"`
		} `json:"calls"`
	}
	if json.Unmarshal(view, &v) != nil {
		return
	}
	pl.mu.Lock()
	defer pl.mu.Unlock()
	for _, c := range v.Calls {
		began, known := pl.pressed[c.Number.Text]
		switch {
		case !known: // the answer is still on its way to the desk
			pl.pressed[c.Number.Text] = at
		case !began.IsZero() && began.Before(at):
			pl.seen = append(pl.seen, at.Sub(began))
			pl.pressed[c.Number.Text] = time.Time{}
		}
	}
}

func (pl *player) desk(desk, verb string, body map[string]any, answer any) error {
	if body == nil {
		body = map[string]any{}
	}
	pl.commands++
	return pl.clerk.post(pl.ctx, "/api/v1/offices/"+pl.p.Office+"/desks/"+deskID(desk)+"/"+verb, body, answer)
}

// empty presses next everywhere until nobody waits and no desk holds anybody.
func (pl *player) empty() error {
	for {
		someone := false
		for _, d := range pl.log.Desks() {
			id, err := pl.press(d)
			if err != nil {
				return err
			}
			someone = someone || id != ""
		}
		if !someone {
			return nil
		}
	}
}

func (pl *player) report() (Report, error) {
	var q struct {
		Tickets []Ticket `json:"tickets"`
	}
	if err := pl.clerk.get(pl.ctx, "/api/v1/offices/"+pl.p.Office+"/queue", &q); err != nil {
		return Report{}, err
	}
	r := Report{Tickets: len(q.Tickets), Commands: pl.commands}
	states := map[string]string{}
	var wait time.Duration
	var waited int
	for _, t := range q.Tickets {
		states[t.Number] = t.State
		switch t.State {
		case "done":
			r.Served++
		case "left":
			r.Left++
		default:
			r.Open++
		}
		if t.CalledAt != nil {
			wait += t.CalledAt.Sub(t.IssuedAt)
			waited++
		}
	}
	if waited > 0 {
		r.MeanWait = wait / time.Duration(waited)
	}
	for _, n := range pl.called {
		if n > 1 {
			r.Twice++
		}
	}
	if len(q.Tickets) != len(pl.log.Cases) {
		r.Differences = append(r.Differences, fmt.Sprintf("%d came, the queue knows %d", len(pl.log.Cases), len(q.Tickets)))
	}
	r.Differences = append(r.Differences, pl.compare(states)...)
	pl.mu.Lock()
	defer pl.mu.Unlock()
	slices.Sort(pl.seen)
	if n := len(pl.seen); n > 0 {
		r.BoardP50, r.BoardP99 = pl.seen[n/2], pl.seen[n*99/100]
	}
	for _, f := range append(slices.Clone(pl.boards), pl.phones...) {
		f.mu.Lock()
		r.Frames += f.frames
		f.mu.Unlock()
	}
	return r, nil
}

// compare waits until every screen agrees with the queue or ten seconds have
// passed, and names what still differs.
func (pl *player) compare(states map[string]string) []string {
	deadline := pl.p.Real().Add(10 * time.Second)
	for {
		diff := pl.differences(states)
		if len(diff) == 0 || pl.p.Real().After(deadline) || pl.ctx.Err() != nil {
			return diff
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (pl *player) differences(states map[string]string) (diff []string) {
	for _, f := range pl.boards {
		view, _, back := f.newest()
		var v struct {
			Waiting struct {
				Booked int `json:"booked"`
				WalkIn int `json:"walk_in"`
			} `json:"waiting"`
			Calls []struct {
				Here bool `json:"here"`
			} `json:"calls"`
		}
		if err := json.Unmarshal(view, &v); err != nil {
			diff = append(diff, f.topic+": no view")
			continue
		}
		if v.Waiting.Booked+v.Waiting.WalkIn != 0 || len(v.Calls) == 0 || slices.ContainsFunc(v.Calls, func(c struct {
			Here bool `json:"here"`
		}) bool {
			return c.Here
		}) {
			diff = append(diff, f.topic+": shows somebody who is gone")
		}
		if back {
			diff = append(diff, f.topic+": went backwards")
		}
	}
	for i, f := range pl.phones {
		view, _, back := f.newest()
		var v struct {
			Number struct {
				Text string `json:"text"`
			} `json:"number"`
			State string `json:"state"`
		}
		if err := json.Unmarshal(view, &v); err != nil {
			diff = append(diff, fmt.Sprintf("phone %d: no view", i))
			continue
		}
		if states[v.Number.Text] != v.State {
			diff = append(diff, fmt.Sprintf("phone %d: %s is %s, shown %s", i, v.Number.Text, states[v.Number.Text], v.State))
		}
		if back {
			diff = append(diff, fmt.Sprintf("phone %d: went backwards", i))
		}
	}
	return diff
}
