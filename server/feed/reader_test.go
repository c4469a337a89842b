package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aufruf/server/calendar"
	"aufruf/server/journal"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// plain derives secrets that a test can read.
type plain struct{}

func (plain) TicketSecret(id string) string           { return "t" + id }
func (plain) AppointmentSecret(id string) string      { return "a" + id }
func (plain) AppointmentCode(id string) string        { return "C" + id }
func (plain) CodeMAC(office, day, code string) string { return source().hash(office, day, code) }

// given is an office that takes a calendar's commands.
type given struct{ *office.Office }

func (g given) Give(ctx context.Context, key string, c queue.Command) (*queue.Answer, error) {
	r, err := g.Do(ctx, office.Request{ID: office.RequestID("feed", key), By: "feed", Command: c})
	return r.Answer, err
}

// memory is a Store in memory, which fails when told to.
type memory struct {
	mu     sync.Mutex
	status map[string]Status
	known  map[string]map[string]Known
	fails  error
}

func (m *memory) FeedStatus(_ context.Context, s string) (Status, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status[s], nil
}

func (m *memory) PutFeedStatus(_ context.Context, s string, st Status) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status[s] = st
	return m.fails
}

func (m *memory) FeedKnown(_ context.Context, s string) (map[string]Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[s] == nil {
		return map[string]Known{}, nil
	}
	return maps.Clone(m.known[s]), nil
}

func (m *memory) PutFeedKnown(_ context.Context, s string, k Known) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return m.fails
	}
	if m.known[s] == nil {
		m.known[s] = map[string]Known{}
	}
	m.known[s][k.UID] = k
	return nil
}

func (m *memory) DropFeedKnown(_ context.Context, s string, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.known[s], func(_ string, k Known) bool { return k.At.Before(before) })
	return nil
}

// scene is an office, a calendar on a server of its own, and a reader between.
type scene struct {
	t       *testing.T
	time    atomic.Int64
	journal *journal.Memory
	town    *office.Town
	office  *office.Office
	store   *memory
	reader  *Reader
	log     bytes.Buffer

	mu     sync.Mutex
	text   string // of the calendar
	answer func(w http.ResponseWriter, r *http.Request) bool
	asked  []string // headers that asked for changes alone
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, journal: new(journal.Memory),
		store: &memory{status: map[string]Status{}, known: map[string]map[string]Known{}}}
	s.time.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	names := map[string]string{"de": "x"}
	r := (&queue.Rules{Office: "hall", Names: names, MaxServices: 3, MaxQuantity: 5, Grace: 10 * time.Minute, Early: 15 * time.Minute,
		Hours:      &calendar.Schedule{Zone: berlin(t), Series: []calendar.Series{{Weekdays: []time.Weekday{1, 2, 3, 4, 5}, Spans: []calendar.Span{{From: 8 * 60, To: 16 * 60}}}}},
		Categories: []queue.Category{{ID: "papers", Letter: "A", Names: names}},
		Desks:      []queue.DeskRule{{ID: "1", Names: names}},
		Booking:    queue.Booking{Grid: 10 * time.Minute, Hold: 10 * time.Minute, Terms: queue.Terms{Days: 40}},
	})
	for _, id := range []string{"passport", "travel", "card", "move"} {
		r.Services = append(r.Services, queue.Service{ID: id, Category: "papers", Names: names, Planned: 10 * time.Minute})
	}
	r.Compile()
	var err error
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	if s.town, err = office.OpenTown(t.Context(), []*queue.Rules{r}, s.journal, plain{}, office.Options{Now: s.now, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.town.Close)
	s.office, _ = s.town.Office("hall")
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	src := source()
	src.URL, src.Every = server.URL+"/secret-path.ics?token=s3cret", 5*time.Minute
	s.reader = NewReader([]Source{*src}, Options{Offices: map[string]Office{"hall": given{s.office}}, Store: s.store, MAC: s.town.CodeMAC, Hide: office.Hide,
		Now: s.now, Log: slog.New(slog.NewTextHandler(&s.log, nil))})
	return s
}

