package speech

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"aufruf/server/words"
)

// mostSpoken is the largest number a ticket has: letter and four digits.
const mostSpoken = 9999

// block is one thing to render: the name of its clip and what is said.
type block struct{ name, text string }

// fixed is what makes a clip out of date when it changes. A place's name is
// made from its text, so that a new place does not render everything anew.
func (b block) fixed() string {
	if strings.HasPrefix(b.name, "place-") {
		return "place"
	}
	return b.name + " " + b.text
}

// Plan names the clips that say "Nummer A siebzehn, bitte zu Platz 3", in
// order, each as <language>/<block>. It is nil for a number that is not one
// letter A–Z and 1 to 9999, which no office issues. Leading zeros are not
// spoken.
func Plan(lang, number, place string) []string {
	if number == "" || number[0] < 'A' || number[0] > 'Z' {
		return nil
	}
	n, err := strconv.Atoi(number[1:])
	if err != nil || n < 1 || n > mostSpoken || strings.ContainsAny(number, "+-") {
		return nil
	}
	names := append([]string{"call", "letter-" + strings.ToLower(number[:1])}, count(lang, n)...)
	names = append(names, placeName(place))
	for i, name := range names {
		names[i] = lang + "/" + name
	}
	return names
}

// count puts a number together as the language does.
//
//	de  1117  eintausend einhundert siebzehn
//	en  1117  one thousand one hundred and seventeen
//	ar  1117  ألف و مئة و سبعة عشر
func count(lang string, n int) []string {
	var names []string
	join := func(part int, and bool) {
		if part == 0 {
			return
		}
		if and && len(names) > 0 {
			names = append(names, "and")
		}
		names = append(names, "number-"+strconv.Itoa(part))
	}
	join(n/1000*1000, false)
	join(n%1000/100*100, lang == "ar")
	join(n%100, lang == "ar" || lang == "en")
	return names
}

// blocks lists everything a language needs. Numbers are written as digits: how
// they are said is the renderer's own knowledge of the language.
func blocks(lang string, places []string, catalogue *words.Catalogue) []block {
	list := []block{
		{"call", catalogue.Text(lang, "speech.call", nil)},
		{"and", catalogue.Text(lang, "speech.and", nil)},
	}
	for letter := 'A'; letter <= 'Z'; letter++ {
		list = append(list, block{"letter-" + strings.ToLower(string(letter)), string(letter)})
	}
	number := func(n int) {
		list = append(list, block{fmt.Sprintf("number-%d", n), strconv.Itoa(n)})
	}
	for n := 1; n <= 99; n++ {
		number(n)
	}
	for n := 100; n <= 900; n += 100 {
		number(n)
	}
	for n := 1000; n <= 9000; n += 1000 {
		number(n)
	}
	seen := map[string]bool{}
	for _, place := range places {
		if name := placeName(place); !seen[name] {
			seen[name] = true
			list = append(list, block{name, catalogue.Text(lang, "speech.go_to", map[string]any{"Place": place})})
		}
	}
	return list
}

func placeName(place string) string {
	sum := sha256.Sum256([]byte(place))
	return "place-" + hex.EncodeToString(sum[:6])
}
