package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aufruf/server/access"
	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/people"
	"aufruf/server/queue"
)

type slotsIn struct {
	InOffice
	Services string `query:"services" required:"true" maxLength:"2000" example:"id_card_apply,passport_apply*2" doc:"ids with commas between them, each with its quantity behind * if it is not 1"`
	From     string `query:"from" maxLength:"10" doc:"first day, 2026-03-29; today if missing"`
	Days     int    `query:"days" minimum:"1" maximum:"92" default:"14" doc:"how many days"`
	Staff    bool   `query:"staff" doc:"as staff books: without regard to lead, window and the share for walk-ins"`
	Move     string `query:"move" maxLength:"64" doc:"id of the appointment that would move; for staff"`
}

type slotsOut struct {
	Body struct {
		Minutes int        `json:"minutes" doc:"planned length of the visit on the first day"`
		Days    []SlotsDay `json:"days"`
		// FreeToday is not how many times today has: at one time several visits may
		// begin, and one long visit takes many times.
		FreeToday int `json:"free_today" doc:"how many people more get such a visit today, if they book it by themselves"`
	}
}

// SlotsDay is a day with the times at which the visit can begin.
type SlotsDay struct {
	Day   calendar.Date `json:"day" format:"date"`
	Times []time.Time   `json:"times"`
}

type holdIn struct {
	InOffice
	Keyed
	Body struct {
		At       time.Time `json:"at" doc:"RFC 3339, with its offset"`
		Services []Item    `json:"services" minItems:"1" maxItems:"50"`
		Channel  string    `json:"channel,omitempty" enum:"online,kiosk,phone,desk" doc:"how the appointment comes about; online if missing, the others for who may"`
		Proof    string    `json:"proof,omitempty" maxLength:"200" doc:"proof of work for the challenge of the page; without it a few times an hour"`
	}
}

type holdOut struct {
	Body struct {
		Hold    string    `json:"hold" doc:"secret; grants the completing of the booking"`
		Until   time.Time `json:"until" doc:"the time is kept until then"`
		Minutes int       `json:"minutes" doc:"planned length of the visit"`
		ID      string    `json:"id" doc:"of the appointment to be; grants nothing"`
	}
}

type bySecret struct {
	Keyed
	Secret string   `path:"secret" maxLength:"100"`
	Body   *nothing `required:"false"`
}

// ContactIn is what a person gives so that they can be reached.
type ContactIn struct {
	Surname   string   `json:"surname" maxLength:"1000"`
	FirstName string   `json:"first_name,omitempty" maxLength:"1000"`
	Street    string   `json:"street,omitempty" maxLength:"1000"`
	Number    string   `json:"number,omitempty" maxLength:"1000"`
	Postcode  string   `json:"postcode,omitempty" maxLength:"1000"`
	Town      string   `json:"town,omitempty" maxLength:"1000"`
	Phone     string   `json:"phone,omitempty" maxLength:"1000"`
	Email     string   `json:"email,omitempty" maxLength:"1000"`
	Language  string   `json:"language,omitempty" maxLength:"8"`
	Needs     []string `json:"needs,omitempty" maxItems:"10" doc:"wheelchair, sign_language, quiet_room, fetch_me"`
	Remind    bool     `json:"remind,omitempty" doc:"wants to be reminded"`
	Consent   string   `json:"consent,omitempty" maxLength:"40" doc:"version of the notice that was read"`
	Yes       []string `json:"yes,omitempty" maxItems:"50" doc:"ids of the conditions that hold, as far as they were asked for"`
	No        []string `json:"no,omitempty" maxItems:"50" doc:"and of those that do not"`
}

func (c ContactIn) contact(now time.Time) people.Contact {
	return people.Contact{Surname: c.Surname, FirstName: c.FirstName, Street: c.Street, Number: c.Number, Postcode: c.Postcode, Town: c.Town,
		Phone: c.Phone, Email: c.Email, Language: c.Language, Needs: c.Needs, Remind: c.Remind, Consent: c.Consent, ConsentAt: now, Yes: c.Yes, No: c.No}
}

type bookHoldIn struct {
	Keyed
	Secret string `path:"secret" maxLength:"100"`
	Body   struct {
		Contact ContactIn `json:"contact"`
	}
}

