package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What stands inside the phone page is what its sources make.
func TestThePhonePageIsMadeFromItsSources(t *testing.T) {
	files, err := bundle("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join("../..", name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its sources make (%v); write it with: make inline", name, err)
		}
	}
}

func TestRulesThatCanApplyAreKeptAndNoOthers(t *testing.T) {
	u := usedIn(`<html data-theme="dark"><p class="say arrow"><button aria-busy="true">`, `el('span.who'), 'arrow--' + side`)
	for rule, want := range map[string]string{
		".say{a:b}":                           ".say{a:b}",
		".board{a:b}":                         "",
		".say,.board,p>.who:not(:empty){a:b}": ".say,p>.who:not(:empty){a:b}",
		".arrow--left{a:b}":                   ".arrow--left{a:b}",
		".say--left{a:b}":                     "",
		"table{a:b}":                          "",
		"button[aria-busy=true]:hover{a:b}":   "button[aria-busy=true]:hover{a:b}",
		"span::before{a:b}":                   "span::before{a:b}",
		":root[data-scale=board]{a:b}":        "",
		":root:not([data-theme=light]){a:b}":  ":root:not([data-theme=light]){a:b}",
		"@font-face{font-family:x}":           "",
		"@media print{table{a:b}}":            "",
		"@media print{p{a:b}table{a:b}}":      "@media print{p{a:b}}",
		"@keyframes x{0%{a:b}}":               "@keyframes x{0%{a:b}}",
		":root{--one:1;--two:var(--one);--three:2}p{d:var(--three)}":                                            "p{d:2}",
		":root{--one:1;--two:var(--one)}p{d:var(--two)}":                                                        "p{d:1}",
		":root{--one: 1px}@media print{:root{--one:2}}p{d:var(--one)}.say--left{a:b}.arrow--left{d:var(--one)}": ":root{--a: 1px}@media print{:root{--a:2}}p{d:var(--a)}.arrow--left{d:var(--a)}",
		":root{--one:1;--two:var(--one)}p{--one:2;d:var(--two)}":                                                ":root{--a:1;--b:var(--a)}p{--a:2;d:var(--b)}",
		"@media print{:root{--one:1}}p{d:var(--one)}":                                                           "@media print{:root{--a:1}}p{d:var(--a)}",
		":root{--one:1}p{a:b}": "p{a:b}",
	} {
		if got := u.keep(rule); got != want {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
}

func TestTheKeysOfWordsAreReadFromTheScript(t *testing.T) {
	got := strings.Join(keysIn([]byte("t('phone.next');t(\"wait.left_\"+k);t(`reason.${c}`);t(\"phone.next\");'board';\"phone.x y\"")), " ")
	if want := "phone.next reason. wait.left_"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
