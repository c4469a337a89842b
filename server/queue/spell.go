package queue

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// What most records are made of is spelled here instead of by json, which takes
// three times as long and was a seventh of what a command costs. The bytes are
// those of json.Marshal, in everything; whatever is out of the ordinary is left
// to it. A test compares the two for values of all kinds, so that a field that is
// added must be added here.
type speller struct {
	buf []byte
	err error // the first
}

// other leaves a value to json.
func (w *speller) other(v any) {
	raw, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.buf = append(w.buf, raw...)
}

// event spells the inside of an event.
func (w *speller) event(e Event) {
	switch e := e.(type) {
	case TicketIssued:
		w.text(`{"ticket":`, e.Ticket)
		w.number(`,"number":`, e.Number)
		w.text(`,"category":`, e.Category)
		w.items(`,"services":`, e.Services)
		w.int(`,"priority":`, e.Priority)
		w.textIf(`,"language":`, e.Language)
		if e.Promise != nil {
			w.buf = append(w.buf, `,"promise":`...)
			w.promise(e.Promise)
		}
	case TicketCalled:
		w.text(`{"ticket":`, e.Ticket)
		w.text(`,"desk":`, e.Desk)
		w.items(`,"leg":`, e.Leg)
		w.reason(`,"reason":`, &e.Reason)
	case TicketStarted:
		w.text(`{"ticket":`, e.Ticket)
	case TicketFinished:
		w.text(`{"ticket":`, e.Ticket)
		w.instantIf(`,"started_at":`, e.StartedAt)
	default:
		w.other(e)
		return
	}
	w.buf = append(w.buf, '}')
}

func (w *speller) promise(p *Promise) {
	w.buf = strconv.AppendInt(append(w.buf, `{"low":`...), int64(p.Low), 10)
	w.buf = strconv.AppendInt(append(w.buf, `,"high":`...), int64(p.High), 10)
	w.float(`,"p10":`, p.P10)
	w.float(`,"p50":`, p.P50)
	w.float(`,"p80":`, p.P80)
	w.float(`,"p90":`, p.P90)
	w.buf = append(w.buf, '}')
}

func (w *speller) answer(a *Answer) {
	begin := len(w.buf)
	if a.Desk != nil {
		w.buf = append(w.buf, `,"desk":`...)
		w.desk(a.Desk)
	}
	w.textIf(`,"ticket":`, a.Ticket)
	if a.Number != nil {
		w.number(`,"number":`, *a.Number)
	}
	w.textIf(`,"arrival":`, string(a.Arrival))
	w.instantIf(`,"for":`, a.For)
	w.textIf(`,"appointment":`, a.Appointment)
	w.instantIf(`,"until":`, a.Until)
	w.textIf(`,"wish":`, a.Wish)
	if len(w.buf) == begin {
		w.buf = append(w.buf, '{')
	}
	w.buf[begin] = '{' // in place of the first comma
	w.buf = append(w.buf, '}')
}

func (w *speller) desk(d *DeskAnswer) {
	w.text(`{"desk":`, d.Desk)
	w.text(`,"phase":`, string(d.Phase))
	w.instantIf(`,"until":`, d.Until)
	if t := d.Ticket; t != nil {
		w.text(`,"ticket":{"id":`, t.ID)
		w.number(`,"number":`, t.Number)
		w.text(`,"state":`, string(t.State))
		w.items(`,"services":`, t.Services)
		w.instant(`,"called_at":`, t.CalledAt)
		w.instantIf(`,"started_at":`, t.StartedAt)
		w.buf = strconv.AppendInt(append(w.buf, `,"calls":`...), int64(t.Calls), 10)
		w.reason(`,"reason":`, &t.Reason)
		w.buf = append(w.buf, '}')
	}
	if n := d.Next; n != nil {
		w.number(`,"next":{"number":`, n.Number)
		w.reason(`,"reason":`, &n.Reason)
		w.buf = append(w.buf, '}')
	}
	w.buf = append(w.buf, '}')
}

func (w *speller) reason(key string, r *Reason) {
	w.buf = append(w.buf, key...)
	w.text(`{"code":`, r.Code)
	w.instantIf(`,"appointment_at":`, r.AppointmentAt)
	w.instantIf(`,"since":`, r.Since)
	w.int(`,"waited_minutes":`, r.WaitedMinutes)
	w.int(`,"ceiling_minutes":`, r.CeilingMinutes)
	w.int(`,"priority_minutes":`, r.PriorityMin)
	w.buf = append(w.buf, '}')
}

func (w *speller) number(key string, n Number) {
	w.buf = append(w.buf, key...)
	w.text(`{"letter":`, n.Letter)
	w.buf = append(strconv.AppendInt(append(w.buf, `,"n":`...), int64(n.N), 10), '}')
}

func (w *speller) items(key string, items []Item) {
	w.buf = append(w.buf, key...)
	if items == nil {
		w.buf = append(w.buf, `null`...)
		return
	}
	w.buf = append(w.buf, '[')
	for i := range items {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.text(`{"service":`, items[i].Service)
		w.buf = append(strconv.AppendInt(append(w.buf, `,"quantity":`...), int64(items[i].Quantity), 10), '}')
	}
	w.buf = append(w.buf, ']')
}

// int spells what is left out where it is 0.
func (w *speller) int(key string, n int) {
	if n != 0 {
		w.buf = strconv.AppendInt(append(w.buf, key...), int64(n), 10)
	}
}

func (w *speller) textIf(key, s string) {
	if s != "" {
		w.text(key, s)
	}
}

func (w *speller) text(key, s string) {
	w.buf = append(w.buf, key...)
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			w.other(s)
			return
		}
	}
	w.buf = append(append(append(w.buf, '"'), s...), '"')
}

func (w *speller) instantIf(key string, t time.Time) {
	if !t.IsZero() {
		w.instant(key, t)
	}
}

func (w *speller) instant(key string, t time.Time) {
	w.buf = append(w.buf, key...)
	if y := t.Year(); t.Location() != time.UTC || y < 1000 || y > 9999 {
		w.other(t)
		return
	}
	w.buf = append(t.AppendFormat(append(w.buf, '"'), time.RFC3339Nano), '"')
}

func (w *speller) float(key string, f float64) {
	w.buf = append(w.buf, key...)
	if a := math.Abs(f); a != 0 && (a < 1e-6 || !(a < 1e21)) {
		w.other(f)
		return
	}
	w.buf = strconv.AppendFloat(w.buf, f, 'f', -1, 64)
}
