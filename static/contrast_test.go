package static

import (
	"fmt"
	"io/fs"
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tokens are the custom properties of one theme, by name without dashes.
type tokens map[string]string

// themes reads tokens.css into the palettes a person may meet.
func themes(t *testing.T) map[string]tokens {
	t.Helper()
	text, err := fs.ReadFile(embedded, "css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	css := comment.ReplaceAllString(string(text), "")
	block := func(start string) tokens {
		_, rest, ok := strings.Cut(css, start)
		if !ok {
			t.Fatalf("tokens.css has no block %q", start)
		}
		_, rest, _ = strings.Cut(rest, "{") // the rest of the selector
		body, _, _ := strings.Cut(rest, "}")
		found := tokens{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+):\s*([^;]+);`).FindAllStringSubmatch(body, -1) {
			found[m[1]] = strings.TrimSpace(m[2])
		}
		return found
	}
	light := block("\n:root ")
	darkByChoice := block("\n:root[data-theme=\"dark\"] ")
	darkBySystem := block("\n  :root:not([data-theme=\"light\"]) ")
	if !maps.Equal(darkByChoice, darkBySystem) {
		t.Errorf("the two dark blocks differ:\n%v\n%v", darkByChoice, darkBySystem)
	}
	louder := block("@media (prefers-contrast: more) {\n  :root,")
	most := block("\n:root[data-contrast=\"more\"],")
	over := func(layers ...tokens) tokens {
		all := tokens{}
		for _, layer := range layers {
			maps.Copy(all, layer)
		}
		return all
	}
	return map[string]tokens{
		"light":              over(light),
		"dark":               over(light, darkByChoice),
		"light, more wanted": over(light, louder),
		"dark, more wanted":  over(light, darkByChoice, louder),
		"high contrast":      over(light, most),
	}
}

// luminance follows a token to its raw colour and gives its relative
// luminance as WCAG 2 defines it.
func (all tokens) luminance(name string) (float64, error) {
	value := all[name]
	for range 8 {
		inner, ok := strings.CutPrefix(value, "var(--")
		if !ok {
			break
		}
		value = all[strings.TrimSuffix(inner, ")")]
	}
	rgb, err := strconv.ParseUint(strings.TrimPrefix(value, "#"), 16, 32)
	if err != nil || len(value) != 7 {
		return 0, fmt.Errorf("--%s is no colour but %q", name, value)
	}
	linear := func(shift uint) float64 {
		c := float64(rgb>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0), nil
}

func (all tokens) contrast(a, b string) (float64, error) {
	la, err := all.luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := all.luminance(b)
	if err != nil {
		return 0, err
	}
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05), nil
}

func TestContrastIsAsWCAGComputesIt(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.478}, {"#ff0000", "#ffffff", 3.998}} {
		got, err := tokens{"a": c.a, "b": c.b}.contrast("a", "b")
		if err != nil || math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.3f (%v)", c.a, c.b, got, c.want, err)
		}
	}
}

func TestEveryPairKeepsItsContrastInEveryTheme(t *testing.T) {
	pairs := []struct {
		front, back string
		least       float64
	}{
		// What boards show: 7:1.
		{"color-text", "color-ground", 7},
		{"color-text", "color-surface", 7},
		{"color-text-quiet", "color-ground", 7},
		{"color-on-call", "color-call", 7},
		{"color-on-notice", "color-notice", 7},
		// Other text: 4.5:1.
		{"color-text-quiet", "color-surface", 4.5},
		{"color-text", "color-field", 4.5},
		{"color-text-quiet", "color-field", 4.5},
		{"color-accent", "color-ground", 4.5},
		{"color-accent", "color-surface", 4.5},
		{"color-accent-strong", "color-ground", 4.5},
		{"color-on-accent", "color-accent", 4.5},
		{"color-on-accent", "color-accent-strong", 4.5},
		{"color-good", "color-ground", 4.5},
		{"color-good", "color-surface", 4.5},
		{"color-warn", "color-ground", 4.5},
		{"color-warn", "color-surface", 4.5},
		{"color-bad", "color-ground", 4.5},
		{"color-bad", "color-surface", 4.5},
		{"color-bad", "color-field", 4.5},
		{"color-ground", "color-text", 4.5}, // pressed buttons
		// Outlines and rings: 3:1.
		{"color-edge", "color-ground", 3},
		{"color-edge", "color-surface", 3},
		{"color-edge", "color-field", 3},
		{"color-focus", "color-ground", 3},
		{"color-focus", "color-surface", 3},
		{"color-warn", "color-notice", 3},
	}
	for theme, all := range themes(t) {
		for _, p := range pairs {
			got, err := all.contrast(p.front, p.back)
			if err != nil {
				t.Errorf("%s: %v", theme, err)
			} else if got < p.least {
				t.Errorf("%s: %s on %s has %.2f, wants %.1f", theme, p.front, p.back, got, p.least)
			}
		}
	}
}
