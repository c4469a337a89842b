// Package words is the catalogue: keys and parameters in, text out. The texts
// lie in display/words, one flat JSON file a language, and are the same for the
// server and for the browser (static/js/lib/words.js reads what For gives).
//
// A text may hold placeholders, {{.Place}}, and nothing else of a template. A
// text that depends on a number is an object with one text per CLDR plural
// form, chosen by the parameter Count. German is complete; what another
// language lacks is read from it.
package words

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Fallback is the language of those whose own we do not speak.
const Fallback = "de"

// longestHeader bounds the Accept-Language that is read; browsers send less
// than a tenth of it.
const longestHeader = 512

// Message is one text: a single one under "other", or one per plural form.
type Message map[string]string

// Catalogue holds all texts in memory. It does not change after Load and may
// be used by many goroutines at once.
type Catalogue struct {
	langs      []string // Fallback first
	matcher    language.Matcher
	messages   map[string]map[string]Message // language, key
	localizers map[string]*i18n.Localizer
	numbers    map[string]*message.Printer
}

// Load reads every <language>.json at the root of files. An error names the
// file and the key: a key twice, an empty text, an unknown plural form, a
// placeholder that is none, or German missing.
func Load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list word files: %w", err)
	}
	c := &Catalogue{
		messages:   map[string]map[string]Message{},
		localizers: map[string]*i18n.Localizer{},
		numbers:    map[string]*message.Printer{},
	}
	bundle := i18n.NewBundle(language.MustParse(Fallback))
	for _, name := range names {
		lang := strings.TrimSuffix(path.Base(name), ".json")
		tag, err := language.Parse(lang)
		if err != nil {
			return nil, fmt.Errorf("read words %s: %w", name, err)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read words %s: %w", name, err)
		}
		messages, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("read words %s: %w", name, err)
		}
		if err := bundle.AddMessages(tag, templates(messages)...); err != nil {
			return nil, fmt.Errorf("read words %s: %w", name, err)
		}
		c.messages[lang] = messages
		c.localizers[lang] = i18n.NewLocalizer(bundle, lang)
		// Western digits in every language: what is heard and read on the
		// board must look the same on a phone.
		c.numbers[lang] = message.NewPrinter(language.MustParse(lang + "-u-nu-latn"))
	}
	if c.messages[Fallback] == nil {
		return nil, fmt.Errorf("read words: %s.json is missing", Fallback)
	}
	c.langs = []string{Fallback}
	for _, lang := range slices.Sorted(maps.Keys(c.messages)) {
		if lang != Fallback {
			c.langs = append(c.langs, lang)
		}
	}
	c.matcher = matcherFor(c.langs)
	return c, nil
}

func templates(messages map[string]Message) []*i18n.Message {
	list := make([]*i18n.Message, 0, len(messages))
	for key, m := range messages {
		list = append(list, &i18n.Message{
			ID: key, Zero: m["zero"], One: m["one"], Two: m["two"], Few: m["few"], Many: m["many"], Other: m["other"],
		})
	}
	return list
}

// Languages lists what is spoken, German first, then by code.
func (c *Catalogue) Languages() []string { return slices.Clone(c.langs) }

// Has says whether the key exists in the language itself.
func (c *Catalogue) Has(lang, key string) bool {
	_, ok := c.messages[lang][key]
	return ok
}

// Text is the text of a key in a language, in German where that language has
// none, and the key itself where German has none either. Whole numbers among
// the params are written as the language does; Count chooses the plural form.
func (c *Catalogue) Text(lang, key string, params map[string]any) string {
	if !c.Has(lang, key) {
		lang = Fallback
		if !c.Has(lang, key) {
			return key
		}
	}
	data := make(map[string]any, len(params))
	for name, value := range params {
		if n, ok := whole(value); ok {
			value = c.numbers[lang].Sprint(number.Decimal(n))
		}
		data[name] = value
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if n, ok := whole(params["Count"]); ok && len(c.messages[lang][key]) > 1 {
		config.PluralCount = n
	}
	text, err := c.localizers[lang].Localize(config)
	if err != nil {
		return key
	}
	return text
}

// whole gives the value of any whole number type.
func whole(value any) (int64, bool) {
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return v.Int(), true
	case v.CanUint():
		return int64(v.Uint()), true
	}
	return 0, false
}

// For is the part of the catalogue a page needs, ready for JSON: the keys that
// begin with one of the prefixes ("board.", "common."), a string each, or an
// object of plural forms.
func (c *Catalogue) For(lang string, prefixes ...string) map[string]any {
	part := map[string]any{}
	for _, from := range []string{Fallback, lang} {
		for key, m := range c.messages[from] {
			if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
				continue
			}
			if single, ok := m["other"]; ok && len(m) == 1 {
				part[key] = single
			} else {
				part[key] = m
			}
		}
	}
	return part
}

// Negotiate chooses the language to answer in: the explicit one if it is
// spoken (a choice made on the page), else the best for the Accept-Language
// header, else German. Among narrows the choice, for pages that are not there
// in every language.
func (c *Catalogue) Negotiate(acceptLanguage, explicit string, among ...string) string {
	langs, matcher := c.langs, c.matcher
	if len(among) > 0 {
		langs = slices.DeleteFunc(slices.Clone(c.langs), func(l string) bool { return !slices.Contains(among, l) })
		matcher = matcherFor(langs)
	}
	if slices.Contains(langs, explicit) {
		return explicit
	}
	if len(acceptLanguage) > longestHeader || len(langs) == 0 {
		return Fallback
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Fallback
	}
	_, i, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		return Fallback
	}
	return langs[i]
}

func matcherFor(langs []string) language.Matcher {
	tags := make([]language.Tag, len(langs))
	for i, lang := range langs {
		tags[i] = language.MustParse(lang)
	}
	return language.NewMatcher(tags)
}

// Direction is "rtl" for scripts written from right to left, else "ltr": the
// dir attribute of a page.
func Direction(lang string) string {
	script, _ := language.Make(lang).Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc":
		return "rtl"
	}
	return "ltr"
}
