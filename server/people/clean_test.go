package people

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// person is somebody in whom nothing is wrong.
func person() Contact {
	return Contact{Surname: "Müller-Lüdenscheidt", FirstName: "Zoë", Street: "Straße des 17. Juni", Number: "135 a", Postcode: "10623",
		Town: "Berlin", Phone: "+4915112345678", Mobile: true, Email: "zoe@example.org", Language: "de", Needs: []string{"wheelchair"},
		Remind: true, Consent: "2026-11"}
}

func faults(fs []Fault) string {
	var all []string
	for _, f := range fs {
		all = append(all, f.Field+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

func TestASoundContactStaysAsItIs(t *testing.T) {
	got, fs := Clean(person(), AddressNeeded)
	if len(fs) > 0 || !reflect.DeepEqual(got, person()) {
		t.Fatalf("%s, %+v", faults(fs), contactFields(got))
	}
}

// contactFields is a contact that prints itself, for tests.
func contactFields(c Contact) map[string]any {
	raw, _ := json.Marshal(c)
	var m map[string]any
	json.Unmarshal(raw, &m)
	return m
}

func TestNamesAreTakenRefusedOrPutRight(t *testing.T) {
	for _, tc := range []struct{ what, typed, stored, fault string }{
		{"composed", "Mu\u0308ller", "Müller", ""},
		{"spaces collapse", "  von \t der   Leyen ", "von der Leyen", ""},
		{"hard space", "von\u00a0der\u202fLeyen", "von der Leyen", ""},
		{"apostrophes", "O’Connor-d'Arc", "O’Connor-d'Arc", ""},
		{"a title", "Dr. Strauß, MdB (FH)", "Dr. Strauß, MdB (FH)", ""},
		{"Arabic", "الحسيني", "الحسيني", ""},
		{"Persian with a joiner", "می\u200cخواهم", "می\u200cخواهم", ""},
		{"Hebrew", "כהן", "כהן", ""},
		{"Chinese", "王小明", "王小明", ""},
		{"Tamil with marks", "கிருஷ்ணன்", "கிருஷ்ணன்", ""},
		{"Vietnamese", "Nguyễn", "Nguyễn", ""},
		{"one letter", "O", "O", ""},
		{"80 characters", strings.Repeat("ä", 80), strings.Repeat("ä", 80), ""},
		{"81 characters", strings.Repeat("ä", 81), strings.Repeat("ä", 81), FaultLong},
		{"300 characters", strings.Repeat("x", 300), strings.Repeat("x", 300), FaultLong},
		{"nothing", "", "", FaultMissing},
		{"only spaces", " \t ", "", FaultMissing},
		{"emoji", "Müller 🎉", "Müller 🎉", FaultCharacters},
		{"emoji of parts", "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧", FaultCharacters},
		{"a heart with a selector", "Li❤\ufe0f", "Li❤", FaultCharacters},
		{"a formula", `=HYPERLINK("https://example.org")`, `=HYPERLINK("https://example.org")`, FaultCharacters},
		{"a formula with a plus", "+49", "+49", FaultCharacters},
		{"a script", "<script>alert(1)</script>", "<script>alert(1)</script>", FaultCharacters},
		{"SQL", "Robert'); DROP TABLE contact;--", "Robert'); DROP TABLE contact;--", FaultCharacters},
		{"a template", "{{.Name}}", "{{.Name}}", FaultCharacters},
		{"CR LF", "Müller\r\nBcc: all@example.org", "Müller Bcc: all@example.org", FaultLineBreak},
		{"a line separator", "Mül\u2028ler", "Mül ler", FaultLineBreak},
		{"a line break at the end", "Müller\r\n", "Müller", ""},
		{"NUL", "Mül\x00ler", "Müller", FaultUnseen},
		{"escape", "Mül\x1b[31mler", "Mül[31mler", FaultUnseen},
		{"a direction override", "Mül\u202eler", "Müller", FaultUnseen},
		{"a direction isolate", "\u2066Müller\u2069", "Müller", FaultUnseen},
		{"zero width space", "Mül\u200bler", "Müller", FaultUnseen},
		{"a joiner between Latin letters", "Mül\u200dler", "Mül\u200dler", FaultUnseen},
		{"a joiner at the end", "می\u200c", "می\u200c", FaultUnseen},
		{"a soft hyphen", "Mül\u00adler", "Müller", FaultUnseen},
		{"a filler", "\u3164", "", FaultUnseen},
		{"a byte order mark", "\ufeffMüller", "Müller", FaultUnseen},
		{"not UTF-8", "M\xfcller", "Mller", FaultUnseen},
		{"the replacement character", "M\ufffdller", "M\ufffdller", FaultCharacters},
		{"ten marks on a letter", "e" + strings.Repeat("\u0323\u0301", 5), "", FaultCharacters},
		{"marks without a letter", "\u0301\u0301", "", FaultCharacters},
		{"no letter", "12-34", "12-34", FaultNoLetter},
	} {
		for field, set := range map[string]func(*Contact, string){
			"surname": func(c *Contact, s string) { c.Surname = s }, "first_name": func(c *Contact, s string) { c.FirstName = s },
			"street": func(c *Contact, s string) { c.Street = s }, "town": func(c *Contact, s string) { c.Town = s },
		} {
			in := person()
			set(&in, tc.typed)
			out, fs := Clean(in, AddressNeeded)
			want := ""
			if tc.fault != "" {
				want = field + " " + tc.fault
			}
			if faults(fs) != want {
				t.Errorf("%s as %s: faults %q, want %q", tc.what, field, faults(fs), want)
			}
			if got := contactFields(out)[field]; tc.stored != "" && got != tc.stored {
				t.Errorf("%s as %s: %q, want %q", tc.what, field, got, tc.stored)
			}
		}
	}
}

func TestTelephoneNumbersComeAsTheyAreDialled(t *testing.T) {
	for _, tc := range []struct {
		typed, stored string
		mobile        bool
		fault         string
	}{
		{"0151 12345678", "+4915112345678", true, ""},
		{"(0151) 123-456/78", "+4915112345678", true, ""},
		{"+49 (0)151 12345678", "+4915112345678", true, ""},
		{"0049 151 12345678", "+4915112345678", true, ""},
		{"030 901820", "+4930901820", false, ""},
		{"+49 30 9018-20", "+4930901820", false, ""},
		{"+43 664 1234567", "+436641234567", true, ""},
		{"+41 79 123 45 67", "+41791234567", true, ""},
		{"+33 1 42 68 53 00", "+33142685300", false, ""},
		{"+90 532 123 45 67", "+905321234567", true, ""},
		{"+1 202 555 0123", "+12025550123", true, ""},
		{"+1 202 055 0123", "", false, FaultPhone},
		{"", "", false, FaultMissing},
		{"123", "", false, FaultPhoneShort},
		{"0151 1", "", false, FaultPhoneShort},
		{strings.Repeat("1", 40), "", false, FaultPhoneLong},
		{"+49 151 12345678901234", "", false, FaultPhoneLong},
		{"112", "", false, FaultPhoneKind},
		{"1 1 0", "", false, FaultPhoneKind},
		{"116 117", "", false, FaultPhoneKind},
		{"0900 1 123456", "", false, FaultPhoneKind},
		{"0800 1234567", "", false, FaultPhoneKind},
		{"0180 5 123456", "", false, FaultPhoneKind},
		{"0800 FLOWERS", "", false, FaultPhone},
		{"0151 12345678 ext. 5", "", false, FaultPhone},
		{"+49151;12345678", "", false, FaultPhone},
		{"++49 151 12345678", "", false, FaultPhone},
		{"0151+12345678", "", false, FaultPhone},
		{"٠١٥١١٢٣٤٥٦٧٨", "", false, FaultPhone},
		{"zoe@example.org", "", false, FaultPhone},
		{"---", "", false, FaultPhone},
		{"+999 1234567", "", false, FaultPhone},
		{"=cmd|'/c calc'!A1", "", false, FaultPhone},
		{"0151 12345678\r\n0151 87654321", "", false, FaultLineBreak},
	} {
		in := person()
		in.Phone, in.Mobile = tc.typed, !tc.mobile
		out, fs := Clean(in, AddressNeeded)
		got := strings.TrimPrefix(faults(fs), "phone ")
		if tc.fault == FaultPhone && got != "" { // no number; how far from one is not promised
			got = FaultPhone
		}
		if got != tc.fault {
			t.Errorf("%q: fault %q, want %q", tc.typed, faults(fs), tc.fault)
		}
		if tc.fault == "" && (out.Phone != tc.stored || out.Mobile != tc.mobile) {
			t.Errorf("%q: %s, mobile %v", tc.typed, out.Phone, out.Mobile)
		}
		if tc.fault != "" && out.Mobile {
			t.Errorf("%q is said to be mobile", tc.typed)
		}
	}
}

func TestAddressesOfMailAreChecked(t *testing.T) {
	for typed, want := range map[string]string{
		"":                                       "",
		"Zoe.M@Example.ORG":                      "Zoe.M@example.org",
		"zoe+amt@mail.example.org":               "zoe+amt@mail.example.org",
		"zoe@müller.de":                          "zoe@xn--mller-kva.de",
		" zoe@example.org ":                      "zoe@example.org",
		"zoe@localhost":                          "!",
		"zoe":                                    "!",
		"@example.org":                           "!",
		"zoe@":                                   "!",
		"zoë@example.org":                        "!",
		"zoe@@example.org":                       "!",
		"zoe@example..org":                       "!",
		".zoe@example.org":                       "!",
		"zoe..m@example.org":                     "!",
		"Zoe <zoe@example.org>":                  "!",
		`"zoe m"@example.org`:                    "!",
		"zoe@example.org,eve@evil.org":           "!",
		"zoe@example.org\r\nBcc: a@b.de":         "!",
		"zoe@[127.0.0.1]":                        "!",
		"zoe@-example.org":                       "!",
		strings.Repeat("a", 65) + "@example.org": "!",
		"a@" + strings.Repeat(strings.Repeat("b", 60)+".", 5) + "org": "!",
	} {
		in := person()
		in.Email = typed
		out, fs := Clean(in, AddressNeeded)
		if want == "!" {
			if len(fs) != 1 || fs[0].Field != "email" {
				t.Errorf("%q: %s", typed, faults(fs))
			}
		} else if len(fs) > 0 || out.Email != want {
			t.Errorf("%q: %q, %s", typed, out.Email, faults(fs))
		}
	}
}

func TestAllFaultsAreFoundAtOnce(t *testing.T) {
	_, fs := Clean(Contact{FirstName: "🎉", Phone: "112", Email: "x", Number: "a", Postcode: "!", Language: "deutsch", Needs: []string{"a dog"}}, AddressNeeded)
	want := "surname missing, first_name characters, street missing, number no_digit, postcode postcode, town missing, " +
		"phone phone_kind, email email, language unknown, needs unknown, consent missing"
	if faults(fs) != want {
		t.Errorf("%s", faults(fs))
	}
}

func TestAnAddressIsNeededOptionalOrNotKept(t *testing.T) {
	in := person()
	in.Street, in.Number, in.Postcode, in.Town = "", "", "", ""
	if _, fs := Clean(in, AddressNeeded); len(fs) != 4 {
		t.Errorf("needed: %s", faults(fs))
	}
	if _, fs := Clean(in, AddressOptional); len(fs) != 0 {
		t.Errorf("optional: %s", faults(fs))
	}
	in.Postcode = "="
	if _, fs := Clean(in, AddressOptional); len(fs) != 1 {
		t.Errorf("optional and wrong: %s", faults(fs))
	}
	out, fs := Clean(in, AddressNone)
	if len(fs) != 0 || out.Postcode != "" {
		t.Errorf("none: %s, %q kept", faults(fs), out.Postcode)
	}
	for code, sound := range map[string]bool{"10115": true, "1010": true, "CH-8001": true, "SW1A 1AA": true, "1234567890": false, "ab": false, "abcde": false, "1": false} {
		in := person()
		in.Postcode = code
		if _, fs := Clean(in, AddressNeeded); (len(fs) == 0) != sound {
			t.Errorf("postcode %q: %s", code, faults(fs))
		}
	}
	for number, sound := range map[string]bool{"7": true, "12 b": true, "12–14": true, "3 1/2": true, "7½": true, "b": false, "<7>": false, "1234567890123": false} {
		in := person()
		in.Number = number
		if _, fs := Clean(in, AddressNeeded); (len(fs) == 0) != sound {
			t.Errorf("number %q: %s", number, faults(fs))
		}
	}
}

func TestNeedsStandOnceInTheirOrder(t *testing.T) {
	in := person()
	in.Needs = []string{"fetch_me", "wheelchair", "fetch_me"}
	out, fs := Clean(in, AddressNeeded)
	if len(fs) > 0 || !reflect.DeepEqual(out.Needs, []string{"wheelchair", "fetch_me"}) {
		t.Errorf("%v, %s", out.Needs, faults(fs))
	}
}

func TestAPrintedContactSaysNothing(t *testing.T) {
	c := person()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{c, &c, Found{Contact: c}, []Contact{c}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "ller") {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	p := person()
	f.Add(p.Surname, p.Street, p.Number, p.Phone, p.Email, AddressNeeded)
	f.Add("Mu\u0308\r\n\u202e🎉", "=HYPERLINK(1)", "½", "0049 (0)151 12345678", "zoe@müller.de", AddressOptional)
	f.Add("می\u200cخواهم", "\xff", "\u2028", "+1 202 456 1414", "a@b@c", AddressNone)
	f.Add("\u1100\u1161\u11a8", "e\u0301\u0323", "9\u20e3", strings.Repeat("9", 300), "xn--@xn--a.de", "")
	f.Fuzz(func(t *testing.T, surname, street, number, phone, email, address string) {
		in := person()
		in.Surname, in.FirstName, in.Street, in.Town, in.Number, in.Postcode, in.Phone, in.Email, in.Language, in.Consent, in.Needs =
			surname, street, street, surname, number, number, phone, email, number, phone, []string{number, "fetch_me"}
		once, fs := Clean(in, address)
		twice, again := Clean(once, address)
		if !reflect.DeepEqual(once, twice) {
			t.Fatalf("cleaned twice: %q, %q", contactFields(once), contactFields(twice))
		}
		if len(fs) == 0 && len(again) > 0 {
			t.Fatalf("sound, and then not: %s", faults(again))
		}
		for _, text := range []string{once.Surname, once.FirstName, once.Street, once.Number, once.Postcode, once.Town, once.Phone, once.Email, once.Language, once.Consent} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
				return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
			}) {
				t.Fatalf("%q has what cannot be seen", text)
			}
		}
		for _, f := range fs {
			if f.Field == "surname" {
				return
			}
		}
		if utf8.RuneCountInString(once.Surname) > longestName || strings.ContainsAny(once.Surname, "<>=@\"{};|") {
			t.Fatalf("a name %q", once.Surname)
		}
	})
}
