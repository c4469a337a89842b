package door

import (
	"container/list"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"
)

const (
	// newcomers are who came in and are not served yet. More wait outside, in the
	// kernel's queue, so that the program's own queue stays short: with 64 of
	// about 150 µs each it is about 10 ms on one core.
	newcomers = 64
	// settles is how long one counts as a newcomer at most. Who has said nothing
	// by then costs nothing, and must not hold the door for the others.
	settles = 50 * time.Millisecond
	// patience is how long somebody may take with a first request before others
	// may have the place, if there is no room. Else the server's own limits hold.
	patience = time.Second
	// slack is how many more than Connections may be there while some are asked
	// to go.
	slack = 32
	// saidOnce is how often the log is told of the same.
	saidOnce = time.Minute
)

// past is a deadline that is over whatever the clock says.
var past = time.Unix(1, 0)

// Options are what a door needs to know.
type Options struct {
	Connections int // at once that are no followers; 0: 2,000
	PerAddress  int // of these from one address; 0: 600
	// Caller is what connections of an address are counted under; empty: not by
	// address, for proxies. Nil: no address is counted.
	Caller func(netip.Addr) string
	Text   string // said to who is turned away

	Now   func() time.Time
	CPU   func() time.Duration // what the program has used; nil: the kernel's word
	Cores int                  // 0: those that Go uses
	Log   *slog.Logger
}

// Door is a listener before another one.
type Door struct {
	net.Listener
	opt   Options
	pace  pace     // of the goroutine that accepts
	spare *os.File // its own too

	shut  chan struct{} // closed by Close
	freed chan struct{} // a newcomer has been served

	mu        sync.Mutex
	over      bool
	visitors  map[net.Conn]*visitor
	callers   map[string]*caller
	first     list.List // visitors before their first answer, oldest first
	once      list.List // visitors who got one answer and are idle, longest first
	regular   list.List // visitors who got more and are idle, longest first
	arrived   []*visitor
	fresh     int // of arrived who still count
	leaving   int // of visitors who were asked to go
	lingering map[net.Conn]*time.Timer
	said      map[string]time.Time
	counts    Counts
}

// Counts are what has happened at a door.
type Counts struct {
	Accepted uint64
	Refused  map[Reason]uint64
	Paused   time.Duration
	Open     int // connections that are no followers
}

type caller struct {
	key string
	n   int // visitors who were not asked to go
}

// visitor is a connection that was let in.
type visitor struct {
	conn    net.Conn
	from    *caller // nil: not counted by address
	since   time.Time
	fresh   bool // counts as a newcomer
	leaving bool // was asked to go
	again   bool // has got an answer before
	in      *list.List
	place   *list.Element // in it; nil: busy
}

// New puts a door before a listener, which it then owns. Accept is called by one
// goroutine.
func New(l net.Listener, opt Options) *Door {
	if opt.Connections <= 0 {
		opt.Connections = connectionsMost
	}
	if opt.PerAddress <= 0 {
		opt.PerAddress = addressMost
	}
	if opt.CPU == nil {
		opt.CPU = used
	}
	if opt.Cores <= 0 {
		opt.Cores = min(runtime.NumCPU(), runtime.GOMAXPROCS(0))
	}
	return &Door{Listener: l, opt: opt, spare: openSpare(), shut: make(chan struct{}), freed: make(chan struct{}, 1),
		visitors: map[net.Conn]*visitor{}, callers: map[string]*caller{}, lingering: map[net.Conn]*time.Timer{},
		said: map[string]time.Time{}, counts: Counts{Refused: map[Reason]uint64{}}}
}

// Accept lets the next one in. It returns an error only when the door was
// closed or the listener is at its end.
func (d *Door) Accept() (net.Conn, error) {
	for {
		if err := d.settle(); err != nil {
			return nil, err
		}
		c, err := d.next()
		if err != nil {
			d.drop()
			return nil, err
		}
		if c != nil && d.letIn(c) {
			return c, nil
		}
	}
}

// settle waits until one more may come in.
func (d *Door) settle() error {
	if d.pace.counted() {
		if err := d.wait(d.pace.pause(d.opt.Now(), d.opt.CPU(), d.opt.Cores), nil); err != nil {
			return err
		}
	}
	for {
		wait := d.crowded()
		if wait <= 0 {
			return nil
		}
		if err := d.wait(wait, d.freed); err != nil {
			return err
		}
	}
}

