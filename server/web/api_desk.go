package web

import (
	"context"
	"net/http"
	"time"

	"aufruf/server/access"
	"aufruf/server/queue"

	"github.com/danielgtaylor/huma/v2"
)

// DeskAnswer is a desk after a press.
type DeskAnswer struct {
	Seq    uint64          `json:"seq" doc:"number of the record"`
	Desk   string          `json:"desk"`
	State  queue.DeskPhase `json:"state" enum:"open,paused,closed"`
	Ticket *DeskTicket     `json:"ticket" doc:"whom the desk holds; null: nobody, which is no error"`
	Next   *DeskNext       `json:"next" doc:"who would be called now"`
}

// DeskTicket is the ticket at a desk.
type DeskTicket struct {
	ID        string            `json:"id"`
	Number    string            `json:"number"`
	State     queue.TicketState `json:"state" enum:"called,serving"`
	Services  []Item            `json:"services" doc:"what this desk does for the person"`
	CalledAt  time.Time         `json:"called_at"`
	StartedAt *time.Time        `json:"started_at"`
	Calls     int               `json:"calls"`
	Reason    *queue.Reason     `json:"reason"`
}

// DeskNext is who would be called, and why.
type DeskNext struct {
	Number string        `json:"number"`
	Reason *queue.Reason `json:"reason"`
}

// nullable lets properties that are objects also be null, which the schema
// made from a pointer leaves out.
func nullable(s *huma.Schema, properties ...string) *huma.Schema {
	for _, name := range properties {
		if p := s.Properties[name]; p != nil && p.Ref != "" {
			s.Properties[name] = &huma.Schema{Description: p.Description, OneOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
		}
	}
	return s
}

// TransformSchema says which objects may be null.
func (DeskAnswer) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "ticket", "next")
}

// TransformSchema says which objects may be null.
func (DeskTicket) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "reason")
}

// TransformSchema says which objects may be null.
func (DeskNext) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "reason")
}

// TransformSchema says which objects may be null.
func (QueueTicket) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "reason")
}

// TransformSchema says which objects may be null.
func (AppointmentState) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "ticket")
}

type deskOut struct{ Body DeskAnswer }

// pressed is the input of a press without parameters, the others add a body.
type pressed struct {
	AtDesk
	Keyed
	Body *nothing `required:"false"`
}

type pausedIn struct {
	AtDesk
	Keyed
	Body *struct {
		Until *time.Time `json:"until,omitempty" nullable:"true" doc:"when the clerk expects to be back"`
	} `required:"false"`
}

