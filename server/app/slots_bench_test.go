package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aufruf/server/access"
	"aufruf/server/app"
	"aufruf/server/config"
)

// BenchmarkFreeSlotsOverHTTP asks the program that comes with the repository for
// the free times of 14 days, 200 times a second, for any combination of its
// services, with 6 desks and 30 % of their time booked; while every second
// somebody books, so that nothing is kept for long.
func BenchmarkFreeSlotsOverHTTP(b *testing.B) {
	raw, err := os.ReadFile("../../config.yaml")
	if err != nil {
		b.Fatal(err)
	}
	cfg, problems := config.Parse("config.yaml", raw)
	if err := problems.Err("en"); err != nil {
		b.Fatal(err)
	}
	cfg.Server.Limits.Read = config.Rate{PerSecond: 10_000, Burst: 10_000} // all of them come from one address
	a, err := app.Start(context.Background(), app.Options{Config: cfg, Data: b.TempDir(), Listen: "127.0.0.1:0", Mute: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Stop() })
	token, _, err := a.Access().AddToken(context.Background(), "bench", "", access.Grant{Role: access.Reception}, app.Now())
	if err != nil {
		b.Fatal(err)
	}
	p := &program{url: a.URL()}
	base := "/api/v1/offices/buergerbuero"
	get := func(path string) answer {
		req, _ := http.NewRequest(http.MethodGet, a.URL()+path, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		defer resp.Body.Close()
		var got answer
		got.status = resp.StatusCode
		dec := json.NewDecoder(resp.Body)
		var m json.RawMessage
		if err := dec.Decode(&m); err != nil {
			b.Fatal(err)
		}
		got.body = m
		return got
	}
	var slots struct {
		Days []struct{ Times []time.Time }
	}
	if err := json.Unmarshal(get(base+"/slots?services=id_card_apply&days=16&staff=true").body, &slots); err != nil {
		b.Fatal(err)
	}
	n := 0
	book := func(at time.Time) {
		n++
		held, err := p.post(context.Background(), token, fmt.Sprint("h", n), base+"/holds",
			fmt.Sprintf(`{"at":%q,"services":[{"id":"id_card_apply","quantity":1}],"channel":"phone"}`, at.Format(time.RFC3339)))
		if err != nil || held.status != http.StatusCreated {
			return // full
		}
		var h struct{ Hold string }
		if err := json.Unmarshal(held.body, &h); err != nil {
			b.Fatal(err)
		}
		if _, err := p.post(context.Background(), token, fmt.Sprint("b", n), "/api/v1/holds/"+h.Hold+"/book", `{"contact":{"surname":"Bench"}}`); err != nil {
			b.Fatal(err)
		}
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for _, d := range slots.Days {
		for _, at := range d.Times { // 6 desks: 30 % is 1.8 visits at each time
			for range 1 + dice.IntN(2) + dice.IntN(2)*dice.IntN(2) {
				book(at)
			}
		}
	}
	services := cfg.Rules("buergerbuero").Services
	b.ResetTimer()
	for b.Loop() {
		const asks = 1000
		took := make([]time.Duration, asks)
		var all sync.WaitGroup
		begin := time.Now()
		for i := range asks {
			<-time.After(time.Until(begin.Add(time.Duration(i) * 5 * time.Millisecond)))
			if i%200 == 100 {
				times := slots.Days[len(slots.Days)-1].Times
				all.Go(func() { book(times[i%len(times)]) })
			}
			var ask []string
			for range 1 + dice.IntN(3) {
				if id := services[dice.IntN(len(services))].ID; !slices.ContainsFunc(ask, func(o string) bool { return strings.HasPrefix(o, id) }) {
					ask = append(ask, id+fmt.Sprint("*", 1+dice.IntN(2)))
				}
			}
			path := base + "/slots?days=14&services=" + strings.Join(ask, ",")
			all.Go(func() {
				began := time.Now()
				if a := get(path); a.status != http.StatusOK {
					b.Errorf("%s: %d %s", path, a.status, a.body)
				}
				took[i] = time.Since(began)
			})
		}
		all.Wait()
		slices.Sort(took)
		b.ReportMetric(float64(took[asks/2])/1e6, "p50-ms")
		b.ReportMetric(float64(took[asks*99/100])/1e6, "p99-ms")
	}
}
