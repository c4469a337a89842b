package words_test

import (
	"os"
	"testing"

	"aufruf/server/feed"
	"aufruf/server/notify"
	"aufruf/server/people"
	"aufruf/server/queue"
	"aufruf/server/words"
)

// Whoever adds a refusal or a reason must say it in words, in every language.
func TestEveryCodeHasItsWords(t *testing.T) {
	c, err := words.Load(os.DirFS("../../display/words"))
	if err != nil {
		t.Fatal(err)
	}
	for prefix, codes := range map[string][]string{"refusal.": queue.RefusalCodes, "reason.": queue.ReasonCodes,
		"error.contact_": people.FaultCodes} {
		if len(codes) == 0 {
			t.Errorf("no codes for %s", prefix)
		}
		for _, lang := range c.Languages() {
			for _, code := range codes {
				if !c.Has(lang, prefix+code) {
					t.Errorf("%s.json lacks %q", lang, prefix+code)
				}
			}
		}
	}
}

// What only staff reads is said in German and English.
func TestEveryCodeForStaffHasItsWords(t *testing.T) {
	c, err := words.Load(os.DirFS("../../display/words"))
	if err != nil {
		t.Fatal(err)
	}
	for prefix, codes := range map[string][]string{"feed.fault_": feed.FaultCodes, "feed.note_": feed.NoteCodes, "told.kind_": kinds()} {
		for _, lang := range []string{"de", "en"} {
			for _, code := range codes {
				if !c.Has(lang, prefix+code) {
					t.Errorf("%s.json lacks %q", lang, prefix+code)
				}
			}
		}
	}
}

// kinds are the kinds of messages.
func kinds() (list []string) {
	for _, k := range notify.Kinds {
		list = append(list, string(k))
	}
	return list
}
