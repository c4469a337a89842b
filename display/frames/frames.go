// Package frames says what a live frame may look like: a JSON Schema for each
// kind of topic, made from the views themselves, in which no property is
// allowed that is not named. The schemas lie in docs/schema for those who
// follow with programs of their own; tests hold every frame they see against
// them.
package frames

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	compiler "github.com/santhosh-tekuri/jsonschema/v6"

	"aufruf/display"
	"aufruf/server/queue"
)

// views are the kinds of topics with what their frames hold.
var views = map[string]func(*jsonschema.ForOptions) (*jsonschema.Schema, error){
	"board":      jsonschema.For[display.Board],
	"desk":       jsonschema.For[display.Desks],
	"office":     jsonschema.For[display.Office],
	"supervisor": supervisor,
	"ticket":     jsonschema.For[display.Phone],
}

// supervisor adds what the schema's maker does not see: the list of desks in
// the embedded view bears the name of that view.
func supervisor(opt *jsonschema.ForOptions) (*jsonschema.Schema, error) {
	s, err := jsonschema.For[display.Supervisor](opt)
	if err != nil {
		return nil, err
	}
	staff, err := jsonschema.For[display.Desks](opt)
	if err != nil {
		return nil, err
	}
	s.Properties["desks"] = staff.Properties["desks"]
	s.PropertyOrder = append(s.PropertyOrder, "desks")
	s.Required = append(s.Required, "desks")
	return s, nil
}

// Kinds lists the kinds of topics.
func Kinds() []string {
	var kinds []string
	for kind := range views {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// Schema is the JSON Schema (draft 2020-12) of a kind's messages: an envelope
// with a view, or a heart, or a patch for who asked for patches.
func Schema(kind string) ([]byte, error) {
	make, ok := views[kind]
	if !ok {
		return nil, fmt.Errorf("no topics of kind %q", kind)
	}
	view, err := make(&jsonschema.ForOptions{TypeSchemas: words()})
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", kind, err)
	}
	noNullLists(view)
	none := &jsonschema.Schema{Not: &jsonschema.Schema{}}
	common := func(more string, s *jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", AdditionalProperties: none, Required: []string{"v", "seq", "at", "build", more},
			Properties: map[string]*jsonschema.Schema{
				"v":     {Const: jsonschema.Ptr[any](1), Description: "version of the envelope"},
				"seq":   {Type: "integer", Minimum: jsonschema.Ptr(0.0), Description: "of the state shown; never falls"},
				"at":    {Type: "string", Format: "date-time", Description: "the server's time"},
				"build": {Type: "string", Description: "of the pages; another one: load anew when idle"},
				more:    s,
			}}
	}
	patch := &jsonschema.Schema{Type: "object", AdditionalProperties: none, Required: []string{"seq", "at", "patch"},
		Properties: map[string]*jsonschema.Schema{
			"seq":   {Type: "integer", Minimum: jsonschema.Ptr(0.0), Description: "of the state shown; never falls"},
			"at":    {Type: "integer", Description: "the server's time in milliseconds since 1970"},
			"patch": {Type: "object", MinProperties: jsonschema.Ptr(1), Description: "what is other in the view than in the one before; only with patch=1"},
		}}
	root := &jsonschema.Schema{Schema: "https://json-schema.org/draft/2020-12/schema", Title: kind,
		OneOf: []*jsonschema.Schema{common("view", view), common("heart", &jsonschema.Schema{Const: jsonschema.Ptr[any](true)}), patch}}
	text, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", kind, err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// words are the types whose values are from a list, and the instants.
func words() map[reflect.Type]*jsonschema.Schema {
	states := make([]any, len(queue.TicketStates))
	for i, s := range queue.TicketStates {
		states[i] = string(s)
	}
	reasons := make([]any, len(queue.ReasonCodes))
	for i, c := range queue.ReasonCodes {
		reasons[i] = c
	}
	instant := &jsonschema.Schema{Type: "string", Format: "date-time"}
	whole := &jsonschema.Schema{Type: "integer"}
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[queue.TicketState](): {Type: "string", Enum: states},
		reflect.TypeFor[queue.DeskPhase]():   {Type: "string", Enum: []any{"open", "paused", "closed"}},
		reflect.TypeFor[queue.Arrival]():     {Type: "string", Enum: []any{"", "early", "on_time", "late"}},
		reflect.TypeFor[time.Time]():         instant,
		reflect.TypeFor[queue.Reason](): {Type: "object", AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
			Required: []string{"code"}, Properties: map[string]*jsonschema.Schema{
				"code": {Type: "string", Enum: append(reasons, "")}, "appointment_at": instant, "since": instant,
				"waited_minutes": whole, "ceiling_minutes": whole, "priority_minutes": whole}},
	}
}

// noNullLists takes null away from lists and objects that Go could leave out:
// a follower may walk every list without asking first.
func noNullLists(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if len(s.Types) == 2 && s.Types[0] == "null" && s.Types[1] == "array" {
		s.Types, s.Type = nil, "array"
	}
	noNullLists(s.Items)
	noNullLists(s.AdditionalProperties)
	for _, p := range s.Properties {
		noNullLists(p)
	}
}

var compiled sync.Map // kind → *compiler.Schema

// Validate holds a whole message, as it came over a socket, against the schema
// of its topic's kind.
func Validate(kind string, wire []byte) error {
	schema, err := compile(kind)
	if err != nil {
		return err
	}
	value, err := compiler.UnmarshalJSON(bytes.NewReader(wire))
	if err != nil {
		return fmt.Errorf("read frame: %w", err)
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("%s frame: %w", kind, err)
	}
	return nil
}

func compile(kind string) (*compiler.Schema, error) {
	if s, ok := compiled.Load(kind); ok {
		return s.(*compiler.Schema), nil
	}
	text, err := Schema(kind)
	if err != nil {
		return nil, err
	}
	doc, err := compiler.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := compiler.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(kind+".json", doc); err != nil {
		return nil, err
	}
	s, err := c.Compile(kind + ".json")
	if err != nil {
		return nil, fmt.Errorf("compile schema of %s: %w", kind, err)
	}
	compiled.Store(kind, s)
	return s, nil
}
