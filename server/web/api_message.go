package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"aufruf/server/notify"
)

// The codes of what asking about messages can be refused for.
const (
	codeNotFailed   = "message_not_failed"
	codeNobody      = "message_nobody"
	codeMessageKind = "message_kind"
)

type messagesIn struct {
	InOffice
	Before int64 `query:"before" minimum:"0" doc:"only messages older than the one of this id; missing: the newest"`
}

// Message is one message without its recipient.
type Message struct {
	ID       int64      `json:"id"`
	About    string     `json:"about" doc:"id of the appointment or wish"`
	Kind     string     `json:"kind" enum:"booked,moved,cancelled,confirm,reminder_day,reminder_hours,offer,wish"`
	Channel  string     `json:"channel" enum:"sms,email"`
	State    string     `json:"state" enum:"waiting,sending,sent,failed,dropped"`
	Error    string     `json:"error" doc:"code of what went wrong last, or why it was dropped; empty: nothing"`
	Attempts int        `json:"attempts"`
	Made     time.Time  `json:"made" doc:"when what it tells happened"`
	Visit    *time.Time `json:"visit" doc:"the time of the visit it tells of; null where it tells of none"`
	Next     *time.Time `json:"next" doc:"when it is tried next; null: not any more"`
	Changed  time.Time  `json:"changed" doc:"when its state changed last"`
	Report   string     `json:"report" doc:"what the gateway said later: delivered, failed, on_its_way; empty: nothing yet"`
	Segments int        `json:"segments" doc:"SMS it was sent as; 0 for e-mail"`
	Cents    float64    `json:"cents" doc:"what it cost, by the configured price"`
	Asked    bool       `json:"asked" doc:"somebody asked for it; else it came of a record"`
}

// MessageSum is what the month has come to on one channel.
type MessageSum struct {
	Channel  string  `json:"channel" enum:"sms,email"`
	State    string  `json:"state" enum:"waiting,sending,sent,failed,dropped"`
	Count    int     `json:"count"`
	Segments int     `json:"segments"`
	Cents    float64 `json:"cents"`
}

type messagesOut struct {
	Body struct {
		Messages []Message    `json:"messages" doc:"newest first, at most 100"`
		Month    []MessageSum `json:"month" doc:"of this local month so far"`
	}
}

type messageAt struct {
	InOffice
	Keyed
	ID int64 `path:"id" minimum:"1"`
}

type messageOut struct{ Body Message }

type sendAgainIn struct {
	ByCode
	Keyed
	Body struct {
		Kind string `json:"kind" enum:"booked" doc:"the confirmation; of a booking that must be confirmed, the asking for it"`
	}
}

type sendAgainOut struct {
	Body struct {
		Messages []Message `json:"messages" doc:"one for each way that reaches the person"`
	}
}

type previewIn struct {
	InOffice
	Kind    string `query:"kind" required:"true" enum:"booked,moved,cancelled,confirm,reminder_day,reminder_hours,offer,wish"`
	Channel string `query:"channel" required:"true" enum:"sms,email"`
	Lang    string `query:"lang" maxLength:"8" doc:"a language of the house; missing: German"`
}

type previewOut struct {
	Body struct {
		Subject  string `json:"subject" doc:"of an e-mail"`
		Text     string `json:"text"`
		HTML     string `json:"html" doc:"of an e-mail"`
		ICS      string `json:"ics" doc:"of an e-mail that is entered in a calendar"`
		Segments int    `json:"segments" doc:"SMS that the text is sent as; 0 for e-mail"`
		GSM      bool   `json:"gsm" doc:"the text fits the alphabet of seven bits"`
	}
}

// messagesMost is how many messages are told at once.
const messagesMost = 100

func (s *Server) messageRoutes() {
	const base = "/api/v1/offices/{office}"
	endpoint(s, operation{method: http.MethodGet, path: base + "/messages", id: "list-messages", summary: "Messages, newest first, and what the month has cost", tag: "Messages", errors: []int{422}}, s.listMessages)
	endpoint(s, operation{method: http.MethodPost, path: base + "/messages/{id}/retry", id: "retry-message", summary: "Try a failed message again", tag: "Messages", errors: []int{422}}, s.retryMessage)
	endpoint(s, operation{method: http.MethodGet, path: base + "/messages/preview", id: "preview-message", summary: "A message as it would be sent, of an invented person", tag: "Messages", errors: []int{422}}, s.previewMessage)
	endpoint(s, operation{method: http.MethodPost, path: base + "/appointments/{code}/messages", id: "send-again", summary: "Send the confirmation of an appointment again", tag: "Messages", errors: []int{422}}, s.sendAgain)
}