func (s *scene) now() time.Time       { return time.Unix(0, s.time.Load()).UTC() }
func (s *scene) pass(d time.Duration) { s.time.Add(int64(d)) }

// answers puts an answer of a test's own in place of the calendar; nil: none.
func (s *scene) answers(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

func (s *scene) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Header.Get("If-None-Match"))
	if s.answer != nil && s.answer(w, r) {
		return
	}
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(s.text)))
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	io.WriteString(w, s.text)
}

// read puts events into the calendar and reads it.
func (s *scene) read(events ...string) Status {
	s.t.Helper()
	s.mu.Lock()
	s.text = ical(events...)
	s.mu.Unlock()
	return s.again()
}

func (s *scene) again() Status {
	s.t.Helper()
	st, err := s.reader.read(s.t.Context(), s.reader.feeds[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// line is what stands in the office: the times and services of the day.
func (s *scene) line() string {
	var list []string
	for _, a := range s.office.State().Appointments {
		list = append(list, a.At.Format("02 15:04")+" "+a.Services[0].Service)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func (s *scene) wantLine(want string) {
	s.t.Helper()
	if got := s.line(); got != want {
		s.t.Errorf("in line: %s; want %s", got, want)
	}
}

func (s *scene) give(c queue.Command) {
	s.t.Helper()
	if _, err := s.office.Do(s.t.Context(), office.Request{ID: office.RequestID("test", fmt.Sprint(s.office.State().Seq)), By: "staff", Command: c}); err != nil {
		s.t.Fatal(err)
	}
}

func event(uid, start string, more ...string) string {
	return "UID:" + uid + "\nDTSTART:202611" + start + "00Z\n" + strings.Join(more, "\n")
}

func TestAnEventIsAddedMovedAndCancelledAsTheCalendarSays(t *testing.T) {
	s := newScene(t)
	st := s.read(event("a", "25T0900", "SUMMARY:Ausweis Maria Muster"), event("b", "25T1000"), event("past", "24T0700"), event("cancelled", "25T1200", "STATUS:CANCELLED"))
	s.wantLine("25 09:00 card, 25 10:00 passport")
	if st.Fault != nil || !st.Good.Equal(s.now()) || st.Standing != 2 || len(st.Notes) != 0 {
		t.Errorf("%+v", st)
	}
	first := s.office.State().Appointments[0].ID
	s.read(event("a", "25T1100", "SUMMARY:Ausweis Maria Muster"), event("b", "25T1000"))
	s.wantLine("25 10:00 passport, 25 11:00 card")
	if s.office.State().Appointment(first) == nil {
		t.Error("moved within a day, it is another appointment")
	}
	s.read(event("a", "26T1100", "SUMMARY:Ausweis Maria Muster"), event("b", "25T1000", "SUMMARY:Wohnung ummelden"))
	s.wantLine("25 10:00 move, 26 11:00 card")
	s.read(event("a", "26T1100", "SUMMARY:Ausweis Maria Muster", "STATUS:CANCELLED"), event("b", "25T1000", "SUMMARY:Wohnung ummelden"))
	s.wantLine("25 10:00 move")
	s.read(event("a", "26T1200", "SUMMARY:Ausweis Maria Muster")) // a is there again, b is gone
	s.wantLine("26 12:00 card")
	// There and back again within minutes: each is a command of its own.
	for _, start := range []string{"26T1300", "26T1200", "26T1300", "26T1200"} {
		s.read(event("a", start, "SUMMARY:Ausweis Maria Muster"))
	}
	s.wantLine("26 12:00 card")
	raw := s.journalText()
	for _, secret := range []string{"aria", "uster", "s3cret", "secret-path"} {
		if strings.Contains(raw, secret) || strings.Contains(s.log.String(), secret) || strings.Contains(fmt.Sprint(s.store.known, s.store.status), secret) {
			t.Errorf("%q is kept somewhere", secret)
		}
	}
}

func (s *scene) journalText() string {
	var all strings.Builder
	for rec, err := range s.journal.Read(s.t.Context(), "hall", 0) {
		if err != nil {
			s.t.Fatal(err)
		}
		all.Write(rec.Body)
	}
	return all.String()
}

// A time that the desks no longer have is promised by the other system all the
// same.
func TestAMoveToAFullTimeIsKept(t *testing.T) {
	s := newScene(t)
	s.read(event("a", "25T0900"), event("b", "25T1000"))
	s.read(event("a", "25T1000"), event("b", "25T1000"))
	s.wantLine("25 10:00 passport, 25 10:00 passport")
}

func TestWhatWasDecidedHereStays(t *testing.T) {
	s := newScene(t)
	s.read(event("a", "25T0900"), event("b", "24T0930"))
	of := func(at string) string {
		i := slices.IndexFunc(s.office.State().Appointments, func(a *queue.Appointment) bool { return a.At.Format("02T1504") == at })
		return s.office.State().Appointments[i].ID
	}
	s.give(queue.CancelAppointment{Appointment: of("25T0900"), Staff: true})
	s.give(queue.CheckIn{Appointment: of("24T0930")})
	s.read(event("a", "25T0900"), event("b", "24T0930"), event("new", "26T0900"))
	s.read(event("a", "25T0900"), event("b", "24T1500"), event("new", "26T0900"))
	s.read(event("a", "25T0900"), event("b", "24T1500", "STATUS:CANCELLED"), event("new", "26T0900"))
	if got := s.office.State().Appointment(of("24T0930")); got == nil || got.Ticket == "" {
		t.Errorf("who has arrived is gone: %+v", got)
	}
	s.wantLine("24 09:30 passport, 26 09:00 passport")
	s.read(event("a", "27T0900"), event("b", "24T1500", "STATUS:CANCELLED"), event("new", "26T0900"))
	s.wantLine("24 09:30 passport, 26 09:00 passport, 27 09:00 passport") // another time is a new promise
}

// A calendar that is down, elsewhere, forbidden, too large or no calendar
// changes nothing, and what is known of it stays readable.
func TestACalendarThatCannotBeReadChangesNothing(t *testing.T) {
	s := newScene(t)
	good := s.read(event("a", "25T0900"), event("b", "25T1000"))
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another address was asked") }))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		code   string
		answer func(w http.ResponseWriter, r *http.Request) bool
	}{
		"moved": {FaultMoved, func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, elsewhere.URL, 302)
			return true
		}},
		"forbidden":    {FaultForbidden, func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(401); return true }},
		"gone":         {FaultStatus, func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(404); return true }},
		"broken there": {FaultStatus, func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true }},
		"a page":       {FaultBroken, func(w http.ResponseWriter, _ *http.Request) bool { io.WriteString(w, "<html>"); return true }},
		"empty":        {FaultBroken, func(http.ResponseWriter, *http.Request) bool { return true }},
		"too large":    {FaultLarge, func(w http.ResponseWriter, _ *http.Request) bool { w.Write(make([]byte, sizeMost+1)); return true }},
		"cut short": {FaultBroken, func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
			return true
		}},
		"no answer": {FaultUnreachable, func(w http.ResponseWriter, _ *http.Request) bool { panic(http.ErrAbortHandler) }},
	} {
		s.answers(c.answer)
		s.pass(time.Minute)
		st := s.again()
		if st.Fault == nil || st.Fault.Code != c.code || !st.Good.Equal(good.Good) || !st.Tried.Equal(s.now()) || st.Fails == 0 || st.Standing != 2 {
			t.Errorf("%s: %+v %+v", name, st, st.Fault)
		}
	}
	s.wantLine("25 09:00 passport, 25 10:00 passport")
	s.answers(nil)
	if st := s.again(); st.Fault != nil || st.Fails != 0 || !st.Good.Equal(s.now()) {
		t.Errorf("well again: %+v", st)
	}
}

