package people

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Fault is one thing that is wrong with what was typed. Field is the JSON name
// of a contact's field; the code's words are in the catalogue under
// "error.contact_". The value is nowhere.
type Fault struct {
	Field, Code string
	Params      map[string]any
}

// What can be wrong with a field.
const (
	FaultMissing    = "missing"
	FaultLong       = "long"       // Params: Max
	FaultLineBreak  = "line_break" // where one line is wanted
	FaultUnseen     = "unseen"     // control characters, direction overrides
	FaultCharacters = "characters" // emoji and what else stands in no name
	FaultNoLetter   = "no_letter"
	FaultNoDigit    = "no_digit"
	FaultPostcode   = "postcode"
	FaultPhone      = "phone" // no telephone number
	FaultPhoneShort = "phone_short"
	FaultPhoneLong  = "phone_long"
	FaultPhoneKind  = "phone_kind" // emergency calls, 0900, service numbers
	FaultEmail      = "email"
	FaultUnknown    = "unknown" // a need or a language nobody knows
)

// FaultCodes are all of them.
var FaultCodes = []string{FaultMissing, FaultLong, FaultLineBreak, FaultUnseen, FaultCharacters, FaultNoLetter, FaultNoDigit,
	FaultPostcode, FaultPhone, FaultPhoneShort, FaultPhoneLong, FaultPhoneKind, FaultEmail, FaultUnknown}

// How much of an address is asked for.
const (
	AddressNeeded   = "needed"
	AddressOptional = "optional"
	AddressNone     = "none"
)

const (
	longestName  = 80 // characters, and of a street or a town
	longestHouse = 12
	longestEmail = 254
)

// Clean puts what was typed in its stored form: Unicode composed, spaces
// collapsed, the telephone number in E.164 with Germany as its region. It finds
// all faults at once. A field with a fault comes back as it was typed, for the
// form, save for what cannot be seen: line breaks become spaces, control
// characters and direction overrides are taken out. The telephone number is
// asked for; whoever can do without it leaves that fault out. An address that
// is not asked for is not kept.
func Clean(in Contact, address string) (Contact, []Fault) {
	c := cleaner{}
	out := in
	out.Surname = c.name("surname", in.Surname, longestName, true)
	out.FirstName = c.name("first_name", in.FirstName, longestName, true)
	if address == AddressNone {
		out.Street, out.Number, out.Postcode, out.Town = "", "", "", ""
	} else {
		needed := address == AddressNeeded
		out.Street = c.name("street", in.Street, longestName, needed)
		out.Number = c.house(in.Number, needed)
		out.Postcode = c.postcode(in.Postcode, needed)
		out.Town = c.name("town", in.Town, longestName, needed)
	}
	out.Phone, out.Mobile = c.phone(in.Phone)
	out.Email = c.email(in.Email)
	out.Language = c.language(in.Language)
	out.Needs = c.needs(in.Needs)
	if out.Consent = c.line("consent", in.Consent); out.Consent == "" {
		c.fault("consent", FaultMissing)
	} else if utf8.RuneCountInString(out.Consent) > longestName {
		c.long("consent", longestName)
	}
	return out, c.faults
}

type cleaner struct{ faults []Fault }

// fault notes one fault; the first of a field stands.
func (c *cleaner) fault(field, code string) {
	if !slices.ContainsFunc(c.faults, func(f Fault) bool { return f.Field == field }) {
		c.faults = append(c.faults, Fault{Field: field, Code: code})
	}
}

func (c *cleaner) long(field string, most int) {
	c.fault(field, FaultLong)
	for i := range c.faults {
		if f := &c.faults[i]; f.Field == field && f.Code == FaultLong {
			f.Params = map[string]any{"Max": most}
		}
	}
}

// line makes one line of what was typed, without what cannot be seen.
func (c *cleaner) line(field, text string) string {
	text = strings.TrimSpace(text) // a line break at the end of a pasted name says nothing
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			c.fault(field, FaultUnseen) // not UTF-8
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			c.fault(field, FaultLineBreak)
			b.WriteByte(' ')
		case r == '\t' || unicode.IsSpace(r):
			b.WriteByte(' ')
		case joiner(r):
			b.WriteRune(r) // judged by name, as is everything that can be seen
		case unicode.Is(unicode.Variation_Selector, r): // seen only in what it turns into an emoji
			c.fault(field, FaultCharacters)
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || unseenMark(r):
			c.fault(field, FaultUnseen)
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " ")
}

// joiner tells the two characters without which some scripts cannot be written.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// unseenMark tells fillers, which by their class are letters and marks.
func unseenMark(r rune) bool {
	return r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0'
}

// stands are the marks that stand in names of people, streets and towns.
const stands = " -–'’‘`´ʼ.,/()·&"

// name checks one line of letters of any script.
func (c *cleaner) name(field, text string, most int, needed bool) string {
	text = c.line(field, text)
	if text == "" {
		if needed {
			c.fault(field, FaultMissing)
		}
		return ""
	}
	if utf8.RuneCountInString(text) > most {
		c.long(field, most)
	}
	letters, before := false, rune(0)
	marks := 0
	for _, r := range text {
		marks++
		switch {
		case unicode.IsLetter(r):
			letters, marks = true, 0
		case unicode.IsMark(r):
			// Two marks on a letter are writing, ten are an attack on the screen.
			if before == 0 || marks > 4 {
				c.fault(field, FaultCharacters)
			}
		case joiner(r):
			// Between Latin letters it would only make two names look the same.
			if !unicode.IsLetter(before) && !unicode.IsMark(before) || unicode.In(before, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
				c.fault(field, FaultUnseen)
			}
		case unicode.IsDigit(r), strings.ContainsRune(stands, r):
			marks = 0
		default:
			c.fault(field, FaultCharacters)
		}
		before = r
	}
	if joiner(before) {
		c.fault(field, FaultUnseen)
	}
	if !letters {
		c.fault(field, FaultNoLetter)
	}
	return text
}