// notify is what tells people, or not found where nobody is told.
func (s *Server) notify() (*notify.Notify, error) {
	if s.deps.Notify == nil {
		return nil, notFound()
	}
	return s.deps.Notify, nil
}

func (s *Server) listMessages(ctx context.Context, _ *ask, in *messagesIn) (*messagesOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	n, err := s.notify()
	if err != nil {
		return nil, err
	}
	rows, err := n.Messages(ctx, o.ID(), in.Before, messagesMost)
	if err != nil {
		return nil, err
	}
	sums, err := n.Month(ctx, o.ID(), s.deps.Now())
	if err != nil {
		return nil, err
	}
	out := &messagesOut{}
	out.Body.Messages, out.Body.Month = messagesOf(rows), []MessageSum{}
	for _, m := range sums {
		out.Body.Month = append(out.Body.Month, MessageSum{string(m.Channel), string(m.State), m.Count, m.Segments, m.Price})
	}
	return out, nil
}

func messagesOf(rows []notify.Row) []Message {
	list := []Message{}
	for _, r := range rows {
		list = append(list, messageOf(r))
	}
	return list
}

func messageOf(r notify.Row) Message {
	m := Message{ID: r.ID, About: r.Whose, Kind: string(r.Kind), Channel: string(r.Channel), State: string(r.State), Error: r.Error,
		Attempts: r.Attempts, Made: r.Made, Changed: r.Changed, Report: r.Report, Segments: r.Segments, Cents: r.Price, Asked: r.Asked != ""}
	if !r.About.IsZero() {
		m.Visit = &r.About
	}
	if r.State == notify.Waiting {
		m.Next = &r.Next
	}
	return m
}

func (s *Server) retryMessage(ctx context.Context, _ *ask, in *messageAt) (*messageOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	n, err := s.notify()
	if err != nil {
		return nil, err
	}
	r, err := n.Retry(ctx, o.ID(), in.ID)
	if err != nil {
		return nil, messageProblem(err)
	}
	return &messageOut{Body: messageOf(r)}, nil
}

func (s *Server) sendAgain(ctx context.Context, a *ask, in *sendAgainIn) (*sendAgainOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	n, err := s.notify()
	if err != nil {
		return nil, err
	}
	ap, err := s.appointment(a, o, in.Code)
	if err != nil {
		return nil, err
	}
	// The key stands in the row only as a hash: callers write into keys what
	// they like.
	asked := sha256.Sum256([]byte(a.who.ID + "\x00" + in.Key))
	rows, err := n.Again(ctx, o.ID(), ap.ID, notify.Kind(in.Body.Kind), hex.EncodeToString(asked[:12]))
	if err != nil {
		return nil, messageProblem(err)
	}
	out := &sendAgainOut{}
	out.Body.Messages = messagesOf(rows)
	return out, nil
}

func (s *Server) previewMessage(_ context.Context, _ *ask, in *previewIn) (*previewOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	n, err := s.notify()
	if err != nil {
		return nil, err
	}
	if in.Lang == "" {
		in.Lang = "de"
	}
	if err := s.goodLanguage(in.Lang); err != nil {
		return nil, err
	}
	e, err := n.Preview(o.ID(), notify.Kind(in.Kind), notify.Channel(in.Channel), in.Lang)
	if err != nil {
		return nil, messageProblem(err)
	}
	out := &previewOut{}
	b := &out.Body
	b.Subject, b.Text, b.HTML, b.ICS, b.Segments, b.GSM = e.Subject, e.Text, e.HTML, e.ICS, e.Segments, e.GSM
	return out, nil
}

// messageProblem is what asking about messages is refused with.
func messageProblem(err error) error {
	switch {
	case errors.Is(err, notify.ErrNone):
		return notFound()
	case errors.Is(err, notify.ErrNotFailed):
		return &problem{Status: http.StatusConflict, Code: codeNotFailed}
	case errors.Is(err, notify.ErrNobody):
		return &problem{Status: http.StatusConflict, Code: codeNobody}
	case errors.Is(err, notify.ErrKind):
		return &problem{Status: http.StatusConflict, Code: codeMessageKind}
	}
	return err
}
