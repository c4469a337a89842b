package wire

import (
	"io"
	"slices"
	"testing"
	"time"
)

// script gives one piece with each read, and then what end says.
type script struct {
	pieces [][]byte
	each   func()
}

func (s *script) Read(b []byte) (int, error) {
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	if s.each != nil {
		s.each()
	}
	n := copy(b, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

func TestEachFrameThatBeginsGetsItsOwnTime(t *testing.T) {
	one, two := frame(0x89, "one"), frame(0x8a, "two")
	var told []bool
	heard := 0
	l := Listener{Now: time.Now, Ping: func([]byte) {}, Heard: func() { heard++ }, Begun: func(b bool) { told = append(told, b) }}
	end := l.Listen(&script{pieces: [][]byte{
		one,                         // whole: nothing to tell
		one[:3],                     // begins
		one[3:7],                    // goes on
		join(one[7:], two[:1]),      // ends, and another begins
		two[1:],                     // ends
		join(two, frame(0x01, "a")), // a message begins
		join(one, frame(0x00, "b")), // and goes on
		join(two, frame(0x00, ""))[:3],
	}})
	if want := []bool{true, true, false, true}; end.Code != 0 || heard != 8 || !slices.Equal(told, want) {
		t.Errorf("told %v, want %v, heard %d, end %+v", told, want, heard, end)
	}
}

func TestAListenersAllowanceComesBackWithItsClock(t *testing.T) {
	for _, c := range []struct {
		apart time.Duration
		want  int
	}{{0, codePolicy}, {300 * time.Millisecond, codePolicy}, {500 * time.Millisecond, 0}} {
		var now time.Time
		l := Listener{Now: func() time.Time { return now }, Ping: func([]byte) {}, Heard: func() {}, Begun: func(bool) {}}
		s := &script{each: func() { now = now.Add(c.apart) }}
		for range 1000 {
			s.pieces = append(s.pieces, frame(0x89, ""))
		}
		if end := l.Listen(s); end.Code != c.want {
			t.Errorf("a ping every %v: %+v", c.apart, end)
		}
	}
}
