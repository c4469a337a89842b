package web

import (
	"context"
	"net/http"
	"time"

	"aufruf/server/queue"
)

type HouseIn struct {
	InOffice
	Keyed
}

type closeHouseIn struct {
	HouseIn
	Body *nothing `required:"false"`
}

type openHouseIn struct {
	HouseIn
	Body *struct {
		Until *time.Time `json:"until,omitempty" nullable:"true" doc:"RFC 3339; null or missing: without an end"`
	} `required:"false"`
}

type intakeIn struct {
	HouseIn
	Body struct {
		Open bool `json:"open" doc:"whether walk-in numbers are given"`
	}
}

type noticeIn struct {
	HouseIn
	Body struct {
		Text string `json:"text" maxLength:"1200" doc:"public, on all screens; empty takes it away"`
	}
}

// houseRoutes are what a supervisor does with an office as a whole.
func (s *Server) houseRoutes() {
	const base = "/api/v1/offices/{office}/"
	house := func(verb, summary string) operation {
		return operation{method: http.MethodPost, path: base + verb, id: "office-" + verb, summary: summary, tag: "House", errors: []int{422}}
	}
	endpoint(s, house("open", "Open the office now, whatever its hours say"), func(ctx context.Context, a *ask, in *openHouseIn) (*stored, error) {
		c := queue.OpenOffice{}
		if in.Body != nil && in.Body.Until != nil {
			c.Until = in.Body.Until.UTC()
		}
		return s.house(ctx, a, &in.HouseIn, c)
	})
	endpoint(s, house("close", "Close the office before its hours end"), func(ctx context.Context, a *ask, in *closeHouseIn) (*stored, error) {
		return s.house(ctx, a, &in.HouseIn, queue.CloseOffice{})
	})
	endpoint(s, house("intake", "Open or close the drawing of numbers"), func(ctx context.Context, a *ask, in *intakeIn) (*stored, error) {
		return s.house(ctx, a, &in.HouseIn, queue.SetIntake{Open: in.Body.Open})
	})
	endpoint(s, house("notice", "Put a public text on all screens"), func(ctx context.Context, a *ask, in *noticeIn) (*stored, error) {
		return s.house(ctx, a, &in.HouseIn, queue.SetNotice{Text: in.Body.Text})
	})
}

func (s *Server) house(ctx context.Context, a *ask, in *HouseIn, c queue.Command) (*stored, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	r, err := s.do(ctx, a, o, in.Key, c)
	if err != nil {
		return nil, err
	}
	return storedAs(r), nil
}
