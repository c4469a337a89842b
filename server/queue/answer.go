package queue

import "time"

// Answer is what a command's caller is told, kept in the record so that the
// same answer can be given again, after a restart too. Links and codes are not
// in it: they are derived from the ids.
type Answer struct {
	Desk        *DeskAnswer `json:"desk,omitempty"`
	Ticket      string      `json:"ticket,omitempty"`
	Number      *Number     `json:"number,omitempty"`
	Arrival     Arrival     `json:"arrival,omitempty"`
	For         time.Time   `json:"for,omitzero"`          // when who checked in was expected
	Appointment string      `json:"appointment,omitempty"` // of a hold too: it becomes one
	Until       time.Time   `json:"until,omitzero"`        // of a hold
	Wish        string      `json:"wish,omitempty"`
}

// DeskAnswer is a desk after a press.
type DeskAnswer struct {
	Desk   string      `json:"desk"`
	Phase  DeskPhase   `json:"phase"`
	Until  time.Time   `json:"until,omitzero"`
	Ticket *AtDesk     `json:"ticket,omitempty"`
	Next   *NextAtDesk `json:"next,omitempty"`
}

// AtDesk is the ticket a desk holds.
type AtDesk struct {
	ID        string      `json:"id"`
	Number    Number      `json:"number"`
	State     TicketState `json:"state"`
	Services  []Item      `json:"services"`
	CalledAt  time.Time   `json:"called_at"`
	StartedAt time.Time   `json:"started_at,omitzero"`
	Calls     int         `json:"calls"`
	Reason    Reason      `json:"reason"`
}

// NextAtDesk is who would be called, and why.
type NextAtDesk struct {
	Number Number `json:"number"`
	Reason Reason `json:"reason"`
}

// AnswerTo makes the answer to a command from the state after it.
func AnswerTo(r *Rules, s *State, c Command, events []Event, now time.Time) *Answer {
	if desk := DeskOf(c); desk != "" {
		return &Answer{Desk: deskAnswer(r, s, desk, now)}
	}
	for _, e := range events {
		switch e := e.(type) {
		case TicketIssued:
			return &Answer{Ticket: e.Ticket, Number: &e.Number}
		case AppointmentArrived:
			return &Answer{Ticket: e.Ticket, Number: &e.Number, Arrival: e.Arrival, For: e.For}
		case AppointmentAdded:
			return &Answer{Appointment: e.Appointment}
		case SlotHeld:
			return &Answer{Appointment: e.Hold, Until: e.Until}
		case AppointmentBooked:
			return &Answer{Appointment: e.Appointment}
		case AppointmentMoved:
			return &Answer{Appointment: e.Appointment}
		case AppointmentCancelled:
			return &Answer{Appointment: e.Appointment}
		case WishAdded:
			return &Answer{Wish: e.Wish}
		}
	}
	return nil
}

func deskAnswer(r *Rules, s *State, desk string, now time.Time) *DeskAnswer {
	d := s.Desk(desk)
	a := &DeskAnswer{Desk: desk, Phase: d.Phase, Until: d.Until}
	if t := s.Ticket(d.Ticket); t != nil {
		a.Ticket = &AtDesk{ID: t.ID, Number: t.Number, State: t.State, Services: t.Leg,
			CalledAt: t.CalledAt, StartedAt: t.StartedAt, Calls: t.Calls, Reason: t.Reason}
	}
	if t, why := Pick(r, s, desk, now); t != nil {
		a.Next = &NextAtDesk{Number: t.Number, Reason: why}
	}
	return a
}

// DeskOf returns the desk a command is pressed at, or "".
func DeskOf(c Command) string {
	switch c := c.(type) {
	case OpenDesk:
		return c.Desk
	case PauseDesk:
		return c.Desk
	case ResumeDesk:
		return c.Desk
	case CloseDesk:
		return c.Desk
	case CallNext:
		return c.Desk
	case Recall:
		return c.Desk
	case Start:
		return c.Desk
	case Finish:
		return c.Desk
	case MarkNoShow:
		return c.Desk
	case Park:
		return c.Desk
	case Unpark:
		return c.Desk
	case Transfer:
		return c.Desk
	case Requeue:
		return c.Desk
	case Take:
		return c.Desk
	case UndoLast:
		return c.Desk
	}
	return ""
}