func TestACalendarIsAskedForChangesAlone(t *testing.T) {
	s := newScene(t)
	s.read(event("a", "25T0900"))
	seq := s.office.State().Seq
	s.pass(time.Hour)
	st := s.again()
	if s.asked[0] != "" || s.asked[1] == "" || !st.Good.Equal(s.now()) || s.office.State().Seq != seq {
		t.Errorf("asked %q, %+v", s.asked, st)
	}
	// Understood otherwise, the same calendar is read again.
	s.reader.feeds[0].source.Service = "card"
	s.again()
	if s.asked[2] != "" {
		t.Errorf("asked %q", s.asked)
	}
	s.wantLine("25 09:00 card")
}

func TestAnUnreachableCalendarIsLetAloneLongerEachTime(t *testing.T) {
	for fails, want := range []time.Duration{5, 10, 20, 40, 60, 60, 60} {
		if got := pauseAfter(5*time.Minute, fails); got != want*time.Minute {
			t.Errorf("after %d: %v", fails, got)
		}
	}
	if got := pauseAfter(4*time.Hour, 3); got != 4*time.Hour {
		t.Errorf("%v", got)
	}
}

// Killed between a command and the memory of it, the same is done once.
func TestKilledBeforeItIsRememberedAnEventIsThereOnce(t *testing.T) {
	s := newScene(t)
	try := func(events ...string) {
		t.Helper()
		s.mu.Lock()
		s.text = ical(events...)
		s.mu.Unlock()
		s.store.fails = errors.New("killed")
		if _, err := s.reader.read(t.Context(), s.reader.feeds[0]); err == nil {
			t.Fatal("nothing failed")
		}
		s.store.fails = nil
		s.again()
	}
	try(event("a", "25T0900"))
	s.wantLine("25 09:00 passport")
	try(event("a", "25T1000"))
	s.wantLine("25 10:00 passport")
	try(event("a", "26T1000"))
	s.wantLine("26 10:00 passport")
	try(event("a", "26T1000", "STATUS:CANCELLED"))
	s.wantLine("")
	// Long after, when nobody remembers the command's id any more.
	s.read(event("b", "27T1000"))
	delete(s.store.known, s.reader.feeds[0].source.ID())
	s.pass(25 * time.Hour)
	s.read(event("b", "27T1000"), event("c", "27T1100"))
	s.wantLine("27 10:00 passport, 27 11:00 passport")
}

