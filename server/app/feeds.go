package app

import (
	"context"

	"aufruf/server/access"
	"aufruf/server/config"
	"aufruf/server/feed"
	"aufruf/server/office"
	"aufruf/server/overbook"
	"aufruf/server/queue"
)

// startFeeds reads the configured calendars of other systems.
func (a *App) startFeeds(run context.Context, imports []config.Import, secrets *access.Secrets) {
	offices := map[string]feed.Office{}
	for _, o := range a.town.Offices() {
		offices[o.ID()] = taking{o, "feed"}
	}
	var sources []feed.Source
	for _, i := range imports {
		s := feed.Source{Office: i.Office, URL: i.URL, Every: i.Every, Service: i.Service, CodeFrom: i.CodeFrom, Key: secrets.FindKey()}
		for _, w := range i.Map {
			s.Map = append(s.Map, feed.Word{Text: w.Word, Service: w.Service})
		}
		sources = append(sources, s)
	}
	a.feeds = feed.NewReader(sources, feed.Options{Offices: offices, Store: a.db, MAC: a.town.CodeMAC, Hide: office.Hide, Now: a.now, Log: a.log})
	a.ended.Go(func() { a.feeds.Run(run) })
}

// startOverbook decides what may be sold beyond the desks on days to come.
func (a *App) startOverbook(run context.Context) {
	var sources []overbook.Source
	for _, o := range a.town.Offices() {
		sources = append(sources, taking{o, "overbook"})
	}
	a.overbook = overbook.NewWorker(sources, a.now, a.log)
	a.town.Observe(func(_ *office.Office, _ *queue.State, stored []office.Stored) {
		for _, s := range stored {
			a.overbook.Heard(s.Body.Events)
		}
	})
	a.ended.Go(func() { a.overbook.Run(run) })
}
