package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// importMost is how many appointments one table may hold.
const importMost = 5000

type importIn struct {
	InOffice
	Keyed
	RawBody []byte `contentType:"text/csv" doc:"header time,service,code (or with ;), then a line for each appointment: the time as RFC 3339, as 2026-03-29 09:10, or as 09:10 today; the id of the service, or several as id*2+other; the code, empty for one made here"`
}

type importOut struct {
	Body struct {
		Added int `json:"added"`
	}
}

// importAppointments takes a table all or not at all. Each line is a command
// with a key of its own, made from the request's: repeated after a lost
// answer, what was stored is only answered again.
func (s *Server) importAppointments(ctx context.Context, a *ask, in *importIn) (*importOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if media, _, err := mime.ParseMediaType(a.c.Get("Content-Type")); err != nil || media != "text/csv" {
		return nil, &problem{Status: http.StatusUnsupportedMediaType, Code: codeMediaType}
	}
	lines, err := s.readTable(a.body, o)
	if err != nil {
		return nil, err
	}
	if err := s.tryTable(ctx, a, o, in.Key, lines); err != nil {
		return nil, err
	}
	for _, l := range lines {
		if _, err := s.do(ctx, a, o, l.key(in.Key), l.command); err != nil {
			return nil, err
		}
	}
	out := &importOut{}
	out.Body.Added = len(lines)
	return out, nil
}

// row is one line of the table.
type row struct {
	number  int // as an editor counts
	command queue.AddAppointment
}

func (r row) key(of string) string { return of + "\x00" + strconv.Itoa(r.number) }

func (r row) fault(code string) *fault {
	return &fault{Code: code, Location: "body[" + strconv.Itoa(r.number) + "]", Params: map[string]any{"Line": r.number}}
}

// readTable reads all lines and finds all that cannot be read.
func (s *Server) readTable(raw []byte, o *office.Office) ([]row, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		return nil, invalid(&fault{Code: codeBadUTF8, Location: "body"})
	}
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(raw))
	if bytes.ContainsRune(head, ';') {
		r.Comma = ';'
	}
	r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = -1, true, true
	names, err := r.Read()
	if err != nil || len(names) != 3 || !strings.EqualFold(strings.TrimSpace(names[0]), "time") ||
		!strings.EqualFold(strings.TrimSpace(names[1]), "service") || !strings.EqualFold(strings.TrimSpace(names[2]), "code") {
		return nil, invalid(&fault{Code: codeCSVHeader, Location: "body[1]"})
	}
	var rows []row
	var faults []*fault
	for len(faults) < faultsMost {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var pe *csv.ParseError
		if errors.As(err, &pe) {
			faults = append(faults, row{number: pe.Line}.fault(codeCSVLine))
			break // where the next line begins is not known
		}
		line, _ := r.FieldPos(0)
		l := row{number: line}
		if err != nil || len(fields) != 3 || len(rows) == importMost {
			faults = append(faults, l.fault(codeCSVLine))
			continue
		}
		at, ok := readTime(strings.TrimSpace(fields[0]), o.Rules().Hours.Zone, o.State().Day)
		if !ok {
			faults = append(faults, l.fault(codeTime))
			continue
		}
		l.command = queue.AddAppointment{At: at, Services: readServices(fields[1])}
		if code := strings.TrimSpace(fields[2]); len(code) > 64 {
			faults = append(faults, l.fault(codeCSVLine))
			continue
		} else if code != "" {
			l.command.CodeMAC = s.deps.Town.CodeMAC(o.ID(), calendar.DateOf(at, o.Rules().Hours.Zone), code)
		}
		rows = append(rows, l)
	}
	if len(faults) > 0 {
		return nil, invalid(faults...)
	}
	return rows, nil
}

// readServices reads what a visit is for: the id of a service, or several with a
// plus between them, each with its quantity behind * if it is not 1. What makes
// no sense is refused by the office, as an unknown service or quantity.
func readServices(text string) (items []queue.Item) {
	for part := range strings.SplitSeq(text, "+") {
		id, n, many := strings.Cut(strings.TrimSpace(part), "*")
		quantity := 1
		if many {
			quantity, _ = strconv.Atoi(strings.TrimSpace(n)) // 0 is refused
		}
		items = append(items, queue.Item{Service: strings.TrimSpace(id), Quantity: quantity})
	}
	return items
}

// readTime understands what booking systems write; without a day it is today,
// without an offset the office's own time.
func readTime(text string, zone *time.Location, today calendar.Date) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), true
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "02.01.2006 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), true
		}
	}
	if _, err := time.Parse("15:04", text); err != nil {
		return time.Time{}, false
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", today.String()+" "+text, zone)
	return t.UTC(), err == nil
}

// tryTable decides every line without storing, and finds all that would be
// refused. A code that is taken may be this very line, stored by an earlier
// try of this request: then its office knows the key.
func (s *Server) tryTable(ctx context.Context, a *ask, o *office.Office, key string, rows []row) error {
	var faults []*fault
	st, seen := o.State(), map[string]bool{}
	for _, l := range rows {
		_, err := queue.Decide(o.Rules(), st, l.command, a.who.ID, s.deps.Now())
		var refused *queue.Refusal
		if errors.As(err, &refused) && refused.Code == queue.RefusedCodeTaken {
			_, err = s.do(ctx, a, o, l.key(key), l.command)
		}
		switch {
		case errors.As(err, &refused):
			f := l.fault(refused.Code)
			f.refusal, f.Params = true, refused.Params
			faults = append(faults, f)
		case err != nil:
			return err
		case l.command.CodeMAC != "" && seen[l.command.CodeMAC]:
			f := l.fault(queue.RefusedCodeTaken)
			f.refusal = true
			faults = append(faults, f)
		}
		seen[l.command.CodeMAC] = true
	}
	if len(faults) > 0 {
		return invalid(faults...)
	}
	return nil
}