type movedIn struct {
	Keyed
	Secret string `path:"secret" maxLength:"100" doc:"the end of the appointment's link"`
	Body   struct {
		At time.Time `json:"at"`
	}
}

type confirmedIn struct {
	Keyed
	Secret string `path:"secret" maxLength:"100" doc:"the end of the appointment's link"`
	Body   *struct {
		Code string `json:"code,omitempty" maxLength:"40" doc:"of the message, where the appointment must be confirmed"`
	} `required:"false"`
}

type delayedIn struct {
	Keyed
	Secret string `path:"secret" maxLength:"100" doc:"the end of the appointment's link"`
	Body   struct {
		Minutes int `json:"minutes" minimum:"1" maximum:"60"`
	}
}

type movedByStaffIn struct {
	ByCode
	Keyed
	Body struct {
		At time.Time `json:"at"`
	}
}

type changedByStaffIn struct {
	ByCode
	Keyed
	Body *nothing `required:"false"`
}

func (s *Server) bookingRoutes() {
	const base = "/api/v1/offices/{office}"
	const appointment = base + "/appointments/{code}"
	endpoint(s, operation{method: http.MethodGet, path: base + "/slots", id: "free-slots", summary: "Free times for a visit", tag: "Booking", errors: []int{404, 422}}, s.showSlots)
	endpoint(s, operation{method: http.MethodPost, path: base + "/holds", id: "hold-slot", summary: "Keep a time while somebody types", tag: "Booking", status: http.StatusCreated, errors: []int{422}}, s.holdSlot)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/holds/{secret}/release", id: "release-hold", summary: "Give a kept time back", tag: "Booking", errors: []int{404, 422}}, s.releaseHold)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/holds/{secret}/book", id: "book", summary: "Make an appointment of a kept time", tag: "Booking", status: http.StatusCreated, errors: []int{404, 422}}, s.bookHold)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/appointments/{secret}/move", id: "move-own", summary: "Give one's appointment another time", tag: "Booking", errors: []int{404, 422}}, s.moveOwn)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/appointments/{secret}/cancel", id: "cancel-own", summary: "Cancel one's appointment", tag: "Booking", errors: []int{404, 422}}, s.cancelOwn)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/appointments/{secret}/confirm", id: "confirm-own", summary: "Say that one will come", tag: "Booking", errors: []int{404, 422}}, s.confirmOwn)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/appointments/{secret}/delay", id: "delay-own", summary: "Say that one will come a little later", tag: "Booking", errors: []int{404, 422}}, s.delayOwn)
	endpoint(s, operation{method: http.MethodPost, path: appointment + "/move", id: "move-for", summary: "Give somebody's appointment another time", tag: "Booking", errors: []int{422}}, s.moveFor)
	endpoint(s, operation{method: http.MethodPost, path: appointment + "/cancel", id: "cancel-for", summary: "Cancel somebody's appointment", tag: "Booking", errors: []int{422}}, s.cancelFor)
}

// readItems reads services as addresses write them: "id_card_apply*2,dog".
func readItems(text string) ([]queue.Item, bool) {
	var items []queue.Item
	for part := range strings.SplitSeq(text, ",") {
		id, n, many := strings.Cut(strings.TrimSpace(part), "*")
		q := 1
		if many {
			var err error
			if q, err = strconv.Atoi(n); err != nil {
				return nil, false
			}
		}
		if id != "" {
			items = append(items, queue.Item{Service: strings.Clone(id), Quantity: q})
		}
	}
	return items, len(items) > 0 && len(items) <= 50
}

// writeItems writes what readItems reads.
func writeItems(items []queue.Item) string {
	var parts []string
	for _, it := range items {
		if it.Quantity == 1 {
			parts = append(parts, it.Service)
		} else {
			parts = append(parts, it.Service+"*"+strconv.Itoa(it.Quantity))
		}
	}
	return strings.Join(parts, ",")
}

