package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// Checking in by what everybody knows by heart: the last digits of one's mobile
// number and the first letter of one's name. Ten thousand ends and a few dozen
// letters are soon tried out, and what comes of it is somebody's number: so
// tries are slowed together with those of codes, and whatever is not exactly
// one person expected today gets one answer, in one time.

// missWithin is how long a miss takes, however it came about: much longer than
// looking, opening what was found and asking the office.
const missWithin = 400 * time.Millisecond

type checkInByPhoneIn struct {
	InOffice
	Keyed
	Body struct {
		Digits   string `json:"digits" minLength:"4" maxLength:"20" doc:"the last digits of the telephone number, four or more"`
		Initial  string `json:"initial" minLength:"1" maxLength:"80" doc:"the first letter of the surname; more of it is not read"`
		Language string `json:"language,omitempty" maxLength:"8" doc:"what the person speaks, one of the house's languages"`
	}
}

func (s *Server) checkInByPhone(ctx context.Context, a *ask, in *checkInByPhoneIn) (*checkInOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if err := s.goodLanguage(in.Body.Language); err != nil {
		return nil, err
	}
	if wait := s.limits.codes.Wait(a.who.ID, s.deps.Clock()); wait > 0 {
		return nil, tooMany(codeCodeTries, int(wait/time.Second)+1)
	}
	miss := time.NewTimer(s.limits.miss)
	defer miss.Stop()
	c := queue.CheckIn{Language: in.Body.Language}
	if c.Appointment, err = s.expectedToday(ctx, o, in.Body.Digits, in.Body.Initial); err != nil {
		return nil, err
	}
	if c.Appointment != "" {
		c.Promise = s.promisedTo(o, c.Appointment)
		// A machine has used somebody's data: that is noted, and nobody's name.
		if err := s.deps.Access.Audit(ctx, a.who.ID, "check_in_by_phone", c.Appointment, s.deps.Now()); err != nil {
			return nil, err
		}
	}
	// Nobody goes to the office too: who checked in a moment ago and did not
	// hear of it asks again under the same key.
	r, err := s.do(ctx, a, o, in.Key, c)
	var refused *queue.Refusal
	switch {
	case errors.As(err, &refused):
		s.limits.codes.Fail(a.who.ID, s.deps.Clock())
		select {
		case <-miss.C:
		case <-ctx.Done():
		}
		return nil, &problem{Status: http.StatusNotFound, Code: codeNobodyAlone}
	case err != nil:
		return nil, err
	}
	s.limits.codes.Forgive(a.who.ID)
	return s.checkedIn(r), nil
}

// expectedToday is the one appointment of today, not arrived yet, under the end
// of a telephone number and a first letter; "" where there is none or more than
// one.
func (s *Server) expectedToday(ctx context.Context, o *office.Office, digits, initial string) (string, error) {
	found, err := s.deps.Contacts.OfPhoneEnd(ctx, o.ID(), digits, initial)
	if err != nil {
		return "", err
	}
	st, alone := o.State(), ""
	for _, w := range found {
		a := st.Appointment(w.ID)
		if a == nil || a.Ticket != "" || calendar.DateOf(a.At, o.Rules().Hours.Zone) != st.Day {
			continue
		}
		if alone != "" {
			return "", nil
		}
		alone = a.ID
	}
	return alone, nil
}

// checkedIn is the answer to who checked in.
func (s *Server) checkedIn(r office.Receipt) *checkInOut {
	out := &checkInOut{}
	out.Body.ID, out.Body.Number, out.Body.Link = r.Answer.Ticket, r.Answer.Number.String(), s.ticketLink(r.Answer.Ticket)
	out.Body.Arrival = r.Answer.Arrival
	out.Body.At = instant(r.Answer.For)
	return out
}
