package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// Booking in steps, each a page that works without script: what for, what to
// bring, when, who. What was chosen stands in the address until a time is held.

// bookLanguages are those of the booking pages.
var bookLanguages = []string{"de", "en"}

// visit is what somebody is putting together, as addresses carry it.
type visit struct {
	items   []queue.Item
	yes, no []string // conditions that were answered
}

// readVisit reads a visit from an address or a form; services that the office
// does not know, or that come twice, are left out.
func readVisit(r *queue.Rules, get func(string) string) visit {
	var v visit
	items, _ := readItems(get("s"))
	for _, it := range items {
		known := r.Service(it.Service) != nil && !slices.ContainsFunc(v.items, func(o queue.Item) bool { return o.Service == it.Service })
		if known && len(v.items) < r.MaxServices {
			it.Quantity = min(max(it.Quantity, 1), r.MaxQuantity)
			v.items = append(v.items, it)
		}
	}
	v.yes, v.no = conditions(r, v.items, get("y")), conditions(r, v.items, get("n"))
	return v
}

// conditions are those of a list that the visit's papers ask for.
func conditions(r *queue.Rules, items []queue.Item, list string) []string {
	var known []string
	for _, id := range strings.Split(list, ",") {
		if !slices.Contains(known, id) && slices.ContainsFunc(questionsOf(r, items), func(p queue.Paper) bool { return p.When == id }) {
			known = append(known, strings.Clone(id))
		}
	}
	return known
}

// questionsOf are the papers whose conditions are asked for, one of each
// condition.
func questionsOf(r *queue.Rules, items []queue.Item) []queue.Paper {
	var list []queue.Paper
	for _, p := range r.PapersOf(items) {
		if p.When != "" && len(p.Question) > 0 && !slices.ContainsFunc(list, func(o queue.Paper) bool { return o.When == p.When }) {
			list = append(list, p)
		}
	}
	return list
}

