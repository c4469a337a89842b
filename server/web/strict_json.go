package web

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth is how deep arrays and objects may lie in each other; the API needs
// three.
const maxDepth = 16

// strictJSON is the API's only format. Two readers of one text must never see
// two things in it, so what encoding/json takes leniently is refused: bytes
// that are no UTF-8, halves of surrogate pairs, a key that stands twice, depth
// without end. Unknown and differently-cased keys are found by the schema.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if f := checkJSON(data); f != nil {
			return f
		}
		return json.Unmarshal(data, v)
	},
}

// checkJSON returns nil or the first fault of a text.
func checkJSON(data []byte) error {
	switch {
	case !utf8.Valid(data):
		return &fault{Code: codeBadUTF8}
	case tooDeep(data):
		return &fault{Code: codeTooDeep}
	case !json.Valid(data):
		return &fault{Code: codeMalformed}
	case loneSurrogate(data):
		return &fault{Code: codeBadUTF8}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return checkValue(d)
}

// tooDeep counts brackets outside strings. It runs before anything recursive
// reads the text.
func tooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// loneSurrogate finds an escaped half of a pair, which encoding/json would
// replace in silence. The text is valid JSON, so a backslash is an escape.
func loneSurrogate(data []byte) bool {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		i++
		if data[i] != 'u' {
			continue
		}
		r := hex4(data[i+1:])
		i += 4
		switch {
		case r >= 0xDC00 && r <= 0xDFFF:
			return true
		case r >= 0xD800 && r <= 0xDBFF:
			if len(data) < i+7 || data[i+1] != '\\' || data[i+2] != 'u' {
				return true
			}
			if low := hex4(data[i+3:]); low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
	}
	return false
}

func hex4(b []byte) uint64 {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 32) // Valid JSON has four digits here.
	return n
}

// checkValue walks one value of valid JSON and finds keys that stand twice,
// also under different spellings of the same letters.
func checkValue(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return &fault{Code: codeMalformed}
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return &fault{Code: codeMalformed}
			}
			name, _ := key.(string)
			if name = strings.ToLower(name); seen[name] {
				return &fault{Code: codeDuplicateKey}
			}
			seen[name] = true
		}
		if err := checkValue(d); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil { // the closing bracket
		return &fault{Code: codeMalformed}
	}
	return nil
}