func (c *cleaner) house(text string, needed bool) string {
	text = c.line("number", text)
	switch {
	case text == "" && needed:
		c.fault("number", FaultMissing)
	case text == "":
	case utf8.RuneCountInString(text) > longestHouse:
		c.long("number", longestHouse)
	case strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -–/.,½¼¾", r)
	}):
		c.fault("number", FaultCharacters)
	case !strings.ContainsFunc(text, unicode.IsDigit):
		c.fault("number", FaultNoDigit)
	}
	return text
}

// postcodeShape lets people come from abroad: "10115", "1010", "CH-8001", "SW1A 1AA".
var postcodeShape = regexp.MustCompile(`^[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){2,8}$`)

func (c *cleaner) postcode(text string, needed bool) string {
	text = c.line("postcode", text)
	switch {
	case text == "" && needed:
		c.fault("postcode", FaultMissing)
	case text == "":
	case !postcodeShape.MatchString(text) || !strings.ContainsAny(text, "0123456789"):
		c.fault("postcode", FaultPostcode)
	}
	return text
}

// nobodyAnswers are kinds of numbers that are no person's.
var nobodyAnswers = []phonenumbers.PhoneNumberType{phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.TOLL_FREE,
	phonenumbers.PAGER, phonenumbers.UAN, phonenumbers.VOICEMAIL}

func (c *cleaner) phone(text string) (number string, mobile bool) {
	text = c.line("phone", text)
	if text == "" {
		c.fault("phone", FaultMissing)
		return "", false
	}
	number, mobile, code := parsePhone(text)
	if code != "" {
		c.fault("phone", code)
		return text, false
	}
	return number, mobile
}

// parsePhone is E.164 of what was typed, or the code of what is wrong with it.
func parsePhone(text string) (number string, mobile bool, code string) {
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -–/().", r):
		default:
			return "", false, FaultPhone
		}
	}
	switch {
	case digits == 0:
		return "", false, FaultPhone
	case digits > 20: // the longest has 15, and 00 and a bracketed zero before
		return "", false, FaultPhoneLong
	}
	if slices.Contains([]string{"110", "112", "115", "116117"}, strings.Map(digit, text)) {
		return "", false, FaultPhoneKind
	}
	if digits < 6 {
		return "", false, FaultPhoneShort
	}
	n, err := phonenumbers.Parse(text, "DE")
	switch err {
	case nil:
	case phonenumbers.ErrNumTooLong:
		return "", false, FaultPhoneLong
	case phonenumbers.ErrTooShortNSN, phonenumbers.ErrTooShortAfterIDD:
		return "", false, FaultPhoneShort
	default:
		return "", false, FaultPhone
	}
	kind := phonenumbers.GetNumberType(n)
	if slices.Contains(nobodyAnswers, kind) {
		return "", false, FaultPhoneKind
	}
	if !phonenumbers.IsValidNumber(n) {
		switch phonenumbers.IsPossibleNumberWithReason(n) {
		case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
			return "", false, FaultPhoneShort
		case phonenumbers.TOO_LONG:
			return "", false, FaultPhoneLong
		}
		return "", false, FaultPhone
	}
	return phonenumbers.Format(n, phonenumbers.E164), kind == phonenumbers.MOBILE || kind == phonenumbers.FIXED_LINE_OR_MOBILE, ""
}

func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

var emailShape = regexp.MustCompile(`^[A-Za-z0-9.!#$%&*+/=?^_{|}~'-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$`)

func (c *cleaner) email(text string) string {
	text = c.line("email", text)
	if text == "" {
		return ""
	}
	local, domain, ok := strings.Cut(text, "@")
	if ascii, err := idna.Lookup.ToASCII(domain); ok && err == nil {
		address := local + "@" + strings.ToLower(ascii)
		parsed, err := mail.ParseAddress(address)
		if len(address) <= longestEmail && emailShape.MatchString(address) && err == nil && parsed.Address == address {
			return address
		}
	}
	if len(text) > longestEmail {
		c.long("email", longestEmail)
	}
	c.fault("email", FaultEmail)
	return text
}

var languageShape = regexp.MustCompile(`^[a-z]{2,3}$`)

// language is German where none is named.
func (c *cleaner) language(text string) string {
	text = c.line("language", text)
	if text == "" {
		return "de"
	}
	if !languageShape.MatchString(text) {
		c.fault("language", FaultUnknown)
	}
	return text
}

func (c *cleaner) needs(named []string) []string {
	var needs []string
	for _, n := range NeedsKnown {
		if slices.Contains(named, n) {
			needs = append(needs, n)
		}
	}
	if slices.ContainsFunc(named, func(n string) bool { return !slices.Contains(NeedsKnown, n) }) {
		c.fault("needs", FaultUnknown)
	}
	return needs
}
