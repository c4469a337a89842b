// Package exchange is the format in which office days and the questions about
// them are given to a forecast, and its answers taken: JSON Lines, one event a
// line. It holds the lines alone; what they mean to a queue is package
// forecast's affair. All times are whole seconds since the local midnight of
// the current day; ids are opaque and compared for equality only.
package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Format is the version of the format that a hello names.
const Format = 1

// The events of a stream.
const (
	EvHello      = "hello"       // forget everything; a new office
	EvDay        = "day"         // a new day; what was learned stays
	EvBooked     = "booked"      // an appointment exists; the person is not here
	EvTicket     = "ticket"      // a walk-in took a number and waits
	EvCheckedIn  = "checked_in"  // a booked person is here and waits
	EvCalled     = "called"      // the moment that is predicted
	EvServed     = "served"      // the person is at the desk
	EvFinished   = "finished"    // finish was pressed
	EvNoShow     = "no_show"     // nobody came to the call
	EvCancelled  = "cancelled"   // left and said so
	EvDeskOpen   = "desk_open"   // a clerk takes the desk
	EvDeskPause  = "desk_pause"  // away until
	EvDeskResume = "desk_resume" // back
	EvDeskClose  = "desk_close"  // gone for the day
	EvDayEnd     = "day_end"     // the day is over
	EvPredict    = "predict"     // answer now
)

