package queue

import (
	"fmt"
	"time"
)

// Decide turns a command into the events that it means, or refuses it with a
// *Refusal. It only reads. by is the opaque id of who gave the command; now
// must not lie before s.At. Every accepted command makes at least one event,
// so that its answer can be given again.
func Decide(r *Rules, s *State, c Command, by string, now time.Time) ([]Event, error) {
	if desk := DeskOf(c); desk != "" {
		return decideAtDesk(r, s, desk, c, by, now)
	}
	switch c := c.(type) {
	case IssueTicket:
		return issueTicket(r, s, c, now)
	case AddAppointment:
		return addAppointment(r, s, c, now)
	case HoldSlot:
		return holdSlot(r, s, c, now)
	case ReleaseHold:
		return releaseHold(s, c, now)
	case BookHold:
		return bookHold(r, s, c, now)
	case MoveAppointment:
		return moveAppointment(r, s, c, now)
	case CancelAppointment:
		return cancelAppointment(s, c, now)
	case ConfirmAppointment:
		return confirmAppointment(s, c)
	case DelayAppointment:
		return delayAppointment(r, s, c, now)
	case AddWish:
		return addWish(r, s, c)
	case WithdrawWish:
		return withdrawWish(s, c, now)
	case SetBooking:
		return setBooking(r, s, c)
	case SetExtra:
		return setExtra(r, s, c)
	case MarkPapers:
		return markPapers(r, s, c)
	case CheckIn:
		return checkIn(r, s, c, now)
	case Leave:
		return leave(s, c)
	case OpenOffice:
		return openOffice(c, now)
	case CloseOffice:
		return []Event{OfficeClosed{}}, nil
	case SetIntake:
		if c.Open {
			return []Event{IntakeOpened{}}, nil
		}
		return []Event{IntakeClosed{}}, nil
	case SetNotice:
		return setNotice(c)
	case SetPlanned:
		return setPlanned(r, s, c)
	case Tick:
		return tick(r, s, c, now)
	case Dispatch:
		return dispatch(r, s, c, now)
	case Receive:
		return receive(r, s, c)
	case HandOver:
		return handOver(s, c)
	}
	// A desk command without a desk, or a command that nobody knows.
	if c.Kind() == "" {
		return nil, fmt.Errorf("unknown command %T", c)
	}
	return nil, refuse(RefusedUnknownDesk)
}

const noticeMax = 300

func setNotice(c SetNotice) ([]Event, error) {
	if len([]rune(c.Text)) > noticeMax {
		return nil, refuse(RefusedNotice, "Max", noticeMax)
	}
	return []Event{NoticeSet{Text: c.Text}}, nil
}

func openOffice(c OpenOffice, now time.Time) ([]Event, error) {
	if !c.Until.IsZero() && !c.Until.After(now) {
		return nil, refuse(RefusedUntil)
	}
	return []Event{OfficeOpened{Until: c.Until}}, nil
}

func leave(s *State, c Leave) ([]Event, error) {
	t := s.Ticket(c.Ticket)
	if t == nil {
		return nil, refuse(RefusedUnknownTicket)
	}
	switch t.State {
	case Waiting, Called, Parked:
		return []Event{TicketLeft{Ticket: t.ID}}, nil
	}
	return nil, refuseState(t)
}

func refuseState(t *Ticket) error {
	return refuse(RefusedState, "Number", t.Number.String(), "State", string(t.State))
}
