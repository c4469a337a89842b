package queue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// events lists every event once; the codec, the tests and the documents walk
// it.
var events = []Event{
	TicketIssued{}, AppointmentAdded{}, AppointmentArrived{}, AppointmentMissed{}, TicketLeft{}, TicketUnserved{},
	DeskOpened{}, DeskPaused{}, DeskResumed{}, DeskClosed{}, NobodyWaited{},
	TicketCalled{}, TicketRecalled{}, TicketStarted{}, TicketFinished{}, TicketNotShown{},
	TicketParked{}, TicketResumed{}, TicketReturned{}, TicketRequeued{}, TicketTransferred{}, DeskUndone{},
	TicketSent{}, TicketDispatched{}, TicketReceived{}, TicketHandedOver{},
	OfficeOpened{}, OfficeClosed{}, IntakeOpened{}, IntakeClosed{}, NoticeSet{}, ServicePlanned{}, DayClosed{}, DayOpened{},
	SlotHeld{}, HoldReleased{}, HoldLapsed{}, AppointmentBooked{}, AppointmentMoved{}, AppointmentCancelled{},
	AppointmentConfirmed{}, AppointmentDelayed{}, SlotShown{}, BookingSet{}, ExtraSet{}, WishAdded{}, WishEnded{}, PapersMissing{},
}

var eventTypes = func() map[string]reflect.Type {
	m := make(map[string]reflect.Type, len(events))
	for _, e := range events {
		m[e.name()] = reflect.TypeOf(e)
	}
	return m
}()

// Body is what one record of the journal holds: the kind of the command, the
// desk it was pressed at, the events in their order and what is needed to give
// the command's answer again.
type Body struct {
	Kind   string
	Desk   string
	Events []Event
	Answer *Answer
}

type wireBody struct {
	Kind   string      `json:"kind"`
	Desk   string      `json:"desk,omitempty"`
	Events []wireEvent `json:"events"`
	Answer *Answer     `json:"answer,omitempty"`
}

// wireEvent is an object with one key, the event's name.
type wireEvent struct{ Event }

func (w wireEvent) MarshalJSON() ([]byte, error) {
	v, err := json.Marshal(w.Event)
	if err != nil {
		return nil, err
	}
	return append(append([]byte(`{"`+w.name()+`":`), v...), '}'), nil
}

func (w *wireEvent) UnmarshalJSON(b []byte) error {
	// As Encode writes it, and json has looked at it: the name, and its value up to
	// the last brace. More than one name is no value.
	if rest, ok := bytes.CutPrefix(b, []byte(`{"`)); ok {
		name, raw, _ := bytes.Cut(rest, []byte(`":`))
		if t, ok := eventTypes[string(name)]; ok {
			return w.of(t, string(name), raw[:len(raw)-1])
		}
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	if len(m) != 1 {
		return fmt.Errorf("an event has one name, this one has %d", len(m))
	}
	for name, raw := range m {
		t, ok := eventTypes[name]
		if !ok {
			return fmt.Errorf("unknown event %q: written by a newer version", name)
		}
		if err := w.of(t, name, raw); err != nil {
			return err
		}
	}
	return nil
}

func (w *wireEvent) of(t reflect.Type, name string, raw []byte) error {
	p := reflect.New(t)
	if err := json.Unmarshal(raw, p.Interface()); err != nil {
		return fmt.Errorf("event %s: %w", name, err)
	}
	w.Event = p.Elem().Interface().(Event)
	return nil
}

// JSON returns the body as people and other programs read it: all of it as JSON.
func (b Body) JSON() ([]byte, error) {
	return json.Marshal(b.wire())
}

// Encode returns the body as stored: JSON, and behind a zero byte the
// appointments of a day that opens, packed.
func (b Body) Encode() ([]byte, error) {
	raw, _, err := b.EncodeParts()
	return raw, err
}

// EncodeParts is Encode, and says where in the record the answer stands, for
// DecodeAnswer; empty where there is none.
func (b Body) EncodeParts() (raw, answer []byte, err error) {
	w := b.wire()
	packed := apart(w.Events)
	raw, answer, err = w.encode()
	if err != nil || packed == nil {
		return raw, answer, err
	}
	return append(append(raw, 0), packed...), answer, nil
}

// encode gives the very bytes of json.Marshal. It puts them together itself:
// json checks and copies what a MarshalJSON returns, and of a record that is
// nearly everything. See speller.
func (w wireBody) encode() (raw, answer []byte, err error) {
	out := speller{buf: make([]byte, 0, 640)} // most records
	out.text(`{"kind":`, w.Kind)
	out.textIf(`,"desk":`, w.Desk)
	out.buf = append(out.buf, `,"events":[`...)
	for i, e := range w.Events {
		if i > 0 {
			out.buf = append(out.buf, ',')
		}
		out.buf = append(append(append(out.buf, `{"`...), e.name()...), `":`...)
		out.event(e.Event)
		out.buf = append(out.buf, '}')
	}
	out.buf = append(out.buf, ']')
	from := 0
	if w.Answer != nil {
		out.buf = append(out.buf, `,"answer":`...)
		from = len(out.buf)
		out.answer(w.Answer)
	}
	if out.err != nil {
		return nil, nil, out.err
	}
	raw = append(out.buf, '}')
	if from > 0 {
		answer = raw[from : len(raw)-1 : len(raw)-1]
	}
	return raw, answer, nil
}

// DecodeBody reads what Encode wrote. An unknown event is an error: a program
// that does not know a fact must not go on as if it had not happened.
func DecodeBody(raw []byte) (Body, error) {
	b, answer, err := DecodeParts(raw)
	if err != nil {
		return Body{}, err
	}
	if b.Answer, err = DecodeAnswer(answer); err != nil {
		return Body{}, err
	}
	return b, nil
}

// DecodeAnswer reads an answer as it stands in a record; empty is none.
func DecodeAnswer(raw []byte) (a *Answer, err error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	return a, nil
}

// DecodeParts is DecodeBody without the answer, which it gives as it stands in
// the record: hardly anybody asks for one again.
func DecodeParts(raw []byte) (b Body, answer []byte, err error) {
	var w struct {
		wireBody
		Answer json.RawMessage `json:"answer"`
	}
	raw, packed, apart := bytes.Cut(raw, []byte{0}) // JSON has no zero byte
	if err := json.Unmarshal(raw, &w); err != nil {
		return Body{}, nil, fmt.Errorf("decode record: %w", err)
	}
	b = Body{Kind: w.Kind, Desk: w.Desk, Events: make([]Event, len(w.Events))}
	for i, e := range w.Events {
		b.Events[i] = e.Event
	}
	if apart {
		if err := together(b.Events, packed); err != nil {
			return Body{}, nil, fmt.Errorf("decode record: %w", err)
		}
	}
	return b, w.Answer, nil
}

func (b Body) wire() wireBody {
	w := wireBody{Kind: b.Kind, Desk: b.Desk, Events: make([]wireEvent, len(b.Events)), Answer: b.Answer}
	for i, e := range b.Events {
		w.Events[i] = wireEvent{e}
	}
	return w
}

// Mention is how a record that Encode wrote begins an event.
func Mention(e Event) []byte { return []byte(`{"` + e.name() + `":`) }

// Mentions says whether one of these events may be in a record, without decoding
// it: false is certain, since a quote in a text stands behind a backslash.
func Mentions(raw []byte, of [][]byte) bool {
	return slices.ContainsFunc(of, func(m []byte) bool { return bytes.Contains(raw, m) })
}

// EventName is the wire name of an event.
func EventName(e Event) string { return e.name() }
