package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// town is the load tool as the scenarios see it.
type town struct{ *role }

// startTown starts the load tool on the client's core.
func startTown(ctx context.Context) (town, error) {
	r, err := startRole(ctx, clientCore, "load")
	return town{r}, err
}

// open connects n phones and waits until each has its first state or was
// refused.
func (t town) open(k task) (o opened, err error) {
	k.Do = "open"
	if k.Window == 0 {
		k.Window = 2000
	}
	if k.Within == 0 {
		k.Within = int64(time.Minute)
	}
	err = t.ask(k, &o)
	return o, err
}

// arm makes the next message of a group count from none.
func (t town) arm(group int, minSeq uint64) error {
	return t.ask(task{Do: "arm", Group: group, MinSeq: minSeq}, nil)
}

// await waits until n phones have a message since arm.
func (t town) await(n int, within time.Duration) (a awaited, err error) {
	err = t.ask(task{Do: "await", N: n, Within: int64(within)}, &a)
	return a, err
}

func (t town) tellGroup(do string, group int) (c counted, err error) {
	err = t.ask(task{Do: do, Group: group}, &c)
	return c, err
}

// hall is one server of some kind in its process.
type hall struct {
	*role
	kind    kind
	address string
}

// startHall starts a server on the server's core.
func startHall(ctx context.Context, k kind) (hall, error) {
	r, err := startRole(ctx, serverCore, "serve", k.name)
	if err != nil {
		return hall{}, err
	}
	var at struct {
		Listening string `json:"listening"`
	}
	if err := r.hear(&at); err != nil {
		r.stop()
		return hall{}, err
	}
	return hall{r, k, at.Listening}, nil
}

func (h hall) stats() (s stats, err error) {
	err = h.ask(order{Do: "stats"}, &s)
	return s, err
}

func (h hall) publish(seq, size int) (p published, err error) {
	err = h.ask(order{Do: "publish", Seq: seq, Size: size}, &p)
	return p, err
}

// crowd is how this server's followers connect.
func (h hall) crowd(n, window int) task {
	return task{N: n, Window: window, Address: h.address, Paths: []string{h.kind.path}, Hello: h.kind.hello}
}

// pair is a server with a town of its own.
type pair struct {
	hall
	town town
}

func startPair(ctx context.Context, k kind) (pair, error) {
	h, err := startHall(ctx, k)
	if err != nil {
		return pair{}, err
	}
	t, err := startTown(ctx)
	if err != nil {
		h.stop()
		return pair{}, err
	}
	return pair{h, t}, nil
}

func (p pair) stop() {
	p.town.stop()
	p.hall.stop()
}

// deliver publishes one message and waits until all have it. It says how long
// the last waited.
func (p pair) deliver(seq, size, n int) (last int64, err error) {
	if err := p.town.arm(0, 0); err != nil {
		return 0, err
	}
	if err := p.tell(order{Do: "publish", Seq: seq, Size: size}); err != nil {
		return 0, err
	}
	var was published
	if err := p.hear(&was); err != nil {
		return 0, err
	}
	a, err := p.town.await(n, 20*time.Second)
	if err != nil {
		return 0, err
	}
	if a.Got < n {
		return 0, fmt.Errorf("%s: message %d came to %d of %d", p.kind.name, seq, a.Got, n)
	}
	return a.Last - was.At, nil
}

// progress says on standard error what is going on.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// rest waits, unless ctx ends first.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