// query writes a visit into an address.
func (v visit) query(more ...string) string {
	q := url.Values{}
	for key, value := range map[string]string{"s": writeItems(v.items), "y": strings.Join(v.yes, ","), "n": strings.Join(v.no, ",")} {
		if value != "" {
			q.Set(key, value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + strings.ReplaceAll(q.Encode(), "%2C", ",")
}

// fields are a visit as a form sends it.
func (v visit) fields() []display.BookField {
	var list []display.BookField
	for _, f := range []display.BookField{{Name: "s", Value: writeItems(v.items)}, {Name: "y", Value: strings.Join(v.yes, ",")}, {Name: "n", Value: strings.Join(v.no, ",")}} {
		if f.Value != "" {
			list = append(list, f)
		}
	}
	return list
}

func (v visit) with(id string) visit {
	v.items = append(slices.Clone(v.items), queue.Item{Service: id, Quantity: 1})
	return v
}

func (v visit) without(id string) visit {
	v.items = slices.DeleteFunc(slices.Clone(v.items), func(it queue.Item) bool { return it.Service == id })
	return v
}

// bookPageOf begins a booking page of an office. Choosing a language keeps what
// was chosen before.
func (s *Server) bookPageOf(c *fiber.Ctx, o *office.Office, v visit) display.Page {
	p := s.newPage(c, o, bookLanguages...)
	for i := range p.Languages {
		p.Languages[i].Href = v.query("lang", p.Languages[i].Code)
	}
	return p
}

func queryOf(c *fiber.Ctx) func(string) string {
	return func(name string) string { return c.Query(name) }
}

// bookPage is the first step: what for.
func (s *Server) bookPage(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	return s.showChoose(c, o, readVisit(o.Rules(), queryOf(c)))
}

// showChoose writes the first step; the later ones lead here while nothing is
// chosen.
func (s *Server) showChoose(c *fiber.Ctx, o *office.Office, v visit) error {
	r, st := o.Rules(), o.State()
	p := s.bookPageOf(c, o, v)
	base := "/book/" + o.ID()
	p.Path = base
	next := func(v visit) string {
		if len(questionsOf(r, v.items)) > 0 || len(r.PapersOf(v.items)) > 0 {
			return base + "/papers" + v.query()
		}
		return base + "/times" + v.query()
	}
	view := display.BookChoose{Query: strings.Clone(c.Query("q")), Chosen: s.chosenServices(o, v, base), Closed: !r.Booking.Online, Fields: v.fields()}
	if len(v.items) > 0 {
		view.Times = next(v)
	}
	offer := func(sv *queue.Service) display.BookService {
		return display.BookService{ID: sv.ID, Names: sv.Names, Href: next(v.with(sv.ID)), Phone: !r.Bookable(st, sv.ID)}
	}
	free := func(sv *queue.Service) bool {
		return !slices.ContainsFunc(v.items, func(it queue.Item) bool { return it.Service == sv.ID })
	}
	if view.Query != "" {
		for _, sv := range findServices(r, view.Query, p.Lang) {
			if free(sv) {
				view.Found = append(view.Found, offer(sv))
			}
		}
	}
	for i := range r.Categories {
		cat := display.BookCategory{Names: r.Categories[i].Names}
		for j := range r.Services {
			if sv := &r.Services[j]; sv.Category == r.Categories[i].ID && free(sv) {
				cat.Services = append(cat.Services, offer(sv))
			}
		}
		if len(cat.Services) > 0 {
			view.Categories = append(view.Categories, cat)
		}
	}
	p.View = view
	return s.write(c, http.StatusOK, "book", p)
}

// chosenServices are the services of a visit, each with the address without it.
func (s *Server) chosenServices(o *office.Office, v visit, path string) []display.BookService {
	r, st := o.Rules(), o.State()
	var list []display.BookService
	for _, it := range v.items {
		list = append(list, display.BookService{ID: it.Service, Names: serviceNames(r, it.Service), Quantity: it.Quantity, Most: r.MaxQuantity,
			Minutes: int(r.PlannedOn(st, it.Service, st.Day) / time.Minute), Without: path + v.without(it.Service).query()})
	}
	return list
}

// bookPapers is the second step: questions, and what to bring.
func (s *Server) bookPapers(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	r := o.Rules()
	v := readAnswers(r, c)
	p := s.bookPageOf(c, o, v)
	if len(v.items) == 0 {
		return s.showChoose(c, o, v)
	}
	base := "/book/" + o.ID()
	view := display.BookPapers{Chosen: s.chosenServices(o, v, base), Times: base + "/times" + v.query(), Add: base + v.query(), Printable: c.Query("print") != ""}
	view.Fields = v.fields()
	for _, q := range questionsOf(r, v.items) {
		one := display.BookQuestion{ID: q.When, Text: q.Question}
		switch {
		case slices.Contains(v.yes, q.When):
			one.Answer = "y"
		case slices.Contains(v.no, q.When):
			one.Answer = "n"
		default:
			view.Open++
		}
		view.Questions = append(view.Questions, one)
	}
	p.View, p.Papers = view, papersAnswered(r, v.items, p.Lang, v.yes, v.no)
	p.Link = base + "/papers" + v.query("print", "1")
	return s.write(c, http.StatusOK, "book_papers", p)
}

// readAnswers reads a visit from the form of the second step: quantities are
// fields of their own, and each question is one.
func readAnswers(r *queue.Rules, c *fiber.Ctx) visit {
	v := readVisit(r, queryOf(c))
	for i := range v.items {
		if n, ok := readItems(v.items[i].Service + "*" + c.Query("q_"+v.items[i].Service)); ok && c.Query("q_"+v.items[i].Service) != "" {
			v.items[i].Quantity = min(max(n[0].Quantity, 1), r.MaxQuantity)
		}
	}
	for _, q := range questionsOf(r, v.items) {
		answer := c.Query("a_" + q.When)
		if answer != "y" && answer != "n" {
			continue
		}
		without := func(list []string) []string {
			return slices.DeleteFunc(list, func(id string) bool { return id == q.When })
		}
		v.yes, v.no = without(v.yes), without(v.no)
		if answer == "y" {
			v.yes = append(v.yes, q.When)
		} else {
			v.no = append(v.no, q.When)
		}
	}
	return v
}

// papersAnswered lists what to bring: a paper whose condition holds stands
// without it, one whose condition does not hold is left out.
func papersAnswered(r *queue.Rules, items []queue.Item, lang string, yes, no []string) []display.Papers {
	list := papersFor(r, items, lang)
	for i := range list {
		var papers []queue.Paper
		for _, p := range list[i].Papers {
			if slices.Contains(no, p.When) {
				continue
			}
			if slices.Contains(yes, p.When) {
				p.Condition = nil
			}
			papers = append(papers, p)
		}
		list[i].Papers = papers
	}
	return list
}

// bookTimes is the third step: when.
func (s *Server) bookTimes(c *fiber.Ctx) error {
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	return s.showTimes(c, o, queryOf(c), time.Time{}, nil)
}

// showTimes writes the third step. Near is a time that was wanted and is lost:
// then the times nearest to it come first, with what was refused.
func (s *Server) showTimes(c *fiber.Ctx, o *office.Office, get func(string) string, near time.Time, refused error) error {
	v := readVisit(o.Rules(), get)
	p := s.bookPageOf(c, o, v)
	if len(v.items) == 0 {
		return s.showChoose(c, o, v)
	}
	base := "/book/" + o.ID()
	view := display.BookTimes{Chosen: s.chosenServices(o, v, base), Action: base + "/hold", Hidden: v.fields(), Back: base + "/papers" + v.query(),
		Wish: base + "/wish" + v.query(), Proof: s.proofs.challenge(s.deps.Clock())}
	offices := s.suitable(v.items)
	for _, other := range offices {
		view.Offices = append(view.Offices, display.BookOffice{ID: other.ID(), Names: other.Rules().Names, Current: other == o,
			Href: "/book/" + other.ID() + "/times" + v.query()})
	}
	status := http.StatusOK
	if err := o.Rules().CanBook(o.State(), queue.Ask{Services: v.items, Channel: queue.ChannelOnline}); err != nil && refused == nil {
		refused = err
	}
	if refused != nil {
		said := s.say(c, problemOf(refused))
		p.Refused, status = said.Detail, said.Status
	}
	view.First = s.firstTimes(offices, v.items, near)
	view.Nearest = !near.IsZero()
	for _, field := range typedFields { // what was typed before the time was lost
		if value := get(field); value != "" {
			view.Hidden = append(view.Hidden, display.BookField{Name: field, Value: value})
		}
	}
	s.fillCalendar(&view, o, queue.Ask{Services: v.items, Channel: queue.ChannelOnline}, get("day"), func(day string) string {
		return base + "/times" + v.query("day", day) + "#day"
	})
	p.View, p.Path = view, base+"/times"
	return s.write(c, status, "book_times", p)
}

// Of the next free times so many are shown, so many of one day, and so far
// apart, that there is something to choose.
const (
	firstShown = 6
	firstOfDay = 2
	firstApart = 2 * time.Hour
)

// firstTimes are the next free times of several offices. With near, those nearest to it.
func (s *Server) firstTimes(offices []*office.Office, items []queue.Item, near time.Time) []display.BookSlot {
	var all []display.BookSlot
	for _, o := range offices {
		a := queue.Ask{Services: items, Channel: queue.ChannelOnline}
		slots, ofDay, last := 0, 0, time.Time{}
		for _, at := range s.freeSlots(o, a, o.State().Day, windowOf(o)) {
			if sameDay := calendar.DateOf(at, o.Rules().Hours.Zone) == calendar.DateOf(last, o.Rules().Hours.Zone); !sameDay {
				ofDay = 0
			} else if near.IsZero() && (at.Sub(last) < firstApart || ofDay == firstOfDay) {
				continue
			}
			last = at
			ofDay++
			all = append(all, display.BookSlot{At: at, Value: o.ID() + " " + at.UTC().Format(time.RFC3339), OfficeID: o.ID(), Office: o.Rules().Names})
			if slots++; near.IsZero() && slots == firstShown {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b display.BookSlot) int {
		if near.IsZero() {
			return a.At.Compare(b.At)
		}
		return int((a.At.Sub(near).Abs() - b.At.Sub(near).Abs()) / time.Second)
	})
	all = all[:min(len(all), firstShown)]
	slices.SortStableFunc(all, func(a, b display.BookSlot) int { return a.At.Compare(b.At) })
	return all
}

// fillCalendar lays out an office's free times: a calendar, and the times of
// the day that is open.
func (s *Server) fillCalendar(view *display.BookTimes, o *office.Office, a queue.Ask, open string, href func(day string) string) {
	r, st := o.Rules(), o.State()
	from, to := st.Day, windowOf(o)
	view.Minutes, view.Last = r.VisitMinutes(st, a.Services, from), to.Start(r.Hours.Zone)
	free := map[calendar.Date][]time.Time{}
	var first calendar.Date
	for _, at := range s.freeSlots(o, a, from, to) {
		day := calendar.DateOf(at, r.Hours.Zone)
		if first.IsZero() {
			first = day
		}
		free[day] = append(free[day], at)
	}
	view.None = len(free) == 0
	chosen, err := calendar.ParseDate(open)
	if err != nil || len(free[chosen]) == 0 {
		chosen = first
	}
	view.Months = display.Calendar(from, to, func(d calendar.Date) display.BookDay {
		day := display.BookDay{Day: d.Day, At: d.Start(time.UTC), Free: len(free[d]), Open: d == chosen, Today: d == st.Day}
		if day.Free > 0 {
			day.Href = href(d.String())
		}
		return day
	})
	if chosen.IsZero() {
		return
	}
	view.Day = chosen.Start(r.Hours.Zone)
	for _, at := range free[chosen] {
		hour := at.In(r.Hours.Zone).Truncate(time.Hour)
		if n := len(view.Hours); n == 0 || !view.Hours[n-1].At.Equal(hour) {
			view.Hours = append(view.Hours, display.BookHour{At: hour})
		}
		h := &view.Hours[len(view.Hours)-1]
		h.Slots = append(h.Slots, display.BookSlot{At: at, Value: o.ID() + " " + at.UTC().Format(time.RFC3339), OfficeID: o.ID()})
	}
}

// typedFields are what somebody typed, as far as it comes along to another time.
var typedFields = []string{"surname", "first_name", "street", "number", "postcode", "town", "phone", "email", "language", "remind", "needs"}

// bookHoldForm keeps a time and goes on to who comes.
func (s *Server) bookHoldForm(c *fiber.Ctx) error {
	fields, key, err := s.form(c)
	if err != nil {
		return err
	}
	o, err := s.office(c.Params("office"))
	if err != nil {
		return err
	}
	chosen, at := splitSlot(fields.Get("at"))
	if other, ok := s.deps.Town.Office(chosen); ok {
		o = other
	}
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return s.showTimes(c, o, fields.Get, time.Time{}, &queue.Refusal{Code: queue.RefusedSlotPast})
	}
	v := readVisit(o.Rules(), fields.Get)
	if fields.Get(honeypot) != "" {
		return c.Redirect("/book/"+o.ID(), http.StatusSeeOther)
	}
	// Two times of one page are two commands, although the page has one key.
	key += " " + o.ID() + " " + at
	r, err := s.hold(c.UserContext(), askOf(c), o, key, queue.HoldSlot{At: when.UTC(), Services: v.items, Channel: queue.ChannelOnline}, s.proved(fields.Get("proof"), key))
	if err != nil {
		return s.showTimes(c, o, fields.Get, when, err)
	}
	secret := s.deps.Town.AppointmentSecret(r.Answer.Appointment)
	if slices.ContainsFunc(typedFields, func(f string) bool { return fields.Get(f) != "" }) {
		return s.showHold(c, secret, fields.Get, typedContact(fields), nil)
	}
	return c.Redirect(holdLink+secret+visit{yes: v.yes, no: v.no}.query(), http.StatusSeeOther)
}

// splitSlot takes apart what the button of a time sends: the office and the
// time.
func splitSlot(value string) (office, at string) {
	office, at, _ = strings.Cut(value, " ")
	return office, at
}
