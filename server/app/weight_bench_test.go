package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/app"
	"aufruf/server/config"
)

// BenchmarkATicketOfTheDay weighs what the program keeps of a ticket until its day
// has ended: the ticket, the answers to its commands, whatever else. Numbers are
// drawn and called over HTTP, as the soak does it; the heap before and after is
// compared when the followers of the journal have read it.
func BenchmarkATicketOfTheDay(b *testing.B) {
	const tickets, hands = 4000, 8
	cfg, problems := config.Parse("bench", []byte(strings.Replace(smallTown, "offices:",
		"server: { limits: { read: { per_second: 10000, burst: 100000 }, draw: { per_second: 10000, burst: 100000 } } }\noffices:", 1)))
	if err := problems.Err("en"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a, err := app.Start(context.Background(), app.Options{Config: cfg, Data: b.TempDir(), Listen: "127.0.0.1:0", OpenNow: "always",
			Mute: true, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		tokens := map[access.Role]string{}
		for _, r := range []access.Role{access.Reception, access.Clerk} {
			if tokens[r], _, err = a.Access().AddToken(context.Background(), "bench", "", access.Grant{Role: r}, app.Now()); err != nil {
				b.Fatal(err)
			}
		}
		p := &program{url: a.URL()}
		post := func(role access.Role, key, path, body string) {
			got, err := p.post(context.Background(), tokens[role], key, "/api/v1/offices/hall/"+path, body)
			if err != nil || got.status >= 300 {
				b.Errorf("%s: %d %s %v", path, got.status, got.body, err)
			}
		}
		serve := func(name string, n int) {
			var wg sync.WaitGroup
			for h := range hands {
				wg.Go(func() {
					for i := range n / hands {
						key := fmt.Sprint(name, h, "-", i)
						post(access.Reception, "draw-"+key, "tickets", `{"services":[{"id":"card","quantity":1}],"priority":0}`)
						post(access.Clerk, "next-"+key, fmt.Sprintf("desks/d%d/next", 1+h%6), `{}`)
					}
				})
			}
			wg.Wait()
		}
		for d := range 6 {
			post(access.Clerk, fmt.Sprint("open", d), fmt.Sprintf("desks/d%d/open", d+1), `{}`)
		}
		serve("first", 400)
		before := settledHeap()
		serve("then", tickets)
		b.ReportMetric(float64(settledHeap()-before)/tickets, "B/ticket")
		if keep := weighed; keep != nil {
			keep()
		}
		a.Stop()
	}
}

// weighed is called at the end of a weighing, for whoever wants a profile of it.
var weighed func()

// settledHeap is what is in use once everybody has come to rest: a desk's press
// can be taken back for some seconds, and followers read every two.
func settledHeap() int64 {
	<-time.After(15 * time.Second)
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
