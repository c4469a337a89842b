package queue

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aufruf/server/calendar"
)

var update = flag.Bool("update", false, "write what happened into testdata")

// A scripted day is a text that a clerk can read: on each line a time of day,
// what is done, and behind "=>" what comes of it. Lines that begin with # are
// remarks. "line" shows who waits, in order and with the reason; "setup" changes
// the office before the day; the rest of its words stand in script_test.go.

func TestScriptedDaysGoAsWritten(t *testing.T) {
	files, _ := filepath.Glob("testdata/days/*.day")
	if len(files) < 8 {
		t.Fatalf("only %d scripted days", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".day"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := playDay(t, string(script))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want := strings.Split(string(script), "\n")
			for i, line := range strings.Split(got, "\n") {
				if !*update && (i >= len(want) || line != want[i]) {
					t.Fatalf("line %d\n have %s\n want %s", i+1, line, want[min(i, len(want)-1)])
				}
			}
		})
	}
}

func playDay(t *testing.T, script string) (string, *world) {
	day := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	w := newWorld(day.Start(berlin))
	var out strings.Builder
	begin := func(act string, d calendar.Date) {
		day, w.now = d, d.Start(berlin).UTC()
		said := d.String()
		for _, e := range w.tick() {
			if what, ok := w.tellBooking(e); ok {
				said += ", " + what
			}
		}
		fmt.Fprintf(&out, "%s => %s\n", act, said)
	}
	sc := bufio.NewScanner(strings.NewReader(script))
	for sc.Scan() {
		line := sc.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			fmt.Fprintln(&out, line)
			continue
		}
		act, _, _ := strings.Cut(line, " => ")
		act = strings.TrimRight(act, " ")
		clock, what, _ := strings.Cut(act, "  ")
		switch clock {
		case "next day":
			begin(act, day.AddDays(1))
			continue
		case "on":
			begin(act, readDate(t, what))
			continue
		case "setup":
			if at, ok := strings.CutPrefix(what, "begin "); ok { // another first day
				rules, hide := w.rules, w.hide
				day = readDate(t, at)
				w = newWorld(day.Start(berlin))
				w.rules, w.hide = rules, hide
			} else {
				w.setup(t, strings.Fields(what))
			}
			fmt.Fprintln(&out, line)
			continue
		}
		w.now = readClock(t, day, clock)
		fmt.Fprintf(&out, "%s => %s\n", act, w.act(t, day, strings.TrimSpace(what)))
		if err := w.state.Check(); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	for _, from := range []bool{false, true} {
		if got, want := string(w.replay(from).Encode()), string(w.state.Encode()); got != want {
			t.Fatalf("replay differs\n have %s\n want %s", got, want)
		}
	}
	return out.String(), w
}

