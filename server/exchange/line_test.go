package exchange

import (
	"strings"
	"testing"
)

func TestBadLinesAreToldByNumber(t *testing.T) {
	for name, bad := range map[string]string{
		"no JSON":             `{`,
		"two events":          `{"ev":"day_end","at":1} {"ev":"day_end","at":2}`,
		"unknown event":       `{"ev":"lunch","at":1}`,
		"no desk":             `{"ev":"called","at":1,"ticket":"a"}`,
		"before midnight":     `{"ev":"day_end","at":-1}`,
		"not a number":        `{"ev":"day_end","at":"noon"}`,
		"another format":      `{"ev":"hello","at":0,"hello":{"format":2,"services":[{"id":"a","minutes":1}]}}`,
		"no minutes":          `{"ev":"hello","at":0,"hello":{"format":1,"services":[{"id":"a"}]}}`,
		"no hello":            `{"ev":"hello","at":0}`,
		"closes before open":  `{"ev":"day","at":0,"day":{"open":10,"close":5}}`,
		"asks for nothing":    `{"ev":"predict","at":1,"for":[{}]}`,
		"asks for two things": `{"ev":"predict","at":1,"for":[{"ticket":"a","new":"b"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			err := Read(strings.NewReader("{\"ev\":\"day_end\",\"at\":0}\n\n"+bad+"\n"), func(*Line) error { return nil })
			if err == nil || !strings.HasPrefix(err.Error(), "line 3: ") {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"ev":"predict","at":1,"id":3,"for":[{"new":"b"}]}`)
	f.Add(`{"ev":"day","at":0,"day":{"open":1,"close":5,"desks":[{"id":"d","groups":[0],"plan":[[1,2]]}]}}`)
	f.Fuzz(func(t *testing.T, s string) {
		Read(strings.NewReader(s), func(l *Line) error {
			if l.At < 0 || l.At > horizon {
				t.Fatalf("at %d", l.At)
			}
			return nil
		})
	})
}
