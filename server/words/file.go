package words

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	keyShape    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	placeholder = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z0-9]*)\}\}`)
	forms       = []string{"zero", "one", "two", "few", "many", "other"}
)

// Parse reads one language's file, strictly: a key that stands twice is an
// error, because the second of two people editing would silently win.
func Parse(text []byte) (map[string]Message, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the file is not one JSON object")
	}
	messages := map[string]Message{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		if !keyShape.MatchString(key) {
			return nil, fmt.Errorf("key %q is not like \"board.call_to\"", key)
		}
		if _, twice := messages[key]; twice {
			return nil, fmt.Errorf("key %q stands twice", key)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("key %q: %w", key, err)
		}
		m, err := read(value)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", key, err)
		}
		messages[key] = m
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return messages, nil
}

func read(value any) (Message, error) {
	m := Message{}
	switch v := value.(type) {
	case string:
		m["other"] = v
	case map[string]any:
		for form, text := range v {
			s, ok := text.(string)
			if !ok || !slices.Contains(forms, form) {
				return nil, fmt.Errorf("%q is no plural form with a text", form)
			}
			m[form] = s
		}
		if m["other"] == "" || len(m) < 2 {
			return nil, errors.New("plural forms need \"other\" and one more")
		}
	default:
		return nil, errors.New("neither a text nor plural forms")
	}
	for _, text := range m {
		if strings.TrimSpace(text) == "" {
			return nil, errors.New("the text is empty")
		}
		if rest := placeholder.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
			return nil, fmt.Errorf("only placeholders like {{.Place}} are allowed: %q", text)
		}
	}
	return m, nil
}

// placeholders lists the names a message wants, over all its forms, sorted.
func (m Message) placeholders() []string {
	names := map[string]bool{}
	for _, text := range m {
		for _, hit := range placeholder.FindAllStringSubmatch(text, -1) {
			names[hit[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Format writes a file as it is kept: sorted by key, one key a line, so that
// people who add keys at the same time seldom touch the same line.
func Format(messages map[string]Message) []byte {
	var out bytes.Buffer
	out.WriteString("{")
	for i, key := range slices.Sorted(maps.Keys(messages)) {
		if i > 0 {
			out.WriteString(",")
		}
		fmt.Fprintf(&out, "\n  %s: ", quoted(key))
		m := messages[key]
		if len(m) == 1 {
			out.WriteString(quoted(m["other"]))
			continue
		}
		var parts []string
		for _, form := range forms {
			if text, ok := m[form]; ok {
				parts = append(parts, quoted(form)+": "+quoted(text))
			}
		}
		out.WriteString("{" + strings.Join(parts, ", ") + "}")
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}

func quoted(s string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.Encode(s) // A string cannot fail.
	return strings.TrimSuffix(out.String(), "\n")
}
