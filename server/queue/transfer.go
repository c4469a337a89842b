package queue

import (
	"slices"
	"time"
)

// transfer passes the desk's ticket on; number and place are kept.
func transfer(r *Rules, t *Ticket, d *Desk, c Transfer) ([]Event, error) {
	switch {
	case c.Office != "" && c.ToDesk == "":
		return send(r, t, c)
	case c.ToDesk != "" && c.Service == "" && c.Office == "":
		if r.Desk(c.ToDesk) == nil {
			return nil, refuse(RefusedUnknownDesk)
		}
		if c.ToDesk == d.ID {
			return nil, refuse(RefusedSameDesk)
		}
		return []Event{TicketTransferred{Ticket: t.ID, Services: t.Remaining, ToDesk: c.ToDesk}}, nil
	case c.Service != "" && c.ToDesk == "":
		if r.Service(c.Service) == nil {
			return nil, refuse(RefusedUnknownService)
		}
		items := []Item{{Service: c.Service, Quantity: 1}}
		for _, it := range t.Remaining {
			if !slices.Contains(t.Leg, it) && it.Service != c.Service {
				items = append(items, it)
			}
		}
		return []Event{TicketTransferred{Ticket: t.ID, Services: items}}, nil
	}
	return nil, refuse(RefusedTransferTarget)
}

func send(r *Rules, t *Ticket, c Transfer) ([]Event, error) {
	services, ok := r.Others[c.Office]
	if !ok {
		return nil, refuse(RefusedUnknownOffice)
	}
	if c.Service != "" && !slices.Contains(services, c.Service) {
		return nil, refuse(RefusedUnknownService)
	}
	return []Event{TicketSent{Ticket: t.ID, Office: c.Office, Service: c.Service}}, nil
}

// A sent ticket stays in this office's care, and can be taken back by undo,
// until it is dispatched. Dispatching is decided in this office's own order,
// so undo and hand-over exclude each other; from then on the worker repeats
// Receive at the other office until it is there, and HandOver closes it here.

// DispatchAt is when a sent ticket is due to be handed over: once its sending
// can no longer be undone.
func (r *Rules) DispatchAt(t *Ticket) time.Time { return t.SentAt.Add(r.UndoWithin) }

func dispatch(r *Rules, s *State, c Dispatch, now time.Time) ([]Event, error) {
	t := s.Ticket(c.Ticket)
	if t == nil {
		return nil, refuse(RefusedUnknownTicket)
	}
	if t.State != Sent || t.Dispatched || now.Before(r.DispatchAt(t)) {
		return nil, refuseState(t)
	}
	return []Event{TicketDispatched{Ticket: t.ID}}, nil
}

// receive never refuses a person: an unknown service becomes the one that the
// office gives to such tickets.
func receive(r *Rules, s *State, c Receive) ([]Event, error) {
	service := c.Ticket.SentService
	if r.Service(service) == nil {
		service = r.Receives
	}
	return []Event{TicketReceived{From: c.From, Ticket: c.Ticket, Services: []Item{{Service: service, Quantity: 1}}}}, nil
}

func handOver(s *State, c HandOver) ([]Event, error) {
	t := s.Ticket(c.Ticket)
	if t == nil {
		return nil, refuse(RefusedUnknownTicket)
	}
	if t.State != Sent || !t.Dispatched {
		return nil, refuseState(t)
	}
	return []Event{TicketHandedOver{Ticket: t.ID}}, nil
}
