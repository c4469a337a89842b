package config

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// largest is far more than a town with every service in three languages
	// needs (about 60 KiB), and little enough to be read in a moment.
	largest = 1 << 20
	// deepest is how far lists and keys may lie in one another; a sound file
	// needs eight. The parser calls itself once a level.
	deepest = 24
	// rightmost is the last column at which a line may begin, for the same
	// reason: a level of block style takes at least a column.
	rightmost = 80
	// mostKeys bounds the file's keys: the parser's time grows with the square
	// of them where they all lie in one mapping: measured, 8 s for this many and
	// 2 minutes for 1 MiB. An office with every service has about 2,000.
	mostKeys = 20_000
)

// tree makes a syntax tree of the text, or says why there is none: then the
// node is nil.
func (r *reader) tree(raw []byte) ast.Node {
	text, ok := r.clean(raw)
	if !ok {
		return nil
	}
	tokens, ok := r.tokens(text)
	if !ok {
		return nil
	}
	file, err := parse(tokens)
	if err != nil {
		r.broken(err)
		return nil
	}
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			return d.Body
		}
	}
	r.at(1, 1, "config.empty_file", nil)
	return nil
}

// clean complains about bytes that are no text, and makes all line ends alike.
func (r *reader) clean(raw []byte) (string, bool) {
	if len(raw) > largest {
		r.at(1, 1, "config.too_large", map[string]any{"Limit": largest >> 10})
		return "", false
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	before := len(r.problems)
	for i, line := range bytes.Split(raw, []byte("\n")) {
		r.cleanLine(i+1, line)
	}
	return string(raw), len(r.problems) == before
}

// cleanLine makes at most one complaint.
func (r *reader) cleanLine(n int, line []byte) {
	inner := bytes.TrimLeft(line, " \t")
	indent := line[:len(line)-len(inner)]
	if tab := bytes.IndexByte(indent, '\t'); tab >= 0 && len(inner) > 0 && inner[0] != '#' {
		r.at(n, tab+1, "config.tab", nil)
		return
	}
	for i, col := 0, 1; i < len(line); col++ {
		c, size := utf8.DecodeRune(line[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.at(n, col, "config.not_utf8", nil)
			return
		case c != '\t' && (unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c == '\uFEFF'):
			r.at(n, col, "config.control_character", nil)
			return
		}
		i += size
	}
}

// tokens refuses what no operator needs and what could make the parser work
// without end: references that multiply, and depth.
func (r *reader) tokens(text string) (token.Tokens, bool) {
	tokens := lexer.Tokenize(text)
	before := len(r.problems)
	var depth, keys, inLine, line, refused int
	content := false
	for _, t := range tokens {
		first := t.Position.Line != line
		if first {
			line, inLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.MappingKeyType, token.DirectiveType:
			if refused != line { // one a line is enough
				refused = line
				r.at(line, t.Position.Column, "config.forbidden", map[string]any{"Value": short(t.Value)})
			}
		case token.DocumentHeaderType:
			if content {
				r.at(line, t.Position.Column, "config.several_documents", nil)
			}
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			inLine++
		case token.MappingValueType:
			if keys++; keys > mostKeys {
				r.at(line, t.Position.Column, "config.too_many_keys", map[string]any{"Limit": mostKeys})
				return nil, false
			}
			if depth == 0 {
				inLine++
			}
		}
		content = content || t.Type != token.DocumentHeaderType && t.Type != token.CommentType
		if depth > deepest || inLine > deepest || first && t.Position.Column > rightmost && t.Type != token.CommentType {
			r.at(line, t.Position.Column, "config.too_deep", nil)
			return nil, false
		}
		if len(r.problems)-before >= mostLines {
			break
		}
	}
	return tokens, len(r.problems) == before
}

// errParser stands for a fault of the parser itself, so that no text can stop
// the program.
var errParser = errors.New("the parser gave up")

func parse(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, errParser
		}
	}()
	// Keys that stand twice are ours to complain about: the parser stops at the
	// first.
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// plain says what the parser's complaints mean to somebody who edits the file.
var plain = []struct{ part, code string }{
	{"could not find end character", "config.quote_open"},
	{"end token", "config.bracket_open"},
	{"flow map content", "config.bracket_open"},
	{"must be specified", "config.bracket_open"},
	{"corresponding to", "config.bracket_open"},
	{"not allowed in this context", "config.indentation"},
	{"non-map value is specified", "config.missing_colon"},
	{"implicit line break", "config.missing_colon"},
	{"unexpected key name", "config.missing_colon"},
	{"reserved character", "config.needs_quotes"},
	{"cannot start any token", "config.needs_quotes"},
}

// broken makes a complaint of what the parser said.
func (r *reader) broken(err error) {
	line, col, code := 1, 1, "config.syntax"
	if fault := (*yaml.SyntaxError)(nil); errors.As(err, &fault) {
		if fault.Token != nil && fault.Token.Position != nil {
			line, col = max(fault.Token.Position.Line, 1), max(fault.Token.Position.Column, 1)
		}
		for _, p := range plain {
			if strings.Contains(fault.Message, p.part) {
				code = p.code
				break
			}
		}
	}
	r.at(line, col, code, nil)
}