// act does one line of a day and says what came of it.
func (w *world) act(t *testing.T, day calendar.Date, what string) string {
	if what == "line" {
		var parts []string
		for _, p := range Line(w.rules, w.state, w.now) {
			parts = append(parts, p.Ticket.Number.String()+" "+w.say(p.Reason))
		}
		if len(parts) == 0 {
			return "nobody waits"
		}
		return strings.Join(parts, "; ")
	}
	if said, ok := w.show(t, day, strings.Fields(what)); ok {
		return said
	}
	c, by := w.parse(t, day, strings.Fields(what))
	events, err := w.do(c, by)
	var no *Refusal
	if errors.As(err, &no) {
		return "refused: " + no.Code
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var said []string
	for _, e := range events {
		said = append(said, w.tell(e))
	}
	return strings.Join(said, ", ")
}

func (w *world) parse(t *testing.T, day calendar.Date, f []string) (Command, string) {
	if c, by := w.parseBooking(t, day, f); c != nil {
		return c, by
	}
	at := func(s string) time.Time { return readClock(t, day, s) }
	arg := func(i int) string {
		if i < len(f) {
			return f[i]
		}
		return ""
	}
	ticket := func(number string) string {
		for _, tk := range w.state.Tickets {
			if tk.Number.String() == number {
				return tk.ID
			}
		}
		return number
	}
	switch f[0] {
	case "draw":
		p, _ := strconv.Atoi(arg(3))
		return IssueTicket{Services: readItems(f[1]), Priority: p}, "kiosk"
	case "book":
		return AddAppointment{At: at(f[1]), Services: readItems(f[2])}, "reception"
	case "check-in":
		return CheckIn{Appointment: f[1]}, "kiosk"
	case "leave":
		return Leave{Ticket: ticket(f[1])}, "phone"
	case "office":
		if f[1] == "close" {
			return CloseOffice{}, "boss"
		}
		if arg(2) == "until" {
			return OpenOffice{Until: at(f[3])}, "boss"
		}
		return OpenOffice{}, "boss"
	case "intake":
		return SetIntake{Open: f[1] == "open"}, "boss"
	case "plan": // plan card 20 from 2026-11-25; 0 takes back
		minutes, _ := strconv.Atoi(f[2])
		from, err := calendar.ParseDate(f[4])
		if err != nil {
			t.Fatal(err)
		}
		return SetPlanned{Service: f[1], Minutes: minutes, From: from}, "boss"
	case "dispatch":
		return Dispatch{Ticket: ticket(f[1])}, "courier"
	case "handed-over":
		return HandOver{Ticket: ticket(f[1])}, "courier"
	case "receive":
		return Receive{From: "works", Ticket: Ticket{ID: "works-1", Number: Number{"W", 7}, Since: at(f[2]), IssuedAt: at(f[2])}}, "courier"
	}
	desk, by := f[1], "clerk "+f[1]
	if f[0] == "other" { // somebody else at that desk
		by = "other clerk"
	}
	switch f[2] {
	case "opens":
		return OpenDesk{desk}, by
	case "pauses":
		if arg(3) != "" {
			return PauseDesk{desk, at(f[4])}, by
		}
		return PauseDesk{Desk: desk}, by
	case "resumes":
		return ResumeDesk{desk}, by
	case "closes":
		return CloseDesk{Desk: desk, Any: len(f) > 3 && f[3] == "whosever"}, by
	case "next":
		return CallNext{desk}, by
	case "recall":
		return Recall{desk}, by
	case "start":
		return Start{desk}, by
	case "finish":
		return Finish{desk}, by
	case "no-show":
		return MarkNoShow{desk}, by
	case "park":
		return Park{Desk: desk, Reason: f[3], Ticket: ticket(arg(4))}, by
	case "unpark":
		return Unpark{desk, ticket(f[3])}, by
	case "requeue":
		return Requeue{desk}, by
	case "take":
		return Take{desk, ticket(f[3])}, by
	case "undo":
		return UndoLast{desk}, by
	case "transfer":
		c := Transfer{Desk: desk}
		switch f[3] {
		case "service":
			c.Service = f[4]
		case "desk":
			c.ToDesk = f[4]
		case "office":
			c.Office, c.Service = f[4], arg(5)
		}
		return c, by
	}
	t.Fatalf("nobody understands %v", f)
	return nil, ""
}

func (w *world) num(id string) string {
	if t := w.state.Ticket(id); t != nil {
		return t.Number.String()
	}
	return "?"
}

func (w *world) say(r Reason) string {
	switch r.Code {
	case ReasonBookedOnTime, ReasonBookedEarly, ReasonBookedAhead, ReasonBookedLate:
		return "(" + r.Code + " " + clock(r.AppointmentAt) + ")"
	case ReasonCeiling:
		return fmt.Sprintf("(waited %d min, ceiling %d)", r.WaitedMinutes, r.CeilingMinutes)
	case ReasonPriority:
		return fmt.Sprintf("(since %s, %d min priority)", clock(r.Since), r.PriorityMin)
	case ReasonOrder:
		return "(since " + clock(r.Since) + ")"
	}
	return "(" + r.Code + ")"
}

// tell says an event in words, after it was applied.
func (w *world) tell(e Event) string {
	switch e := e.(type) {
	case TicketIssued:
		return e.Number.String()
	case AppointmentAdded:
		return e.Appointment
	case AppointmentArrived:
		return e.Number.String() + " " + string(e.Arrival)
	case TicketCalled:
		return w.num(e.Ticket) + " to desk " + e.Desk + " " + w.say(e.Reason)
	case TicketRecalled:
		return w.num(e.Ticket) + " again"
	case NobodyWaited:
		return "nobody"
	case TicketTransferred:
		to := e.Services[0].Service
		if e.ToDesk != "" {
			to = "desk " + e.ToDesk
		}
		return w.num(e.Ticket) + " on to " + to
	case TicketParked:
		return w.num(e.Ticket) + " parked"
	case TicketSent:
		return w.num(e.Ticket) + " on the way to " + e.Office
	case ServicePlanned:
		return fmt.Sprintf("%s %d min from %s", e.Service, e.Minutes, e.From)
	case TicketReceived:
		return e.Ticket.Number.String() + " from " + e.From
	}
	if said, ok := w.tellBooking(e); ok {
		return said
	}
	if id := ticketOf(e); id != "" {
		return w.num(id) + " " + strings.TrimPrefix(e.name(), "ticket_")
	}
	return e.name()
}
