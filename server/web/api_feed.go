package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"aufruf/server/office"

	"github.com/danielgtaylor/huma/v2"
)

// FeedState is a calendar of another system, and how its reading goes.
type FeedState struct {
	ID       string     `json:"id"`
	Host     string     `json:"host" doc:"of its address; the rest may hold a secret and is not told"`
	Every    int        `json:"every_minutes"`
	Good     *time.Time `json:"good_at" doc:"when it could be read last; null: never"`
	Tried    *time.Time `json:"tried_at" doc:"when it was asked for last; null: never"`
	Fault    *FeedFault `json:"fault" doc:"why it could not be read last; null: it could"`
	Standing int        `json:"appointments" doc:"appointments to come that it brought"`
	Notes    []FeedNote `json:"notes" doc:"why events were not taken over at the last good read"`
}

// TransformSchema says which objects may be null.
func (FeedState) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "fault")
}

// FeedFault is why a calendar could not be read.
type FeedFault struct {
	Code    string `json:"code" example:"unreachable"`
	Message string `json:"message" doc:"a sentence for people"`
}

// FeedNote counts events that were not taken over for one reason.
type FeedNote struct {
	Code    string `json:"code" example:"recurring"`
	Count   int    `json:"count"`
	Message string `json:"message" doc:"a sentence for people"`
}

type feedsOut struct {
	Body struct {
		Feeds []FeedState `json:"feeds"`
	}
}

type readFeedIn struct {
	InOffice
	Keyed
	ID   string   `path:"id" maxLength:"64" doc:"id of the calendar"`
	Body *nothing `required:"false"`
}

func (s *Server) feedRoutes() {
	const path = "/api/v1/offices/{office}/feeds"
	endpoint(s, operation{method: http.MethodGet, path: path, id: "show-feeds",
		summary: "Calendars of other systems from which appointments come", tag: "Appointments", errors: []int{404}},
		func(ctx context.Context, a *ask, in *InOffice) (*feedsOut, error) {
			o, err := s.office(in.Office)
			if err != nil {
				return nil, err
			}
			return s.feeds(ctx, a, o)
		})
	endpoint(s, operation{method: http.MethodPost, path: path + "/{id}/read", id: "read-feed",
		summary: "Read a calendar now", tag: "Appointments", errors: []int{404, 422}}, s.readFeed)
}

func (s *Server) feeds(ctx context.Context, a *ask, o *office.Office) (*feedsOut, error) {
	out := &feedsOut{}
	out.Body.Feeds = []FeedState{}
	if s.deps.Feeds == nil {
		return out, nil
	}
	states, err := s.deps.Feeds.States(ctx, o.ID())
	if err != nil {
		return nil, err
	}
	for _, st := range states {
		f := FeedState{ID: st.ID, Host: st.Host, Every: int(st.Every / time.Minute), Good: instant(st.Good), Tried: instant(st.Tried), Standing: st.Standing, Notes: []FeedNote{}}
		if st.Fault != nil {
			f.Fault = &FeedFault{st.Fault.Code, s.words.Text(a.lang, "feed.fault_"+st.Fault.Code, wholeNumbers(st.Fault.Params))}
		}
		for _, code := range slices.Sorted(maps.Keys(st.Notes)) {
			n := st.Notes[code]
			f.Notes = append(f.Notes, FeedNote{code, n, s.words.Text(a.lang, "feed.note_"+code, map[string]any{"Count": n})})
		}
		out.Body.Feeds = append(out.Body.Feeds, f)
	}
	return out, nil
}

// wholeNumbers are params as they were before JSON made floats of them.
func wholeNumbers(params map[string]any) map[string]any {
	whole := make(map[string]any, len(params))
	for name, value := range params {
		if f, ok := value.(float64); ok {
			value = int(f)
		}
		whole[name] = value
	}
	return whole
}

// readFeed reads a calendar at once. What is wrong with it is its state, not a
// fault of the request.
func (s *Server) readFeed(ctx context.Context, a *ask, in *readFeedIn) (*feedsOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	if s.deps.Feeds == nil {
		return nil, notFound()
	}
	there, err := s.deps.Feeds.Read(ctx, o.ID(), segment(in.ID))
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, notFound()
	}
	return s.feeds(ctx, a, o)
}