// wait ends after a time, or when something comes, or with the door.
func (d *Door) wait(most time.Duration, until <-chan struct{}) error {
	if most <= 0 {
		return nil
	}
	began := d.opt.Now()
	t := time.NewTimer(most)
	defer t.Stop()
	defer func() {
		took := max(d.opt.Now().Sub(began), 0)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.counts.Paused += took
	}()
	select {
	case <-t.C:
	case <-until:
	case <-d.shut:
		return net.ErrClosed
	}
	return nil
}

// crowded is how long at most until there are fewer newcomers; 0: there is room.
func (d *Door) crowded() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.opt.Now()
	for len(d.arrived) > 0 {
		v := d.arrived[0]
		if left := v.since.Add(settles).Sub(now); v.fresh && left > 0 {
			if d.fresh < newcomers {
				return 0
			}
			return left
		}
		d.settledLocked(v)
		d.arrived[0] = nil
		d.arrived = d.arrived[1:]
	}
	d.arrived = nil
	return 0
}

func (d *Door) settledLocked(v *visitor) {
	if !v.fresh {
		return
	}
	v.fresh = false
	d.fresh--
	select {
	case d.freed <- struct{}{}:
	default:
	}
}

// next takes the next connection from the listener, or nil if it had to be
// turned away for want of a descriptor. What passes by itself is waited for.
func (d *Door) next() (net.Conn, error) {
	const least, most = 5 * time.Millisecond, 100 * time.Millisecond
	for wait := least; ; wait = min(2*wait, most) {
		c, err := d.Listener.Accept()
		if err == nil {
			if d.spare == nil {
				d.spare = openSpare()
			}
			return c, nil
		}
		if errors.Is(err, net.ErrClosed) || !passing(err) {
			return nil, err
		}
		d.say("connections cannot be accepted just now", "error", err)
		if exhausted(err) && d.spare != nil {
			// The kernel says so before it looks whether anybody is waiting: this
			// accept may wait long, and others may have closed theirs by then.
			d.spare.Close()
			d.spare = nil
			if c, err = d.Listener.Accept(); err == nil {
				if d.spare = openSpare(); d.spare != nil {
					return c, nil
				}
				d.refuse(c, NoDescriptor, false)
				d.spare = openSpare()
				return nil, nil
			}
		}
		if d.spare == nil {
			d.spare = openSpare()
		}
		if err := d.wait(wait, nil); err != nil {
			return nil, err
		}
	}
}

// say tells the log, once in a while.
func (d *Door) say(what string, attrs ...any) {
	now := d.opt.Now()
	d.mu.Lock()
	last, ok := d.said[what]
	if ok = !ok || now.Sub(last) >= saidOnce; ok {
		d.said[what] = now
	}
	d.mu.Unlock()
	if ok {
		d.opt.Log.Warn(what, attrs...)
	}
}

// letIn counts a connection, or turns it away.
func (d *Door) letIn(c net.Conn) bool {
	key := d.key(c)
	now := d.opt.Now()
	d.mu.Lock()
	why := d.enterLocked(c, key, now)
	d.mu.Unlock()
	if why != "" {
		d.refuse(c, why, true)
		d.say("connections are turned away", "reason", string(why))
	}
	return why == ""
}

func (d *Door) key(c net.Conn) string {
	if d.opt.Caller == nil {
		return ""
	}
	at, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return ""
	}
	return d.opt.Caller(at.AddrPort().Addr().Unmap())
}

func (d *Door) enterLocked(c net.Conn, key string, now time.Time) Reason {
	var from *caller
	if key != "" {
		if from = d.callers[key]; from == nil {
			from = &caller{key: key}
		}
		if from.n >= d.opt.PerAddress && !d.makeRoomLocked(from, now) {
			return NoRoomFor
		}
	}
	if len(d.visitors) >= d.opt.Connections+slack || len(d.visitors)-d.leaving >= d.opt.Connections && !d.makeRoomLocked(nil, now) {
		return NoRoom
	}
	v := &visitor{conn: c, from: from, since: now, fresh: true}
	if from != nil {
		d.callers[key] = from
		from.n++
	}
	d.visitors[c] = v
	d.putLocked(v, &d.first)
	d.arrived = append(d.arrived, v)
	d.fresh++
	d.counts.Accepted++
	return ""
}

