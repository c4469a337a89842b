package web

import (
	"time"

	"aufruf/server/wire"
)

// takenOver makes a house take followers' sockets over, with times that follow
// those of the ordinary path.
func takenOver(d *Deps) {
	p := d.Limits.Sockets.filled().pace
	l, err := wire.Open(wire.Options{Build: "test", Now: time.Now, Log: d.Log, Ring: true,
		Pace: wire.Pace{Tick: 10 * time.Millisecond, Bye: p.bye, Begun: min(p.whole, time.Second), Full: p.frame, Lost: p.dead, HeartAfter: 400 * time.Millisecond, HeartBefore: time.Second}})
	if err != nil {
		panic(err)
	}
	d.Wire = l
}