type parkedIn struct {
	AtDesk
	Keyed
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"64" doc:"one of the catalogue's park_reasons"`
		Ticket string `json:"ticket,omitempty" maxLength:"100" doc:"one that waits; missing: the one at the desk"`
	}
}

type transferIn struct {
	AtDesk
	Keyed
	Body struct {
		Service string `json:"service,omitempty" maxLength:"64"`
		Desk    string `json:"desk,omitempty" maxLength:"64"`
		Office  string `json:"office,omitempty" maxLength:"64" doc:"with it, service may name one of its services"`
	}
}

type ticketIn struct {
	AtDesk
	Keyed
	Body struct {
		Ticket string `json:"ticket" minLength:"1" maxLength:"100" doc:"id of the ticket"`
	}
}

func (in *AtDesk) where() (office, desk string) { return in.Office, in.Desk }
func (in *Keyed) key() string                   { return in.Key }

// press is what the inputs of all desk commands have in common.
type press interface {
	where() (office, desk string)
	key() string
}

func (s *Server) deskRoutes() {
	plain := func(make func(desk string) queue.Command) func(*ask, *pressed) queue.Command {
		return func(_ *ask, in *pressed) queue.Command { return make(in.Desk) }
	}
	desk(s, "open", "Take the desk", plain(func(d string) queue.Command { return queue.OpenDesk{Desk: d} }))
	desk(s, "resume", "Go on after a pause", plain(func(d string) queue.Command { return queue.ResumeDesk{Desk: d} }))
	desk(s, "next", "End what runs and call whom the rule names", plain(func(d string) queue.Command { return queue.CallNext{Desk: d} }))
	desk(s, "recall", "Call the same person again", plain(func(d string) queue.Command { return queue.Recall{Desk: d} }))
	desk(s, "start", "The called person has come", plain(func(d string) queue.Command { return queue.Start{Desk: d} }))
	desk(s, "finish", "End the case", plain(func(d string) queue.Command { return queue.Finish{Desk: d} }))
	desk(s, "no-show", "The called person has not come", plain(func(d string) queue.Command { return queue.MarkNoShow{Desk: d} }))
	desk(s, "requeue", "Take a wrong call back", plain(func(d string) queue.Command { return queue.Requeue{Desk: d} }))
	desk(s, "undo", "Take the desk's last press back", plain(func(d string) queue.Command { return queue.UndoLast{Desk: d} }))
	desk(s, "close", "Give the desk back", func(a *ask, in *pressed) queue.Command {
		return queue.CloseDesk{Desk: in.Desk, Any: a.can(in.Office, access.Supervisor)}
	})
	desk(s, "pause", "Stop calling for a while", func(_ *ask, in *pausedIn) queue.Command {
		c := queue.PauseDesk{Desk: in.Desk}
		if in.Body != nil && in.Body.Until != nil {
			c.Until = in.Body.Until.UTC()
		}
		return c
	})
	desk(s, "park", "Set a ticket aside", func(_ *ask, in *parkedIn) queue.Command {
		return queue.Park{Desk: in.Desk, Reason: in.Body.Reason, Ticket: in.Body.Ticket}
	})
	desk(s, "transfer", "Pass the desk's ticket on", func(_ *ask, in *transferIn) queue.Command {
		return queue.Transfer{Desk: in.Desk, Service: in.Body.Service, ToDesk: in.Body.Desk, Office: in.Body.Office}
	})
	desk(s, "unpark", "Put a parked ticket, or a no-show who turned up, back in line", func(_ *ask, in *ticketIn) queue.Command {
		return queue.Unpark{Desk: in.Desk, Ticket: in.Body.Ticket}
	})
	desk(s, "take", "Call one particular person", func(_ *ask, in *ticketIn) queue.Command {
		return queue.Take{Desk: in.Desk, Ticket: in.Body.Ticket}
	})
}

// desk registers one press.
func desk[I any, P interface {
	*I
	press
}](s *Server, verb, summary string, make func(*ask, P) queue.Command) {
	o := operation{method: http.MethodPost, path: "/api/v1/offices/{office}/desks/{desk}/" + verb, id: "desk-" + verb, summary: summary, tag: "Desks", errors: []int{422}}
	endpoint(s, o, func(ctx context.Context, a *ask, in *I) (*deskOut, error) {
		id, at := P(in).where()
		o, err := s.office(id)
		if err != nil {
			return nil, err
		}
		if o.Rules().Desk(at) == nil {
			return nil, &queue.Refusal{Code: queue.RefusedUnknownDesk}
		}
		r, err := s.do(ctx, a, o, P(in).key(), make(a, in))
		if err != nil {
			return nil, err
		}
		return &deskOut{Body: deskAnswer(r.Seq, r.Answer.Desk)}, nil
	})
}

func deskAnswer(seq uint64, d *queue.DeskAnswer) DeskAnswer {
	out := DeskAnswer{Seq: seq, Desk: d.Desk, State: d.Phase}
	if t := d.Ticket; t != nil {
		out.Ticket = &DeskTicket{ID: t.ID, Number: t.Number.String(), State: t.State, Services: itemsOut(t.Services),
			CalledAt: t.CalledAt.UTC(), StartedAt: instant(t.StartedAt), Calls: t.Calls, Reason: reasonOut(t.Reason)}
	}
	if n := d.Next; n != nil {
		out.Next = &DeskNext{Number: n.Number.String(), Reason: reasonOut(n.Reason)}
	}
	return out
}
