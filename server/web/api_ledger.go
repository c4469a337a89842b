package web

import (
	"context"
	"net/http"

	"aufruf/display"
	"aufruf/server/calendar"
	"aufruf/server/stats"
)

type ledgerIn struct {
	InOffice
	From string `query:"from" format:"date" doc:"first day, of the number or check-in; missing: four weeks ago"`
	To   string `query:"to" format:"date" doc:"last day; missing: today"`
}

// Score is how promises compare with what came.
type Score struct {
	N      int      `json:"n" doc:"promises that can be compared: who left or was set aside before the call is not in it"`
	Inside float64  `json:"inside" doc:"share called within the range that was read"`
	After  float64  `json:"after_p80" doc:"share called later than was said to be four in five sure; who was never called counts"`
	Beyond float64  `json:"beyond" doc:"share called later than the range that was read; who was never called counts"`
	Said   *float64 `json:"said" doc:"minutes, mean of the middles; null: nobody was called"`
	Came   *float64 `json:"came" doc:"minutes, mean of what came; null: nobody was called"`
}

// LedgerDay, LedgerHour and LedgerService are the score of a part.
type (
	LedgerDay struct {
		Day string `json:"day" format:"date"`
		Score
	}
	LedgerHour struct {
		Hour int `json:"hour" doc:"local, of the number or check-in"`
		Score
	}
	LedgerService struct {
		Service string        `json:"service"`
		Names   display.Names `json:"names"`
		Score
	}
)

type ledgerOut struct {
	Body struct {
		From     string          `json:"from" format:"date"`
		To       string          `json:"to" format:"date"`
		All      Score           `json:"all"`
		Days     []LedgerDay     `json:"days" doc:"without days on which nothing was promised"`
		Hours    []LedgerHour    `json:"hours"`
		Services []LedgerService `json:"services" doc:"the most promised first"`
		Left     int             `json:"left" doc:"promises whose holders left before the call"`
		Parked   int             `json:"parked" doc:"promises whose holders were set aside before the call"`
	}
}

func (s *Server) ledgerRoutes() {
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/offices/{office}/ledger", id: "show-ledger",
		summary: "The waits that were told, compared with what came", tag: "Forecast", errors: []int{404, 422}}, s.showLedger)
}

// ledgerDays is how far back the ledger looks when nobody says.
const ledgerDays = 28

func (s *Server) showLedger(ctx context.Context, _ *ask, in *ledgerIn) (*ledgerOut, error) {
	o, err := s.office(in.Office)
	if err != nil {
		return nil, err
	}
	to := calendar.DateOf(s.deps.Now(), o.Rules().Hours.Zone)
	if in.To != "" {
		if to, err = calendar.ParseDate(in.To); err != nil {
			return nil, invalid(&fault{Code: codeTime, Location: "query.to"})
		}
	}
	from := to.AddDays(-ledgerDays)
	if in.From != "" {
		if from, err = calendar.ParseDate(in.From); err != nil {
			return nil, invalid(&fault{Code: codeTime, Location: "query.from"})
		}
	}
	var l stats.Ledger
	if s.deps.Stats != nil {
		if err := s.deps.Stats.CatchUp(ctx, o.ID()); err != nil {
			return nil, err
		}
		if l, err = s.deps.Stats.Ledger(ctx, o.ID(), from, to); err != nil {
			return nil, err
		}
	}
	out := &ledgerOut{}
	b := &out.Body
	b.From, b.To, b.All, b.Left, b.Parked = from.String(), to.String(), scoreOut(l.All), l.Left, l.Parked
	b.Days, b.Hours, b.Services = []LedgerDay{}, []LedgerHour{}, []LedgerService{}
	for _, d := range l.Days {
		b.Days = append(b.Days, LedgerDay{d.Day.String(), scoreOut(d.Score)})
	}
	for _, h := range l.Hours {
		b.Hours = append(b.Hours, LedgerHour{h.Hour, scoreOut(h.Score)})
	}
	for _, v := range l.Services {
		b.Services = append(b.Services, LedgerService{v.Service, serviceNames(o.Rules(), v.Service), scoreOut(v.Score)})
	}
	return out, nil
}

func scoreOut(s stats.Score) Score {
	out := Score{N: s.N, Inside: s.Inside, After: s.After, Beyond: s.Beyond}
	if s.Called > 0 {
		out.Said, out.Came = &s.Said, &s.Came
	}
	return out
}
