package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/office"
	"aufruf/server/people"

	"github.com/danielgtaylor/huma/v2"
)

type dayTableIn struct {
	InOffice
	Day      string `query:"day" maxLength:"10" doc:"2026-03-29; today if missing"`
	Contacts bool   `query:"contacts" doc:"also names and telephone numbers, for who may see them; each look is in the audit"`
}

type dayTableOut struct {
	ContentType  string `header:"Content-Type"`
	Disposition  string `header:"Content-Disposition"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (s *Server) dayRoutes() {
	table := &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/day.csv", id: "export-day",
		summary: "The day's visits as a table: UTF-8 with its mark, semicolons between", tag: "Appointments", errors: []int{404, 422},
		produces: map[string]*huma.MediaType{"text/csv": table}}, s.exportDay)
}

func (s *Server) exportDay(ctx context.Context, a *ask, in *dayTableIn) (*dayTableOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	day, err := dayAsked(in.Day, o)
	if err != nil {
		return nil, err
	}
	// Devices and clerks never come here; who reads names must be one who finds
	// people by name.
	if in.Contacts && !a.can(o.ID(), access.Reception, access.Supervisor) {
		return nil, &problem{Status: http.StatusForbidden, Code: codeForbidden}
	}
	if in.Contacts {
		if err := s.limits.find.take(a.who.ID, s.deps.Clock()); err != nil {
			return nil, err
		}
	}
	v := s.dayList(o, display.ShowDay(o.Rules(), o.State(), day, s.deps.Now()))
	out := &dayTableOut{ContentType: "text/csv; charset=utf-8", CacheControl: "no-store",
		Disposition: `attachment; filename="` + o.ID() + "-" + day.String() + `.csv"`}
	out.Body, err = s.dayTable(ctx, a, o, &v, in.Contacts)
	return out, err
}

// dayList adds the codes that this program knows.
func (s *Server) dayList(o *office.Office, v display.DayList) display.DayList {
	for _, b := range v.Booked {
		if !b.Foreign {
			v.Codes[b.Appointment] = s.deps.Town.AppointmentCode(b.Appointment)
		}
	}
	return v
}

// dayTable writes a day for spreadsheets.
func (s *Server) dayTable(ctx context.Context, a *ask, o *office.Office, v *display.DayList, contacts bool) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\xef\xbb\xbf") // else a spreadsheet takes umlauts for something else
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = ';', true
	text := func(key string) string { return s.words.Text(a.lang, key, nil) }
	head := []string{text("day.col_at"), text("day.col_number"), text("day.col_code"), text("day.col_services"), text("day.col_minutes"), text("day.col_state"), text("day.col_came")}
	if contacts {
		head = append(head, text("day.col_surname"), text("day.col_first_name"), text("day.col_phone"))
	}
	write := func(cells []string) {
		for i := range cells {
			cells[i] = safeCell(cells[i])
		}
		w.Write(cells) // its buffer never fails
	}
	write(head)
	for _, list := range [][]display.DayVisit{v.Booked, v.Walking} {
		for i := range list {
			b := &list[i]
			cells := []string{s.clockOf(o, b.At), "", v.Codes[b.Appointment], s.servicesText(a, o, b), strconv.Itoa(b.Minutes), text("day.state_" + b.State), s.clockOf(o, b.Came)}
			if b.Number != nil {
				cells[1] = b.Number.Text
			}
			if contacts {
				c, err := s.contactShown(ctx, a, o, b)
				if err != nil {
					return nil, err
				}
				cells = append(cells, c.Surname, c.FirstName, c.Phone)
			}
			write(cells)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// contactShown is the contact of a visit for whoever asks, with a line in the
// audit; none is an empty one.
func (s *Server) contactShown(ctx context.Context, a *ask, o *office.Office, v *display.DayVisit) (people.Contact, error) {
	for _, id := range []string{v.Appointment, v.Ticket} {
		if id == "" || s.deps.Contacts == nil {
			continue
		}
		c, err := s.deps.Contacts.Get(ctx, a.who.ID, people.Whose{Office: o.ID(), ID: id})
		if !errors.Is(err, people.ErrNone) {
			return c, err
		}
	}
	return people.Contact{}, nil
}

func (s *Server) clockOf(o *office.Office, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(o.Rules().Hours.Zone).Format("15:04")
}

func (s *Server) servicesText(a *ask, o *office.Office, v *display.DayVisit) string {
	var names []string
	for _, it := range v.Services {
		name := display.Names(serviceNames(o.Rules(), it.Service)).In(a.lang)
		if it.Quantity > 1 {
			name += " × " + strconv.Itoa(it.Quantity)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// safeCell keeps a spreadsheet from taking a text for a formula, which could
// send the table elsewhere.
func safeCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
