package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// apply does one change and remembers it. Each command has an id made of the
// event and of how often something was done about it: killed between the
// command and the memory, the same is asked for again and done once.
func (r *Reader) apply(ctx context.Context, s *Source, o Office, v *view, c *change, notes Notes) error {
	k := c.known
	var err error
	switch c.do {
	case forget:
		k.Gone = GoneHere
	case update:
		k.Gone = GoneThere
	case cancel:
		err = r.give(ctx, s, o, &k, cancel, queue.CancelAppointment{Appointment: k.Appointment, Staff: true, Hide: r.opt.Hide()}, nil)
		k.Gone = GoneThere
	case move:
		err = r.move(ctx, s, o, v, c, &k)
	case add:
		err = r.add(ctx, s, o, c, &k)
	}
	var refused *queue.Refusal
	switch {
	case errors.As(err, &refused):
		if c.do == cancel {
			break // it went or came meanwhile
		}
		note := NoteRefused
		if refused.Code == queue.RefusedCodeTaken {
			note = NoteCode
		}
		notes[note]++
		if k.Appointment == "" {
			return nil // nothing is known of it yet
		}
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		r.opt.Log.Warn("an office does not take a calendar's change", "source", s.ID(), "error", err)
		return &Fault{Code: FaultOffice}
	}
	k.Turn++
	v.known[k.UID] = k
	return r.opt.Store.PutFeedKnown(ctx, s.ID(), k)
}

// give gives one command; answered gets its answer.
func (r *Reader) give(ctx context.Context, s *Source, o Office, k *Known, verb string, c queue.Command, answered func(*queue.Answer)) error {
	answer, err := o.Give(ctx, fmt.Sprintf("%s|%s|%d|%s", s.ID(), k.UID, k.Turn, verb), c)
	if err == nil && answered != nil && answer != nil {
		answered(answer)
	}
	return err
}

// add enters an event. One that is there already under the identity's own code
// was entered before a crash and is taken as it stands.
func (r *Reader) add(ctx context.Context, s *Source, o Office, c *change, k *Known) error {
	e := &c.event
	day := calendar.DateOf(e.At, o.Rules().Hours.Zone)
	code := e.Code
	if code == "" {
		code = "feed " + e.UID // nobody types it; it makes the event unique in the line
	}
	mac := r.opt.MAC(s.Office, day, code)
	err := r.give(ctx, s, o, k, fmt.Sprintf("%s %d", add, e.At.Unix()), queue.AddAppointment{At: e.At, Services: e.Services, CodeMAC: mac},
		func(a *queue.Answer) { k.Appointment = a.Appointment })
	k.At, k.Services, k.Code, k.Gone = e.At, writeItems(e.Services), e.code, ""
	var refused *queue.Refusal
	if errors.As(err, &refused) && refused.Code == queue.RefusedCodeTaken && e.Code == "" {
		st := o.State()
		if i := slices.IndexFunc(st.Appointments, func(a *queue.Appointment) bool { return a.CodeMAC == mac }); i >= 0 {
			a := st.Appointments[i]
			k.Appointment, k.At, k.Services = a.ID, a.At, writeItems(a.Services)
			return nil
		}
	}
	if refused != nil {
		k.Gone = GoneThere // asked for again at the next read
	}
	return err
}

// move gives an event another time. Where the desks have none left, or it is
// about another day or matter, it is cancelled and entered again: the other
// system has promised the time already.
func (r *Reader) move(ctx context.Context, s *Source, o Office, v *view, c *change, k *Known) error {
	if v.sameDay(c) {
		err := r.give(ctx, s, o, k, move, queue.MoveAppointment{Appointment: k.Appointment, At: c.event.At, Channel: queue.ChannelPhone, Hide: r.opt.Hide()}, nil)
		var refused *queue.Refusal
		if !errors.As(err, &refused) {
			k.At = c.event.At
			return err
		}
	}
	err := r.give(ctx, s, o, k, cancel, queue.CancelAppointment{Appointment: k.Appointment, Staff: true, Hide: r.opt.Hide()}, nil)
	var refused *queue.Refusal
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	if errors.Is(err, &queue.Refusal{Code: queue.RefusedArrived}) {
		return nil // is being served as it stands
	}
	return r.add(ctx, s, o, c, k)
}
