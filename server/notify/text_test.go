package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"aufruf/server/notify"
	"aufruf/server/people"
)

// The town's own longest ordinary texts: whoever makes them longer pays twice
// for every message.
func TestGermanAndEnglishFitOneSMS(t *testing.T) {
	f := newTown(t)
	for _, kind := range notify.Kinds {
		for _, lang := range []string{"de", "en"} {
			e, err := f.notify.Preview("hall", kind, notify.SMS, lang)
			if err != nil {
				t.Fatal(err)
			}
			if !e.GSM || e.Segments > 1 {
				t.Errorf("%s %s: %d segments, GSM %v: %s (%d)", kind, lang, e.Segments, e.GSM, e.Text, len([]rune(e.Text)))
			}
		}
		e, err := f.notify.Preview("hall", kind, notify.SMS, "ar")
		if err != nil || e.GSM || e.Segments > 3 {
			t.Errorf("%s ar: %d segments, %v: %s", kind, e.Segments, err, e.Text)
		}
	}
}

func TestPapersStandInAnSMSOnlyWhereTheTownSaysSo(t *testing.T) {
	for _, told := range []bool{false, true} {
		f := newTown(t, func(f *town) { f.settings.PapersInSMS = told })
		f.book("thu 10:30", person())
		f.send()
		if text := f.gate.got()[0].Text; strings.Contains(text, "Bitte mitbringen: Personalausweis; Biometrisches Lichtbild") != told || strings.Contains(text, "Reisepass") {
			t.Errorf("%v: %s", told, text)
		}
		if mail := f.sink.got()[0]; strings.Contains(header(t, mail, "Subject"), "Reisepass") {
			t.Error("the subject names the matter")
		}
	}
}

func TestOnlyThePapersThatTheAnswersAskForAreNamed(t *testing.T) {
	f := newTown(t)
	p := person()
	p.Yes, p.No = []string{"child"}, []string{"lost"}
	f.book("thu 10:30", p)
	f.send()
	_, leaves := parts(t, f.sink.got()[0])
	if want := "\n- Personalausweis\n- Biometrisches Lichtbild\n- Geburtsurkunde\n- Bisheriger Pass (falls vorhanden)\n\n"; !strings.Contains(strings.ReplaceAll(leaves[0].content, "\r\n", "\n"), want) {
		t.Errorf("%s", leaves[0].content)
	}
}

func TestATownsOwnTextsAreUsed(t *testing.T) {
	f := newTown(t)
	f.settings.Texts = map[string]map[string]string{
		"booked_sms":     {"de": "Hallo {{.FirstName}} – {{.Date}} {{.Time}} {{.Code}} {{.Link}}"},
		"booked_subject": {"de": "Termin in {{.Town}}"}, "booked_mail": {"de": "Bis dann im {{.Office}}!\nIhre Stadt"},
	}
	f.restart()
	id := f.book("thu 10:30", person())
	f.send()
	want := fmt.Sprintf("Hallo Zoë - Donnerstag, 26. November 10:30 %s https://termin.lindenau.example/a/%s", f.secrets.AppointmentCode(id), f.secrets.AppointmentSecret(id))
	if got := f.gate.got()[0].Text; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	mail := f.sink.got()[0]
	if _, leaves := parts(t, mail); header(t, mail, "Subject") != "Termin in Lindenau an der Au" || !strings.Contains(leaves[0].content, "Bis dann im Bürgerbüro! Ihre Stadt") {
		t.Errorf("%s", mail)
	}
	for text, bad := range map[string]string{"{{.Date}}": "", "Hallo": "", "{{.Name}}": "{{.Name}}", "{{.Date": "{{", "}}": "}}", "{{Date}}": "{{", "{{.Date}}{{.X}}": "{{.X}}", "{{if .Date}}": "{{"} {
		if got := notify.BadPlaceholder(text); got != bad {
			t.Errorf("%q: %q, want %q", text, got, bad)
		}
	}
}

func TestPeopleAreWrittenToInTheirLanguage(t *testing.T) {
	for lang, want := range map[string]string{"en": "Your appointment: Thursday, 26 November, 10:30, Citizens' office.", "ar": "موعدكم", "fr": "Ihr Termin"} {
		f := newTown(t)
		p := person()
		p.Language = lang
		f.book("thu 10:30", p)
		f.send()
		if text := f.gate.got()[0].Text; !strings.HasPrefix(text, want) {
			t.Errorf("%s: %s", lang, text)
		}
		_, leaves := parts(t, f.sink.got()[0])
		if dir := `dir="rtl"`; strings.Contains(leaves[1].content, dir) != (lang == "ar") {
			t.Errorf("%s: the page's direction", lang)
		}
	}
}

func TestNobodyIsToldWhereBothWaysAreOff(t *testing.T) {
	f := newTown(t, func(f *town) { f.settings.SMS.Preset, f.settings.Email.How = notify.Off, notify.Off })
	id := f.book("thu 10:30", person())
	f.send()
	f.want(id, "")
}

func TestALandlineGetsNoSMS(t *testing.T) {
	f := newTown(t)
	p := person()
	p.Phone, p.Mobile = "+4930901820", false
	id := f.book("thu 10:30", p)
	f.send()
	f.want(id, "booked email sent, reminder_day email waiting, reminder_hours email waiting")
}

func TestSMSByMailGoToTheNumberAtTheSupplier(t *testing.T) {
	f := newTown(t, func(f *town) {
		f.settings.SMS = notify.SMSSettings{Preset: notify.EmailToSMS, Address: "{to_digits}@sms.example.org"}
	})
	p := people.Contact{Surname: "Müller", Phone: "+4915112345678", Mobile: true, Language: "de"}
	f.book("thu 10:30", p)
	f.send()
	mail := f.sink.got()[0]
	tree, leaves := parts(t, mail)
	if header(t, mail, "To") != "<4915112345678@sms.example.org>" || tree != "text/plain" || !strings.HasPrefix(leaves[0].content, "Ihr Termin: Donnerstag") {
		t.Errorf("%s", mail)
	}
}

func TestTheConsoleShowsWhatWouldHaveGone(t *testing.T) {
	f := newTown(t, func(f *town) { f.settings.SMS.Preset, f.settings.Email.How = notify.Console, notify.Console })
	f.book("thu 10:30", person())
	f.send()
	shown := f.notify.Console().Messages()
	if len(shown) != 2 || len(f.gate.got())+len(f.sink.got()) > 0 {
		t.Fatalf("%d messages", len(shown))
	}
	if mail, sms := shown[0], shown[1]; sms.To != "+4915112345678" || !sms.GSM || sms.Segments != 1 || mail.To != "zoe@example.org" || mail.ICS == "" || mail.HTML == "" {
		t.Errorf("%+v", shown)
	}
}