// Line is one event; the fields that its Ev does not use are zero.
type Line struct {
	Ev      string `json:"ev"`
	At      int    `json:"at"`
	Hello   *Hello `json:"hello,omitempty"`
	Day     *Day   `json:"day,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Kind    string `json:"kind,omitempty"` // of EvBooked and EvTicket: "booked", "walkin"
	Service string `json:"service,omitempty"`
	Appt    int    `json:"appt,omitempty"`
	BoostS  int    `json:"boost_s,omitempty"` // counts as that much earlier arrival
	Desk    string `json:"desk,omitempty"`
	Until   int    `json:"until,omitempty"`
	ID      int    `json:"id,omitempty"`
	For     []For  `json:"for,omitempty"`
}

// Hello starts an office.
type Hello struct {
	Format   int       `json:"format"`
	Office   string    `json:"office"`
	Policy   Policy    `json:"policy"`
	Services []Service `json:"services"`
}

// Policy is the rule of the line, in seconds.
type Policy struct {
	LateGraceS  int `json:"late_grace_s"`   // checked in so long after the appointment still counts as on time
	EarlyCallS  int `json:"early_call_s"`   // a booked person may be called so long ahead rather than leave a desk idle
	NoShowWaitS int `json:"no_show_wait_s"` // a called person is waited for so long
}

// Service is one matter with its configured length.
type Service struct {
	ID      string  `json:"id"`
	Group   int     `json:"group"`   // skill group: desks serve groups
	Minutes float64 `json:"minutes"` // configured, not the truth
}

// Day is one office day.
type Day struct {
	Date      string `json:"date"`
	Open      int    `json:"open"`
	Close     int    `json:"close"`
	Intake    int    `json:"intake"` // no tickets are issued after it
	Desks     []Desk `json:"desks"`
	PlanKnown bool   `json:"plan_known"`
}

// Desk is a desk as rostered: from and to of each stretch; the gaps are breaks.
type Desk struct {
	ID     string   `json:"id"`
	Groups []int    `json:"groups"`
	Plan   [][2]int `json:"plan,omitempty"`
}

// For is what a predict asks about: a ticket, or somebody who would take a
// walk-in number for a service at this second.
type For struct {
	Ticket string `json:"ticket,omitempty"`
	New    string `json:"new,omitempty"`
}

// Answer is the reply to one predict, in the order of its For.
type Answer struct {
	ID int         `json:"id"`
	A  []Quantiles `json:"a"`
}

// Quantiles are minutes from the question until called.
type Quantiles struct {
	P10 float64 `json:"p10"`
	P50 float64 `json:"p50"`
	P80 float64 `json:"p80"`
	P90 float64 `json:"p90"`
}

// maxLine bounds one line; the longest real one asks for a few hundred tickets.
const maxLine = 4 << 20

// Read calls each with every line of a stream in order. A line that is not one
// event of the format ends the reading with an error that names its number;
// so does an error of each, wrapped likewise. Empty lines are passed over.
func Read(r io.Reader, each func(*Line) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), maxLine)
	n := 0
	for in.Scan() {
		n++
		raw := bytes.TrimSpace(in.Bytes())
		if len(raw) == 0 {
			continue
		}
		l, err := parse(raw)
		if err == nil {
			err = each(l)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}

func parse(raw []byte) (*Line, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	var l Line
	if err := d.Decode(&l); err != nil {
		return nil, fmt.Errorf("not an event: %w", err)
	}
	if d.More() {
		return nil, errors.New("more than one event")
	}
	return &l, l.check()
}

// horizon is how late in a day an instant may lie: work may go on past
// midnight, but not past the next.
const horizon = 48 * 3600

func (l *Line) check() error {
	if l.At < 0 || l.At > horizon {
		return fmt.Errorf("at %d is not a second of a day", l.At)
	}
	need := func(what, value string) error {
		if value == "" {
			return fmt.Errorf("%s without %s", l.Ev, what)
		}
		return nil
	}
	switch l.Ev {
	case EvHello:
		return l.Hello.check()
	case EvDay:
		return l.Day.check()
	case EvBooked, EvTicket:
		if l.Appt < 0 || l.Appt > horizon || l.BoostS < -horizon || l.BoostS > horizon {
			return fmt.Errorf("%s with an impossible time", l.Ev)
		}
		return errors.Join(need("ticket", l.Ticket), need("service", l.Service))
	case EvCheckedIn, EvCancelled:
		return need("ticket", l.Ticket)
	case EvCalled, EvServed, EvFinished, EvNoShow:
		return errors.Join(need("ticket", l.Ticket), need("desk", l.Desk))
	case EvDeskOpen, EvDeskPause, EvDeskResume, EvDeskClose:
		return need("desk", l.Desk)
	case EvDayEnd:
		return nil
	case EvPredict:
		for _, f := range l.For {
			if (f.Ticket == "") == (f.New == "") {
				return errors.New("predict asks for a ticket or for a new one")
			}
		}
		return nil
	}
	return fmt.Errorf("unknown event %q", l.Ev)
}

func (h *Hello) check() error {
	switch {
	case h == nil:
		return errors.New("hello without hello")
	case h.Format != Format:
		return fmt.Errorf("format %d is not known, only %d", h.Format, Format)
	case len(h.Services) == 0:
		return errors.New("hello without services")
	case h.Policy.LateGraceS < 0 || h.Policy.EarlyCallS < 0 || h.Policy.NoShowWaitS < 0:
		return errors.New("hello with a policy below zero")
	}
	seen := map[string]bool{}
	for _, s := range h.Services {
		if s.ID == "" || seen[s.ID] || !(s.Minutes > 0 && s.Minutes < 24*60) || s.Group < 0 {
			return fmt.Errorf("hello with the impossible service %q", s.ID)
		}
		seen[s.ID] = true
	}
	return nil
}

// maxDesks is how many desks one office may have.
const maxDesks = 64

func (d *Day) check() error {
	switch {
	case d == nil:
		return errors.New("day without day")
	case d.Open < 0 || d.Close > horizon || d.Close < d.Open || d.Intake < 0 || d.Intake > horizon:
		return errors.New("day with impossible hours")
	case len(d.Desks) > maxDesks:
		return fmt.Errorf("day with more than %d desks", maxDesks)
	}
	seen := map[string]bool{}
	for _, k := range d.Desks {
		if k.ID == "" || seen[k.ID] {
			return fmt.Errorf("day with the impossible desk %q", k.ID)
		}
		seen[k.ID] = true
		for _, p := range k.Plan {
			if p[0] < 0 || p[1] < p[0] || p[1] > horizon {
				return fmt.Errorf("desk %q with an impossible plan", k.ID)
			}
		}
	}
	return nil
}

// Write writes one line or answer.
func Write(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