// makeRoomLocked asks one visitor to go, of one caller if one is given: who got
// one answer and is idle, else who has said nothing for long, else, if regulars
// have more than half of the house, one of these. So neither a crowd that looks
// once nor one that says nothing takes the connections from under those who
// work.
func (d *Door) makeRoomLocked(from *caller, now time.Time) bool {
	any := func(*visitor) bool { return true }
	return d.askOneLocked(&d.once, from, any) ||
		d.askOneLocked(&d.first, from, func(v *visitor) bool { return now.Sub(v.since) >= patience }) ||
		d.regular.Len() > d.opt.Connections/2 && d.askOneLocked(&d.regular, from, any)
}

// askOneLocked asks the oldest in a list to go, as long as they may be asked.
func (d *Door) askOneLocked(in *list.List, from *caller, may func(*visitor) bool) bool {
	for e := in.Front(); e != nil; e = e.Next() {
		v := e.Value.(*visitor)
		if !may(v) {
			return false
		}
		if from == nil || v.from == from {
			d.askToGoLocked(v)
			return true
		}
	}
	return false
}

// askToGoLocked makes a visitor's read end at once; who serves it then closes it.
// A request that has just come in sets the deadline anew and is served.
func (d *Door) askToGoLocked(v *visitor) {
	d.putLocked(v, nil)
	v.leaving = true
	d.leaving++
	if v.from != nil {
		v.from.n--
	}
	v.conn.SetReadDeadline(past)
}

// stayLocked takes back that a visitor was asked to go: it did something else.
func (d *Door) stayLocked(v *visitor) {
	if !v.leaving {
		return
	}
	v.leaving = false
	d.leaving--
	if v.from != nil {
		v.from.n++
	}
}

func (d *Door) putLocked(v *visitor, in *list.List) {
	if v.place != nil {
		v.in.Remove(v.place)
	}
	v.in, v.place = in, nil
	if in != nil {
		v.place = in.PushBack(v)
	}
}

// Busy says that a request comes in or is answered.
func (d *Door) Busy(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.visitors[c]; v != nil && v.in != &d.first { // the first request is waited for, not there yet
		d.putLocked(v, nil)
		d.stayLocked(v)
	}
}

// Idle says that a request was answered and none is there.
func (d *Door) Idle(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.visitors[c]; v != nil {
		d.settledLocked(v)
		d.stayLocked(v)
		if v.again {
			d.putLocked(v, &d.regular)
		} else {
			d.putLocked(v, &d.once)
			v.again = true
		}
	}
}

// Gone says that a connection is closed or follows.
func (d *Door) Gone(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visitors[c]
	if v == nil {
		return
	}
	delete(d.visitors, c)
	d.settledLocked(v)
	d.stayLocked(v)
	d.putLocked(v, nil)
	if v.from != nil {
		// Who was asked to go is not counted, so another of its address may have
		// begun the count anew.
		if v.from.n--; v.from.n == 0 && d.callers[v.from.key] == v.from {
			delete(d.callers, v.from.key)
		}
	}
}

// Counts are the figures until now.
func (d *Door) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.counts
	c.Open = len(d.visitors)
	c.Refused = make(map[Reason]uint64, len(Reasons))
	for _, r := range Reasons {
		c.Refused[r] = d.counts.Refused[r]
	}
	return c
}

// Close closes the listener and lets an Accept that waits return. Who was let in
// stays.
func (d *Door) Close() error {
	d.mu.Lock()
	first := !d.over
	d.over = true
	for c, t := range d.lingering {
		t.Stop()
		c.Close()
	}
	clear(d.lingering)
	d.mu.Unlock()
	if first {
		close(d.shut)
	}
	return d.Listener.Close()
}

// drop lets go of the spare descriptor, once nobody is accepted any more.
func (d *Door) drop() {
	if d.spare != nil {
		d.spare.Close()
		d.spare = nil
	}
}
