package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// reader walks a tree and gathers complaints.
type reader struct {
	file     string
	problems Problems
}

func (r *reader) at(line, col int, code string, params map[string]any) {
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Col: col, Code: code, Params: params})
}

// value is a place in the tree and the path that leads there.
type value struct {
	r    *reader
	node ast.Node
	path string
}

// key is a line of the table of keys: what it is called, whether it must be
// there, and who reads what stands behind it.
type key struct {
	name string
	must bool
	read func(value)
}

func need(name string, read func(value)) key { return key{name, true, read} }
func may(name string, read func(value)) key  { return key{name, false, read} }

// keys reads a mapping by its table. Unknown, doubled and missing keys are
// complained about; false if it is no mapping at all.
func (v value) keys(table ...key) bool {
	pairs, ok := v.pairs()
	if !ok {
		return false
	}
	seen := map[string]bool{}
	for _, p := range pairs {
		seen[p.name] = true
		i := slices.IndexFunc(table, func(k key) bool { return k.name == p.name })
		if i < 0 {
			var names []string
			for _, k := range table {
				names = append(names, k.name)
			}
			p.key.complainUnknown("config.unknown_key", p.name, names)
			continue
		}
		table[i].read(p.value)
	}
	for _, k := range table {
		if k.must && !seen[k.name] {
			v.complain("config.missing_key", map[string]any{"Key": k.name})
		}
	}
	return true
}

// pair is one key of a mapping, where it stands and what stands behind it.
type pair struct {
	name       string
	key, value value
}

// pairs lists a mapping's keys in their order, each once.
func (v value) pairs() ([]pair, bool) {
	var nodes []*ast.MappingValueNode
	switch n := v.node.(type) {
	case *ast.MappingNode:
		nodes = n.Values
	case *ast.MappingValueNode:
		nodes = []*ast.MappingValueNode{n}
	default:
		v.complain(cmp.Or(v.emptyCode(), "config.want_keys"), nil)
		return nil, false
	}
	var list []pair
	lines := map[string]int{}
	for _, n := range nodes {
		t := n.Key.GetToken()
		name, path := t.Value, short(t.Value)
		if v.path != "" {
			path = v.path + "." + path
		}
		p := pair{name, value{v.r, n.Key, path}, value{v.r, n.Value, path}}
		if line := lines[name]; line > 0 {
			p.key.complain("config.duplicate_key", map[string]any{"Key": short(name), "Line": strconv.Itoa(line)})
			continue
		}
		lines[name] = t.Position.Line
		list = append(list, p)
	}
	return list, true
}

// each reads a list. An item is called by its id in paths, else by its place,
// from 1.
func (v value) each(read func(value)) bool {
	list, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.complain(cmp.Or(v.emptyCode(), "config.want_list"), nil)
		return false
	}
	for i, n := range list.Values {
		item := value{v.r, n, v.path + "[" + strconv.Itoa(i+1) + "]"}
		if id := idOf(n); id != "" {
			item.path = v.path + "." + id
		}
		read(item)
	}
	return true
}

// some is each for lists that must not be empty.
func (v value) some(read func(value)) {
	if list, ok := v.node.(*ast.SequenceNode); ok && len(list.Values) == 0 {
		v.complain("config.empty_list", nil)
		return
	}
	v.each(read)
}

// idOf is the id that a mapping has, if it is a sound one.
func idOf(n ast.Node) string {
	pairs, _ := value{&reader{}, n, ""}.pairs()
	for _, p := range pairs {
		if s, ok := p.value.node.(*ast.StringNode); ok && p.name == "id" && idShape.MatchString(s.Value) {
			return s.Value
		}
	}
	return ""
}

// emptyCode is the complaint for a key with nothing behind it, or "".
func (v value) emptyCode() string {
	if v.node == nil || v.node.Type() == ast.NullType {
		return "config.no_value"
	}
	return ""
}

func (v value) complain(code string, params map[string]any) {
	v.complainNear(code, "", nil, params)
}

// complainUnknown names the value that is not known, and the nearest that is.
func (v value) complainUnknown(code, got string, known []string) {
	v.complainNear(code, got, known, map[string]any{"Value": short(got)})
}

func (v value) complainNear(code, got string, known []string, params map[string]any) {
	line, col := v.place()
	v.r.problems = append(v.r.problems, Problem{v.r.file, line, col, v.path, code, params, nearest(got, known)})
}

// place is where the value begins, from 1.
func (v value) place() (line, col int) {
	n := v.node
	for range deepest { // down to what stands first: the first key of a mapping in block style
		m, ok := n.(*ast.MappingNode)
		if ok && !m.IsFlowStyle && len(m.Values) > 0 {
			n = m.Values[0]
		}
		mv, ok := n.(*ast.MappingValueNode)
		if !ok {
			break
		}
		n = mv.Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1, 1
	}
	p := n.GetToken().Position
	return max(p.Line, 1), max(p.Column, 1)
}

// short is a piece of the file fit for a line on a terminal.
func short(s string) string {
	const most = 40
	s = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '·'
		}
		return c
	}, s)
	if cut := []rune(s); len(cut) > most {
		return string(cut[:most]) + "…"
	}
	return s
}

// nearest is the known name that was probably meant, or "". Two letters tell
// nothing.
func nearest(got string, known []string) string {
	if len(got) < 3 {
		return ""
	}
	best, least := "", len(got)/3+1
	for _, k := range known {
		if d := distance(got, k, least); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to put in, take out or change, as far as most.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
