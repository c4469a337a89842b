package web

import (
	"context"
	"errors"
	"net/http"

	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

type NoteAt struct {
	InOffice
	ID string `path:"id" maxLength:"100" doc:"id of the ticket"`
}

type noteIn struct {
	NoteAt
	Body struct {
		Text string `json:"text" maxLength:"2000" doc:"for colleagues; erased at the end of the day; empty erases it now"`
	}
}

type noteOut struct {
	Body struct {
		Text string `json:"text"`
	}
}

// noteRoutes are clerks' notes on a ticket. They are personal: sealed, erased
// with the day, and every reading is audited.
func (s *Server) noteRoutes() {
	const path = "/api/v1/offices/{office}/tickets/{id}/note"
	endpoint(s, operation{method: http.MethodGet, path: path, id: "read-note", summary: "Read the note on a ticket", tag: "Tickets"}, s.readNote)
	endpoint(s, operation{method: http.MethodPut, path: path, id: "write-note", summary: "Write the note on a ticket", tag: "Tickets", errors: []int{422}, status: http.StatusOK}, s.writeNote)
}

// noted finds the ticket that a note is on.
func (s *Server) noted(in *NoteAt) (*office.Office, people.Key, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, people.Key{}, err
	}
	t := o.State().Ticket(segment(in.ID))
	if t == nil {
		return nil, people.Key{}, &queue.Refusal{Code: queue.RefusedUnknownTicket}
	}
	return o, people.Key{Office: o.ID(), Ticket: t.ID}, nil
}

func (s *Server) readNote(ctx context.Context, a *ask, in *NoteAt) (*noteOut, error) {
	_, key, err := s.noted(in)
	if err != nil {
		return nil, err
	}
	out := &noteOut{}
	out.Body.Text, err = s.deps.Notes.Get(ctx, a.who.ID, key)
	if err != nil && !errors.Is(err, people.ErrNone) {
		return nil, err
	}
	return out, nil
}

func (s *Server) writeNote(ctx context.Context, _ *ask, in *noteIn) (*noteOut, error) {
	o, key, err := s.noted(&in.NoteAt)
	if err != nil {
		return nil, err
	}
	if err := s.deps.Notes.Put(ctx, key, o.State().Day.String(), in.Body.Text); err != nil {
		return nil, err
	}
	out := &noteOut{}
	out.Body.Text = in.Body.Text
	return out, nil
}
