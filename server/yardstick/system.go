package yardstick

import (
	"aufruf/server/exchange"
)

// System predicts waits. It is given every line of a stream in order and
// answers each predict; for all other lines it returns nil. A hello makes it
// forget everything.
type System interface {
	Take(l *exchange.Line) *exchange.Answer
}

// Maker makes a system by name, anew for each stream.
type Maker struct {
	Name string
	// New returns nil when the system cannot run on these days: an oracle
	// needs days whose true parameters are known.
	New func(*Days) (System, error)
	// Limit marks the oracle, against which the others are measured.
	Limit bool
	// Ours marks the system that the goals are for.
	Ours bool
}

// Known are the rules to stand beside ours.
func Known() []Maker {
	of := func(name string, make func() System) Maker {
		return Maker{Name: name, New: func(*Days) (System, error) { return make(), nil }}
	}
	return []Maker{
		of("ZMS rule, 10 min", func() System { return NewZMS(10) }),
		of("ZMS rule, measured mean", func() System { return NewMeasuredZMS() }),
		of("queue length", func() System { return NewQueueLength() }),
		of("LES", func() System { return NewLES() }),
		of("HOL", func() System { return NewHOL() }),
	}
}