func (s *Server) showSlots(_ context.Context, a *ask, in *slotsIn) (*slotsOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	items, ok := readItems(in.Services)
	if !ok {
		return nil, invalid(&fault{Code: codeInvalid, Location: "query.services"})
	}
	q := queue.Ask{Services: items, Channel: queue.ChannelOnline}
	if in.Staff {
		if !a.can(in.Office, access.Reception, access.Clerk, access.Supervisor) {
			return nil, &problem{Status: http.StatusForbidden, Code: codeForbidden}
		}
		q.Channel, q.Move = queue.ChannelPhone, segment(in.Move)
	}
	if err := o.Rules().CanBook(o.State(), q); err != nil {
		return nil, err
	}
	from := o.State().Day
	if in.From != "" {
		if from, err = calendar.ParseDate(in.From); err != nil {
			return nil, invalid(&fault{Code: codeInvalid, Location: "query.from"})
		}
	}
	out := &slotsOut{}
	out.Body.Minutes, out.Body.Days = o.Rules().VisitMinutes(o.State(), items, from), []SlotsDay{}
	out.Body.FreeToday = o.Rules().FreeToday(o.State(), items, s.deps.Now())
	for _, at := range s.freeSlots(o, q, from, from.AddDays(in.Days-1)) {
		day := calendar.DateOf(at, o.Rules().Hours.Zone)
		if n := len(out.Body.Days); n == 0 || out.Body.Days[n-1].Day != day {
			out.Body.Days = append(out.Body.Days, SlotsDay{Day: day})
		}
		last := &out.Body.Days[len(out.Body.Days)-1]
		last.Times = append(last.Times, at.UTC())
	}
	return out, nil
}

// channelFor says on which way the caller books, if they may.
func (s *Server) channelFor(a *ask, office, asked string) (string, error) {
	roles := map[string][]access.Role{
		queue.ChannelKiosk: {access.Kiosk, access.Reception, access.Supervisor},
		queue.ChannelPhone: {access.Reception, access.Supervisor},
		queue.ChannelDesk:  {access.Clerk, access.Supervisor},
	}[asked]
	if roles == nil {
		return queue.ChannelOnline, nil
	}
	if !a.can(office, roles...) {
		return "", &problem{Status: http.StatusForbidden, Code: codeForbidden}
	}
	if a.who.Kind != access.Token && !s.sameOrigin(a.c) {
		return "", &problem{Status: http.StatusForbidden, Code: codeForeign}
	}
	return asked, nil
}

func (s *Server) holdSlot(ctx context.Context, a *ask, in *holdIn) (*holdOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	channel, err := s.channelFor(a, in.Office, in.Body.Channel)
	if err != nil {
		return nil, err
	}
	items := itemsIn(in.Body.Services)
	r, err := s.hold(ctx, a, o, in.Key, queue.HoldSlot{At: in.Body.At.UTC(), Services: items, Channel: channel}, s.proved(in.Body.Proof, in.Key))
	if err != nil {
		return nil, err
	}
	out := &holdOut{}
	out.Body.Hold, out.Body.ID, out.Body.Until = s.deps.Town.AppointmentSecret(r.Answer.Appointment), r.Answer.Appointment, r.Answer.Until
	out.Body.Minutes = o.Rules().VisitMinutes(o.State(), items, calendar.DateOf(in.Body.At, o.Rules().Hours.Zone))
	return out, nil
}