// A calendar that is nearly empty all at once is not believed before it says so
// three times.
func TestACalendarThatIsSuddenlyEmptyIsDoubted(t *testing.T) {
	s := newScene(t)
	var events []string
	for i := range 20 {
		events = append(events, event(fmt.Sprint("e", i), fmt.Sprintf("25T%02d%02d", 8+i/6, i%6*10)))
	}
	s.read(events...)
	st := s.read(events[0])
	if st.Notes[NoteVanished] != 19 || len(s.office.State().Appointments) != 20 {
		t.Errorf("%+v, %d stand", st, len(s.office.State().Appointments))
	}
	s.read(events...) // a fault there, mended
	if st = s.read(events[0]); st.Doubted != 1 {
		t.Errorf("%+v", st)
	}
	s.again()
	if st = s.again(); len(s.office.State().Appointments) != 1 || st.Doubted != 0 {
		t.Errorf("%d stand", len(s.office.State().Appointments))
	}
	if st = s.read(); len(s.office.State().Appointments) != 0 {
		t.Errorf("a few are believed at once: %+v", st)
	}
}

func TestACodeOfTheCalendarOpensTheDoor(t *testing.T) {
	s := newScene(t)
	st := s.read(event("a", "24T0930", "X-CODE:k7 f2"), event("b", "24T1000", "X-CODE:K7F2"), event("c", "25T1000", "X-CODE:K7F2"))
	if st.Notes[NoteCode] != 1 {
		t.Errorf("%+v", st.Notes)
	}
	s.wantLine("24 09:30 passport, 25 10:00 passport")
	id, ok := s.town.AppointmentByCode("hall", "K7F2")
	if !ok || s.office.State().Appointment(id).At.Hour() != 9 {
		t.Errorf("%q %v", id, ok)
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	s := newScene(t)
	s.text = ical(event("a", "25T0900"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { s.reader.Run(ctx); close(ended) }()
	for deadline := time.Now().Add(20 * time.Second); s.line() == "" && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
	s.wantLine("25 09:00 passport")
	if there, err := s.reader.Read(t.Context(), "works", s.reader.feeds[0].source.ID()); there || err != nil {
		t.Error("another office's calendar was read")
	}
}
