package notify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"strings"
	"testing"

	"aufruf/server/notify"
	"aufruf/server/queue"
)

// header is a decoded header of a mail.
func header(t *testing.T, raw, name string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v:\n%s", err, raw)
	}
	text, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// part is one leaf of a mail.
type part struct {
	kind    string
	params  map[string]string
	file    string
	content string
}

// parts takes a mail apart.
func parts(t *testing.T, raw string) (tree string, leaves []part) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(kind, encoding, disposition string, body io.Reader) string
	walk = func(kind, encoding, disposition string, body io.Reader) string {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(media, "multipart/") {
			switch strings.ToLower(encoding) {
			case "quoted-printable":
				body = quotedprintable.NewReader(body)
			case "base64":
				body = base64.NewDecoder(base64.StdEncoding, body)
			}
			content, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			_, dp, _ := mime.ParseMediaType(disposition)
			leaves = append(leaves, part{media, params, dp["filename"], string(content)})
			return media
		}
		var below []string
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			below = append(below, walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p))
		}
		return media + "(" + strings.Join(below, " ") + ")"
	}
	tree = walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return tree, leaves
}

func TestAMailHasTextPageAndCalendar(t *testing.T) {
	f := newTown(t)
	id := f.book("thu 10:30", person())
	f.send()
	raw := f.sink.got()[0]
	tree, leaves := parts(t, raw)
	if tree != "multipart/mixed(multipart/alternative(text/plain text/html text/calendar) application/ics)" {
		t.Fatalf("%s\n%s", tree, raw)
	}
	for name, want := range map[string]string{
		"Subject":        "Ihr Termin am Donnerstag, 26. November um 10:30 Uhr",
		"From":           `"Stadt Lindenau" <termine@lindenau.example>`,
		"Auto-Submitted": "auto-generated", "List-Unsubscribe": "", "Content-Language": "de",
	} {
		if got := header(t, raw, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if to := header(t, raw, "To"); !strings.Contains(to, "Zoë Müller-Lüdenscheidt") || !strings.Contains(to, "<zoe@example.org>") {
		t.Errorf("to %q", to)
	}
	if id := header(t, raw, "Message-ID"); !strings.HasSuffix(id, "@termin.lindenau.example>") || len(id) != len("<>@termin.lindenau.example")+24 {
		t.Errorf("Message-ID %q", id)
	}
	link := "https://termin.lindenau.example/a/" + f.secrets.AppointmentSecret(id)
	for _, p := range leaves[:2] {
		for _, want := range []string{"Guten Tag Zoë Müller-Lüdenscheidt,", "Donnerstag, 26. November, 10:30 Uhr", "Bürgerbüro", f.secrets.AppointmentCode(id), link, "Personalausweis", "Biometrisches Lichtbild"} {
			if !strings.Contains(p.content, want) {
				t.Errorf("%s lacks %q:\n%s", p.kind, want, p.content)
			}
		}
		if p.params["charset"] != "UTF-8" || strings.Contains(p.content, "notify.") || strings.Contains(p.content, "<no value>") {
			t.Errorf("%s %v:\n%s", p.kind, p.params, p.content)
		}
	}
	for _, bad := range []string{"<img", "<script", "url(", "http://"} {
		if strings.Contains(leaves[1].content, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if leaves[2].params["method"] != "REQUEST" || leaves[3].file != "termin.ics" || leaves[2].content != leaves[3].content {
		t.Errorf("%+v and %+v", leaves[2], leaves[3])
	}
	for _, line := range strings.Split(raw, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestARemindingMailCanBeEndedAndHasNoCalendar(t *testing.T) {
	f := newTown(t, func(f *town) { f.settings.SMS.Preset = notify.Off })
	id := f.book("thu 10:30", person())
	f.send()
	f.goTo("wed 17:00")
	f.send()
	raw := f.sink.got()[1]
	tree, _ := parts(t, raw)
	if want := "<https://termin.lindenau.example/a/" + f.secrets.AppointmentSecret(id) + ">"; header(t, raw, "List-Unsubscribe") != want || tree != "multipart/alternative(text/plain text/html)" {
		t.Errorf("%s, %s", header(t, raw, "List-Unsubscribe"), tree)
	}
}

// Names come from people and configurations. Nothing of them ends a header, a
// line of a calendar or an SMS, or is read as a page.
func TestNothingThatPeopleWriteBreaksAMail(t *testing.T) {
	f := newTown(t)
	evil := person() // as a row from before the checks, or from an import, might hold it
	evil.Surname, evil.FirstName = "Müller\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>", "=HYPERLINK(\"http://x\")\u202e"
	id := f.book("thu 10:30", evil)
	f.do(queue.CancelAppointment{Appointment: f.book("thu 11:30", evil)})
	f.send()
	mails := f.sink.got()
	if len(mails) != 2 {
		t.Fatalf("%d mails: %s", len(mails), f.rows(id))
	}
	for _, raw := range mails {
		if header(t, raw, "Bcc") != "" {
			t.Error("a header was injected")
		}
		_, leaves := parts(t, raw)
		for _, p := range leaves {
			if strings.Contains(p.content, "\nBcc:") || p.kind == "text/html" && strings.Contains(p.content, "<script>") || strings.Contains(p.content, "\u202e") {
				t.Errorf("%s:\n%s", p.kind, p.content)
			}
		}
	}
}

// calendars are what three mails say of one appointment.
func calendars(t *testing.T) (f *town, id string, files []string) {
	f = newTown(t)
	id = f.book("thu 10:30", person())
	f.send()
	f.do(queue.MoveAppointment{Appointment: id, At: local("fri 11:00"), Channel: queue.ChannelOnline})
	f.send()
	f.do(queue.CancelAppointment{Appointment: id})
	f.send()
	for _, raw := range f.sink.got() {
		_, leaves := parts(t, raw)
		files = append(files, leaves[2].content)
	}
	if len(files) != 3 {
		t.Fatalf("%d calendars", len(files))
	}
	return f, id, files
}

// seen is what another program reads in a calendar.
type seen struct {
	Method, UID, Start, End, Summary, Location, Status string
	Sequence, Alarms                                   int
	Organizer, Attendee                                string
}

func TestOtherProgramsReadTheCalendar(t *testing.T) {
	f, id, files := calendars(t)
	uid := id + "@termin.lindenau.example"
	want := []seen{
		{"REQUEST", uid, "2026-11-26T09:30:00Z", "2026-11-26T09:50:00Z", "Termin: Bürgerbüro", "Bürgerbüro", "CONFIRMED", 0, 1, "mailto:termine@lindenau.example", "mailto:zoe@example.org"},
		{"REQUEST", uid, "2026-11-27T10:00:00Z", "2026-11-27T10:20:00Z", "Termin: Bürgerbüro", "Bürgerbüro", "CONFIRMED", 1, 1, "mailto:termine@lindenau.example", "mailto:zoe@example.org"},
		{"CANCEL", uid, "2026-11-27T10:00:00Z", "", "Termin: Bürgerbüro", "Bürgerbüro", "CANCELLED", 2, 0, "mailto:termine@lindenau.example", "mailto:zoe@example.org"},
	}
	if _, err := os.Stat("../../node_modules/ical.js"); err != nil {
		t.Fatalf("ical.js is missing: run npm ci (%v)", err)
	}
	for program, command := range map[string][]string{
		"ical.js":           {"node", "testdata/read_ics.mjs"},
		"python3-icalendar": {"/usr/bin/python3", "testdata/read_ics.py"},
	} {
		for i, file := range files {
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Stdin = strings.NewReader(file)
			var complaint bytes.Buffer
			cmd.Stderr = &complaint
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s (is it installed?): %v: %s\n%s", program, err, complaint.String(), file)
			}
			var got seen
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%s says %s", program, out)
			}
			if i == 2 {
				got.End = "" // the length no longer matters
			}
			if got != want[i] {
				t.Errorf("%s, calendar %d:\n got %+v\nwant %+v", program, i, got, want[i])
			}
		}
	}
	for _, file := range files {
		if strings.Contains(file, "Reisepass") || !strings.HasSuffix(file, "END:VCALENDAR\r\n") {
			t.Errorf("the calendar:\n%s", file)
		}
		for _, line := range strings.Split(file, "\r\n") {
			if len(line) > 75 || strings.Contains(line, "\n") {
				t.Errorf("%d bytes: %q", len(line), line)
			}
		}
	}
	if code := f.secrets.AppointmentCode(id); !strings.Contains(strings.ReplaceAll(files[0], "\r\n ", ""), code) || strings.Contains(files[2], code) {
		t.Error("the code is not where it belongs")
	}
}
