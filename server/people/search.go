package people

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What a contact is found by. Each hash is keyed and holds its purpose and the
// office, so that a copied database cannot be searched and two offices' rows
// cannot be compared.
const (
	byPhone   = "phone"
	byEnd     = "phone end"
	bySurname = "surname"
	byLetters = "letters"
)

// endDigits is how many last digits of a number are asked for at least.
const endDigits = 4

func hashOf(key []byte, office, purpose, text string) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range []string{office, purpose, text} {
		fmt.Fprintf(h, "%d:", len(part))
		io.WriteString(h, part)
	}
	return h.Sum(nil)[:16]
}

// hashesOf is all that a contact is found by.
func hashesOf(key []byte, office string, c Contact) [][]byte {
	var hashes [][]byte
	name := []rune(foldName(c.Surname))
	if len(name) > 0 {
		hashes = append(hashes, hashOf(key, office, bySurname, string(name)), hashOf(key, office, byLetters, firstLetters(string(name))))
	}
	if c.Phone != "" {
		hashes = append(hashes, hashOf(key, office, byPhone, c.Phone))
		if digits := strings.Map(digit, c.Phone); len(digits) >= endDigits && len(name) > 0 {
			hashes = append(hashes, hashOf(key, office, byEnd, endOf(digits, name[0])))
		}
	}
	return hashes
}

func endOf(digits string, initial rune) string {
	return digits[len(digits)-endDigits:] + string(initial)
}

const lettersSearched = 3

func firstLetters(folded string) string {
	r := []rune(folded)
	return string(r[:min(len(r), lettersSearched)])
}

// letters that are no accented others.
var spelled = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "œ", "oe", "ø", "oe", "å", "aa",
	"ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// foldName is a surname as it is compared: without case, accents, hyphens and
// spaces, umlauts spelled out.
func foldName(name string) string {
	name = spelled.Replace(strings.ToLower(norm.NFC.String(name)))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFKD.String(name))
}

// Blind is a keyed hash of what is told apart, and must not be found out by
// trying: who has the files and not the key learns nothing of it.
func (c *Contacts) Blind(text []byte) [32]byte {
	h := hmac.New(sha256.New, c.find)
	io.WriteString(h, "blind:")
	h.Write(text)
	return [32]byte(h.Sum(nil))
}
