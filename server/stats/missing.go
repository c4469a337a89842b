package stats

import (
	"cmp"
	"context"
	"slices"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// Missing is a paper that a visitor did not bring. Its row stands under the
// record that began the visit, once for each paper.
type Missing struct {
	Office  string
	Seq     uint64
	Day     calendar.Date // local
	Paper   string
	Service string // of the visit, the first that asks for it
}

// MissedPaper is how often a paper was not brought.
type MissedPaper struct {
	Paper    string
	Count    int
	Services []MissedFor // the most first
}

// MissedFor is how often that was for one service.
type MissedFor struct {
	Service string
	Count   int
}

// Missed says which papers were not brought on the days from first to last, the
// most missed first.
func (s *Stats) Missed(ctx context.Context, office string, first, last calendar.Date) ([]MissedPaper, error) {
	rows, err := s.store.StatsRows(ctx, office, first, last)
	if err != nil {
		return nil, err
	}
	return missed(rows.Missing), nil
}

func missed(rows []Missing) []MissedPaper {
	by := map[string]map[string]int{}
	for _, m := range rows {
		if by[m.Paper] == nil {
			by[m.Paper] = map[string]int{}
		}
		by[m.Paper][m.Service]++
	}
	papers := []MissedPaper{}
	for paper, services := range by {
		p := MissedPaper{Paper: paper}
		for service, n := range services {
			p.Count += n
			p.Services = append(p.Services, MissedFor{service, n})
		}
		slices.SortFunc(p.Services, func(a, b MissedFor) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Service, b.Service))
		})
		papers = append(papers, p)
	}
	slices.SortFunc(papers, func(a, b MissedPaper) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Paper, b.Paper))
	})
	return papers
}

// missing are the rows of a ticket whose story is over, as the desk said last.
func (f *fold) missing(t *track) []Missing {
	var rows []Missing
	for _, paper := range t.missing {
		rows = append(rows, Missing{Office: t.visit.Office, Seq: t.visit.Seq, Day: t.visit.Day, Paper: paper, Service: f.asks(t, paper)})
	}
	return rows
}

// asks is the first service of a visit that asks for a paper; where the
// configuration no longer says so, the visit's first.
func (f *fold) asks(t *track, paper string) string {
	for _, it := range t.items {
		if sv := f.rules.Service(it.Service); sv != nil &&
			slices.ContainsFunc(sv.Papers, func(p queue.Paper) bool { return p.ID == paper && !p.Hint }) {
			return sv.ID
		}
	}
	return t.visit.Service
}
