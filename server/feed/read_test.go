package feed

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func source() *Source {
	return &Source{Office: "hall", URL: "http://calendar.example.org/secret.ics", Service: "passport", CodeFrom: "X-Code", Key: []byte("key"),
		Map: []Word{{"Pass", "passport"}, {"Reisepass", "travel"}, {"Ausweis", "card"}, {"Wohnung ummelden", "move"}}}
}

// ical is a calendar of events, each given by its lines.
func ical(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Elsewhere//EN\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(strings.TrimSpace(e), "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

// What is no calendar, or too much of one, is a fault as a whole: nothing of it
// counts.
func TestACalendarThatIsNoneIsAFault(t *testing.T) {
	one := ical("UID:1\nDTSTART:20261201T090000Z")
	for name, c := range map[string]struct{ text, code string }{
		"nothing":                    {"", FaultBroken},
		"blank":                      {"\r\n\r\n", FaultBroken},
		"a page":                     {"<!doctype html><html><body>sign in</body></html>", FaultBroken},
		"JSON":                       {`{"events":[]}`, FaultBroken},
		"cut short":                  {one[:len(one)-20], FaultBroken},
		"an event alone":             {"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n", FaultBroken},
		"two ends":                   {one + "END:VCALENDAR\r\n", FaultBroken},
		"two calendars":              {one + one, FaultBroken},
		"ends crossed":               {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", FaultBroken},
		"a line without a name":      {strings.Replace(one, "VERSION", "", 1), FaultBroken},
		"a line without a value":     {strings.Replace(one, "VERSION:2.0", "VERSION", 1), FaultBroken},
		"a NUL":                      {strings.Replace(one, "UID:1", "UID:\x00", 1), FaultBroken},
		"a lone CR":                  {strings.Replace(one, "UID:1", "UID:1\rSTATUS:CANCELLED", 1), FaultBroken},
		"not UTF-8":                  {strings.Replace(one, "UID:1", "UID:\xff", 1), FaultBroken},
		"UTF-16":                     {"\xff\xfeB\x00E\x00G\x00I\x00N\x00", FaultBroken},
		"folded before anything":     {" " + one, FaultBroken},
		"deeper than any calendar":   {strings.Repeat("BEGIN:VCALENDAR\r\n", 50), FaultBroken},
		"a line of a megabyte":       {strings.Replace(one, "UID:1", "UID:"+strings.Repeat("x", 1<<20), 1), FaultBroken},
		"more events than any town":  {ical(slicesOf(5001)...), FaultMany},
		"a parameter without an end": {strings.Replace(one, "DTSTART:", `DTSTART;TZID="Europe/Berlin:`, 1), FaultBroken},
	} {
		cal, err := source().read([]byte(c.text), berlin(t))
		var fault *Fault
		if cal != nil || !errors.As(err, &fault) || fault.Code != c.code {
			t.Errorf("%s: %+v, %v", name, cal, err)
		}
	}
}

func slicesOf(n int) (events []string) {
	for i := range n {
		events = append(events, fmt.Sprintf("UID:%d\nDTSTART:20261201T090000Z", i))
	}
	return events
}

// Of events that make no sense each is counted by its reason, and the others
// are taken over.
func TestAnEventThatMakesNoSenseIsNotedAndTheOthersStand(t *testing.T) {
	for name, c := range map[string]struct{ event, note string }{
		"a rule":                              {"UID:1\nDTSTART:20261201T090000Z\nRRULE:FREQ=SECONDLY;COUNT=1000000000", NoteRecurring},
		"dates besides":                       {"UID:1\nDTSTART:20261201T090000Z\nRDATE:20261202T090000Z", NoteRecurring},
		"all day":                             {"UID:1\nDTSTART;VALUE=DATE:20261201", NoteAllDay},
		"all day, not said":                   {"UID:1\nDTSTART:20261201", NoteAllDay},
		"no identity":                         {"DTSTART:20261201T090000Z", NoteIdentity},
		"an identity of 2000 characters":      {"UID:" + strings.Repeat("x", 2000) + "\nDTSTART:20261201T090000Z", NoteIdentity},
		"no start":                            {"UID:1", NoteTime},
		"29 February of a year that has none": {"UID:1\nDTSTART:20270229T090000Z", NoteTime},
		"the 32nd":                            {"UID:1\nDTSTART:20261232T090000Z", NoteTime},
		"25 o'clock":                          {"UID:1\nDTSTART:20261201T250000Z", NoteTime},
		"61 seconds":                          {"UID:1\nDTSTART:20261201T090061Z", NoteTime},
		"the year 0":                          {"UID:1\nDTSTART:00000101T000000", NoteTime},
		"the year 9999":                       {"UID:1\nDTSTART:99991231T235959Z", NoteTime},
		"words":                               {"UID:1\nDTSTART:tomorrow at nine", NoteTime},
		"a formula":                           {"UID:1\nDTSTART:=NOW()", NoteTime},
		"an offset, which iCalendar has not":  {"UID:1\nDTSTART:20261201T090000+0100", NoteTime},
		"a zone nobody knows":                 {"UID:1\nDTSTART;TZID=Middle-earth/Shire:20261201T090000", NoteZone},
		"a zone that is a path":               {"UID:1\nDTSTART;TZID=../../etc/passwd:20261201T090000", NoteZone},
		"the machine's own zone":              {"UID:1\nDTSTART;TZID=Local:20261201T090000", NoteZone},
	} {
		cal, err := source().read([]byte(ical(c.event, "UID:2\nDTSTART:20261201T100000Z")), berlin(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(cal.Events) != 1 || !maps.Equal(cal.Notes, Notes{c.note: 1}) {
			t.Errorf("%s: %d events, %v", name, len(cal.Events), cal.Notes)
		}
	}
	s := source()
	s.Service = ""
	cal, err := s.read([]byte(ical("UID:1\nDTSTART:20261201T090000Z\nSUMMARY:Sonstiges")), berlin(t))
	if err != nil || len(cal.Events) != 0 || cal.Notes[NoteService] != 1 || len(cal.Seen) != 1 {
		t.Errorf("%+v, %v", cal, err)
	}
}

func TestTimesAreReadInTheZoneTheyAreIn(t *testing.T) {
	for name, c := range map[string]struct{ start, want string }{
		"UTC":                             {"DTSTART:20261201T090000Z", "2026-12-01T09:00:00Z"},
		"a zone":                          {"DTSTART;TZID=Europe/Berlin:20261201T090000", "2026-12-01T08:00:00Z"},
		"a zone in quotes":                {`DTSTART;TZID="Europe/Berlin":20260701T090000`, "2026-07-01T07:00:00Z"},
		"a zone as another system has it": {"DTSTART;TZID=W. Europe Standard Time:20261201T090000", "2026-12-01T08:00:00Z"},
		"no zone: the office's":           {"DTSTART:20261201T090000", "2026-12-01T08:00:00Z"},
		"another zone":                    {"DTSTART;TZID=America/New_York:20261201T090000", "2026-12-01T14:00:00Z"},
		"the hour that is skipped":        {"DTSTART;TZID=Europe/Berlin:20270328T023000", "2027-03-28T01:00:00Z"},
		"the hour that comes twice":       {"DTSTART;TZID=Europe/Berlin:20261025T023000", "2026-10-25T00:30:00Z"},
		"29 February":                     {"DTSTART:20280229T090000Z", "2028-02-29T09:00:00Z"},
		"seconds are dropped":             {"DTSTART:20261201T090059Z", "2026-12-01T09:00:00Z"},
		"more parameters":                 {"DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin:20261201T090000", "2026-12-01T08:00:00Z"},
	} {
		cal, err := source().read([]byte(ical("UID:1\n"+c.start)), berlin(t))
		if err != nil || len(cal.Events) != 1 {
			t.Errorf("%s: %+v, %v", name, cal, err)
			continue
		}
		if got := cal.Events[0].At.Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestWordsSayWhatSomebodyComesFor(t *testing.T) {
	for text, want := range map[string]string{
		"Reisepass":                       "travel*1",
		"PASS abholen":                    "passport*1",
		"Kinderreisepass":                 "passport*1", // no word begins there: the default
		"Ausweis und Reisepass":           "card*1,travel*1",
		"Ausweis, Ausweis":                "card*1",
		"Etwas ganz anderes":              "passport*1",
		"wohnung ummelden (2 Personen)":   "move*1",
		"=HYPERLINK(Ausweis)":             "card*1",
		"<script>Ausweis</script>":        "card*1",
		"\u0041\u0075sweis\u200b":         "card*1",
		"":                                "passport*1",
		strings.Repeat("Ausweis ", 10000): "card*1",
	} {
		if got := writeItems(source().services(text)); got != want {
			t.Errorf("%.40q: %s, want %s", text, got, want)
		}
	}
	s := source()
	cal, err := s.read([]byte(ical("UID:1\nDTSTART:20261201T090000Z\nSUMMARY:Termin Maria Muster\nCATEGORIES:Bürgerbüro\\, Ausweis")), berlin(t))
	if err != nil || writeItems(cal.Events[0].Services) != "card*1" {
		t.Errorf("%+v, %v", cal, err)
	}
}

// Lines are folded anywhere, also inside a letter of two bytes and a name, with
// CR LF or LF alone, and with a mark before the first.
func TestFoldedLinesAreOneLine(t *testing.T) {
	text := ical("UID:1\nDTSTART;TZID=Europe/Ber\n lin:20261201T09\n\t0000\nSUMMARY:Wohnung\n  ummel\n den Straße")
	split := strings.Replace(text, "Straße", "Stra\xc3\r\n \x9fe", 1) // between the two bytes of ß
	for name, in := range map[string]string{"as it is": text, "LF": strings.ReplaceAll(text, "\r\n", "\n"), "a mark before": "\xef\xbb\xbf" + text,
		"lower case": strings.Replace(strings.Replace(text, "BEGIN:VEVENT", "begin:vevent", 1), "END:VEVENT", "end:vevent", 1)} {
		cal, err := source().read([]byte(in), berlin(t))
		if err != nil || len(cal.Events) != 1 || writeItems(cal.Events[0].Services) != "move*1" || cal.Events[0].At.Hour() != 8 {
			t.Errorf("%s: %+v, %v", name, cal, err)
		}
	}
	if _, err := source().read([]byte(split), berlin(t)); err == nil {
		t.Error("a text that is not UTF-8 line by line was taken")
	}
}

// The newest of several versions of one event counts, wherever it stands.
func TestOfSeveralVersionsTheNewestCounts(t *testing.T) {
	cal, err := source().read([]byte(ical(
		"UID:1\nSEQUENCE:10\nDTSTART:20261201T100000Z", "UID:1\nSEQUENCE:9\nDTSTART:20261201T090000Z",
		"UID:2\nDTSTAMP:20261101T000000Z\nDTSTART:20261201T090000Z\nSTATUS:CANCELLED", "UID:2\nDTSTAMP:20261102T000000Z\nDTSTART:20261201T110000Z",
		"UID:3\nRECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T090000Z", "UID:3\nRECURRENCE-ID:20261202T090000Z\nDTSTART:20261202T090000Z")), berlin(t))
	if err != nil || len(cal.Events) != 4 || cal.Events[0].At.Hour() != 10 || cal.Events[1].Cancelled || cal.Events[1].At.Hour() != 11 {
		t.Errorf("%+v, %v", cal, err)
	}
}

// Nothing of a person is left of an event, and its identity cannot be told.
func TestNothingPersonalIsReadOfAnEvent(t *testing.T) {
	const event = "UID:maria.muster@example.org\nDTSTART:20261201T090000Z\nSUMMARY:Ausweis Maria Muster\nDESCRIPTION:Tel. 0171 2345678\nLOCATION:Zimmer 3\n" +
		"ATTENDEE;CN=Maria Muster:mailto:maria.muster@example.org\nORGANIZER:mailto:amt@example.org\nX-CODE:K7F2\nBEGIN:VALARM\nDESCRIPTION:Muster\nEND:VALARM"
	s := source()
	clean, err := s.skim([]byte(ical(event)))
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"0171", "ATTENDEE", "ORGANIZER", "LOCATION", "DESCRIPTION", "VALARM"} {
		if strings.Contains(string(clean), gone) {
			t.Errorf("%s is read", gone)
		}
	}
	cal, err := s.read([]byte(ical(event)), berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%+v", cal)
	for _, gone := range []string{"aria", "uster", "example"} {
		if strings.Contains(got, gone) {
			t.Errorf("%q is kept: %s", gone, got)
		}
	}
	if cal.Events[0].Code != "K7F2" {
		t.Errorf("code %q", cal.Events[0].Code)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(ical("UID:1\nDTSTART:20261201T090000Z", "UID:2\nDTSTART;TZID=\"Europe/Berlin\":20261201T0\n 90000\nSUMMARY:a\\,b\\n\nCATEGORIES;X=\"a:b\",c:d")))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID;A=\\:1\nDTSTART;TZID=:x\nEND:VEVENT\nEND:VCALENDAR"))
	f.Add([]byte("\xef\xbb\xbfBEGIN:VCALENDAR\r\nEND:VCALENDAR"))
	s := source()
	f.Fuzz(func(t *testing.T, raw []byte) {
		cal, err := s.read(raw, time.UTC)
		if (cal == nil) == (err == nil) {
			t.Fatalf("%v, %v", cal, err)
		}
		if cal == nil {
			return
		}
		for _, e := range cal.Events {
			if !cal.Seen[e.UID] || len(e.UID) != 32 || !e.Cancelled && len(e.Services) == 0 || e.At.IsZero() {
				t.Fatalf("%+v", e)
			}
		}
	})
}
