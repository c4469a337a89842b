package app

import (
	"context"

	"aufruf/server/access"
	"aufruf/server/config"
	"aufruf/server/feed"
	"aufruf/server/office"
	"aufruf/server/queue"
)

// fed is an office that takes a calendar's commands.
type fed struct{ *office.Office }

// Give implements feed.Office.
func (f fed) Give(ctx context.Context, key string, c queue.Command) (*queue.Answer, error) {
	r, err := f.Do(ctx, office.Request{ID: office.RequestID("feed", key), By: "feed", Command: c})
	return r.Answer, err
}

// startFeeds reads the configured calendars of other systems.
func (a *App) startFeeds(run context.Context, imports []config.Import, secrets *access.Secrets) {
	offices := map[string]feed.Office{}
	for _, o := range a.town.Offices() {
		offices[o.ID()] = fed{o}
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
