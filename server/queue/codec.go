package queue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
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
		p := reflect.New(t)
		if err := json.Unmarshal(raw, p.Interface()); err != nil {
			return fmt.Errorf("event %s: %w", name, err)
		}
		w.Event = p.Elem().Interface().(Event)
	}
	return nil
}

// JSON returns the body as people and other programs read it: all of it as JSON.
func (b Body) JSON() ([]byte, error) {
	return json.Marshal(b.wire())
}

// Encode returns the body as stored: JSON, and behind a zero byte the
// appointments of a day that opens, packed.
func (b Body) Encode() ([]byte, error) {
	w := b.wire()
	packed := apart(w.Events)
	raw, err := w.encode()
	if err != nil || packed == nil {
		return raw, err
	}
	return append(append(raw, 0), packed...), nil
}

// encode gives the very bytes of json.Marshal. It puts them together itself:
// json checks and copies what a MarshalJSON returns, and of a record that is
// nearly everything.
func (w wireBody) encode() ([]byte, error) {
	buf := make([]byte, 0, 768) // most records
	var err error
	add := func(key string, v any) {
		var raw []byte
		if err == nil {
			raw, err = json.Marshal(v)
		}
		buf = append(append(buf, key...), raw...)
	}
	add(`{"kind":`, w.Kind)
	if w.Desk != "" {
		add(`,"desk":`, w.Desk)
	}
	buf = append(buf, `,"events":[`...)
	for i, e := range w.Events {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(append(buf, `{"`...), e.name()...)
		add(`":`, e.Event)
		buf = append(buf, '}')
	}
	buf = append(buf, ']')
	if w.Answer != nil {
		add(`,"answer":`, w.Answer)
	}
	if err != nil {
		return nil, err
	}
	return append(buf, '}'), nil
}

// DecodeBody reads what Encode wrote. An unknown event is an error: a program
// that does not know a fact must not go on as if it had not happened.
func DecodeBody(raw []byte) (Body, error) {
	var w wireBody
	raw, packed, apart := bytes.Cut(raw, []byte{0}) // JSON has no zero byte
	if err := json.Unmarshal(raw, &w); err != nil {
		return Body{}, fmt.Errorf("decode record: %w", err)
	}
	b := Body{Kind: w.Kind, Desk: w.Desk, Events: make([]Event, len(w.Events)), Answer: w.Answer}
	for i, e := range w.Events {
		b.Events[i] = e.Event
	}
	if apart {
		if err := together(b.Events, packed); err != nil {
			return Body{}, fmt.Errorf("decode record: %w", err)
		}
	}
	return b, nil
}

func (b Body) wire() wireBody {
	w := wireBody{Kind: b.Kind, Desk: b.Desk, Events: make([]wireEvent, len(b.Events)), Answer: b.Answer}
	for i, e := range b.Events {
		w.Events[i] = wireEvent{e}
	}
	return w
}