func (s *Server) releaseHold(ctx context.Context, a *ask, in *bySecret) (*stored, error) {
	_, _, r, err := s.changeOwn(ctx, a, in.Secret, in.Key, func(_ *office.Office, id string) queue.Command {
		return queue.ReleaseHold{Hold: id, Hide: office.Hide()}
	})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

func (s *Server) bookHold(ctx context.Context, a *ask, in *bookHoldIn) (*bookedOut, error) {
	o, id, ok := s.deps.Town.AppointmentBySecret(segment(in.Secret))
	if !ok {
		return nil, &queue.Refusal{Code: queue.RefusedHoldLapsed}
	}
	contact := in.Body.Contact.contact(s.deps.Now())
	if h := o.State().Hold(id); h != nil {
		var err error
		if contact, err = s.cleanContact(a, o, h, contact); err != nil {
			return nil, err
		}
	}
	r, err := s.book(ctx, a, o, holder(in.Secret), "holder:"+id, in.Key, id, contact)
	if err != nil {
		return nil, err
	}
	if contact, err = s.contactOf(ctx, o, r.Answer.Appointment); err != nil {
		return nil, err
	}
	out := s.booked(r.Answer.Appointment, contact)
	if ap := o.State().Appointment(r.Answer.Appointment); ap != nil && !ap.ConfirmBy.IsZero() {
		out.Body.ConfirmBy, out.Body.Code = instant(ap.ConfirmBy), ""
	}
	return out, nil
}

// cleanContact puts a contact in its stored form, or says all that is wrong.
// Citizens give what the services want; staff may know less of a caller.
func (s *Server) cleanContact(a *ask, o *office.Office, h *queue.Hold, contact people.Contact) (people.Contact, error) {
	address := addressFor(o.Rules(), h.Services)
	staff := h.Channel == queue.ChannelPhone || h.Channel == queue.ChannelDesk
	if address == queue.AddressNeeded && (staff || h.Channel == queue.ChannelKiosk) {
		address = queue.AddressOptional
	}
	if contact.Language == "" {
		contact.Language = a.lang
	}
	if err := s.goodLanguage(contact.Language); err != nil {
		return contact, err
	}
	if !staff && contact.Consent != consentVersion {
		contact.Consent = "" // another notice, or none, was read
	}
	contact, faults := people.Clean(contact, address)
	if staff {
		// A caller without a mobile, read to over the phone: the name is enough.
		faults = slices.DeleteFunc(faults, func(f people.Fault) bool { return f.Code == people.FaultMissing && f.Field != "surname" })
	} else if h.Channel == queue.ChannelKiosk {
		faults = slices.DeleteFunc(faults, func(f people.Fault) bool { return f.Code == people.FaultMissing && f.Field == "first_name" })
	}
	if len(faults) > 0 {
		return contact, invalid(faultsOf(faults)...)
	}
	return contact, nil
}

func (s *Server) moveOwn(ctx context.Context, a *ask, in *movedIn) (*stored, error) {
	r, err := s.moveByLink(ctx, a, in.Secret, in.Key, in.Body.At)
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

func (s *Server) cancelOwn(ctx context.Context, a *ask, in *bySecret) (*stored, error) {
	_, _, r, err := s.changeOwn(ctx, a, in.Secret, in.Key, func(_ *office.Office, id string) queue.Command {
		return queue.CancelAppointment{Appointment: id, Hide: office.Hide()}
	})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

func (s *Server) confirmOwn(ctx context.Context, a *ask, in *confirmedIn) (*stored, error) {
	if o, id, err := s.ownAppointment(in.Secret); err == nil {
		var code string
		if in.Body != nil {
			code = in.Body.Code
		}
		if err := s.confirms(o, id, code); err != nil {
			return nil, err
		}
	}
	_, _, r, err := s.changeOwn(ctx, a, in.Secret, in.Key, func(_ *office.Office, id string) queue.Command {
		return queue.ConfirmAppointment{Appointment: id}
	})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

func (s *Server) delayOwn(ctx context.Context, a *ask, in *delayedIn) (*stored, error) {
	_, _, r, err := s.changeOwn(ctx, a, in.Secret, in.Key, func(_ *office.Office, id string) queue.Command {
		return queue.DelayAppointment{Appointment: id, Minutes: in.Body.Minutes}
	})
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

// changeFor gives a command about somebody's appointment for staff, who name it
// by code or id. One that is gone goes to the office too: its answer may be
// asked for again.
func (s *Server) changeFor(ctx context.Context, a *ask, in *ByCode, key string, c func(id string) queue.Command) (*stored, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	id := segment(in.Code)
	if ap, err := s.appointment(a, o, in.Code); err == nil {
		id = ap.ID
	}
	r, err := s.do(ctx, a, o, key, c(id))
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}

func (s *Server) moveFor(ctx context.Context, a *ask, in *movedByStaffIn) (*stored, error) {
	return s.changeFor(ctx, a, &in.ByCode, in.Key, func(id string) queue.Command {
		return queue.MoveAppointment{Appointment: id, At: in.Body.At.UTC(), Channel: queue.ChannelPhone, Hide: office.Hide()}
	})
}

func (s *Server) cancelFor(ctx context.Context, a *ask, in *changedByStaffIn) (*stored, error) {
	return s.changeFor(ctx, a, &in.ByCode, in.Key, func(id string) queue.Command {
		return queue.CancelAppointment{Appointment: id, Staff: true, Hide: office.Hide()}
	})
}
